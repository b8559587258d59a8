"""Who has a say and speaks after a merge, before its issue is looked at, is heard by whatever the merge comes to."""

from datetime import timedelta
from typing import Any

import pytest

from bot.commands.route import LINKED_JOB
from tests.journeys.conftest import Staging
from tests.journeys.guarding import plain_world
from tests.journeys.orders import closed_by_keyword, made, merged, say
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, write_policy
from tests.journeys.test_contradicted import merged_pulls
from tests.journeys.test_guard_again import begun, finished
from tests.journeys.test_making_way import acting, tell, with_merged
from tests.journeys.waiting import COMMAND, POLICY, ended, parked, runs, suite_world

RULES = "version: 1\nmode: act\nclaims: off\nwatch: []\n{}criteria:\n  - {{id: later, file: service/later.py}}\n"
AT_ONCE, ANNOUNCED = RULES.format(""), RULES.format("close: {after: 24h}\n")
OBJECTION = "This still fails for me, please keep it open."
BETWEEN = timedelta(seconds=20)
SETTLING = 60.0


async def apart(stage: Stage) -> None:
    """A moment goes by in which nothing becomes due: GitHub's times have whole seconds."""
    stage.clock.ahead += BETWEEN


async def settled(stage: Stage) -> dict[str, Any]:
    """The merge is looked at, and all that follows has happened."""
    await stage.github.settled()
    stage.clock.ahead += timedelta(seconds=SETTLING + 1)
    await stage.rested()
    return await stage.issue()


@pytest.mark.parametrize("login", ["carol", "bob", "dora"])
async def test_between_the_merge_and_its_look(on_stage: Staging, shas: Shas, login: str) -> None:
    """The reporter and whoever may triage keep it open, and are named; a bystander does not."""
    objects = login != "dora"
    async with on_stage(made(shas), settling=SETTLING) as stage:
        await write_policy(stage, AT_ONCE)
        await merged(stage)
        await stage.submitted(LINKED_JOB)
        await apart(stage)
        await say(login, OBJECTION)(stage)
        issue = await settled(stage)
    (answer,) = answers(issue)
    assert (issue["state"], f"{login} has commented since" in answer) == ("open" if objects else "closed", objects)


@pytest.mark.parametrize("login", ["carol", "bob"])
async def test_before_the_merge(on_stage: Staging, shas: Shas, login: str) -> None:
    """What anybody said before it, the merger too, is no word against it."""
    async with on_stage(made(shas), settling=SETTLING) as stage:
        await write_policy(stage, AT_ONCE)
        await say(login, OBJECTION)(stage)
        await apart(stage)
        await merged(stage)
        await stage.submitted(LINKED_JOB)
        issue = await settled(stage)
    assert (issue["state"], issue["closed_by"]) == ("closed", "resolution[bot]")


async def test_while_the_merge_makes_way(on_stage: Staging, shas: Shas) -> None:
    """A merge that comes back after what waited has not forgotten since when people speak."""
    async with on_stage(with_merged(suite_world(shas), shas, fixes=True)) as stage:
        await write_policy(stage, acting(POLICY))
        await stage.answered(await stage.github.comment(REPO, 1, "bob", f"{COMMAND} --no-close"))
        await tell(stage, 2)
        assert await parked(stage) == 2
        await apart(stage)
        await say("carol", OBJECTION)(stage)
        await ended(stage)
        await ended(stage, run=runs(stage.github)[-1])
        issue = await stage.issue()
    assert (issue["state"], "after the merge of #2" in answers(issue)[0]) == ("open", True)
    assert "carol has commented since" in answers(issue)[0]


async def test_a_closing_that_a_merge_announces(on_stage: Staging, shas: Shas) -> None:
    """It is called off by what was said before the announcement and after the merge."""
    async with on_stage(made(shas), settling=SETTLING) as stage:
        await write_policy(stage, ANNOUNCED)
        await merged(stage)
        await stage.submitted(LINKED_JOB)
        await apart(stage)
        await say("carol", OBJECTION)(stage)
        await settled(stage)
        stage.clock.ahead += timedelta(hours=25)
        await stage.rested()
        issue = await stage.issue()
    assert (issue["state"], await parked(stage)) == ("open", 0)


async def test_github_closes_it_all_the_same(on_stage: Staging, shas: Shas) -> None:
    """That is GitHub's closing, which no word undoes: the merge's answer verifies it."""
    async with on_stage(made(shas), settling=SETTLING) as stage:
        await write_policy(stage, AT_ONCE)
        await merged(stage)
        await stage.submitted(LINKED_JOB)
        await apart(stage)
        await say("carol", OBJECTION)(stage)
        await closed_by_keyword(stage)
        issue = await settled(stage)
    (answer,) = answers(issue)
    assert (issue["state"], issue["closed_by"]) == ("closed", "bob")
    assert "already closed, verified" in answer.splitlines()[0]


async def test_a_newer_merge_in_the_place_of_one_that_waits(on_stage: Staging, shas: Shas) -> None:
    """What was said while the older one waited is not passed over by the newer one, which answers for both."""
    rules = f"{AT_ONCE}  - {{id: ci, check: unit}}\n"
    async with on_stage(plain_world(shas, check_runs=[], pulls=merged_pulls(shas)[:2])) as stage:
        await write_policy(stage, rules.replace("later.py", "monitoring.py"))
        running = await begun(stage)
        await tell(stage, 2)
        await apart(stage)
        await say("carol", OBJECTION)(stage)
        await stage.quiet()
        await tell(stage, 3)
        assert await parked(stage) == 1
        issue = await finished(stage, running, "success")
    (answer,) = answers(issue)
    assert (issue["state"], "after the merges of #2 and #3" in answer) == ("open", True)
    assert "carol has commented since" in answer
