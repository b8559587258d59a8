"""Somebody closes the issue himself while its closing is announced, or while an answer waits."""

from datetime import timedelta

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, write_policy
from tests.journeys.test_grace import DAY, HOUR, POLICY, announced, closings, heard
from tests.journeys.waiting import ISSUE, asked, parked, suite_world
from tests.journeys.waiting import POLICY as WAITING

ASIDE = ["not_planned", "duplicate"]
LABELLED = f"{WAITING}labels: {{pending: waiting}}\n"


async def closed(stage: Stage, reason: str = "completed", *, told: bool = True) -> None:
    """bob closes it by hand, and what follows at once is over; `told`: GitHub tells us."""
    app = stage.github.world.app
    hook = app.webhook_url
    if not told:
        app.webhook_url = None
    await stage.github.control("close", repo=REPO, issue=1, login="bob", reason=reason)
    await stage.github.settled()
    app.webhook_url = hook
    await stage.quiet()


async def test_as_completed(on_stage: Staging, shas: Shas) -> None:
    """It is verified at once; the announcement is over, and whoever asks how it stands is not told of one."""
    async with announced(on_stage, shas) as (stage, _):
        await closed(stage)
        issue = await heard(stage)
        assert (await parked(stage), closings(stage)) == (0, 1)
        status = answers(await stage.command("/resolution status", login="carol"))[-1]
    assert sorted(issue["labels"]) == ["bug", "development-complete"]
    (answer,) = answers(issue)
    assert answer.startswith("### ✅ Resolved: already closed, verified")
    assert "**Note** · bob closed it before I did: nothing is announced any more." in answer
    assert status.startswith("### 📌 This issue is closed as completed by `@bob`\n")
    assert "objections to the closing" not in status


@pytest.mark.parametrize("reason", ASIDE)
async def test_set_aside(on_stage: Staging, shas: Shas, reason: str) -> None:
    """Our answer says so, the label comes off, and nothing is said or done any more, then or later."""
    async with announced(on_stage, shas) as (stage, comment):
        await closed(stage, reason)
        issue, left = await stage.issue(), await parked(stage)
        stage.clock.ahead = DAY
        await stage.quiet()
        assert ((await stage.issue())["comments"], left) == (issue["comments"], 0)
    assert (issue["state_reason"], issue["labels"], len(issue["comments"])) == (reason, ["bug"], 2)
    (answer,) = answers(issue)
    words = reason.replace("_", " ")
    assert answer.startswith(f"### ✅ Resolved: left closed as {words} · ")
    assert f"bob closed it as {words}, so the closing that I had announced is called off" in answer
    assert ("will be closed" in answer, "closing-soon removed" in answer) == (False, True)
    assert reactions(issue, comment) == {"eyes", "+1"}


async def test_an_objection_after_it(on_stage: Staging, shas: Shas) -> None:
    """Who objects to what was closed by hand is named, and it is not labelled as resolved over that."""
    async with announced(on_stage, shas) as (stage, _):
        await closed(stage, told=False)
        stage.clock.ahead = timedelta(minutes=5)
        await stage.github.comment(REPO, 1, "carol", "It still fails!")
        issue = await heard(stage)
        assert await parked(stage) == 0
    assert (issue["state"], issue["labels"]) == ("closed", ["bug"])
    (answer,) = answers(issue)
    assert answer.startswith("### ✅ Resolved: already closed, and a person objected · ")
    assert "carol commented after I had announced the closing: anyone with triage can reopen it" in answer


async def test_an_objection_before_it(on_stage: Staging, shas: Shas) -> None:
    """A person who closes it by hand after that has decided over it: it is verified."""
    async with announced(on_stage, shas) as (stage, _):
        await stage.late_command("It still fails!", login="carol")
        stage.clock.ahead = timedelta(minutes=5)
        await closed(stage)
        issue = await heard(stage)
    assert answers(issue)[0].startswith("### ✅ Resolved: already closed, verified")
    assert "development-complete" in issue["labels"]


async def test_closed_and_reopened(on_stage: Staging, shas: Shas) -> None:
    """The announcement was over with that closing: nothing is closed at its time."""
    async with announced(on_stage, shas) as (stage, _):
        await closed(stage, "not_planned")
        await stage.github.control("reopen", repo=REPO, issue=1, login="bob")
        await stage.quiet()
        stage.clock.ahead = DAY
        await stage.quiet()
        assert ((await stage.issue())["state"], closings(stage)) == ("open", 1)


async def test_nobody_told_us(on_stage: Staging, shas: Shas) -> None:
    """The look for objections finds it within the hour."""
    async with announced(on_stage, shas) as (stage, _):
        await closed(stage, "not_planned", told=False)
        stage.clock.ahead = HOUR
        await stage.until(lambda seen: "closing-soon" not in seen["labels"])
        await stage.quiet()
        assert "left closed as not planned" in answers(await stage.issue())[0]
        assert await parked(stage) == 0


@pytest.mark.parametrize("reason", ASIDE)
@pytest.mark.parametrize("told", [True, False], ids=["told", "not-told"])
async def test_an_answer_that_waits(on_stage: Staging, shas: Shas, reason: str, *, told: bool) -> None:
    """It ends with an edit: no other comment, now or when what it waited for is over, and its label is gone."""
    async with asked(on_stage, suite_world(shas), LABELLED) as (stage, _):
        await closed(stage, reason, told=told)
        if not told:
            stage.clock.ahead = timedelta(minutes=11)
            await stage.until(lambda seen: "waiting" not in seen["labels"])
            await stage.quiet()
        issue, left = await stage.issue(), await parked(stage)
        stage.clock.ahead = timedelta(days=15)
        await stage.quiet()
        assert ((await stage.issue())["comments"], left) == (issue["comments"], 0)
    assert (issue["labels"], len(issue["comments"])) == (ISSUE["labels"], 2)
    (answer,) = answers(issue)
    assert f"bob closed it as {reason.replace('_', ' ')}" in answer
    assert ("Not decided yet" in answer, "I go on by myself" in answer) == (False, False)


async def test_an_answer_that_waits_and_is_closed_as_completed(on_stage: Staging, shas: Shas) -> None:
    """It goes on: what was closed as resolved is verified."""
    async with asked(on_stage, suite_world(shas), LABELLED) as (stage, _):
        await closed(stage)
        assert await parked(stage) == 1


async def test_no_close_over_ones_own_announcement(on_stage: Staging, shas: Shas) -> None:
    """Nothing is on its way any more, and nothing else is labelled."""
    async with announced(on_stage, shas) as (stage, _):
        issue = await stage.command("/assess-resolution --no-close")
        assert await parked(stage) == 0
    assert (issue["labels"], "label closing-soon removed" in answers(issue)[-1]) == (["bug"], True)


async def test_no_close_over_ones_own_waiting(on_stage: Staging, shas: Shas) -> None:
    """It waits itself, so the label stays."""
    async with asked(on_stage, suite_world(shas), LABELLED) as (stage, _):
        issue = await stage.command("/assess-resolution --no-close", login="bob")
        assert (await parked(stage), "waiting" in issue["labels"]) == (1, True)


async def test_set_aside_with_a_label_that_was_left(on_stage: Staging, shas: Shas) -> None:
    """Whoever asks about such an issue gets nothing labelled but what is no longer on its way."""
    async with on_stage(suite_world(shas)) as stage:
        await write_policy(stage, POLICY)
        await stage.github.control("label", repo=REPO, issue=1, login="bob", add=["closing-soon", "on-hold"])
        await closed(stage, "not_planned")
        issue = await stage.command("/assess-resolution")
    assert sorted(issue["labels"]) == ["bug", "on-hold"]
