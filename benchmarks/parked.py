"""What do answers that wait cost? Memory and CPU while nothing happens, and GitHub's requests for the looks below that.

    python -m benchmarks.parked [--jobs 10000] [--seconds 20] [--looks 30] [--database-url postgresql://…]

1. *Rows that wait.* An engine of its own, idle, with an empty book and then with so many jobs parked, of which none is
   due: no handler runs and GitHub is not asked. CPU is the process' own, in share of one core; memory is read after the
   garbage collector has run. SQLite in a folder that is gone afterwards or, with `--database-url`, an empty database of
   your own.
2. *One look of the net* (`bot.commands.waiting.POLLS`), which comes where no event does: the real server process over
   the simulator, with so many answers that wait for a check. Another check of the same commit has each look once; it
   asks all that a look of the net asks, and finds nothing new. Requests to GitHub, and the server's CPU.

The last line reckons from that how much so many answers ask in an hour at most, once the pauses between their looks are
as long as they get (each then as short as it may be). docs/operating.md tells the same.
"""

import argparse
import asyncio
import gc
import math
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.assessment import REPO, server, world
from bot.assessment import topics
from bot.cli import demo_world
from bot.commands.waiting import POLLS, SPREAD
from bot.engine import Engine, EngineSettings, Job, Turn, running_engine
from bot.simulator.testing import SimulatorHandle, running

AT_ONCE = 500
MOST_CPU = 0.01  # of a core, more than an empty engine takes
MOST_MEMORY = 100 * 2**20
PATIENCE, STILL = 60, 1.0  # seconds
POLICY = """\
version: 1
claims: off
criteria:
  - {id: made, file: PATH}
  - {id: ci, check: unit}
  - {id: said, confirmation: {by: reporter}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """What an idle engine took: the share of one core, and the resident memory in bytes."""

    cpu: float
    memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a look cost: the requests by kind, and the server's CPU in seconds."""

    requests: dict[str, float]
    cpu_seconds: float


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


async def one_look(looks: int) -> Cost:
    """What one of so many looks costs that find nothing new."""
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        git = demo_world.repository(folder / "none", folder)
        done = demo_world.deed(git)
        assert done is not None
        policy = {".github/resolution.yml": POLICY.replace("PATH", done.path)}
        async with running(world(git, done, looks)) as github, server(github, folder) as pid:
            await github.control("commit", repo=REPO, files=policy, message="Policy [skip ci]", author="bob")
            await github.control("check", repo=REPO, name="unit")
            for number in range(1, looks + 1):
                await github.comment(REPO, number, "ann", "/assess-resolution")
            await still(github, looks)
            home = github.world.repository(REPO)
            assert home is not None
            last = [home.issues[number].comments[-1].body for number in range(1, looks + 1)]
            assert all("**Waiting for**" in one for one in last), last[0]
            before, used = len(await github.exchanges()), cpu_seconds(pid)
            await github.control("check", repo=REPO, name="lint", app="lint", conclusion="success")
            await still(github, before + looks)
            used, exchanges = cpu_seconds(pid) - used, (await github.exchanges())[before:]
    kinds = Counter(f"{one['method']} {path_of(str(one['url']))}" for one in exchanges)
    return Cost(requests={kind: count / looks for kind, count in kinds.most_common()}, cpu_seconds=used / looks)


def reckoned(jobs: int, cost: Cost) -> Iterator[str]:
    """What a look costs, and so many answers in an hour; GitHub counts GraphQL apart from the rest."""
    yield f"a look        {sum(cost.requests.values()):.2f} requests, {cost.cpu_seconds * 1000:.0f} ms of CPU"
    for kind, count in cost.requests.items():
        yield f"  {count:5.2f}  {kind}"
    looks = jobs * (timedelta(hours=1) / (POLLS[-1] * (1 - SPREAD)))
    graphql = sum(count for kind, count in cost.requests.items() if kind.endswith("/graphql"))
    rest = sum(cost.requests.values()) - graphql
    yield (
        f"{jobs:,} parked answers ask {math.ceil(looks * (rest + graphql)):,} requests an hour at most: "
        f"{math.ceil(looks * graphql):,} of GraphQL, {math.ceil(looks * rest):,} of REST"
    )


def path_of(url: str) -> str:
    return re.sub(r"[0-9]+", "N", "/" + url.split("/", 3)[-1])


async def still(github: SimulatorHandle, least: int) -> None:
    """Wait until GitHub was asked so often at least, and then for a while nothing any more."""
    seen, since = 0, time.monotonic()
    async with asyncio.timeout(PATIENCE):
        while seen < least or time.monotonic() - since < STILL:
            await asyncio.sleep(0.1)
            if (now := len(await github.exchanges())) != seen:
                seen, since = now, time.monotonic()


def cpu_seconds(pid: int) -> float:
    """https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html"""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--jobs", type=int, default=10_000)
    asked.add_argument("--seconds", type=float, default=20)
    asked.add_argument("--looks", type=int, default=30)
    asked.add_argument("--database-url")
    wanted = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = EngineSettings(data_dir=Path(folder), database_url=wanted.database_url)
        empty, full, held = asyncio.run(measure(settings, wanted.jobs, wanted.seconds))
    grown = full.memory_bytes - empty.memory_bytes
    print(f"parked {held} of {wanted.jobs}, on {'Postgres' if wanted.database_url else 'SQLite'}")
    print(f"CPU idle      {empty.cpu:7.3%} of a core empty, {full.cpu:7.3%} with them")
    print(f"memory        {empty.memory_bytes / 2**20:7.1f} MiB empty, {grown / 2**20:+.1f} MiB with them")
    cost = asyncio.run(one_look(wanted.looks))
    for line in reckoned(wanted.jobs, cost):
        print(line)
    held_to = held == wanted.jobs and full.cpu - empty.cpu < MOST_CPU and grown < MOST_MEMORY
    sys.exit(0 if held_to else f"more than {MOST_CPU:.0%} of a core, or than {MOST_MEMORY / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
