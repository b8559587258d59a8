"""When a handler fails, somebody hears of it: a failure is retried, then told, and never silent."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.engine import EngineSettings, Json, Turn
from tests.engine import child
from tests.engine.world import Comment, Events, Outside, engine, job, until


async def test_retried_with_its_checkpoints(settings: EngineSettings, outside: Outside) -> None:
    """A handler that fails runs again after a pause; finished steps and writes are not repeated."""

    async def work(turn: Turn) -> None:
        async def read() -> str:
            outside.happen("read")
            return "fact"

        await turn.step("read", read)
        await turn.write("say", Comment(outside, "said"))
        outside.happen("try")
        if outside.all().count("try") < 3:
            raise ValueError("not yet")
        outside.happen("end")

    events = Events()
    async with engine(settings, {"work": work}, events) as running:
        await running.submit(job("a"))
        await until(lambda: "end" in outside.all())
    assert outside.all() == ["read", "said", "try", "try", "try", "end"]
    assert [fields["run"] for fields in events.named("job-failed")] == [0, 1]
    assert "ValueError: not yet" in str(events.named("job-failed")[0]["traceback"])


async def test_a_failed_step_runs_again(sqlite: EngineSettings) -> None:
    """A step that raised is not a finished one: the next run calls it again."""
    calls: list[str] = []

    async def read() -> Json:
        calls.append("read")
        if len(calls) == 1:
            raise OSError("no network")
        return "fact"

    async def work(turn: Turn) -> None:
        calls.append(str(await turn.step("read", read)))

    async with engine(sqlite, {"work": work}) as running:
        await running.submit(job("a"))
        await until(lambda: "fact" in calls)
    assert calls == ["read", "read", "fact"]


async def test_a_dead_job_is_told(settings: EngineSettings) -> None:
    """After the last retry the job goes to the handler for dead ones, with the id that the log has."""

    async def work(_: Turn) -> None:
        raise ValueError("broken")

    async def dead(turn: Turn) -> None:
        told.append(turn.job)

    told = []
    events = Events()
    async with engine(settings, {"work": work, "dead.v1": dead}, events) as running:
        await running.submit(job("a", payload={"comment": 5}))
        await until(lambda: told)
    assert told[0].key == "r/1"
    assert told[0].payload["job"]["payload"] == {"comment": 5}
    assert told[0].payload["error"] == events.named("job-dead")[0]["error"]
    assert len(events.named("job-failed")) == 2


@pytest.mark.parametrize("kinds", [{}, {"dead.v1"}], ids=["nobody to tell", "the teller fails"])
async def test_death_without_an_heir(sqlite: EngineSettings, kinds: set[str]) -> None:
    """When nobody can tell the user, the log still does, and the key goes on."""

    async def broken(_: Turn) -> None:
        raise ValueError("broken")

    async def note(turn: Turn) -> None:
        done.append(turn.job.id)

    done: list[str] = []
    events = Events()
    handlers = {"work": broken, "note": note, **dict.fromkeys(kinds, broken)}
    async with engine(sqlite, handlers, events) as running:
        await running.submit(job("a"))
        await until(lambda: len(events.named("job-dead")) == 1 + len(kinds))
        await running.submit(job("b", "note"))
        await until(lambda: done == ["b"])


async def test_an_unknown_kind(sqlite: EngineSettings) -> None:
    """A job that no handler knows any more dies aloud instead of waiting for ever."""
    events = Events()
    async with engine(sqlite, {}, events) as running:
        await running.submit(job("a", "gone.v1"))
        await until(lambda: events.named("job-dead"))


async def test_step_names_are_unique(sqlite: EngineSettings) -> None:
    """Two steps of one name are a mistake of the handler, named as such."""

    async def one() -> Json:
        return 1

    async def work(turn: Turn) -> None:
        await turn.step("read", one)
        await turn.step("read", one)

    events = Events()
    async with engine(sqlite, {"work": work}, events) as running:
        await running.submit(job("a"))
        await until(lambda: events.named("job-failed"))
    assert "used twice" in str(events.named("job-failed")[0]["traceback"])


async def test_steps_side_by_side(sqlite: EngineSettings) -> None:
    """Steps may run at once, in any order, and a resumed job still gets each its own result."""
    calls: list[str] = []
    results: dict[str, Json] = {}

    async def probe(turn: Turn, name: str, seconds: float) -> None:
        async def ask() -> Json:
            calls.append(name)
            return f"of {name}"

        await asyncio.sleep(seconds)
        results[name] = await turn.step(name, ask)

    async def work(turn: Turn) -> None:
        first = not calls
        async with asyncio.TaskGroup() as group:
            for number, name in enumerate("abc"):
                group.create_task(probe(turn, name, 0.01 * (number if first else 3 - number)))
        if first:
            raise ValueError("once more")
        results["end"] = True

    async with engine(sqlite, {"work": work}) as running:
        await running.submit(job("x"))
        await until(lambda: "end" in results)
    assert sorted(calls) == ["a", "b", "c"]
    assert results == {"a": "of a", "b": "of b", "c": "of c", "end": True}


async def test_handed_back_at_the_end(settings: EngineSettings, outside: Outside) -> None:
    """A turn that does not end in time is handed back when the engine stops, and goes on at the next start."""

    async def work(turn: Turn) -> None:
        async def read() -> Json:
            outside.happen("read")
            return 1

        await turn.step("read", read)
        if outside.all() == ["read"]:
            outside.happen("stuck")
            await asyncio.Event().wait()
        outside.happen("end")

    hasty = replace(settings, shutdown_grace=timedelta(milliseconds=50))
    events = Events()
    async with engine(hasty, {"work": work}, events) as running:
        await running.submit(job("a"))
        await until(lambda: "stuck" in outside.all())
    async with engine(hasty, {"work": work}, events):
        await until(lambda: "end" in outside.all())
    assert outside.all() == ["read", "stuck", "end"]
    assert events.seen == []


async def test_running_turns_finish_first(sqlite: EngineSettings) -> None:
    """A stop waits for turns that are about to end."""
    log: list[str] = []

    async def work(_: Turn) -> None:
        log.append("begin")
        await asyncio.sleep(0.2)
        log.append("end")

    async with engine(sqlite, {"work": work}) as running:
        await running.submit(job("a"))
        await until(lambda: log)
    assert log == ["begin", "end"]


def test_a_job_that_kills_the_process(sqlite: EngineSettings, outside: Outside) -> None:
    """A job in which the process dies again and again is given up, so that the process can live."""
    twice = replace(sqlite, resume_limit=1)
    for _ in range(2):
        assert child.run(twice, outside.path, "in the handler") == child.KILLED

    async def rest() -> None:
        async with engine(twice, {"work": _never, "dead.v1": dead}):
            await until(lambda: told)

    async def dead(turn: Turn) -> None:
        told.append(turn.job.payload)

    told: list[Json] = []
    asyncio.run(rest())
    assert "2 times" in told[0]["reason"]


async def _never(_: Turn) -> None:
    pytest.fail("it ran again")


async def test_an_error_inside_the_context_arrives_as_it_was(sqlite: EngineSettings) -> None:
    """What is raised while the engine runs is not wrapped in groups."""
    with pytest.raises(ZeroDivisionError):
        async with engine(sqlite, {}):
            raise ZeroDivisionError
