"""The writer: what is committed together, and what happens when the database is away."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from bot.engine import AlreadyRunning, EngineSettings, StoreUnavailable, Turn, schema
from bot.engine.database import Connection, SqliteDialect
from bot.engine.store import Store
from tests.engine.world import Events, delivery, engine, job, until


async def nothing(_: Turn) -> None:
    pass


@pytest.mark.parametrize(
    ("second", "taken"),
    [
        pytest.param(delivery("g1", job("b"), "d2"), False, id="same guid"),
        pytest.param(delivery("g2", job("b"), "d1"), False, id="same command"),
        pytest.param(delivery("g2", job("a"), "d2"), False, id="same job"),
        pytest.param(delivery("g2", job("b"), None), True, id="another one"),
    ],
)
async def test_taken_once(settings: EngineSettings, second: object, taken: bool) -> None:
    """A delivery is taken once by its guid, by its command and by its job, also after a restart."""
    async with engine(settings, {"work": nothing}) as running:
        assert await running.inbox.put(delivery("g1", job("a"), "d1"))
        assert await running.inbox.put(second) is taken
    async with engine(settings, {"work": nothing}) as running:
        assert not await running.inbox.put(second)


async def test_many_at_once(settings: EngineSettings) -> None:
    """Of many equal deliveries at once one is taken; all different ones are."""
    answers: list[bool] = []

    async def put(number: int) -> None:
        work = job(f"j{number}", key=f"k{number}")
        answers.append(await running.inbox.put(delivery(f"g{number}", work)))

    async with engine(settings, {"work": nothing}) as running:
        async with asyncio.TaskGroup() as group:
            for number in range(200):
                group.create_task(put(number % 50))
        health = await running.healthy()
    assert answers.count(True) == 50
    assert health.writable


async def test_a_locked_database(sqlite: EngineSettings) -> None:
    """While another process holds the lock nothing is taken, health is red, and all goes on afterwards."""
    hasty = replace(sqlite, store_deadline=timedelta(milliseconds=150))
    events = Events()
    ran = []

    async def note(turn: Turn) -> None:
        ran.append(turn.job.id)

    async with engine(hasty, {"work": note}, events) as running:
        with closing(sqlite3.connect(sqlite.data_dir / "bot.sqlite", isolation_level=None)) as other:
            other.execute("begin exclusive")
            with pytest.raises(StoreUnavailable):
                await running.inbox.put(delivery("g1", job("a")))
            assert not (await running.healthy()).writable
            await until(lambda: events.named("store-unavailable"))
            other.execute("rollback")
        assert await running.inbox.put(delivery("g1", job("a")))
        await until(lambda: ran == ["a"])
        assert (await running.healthy()).writable


async def test_a_lost_connection(database_url: str, sqlite: EngineSettings) -> None:
    """When the server ends our sessions the next delivery is taken over a new one."""
    async with engine(replace(sqlite, database_url=database_url), {"work": nothing}) as running:
        assert await running.inbox.put(delivery("g1", job("a")))
        with psycopg.connect(database_url, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where pid <> pg_backend_pid() and datname = current_database()"
            )
        assert await running.inbox.put(delivery("g2", job("b")))


async def test_no_database(sqlite: EngineSettings) -> None:
    """A database that cannot be reached stops the start with one clear error."""
    nowhere = replace(sqlite, database_url="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable):
        async with engine(nowhere, {"work": nothing}):
            pytest.fail("it started")


async def test_already_running(sqlite: EngineSettings) -> None:
    """A second engine on the same folder ends with an error that names the folder."""
    async with engine(sqlite, {"work": nothing}):
        with pytest.raises(AlreadyRunning, match=str(sqlite.data_dir)):
            async with engine(sqlite, {"work": nothing}):
                pytest.fail("it started")
        with pytest.raises(AlreadyRunning, match="this process"):
            async with engine(replace(sqlite, data_dir=sqlite.data_dir / "other"), {"work": nothing}):
                pytest.fail("it started")
    assert sqlite.data_dir.stat().st_mode & 0o777 == 0o700


@asynccontextmanager
async def bare_store(path: Path) -> AsyncIterator[Store]:
    """A store without an engine round it."""
    dialect = SqliteDialect(path / "bot.sqlite", 1000)
    schema.create(dialect)
    store = Store(dialect, 5)
    try:
        yield store
    finally:
        await asyncio.to_thread(store.close)


async def test_a_bad_unit_fails_alone(tmp_path: Path) -> None:
    """A unit that raises is undone and hears of it; those that share its transaction are kept."""

    def bad(db: Connection) -> None:
        db.change("insert into leases values ('bad', 1)")
        raise ValueError("mine")

    async with bare_store(tmp_path) as store:
        waiting = [store.run(lambda db, n=n: db.change("insert into leases values (?, 1)", n)) for n in "abc"]
        waiting.insert(1, store.run(bad))
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        rows = await store.run(lambda db: db.rows("select executor from leases order by 1"))
    assert [str(answer) for answer in answers] == ["1", "mine", "1", "1"]
    assert rows == [("a",), ("b",), ("c",)]


async def test_the_disk_is_synced(tmp_path: Path) -> None:
    """A commit is on the disk: a write-ahead log with full synchronisation."""
    async with bare_store(tmp_path) as store:
        assert await store.run(lambda db: db.rows("pragma journal_mode")) == [("wal",)]
        assert await store.run(lambda db: db.rows("pragma synchronous")) == [(2,)]
