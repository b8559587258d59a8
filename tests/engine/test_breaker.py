"""The breaker's counts on both databases: exact however many ask at once, and kept."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as deadlines
from hypothesis import strategies as st

from bot.assessment.breaker import LATE, SPACING, Act, Limits, Pause, Tally
from bot.engine import Booking, Change, Counts, EngineSettings, Turned, breaker, retention, schema
from bot.engine.database import Connection, SqliteDialect
from bot.engine.moments import from_ms
from tests.engine.test_notes import stores
from tests.engine.world import engine, now

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LIMITS = Limits(share=50, minimum=10, window=10 * MINUTE, pause=15 * MINUTE)
BAD, GOOD = Tally(answers=10, errors=8), Tally(answers=10, errors=1)


def booking(name: str, act: Act = Act.CLOSE, repository: int = 7) -> Booking:
    return Booking(act=act, repository=repository, name=name)


async def test_the_last_slot(settings: EngineSettings) -> None:
    """Of many that ask at once over several connections, as many as the limit go now; each other has its turn."""
    with stores(settings, 4) as opened:
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(Counts(store).book(booking(f"job {number}"), 3, NOON))
                for number, store in enumerate(opened * 5)
            ]
        moments = sorted(task.result() for task in asked)
    assert moments == [NOON + number // 3 * SPACING for number in range(20)]


async def test_a_resumed_job_does_not_count_twice(settings: EngineSettings) -> None:
    """It finds its moment, in another process as well; when that is long over it gets a new one, behind the others."""
    async with engine(settings, {}) as running:
        assert await running.counts.book(booking("a"), 1, NOON) == NOON
        assert await running.counts.book(booking("b"), 1, NOON) == NOON + SPACING
    async with engine(settings, {}) as running:
        book = running.counts.book
        assert await book(booking("a"), 1, NOON + LATE - MINUTE) == NOON
        assert await book(booking("b"), 1, NOON + HOUR) == NOON + SPACING
        assert await book(booking("a"), 1, NOON + 2 * LATE) == NOON + 2 * SPACING
        assert await book(booking("c"), 1, NOON) == NOON + 3 * SPACING


async def test_what_was_not_done_frees_its_moment(settings: EngineSettings) -> None:
    """It does not count any more; nor do other repositories, or another kind of act."""
    async with engine(settings, {}) as running:
        for one in (booking("a"), booking("a", repository=8), booking("a", Act.REOPEN)):
            assert await running.counts.book(one, 1, NOON) == NOON
        await running.counts.give_back(booking("a"))
        assert await running.counts.book(booking("b"), 1, NOON) == NOON
        assert await running.counts.book(booking("b", Act.REOPEN), 1, NOON) == NOON + SPACING


@deadlines(max_examples=60, deadline=None)
@given(
    limit=st.integers(1, 3),
    asked=st.lists(st.tuples(st.integers(0, 9), st.integers(-100, 200)), min_size=1, max_size=40),
)
def test_no_hour_holds_more(limit: int, asked: list[tuple[int, int]]) -> None:
    """Whoever asks when, again and again, on clocks that disagree: what may be done never exceeds the limit."""
    with TemporaryDirectory() as folder:
        db = _database(Path(folder))
        done: dict[str, datetime] = {}
        for name, minutes in asked:
            if str(name) in done:
                continue  # it is over: nobody asks for it any more
            now = NOON + minutes * MINUTE
            if breaker._book(db, booking(str(name)), limit, now) <= now:
                done[str(name)] = now
        db.close()
    times = sorted(done.values())
    assert all(after - before >= HOUR for before, after in zip(times, times[limit:], strict=False))


def _database(folder: Path) -> Connection:
    dialect = SqliteDialect(folder / "bot.sqlite", 5000)
    schema.create(dialect)
    return dialect.connect()


async def test_a_pause_begins_and_ends_once(settings: EngineSettings) -> None:
    """Answers of many processes set it off once, and end it once; one that outlasts its end is not told again."""
    with stores(settings, 3) as opened:

        async def told(tally: Tally, at: datetime) -> list[Change]:
            async with asyncio.TaskGroup() as group:
                asked = [group.create_task(Counts(store).heard(9, tally, LIMITS, at)) for store in opened * 3]
            return [change for task in asked if (change := task.result()) is not None]

        began = Pause(since=NOON, until=NOON + 15 * MINUTE, tally=BAD)
        assert await told(BAD, NOON) == [Change(turned=Turned.PAUSED, pause=began)]
        assert await told(GOOD, NOON + 14 * MINUTE) == []
        assert await told(BAD, NOON + 16 * MINUTE) == []
        (ended,) = await told(GOOD, NOON + 32 * MINUTE)
        assert (ended.turned, ended.pause.since, ended.pause.until) == (Turned.RESUMED, NOON, NOON + 31 * MINUTE)
        assert await Counts(opened[0]).pause(9) is None


async def test_pauses_are_kept_and_told(settings: EngineSettings) -> None:
    """A restart changes nothing; the health tells how many there are and until when. Others are not concerned."""
    at = now().replace(microsecond=0)
    async with engine(settings, {}) as running:
        await running.counts.heard(9, BAD, LIMITS, at)
        await running.counts.heard(8, GOOD, LIMITS, at)
    async with engine(settings, {}) as running:
        assert await running.counts.pause(9) == Pause(since=at, until=at + 15 * MINUTE, tally=BAD)
        assert await running.counts.pause(8) is None
        health = await running.healthy()
    assert (health.paused, health.paused_until) == (1, at + 15 * MINUTE)


async def test_a_pause_on_trial_is_not_told(settings: EngineSettings) -> None:
    """Its time is over, though too few have answered since to say so: nobody is told an end in the past."""
    async with engine(settings, {}) as running:
        await running.counts.heard(9, BAD, LIMITS, now() - 16 * MINUTE)
        health, pause = await running.healthy(), await running.counts.pause(9)
    assert (health.paused, health.paused_until, pause is None) == (0, None, False)


async def test_only_the_window_counts(settings: EngineSettings) -> None:
    """What was measured long ago says nothing, and is not kept either."""
    few = Tally(answers=6, errors=6)
    async with engine(settings, {}) as running:
        for minutes in (0, 11, 22):
            assert await running.counts.heard(9, few, LIMITS, NOON + minutes * MINUTE) is None
        rows = await running.inbox._store.run(lambda db: db.rows("select at from answers"))
        assert [from_ms(at) for (at,) in rows] == [NOON + 22 * MINUTE]
        assert await running.counts.heard(9, few, LIMITS, NOON + 30 * MINUTE) is not None


async def test_after_a_pause_it_is_counted_anew(settings: EngineSettings) -> None:
    """What set the pause off does not set off the next one."""
    async with engine(settings, {}) as running:
        heard = running.counts.heard
        assert await heard(9, BAD, LIMITS, NOON) is not None
        assert await heard(9, GOOD, LIMITS, NOON + 15 * MINUTE) is not None
        assert await heard(9, Tally(answers=9, errors=9), LIMITS, NOON + 16 * MINUTE) is None


async def test_what_is_over_is_forgotten(settings: EngineSettings) -> None:
    """A day later nothing is left of it, and what is newer stays."""
    async with engine(settings, {}) as running:
        for number in range(retention.BATCH + 1):
            await running.counts.book(booking(str(number)), 1000, NOON)
        await running.counts.book(booking("newer"), 1000, NOON + HOUR)
        await running.counts.heard(9, BAD, LIMITS, NOON)
        await running.counts.heard(8, GOOD, LIMITS, NOON)
        keep = retention.Retention(timedelta(days=1), running.inbox._store, running._tools.keeper)
        assert await keep.prune(NOON + breaker.KEPT) == 0
        # the moments, one installation's answers (a pause has none), and the pause
        assert await keep.prune(NOON + breaker.KEPT + 30 * MINUTE) == retention.BATCH + 1 + 1 + 1
        assert await running.counts.book(booking("x"), 1, NOON + HOUR) == NOON + HOUR + SPACING


@pytest.mark.parametrize("off", [Limits(share=None)])
async def test_switched_off(settings: EngineSettings, off: Limits) -> None:
    """No errors pause anything, and a pause from before ends with the next answer."""
    async with engine(settings, {}) as running:
        await running.counts.heard(9, BAD, LIMITS, NOON)
        change = await running.counts.heard(9, BAD, off, NOON)
        assert change is not None
        assert change.turned is Turned.RESUMED
        assert await running.counts.heard(9, BAD, off, NOON) is None
