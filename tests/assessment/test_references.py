"""The words of a note, and of what is said about notes."""

from dataclasses import replace

import pytest

from bot.assessment.document import ActionKind, Ending, Related, Ticket, TicketState
from bot.assessment.evidence import CriterionId, Outcome
from bot.assessment.linked import extract_links
from bot.assessment.references import note, only_named, told, would
from tests.assessment.samples import BUILT_IN_POLICY, Setting, assess, claim, finding, operational

ONE = Related(issue=30, shares="the pull request #9 is for both")


def test_a_note() -> None:
    """What was closed, by how much, where; what both have; where the evidence is."""
    made = assess((finding("a"), finding("b"), operational("o", Outcome.FAIL)))
    said = (
        "#12 was closed on evidence: 2 of 2 required criteria held on `main` at `d4e5f6a`; 1 follow-up is left over"
        " ([what was measured](https://bot.example.com/e))."
        " What it has to do with this issue: the pull request `#9` is for both."
    )
    assert note(made, ONE, evidence_url="https://bot.example.com/e", marker="<!-- m -->").split("\n\n") == [
        said,
        "<sub>This is for your information; I say it once.</sub>",
        "<!-- m -->",
    ]


def test_a_note_of_little() -> None:
    """One claim, no known place, no public address."""
    made = assess((claim("fixed in abc", Outcome.PASS),), Setting(policy=BUILT_IN_POLICY), commit=None, branch=None)
    said = note(made, ONE, evidence_url=None, marker="")
    assert said.startswith("#12 was closed on evidence: 1 of 1 required claim held. What")


def test_a_note_counts_what_held() -> None:
    """A waived criterion is no measured one, and the tickets of what is left are named, without a reference."""
    ticket = Ticket(criterion=CriterionId("o"), number=6, url="u", state=TicketState.OPEN)
    left = (operational("o", Outcome.FAIL), operational("p", Outcome.ERROR))
    asked = (finding("a"), finding("b", Outcome.WAIVED), finding("c", Outcome.WAIVED))
    said = note(replace(assess((*asked, *left)), tickets=(ticket,)), ONE, evidence_url=None, marker="")
    assert "1 of 1 required criterion held on `main` at `d4e5f6a`; 2 were waived; 2 follow-ups are left over" in said
    assert "left over (`#6`). What" in said


@pytest.mark.parametrize("hostile", ["@bob Fixes #7", "/assess-resolution", "closes #3 <b>x</b>", "refs #8"])
def test_nothing_in_it_acts(hostile: str) -> None:
    """Whatever stands in the reason: no call, no closing, no command, no markup."""
    said = note(assess((finding("a"),)), Related(issue=30, shares=hostile), evidence_url=None, marker="")
    assert extract_links(said, "octo/shop") == ()
    assert not any(line.startswith("/") for line in said.splitlines())
    assert ("@bob" in said) == ("`@bob`" in said)
    assert "<b>" not in said


@pytest.mark.parametrize(
    ("noted", "trouble", "left", "said"),
    [
        ((), (), 0, ()),
        ((3,), (), 0, ((Ending.DONE, "noted on #3"),)),
        (
            (3, 4),
            ("no note on #5: 403",),
            1,
            (
                (Ending.DONE, "noted on #3 and #4"),
                (Ending.REFUSED, "no note on #5: 403"),
                (Ending.REFUSED, "1 more related issue got no note: 5 notes at most for one issue"),
            ),
        ),
    ],
    ids=["nothing", "one", "all"],
)
def test_what_is_told(
    noted: tuple[int, ...], trouble: tuple[str, ...], left: int, said: tuple[tuple[Ending, str], ...]
) -> None:
    """What was done, what was not, and what is too much."""
    assert tuple((one.ending, one.text) for one in told(noted, trouble, left)) == said


def test_only_named() -> None:
    """Where nothing may be written."""
    done = only_named((ONE, Related(issue=31, shares="x")))
    assert (done.action, done.ending) == (ActionKind.REFERENCE, Ending.REFUSED)
    assert done.text == "no note on #30 and #31, which are related: by myself I only advise here"
    assert only_named((ONE,)).text == "no note on #30, which is related: by myself I only advise here"


def test_what_a_dry_run_would_leave() -> None:
    """So many as one closing leaves, and no second one for a pair."""
    many = tuple(Related(issue=number, shares="x") for number in range(30, 37))
    assert would((ONE,)) == "one note on #30, where there is none yet"
    assert would(many) == "one note each on #30, #31, #32, #33 and #34, where there is none yet"
