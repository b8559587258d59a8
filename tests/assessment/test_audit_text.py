"""An audit in plain text."""

import pytest

from bot.assessment.audit import Audit, LeftOut, Named, Way
from bot.assessment.audit_text import closers, headline, left_out, notes, rate_of, reasons, text
from tests.assessment.audits import CARRIED, HOLDS, HOLDS_NOT, JANUARY, UNCHECKED, audit, closing, entry

FAILED = entry(2, HOLDS_NOT, reasons=(CARRIED,), failing=1.0)
SILENT = entry(3, UNCHECKED, day=40, why="nothing that could be measured speaks for or against it")


def test_the_numbers_come_first() -> None:
    """How many hold, how many do not, how many cannot be checked, and the share with its interval."""
    said = text(audit(entry(1), FAILED, SILENT)).splitlines()
    assert said[0] == "octo/shop: 3 closed issues, by policy 91ab3c from .github/resolution.yml"
    assert [line.split()[-1] for line in said[2:5]] == ["1", "1", "1"]
    assert said[5].endswith("50.0 % (1 of 2; 95 % sure: 9.4 % to 90.5 %)")


def test_every_part_is_there() -> None:
    """Months, the worst, each issue by its standing, who closed, how to read it."""
    said = text(audit(entry(1), FAILED, SILENT))
    heads = [line for line in said.splitlines()[1:] if line and not line.startswith(" ")]
    assert heads == [
        "By month of closing",
        "Does not hold, the worst first",
        "Cannot be checked",
        "Holds",
        "Who closed",
        "How to read this",
    ]
    assert "    · “Fixed in `85375b9`”: no such commit\n" in said
    assert "–  1 not checked" in said


EMPTY = {
    "never": (audit(), "No issue was closed as completed there, as far as can be seen."),
    "since": (
        audit(since=JANUARY),
        "completed since 2026-01-15 there, as far as can be seen: ask with an earlier --since.",
    ),
    "a file": (audit(offline=True), "No issue was closed as completed in the file."),
}


@pytest.mark.parametrize(("made", "words"), EMPTY.values(), ids=EMPTY.keys())
def test_nothing_to_look_at_is_said(made: Audit, words: str) -> None:
    """In two lines, without a policy that was not read and without zeros."""
    first, second = text(made).splitlines()
    assert first == "octo/shop: there is no closed issue to look at"
    assert second.endswith(words)


def test_nothing_to_look_at_names_what_was_left_out() -> None:
    """It may be why there is nothing."""
    assert "1 as duplicates (#6)" in text(audit(left_out=LeftOut(duplicate=(6,))))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        pytest.param(audit(entry(), policy_source="built-in"), "1 closed issue, by the built-in policy", id="built-in"),
        pytest.param(audit(entry(), since=JANUARY), "closed since 2026-01-15", id="since"),
        pytest.param(audit(entry(), listed=9), "1 of 9 closed issue", id="a part"),
    ],
)
def test_the_headline(made: Audit, said: str) -> None:
    """What was audited."""
    assert said in headline(made)


def test_what_must_be_known() -> None:
    """Where it was measured, what was left out, what was not asked."""
    made = audit(
        entry(), not_asked=("health", "metric"), offline=True, left_out=LeftOut(not_planned=(4, 5), duplicate=(6,))
    )
    assert any("as it is now, at d4e5f6a" in one for one in notes(made))
    assert any("health and metric" in one for one in notes(made))
    assert any("local checkout" in one for one in notes(made))
    assert (
        left_out(made)
        == "Left out, since they claim nothing: closed 2 as not planned (#4, #5) and 1 as duplicates (#6)."
    )
    assert len(notes(audit())) == 3
    assert "Left out" in text(made)


def test_an_issue_that_fails_stands_once() -> None:
    """Among the worst ten, or among the others."""
    said = text(audit(*(entry(number, HOLDS_NOT, failing=1.0) for number in range(1, 13))))
    assert [line for line in said.splitlines() if line.startswith("Does not hold")] == [
        "Does not hold: the worst",
        "Does not hold: the others",
    ]
    assert all(said.count(f"  #{number} Issue") == 1 for number in range(1, 13))


def test_what_a_file_leaves_out_is_told() -> None:
    """What is open, and what was closed for a reason that nobody here knows."""
    said = left_out(audit(left_out=LeftOut(open=(4, 5), unknown_reason=(6,))))
    assert said == (
        "Left out, since by the file they are not closed: 2 (#4, #5). Left out, since the reason why they were closed"
        " (`stateReason`) is not known here: 1 (#6)."
    )


def test_long_lists_of_numbers_are_cut() -> None:
    """Twenty are enough to see."""
    assert "#19 and 5 more" in left_out(audit(left_out=LeftOut(duplicate=tuple(range(25)))))


def test_who_closed_in_words() -> None:
    """Numbers only."""
    made = audit(entry(1), entry(2, closing=closing(by=None, way=Way.PULL)))
    assert closers(made) == (
        "1 by people and 1 by nobody known",
        "1 by hand and 1 by a pull request's keyword",
    )
    unknown = closing(by=None, way=Way.UNKNOWN)
    assert closers(audit(entry(1, closing=unknown))) == ("1 by nobody known",)
    assert rate_of(made.truth).startswith("100.0 %")


def test_reasons_are_cut_with_a_count() -> None:
    """Five of them; what remains by the statement's own word is one."""
    many = entry(2, HOLDS_NOT, reasons=(CARRIED,) * 6, remains=("ann says that work remains",))
    assert len(reasons(many)) == 7
    assert "· and 2 more" in text(audit(many))


@pytest.mark.parametrize("foreign", ["a\nDoes not hold", "a\x1b[31mred", "a\u202eb", "a\r\n  #1 b", "x" * 500])
def test_foreign_text_stays_in_its_line(foreign: str) -> None:
    """No new lines, no colours, nothing invisible, no end of it."""
    made = audit(entry(1, HOLDS, issue=Named(number=1, title=foreign, url="https://x/1")))
    assert len(text(made).splitlines()) == len(text(audit(entry(1, HOLDS))).splitlines())
    assert not set(text(made)) & {"\x1b", "\u202e"}
    assert max(map(len, text(made).splitlines())) < 250
