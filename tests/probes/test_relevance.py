"""Has a pull request anything to do with the issue that it closes?"""

import pytest

from bot.github.models import EventKind, PullFile, TimelineEvent
from bot.probes.relevance import unrelated

from .world import NOW, context, issue, pull

BODY = "The worker in `queue/worker.py` calls `drain_all` too often.\n```\nFile other/trace.py\n```"
CONNECTED = TimelineEvent(kind=EventKind.CONNECTED, at=NOW, actor=None, subject=12, subject_is_pull=True)
STRAY = {
    "title": "Upgrade invoices",
    "body": "Quarterly.",
    "head": "q3",
    "commit_count": 2,
    "commit_messages": ("Invoices", "fixes #1278"),
}

CASES = {
    "declared, and touches the file": ({}, "queue/worker.py", {}, False),
    "declared, and touches its test": ({}, "tests/test_worker.py", {}, False),
    "declared, and touches its folder": ({}, "queue/pool.py", {}, False),
    "declared, and shares nothing": ({"title": "Invoices", "head": "q3"}, "billing/tax.py", {}, True),
    "declared, shares a name in a commit": ({"commit_messages": ("Call drain_all once",)}, "billing/tax.py", {}, False),
    "declared, shares a word of the title": ({"title": "Less overload"}, "billing/tax.py", {}, False),
    "declared, but not all files are known": ({"title": "I", "changed_files": 300}, "billing/tax.py", {}, False),
    "declared, and the issue names nothing": ({"title": "I"}, "billing/tax.py", {"body": "It is slow."}, False),
    "a trace in a fence is no name": ({"title": "I", "head": "q3"}, "other/trace.py", {}, True),
    "stray keyword": (STRAY, "billing/tax.py", {"body": "It is slow."}, True),
    "stray keyword, but touches the file": (STRAY, "queue/worker.py", {}, False),
    "stray keyword, but linked by hand": (STRAY, "billing/tax.py", {"body": "Slow.", "timeline": (CONNECTED,)}, False),
    "the only commit has the keyword": (
        {**STRAY, "commit_count": 1, "commit_messages": ("fixes #1278",)},
        "billing/tax.py",
        {"body": "It is slow."},
        False,
    ),
    "linked by its URL": (
        {**STRAY, "body": "https://github.example/acme/shop/issues/1278"},
        "billing/tax.py",
        {"body": "It is slow."},
        False,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_only_a_pull_with_nothing_in_common_is_doubted(name):
    """What the author declares is believed as long as anything speaks for it."""
    changes, path, about, doubted = CASES[name]
    files = (PullFile(path=path, additions=1, deletions=0, change="MODIFIED"),)
    where = context(about=issue(**{"title": "Worker overload", "body": BODY, **about}))
    subject = pull(**{"title": "Drain once", "commit_messages": ("Drain once",), "files": files, **changes})
    assert (unrelated(subject, where.snapshot) is not None) is doubted


def test_hostile_texts_are_read_in_bounded_time():
    """Texts at GitHub's limit, made to be hard to match, end."""
    for text in ("a/" * 32_768, "`" * 65_536, "fixes " * 10_000, "a." * 32_768, "```\n" * 16_000):
        where = context(about=issue(title=text[:200], body=text))
        unrelated(pull(title=text[:200], body=text, commit_messages=(text,) * 3, commit_count=3), where.snapshot)
