"""Task lists: boxes, and what each names."""

import pytest

from bot.assessment.tasks import tasks_of
from bot.assessment.tokens import TokenKind


def boxes(text: str) -> list[tuple[str, bool]]:
    return [(item.text, item.checked) for item in tasks_of(text, repository="acme/shop")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- [ ] a\n- [x] b\n- [X] c", [("a", False), ("b", True), ("c", True)]),
        ("* [ ] a\n\n1. [x] b\n2. c", [("a", False), ("b", True)]),
        ("- [ ] a\n  - [x] b", [("a", False), ("b", True)]),
        ("- [x] One. Two, too.", [("One. Two, too.", True)]),
        ("[ ] not in a list", []),
        ("- [] no box\n- [y] no box\n- text [x] no box", []),
        ("```\n- [ ] code\n```", []),
        ("> - [ ] quote", []),
        ("<!--\n- [ ] comment\n-->", []),
        ("- [x] a\n\n  [ ] a further paragraph", [("a", True)]),
        ("- [x] ~~gone~~ kept", [("kept", True)]),
    ],
)
def test_boxes(text: str, expected: list[tuple[str, bool]]) -> None:
    """A box is a list item that begins with one, outside code, quotes and comments, at any depth."""
    assert expected == boxes(text)


def test_heading_and_deliverables() -> None:
    """An item knows its heading, and the paths, commits and numbers that it names."""
    (item,) = tasks_of("## Docs\n- [ ] Write `docs/a.md`. See a1b2c3d, #12 and `code`", repository="acme/shop")
    assert item.heading == "Docs"
    assert [token.kind for token in item.deliverables] == [TokenKind.PATH, TokenKind.SHA, TokenKind.NUMBER]
    (bare,) = tasks_of("- [ ] x", repository="acme/shop")
    assert (bare.heading, bare.deliverables) == (None, ())
