"""`kill -9` while a closing is announced, and while what was announced is done: one announcement, one closing."""

import signal
from pathlib import Path
from typing import Any

import pytest

from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.journeys.repository import Shas
from tests.journeys.stage import FINAL, REPO, answers, commit_policy, reactions, world
from tests.journeys.test_grace import POLICY
from tests.journeys.test_kill import killed_there, server, until
from tests.journeys.test_kill_waiver import kept
from tests.recording import record

DUE = """update jobs set due_at = 0, payload = json_set(payload, '$.errand.announced.until',
    json_extract(payload, '$.errand.announced.at'), '$.errand.rests', null) where kind = 'again.v1'"""
"""The time in which people may object is over."""


def closings(github: SimulatorHandle) -> int:
    """How often the issue was closed."""
    return len([one for one in github.deliveries("issues") if one.emission.action == "closed"])


@pytest.mark.parametrize(
    ("method", "path", "nth"),
    [("POST", "/graphql$", 4), ("POST", "/labels$", 1), ("POST", "/graphql$", 5)],
    ids=["answering", "making-the-label", "reacting"],
)
async def test_killed_while_announcing(tmp_path: Path, shas: Shas, method: str, path: str, nth: int) -> None:
    """It is announced once, with its label, and one job waits for that time."""
    async with simulator(world(shas)) as github:
        async with server(github, tmp_path) as process:
            await commit_policy(github, POLICY)
            await github.fault("delay:0.4", method=method, path=path, nth=nth, times=1)
            comment = await github.comment(REPO, 1, "ann", "/assess-resolution")
            await killed_there(github, process)
        async with server(github, tmp_path):
            issue = await until(github, lambda seen: bool(reactions(seen, comment) & FINAL) and bool(waiting(tmp_path)))
        await record(github, f"killed-announcing-{path.strip('/$')}-{nth}")
    (answer,) = answers(issue)
    assert answer.startswith("### ✅ Resolved: will be closed on")
    assert (issue["state"], "closing-soon" in issue["labels"], len(waiting(tmp_path))) == ("open", True, 1)


def waiting(folder: Path) -> list[Any]:
    """What waits for the announced time."""
    return kept(folder, "select id from jobs where kind = 'again.v1' and state = 'parked'")


@pytest.mark.parametrize(
    ("method", "path", "nth"),
    [("GET", "/issues/1/comments$", 1), ("PATCH", "/issues/1$", 1)],
    ids=["hearing", "closing"],
)
async def test_killed_while_it_is_done(tmp_path: Path, shas: Shas, method: str, path: str, nth: int) -> None:
    """It is closed once, and its answer says so."""
    async with simulator(world(shas)) as github:
        async with server(github, tmp_path) as process:
            await commit_policy(github, POLICY)
            comment = await github.comment(REPO, 1, "ann", "/assess-resolution")
            await until(github, lambda seen: bool(reactions(seen, comment) & FINAL) and bool(waiting(tmp_path)))
            process.send_signal(signal.SIGKILL)
        kept(tmp_path, DUE)
        await github.fault("delay:0.4", method=method, path=path, nth=nth, times=1)
        async with server(github, tmp_path) as process:
            await killed_there(github, process)
        async with server(github, tmp_path):
            issue = await until(github, lambda seen: "rocket" in reactions(seen, comment))
        await record(github, f"killed-closing-announced-{method}")
    (answer,) = answers(issue)
    assert answer.startswith("### ✅ Resolved: closed as completed")
    assert (issue["state"], closings(github), "closing-soon" in issue["labels"]) == ("closed", 1, False)
