"""Server processes on one ground: a simulated GitHub, a database, and a clock that all of them share."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.journeys.child import FileClock
from tests.journeys.stage import REPO, environment
from tests.journeys.test_kill_waiver import kept
from tests.recording import record

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # starting a process takes a while on a busy machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where the processes live; `settings` are theirs, a closing is looked at `settling` after it was told."""

    github: SimulatorHandle
    folder: Path
    clock: FileClock
    settling: timedelta
    settings: Mapping[str, str] = field(default_factory=dict)

    def told(self, event: str, name: str = "*") -> list[Any]:
        """What the operator was told of an event, by all processes or one."""
        lines = [line for path in self.folder.glob(f"{name}.events") for line in path.read_text().splitlines()]
        return [fields for found, fields in map(json.loads, lines) if found == event]

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until it is true."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.03)

    async def heard(self, event: str, times: int) -> None:
        """Wait until the operator was told of an event so many times."""
        await self.until(lambda: len(self.told(event)) >= times)

    async def still(self, *, parked: int = 1) -> None:
        """Wait until so many jobs are parked, and nothing else is to be done; on SQLite."""
        states = "select sum(state = 'parked'), sum(state in ('waiting', 'running')) from jobs"
        await self.until(lambda: kept(self.folder, states) == [(parked, 0)])

    async def issues(self) -> list[dict[str, Any]]:
        """The issues as the simulated GitHub has them."""
        state: Any = await self.github.state()
        return next(list(one["issues"]) for one in state["repositories"] if one["full_name"] == REPO)

    def changes(self, action: str) -> list[int]:
        """The issues that we have closed (or whatever `action` says), one for each time."""
        done = [one.emission.payload for one in self.github.deliveries("issues") if one.emission.action == action]
        return [one["issue"]["number"] for one in done if one["sender"]["login"] == "resolution[bot]"]


@asynccontextmanager
async def ground(
    folder: Path, made: Mapping[str, Any], *, name: str, settling: timedelta = timedelta(seconds=0.3), **settings: str
) -> AsyncIterator[Ground]:
    """The ground, without a process; all exchanges are recorded at its end, where that is wanted."""
    clock = FileClock(folder / "clock")
    clock.set(timedelta(0))
    async with simulator(made) as github:
        github.world.clock = clock
        yield Ground(github=github, folder=folder, clock=clock, settling=settling, settings=settings)
        await record(github, name)


@asynccontextmanager
async def process(on: Ground, name: str = "one") -> AsyncIterator[Process]:
    """A server process; webhooks go to the one that was started last."""
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.journeys.child", name, str(on.folder), str(on.settling.total_seconds())),
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **environment(on.github, on.folder), **on.settings},
        stdout=PIPE,
        stderr=DEVNULL,
    )
    assert started.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            port = int(await started.stdout.readline())
        on.github.world.app.webhook_url = f"http://127.0.0.1:{port}/webhook"
        yield started
    finally:
        await kill(started)


async def kill(started: Process) -> None:
    """`kill -9`, and wait until it is gone."""
    if started.returncode is None:
        started.send_signal(signal.SIGKILL)
    await started.wait()


async def held_up(on: Ground) -> None:
    """Wait until the request that the last fault holds up is under way."""
    await on.until(lambda: on.github.simulator.faults.rules[-1].applied)
