"""A closed issue whose fix runs somewhere: what fails there counts only while the fix is there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.waiting import home
from tests.journeys.watching import DAY, HOUR, SOON, WEEK, later, looks

POLICY = """\
version: 1
mode: act
claims: off
watch: [1h, 1d]
labels: {{regression: regression}}
criteria:
  - {{id: packaged, title: The module is packaged, file: service/monitoring.py}}
  - {{id: healthy, title: The service answers, http: "http://127.0.0.1:{port}/health"}}
"""
DEPLOYMENT = "  - {id: live, title: The fix is live, deployment: production}\n"


@dataclass(slots=True)
class Service:
    """A service that answers with this status."""

    port: int = 0
    status: int = 200


@asynccontextmanager
async def serving() -> AsyncIterator[Service]:
    """The service on a free port."""
    service = Service()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {service.status} x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
        writer.write(head.encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        service.port = server.sockets[0].getsockname()[1]
        yield service


@asynccontextmanager
async def live(
    on_stage: Staging, shas: Shas, more: str = "", *, runs: str = "", **parts: Any
) -> AsyncIterator[tuple[Stage, Service]]:
    """Something is deployed (`runs`; the fix by default), the service answers, and the issue is closed on that."""
    deployed = [{"sha": runs or shas.head, "environment": "production", "state": "success"}]
    async with (
        serving() as service,
        on_stage(world(shas, deployments=deployed, **parts), PROBE_PORTS=str(service.port)) as stage,
    ):
        await write_policy(stage, POLICY.format(port=service.port) + more)
        assert (await stage.command("/assess-resolution"))["state"] == "closed"
        yield stage, service


async def deployed(stage: Stage, sha: str) -> None:
    """Something else runs from now on."""
    await stage.github.control("deployment", repo=REPO, sha=sha, environment="production")


async def test_what_fails_where_the_fix_is(on_stage: Staging, shas: Shas) -> None:
    """Asked twice, with the fix deployed: it came back."""
    async with live(on_stage, shas) as (stage, service):
        service.status = 500
        await later(stage, HOUR)
        await later(stage, HOUR + SOON)
        issue = await stage.issue()
    assert (issue["state"], "regression" in issue["labels"]) == ("open", True)
    assert "| The service answers |" in answers(issue)[-1]


async def test_what_was_rolled_back_is_not_deployed(on_stage: Staging, shas: Shas) -> None:
    """It fails on a version before the fix: that is said once, is no regression, and nothing else is claimed."""
    async with live(on_stage, shas) as (stage, service):
        service.status = 500
        await deployed(stage, shas.start)
        await later(stage, HOUR)
        await later(stage, DAY)
        issue = await stage.issue()
    assert [(fields["failing"], fields["elsewhere"]) for _, fields in looks(stage)] == [([], ["healthy"])] * 2
    (answer,) = answers(issue)
    assert issue["state"] == "closed"
    assert answer.count("`healthy` did not hold, on a version that does not contain the fix") == 1
    assert "still holds" not in answer


async def test_what_was_never_deployed(on_stage: Staging, shas: Shas) -> None:
    """Production has run a version before the fix since before the closing: what fails there did not come back."""
    async with live(on_stage, shas, runs=shas.start) as (stage, service):
        service.status = 500
        await later(stage, HOUR)
        await later(stage, DAY)
        issue = await stage.issue()
    assert [(fields["failing"], fields["elsewhere"]) for _, fields in looks(stage)] == [([], ["healthy"])] * 2
    (answer,) = answers(issue)
    assert (issue["state"], "regression" in issue["labels"]) == ("closed", False)
    assert "`healthy` did not hold, on a version that does not contain the fix" in answer


async def test_what_is_deployed_after_the_closing(on_stage: Staging, shas: Shas) -> None:
    """From then on what fails there is a regression."""
    async with live(on_stage, shas, runs=shas.start) as (stage, service):
        await deployed(stage, shas.head)
        service.status = 500
        await later(stage, HOUR)
        await later(stage, HOUR + SOON)
        issue = await stage.issue()
    assert (issue["state"], "regression" in issue["labels"]) == ("open", True)


async def test_a_fix_whose_commits_nobody_knows(on_stage: Staging, shas: Shas) -> None:
    """No pull request is linked, and production is rolled back: whether the fix is there cannot be told."""
    async with live(on_stage, shas, pulls=[]) as (stage, service):
        await deployed(stage, shas.start)
        service.status = 500
        for tries in range(2):
            await later(stage, HOUR + tries * SOON)
        issue = await stage.issue()
    assert [(fields["failing"], fields["unsure"]) for _, fields in looks(stage)] == [([], ["healthy"])] * 2
    assert (issue["state"], len(answers(issue))) == ("closed", 1)


async def test_a_rollback_where_the_policy_asks_for_the_deployment(on_stage: Staging, shas: Shas) -> None:
    """Then that the fix is gone from there is what came back."""
    async with live(on_stage, shas, DEPLOYMENT) as (stage, _):
        await deployed(stage, shas.start)
        await later(stage, HOUR)
        await later(stage, HOUR + SOON)
        issue = await stage.issue()
    assert issue["state"] == "open"
    assert "**The fix is live** held when this issue was closed, and failed in two looks since." in answers(issue)[-1]


@pytest.mark.parametrize("waived", [False, True], ids=["unreadable", "waived"])
async def test_what_cannot_be_measured_and_what_is_waived(on_stage: Staging, shas: Shas, waived: bool) -> None:
    """Neither is a regression; what was not measured to the last is named in the last word."""
    async with live(on_stage, shas) as (stage, service):
        home(stage.github).collaborators["mia"] = "maintain"
        if waived:
            await stage.command("/resolution waive healthy we are moving --until=30d", login="mia")
        service.status = 500 if waived else 0
        for tries in range(1 if waived else 5):
            await later(stage, WEEK + tries * SOON)
        issue = await stage.issue()
    assert issue["state"] == "closed"
    words = "still holds (2 criteria asked again)" if waived else "1 still hold; could not be measured: `healthy`."
    assert words in answers(issue)[0]
