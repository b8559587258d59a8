"""The words of a note, and of what is said about notes."""

import pytest

from bot.assessment.document import ActionKind, Ending, Related
from bot.assessment.evidence import Outcome
from bot.assessment.linked import extract_links
from bot.assessment.references import note, only_named, told
from tests.assessment.samples import BUILT_IN_POLICY, Setting, assess, claim, finding, operational

ONE = Related(issue=30, shares="the pull request #9 is for both")


def test_a_note() -> None:
    """What was closed, by how much, where; what both have; where the evidence is."""
    made = assess((finding("a"), finding("b"), operational("o", Outcome.FAIL)))
    said = (
        "#12 was closed on evidence: 2 criteria were asked and held on `main` at `d4e5f6a`"
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
    assert said.startswith("#12 was closed on evidence: 1 claim was asked and held. What")


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
