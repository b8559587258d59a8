"""Asking several things at once: one moment, and errors that stay themselves."""

import asyncio

import pytest

from bot.github.errors import RateLimited, Unavailable
from bot.probes.asking import both, together

from .world import NOW


async def say(word: str) -> str:
    return word


async def fail(error: BaseException) -> str:
    raise error


async def nest(error: Exception) -> str:
    return (await together((fail(error),)))[0]


async def test_answers_stand_in_the_order_of_the_questions():
    """Whatever ends first."""
    assert await together(say(word) for word in "abc") == ("a", "b", "c")
    assert await both(say("a"), say("b")) == ("a", "b")
    assert await together(()) == ()


async def test_an_error_leaves_as_itself():
    """No group around it, so that whoever asks can tell what happened."""
    with pytest.raises(Unavailable, match="down"):
        await together((say("a"), nest(Unavailable("down"))))
    with pytest.raises(Unavailable, match="down"):
        await both(say("a"), fail(Unavailable("down")))


async def test_a_rate_limit_goes_before_other_errors():
    """It parks the job, so it must not hide behind another failure."""
    with pytest.raises(RateLimited):
        await together((fail(Unavailable("down")), fail(RateLimited(NOW))))


async def test_all_are_asked_in_the_same_moment():
    """Each waits for the other: one after the other would never end."""
    barrier = asyncio.Barrier(3)
    async with asyncio.timeout(5):
        await together(barrier.wait() for _ in range(3))
