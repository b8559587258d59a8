"""Similar issues and patterns in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.likeness import Candidate
from bot.assessment.precedent import Held, Precedent
from bot.assessment.precedent_text import MOST_PATTERNS, Told, patterns_of, told
from tests.assessment.golden import FOLDER, same_as_file
from tests.assessment.samples import NOW, REPOSITORY
from tests.assessment.scenarios import SIMILAR


def closed(issue: int, *criteria: str, claims: tuple[str, ...] = (), waived: tuple[str, ...] | None = ()) -> Candidate:
    """The issue, closed so many days after the first, on these criteria and claims of these kinds."""
    held = [Held(id=name, title=name, kind="check", category="Tests") for name in criteria]
    held += [Held(id=f"claim-{n}", title="", kind=kind, category="", claim=True) for n, kind in enumerate(claims)]
    at = NOW + timedelta(days=issue)
    precedent = Precedent(title="", closed_at=at, criteria=tuple(held), waived=waived)
    return Candidate(issue=issue, precedent=precedent)


KNOWN = (
    closed(1, "suite", "domains"),
    closed(2, "domains", "suite"),
    closed(3, "suite"),
    closed(4, "suite", claims=("commit", "file", "commit")),
    closed(5, "suite", claims=("file", "commit")),
    closed(6),
    closed(7),
    closed(8, "suite", "domains"),
    closed(9, *(f"c{n}" for n in range(9))),
    closed(10, *(f"c{n}" for n in reversed(range(9)))),
)
PATTERNS = patterns_of(KNOWN, url=REPOSITORY)
TOLD = Told(similar=SIMILAR, patterns=PATTERNS, total=812, looked=500)


def test_patterns() -> None:
    """Sets of criteria, in any order, that closed two or more; claims count by what they are about."""
    assert [([number for number, _ in one.issues], one.names[:3]) for one in PATTERNS] == [
        ([8, 2, 1], ("`domains`", "`suite`")),
        ([10, 9], ("`c0`", "`c1`", "`c2`")),
        ([5, 4], ("`suite`", "a claim about a commit", "a claim about a file")),
    ]
    assert patterns_of(tuple(reversed(KNOWN)), url=REPOSITORY) == PATTERNS
    many = tuple(closed(n, f"c{n // 2}") for n in range(2, 40))
    assert len(patterns_of(many, url=REPOSITORY)) == MOST_PATTERNS


def test_exceptions_are_named() -> None:
    """Issues that were closed with a waiver are listed as such; a pattern of too few others has no name."""
    excused = (
        closed(1, "a"),
        closed(2, "a", waived=("b",)),
        closed(3, "c"),
        closed(4, "c"),
        closed(5, "c", waived=None),
    )
    by_waiver, others = sorted(patterns_of(excused, url=REPOSITORY), key=lambda one: one.names)
    assert [(one.name, len(one.issues), one.waived, one.unknown) for one in (by_waiver, others)] == [
        ("", 2, 1, 0),
        ("c", 3, 0, 1),
    ]
    text = told(replace(TOLD, patterns=(by_waiver, others)))
    assert all(words in text for words in ("| 2 (1 with a waiver) |", "| 3 (1 perhaps with a waiver) |"))
    assert "counts for no proposal" in text
    assert "<pattern>" in text
    assert "<pattern>" not in told(replace(TOLD, patterns=(by_waiver,)))


def test_told() -> None:
    """The whole of it, as it is read."""
    assert same_as_file(f"{told(TOLD)}\n".encode(), FOLDER / "patterns.md")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"total": 0}, "No issue of this repository was closed on evidence yet", id="empty"),
        pytest.param({"total": 1}, "1 issue of this repository was closed on evidence", id="one"),
        pytest.param({"looked": 812}, "| What held | issues |", id="all-looked-at"),
        pytest.param({"similar": ()}, "None of them is much like this one", id="none-like-it"),
        pytest.param({"similar": (), "total": 4}, "too few to tell what is rare", id="none-of-few"),
        pytest.param({"similar": (), "total": 5}, "None of them is much like this one", id="none-of-enough"),
        pytest.param({"similar": (), "total": 2, "words": "a"}, "None with `a` is among them", id="none-of-few-has"),
        pytest.param({"similar": (), "words": "a `b`"}, "None with `` a `b` `` is among them", id="none-has-them"),
        pytest.param({"words": "redis #7"}, "**Similar with `redis #7`**", id="with-the-words"),
        pytest.param({"patterns": ()}, "No set of criteria has closed two of them yet.", id="no-patterns"),
    ],
)
def test_what_else_is_said(changes: dict[str, object], words: str) -> None:
    """Also where there is nothing."""
    assert words in told(replace(TOLD, **changes))  # type: ignore[arg-type]
