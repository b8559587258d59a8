"""The size of pull requests, as a measure and as a condition."""

import pytest

from bot.assessment.evidence import Outcome, Reason
from bot.github.models import PullState
from bot.probes.extent import extent_of
from bot.probes.pull import PROBE

from .world import Step, ask, context, issue, pull, repo

AT = repo(Step("Start", {"app/domains.py": "old"}), Step("Correct the domains (#12)", {"app/domains.py": "new"}))
MARKED = ("feat(api)!: drop v1", "fix: more\n\nBREAKING CHANGE: v2 only\n\nRefs: #1", "BREAKING-CHANGE: all of it")
PLAIN = ("feat: add", "fix it!", "Not a BREAKING CHANGE: at all", "docs: say !: twice")


def merged(**changes: object):
    messages = changes.get("commit_messages", ("Correct the domains",))
    return pull(merge_commit=AT.head, **{"commit_count": len(messages), **changes})


@pytest.mark.parametrize(("messages", "found"), [(MARKED, 3), (PLAIN, 0)], ids=["marked", "plain"])
def test_breaking_changes_are_known_by_their_markers(messages, found):
    """The footer, or an exclamation mark after the type, each at the beginning of a line."""
    assert len(extent_of((merged(commit_messages=messages),)).breaking) == found


CASES = {
    "files within": ({"max_files": 3}, {"changed_files": 3}, Outcome.PASS, "3 files and 1 commit, as asked"),
    "too many files": ({"max_files": 3}, {"changed_files": 4}, Outcome.FAIL, "but it changes 4 files"),
    "commits within": ({"max_commits": 2}, {"commit_count": 2}, Outcome.PASS, "2 commits, as asked"),
    "too many commits": ({"max_commits": 1}, {"commit_count": 2}, Outcome.FAIL, "but it has 2 commits"),
    "not breaking": ({"breaking": False}, {}, Outcome.PASS, "as asked"),
    "breaking": ({"breaking": False}, {"commit_messages": MARKED}, Outcome.FAIL, "breaking: “feat(api)!: drop v1”"),
    "title": ({"breaking": False}, {"title": "feat!: new"}, Outcome.FAIL, "marked as breaking: “feat!: new”"),
    "marked, as asked": ({"breaking": True}, {"commit_messages": MARKED}, Outcome.PASS, "as asked"),
    "unmarked": ({"breaking": True}, {}, Outcome.FAIL, "nothing marks it as a breaking change"),
    "not all shown": ({"breaking": False}, {"commit_count": 300}, Outcome.ERROR, "shows only the first 100"),
}


@pytest.mark.parametrize("number", [None, 12], ids=["closing", "named"])
@pytest.mark.parametrize("name", CASES)
async def test_a_pull_may_have_to_be_small(name, number):
    """Of all closing pull requests together, or of the one that is named."""
    params, changes, outcome, words = CASES[name]
    where = context(AT, about=issue(closing_pulls=(merged(**changes),)))
    evidence = await ask(PROBE, where, **params, **({"number": number} if number else {}))
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed


async def test_the_numbers_are_told_whatever_is_asked():
    """Commits, files, markers: of all pull requests together."""
    pulls = (merged(changed_files=2), merged(number=13, changed_files=3, commit_messages=MARKED))
    evidence = await ask(PROBE, context(AT, about=issue(closing_pulls=pulls)))
    assert {one.name: one.value for one in evidence.measures} == {"commits": 4, "files": 5, "breaking": 3}


async def test_a_pull_that_is_not_merged_is_that_first():
    """Its size does not matter then."""
    where = context(AT, about=issue(closing_pulls=(merged(state=PullState.OPEN, changed_files=99),)))
    evidence = await ask(PROBE, where, max_files=1)
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, Reason.STILL_OPEN)
