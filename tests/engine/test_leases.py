"""Several processes on one Postgres: the dead are taken over, and who comes back is fenced."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.engine import EngineSettings, Turn
from tests.engine import child
from tests.engine.world import Comment, Events, Outside, delivery, engine, hurried, job, until


@pytest.fixture
def postgres(database_url: str, tmp_path: Path) -> EngineSettings:
    """A place on Postgres."""
    return hurried(tmp_path / "data", database_url)


POINTS = ["after the inbox", "between the steps", child.BEFORE, child.AFTER, "after the refusal"]


@pytest.mark.parametrize("point", POINTS)
def test_taken_over(postgres: EngineSettings, outside: Outside, point: str) -> None:
    """What a killed process leaves is finished by another one, each write once and no finished step again."""
    assert child.run(postgres, outside.path, point) == child.KILLED
    assert child.run(postgres, outside.path, None) == 0
    done = outside.all()
    assert [done.count(what) for what in ("the-first-step", "comment", "close", "finished")] == [1, 1, 1, 1]
    assert ("refused" in done, "label" in done) == (True, False)


@pytest.mark.parametrize("point", ["between the steps", "before the write"])
async def test_a_sleeper_is_fenced(postgres: EngineSettings, outside: Outside, point: str) -> None:
    """A process that slept while its job was given away writes nothing when it wakes."""
    sleeper = child.CONTEXT.Process(target=child.live, args=(postgres, outside.path, point, signal.SIGSTOP))
    sleeper.start()
    events = Events()

    async def work(turn: Turn) -> None:
        await turn.write("comment", Comment(outside, "comment"))
        outside.happen("finished")

    try:
        await until(lambda: _stopped(sleeper.pid))
        async with engine(postgres, {"work": work}, events):
            await until(lambda: "finished" in outside.all())
            os.kill(sleeper.pid, signal.SIGCONT)
            await asyncio.to_thread(sleeper.join, 10)
        assert sleeper.exitcode == 0
    finally:
        sleeper.kill()
        sleeper.join()
    assert outside.all().count("comment") == 1
    assert outside.all().count("close") == 0
    assert [fields["jobs"] for fields in events.named("taken-over")] == [1]


def _stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


async def test_a_stopped_process_frees_its_turns_at_once(postgres: EngineSettings, outside: Outside) -> None:
    """Work that was submitted to a process that then stopped in good order is done by the next."""

    async def work(turn: Turn) -> None:
        outside.happen(turn.job.id)

    async with engine(postgres, {"work": work}) as running:
        await running.inbox.put(delivery("g1", job("a")))
    async with engine(postgres, {"work": work}) as running:
        await running.inbox.put(delivery("g2", job("b")))
        await until(lambda: set(outside.all()) == {"a", "b"})
