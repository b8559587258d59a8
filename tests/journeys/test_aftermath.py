"""What is owed after a closing: while it waits people go on, and one part's trouble is not another's."""

import asyncio
from datetime import timedelta

import pytest

from bot.simulator.testing import SimulatorHandle
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import PATIENCE, REPO, Stage, answers, reactions, world, write_policy

MINUTES = timedelta(minutes=2)
POLICY = """\
version: 1
mode: act
claims: off
follow_ups: file
record: pull-request
criteria:
  - {id: packaged, file: service/monitoring.py}
  - {id: alarm, title: Alarms are on, scope: operational, file: ops/alarm.yml}
"""


async def closed_but_owing(stage: Stage) -> None:
    """The issue is closed, and the looking for its tickets has failed once: that part waits for its next try."""
    await write_policy(stage, POLICY)
    await stage.github.fault("status:503", method="GET", path="/issues$", times=4)
    comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
    await stage.until(lambda seen: "rocket" in reactions(seen, comment))
    await stage.heard("job-failed", 1)


async def go_on(stage: Stage) -> None:
    """Minutes go by until nothing waits for its next try."""
    async with asyncio.timeout(PATIENCE):
        while (health := await stage.parts.engine.healthy()).waiting or health.running:
            stage.clock.ahead += MINUTES
            await asyncio.sleep(0.5)
    await stage.quiet()


def filed(github: SimulatorHandle) -> list[str]:
    """The titles of our tickets and proposals."""
    repository = github.world.repository(REPO)
    assert repository is not None
    return [one.title for one in repository.issues.values() if one.author.login == "resolution[bot]"]


async def test_a_reopening_in_between_ends_it(on_stage: Staging, shas: Shas) -> None:
    """Nothing more is filed, and the answer keeps saying that it was reopened."""
    async with on_stage(world(shas), retry=60.0) as stage:
        await closed_but_owing(stage)
        before = filed(stage.github)
        comment = await stage.github.comment(REPO, 1, "carol", "/reopen it fails on arm")
        await stage.until(lambda seen: "+1" in reactions(seen, comment))
        await go_on(stage)
        issue = await stage.issue()
        after = filed(stage.github)
    assert issue["state"] == "open"
    assert answers(issue)[0].startswith("### ↩️ Reopened")
    assert [one for one in after if "Alarms" in one] == [one for one in before if "Alarms" in one] == []


async def test_a_newer_answer_stays(on_stage: Staging, shas: Shas) -> None:
    """A dry run that took the comment's place is not written over; the ticket is filed all the same."""
    async with on_stage(world(shas), retry=60.0) as stage:
        await closed_but_owing(stage)
        comment = await stage.github.comment(REPO, 1, "bob", "/assess-resolution --dry-run")
        await stage.until(lambda seen: "+1" in reactions(seen, comment))
        await go_on(stage)
        issue = await stage.issue()
        titles = filed(stage.github)
    assert "asked by @bob" in answers(issue)[-1].replace("`", "")
    assert any("Alarms" in title for title in titles)


@pytest.mark.parametrize("operation", ["BranchView"])
async def test_a_part_that_dies_takes_no_other_with_it(on_stage: Staging, shas: Shas, operation: str) -> None:
    """The ticket that another part filed is told, and so is that something broke off."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY)
        await stage.github.fault("status:503", operation=operation, times=None)
        await stage.command("/assess-resolution")
        await stage.quiet()
        issue = await stage.issue()
        remembered = await stage.parts.engine.precedents.newest(stage.github.world.repository(REPO).id, 10)  # type: ignore[union-attr]
    (answer,) = answers(issue)
    assert "1 ticket filed" in answer
    assert len(remembered) == 1
    assert [event for event, _ in stage.events if event == "aftermath-dead"] == ["aftermath-dead"]
