"""What do parked assessments cost? CPU while nothing happens, and memory, beside an engine with nothing parked.

    python -m benchmarks.parked [--jobs 10000] [--seconds 20] [--database-url postgresql://…]

A process of its own runs the engine idle, empty and then with the jobs parked. CPU is the process' own, in share of one
core; its memory is read after the garbage collector has run. Without `--database-url` it is SQLite in a folder that is
gone afterwards; with it, an empty database of your own.
"""

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.assessment import topics
from bot.engine import Engine, EngineSettings, Job, Turn, running_engine

AT_ONCE = 500
MOST_CPU = 0.01  # of a core, more than an empty engine takes
MOST_MEMORY = 100 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """What an idle engine took: the share of one core, and the resident memory in bytes."""

    cpu: float
    memory_bytes: int


def clock() -> datetime:
    return datetime.now(UTC)


def resident_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(kilobytes) * 1024


async def idle(seconds: float) -> Idle:
    gc.collect()
    await asyncio.sleep(1)
    began, used = time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    cpu = (time.process_time() - used) / (time.monotonic() - began)
    gc.collect()
    return Idle(cpu=cpu, memory_bytes=resident_bytes())


def parked(number: int) -> Job:
    """A job as an assessment leaves it behind: of its own issue, with a payload of its size."""
    return Job(
        id=f"job{number}",
        kind="again.v1",
        key=f"7/{number}",
        payload={"errand": "e" * 1_500, "command": {"body": "/assess-resolution", "number": number}},
        delay=timedelta(hours=1),
        topics=(topics.workflow_run(number), topics.confirmed(7, number)),
    )


async def park(engine: Engine, jobs: int) -> None:
    for first in range(0, jobs, AT_ONCE):
        async with asyncio.TaskGroup() as group:
            for number in range(first, min(first + AT_ONCE, jobs)):
                group.create_task(engine.submit(parked(number)))


async def measure(settings: EngineSettings, jobs: int, seconds: float) -> tuple[Idle, Idle, int]:
    async def nothing(_: Turn) -> None:
        raise AssertionError("nothing is due")

    handlers = {"again.v1": nothing}
    async with running_engine(settings, handlers, clock=clock, on_event=lambda *_: None) as engine:
        empty = await idle(seconds)
        await park(engine, jobs)
        full = await idle(seconds)
        return empty, full, (await engine.healthy()).parked


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--jobs", type=int, default=10_000)
    asked.add_argument("--seconds", type=float, default=20)
    asked.add_argument("--database-url")
    wanted = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = EngineSettings(data_dir=Path(folder), database_url=wanted.database_url)
        empty, full, held = asyncio.run(measure(settings, wanted.jobs, wanted.seconds))
    grown = full.memory_bytes - empty.memory_bytes
    print(f"parked {held} of {wanted.jobs}, on {'Postgres' if wanted.database_url else 'SQLite'}")
    print(f"CPU idle      {empty.cpu:7.3%} of a core empty, {full.cpu:7.3%} with them")
    print(f"memory        {empty.memory_bytes / 2**20:7.1f} MiB empty, {grown / 2**20:+.1f} MiB with them")
    held_to = held == wanted.jobs and full.cpu - empty.cpu < MOST_CPU and grown < MOST_MEMORY
    sys.exit(0 if held_to else f"more than {MOST_CPU:.0%} of a core, or than {MOST_MEMORY / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
