"""What is held back until when, who comes again when, and what the operator hears of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from bot.assessment.breaker import SPACING, Act, Hold, Limits, Why
from bot.commands.breaker import Breaker, lot_of
from bot.commands.request import AgainRequest, unpack
from bot.commands.waiting import later
from bot.engine import Booking, Json
from tests.assessment.test_breaker import finding
from tests.commands.test_waiting import FIRST, LEFT, MERGED, RUN
from tests.engine.world import engine, hurried

from bot.assessment.evidence import Outcome, Reason  # isort: skip

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMITS = Limits(closings=1, reopenings=None, share=50, minimum=4)
OUT = (finding(Outcome.ERROR, Reason.UNAVAILABLE),) * 4
FINE = (finding(Outcome.PASS, Reason.HOLDS),) * 5


def booking(name: str, act: Act = Act.CLOSE) -> Booking:
    return Booking(act=act, repository=7, name=name)


async def test_the_limit_of_an_hour(tmp_path: Path) -> None:
    """One goes, the next has its moment; what has no limit always goes."""
    async with engine(hurried(tmp_path), {}) as running:
        breaker = Breaker(counts=running.counts, limits=LIMITS, report=lambda _event, _fields: None)
        assert await breaker.hold(9, booking("a"), NOON) is None
        assert await breaker.hold(9, booking("b"), NOON) == Hold(until=NOON + SPACING, why=Why.HOUR)
        assert await breaker.hold(9, booking("b"), NOON + SPACING) is None
        for name in ("a", "b", "c"):
            assert await breaker.hold(9, booking(name, Act.REOPEN), NOON) is None


async def test_an_outage(tmp_path: Path) -> None:
    """It is told when it begins and when it ends, once each; meanwhile nobody keeps a moment."""
    told: list[tuple[str, Mapping[str, Json]]] = []
    async with engine(hurried(tmp_path), {}) as running:
        breaker = Breaker(counts=running.counts, limits=LIMITS, report=lambda *line: told.append(line))
        assert await breaker.hold(9, booking("a"), NOON) is None
        for _ in range(3):
            await breaker.heard(9, OUT, NOON)
        held = await breaker.hold(9, booking("a"), NOON)
        assert held == Hold(until=NOON + LIMITS.pause * (1 + lot_of("a")), why=Why.ERRORS)
        assert await breaker.hold(8, booking("b"), NOON) is None
        for _ in range(3):
            await breaker.heard(9, FINE, NOON + LIMITS.pause)
    until = (NOON + LIMITS.pause).isoformat()
    assert told == [
        ("acting-paused", {"installation": 9, "answers": 4, "errors": 4, "until": until}),
        ("acting-resumed", {"installation": 9, "seconds": 900}),
    ]


def test_lots_are_spread() -> None:
    """The same for the same name, and a thousand names leave no large gap."""
    lots = sorted(lot_of(f"job {number}") for number in range(1000))
    assert lots == sorted(lot_of(f"job {number}") for number in range(1000))
    assert 0 <= lots[0] < lots[-1] < 1
    assert max(after - before for before, after in pairwise(lots)) < 0.02


def test_the_job_that_comes_again() -> None:
    """It goes on with the same asking at its moment, and nothing that happens wakes it before."""
    job = later(FIRST, FIRST.ended + 70 * MINUTE, LEFT)
    assert (job.id, job.kind, job.key, job.delay) == ("linked:3+1", "again.v1", "7/3", 70 * MINUTE)
    assert job.topics == ("held:linked:3",)
    request = unpack(job.payload, AgainRequest)
    assert (request.linked, request.errand.started, request.errand.comment) == (MERGED, (RUN,), "IC_9")
    second = later(replace(FIRST, job=job.id, errand=request.errand), FIRST.ended, LEFT)
    assert (second.id, second.delay) == ("linked:3+2", timedelta(seconds=1))
    assert unpack(second.payload, AgainRequest).errand.root == "linked:3"
