"""What of a Markdown text is prose, in which section, and how much of it is read."""

import pytest

from bot.assessment.prose import MAX_CHARACTERS, MAX_UNIT, MAX_UNITS, Unit, read
from bot.assessment.sections import Section, classify


def units(text: str) -> list[Unit]:
    return list(read(text, repository="acme/shop").units)


def words(text: str) -> list[str]:
    return [unit.words() for unit in units(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three", ["One.", "Two!", "Three"]),
        ("See e.g. this, i.e. that etc. and no. 5", ["See e.g. this, i.e. that etc. and no. 5"]),
        ("Wrapped in\nlower case", ["Wrapped in lower case"]),
        ("A line\nAnother line", ["A line", "Another line"]),
        ("Hard  \nbreak", ["Hard", "break"]),
        ("a<br>b", ["a", "b"]),
        ("one \u2022 two", ["one", "two"]),
        ("**Commit**: `a1b2c3d` *now*", ["Commit: `a1b2c3d` now"]),
        ("[words](https://x.test)", ["words"]),
        ("<https://x.test/a>", ["https://x.test/a"]),
        (
            "[https://github.com/acme/shop/pull/1](https://github.com/acme/shop/pull/1)",
            ["PR https://github.com/acme/shop/pull/1"],
        ),
        ("[#1](https://github.com/acme/shop/pull/1)", ["PR #1"]),
        ("PR [#1](https://github.com/acme/shop/pull/1)", ["PR #1"]),
        ("[theirs](https://github.com/other/lib/pull/1)", ["theirs"]),
        ("![image](https://x.test/a.png) text", ["text"]),
        ("a <!-- b --> c", ["a  c"]),
        ("a ~~b~~ c <del>d</del> e", ["a  c  e"]),
        ("> quoted\n\nmine", ["mine"]),
        ("```\ncode\n```\n    more\n\nmine", ["mine"]),
        ("<pre>\n\nhidden\n\n</pre>\n\nmine", ["mine"]),
        ("| a | b |\n|-|-|\n| c | d |\n| e |", ["c | d", "e"]),
        ("/assess-resolution --dry-run\nmine", ["mine"]),
        ('Traceback (most recent call last):\n  File "a.py", line 1\n    x = 1\nValueError: x\n\nmine', ["mine"]),
        ("2025-09-15 14:02:11 ERROR shop fixed\n\nmine", ["mine"]),
        ("FAILED tests/a.py::b - x\n\nmine", ["mine"]),
        ("private \ue001 use", ["private  use"]),
        ("", []),
    ],
)
def test_units(text: str, expected: list[str]) -> None:
    """Sentences, items and rows, without quotes, code, comments, commands and what programs printed."""
    assert expected == words(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## A\n### B\n- c", ("A", "B")),
        ("## A\n## B\nc", ("B",)),
        ("Files:\n- c", ("Files",)),
        ("- Files\n  - c", ("Files",)),
        ("**Bold**\n\nc", ("Bold",)),
        ("**Bold**\n\n**Other:**\n\nc", ("Other",)),
        ("# A\n**Bold**\n\n## B\n\nc", ("A", "B")),
        ("> Files:\n\n- c", ()),
        ("**Not** a heading\n\nc", ()),
    ],
)
def test_labels(text: str, expected: tuple[str, ...]) -> None:
    """A unit knows the headings and leading lines above it, outermost first."""
    assert expected == units(text)[-1].labels


@pytest.mark.parametrize(
    ("label", "section"),
    [
        ("Before", Section.BEFORE),
        ("Root cause", Section.BEFORE),
        ("Regression fixed", None),
        ("\U0001f4cb Next steps:", Section.OPEN),
        ("2. Remaining work", Section.OPEN),
        ("What\u2019s left", Section.OPEN),
        ("To do", Section.OPEN),
        ("To do this", None),
        ("Infrastructure Dependencies (Out of Scope)", Section.OPERATIONAL),
        ("Recommended actions", Section.PLAN),
        ("Test plan", Section.PLAN),
        ("Resolution", Section.NORMAL),
        ("Environment Detection", None),
    ],
)
def test_what_a_heading_says(label: str, section: Section | None) -> None:
    """A heading says what stands under it, or nothing."""
    assert section is classify(label)


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("## Out of scope\n### Remaining items\nx", Section.OPERATIONAL),
        ("## Remaining\n### Team A\nx", Section.OPEN),
        ("## Problem\n### Fix\nx", Section.NORMAL),
        ("Remaining: x", Section.OPEN),
        ("## Problem\nFix: x", Section.BEFORE),
    ],
)
def test_sections_inherit(text: str, section: Section) -> None:
    """The innermost heading that says something decides; a sentence's own label can only narrow."""
    assert section is units(text)[-1].section


@pytest.mark.parametrize("text", ["a. ", "[", "*a ", "> ", "- x\n", "`a` ", "#1 ", "word ", "a|b\n-|-\n", '"a" '])
def test_work_is_bounded(text: str) -> None:
    """However long and hostile the text: so many units, each so long; what was left unread is said."""
    prose = read((text * MAX_CHARACTERS)[: 2 * MAX_CHARACTERS], repository="acme/shop")
    assert prose.truncated
    assert len(prose.units) <= MAX_UNITS
    assert all(len(unit.shadow.text) <= MAX_UNIT for unit in prose.units)


def test_ordinary_texts_are_read_whole() -> None:
    """A long, ordinary text is not cut."""
    text = "## Heading\n\n- **Bold**: fixed `a1b2c3d` in [#1](https://x.test), `b`\n\n" * 300
    assert not read(text, repository="acme/shop").truncated
