"""`kill -9` between any two requests of an assessment, and a new process on the same data: the same end, once."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.journeys.repository import Shas
from tests.journeys.stage import FINAL, REPO, answers, environment, reactions, world
from tests.recording import record

PROJECT = Path(__file__).resolve().parents[2]
START_LIMIT = 20.0
COMMAND = "Created `service/monitoring.py`.\n\n/assess-resolution"
# role, 👀 with the snapshot, evidence, comment with the second look, role again, closing, reaction with the read-back
REQUESTS = 7


@asynccontextmanager
async def server(github: SimulatorHandle, folder: Path) -> AsyncIterator[Process]:
    """A real server process; its webhook is announced to the simulated GitHub."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "serve",
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **environment(github, folder)},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(START_LIMIT):
            while not (found := re.search(rb'"port": (\d+), "event": "listening"', await process.stderr.readline())):
                assert process.returncode is None
        github.world.app.webhook_url = f"http://127.0.0.1:{int(found[1])}/webhook"
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.communicate()


@pytest.mark.parametrize("request_number", range(1, REQUESTS + 1))
async def test_killed_at_any_request(tmp_path: Path, shas: Shas, request_number: int) -> None:
    """Killed while its n-th request is under way, the bot comes back to one comment, one closing, one 🚀."""
    async with simulator(world(shas)) as github:
        async with server(github, tmp_path) as process:
            before = len(await github.exchanges())
            # its token is minted with the first request, and counts
            nth = request_number + 1
            await github.fault("delay:0.4", nth=nth, times=1)
            comment = await github.comment(REPO, 1, "ann", COMMAND)
            async with asyncio.timeout(START_LIMIT):
                while not github.simulator.faults.rules[0].applied:
                    await asyncio.sleep(0.01)
            process.send_signal(signal.SIGKILL)
        assert len(await github.exchanges()) >= before
        async with server(github, tmp_path), asyncio.timeout(START_LIMIT):
            while not reactions(issue := await seen(github), comment) & FINAL:
                await asyncio.sleep(0.05)
        await record(github, f"killed-{request_number}")
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert len(answers(issue)) == 1
    assert reactions(issue, comment) == {"eyes", "rocket"}


async def seen(github: SimulatorHandle) -> dict[str, object]:
    state = await github.state()
    repository = next(one for one in state["repositories"] if one["full_name"] == REPO)
    return next(one for one in repository["issues"] if one["number"] == 1)
