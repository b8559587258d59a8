"""Everything that may be waited for: what is said, what wakes it, and what ends it, each by the same five tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.simulator.reporting import finish_check
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.waiting import COMMAND, ISSUE, end, home, parked, suite_world

HEAD = "version: 1\nclaims: off\nwatch: []\ncriteria:\n  - {id: packaged, file: service/monitoring.py}\n"
OTHER = {"number": 5, "title": "the registry is full", "body": "Full.", "author": "carol"}
ELSEWHERE = "acme/library"
PULL = {"number": 2, "title": "Package it", "state": "closed", "merged": True, "base": "main", "closes": [1]}
Act = Callable[[Stage], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A criterion, what the answer says of it, how its waiting begins, what ends it well; how long it is waited for."""

    criterion: str
    says: str
    begin: Act
    end: Act
    lasts: timedelta


async def nothing(_: Stage) -> None:
    """The world is as it should be."""


async def checked(stage: Stage) -> None:
    """The check that runs ends well."""
    run = home(stage.github).check_runs[-1]
    await finish_check(stage.github.world, run, "success", home(stage.github).owner)


KINDS = {
    "running-check": Kind(
        criterion="{id: it, check: unit}",
        says="**Waiting for** · `unit` on",
        begin=lambda stage: stage.github.control("check", repo=REPO, name="unit"),
        end=checked,
        lasts=timedelta(hours=6),
    ),
    "check-that-has-not-begun": Kind(
        criterion="{id: it, check: unit}",
        says="**Waiting for** · `unit` to begin on",
        begin=nothing,
        end=lambda stage: stage.github.control("check", repo=REPO, name="unit", conclusion="success"),
        lasts=timedelta(minutes=10),
    ),
    "dispatched-workflow": Kind(
        criterion="{id: it, workflow: {workflow: suite.yml, dispatch: {within: 30m}}}",
        says="**Waiting for** · the workflow `suite.yml`",
        begin=nothing,
        end=lambda stage: end(stage.github),
        lasts=timedelta(minutes=30),
    ),
    "workflow-that-has-not-begun": Kind(
        criterion="{id: it, workflow: suite.yml}",
        says="**Waiting for** · the workflow `suite.yml` to begin on",
        begin=nothing,
        end=lambda stage: stage.github.control("workflow_run", repo=REPO, name="suite", conclusion="success"),
        lasts=timedelta(minutes=10),
    ),
    "deployment-behind": Kind(
        criterion="{id: it, deployment: Production}",
        says="**Waiting for** · the deployment to `production`",
        begin=lambda stage: stage.github.control("deployment", repo=REPO, sha="HEAD~3"),
        end=lambda stage: stage.github.control("deployment", repo=REPO, sha="HEAD"),
        lasts=timedelta(days=7),
    ),
    "confirmation": Kind(
        criterion="{id: it, confirmation: {by: reporter}}",
        says="**Waiting for** · carol to confirm the fix",
        begin=nothing,
        end=lambda stage: stage.github.comment(REPO, 1, "carol", "/confirm-fixed"),
        lasts=timedelta(days=14),
    ),
    "related-issue": Kind(
        criterion="{id: it, issue: 5}",
        says="**Waiting for** · `#5` to be closed",
        begin=nothing,
        end=lambda stage: stage.github.control("close", repo=REPO, issue=5, login="bob", reason="completed"),
        lasts=timedelta(days=14),
    ),
    "related-issue-elsewhere": Kind(
        criterion="{id: it, issue: {number: 5, repository: Acme/Library}}",
        says="**Waiting for** · `Acme/Library#5` to be closed",
        begin=nothing,
        end=lambda stage: stage.github.control("close", repo=ELSEWHERE, issue=5, login="bob", reason="completed"),
        lasts=timedelta(days=14),
    ),
}


def made(shas: Shas) -> dict[str, Any]:
    """A world in which the fix is merged, and everything else is still to come."""
    grants = suite_world(shas)["app"]
    workflow = {"name": "suite", "path": ".github/workflows/suite.yml", "dispatch_conclusion": "none"}
    pull = PULL | {"merge_commit_sha": shas.fix, "body": "Fixes #1.", "author": "bob"}
    parts = {"issues": [ISSUE, OTHER], "pulls": [pull], "workflows": [workflow], "check_runs": []}
    found = world(shas, **parts) | {"app": grants}
    found["repositories"].append({"full_name": ELSEWHERE, "issues": [OTHER], "collaborators": {"bob": "write"}})
    return found


@asynccontextmanager
async def waits(on_stage: Staging, shas: Shas, kind: Kind) -> AsyncIterator[Stage]:
    """The command is answered, and the answer waits."""
    async with on_stage(made(shas)) as stage:
        await write_policy(stage, f"{HEAD}  - {kind.criterion}\n", message="Policy")
        await kind.begin(stage)
        await stage.answered(await stage.github.comment(REPO, 1, "bob", COMMAND))
        yield stage


@asynccontextmanager
async def deaf(stage: Stage) -> AsyncIterator[None]:
    """Webhooks are lost meanwhile."""
    app = stage.github.world.app
    hook, app.webhook_url = app.webhook_url, None
    yield
    await stage.github.settled()
    app.webhook_url = hook


async def closes(stage: Stage) -> None:
    """It goes on to the end: closed, one answer, and nothing waits."""
    issue = await stage.until(lambda seen: seen["state"] == "closed")
    await stage.quiet()
    assert (len(answers(issue)), await parked(stage)) == (1, 0)


@pytest.mark.parametrize("name", KINDS)
async def test_it_says_so_and_its_event_wakes_it(on_stage: Staging, shas: Shas, name: str) -> None:
    """What for and until when; the event alone brings the end."""
    async with waits(on_stage, shas, KINDS[name]) as stage:
        (waiting,) = answers(await stage.issue())
        assert waiting.startswith("### ⏳ Not decided yet: left open · waiting for 1 of 2 criteria")
        assert KINDS[name].says in waiting
        assert "until" in waiting
        assert await parked(stage) == 1
        await KINDS[name].end(stage)
        await closes(stage)


@pytest.mark.parametrize("name", KINDS)
async def test_its_event_comes_while_it_parks(on_stage: Staging, shas: Shas, name: str) -> None:
    """Between the look and the parking: nothing is lost."""
    async with on_stage(made(shas)) as stage:
        await write_policy(stage, f"{HEAD}  - {KINDS[name].criterion}\n", message="Policy")
        await KINDS[name].begin(stage)
        await stage.github.fault("delay:0.5", operation="addComment", times=1)
        await stage.github.comment(REPO, 1, "bob", COMMAND)
        await stage.applied()
        await KINDS[name].end(stage)
        await closes(stage)


@pytest.mark.parametrize("name", KINDS)
async def test_its_webhook_is_lost(on_stage: Staging, shas: Shas, name: str) -> None:
    """The slow look finds it, before the time of anything is over."""
    async with waits(on_stage, shas, KINDS[name]) as stage:
        async with deaf(stage):
            await KINDS[name].end(stage)
        stage.clock.ahead = timedelta(minutes=11)
        await closes(stage)


@pytest.mark.parametrize("name", KINDS)
async def test_the_server_is_restarted(on_stage: Staging, shas: Shas, name: str) -> None:
    """What is parked is a row: the next process is woken by the event."""
    async with waits(on_stage, shas, KINDS[name]) as stage:
        await stage.restart()
        assert await parked(stage) == 1
        await KINDS[name].end(stage)
        await closes(stage)


@pytest.mark.parametrize("name", KINDS)
async def test_it_waits_in_vain(on_stage: Staging, shas: Shas, name: str) -> None:
    """Nothing comes: inconclusive, said in one answer, and no more waiting; the event wakes nobody any more."""
    async with waits(on_stage, shas, KINDS[name]) as stage:
        stage.clock.ahead = KINDS[name].lasts + timedelta(minutes=2)
        await stage.until(lambda seen: "Not decided yet" not in answers(seen)[0])
        await stage.quiet()
        issue = await stage.issue()
        assert await parked(stage) == 0
        before = len([event for event, _ in stage.events if event == "assessed"])
        await KINDS[name].end(stage)
        await stage.quiet()
        assert len([event for event, _ in stage.events if event == "assessed"]) == before
    (answer,) = answers(issue)
    assert (issue["state"], "Inconclusive" in answer.splitlines()[0]) == ("open", True)
