"""What is kept, for how long, and what is forgotten."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.engine import EngineSettings, StoreUnavailable, Turn, kept_document, retention, running_engine
from tests.engine.world import Comment, Events, Outside, delivery, engine, job, now, until


async def nothing(_: Turn) -> None:
    pass


async def test_documents(settings: EngineSettings) -> None:
    """A document is found by its id and, the newest, by its issue; saving it again replaces it."""
    day = datetime(2026, 5, 1, tzinfo=UTC)
    async with engine(settings, {}) as running:
        await running.archive.save("a", "o/r", 7, b"\x00first", day)
        await running.archive.save("b", "o/r", 7, b"second", day + timedelta(days=1))
        await running.archive.save("b", "o/r", 7, b"changed", day + timedelta(days=2))
        await running.archive.save("c", "o/r", 8, b"other", day + timedelta(days=3))
    async with engine(settings, {}) as running:
        assert await running.archive.load("a") == b"\x00first"
        assert await running.archive.load("z") is None
        assert await running.archive.latest("o/r", 7) == b"changed"
        assert await running.archive.latest("o/r", 9) is None


async def test_a_document_is_read_beside_the_server(settings: EngineSettings) -> None:
    """Another process may read while this one works."""
    async with engine(settings, {}) as running:
        await running.archive.save("a", "o/r", 7, b"\x00first", now())
        assert kept_document(settings, "a") == b"\x00first"
        assert kept_document(settings, "z") is None


def test_reading_makes_no_database(tmp_path: Path) -> None:
    """A folder that is not the server's stays as it is; nor is any other file taken for a database."""
    with pytest.raises(StoreUnavailable, match="holds no database"):
        kept_document(EngineSettings(data_dir=tmp_path), "a")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "bot.sqlite").write_bytes(b"x" * 4096)
    with pytest.raises(StoreUnavailable):
        kept_document(EngineSettings(data_dir=tmp_path), "a")


async def test_old_work_is_forgotten(settings: EngineSettings, outside: Outside) -> None:
    """Finished jobs go with their runs after the retention, GUIDs not before thirty days, documents never."""

    async def work(turn: Turn) -> None:
        await turn.step("read", _one)
        await turn.write("say", Comment(outside, turn.job.id))

    async with engine(settings, {"work": work}) as running:
        await running.inbox.put(delivery("g1", job("a")))
        await running.archive.save("doc", "o/r", 7, b"kept", now())
        await until(lambda: outside.all() == ["a"])
        await running.submit(job("waiting", delay=timedelta(days=90)))
        keep = retention.Retention(timedelta(days=1), running.inbox._store, _checkpoints(running))
        assert await keep.prune(now()) == 0
        assert await keep.prune(now() + timedelta(days=2)) == 1
        assert not await running.inbox.put(delivery("g1", job("b")))
        assert await keep.prune(now() + timedelta(days=31)) == 1
        assert await running.archive.load("doc") == b"kept"
        assert (await running.healthy()).waiting == 1
        await running.submit(job("a"))
        await until(lambda: outside.all() == ["a", "a"])


async def _one() -> int:
    return 1


def _checkpoints(running: object) -> object:
    return running._tools.keeper


async def test_the_oldest_waiting_job_is_known(sqlite: EngineSettings) -> None:
    """Health tells since when the oldest due job has waited, by the clock it was given."""
    clock = Clock()
    async with running_engine(sqlite, {"work": _hang}, clock=clock, on_event=Events()) as running:
        for name in ("a", "b"):
            await running.submit(job(name))
        clock.ahead = timedelta(minutes=12)
        health = await running.healthy()
    assert health.waiting >= 1
    assert health.oldest_waiting is not None
    assert health.oldest_waiting >= timedelta(minutes=12)


class Clock:
    """A clock that can be set."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return now() + self.ahead


async def _hang(turn: Turn) -> None:
    await until(lambda: False, 0.3)


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=-400)], ids=["an hour on", "400 days back"])
async def test_the_clock_jumps(sqlite: EngineSettings, ahead: timedelta) -> None:
    """A delayed job runs although the clock was set, in either direction."""
    clock = Clock()
    done: list[str] = []

    async def note(turn: Turn) -> None:
        done.append(turn.job.id)

    async with running_engine(sqlite, {"work": note}, clock=clock, on_event=Events()) as running:
        await running.submit(job("a", delay=timedelta(minutes=30)))
        clock.ahead = ahead
        await until(lambda: done)


async def test_dbos_keeps_json_not_pickle(sqlite: EngineSettings) -> None:
    """What a step returned is stored as JSON: writing to the database must not be running code."""
    async with engine(sqlite, {"work": _step_once}) as running:
        await running.submit(job("a"))
        await until(lambda: _rows(sqlite, "select 1 from operation_outputs"))
    assert _rows(sqlite, "select function_name, output, serialization from operation_outputs") == [
        ("read", "1", "portable_json")
    ]
    assert _rows(sqlite, "pragma journal_mode") == [("wal",)]


async def _step_once(turn: Turn) -> None:
    await turn.step("read", _one)


def _rows(settings: EngineSettings, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(settings.data_dir / "dbos.sqlite")) as connection:
        return connection.execute(sql).fetchall()
