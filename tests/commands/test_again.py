"""What is said instead of an answer that waited."""

from datetime import UTC, datetime

import pytest

from bot.assessment.marker import Mark, MarkKind, Place, comment_marker
from bot.assessment.openlines import MAX_BODY
from bot.commands import request
from bot.commands.again import command_of, is_newer, with_answer

PLACE = request.Place(installation=1, repository_id=1, owner="acme", name="shop", number=1)


def asked_again(says: str) -> request.AgainRequest:
    """A second look at what a comment asked for."""
    at = datetime(2026, 11, 21, tzinfo=UTC)
    comment = request.AskedIn(id=1, node_id="n", url="u", body=says, login="ann", is_bot=False, at=at)
    command = request.CommandRequest(
        place=PLACE, comment=comment, issue_node="i", issue_author=None, assignees=(), is_pull=False
    )
    errand = request.Errand(
        root="r", begun=at, look=1, polls=0, poll_at=at, issue_node="i", comment="c", told=(), promised={}
    )
    return request.AgainRequest(errand=errand, command=command)


@pytest.mark.parametrize(
    ("says", "again"),
    [("/assess-resolution", "/assess-resolution"), ("Done.\n\n/assess-resolution one", "/assess-resolution one")],
    ids=["everything", "a-profile"],
)
def test_asking_again_keeps_the_profile(says: str, again: str) -> None:
    """Where the asker's rights could not be read, what he is told to say asks the same."""
    assert again == command_of(asked_again(says))


def body(text: str, kind: MarkKind) -> str:
    """A text of ours, with its mark."""
    mark = comment_marker(Mark(kind=kind, write="w"), key=b"k", place=Place(repository_id=1, issue=1))
    return f"{text}\n\n{mark}"


@pytest.mark.parametrize("kind", [MarkKind.ASSESSMENT, MarkKind.LOOK])
def test_the_answer_is_kept_below(kind: MarkKind) -> None:
    """Folded, and without its mark: a body has one mark, at its end."""
    kept = with_answer("Why not.", body("| a | b |\n[evidence](x)", kind))
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


@pytest.mark.parametrize(
    ("write", "newer"),
    [
        ("r:comment", False),
        ("r+2:comment", False),
        ("r:progress", False),
        ("other:comment", True),
        ("r2:comment", True),
    ],
)
def test_whose_answer_stands_there(write: str, *, newer: bool) -> None:
    """Our asking's, from whichever of its looks; or that of another job, which nothing may take the place of."""
    mark = comment_marker(Mark(kind=MarkKind.ASSESSMENT, write=write), key=b"k", place=Place(repository_id=1, issue=1))
    errand = asked_again("/assess-resolution").errand
    assert is_newer(f"Yes.\n\n{mark}", errand, key=b"k", place=PLACE) == newer
    assert not is_newer("edited by somebody", errand, key=b"k", place=PLACE)
