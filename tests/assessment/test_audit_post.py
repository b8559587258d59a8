"""An audit as a comment."""

from datetime import timedelta

import msgspec
import pytest
from markdown_it import MarkdownIt

from bot.assessment.audit import Audit, Carried, LeftOut, Named
from bot.assessment.audit_post import Halt, Ordered, already, begun, nothing, progress, summary, unlisted
from bot.assessment.report import LIMIT
from tests.assessment.audits import CARRIED, HOLDS, HOLDS_NOT, JANUARY, UNCHECKED, audit, entry
from tests.assessment.golden import FOLDER, same_as_file

ORDERED = Ordered(repository="octo/shop", by="zoe", limit=100)
EVIL = "x` @ann fixes #1 <!-- | [a](https://evil.example)\n/close \u202e"
POLICY = Carried(
    criterion="tasks", title="The task list is complete", outcome=CARRIED.outcome, observed="1 of 2 boxes open", url=""
)


def failed(number: int, *reasons: Carried, **changes: object):
    return entry(number, HOLDS_NOT, reasons=reasons or (CARRIED,), failing=1.0, **changes)


MIXED = audit(
    entry(1),
    entry(2, day=40),
    failed(3),
    failed(4, CARRIED, POLICY, msgspec.structs.replace(CARRIED, criterion="file-present-x", quote="Created `x`")),
    failed(5, remains=("ann says that work remains",)),
    entry(6, UNCHECKED, day=80, why="nothing that could be measured speaks for or against it"),
    left_out=LeftOut(not_planned=(7,)),
)


def test_the_whole_summary() -> None:
    """The share with its interval, months, reasons, the worst with links that leave no trace, how to read it."""
    said = summary(MIXED, ORDERED)
    assert same_as_file(f"{said}\n".encode(), FOLDER / "audit-summary.md")
    assert "[`#3` Issue 3](https://redirect.github.com/octo/shop/issues/3)" in said
    assert "//github.com/octo/shop/issues" not in said


PARTS = {
    "none": (audit(), "### 🔎 Audit: none of the closings could be checked"),
    "built-in": (audit(entry(), policy_source="built-in"), "1 closed issue of `octo/shop`, by the built-in policy."),
    "since": (audit(entry(), since=JANUARY), "`octo/shop` closed since 2026-01-15, by policy `91ab3c` from"),
    "another claim": (audit(failed(1, msgspec.structs.replace(CARRIED, criterion="c"))), "1 × something else that was"),
    "many months": (audit(entry(1), entry(2, day=31 * 30)), "**By month of closing** (the last 24; 8 months before)"),
    "many issues": (audit(*map(failed, range(1, 12))), "`#4` and 3 more"),
    "many reasons": (
        audit(*(failed(n, msgspec.structs.replace(POLICY, criterion=f"c{n}")) for n in range(1, 15))),
        "- and 2 other reasons",
    ),
    "elsewhere": (
        audit(failed(1, issue=Named(number=1, title="A", url="https://git.acme.com/a/b/issues/1"))),
        "`#1` A,",
    ),
}


@pytest.mark.parametrize(("made", "words"), PARTS.values(), ids=PARTS.keys())
def test_parts_of_the_summary(made: Audit, words: str) -> None:
    """Each says what there is."""
    assert words in summary(made, ORDERED)


def test_one_month_is_no_history() -> None:
    """Then the share in all says the same."""
    assert "By month" not in summary(audit(entry()), ORDERED)


def test_what_was_not_looked_at() -> None:
    """Why, and what to ask again; what was left out by whom."""
    ordered = Ordered(repository="octo/shop", by="zoe", limit=500, since=JANUARY, cut=True, wanted=1000)
    said = summary(audit(entry(), listed=9), ordered, stopped="The policy was changed.", more=True)
    assert "⚠️ **Not all was looked at**: 1 of 9, the newest closings. The policy was changed. Ask again with" in said
    assert "`/resolution audit --since=2026-01-15 --limit=500`" in said
    assert "python -m bot audit octo/shop --since 2026-01-15 --limit 1000 --html report.html" in said
    assert "The newest 500 closings at most, since whoever runs me allows no more. There are more closed" in said


def test_it_has_begun() -> None:
    """How many, and roughly how long."""
    said = begun(ORDERED, 240)
    assert said.startswith("### 🔎 Audit: 240 closed issues to look at\n\nAsked by `@zoe`. ")
    assert "takes roughly 4 min; then" in said
    assert not said.endswith("\n")


def test_how_far_it_is() -> None:
    """With a bar, and why it does not go on at once."""
    halt = Halt(why="GitHub's limit is used up", until=JANUARY + timedelta(minutes=12))
    said = progress(ORDERED, MIXED.truth, 12, halt=halt, now=JANUARY)
    assert "6 of 12 closed issues looked at\n\n`██████████░░░░░░░░░░` 2 hold, 3 do not, 1 cannot be checked." in said
    assert said.endswith("⏳ GitHub's limit is used up: I go on at 12:12 UTC.")
    assert "⏳" not in progress(ORDERED, MIXED.truth, 12, now=JANUARY)


def test_there_is_nothing() -> None:
    """And what to do then."""
    assert nothing(ORDERED).endswith("There is nothing to do.")
    since = Ordered(repository="octo/shop", by="zoe", limit=1, since=JANUARY)
    assert "completed here since 2026-01-15, as far as I can see. Ask with an earlier" in nothing(since)


@pytest.mark.parametrize(("forbidden", "step"), [(True, "an owner of this organisation"), (False, "in a few minutes")])
def test_nothing_could_be_listed(forbidden: bool, step: str) -> None:
    """Why, and what to do about it."""
    said = unlisted(ORDERED, EVIL, forbidden=forbidden)
    assert step in said
    assert "`/resolution audit --limit=100`." in said
    assert "\u202e" not in said


def test_another_one_runs() -> None:
    """Who asked for it, where and when."""
    said = already("zoe", "https://github.com/octo/shop/issues/9#issuecomment-1", JANUARY, now=JANUARY)
    assert "[asked for](https://redirect.github.com/octo/shop/issues/9#issuecomment-1) by `@zoe` at 12:00 UTC" in said


def test_hostile_words_do_nothing() -> None:
    """Titles, quotes, what was seen, reasons, the policy's path: no mention, reference, link or command."""
    evil = msgspec.structs.replace(POLICY, title=EVIL, observed=EVIL, criterion=EVIL)
    named = Named(number=1, title=EVIL, url="https://git.acme.com/1")
    made = audit(failed(1, evil, issue=named, remains=(EVIL,)), entry(2, UNCHECKED, why=EVIL), policy_source=EVIL)
    said = summary(made, ORDERED, stopped=EVIL)
    leaves = [leaf for one in MarkdownIt("commonmark").enable("table").parse(said) for leaf in one.children or ()]
    shown = "".join(leaf.content for leaf in leaves if leaf.type == "text")
    assert not {"link_open", "image"} & {leaf.type for leaf in leaves}
    assert not any(word in shown for word in ("@ann", "#1", "\u202e"))
    assert not any(line.startswith("/") for line in said.splitlines())


def test_the_largest_fits() -> None:
    """However much was found."""
    evil = msgspec.structs.replace(POLICY, title=EVIL * 50, observed=EVIL * 50)
    made = audit(
        *(
            failed(n, msgspec.structs.replace(evil, criterion=f"c{n}"), issue=Named(number=n, title=EVIL * 9, url="u"))
            for n in range(1, 500)
        ),
        *(entry(n, UNCHECKED, day=-31 * n, why=f"{n} {EVIL * 50}") for n in range(500, 900)),
        entry(901, HOLDS),
    )
    assert len(summary(made, ORDERED, stopped=EVIL * 50)) < LIMIT
