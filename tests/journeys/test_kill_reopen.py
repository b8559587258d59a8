"""`kill -9` while an issue is opened again, and a new process on the same data: opened once, said once."""

from pathlib import Path

import pytest

from bot.simulator.testing import running as simulator
from tests.journeys.repository import Shas
from tests.journeys.stage import FINAL, REPO, answers, reactions, world
from tests.journeys.test_kill import killed_there, server, until
from tests.recording import record

REQUESTS = 7  # role, 👀 with the snapshot, the last look, opening, the answer amended, receipt, reaction


@pytest.mark.parametrize("request_number", range(1, REQUESTS + 1))
async def test_killed_at_any_request(tmp_path: Path, shas: Shas, request_number: int) -> None:
    """Killed while its n-th request is under way, the issue is opened once, and the answer says so once."""
    async with simulator(world(shas)) as github:
        async with server(github, tmp_path) as process:
            closing = await github.comment(REPO, 1, "ann", "/assess-resolution")
            await until(github, lambda issue: bool(reactions(issue, closing) & FINAL))
            await github.fault("delay:0.4", nth=request_number, times=1)
            comment = await github.comment(REPO, 1, "carol", "/reopen it fails")
            await killed_there(github, process)
        async with server(github, tmp_path):
            issue = await until(github, lambda issue: bool(reactions(issue, comment) & FINAL))
        await record(github, f"killed-reopening-{request_number}")
    answer, receipt = answers(issue)
    assert (issue["state"], answer.count("reopened by carol")) == ("open", 1)
    assert receipt.startswith("↩️ @carol reopened this issue through me")
    assert reactions(issue, comment) == {"eyes", "+1"}
