"""`kill -9` between any two requests of an assessment, and a new process on the same data: the same end, once."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.journeys.repository import Shas
from tests.journeys.stage import FINAL, REPO, answers, commit_policy, environment, reactions, world
from tests.journeys.waiting import COMMAND, POLICY, end, runs, suite_world
from tests.recording import record

PROJECT = Path(__file__).resolve().parents[2]
START_LIMIT = 20.0
CREATED = "Created `service/monitoring.py`.\n\n/assess-resolution"
# role, 👀 with the snapshot, evidence, comment with the second look, role again, closing, reaction with the read-back
REQUESTS = 8  # seven, and the look for an organisation's private policy, which the first assessment costs

# role, 👀 with the snapshot, the organisation's policy, the second command's 👀 with the snapshot, comment, reaction
EXPLAINING = 6


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
            comment = await github.comment(REPO, 1, "ann", CREATED)
            await killed_there(github, process)
        assert len(await github.exchanges()) >= before
        async with server(github, tmp_path):
            issue = await until(github, lambda issue: bool(reactions(issue, comment) & FINAL))
        await record(github, f"killed-{request_number}")
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert len(answers(issue)) == 1
    assert reactions(issue, comment) == {"eyes", "rocket"}


@pytest.mark.parametrize(
    ("path", "nth"), [("/dispatches$", 1), ("/graphql$", 3)], ids=["while-starting-it", "while-answering"]
)
async def test_killed_before_it_waits(tmp_path: Path, shas: Shas, path: str, nth: int) -> None:
    """Killed while it starts a workflow or says that it waits for it: one run, one answer, and its end closes."""
    async with simulator(suite_world(shas)) as github:
        async with server(github, tmp_path) as process:
            await commit_policy(github, POLICY)
            await github.fault("delay:0.4", path=path, nth=nth, times=1)
            comment = await github.comment(REPO, 1, "bob", COMMAND)
            await killed_there(github, process)
        async with server(github, tmp_path):
            await until(github, lambda issue: "+1" in reactions(issue, comment))
            await end(github)
            issue = await until(github, lambda issue: "rocket" in reactions(issue, comment))
        await record(github, f"killed-before-waiting-{nth}")
    assert (issue["state"], len(answers(issue)), len(runs(github))) == ("closed", 1, 1)


@pytest.mark.parametrize("request_number", [0, 1, 3, 5])
async def test_killed_while_parked(tmp_path: Path, shas: Shas, request_number: int) -> None:
    """Killed while parked (0), or at the n-th request of the look that the end called for: the same end, once."""
    async with simulator(suite_world(shas)) as github:
        async with server(github, tmp_path) as process:
            await commit_policy(github, POLICY)
            comment = await github.comment(REPO, 1, "bob", COMMAND)
            await until(github, lambda issue: "+1" in reactions(issue, comment))
            if request_number:
                await github.fault("delay:0.4", nth=request_number, times=1)
                await end(github)
                await killed_there(github, process)
            else:
                process.send_signal(signal.SIGKILL)
        async with server(github, tmp_path):
            if not request_number:
                await end(github)
            issue = await until(github, lambda issue: "rocket" in reactions(issue, comment))
        await record(github, f"killed-parked-{request_number}")
    assert (issue["state"], len(answers(issue)), len(runs(github))) == ("closed", 1, 1)


@pytest.mark.parametrize("request_number", range(1, EXPLAINING + 1))
async def test_killed_while_explaining(tmp_path: Path, shas: Shas, request_number: int) -> None:
    """Killed at any request of an explanation, it is given once, and nothing else is done."""
    async with simulator(world(shas)) as github:
        async with server(github, tmp_path) as process:
            await github.fault("delay:0.4", nth=request_number + 1, times=1)
            comment = await github.comment(REPO, 1, "ann", "/resolution explain\n\n/resolution status")
            await killed_there(github, process)
        async with server(github, tmp_path):
            issue = await until(github, lambda issue: bool(reactions(issue, comment) & FINAL))
        await record(github, f"killed-explaining-{request_number}")
    (answer,) = answers(issue)
    assert (issue["state"], answer.count("### 📖"), answer.count("### 📌")) == ("open", 1, 1)
    assert reactions(issue, comment) == {"eyes", "+1"}


async def asked_and_killed(github: SimulatorHandle, folder: Path, policy: str, **where: object) -> None:
    """Under this policy an assessment is asked for, and the server killed at the request that `where` names."""
    async with server(github, folder) as process:
        await commit_policy(github, policy)
        await github.fault("delay:0.4", times=1, **where)
        await github.comment(REPO, 1, "ann", "/assess-resolution")
        await killed_there(github, process)


async def killed_there(github: SimulatorHandle, process: Process) -> None:
    """Kill it while the request that is held up is under way."""
    async with asyncio.timeout(START_LIMIT):
        while not github.simulator.faults.rules[0].applied:
            await asyncio.sleep(0.01)
    process.send_signal(signal.SIGKILL)


async def until(github: SimulatorHandle, condition: Callable[[Any], bool]) -> Any:
    """Wait until it is true of the issue."""
    async with asyncio.timeout(START_LIMIT):
        while not condition(issue := await seen(github)):
            await asyncio.sleep(0.05)
    return issue


async def seen(github: SimulatorHandle) -> dict[str, object]:
    state = await github.state()
    repository = next(one for one in state["repositories"] if one["full_name"] == REPO)
    return next(one for one in repository["issues"] if one["number"] == 1)
