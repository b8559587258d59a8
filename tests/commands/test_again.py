"""What is said instead of an answer that waited."""

import pytest

from bot.assessment.marker import Mark, MarkKind, Place, comment_marker
from bot.assessment.openlines import MAX_BODY
from bot.commands.again import with_answer


def body(text: str, kind: MarkKind) -> str:
    """A text of ours, with its mark."""
    mark = comment_marker(Mark(kind=kind, write="w"), key=b"k", place=Place(repository_id=1, issue=1))
    return f"{text}\n\n{mark}"


def test_the_answer_is_kept_below() -> None:
    """Folded, and without its mark: a body has one mark, at its end."""
    kept = with_answer("Why not.", body("| a | b |\n[evidence](x)", MarkKind.ASSESSMENT))
    assert kept.startswith("Why not.\n\n<details><summary>I had waited here")
    assert kept.endswith("</summary>\n\n| a | b |\n[evidence](x)\n\n</details>")


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(body("Measuring", MarkKind.PROGRESS), id="progress"),
        pytest.param(body("No.", MarkKind.REFUSAL), id="refusal"),
        pytest.param("edited by somebody", id="without-a-mark"),
        pytest.param(body("x" * (MAX_BODY - 500), MarkKind.ASSESSMENT), id="too-long"),
    ],
)
def test_what_is_no_answer_is_not_kept(before: str) -> None:
    """Nor what GitHub would not take."""
    assert with_answer("Why not.", before) == "Why not."
