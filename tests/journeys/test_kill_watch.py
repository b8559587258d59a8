"""`kill -9` while a regression is told, and a new process on the same data: told once, opened once."""

import signal
from pathlib import Path

import pytest

from bot.simulator.testing import running as simulator
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, commit_policy, world
from tests.journeys.test_kill import killed_there, server, until
from tests.journeys.test_kill_waiver import kept
from tests.journeys.watching import GONE, POLICY
from tests.recording import record

DUE = """update jobs set due_at = 0, payload = json_set(payload, '$.due', json_extract(payload, '$.by'),
    '$.suspects', json(json_extract(payload, '$.held'))) where kind = 'watch.v1'"""
"""The first look has failed, and the second one is due."""


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/graphql$"),
        ("POST", "/labels$"),
        ("PATCH", "/issues/1$"),
        ("GET", "/issues/1/comments$"),
    ],
    ids=["looking", "making-the-label", "opening", "pointing"],
)
async def test_killed_while_it_is_told(tmp_path: Path, shas: Shas, method: str, path: str) -> None:
    """At any of its requests: one explanation, one opening, and one line at the closing answer."""
    async with simulator(world(shas)) as github:
        async with server(github, tmp_path) as process:
            await commit_policy(github, POLICY)
            await github.comment(REPO, 1, "ann", "/assess-resolution")
            await until(github, lambda issue: any("re-checks" in text for text in answers(issue)))
            process.send_signal(signal.SIGKILL)
        await github.control("commit", repo=REPO, files=GONE, message="Remove", author="bob")
        kept(tmp_path, DUE)
        await github.fault("delay:0.4", method=method, path=path, nth=1, times=1)
        async with server(github, tmp_path) as process:
            await killed_there(github, process)
        async with server(github, tmp_path):
            issue = await until(github, lambda issue: any("**Came back**" in text for text in answers(issue)))
        await record(github, f"killed-watching-{method}-{path.strip('/$').replace('/', '-')}")
    first, second = answers(issue)
    assert (issue["state"], "regression" in issue["labels"], first.count("**Came back**")) == ("open", True, 1)
    assert second.startswith("### 🔁 Came back, and reopened")
