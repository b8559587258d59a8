"""Parking until something happens: who is woken, when, and by what."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import process_time

import pytest

from bot.engine import Delivery, EngineSettings, Signal, Turn, jobs, schema
from bot.engine.database import SqliteDialect
from tests.engine.world import Outside, delivery, engine, job, now, until

HOUR = timedelta(hours=1)


def signal(*topics: str, scope: str = "home", also: tuple[str, ...] = ()) -> Delivery:
    """A delivery that asks for nothing and tells that something happened."""
    happened = Signal(topics=topics, scope=scope, also=also)
    return Delivery(
        guid="s", dedup=None, event="workflow_run", installation=1, job=None, received_at=now(), signal=happened
    )


class Noted:
    """A handler that writes down which jobs ran."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    async def __call__(self, turn: Turn) -> None:
        self.ran.append(turn.job.id)


async def test_woken_by_its_topic(settings: EngineSettings) -> None:
    """A signal wakes whoever waits for one of its topics, at once and once; everybody else goes on waiting."""
    noted = Noted()
    async with engine(replace(settings, poll_interval=timedelta(seconds=30)), {"work": noted}) as running:
        await running.submit(job("a", key="a", delay=HOUR, topics=("run:1", "run:2")))
        await running.submit(job("b", key="b", delay=HOUR, topics=("run:3",)))
        assert not await running.inbox.put(signal("run:4"))
        assert (await running.healthy()).parked == 2
        assert await running.inbox.put(signal("run:9", "run:2"))
        await until(lambda: noted.ran == ["a"])
        assert not await running.inbox.put(signal("run:1"))
        await asyncio.sleep(0.05)
        assert (await running.healthy()).parked == 1
    assert noted.ran == ["a"]


async def test_many_at_once(sqlite: EngineSettings) -> None:
    """Many signals that come together wake each its own, and nobody twice."""
    noted = Noted()
    names = [f"j{number}" for number in range(100)]
    async with engine(sqlite, {"work": noted}) as running:
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(running.submit(job(name, key=name, delay=HOUR, topics=(f"run:{name}",))))
        async with asyncio.TaskGroup() as group:
            for name in (*names, *names):
                group.create_task(running.inbox.put(signal(f"run:{name}")))
        await until(lambda: len(noted.ran) >= len(names), 30)
    assert sorted(noted.ran) == sorted(names)


async def test_the_net_under_the_signals(settings: EngineSettings) -> None:
    """Where no signal comes, the job runs when its delay is over."""
    noted = Noted()
    async with engine(settings, {"work": noted}) as running:
        await running.submit(job("a", delay=timedelta(milliseconds=150), topics=("run:1",)))
        assert ((await running.healthy()).waiting, (await running.healthy()).parked) == (0, 1)
        await until(lambda: noted.ran == ["a"])
        assert not await running.inbox.put(signal("run:1"))


@pytest.mark.parametrize(
    ("heard", "ran"),
    [
        pytest.param(signal("run:1"), ["a", "b"], id="its-topic"),
        pytest.param(signal("run:2"), ["a"], id="another-topic"),
        pytest.param(signal("run:1", scope="abroad"), ["a"], id="another-scope"),
        pytest.param(signal("run:1", scope="abroad", also=("sea", "home")), ["a", "b"], id="one-of-its-scopes"),
        pytest.param(signal("run:1", also=("den",)), ["a", "b"], id="two-ways-to-one-ear"),
    ],
)
async def test_heard_before_parking(settings: EngineSettings, heard: Delivery, ran: list[str]) -> None:
    """What happens between the look and the parking is not lost: the follow-up is due at once."""

    async def work(turn: Turn) -> None:
        noted.append(turn.job.id)
        if turn.job.id == "a":
            await turn.listen("home")
            await turn.listen("den")
            await running.inbox.put(heard)
            await turn.submit(job("b", delay=HOUR, topics=("run:1",)))

    noted: list[str] = []
    async with engine(settings, {"work": work}) as running:
        await running.submit(job("a"))
        await until(lambda: len(noted) == len(ran))
        await asyncio.sleep(0.05)
        assert (await running.healthy()).parked == 2 - len(ran)
    assert noted == ran


async def test_deaf_after_its_end(settings: EngineSettings) -> None:
    """A job that has ended hears nothing: the next one's parking begins with silence."""

    async def work(turn: Turn) -> None:
        if turn.job.id != "c":
            await turn.listen("home")
        if turn.job.id == "b":
            await turn.submit(job("c", delay=HOUR, topics=("run:1",)))
        noted.append(turn.job.id)

    noted: list[str] = []
    async with engine(settings, {"work": work}) as running:
        await running.submit(job("a"))
        await until(lambda: noted == ["a"])
        await running.inbox.put(signal("run:1"))
        await running.submit(job("b"))
        await until(lambda: noted == ["a", "b"])
        await asyncio.sleep(0.05)
        assert (await running.healthy()).parked == 1


async def test_nothing_is_left_behind(sqlite: EngineSettings) -> None:
    """Who has ended waits for nothing and has heard of nothing: no row stays."""

    async def work(turn: Turn) -> None:
        await turn.listen("home")
        await running.inbox.put(signal("run:1", "run:2"))
        if turn.job.id == "a":
            await turn.submit(job("b", delay=HOUR, topics=("run:3", "run:4")))

    async with engine(sqlite, {"work": work}) as running:
        await running.submit(job("a"))
        await until(lambda: "a" in done(sqlite))
        await running.inbox.put(signal("run:3"))
        await until(lambda: "b" in done(sqlite))
    with closing(sqlite3.connect(sqlite.data_dir / "bot.sqlite")) as book:
        rows = [book.execute(f"select count(*) from {table}").fetchone() for table in ("waits", "ears", "heard")]
    assert rows == [(0,), (0,), (0,)]


def done(settings: EngineSettings) -> set[str]:
    """The jobs that have ended."""
    with closing(sqlite3.connect(settings.data_dir / "bot.sqlite")) as book:
        return {name for (name,) in book.execute("select id from jobs where state = 'done'")}


async def test_parked_across_a_restart(settings: EngineSettings) -> None:
    """A parked job is a row: the next process wakes it."""
    noted = Noted()
    async with engine(settings, {"work": noted}) as running:
        await running.submit(job("a", delay=HOUR, topics=("run:1",)))
    async with engine(settings, {"work": noted}) as running:
        assert await running.inbox.put(signal("run:1"))
        await until(lambda: noted.ran == ["a"])


async def test_a_signal_with_a_job(settings: EngineSettings) -> None:
    """A delivery may do both: the job is taken once, and the waiting one is woken."""
    noted = Noted()
    async with engine(settings, {"work": noted}) as running:
        await running.submit(job("a", key="a", delay=HOUR, topics=("closed:1",)))
        both = replace(delivery("g", job("b", key="b")), signal=Signal(topics=("closed:1",), scope="home"))
        assert await running.inbox.put(both)
        assert not await running.inbox.put(both)
        await until(lambda: sorted(noted.ran) == ["a", "b"])


async def test_cancel_reaches_the_parked(settings: EngineSettings) -> None:
    """Cancelling a key ends what is parked for it; what runs parks nothing more."""

    async def work(turn: Turn) -> None:
        begun.append(turn.job.id)
        await go_on.wait()
        if turn.job.id == "running":
            await turn.submit(job("next", delay=HOUR, topics=("run:1",)))

    begun: list[str] = []
    go_on = asyncio.Event()
    async with engine(settings, {"work": work}) as running:
        await running.submit(job("parked", delay=HOUR, topics=("run:1",)))
        await running.submit(job("running"))
        await until(lambda: begun == ["running"])
        assert await running.cancel("r/1") == 2
        go_on.set()
        await running.submit(job("other"))
        await until(lambda: begun == ["running", "other"])
        assert not await running.inbox.put(signal("run:1"))
        assert (await running.healthy()).parked == 0


def test_ten_thousand_cost_nothing(tmp_path: Path) -> None:
    """A look at the book costs the same, however many are parked."""
    dialect = SqliteDialect(tmp_path / "bot.sqlite", 1000)
    schema.create(dialect)
    book = dialect.connect()

    def looks() -> float:
        begin = process_time()
        for _ in range(200):
            assert jobs.claim(book, "me", 5, now()) == []
            jobs.next_due(book)
        return process_time() - begin

    alone = looks()
    book.begin()
    for number in range(10_000):
        jobs.add(book, job(f"j{number}", key=f"k{number}", delay=HOUR, topics=(f"run:{number}",)), now())
    book.commit()
    assert looks() < 5 * alone + 0.05
    book.close()


async def test_a_newer_one_takes_its_place(settings: EngineSettings, outside: Outside) -> None:
    """Retiring ends what waits for the key, is of the kind, came before that moment, and has not written."""

    async def work(turn: Turn) -> None:
        if turn.job.id == "newer":
            retired.append(await turn.retire("work", now() - HOUR))
            retired.append(await turn.retire("work", now(), only=("b", "c")))
            retired.append(await turn.retire("work", now()))

    retired: list[int] = []
    async with engine(settings, {"work": work, "other": work}) as running:
        for parked in (job("a"), job("b", "other"), job("c", key="r/2")):
            await running.submit(replace(parked, delay=HOUR, topics=("run:1",)))
        await running.submit(job("newer"))
        await until(lambda: retired == [0, 0, 1])
        assert (await running.healthy()).parked == 2


async def test_a_newer_one_calls_it(settings: EngineSettings) -> None:
    """What is parked for the key is made due by name; it is called once, and nothing of another key is."""
    ran: list[str] = []

    async def work(turn: Turn) -> None:
        ran.append(turn.job.id)
        if turn.job.id == "newer":
            ran.append(str(await turn.hasten(("a", "c", "newer", "nobody"))))

    async with engine(settings, {"work": work}) as running:
        for parked in (job("a"), job("b"), job("c", key="r/2")):
            await running.submit(replace(parked, delay=HOUR, topics=("run:1",)))
        await running.submit(job("newer"))
        await until(lambda: ran == ["newer", "1", "a"])
        assert (await running.healthy()).parked == 2
        assert [one.id for one in await running.waiting(job("b").key)] == ["b"]
