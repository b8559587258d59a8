"""GitHub's errors in the engine's words."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.actions.trouble import PAUSE, answer_or_refusal, as_write, before_write
from bot.engine import Later, Refused, UnknownOutcome
from bot.github.errors import GitHubError, NotFound, RateLimited, Unavailable

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
LIMITED, AWAY, GONE = RateLimited(SOON), Unavailable(), NotFound("it is not there")


async def fails(error: GitHubError | None) -> str:
    if error is not None:
        raise error
    return "done"


def test_a_limit_and_a_refusal_of_a_write_surely_did_nothing() -> None:
    """A limit may be tried again at its time, a refusal never."""
    with pytest.raises(Refused) as limited, as_write():
        raise LIMITED
    with pytest.raises(Refused) as refused, as_write():
        raise GONE
    assert (limited.value.retry_at, refused.value.retry_at) == (SOON, None)


def test_a_write_without_an_answer_may_have_happened() -> None:
    """So it has to be looked for."""
    with pytest.raises(UnknownOutcome), as_write():
        raise AWAY


@pytest.mark.parametrize(("error", "retry_at"), [(LIMITED, SOON), (AWAY, NOW + PAUSE), (GONE, None)], ids=str)
def test_before_a_write_nothing_was_sent(error: GitHubError, retry_at: datetime | None) -> None:
    """All trouble of the last look is a refusal: with a time where it may pass."""
    with pytest.raises(Refused) as refused, before_write(lambda: NOW, "it could not be asked"):
        raise error
    assert refused.value.retry_at == retry_at
    assert (error is GONE) == refused.value.reason.startswith("it could not be asked (")


async def test_in_a_step_a_refusal_is_a_value() -> None:
    """An answer is an answer, a final word against it a value, a limit frees the turn, an outage is tried again."""
    assert await answer_or_refusal(fails(None)) == "done"
    assert await answer_or_refusal(fails(GONE)) is GONE
    with pytest.raises(Later) as later:
        await answer_or_refusal(fails(LIMITED))
    assert later.value.until == SOON
    with pytest.raises(Unavailable):
        await answer_or_refusal(fails(AWAY))
