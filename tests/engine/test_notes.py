"""What is remembered for a time, and what waits for a key."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.engine import EngineSettings, Json, Note, Notes, Turn, Waiting, notes, retention, schema
from bot.engine.database import Connection, Dialect, PostgresDialect, Row, SqliteDialect, Value
from bot.engine.moments import to_ms
from bot.engine.store import Store
from tests.engine.world import engine, job, now, until

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def note(name: str = "tests", value: Json = None, *, place: str = "7/1278", at: datetime = NOON) -> Note:
    """A note of the kind `waiver` that counts for an hour."""
    return Note(kind="waiver", place=place, name=name, value=value, at=at, until=at + HOUR)


async def test_kept_until_its_end(settings: EngineSettings) -> None:
    """A note outlives the process, a later one of its name replaces it, and at its end it does not count."""
    async with engine(settings, {}) as running:
        await running.notes.keep(note(value={"by": "ann"}))
        await running.notes.keep(note(value={"by": "bob", "why": ["é", None]}))
    async with engine(settings, {}) as running:
        read = await running.notes.read("waiver", "7/1278", "tests", NOON + HOUR - timedelta(milliseconds=1))
        assert read == note(value={"by": "bob", "why": ["é", None]})
        assert await running.notes.read("waiver", "7/1278", "tests", NOON + HOUR) is None
        assert await running.notes.read("denial", "7/1278", "tests", NOON) is None


async def test_those_of_a_place(settings: EngineSettings) -> None:
    """The live notes of one kind at one place are listed by name; what is removed or has ended is not."""
    async with engine(settings, {}) as running:
        for kept in (note("b"), note("a"), note("gone"), note("ended", at=NOON - HOUR), note(place="7/1279")):
            await running.notes.keep(kept)
        await running.notes.keep(replace(note("other"), kind="denial"))
        assert await running.notes.remove("waiver", "7/1278", "gone")
        assert not await running.notes.remove("waiver", "7/1278", "gone")
        assert await running.notes.live("waiver", "7/1278", NOON) == (note("a"), note("b"))


async def test_the_first_before_its_end(settings: EngineSettings) -> None:
    """The first is told yes, and again if he asks again; others are told no until his note has ended."""
    async with engine(settings, {}) as running:
        first = running.notes.first
        assert await first(note(value="job 1"))
        assert await first(note(value="job 1", at=NOON + HOUR / 2))
        assert not await first(note(value="job 2", at=NOON + HOUR / 2))
        assert await first(note("other", value="job 2"))
        assert await first(note(value="job 2", at=NOON + HOUR))
        assert not await first(note(value="job 1", at=NOON + HOUR))


async def test_one_process_wins(settings: EngineSettings) -> None:
    """Of many that ask at once over several connections, exactly one is the first."""
    with stores(settings, 4) as opened:
        for round_ in range(5):
            async with asyncio.TaskGroup() as group:
                asked = [
                    group.create_task(Notes(store).first(note(value=number, at=NOON + round_ * HOUR)))
                    for number, store in enumerate(opened * 5)
                ]
            assert [task.result() for task in asked].count(True) == 1


@contextmanager
def stores(settings: EngineSettings, count: int) -> Iterator[list[Store]]:
    """Several connections to one database, as several processes have them."""
    dialect = _dialect(settings)
    schema.create(dialect)
    opened = [Store(dialect, 10) for _ in range(count)]
    try:
        yield opened
    finally:
        for store in opened:
            store.close()


def _dialect(settings: EngineSettings) -> Dialect:
    if settings.database_url is not None:
        return PostgresDialect(settings.database_url, 5000)
    settings.data_dir.mkdir()
    return SqliteDialect(settings.data_dir / "bot.sqlite", 5000)


async def test_what_has_ended_is_forgotten(settings: EngineSettings) -> None:
    """Notes go when they have ended, however few or many, and not before."""
    async with engine(settings, {}) as running:
        for number in range(retention.BATCH + 1):
            await running.notes.keep(note(str(number)))
        await running.notes.keep(note("longer", at=NOON + HOUR))
        keep = retention.Retention(timedelta(days=1), running.inbox._store, running._tools.keeper)
        assert await keep.prune(NOON + HOUR - timedelta(seconds=1)) == 0
        assert await keep.prune(NOON + HOUR) == retention.BATCH + 1
        assert await running.notes.live("waiver", "7/1278", NOON) == (note("longer", at=NOON + HOUR),)


class Interrupted:
    """A connection after whose reading, and before whose writing, something else happens."""

    def __init__(self, inner: Connection, between: Callable[[], object]) -> None:
        self._inner = inner
        self._between = between
        self.change = inner.change

    def rows(self, sql: str, *params: Value) -> list[Row]:
        found = self._inner.rows(sql, *params)
        self._between()
        return found


def test_what_is_kept_meanwhile_stays(settings: EngineSettings) -> None:
    """A note that another process keeps under an ended one's name is not forgotten with it."""
    dialect = _dialect(settings)
    schema.create(dialect)
    ours, theirs = dialect.connect(), dialect.connect()
    for name in ("tests", "other"):
        theirs.change(notes._INSERT, *notes._values(note(name, at=NOON - HOUR)))
    meanwhile = Interrupted(ours, lambda: theirs.change(notes._INSERT, *notes._values(note())))
    assert notes.drop_ended(meanwhile, NOON, 10) == 1  # type: ignore[arg-type]
    assert ours.rows("select name, until from notes") == [("tests", to_ms(NOON + HOUR))]
    ours.close()
    theirs.close()


@pytest.mark.parametrize("topics", [("run:2", "run:1"), ()], ids=["parked", "delayed"])
async def test_what_waits_for_a_key(settings: EngineSettings, topics: tuple[str, ...]) -> None:
    """What waits for a key is told with its time and payload; what runs and what is done is not among it."""
    seen: list[tuple[Waiting, ...]] = []
    before = now()

    async def work(turn: Turn) -> None:
        await turn.submit(job("later", "again", payload={"look": 2}, delay=HOUR, topics=topics))
        seen.append(await running.waiting("r/1"))

    async with engine(settings, {"work": work}) as running:
        await running.submit(job("elsewhere", "again", key="r/2", delay=HOUR))
        await running.submit(job("now"))
        await until(lambda: seen)
        (waiting,) = seen[0]
        assert (waiting.kind, waiting.payload) == ("again", {"look": 2})
        assert before + HOUR - timedelta(milliseconds=1) <= waiting.due_at <= now() + HOUR
        assert await running.waiting("r/3") == ()
