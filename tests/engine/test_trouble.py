"""Trouble between the engine and its databases: it goes on by itself, and says what happened."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.engine import Engine, EngineSettings, Json, Refused, StoreUnavailable, Turn, UnknownOutcome, jobs
from bot.engine.database import SqliteDialect
from bot.engine.retention import Retention
from tests.engine.world import Comment, Events, Outside, engine, job, now, until


class BlindComment(Comment):
    """A comment whose first look fails."""

    def __init__(self, outside: Outside, what: str, error: Exception) -> None:
        super().__init__(outside, what, "lose")
        self._error: Exception | None = error

    async def find(self, since: datetime) -> Json | None:
        """Fail once, then look."""
        error, self._error = self._error, None
        if error is not None:
            raise error
        return await super().find(since)


@pytest.mark.parametrize(
    "error",
    [UnknownOutcome("502"), Refused(now(), "slow down"), StoreUnavailable("busy"), Refused(None, "gone")],
    ids=["outage", "limit", "our database", "refusal"],
)
async def test_a_look_that_fails_is_no_absence(sqlite: EngineSettings, outside: Outside, error: Exception) -> None:
    """Not being able to look leads to looking again, never to a second comment."""

    async def work(turn: Turn) -> None:
        await turn.write("comment", comment)
        outside.happen("end")

    comment = BlindComment(outside, "hello", error)
    quick = replace(sqlite, store_deadline=timedelta(milliseconds=200))
    async with engine(quick, {"work": work}) as running:
        await running.submit(job("a"))
        await until(lambda: "end" in outside.all())
    assert outside.all() == ["hello", "end"]
    assert comment.sends == 1


async def test_a_run_whose_name_is_taken(sqlite: EngineSettings) -> None:
    """A job whose row was deleted by hand and submitted again runs again, under its next name."""
    done: list[str] = []

    async def note(turn: Turn) -> None:
        done.append(turn.job.id)

    events = Events()
    hasty = replace(sqlite, store_deadline=timedelta(milliseconds=300))
    async with engine(hasty, {"work": note}, events) as running:
        await running.submit(job("a"))
        await until(lambda: done == ["a"])
        await _in_thread(running, lambda db: db.change("delete from jobs"))
        await running.submit(job("a"))
        await until(lambda: done == ["a", "a"])
    assert [fields["job"] for fields in events.named("start-failed")] == ["a"]


async def test_a_claim_whose_answer_came_too_late(sqlite: EngineSettings) -> None:
    """A claim that was committed after its deadline is found in the book and begun."""
    done: list[str] = []

    async def note(turn: Turn) -> None:
        done.append(turn.job.id)

    events = Events()
    hasty = replace(sqlite, store_deadline=timedelta(milliseconds=800), poll_interval=timedelta(seconds=30))
    async with engine(hasty, {"work": note}, events) as running, asyncio.TaskGroup() as group:
        await asyncio.sleep(0.1)
        _submit_behind_its_back(sqlite.data_dir)
        group.create_task(_slowly(running, 0.4))
        await asyncio.sleep(0.1)
        running._tools.wake()
        await asyncio.sleep(0.1)
        group.create_task(_slowly(running, 0.9))
        await until(lambda: done == ["a"])
    assert [fields["where"] for fields in events.named("store-unavailable")] == ["dispatch"]


def _submit_behind_its_back(folder: Path) -> None:
    other = SqliteDialect(folder / "bot.sqlite", 1000).connect()
    jobs.add(other, job("a"), now())
    other.close()


async def _slowly(running: Engine, seconds: float) -> None:
    try:
        await _in_thread(running, lambda _: time.sleep(seconds))
    except StoreUnavailable:
        return


def _in_thread(running: Engine, unit: Callable[..., object]) -> Awaitable[object]:
    return running._tools.store.run(unit)


async def test_the_end_is_written_down_however_long_it_takes(sqlite: EngineSettings) -> None:
    """A job that ends while the database is locked is not run again when the lock is gone."""
    done: list[str] = []
    locked = asyncio.Event()

    async def work(turn: Turn) -> None:
        await locked.wait()
        done.append(turn.job.id)

    events = Events()
    hasty = replace(sqlite, store_deadline=timedelta(milliseconds=100))
    async with engine(hasty, {"work": work}, events) as running:
        await running.submit(job("a"))
        await asyncio.sleep(0.1)
        with _locked(sqlite):
            locked.set()
            await until(lambda: any(fields["where"] == "settle" for fields in events.named("store-unavailable")))
        await running.submit(job("b"))
        await until(lambda: done == ["a", "b"])


async def test_a_folder_that_cannot_be_written(tmp_path: Path, sqlite: EngineSettings) -> None:
    """A database file that is none stops the start with one clear error."""
    sqlite.data_dir.mkdir()
    (sqlite.data_dir / "bot.sqlite").write_text("not a database, and long enough to be sure about that " * 40)
    with pytest.raises(StoreUnavailable, match="not a database"):
        async with engine(sqlite, {}):
            pytest.fail("it started")


@contextmanager
def _locked(settings: EngineSettings) -> Iterator[None]:
    with closing(sqlite3.connect(settings.data_dir / "bot.sqlite", isolation_level=None)) as other:
        other.execute("begin exclusive")
        yield
        other.execute("rollback")


@pytest.mark.parametrize(
    ("hold", "report"),
    [(nullcontext, "pruned"), (_locked, "store-unavailable")],
    ids=["at work", "locked out"],
)
async def test_retention_goes_on_by_itself(
    sqlite: EngineSettings, hold: Callable[[EngineSettings], AbstractContextManager[object]], report: str
) -> None:
    """Pruning happens without being asked, and a locked database only delays it."""
    events = Events()
    hasty = replace(sqlite, store_deadline=timedelta(milliseconds=50))
    async with engine(hasty, {}) as running:
        keep = Retention(timedelta(days=1), running._tools.store, running._tools.keeper)
        with hold(sqlite), pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await keep.run(now, events, first=timedelta(0), every=timedelta(milliseconds=100))
    assert {name for name, _ in events.seen} == {report}
