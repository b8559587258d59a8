"""How often a host is asked: ten at once, then one a second, and nobody waits for ever."""

from datetime import timedelta

import pytest

from bot.egress.exchange import Deadline
from bot.egress.pace import MOST_KEPT, Pacer
from bot.egress.rules import Pace

HERE = (7, "public.test")


class Time:
    """A clock that goes on by waiting."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.waited.append(round(seconds, 3))
        self.now += seconds


def paced(**about) -> tuple[Pacer, Time]:
    time = Time()
    return Pacer(Pace(**about), time, time.pause), time


async def test_ten_at_once_then_one_a_second():
    """The burst is free, and then the average holds."""
    pacer, time = paced()
    for _ in range(15):
        await pacer.wait(HERE)
    assert time.waited == [1.0] * 5


async def test_a_pause_earns_new_questions():
    """Twenty seconds of silence are worth ten questions, not twenty."""
    pacer, time = paced()
    for _ in range(10):
        await pacer.wait(HERE)
    time.now += 20
    for _ in range(11):
        await pacer.wait(HERE)
    assert time.waited == [1.0]


async def test_hosts_and_repositories_have_each_their_own():
    """Neither another host nor another repository waits for this one."""
    pacer, time = paced(burst=1)
    for key in (HERE, (8, "public.test"), (7, "other.test")):
        await pacer.wait(key)
    assert time.waited == []


async def test_nobody_waits_for_longer_than_is_bearable():
    """Whoever would is told so at once, and does not make the others wait longer."""
    pacer, time = paced(burst=1, patience=timedelta(seconds=3))
    for _ in range(4):
        pacer.charge(HERE)
    with pytest.raises(Deadline, match="not asked: this server paces itself"):
        await pacer.wait(HERE)
    time.now += 1
    await pacer.wait(HERE)
    assert time.waited == [3.0]


async def test_what_is_remembered_has_an_end():
    """Strangers' host names do not fill the memory."""
    pacer, _ = paced()
    for number in range(MOST_KEPT + 50):
        await pacer.wait((7, f"{number}.test"))
    assert len(pacer._paid) == MOST_KEPT
