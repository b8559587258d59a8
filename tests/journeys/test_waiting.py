"""An answer that waits: parked, woken by exactly what it waits for, and gone on with."""

from datetime import timedelta

import pytest

from bot.simulator.reporting import finish_check
from bot.simulator.testing import SimulatorHandle
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, world, write_policy
from tests.journeys.waiting import (
    BAD,
    COMMAND,
    GOOD,
    ISSUE,
    POLICY,
    asked,
    end,
    ended,
    home,
    parked,
    runs,
    suite_world,
)

CI = "version: 1\nclaims: off\ncriteria:\n  - {id: packaged, file: service/monitoring.py}\n  - {id: ci, check: unit}\n"


async def silently(stage: Stage, log: str) -> None:
    """End the run that was started, and lose the webhook."""
    hook, stage.github.world.app.webhook_url = stage.github.world.app.webhook_url, None
    await end(stage.github, log)
    await stage.github.settled()
    stage.github.world.app.webhook_url = hook


@pytest.mark.parametrize("tells", [True, False], ids=["200-with-the-run", "204"])
async def test_started_awaited_closed(on_stage: Staging, shas: Shas, *, tells: bool) -> None:
    """The workflow is started once, awaited without a request, and the number that it printed closes the issue."""
    async with asked(on_stage, suite_world(shas, tells=tells)) as (stage, comment):
        (waiting,) = answers(await stage.issue())
        assert waiting.startswith("### ⏳ Not decided yet: left open · waiting for 1 of 2 criteria")
        assert "**Waiting for** · the workflow `suite.yml`" in waiting
        assert "I go on by myself" in waiting
        assert await parked(stage) == 1
        await ended(stage)
        issue = await stage.issue()
        assert (len(runs(stage.github)), await parked(stage)) == (1, 0)
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    (answer,) = answers(issue)
    assert "98.7" in answer
    assert reactions(issue, comment) == {"eyes", "+1", "rocket"}


@pytest.mark.parametrize(
    ("log", "conclusion"), [(BAD, "success"), (GOOD, "failure")], ids=["number-too-small", "failed"]
)
async def test_not_resolved(on_stage: Staging, shas: Shas, log: str, conclusion: str) -> None:
    """What the run says against the fix is the answer, and nothing waits any more."""
    async with asked(on_stage, suite_world(shas)) as (stage, comment):
        await ended(stage, log, conclusion)
        issue = await stage.issue()
        assert await parked(stage) == 0
    assert issue["state"] == "open"
    assert answers(issue)[0].startswith("### ❌ Not resolved: left open")
    assert "-1" in reactions(issue, comment)


async def test_another_run_wakes_nobody(on_stage: Staging, shas: Shas) -> None:
    """Whatever else ends in the repository costs not a single request."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        before = len(await stage.github.exchanges())
        await stage.github.control("workflow_run", repo=REPO, name="other", conclusion="success")
        await stage.github.control("deployment", repo=REPO, sha=shas.head)
        await stage.github.control("check", repo=REPO, name="lint", app="lint", conclusion="success")
        await stage.quiet()
        assert len(await stage.github.exchanges()) == before
        assert await parked(stage) == 1


async def test_a_lost_webhook(on_stage: Staging, shas: Shas) -> None:
    """The net below the events: the next slow look finds what no webhook told."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        await silently(stage, GOOD)
        stage.clock.ahead = timedelta(minutes=11)
        issue = await stage.until(lambda seen: seen["state"] == "closed")
    assert len(answers(issue)) == 1


async def test_nothing_new_is_not_said(on_stage: Staging, shas: Shas) -> None:
    """A slow look that finds the run still going changes nothing, and waits on."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        before = await stage.issue()
        looks = len([name for name, _ in stage.events if name == "parked"])
        stage.clock.ahead = timedelta(minutes=11)
        await stage.heard("parked", looks + 1)
        assert (await stage.issue())["comments"] == before["comments"]
        await ended(stage)
        assert (await stage.issue())["state"] == "closed"


async def test_in_vain(on_stage: Staging, shas: Shas) -> None:
    """What does not end in time could not be measured: one answer, and no more waiting."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        stage.clock.ahead = timedelta(minutes=31)
        await stage.until(lambda seen: any("Inconclusive" in body for body in answers(seen)))
        await stage.idle()
        issue = await stage.issue()
        assert await parked(stage) == 0
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert "did not end in time" in answer


async def test_ended_before_it_was_parked(on_stage: Staging, shas: Shas) -> None:
    """A run that ends while it is being asked about is not missed."""
    async with on_stage(suite_world(shas)) as stage:
        await write_policy(stage, POLICY)
        await stage.github.fault("delay:0.5", operation="UpdateComment", times=1)
        comment = await stage.github.comment(REPO, 1, "bob", COMMAND)
        await stage.applied()
        await end(stage.github)
        issue = await stage.until(lambda seen: seen["state"] == "closed")
        assert "+1" in reactions(issue, comment)


async def test_a_newer_command_takes_its_place(on_stage: Staging, shas: Shas) -> None:
    """The newer asking starts its own run; the older one's end wakes nobody any more."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        second = await stage.github.comment(REPO, 1, "bob", COMMAND)
        await stage.answered(second)
        assert (len(runs(stage.github)), await parked(stage)) == (2, 1)
        before = len(await stage.github.exchanges())
        await ended(stage, BAD, run=runs(stage.github)[0])
        assert len(await stage.github.exchanges()) == before
        await ended(stage, GOOD, run=runs(stage.github)[1])
        issue = await stage.issue()
    assert issue["state"] == "closed"
    assert len(answers(issue)) == 1
    assert "rocket" in reactions(issue, second)


@pytest.mark.parametrize("said", ["/assess-resolution help", "/assess-resolution --dry-run"])
async def test_what_does_not_take_its_place(on_stage: Staging, shas: Shas, said: str) -> None:
    """Help and dry runs, which many may ask for, do not end somebody's waiting."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        await stage.command(said, login="carol")
        assert (len(runs(stage.github)), await parked(stage)) == (1, 1)
        await ended(stage)
        issue = await stage.issue()
    assert issue["state"] == "closed"


@pytest.mark.parametrize(
    ("login", "may_start", "words"),
    [
        pytest.param("ann", True, "takes the role write, and ann holds triage", id="role"),
        pytest.param("bob", False, "it takes the permission actions: write", id="permission"),
    ],
)
async def test_not_started(on_stage: Staging, shas: Shas, login: str, may_start: bool, words: str) -> None:
    """Why it is not started is said, nothing is closed on it, and nothing waits."""
    async with asked(on_stage, suite_world(shas, may_start=may_start), login=login) as (stage, _):
        issue = await stage.issue()
        assert (runs(stage.github), await parked(stage)) == ([], 0)
    assert issue["state"] == "open"
    assert words in answers(issue)[0].replace("\\", "")


async def test_a_dry_run_starts_nothing(on_stage: Staging, shas: Shas) -> None:
    """It says that it would."""
    async with on_stage(suite_world(shas)) as stage:
        await write_policy(stage, POLICY)
        issue = await stage.command("/assess-resolution --dry-run", login="bob")
        assert (runs(stage.github), await parked(stage)) == ([], 0)
    assert "a dry run starts nothing" in answers(issue)[0]


async def finished(stage: Stage, number: int) -> None:
    """A check that runs ends well."""
    await ended_check(stage.github, number, "success")


async def ended_check(github: SimulatorHandle, number: int, conclusion: str) -> None:
    """A check that runs ends."""
    repository = home(github)
    (check,) = [one for one in repository.check_runs if one.id == number]
    await finish_check(github.world, check, conclusion, repository.owner)


async def test_a_running_check_after_a_merge(on_stage: Staging, shas: Shas) -> None:
    """A check that still runs is waited for, whoever asked."""
    async with on_stage(world(shas, check_runs=[], issues=[ISSUE])) as stage:
        await write_policy(stage, f"mode: act\n{CI}")
        running = await stage.github.control("check", repo=REPO, name="unit")
        comment = await stage.github.comment(REPO, 1, "ann", COMMAND)
        issue = await stage.answered(comment)
        assert "**Waiting for** · `unit` on" in answers(issue)[0]
        await finished(stage, running["id"])
        issue = await stage.until(lambda seen: seen["state"] == "closed")


async def test_a_commit_status_that_is_pending(on_stage: Staging, shas: Shas) -> None:
    """Services that set statuses instead of making checks wake whoever waits as well."""
    async with on_stage(world(shas, check_runs=[], issues=[ISSUE])) as stage:
        await write_policy(stage, f"mode: act\n{CI}")
        await stage.github.control("status", repo=REPO, context="unit", state="pending")
        comment = await stage.github.comment(REPO, 1, "ann", COMMAND)
        issue = await stage.answered(comment)
        assert "**Waiting for** · `unit` on" in answers(issue)[0]
        await stage.github.control("status", repo=REPO, context="unit", state="success")
        await stage.until(lambda seen: seen["state"] == "closed")
