"""Who gets a turn, and when."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.engine import EngineSettings, Later, Signal, Turn
from tests.engine.world import Comment, Events, Outside, delivery, engine, job, now, until


class Ledger:
    """A handler that writes down when each job began and ended."""

    def __init__(self, seconds: float = 0.03) -> None:
        self.log: list[str] = []
        self._seconds = seconds

    async def __call__(self, turn: Turn) -> None:
        self.log.append(f"+{turn.job.id}")
        await asyncio.sleep(self._seconds)
        self.log.append(f"-{turn.job.id}")


async def test_a_submitted_job_runs_once(settings: EngineSettings) -> None:
    """The same id submitted twice runs once, also after it has finished."""
    ledger = Ledger(0)
    async with engine(settings, {"work": ledger}) as running:
        await running.submit(job("a"))
        await running.submit(job("a"))
        await until(lambda: len(ledger.log) == 2)
        await running.submit(job("a"))
        await running.submit(job("b"))
        await until(lambda: "-b" in ledger.log)
    assert ledger.log == ["+a", "-a", "+b", "-b"]


async def test_one_key_in_order(settings: EngineSettings) -> None:
    """Jobs of one key run one at a time, in the order of their submission."""
    ledger = Ledger()
    async with engine(settings, {"work": ledger}) as running:
        for name in "abcd":
            await running.submit(job(name))
        await until(lambda: len(ledger.log) == 8)
    assert ledger.log == ["+a", "-a", "+b", "-b", "+c", "-c", "+d", "-d"]


async def test_different_keys_at_once(settings: EngineSettings) -> None:
    """Jobs of different keys do not wait for each other."""
    together = asyncio.Barrier(3)

    async def meet(turn: Turn) -> None:
        async with asyncio.timeout(5):
            await together.wait()
        done.append(turn.job.id)

    done: list[str] = []
    async with engine(settings, {"work": meet}) as running:
        for name in "abc":
            await running.submit(job(name, key=name))
        await until(lambda: sorted(done) == ["a", "b", "c"])


async def test_no_more_than_the_workers(sqlite: EngineSettings) -> None:
    """No more jobs run at once than there are workers, and all of them run."""
    begun: list[str] = []
    go_on = asyncio.Event()

    async def wait(turn: Turn) -> None:
        begun.append(turn.job.id)
        await go_on.wait()

    async with engine(replace(sqlite, worker_concurrency=3), {"work": wait}) as running:
        for number in range(8):
            await running.submit(job(f"j{number}", key=f"k{number}"))
        await until(lambda: len(begun) == 3)
        await running.submit(job("one more", key="k8"))
        assert (await running.healthy()).running == 3
        go_on.set()
        await until(lambda: len(begun) == 9)


async def test_a_newer_job_supersedes_an_automatic_one(settings: EngineSettings) -> None:
    """Of several automatic triggers that wait, only the newest runs; commands all run."""
    ledger = Ledger()
    async with engine(settings, {"work": ledger}) as running:
        await running.submit(job("first"))
        await until(lambda: "+first" in ledger.log)
        for name in ("auto1", "auto2"):
            await running.submit(job(name, supersedable=True))
        for name in ("command1", "command2"):
            await running.submit(job(name))
        await running.submit(job("auto3", supersedable=True))
        await until(lambda: "-auto3" in ledger.log)
    assert [entry for entry in ledger.log if entry[0] == "+"] == ["+first", "+command1", "+command2", "+auto3"]


async def test_superseded_before_its_first_write(settings: EngineSettings, outside: Outside) -> None:
    """A job that was overtaken while it was reading does not write; one that has written goes on."""

    async def answer(turn: Turn) -> None:
        if turn.job.id == "late":
            await turn.write("one", Comment(outside, "late1"))
        if not turn.job.id.startswith("newer"):
            seen.append(await turn.is_current())
            await go_on.wait()
            seen.append(await turn.is_current())
        await turn.write("two", Comment(outside, turn.job.id))

    seen: list[bool] = []
    go_on = asyncio.Event()
    async with engine(settings, {"work": answer}) as running:
        await running.submit(job("early", supersedable=True, key="r/1"))
        await running.submit(job("late", supersedable=True, key="r/2"))
        await until(lambda: len(seen) == 2)
        await running.submit(job("newer", key="r/1"))
        await running.submit(job("newer2", key="r/2"))
        go_on.set()
        await until(lambda: {"newer", "late"} <= set(outside.all()))
    assert seen == [True, True, False, False]
    assert "early" not in outside.all()


async def test_whether_it_has_written(sqlite: EngineSettings, outside: Outside) -> None:
    """From the first write on, and not before."""
    seen: list[bool] = []

    async def answer(turn: Turn) -> None:
        seen.append(await turn.has_written())
        await turn.write("one", Comment(outside, "one"))
        seen.append(await turn.has_written())

    async with engine(sqlite, {"work": answer}) as running:
        await running.submit(job("one"))
        await until(lambda: len(seen) == 2)
    assert seen == [False, True]


async def test_a_longer_delay_does_not_supersede(sqlite: EngineSettings) -> None:
    """A later re-check of the same issue leaves the sooner one alone."""
    ledger = Ledger(0)
    async with engine(sqlite, {"work": ledger}) as running:
        await running.submit(job("soon", supersedable=True, delay=timedelta(milliseconds=50)))
        await running.submit(job("later", supersedable=True, delay=timedelta(milliseconds=300)))
        await until(lambda: "-later" in ledger.log)
    assert ledger.log == ["+soon", "-soon", "+later", "-later"]


async def test_a_delay_is_kept(settings: EngineSettings) -> None:
    """A delayed job starts after its delay and not long after it, and holds nobody up."""
    started = {}

    async def note(turn: Turn) -> None:
        started[turn.job.id] = now()

    async with engine(settings, {"work": note}) as running:
        begin = now()
        await running.submit(job("delayed", delay=timedelta(milliseconds=300)))
        await running.submit(job("other"))
        await until(lambda: len(started) == 2)
    assert started["other"] < started["delayed"]
    assert 0.3 <= (started["delayed"] - begin).total_seconds() < 1


async def test_cancel(settings: EngineSettings, outside: Outside) -> None:
    """Cancelling a key ends what waits, and stops what runs before its next write."""

    async def answer(turn: Turn) -> None:
        begun.append(turn.job.id)
        await go_on.wait()
        await turn.write("answer", Comment(outside, turn.job.id))

    begun: list[str] = []
    go_on = asyncio.Event()
    async with engine(settings, {"work": answer}) as running:
        for name in ("a", "b"):
            await running.submit(job(name))
        await running.submit(job("c", key="r/2"))
        await until(lambda: len(begun) == 2)
        assert await running.cancel("r/1") == 2
        go_on.set()
        await until(lambda: outside.all() == ["c"])
        assert (await running.healthy()).waiting == 0
    assert sorted(begun) == ["a", "c"]


async def test_later_frees_the_turn(settings: EngineSettings) -> None:
    """A job that has to wait lets the next one by, and goes on with its checkpoints."""

    async def work(turn: Turn) -> None:
        if turn.job.id == "b":
            log.append("b")
            return

        async def read() -> str:
            log.append("read")
            return "fact"

        assert await turn.step("read", read) == "fact"
        if len(log) == 1:
            await turn.submit(job("b"))
            raise Later(now() + timedelta(milliseconds=150))
        log.append("a")

    log: list[str] = []
    async with engine(settings, {"work": work}) as running:
        await running.submit(job("a"))
        await until(lambda: "a" in log)
    assert log == ["read", "b", "a"]


async def test_later_out_of_a_group(sqlite: EngineSettings) -> None:
    """A pause that was raised inside a task group is a pause too."""

    async def work(_: Turn) -> None:
        log.append("run")
        if len(log) == 1:
            async with asyncio.TaskGroup() as group:
                group.create_task(limited())

    async def limited() -> None:
        raise Later(now() + timedelta(milliseconds=30))

    log: list[str] = []
    events = Events()
    async with engine(sqlite, {"work": work}, events) as running:
        await running.submit(job("a"))
        await until(lambda: len(log) == 2)
    assert events.seen == []


@pytest.mark.parametrize("limit", [timedelta(milliseconds=50)], ids=["50 ms"])
async def test_a_handler_that_hangs(sqlite: EngineSettings, limit: timedelta) -> None:
    """A handler that never ends is a failed one: its key is not taken for ever."""

    async def hang(turn: Turn) -> None:
        if turn.job.id == "a":
            await asyncio.Event().wait()
        done.append(turn.job.id)

    done: list[str] = []
    events = Events()
    async with engine(replace(sqlite, turn_limit=limit), {"work": hang}, events) as running:
        await running.submit(job("a"))
        await running.submit(job("b"))
        await until(lambda: done == ["b"] and events.named("job-dead"))


async def test_from_delivery_to_handler_quickly(sqlite: EngineSettings) -> None:
    """No poll stands between a delivery and its handler."""
    began = []

    async def note(_: Turn) -> None:
        began.append(now())

    async with engine(replace(sqlite, poll_interval=timedelta(seconds=30)), {"work": note}) as running:
        for number in range(5):
            taken = now()
            await running.inbox.put(delivery(f"g{number}", job(f"j{number}")))
            await until(lambda count=number + 1: len(began) == count)
            assert (began[-1] - taken).total_seconds() < 1


async def test_another_kind_does_not_supersede(settings: EngineSettings) -> None:
    """What is of another kind may turn out to do nothing: it says itself whom it takes the place of."""
    ledger = Ledger()
    async with engine(settings, {"work": ledger, "other": ledger}) as running:
        await running.submit(job("first"))
        await until(lambda: "+first" in ledger.log)
        await running.submit(job("auto", supersedable=True))
        await running.submit(job("help", "other"))
        await until(lambda: "-help" in ledger.log)
    assert [entry for entry in ledger.log if entry[0] == "+"] == ["+first", "+auto", "+help"]


@pytest.mark.parametrize("submitted", ["before", "after"])
async def test_who_has_begun_to_write_keeps_the_key(settings: EngineSettings, outside: Outside, submitted: str) -> None:
    """What is postponed in the middle of its writing goes on before anything else of its key is begun."""

    async def work(turn: Turn) -> None:
        name = turn.job.id
        faults = ["refuse"] if name == "begun" and not tried else []
        tried.append(name)
        await turn.write("comment", Comment(outside, f"one-{name}", *faults))
        await turn.write("label", Comment(outside, f"two-{name}"))

    tried: list[str] = []
    other = job("other", delay=timedelta(hours=1), topics=("go",))
    async with engine(settings, {"work": work}) as running:
        if submitted == "before":
            await running.submit(other)
        await running.submit(job("begun"))
        await until(lambda: tried)
        await running.submit(other)
        await running.inbox.put(replace(delivery("g", other), job=None, signal=Signal(topics=("go",), scope="home")))
        await until(lambda: len(outside.all()) == 4)
    assert outside.all() == ["one-begun", "two-begun", "one-other", "two-other"]
