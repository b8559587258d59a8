"""`kill -9` between any two requests of a guarded closing: one note, one reopening, also over the restart."""

import signal
from pathlib import Path

import pytest

from bot.simulator.testing import running as simulator
from tests.journeys.guarding import ROBOT, plain_world, policy
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, commit_policy
from tests.journeys.test_kill import killed_there, server, until
from tests.recording import record

STRICT = policy("{people: note, bots: reopen}", more="mode: act\n")
REQUESTS = 5  # the policy, the snapshot, what the criteria ask, the note, the opening


@pytest.mark.parametrize("request_number", range(1, REQUESTS + 1))
async def test_killed_at_any_request(tmp_path: Path, shas: Shas, request_number: int) -> None:
    """Killed while its n-th request is under way, the bot comes back to one note and an issue that is open again."""
    async with simulator(plain_world(shas)) as github:
        await commit_policy(github, STRICT)
        async with server(github, tmp_path) as process:
            await github.fault("delay:0.4", nth=request_number + 1, times=1)  # its token is minted with the first
            await github.control("close", repo=REPO, issue=1, login=ROBOT)
            await killed_there(github, process)
        async with server(github, tmp_path):
            issue = await until(github, lambda seen: seen["state"] == "open" and bool(answers(seen)))
        await record(github, f"killed-guarding-{request_number}")
    (said,) = answers(issue)
    assert said.startswith("### ❌ Reopened: not resolved · 1 of 2 criteria")


async def test_a_note_outlives_the_process(tmp_path: Path, shas: Shas) -> None:
    """Who was told before a restart is told nothing anew after it."""
    async with simulator(plain_world(shas)) as github:
        await commit_policy(github, STRICT)
        async with server(github, tmp_path) as process:
            await github.control("close", repo=REPO, issue=1, login="ann")
            first = await until(github, lambda seen: bool(answers(seen)))
            process.send_signal(signal.SIGKILL)
        await github.control("reopen", repo=REPO, issue=1, login="carol")
        async with server(github, tmp_path):
            await github.control("close", repo=REPO, issue=1, login="ann")
            last = await until(github, lambda seen: answers(seen) not in ([], answers(first)))
        await record(github, "guarding-outlives")
    assert [len(answers(one)) for one in (first, last)] == [1, 1]
