"""What is parked is a row and no more: it holds neither memory nor a turn. `benchmarks/parked.py` has it in numbers."""

import asyncio
import gc
from dataclasses import replace
from datetime import timedelta

from bot.engine import EngineSettings, Job, Turn
from bot.engine.jobs import Run
from tests.engine.world import engine, job, until

MANY, AT_ONCE = 1_000, 100
DAY = timedelta(days=1)


def tasks() -> int:
    """How many tasks there are."""
    return len(asyncio.all_tasks())


def jobs() -> int:
    """How many jobs, and runs of jobs, are in memory."""
    gc.collect()
    return sum(isinstance(one, Job | Run) for one in gc.get_objects())


async def test_nothing_is_held(settings: EngineSettings) -> None:
    """A thousand are parked: no task and no job is in memory that was not there before, and their turns are free."""
    seen: list[tuple[str, int]] = []

    async def work(turn: Turn) -> None:
        seen.append((turn.job.id, jobs()))

    async with engine(replace(settings, poll_interval=timedelta(seconds=30)), {"work": work}) as running:
        before, held = tasks(), jobs()
        for first in range(0, MANY, AT_ONCE):
            async with asyncio.TaskGroup() as group:
                for number in range(first, first + AT_ONCE):
                    parked = job(f"j{number}", key=f"r/{number}", delay=DAY, topics=(f"run:{number}",))
                    group.create_task(running.submit(parked))
        del parked
        assert (await running.healthy()).parked == MANY
        await until(lambda: tasks() <= before and jobs() == held)
        await running.submit(job("meanwhile", key="r/7"))
        await until(lambda: seen)
        assert (await running.healthy()).parked == MANY
    assert [name for name, _ in seen] == ["meanwhile"]
    assert seen[0][1] > held  # what runs is in memory, and is seen there
