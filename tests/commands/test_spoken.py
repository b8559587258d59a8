"""Which comments are no word against a closing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.assessment.document import ActionKind, Done, Ending
from bot.commands.closing import linked
from bot.commands.spoken import Words, unopposed

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
BACK = Words(id=1, at=AT, login="carol", body="/resolution unconfirm")
STILL = replace(BACK, body="It still fails.")
CONFIRMED = Words(id=2, at=LATER, login="Carol", body="/confirm-fixed")


@pytest.mark.parametrize(
    ("said", "no_word"),
    [
        pytest.param((BACK,), set(), id="taken-back"),
        pytest.param((STILL,), set(), id="words"),
        pytest.param((BACK, CONFIRMED), {1, 2}, id="and-confirmed"),
        pytest.param((STILL, CONFIRMED), {1, 2}, id="words-settled"),
        pytest.param((replace(STILL, login="ann"), CONFIRMED), {2}, id="somebody-elses"),
        pytest.param((replace(STILL, login=None), CONFIRMED), {2}, id="a-ghosts"),
        pytest.param((replace(BACK, id=3, at=LATER), CONFIRMED), {2}, id="taken-back-in-the-same-second"),
        pytest.param((BACK, replace(CONFIRMED, own=False)), {2}, id="edited-by-another"),
        pytest.param((BACK, replace(CONFIRMED, body="/confirm-fixed but not here")), set(), id="with-a-but"),
        pytest.param((CONFIRMED, BACK, replace(CONFIRMED, id=0, at=AT)), {0, 1, 2}, id="confirmed-twice"),
        pytest.param((replace(CONFIRMED, login=None), BACK), {2}, id="a-ghost-confirms"),
    ],
)
def test_whose_newest_word(said: tuple[Words, ...], no_word: set[int]) -> None:
    """Who confirms settles what he said himself before, and nothing else."""
    assert unopposed(said) == no_word


@pytest.mark.parametrize(
    ("text", "url"),
    [("carol has commented since\nhttps://x.example/1", "https://x.example/1"), ("it was locked", None)],
)
def test_the_comment_is_kept_with_the_refusal(text: str, url: str | None) -> None:
    """A refusal is one text; the comment's address is told apart in it."""
    done = linked(Done(action=ActionKind.CLOSE, ending=Ending.REFUSED, text=text))
    assert (done.text, done.url) == (text.partition("\n")[0], url)
