"""GitHub is silent when it is time to go on with an answer: that alone ends nothing that was promised."""

from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import Stage, answers, reactions
from tests.journeys.test_grace import DAY, HOUR, POLICY, announced, closings
from tests.journeys.test_grace import later as assessed
from tests.journeys.test_waiting_people import merge_world, merged
from tests.journeys.test_waivers import WAIVE, staged
from tests.journeys.waiting import asked, end, parked, suite_world

OVER = timedelta(hours=2)  # what is waited for here has half an hour, and a silence one hour more
LONG = timedelta(hours=8)


async def silenced(stage: Stage, *operations: str) -> None:
    """GitHub does not tell any more what an assessment begins with."""
    for operation in operations or ("Acknowledge", "Snapshot"):
        await stage.github.fault("status:503", operation=operation, times=None)


async def unread(stage: Stage, times: int, ahead: timedelta) -> None:
    """Time goes by until it was in vain so many times."""
    stage.clock.ahead = ahead
    await stage.heard("again-unread", times)
    await stage.idle()


async def later(stage: Stage, ahead: timedelta) -> dict[str, Any]:
    """Time goes by."""
    stage.clock.ahead = ahead
    await stage.quiet()
    return await stage.issue()


async def back(stage: Stage, ahead: timedelta) -> dict[str, Any]:
    """GitHub answers again, and time goes by: the issue then."""
    stage.github.simulator.faults.clear()
    return await later(stage, ahead)


def dead(stage: Stage) -> list[str]:
    """What the operator was told of jobs that failed."""
    return [event for event, _ in stage.events if event in {"job-dead", "job-failed"}]


async def test_it_goes_on_when_github_is_back(on_stage: Staging, shas: Shas) -> None:
    """However often it was silent before the promise was over, nothing is said, and the answer comes."""
    async with asked(on_stage, suite_world(shas)) as (stage, comment):
        await silenced(stage)
        await end(stage.github)
        for times, minutes in enumerate((0, 1, 3, 7, 15), start=1):
            await unread(stage, times, timedelta(minutes=minutes))
        waiting = answers(await stage.issue())
        issue = await back(stage, timedelta(minutes=40))
    assert "I go on by myself" in waiting[0]
    assert (issue["state"], len(answers(issue)), dead(stage)) == ("closed", 1, [])
    assert "rocket" in reactions(issue, comment)


async def test_a_promise_that_cannot_be_kept(on_stage: Staging, shas: Shas) -> None:
    """An hour after it was over the answer says what is wrong, for GitHub takes words; whoever asked sees it."""
    async with asked(on_stage, suite_world(shas)) as (stage, comment):
        await silenced(stage)
        await end(stage.github)
        await unread(stage, 1, timedelta(0))
        issue = await later(stage, OVER)
    (answer,) = answers(issue)
    assert answer.startswith("😕 I could not go on with this: since ")
    assert "Ask again with `/assess-resolution`." in answer
    assert (issue["state"], "confused" in reactions(issue, comment), dead(stage)) == ("open", True, [])


async def test_a_promise_after_a_merge(on_stage: Staging, shas: Shas) -> None:
    """Nobody asked, and yet nobody is left with a promise."""
    async with on_stage(merge_world(shas, "Part of #1.")) as stage:
        await merged(stage, "act")
        await silenced(stage)
        await end(stage.github)
        await unread(stage, 1, timedelta(0))
        issue = await later(stage, OVER)
    (answer,) = answers(issue)
    assert answer.startswith("😕 I could not go on with this")


async def test_all_of_github_is_silent_for_long(on_stage: Staging, shas: Shas) -> None:
    """Nobody can be told either; once it is back the answer itself comes, however late."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        await end(stage.github)
        await stage.github.fault("status:503", times=None)
        await unread(stage, 1, timedelta(0))
        await unread(stage, 2, OVER)
        issue = await back(stage, LONG)
    assert (issue["state"], len(answers(issue)), dead(stage)) == ("closed", 1, [])


async def test_a_poll_that_is_not_answered(on_stage: Staging, shas: Shas) -> None:
    """Nobody was heard to object: the announcement stands, and is carried out at its time."""
    async with announced(on_stage, shas) as (stage, _):
        await stage.github.fault("status:503", path="/issues/1/comments$", times=None)
        await unread(stage, 1, HOUR)
        left, issue = await parked(stage), await stage.issue()
        stage.github.simulator.faults.clear()
        then = await assessed(stage, DAY)
    assert (left, "closing-soon" in issue["labels"], dead(stage)) == (1, True, [])
    assert (answers(issue)[0].startswith("### ✅ Resolved: will be closed on"), then["state"]) == (True, "closed")


@pytest.mark.parametrize("in_time", [True, False], ids=["within-the-hour", "for-longer"])
async def test_objections_cannot_be_read_at_its_time(on_stage: Staging, shas: Shas, *, in_time: bool) -> None:
    """Nothing is closed without them: a little later it is; or it is called off, the label comes off, it is said."""
    async with announced(on_stage, shas, f"mode: act\n{POLICY}") as (stage, comment):
        await silenced(stage, "Reads")
        await unread(stage, 1, DAY)
        before = closings(stage)
        issue = await (back(stage, DAY + timedelta(minutes=30)) if in_time else later(stage, DAY + OVER))
    assert (before, issue["state"]) == (0, "closed" if in_time else "open")
    assert "closing-soon" not in issue["labels"]
    assert ("The closing that I had announced is called off." in answers(issue)[-1]) != in_time
    assert ("confused" in reactions(issue, comment)) != in_time


async def test_after_the_closing(on_stage: Staging, shas: Shas) -> None:
    """What has begun to write is borne for an hour alone; the answer is true then, and only the reaction was owed."""
    async with asked(on_stage, suite_world(shas)) as (stage, comment):
        await silenced(stage, "Finish")
        await end(stage.github)
        await unread(stage, 1, timedelta(0))
        before = reactions(await stage.issue(), comment)
        issue = await later(stage, timedelta(minutes=61))
    assert ("rocket" in before, "rocket" in reactions(issue, comment)) == (False, True)
    assert answers(issue)[0].startswith("### ✅ Resolved: closed as completed")


async def test_a_waiver_ends_while_github_is_silent(on_stage: Staging, shas: Shas) -> None:
    """Nobody waits for its end, and yet it is said once GitHub is back, however late."""
    week = timedelta(days=7, minutes=1)
    async with staged(on_stage, shas) as stage:
        await stage.command(WAIVE, login="mia")
        await stage.github.fault("status:503", times=None)
        for times, hours in enumerate((0, 1, 5), start=1):
            stage.clock.ahead = week + timedelta(hours=hours)
            await stage.heard("waiver-end-unread", times)
            await stage.idle()
        issue = await back(stage, week + LONG)
    assert answers(issue)[-1].count("⏳ The waiver of `documented` by @mia ended at ") == 1
    assert dead(stage) == []


async def test_a_waiver_is_given_anew_while_github_is_silent(on_stage: Staging, shas: Shas) -> None:
    """What was seen of it before the silence is not said after it."""
    week = timedelta(days=7, minutes=1)
    async with staged(on_stage, shas) as stage:
        await stage.command(WAIVE, login="mia")
        await stage.github.fault("status:503", times=None)
        stage.clock.ahead = week
        await stage.heard("waiver-end-unread", 1)
        await stage.idle()
        stage.github.simulator.faults.clear()
        await stage.command(WAIVE, login="mia")
        issue = await later(stage, week + LONG)
    assert not [body for body in answers(issue) if "ended at" in body]
