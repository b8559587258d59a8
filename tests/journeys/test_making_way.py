"""What waits for somebody is never lost to a trigger that may do less; and merges of one moment are one asking."""

from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.guarding import FALLS, HOLDS, looked, plain_world, policy
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, world, write_policy
from tests.journeys.test_contradicted import just_merged, merged_pulls
from tests.journeys.test_grace import DAY, later
from tests.journeys.test_grace import POLICY as GRACE
from tests.journeys.test_guard_again import begun, finished
from tests.journeys.waiting import COMMAND, POLICY, asked, ended, parked, runs, suite_world

ACT = "mode: act\n"
CI = f"{HOLDS}  - {{id: ci, check: unit}}\n"
FIXES, PART = "Fixes #1.", "Part of #1."


def pulls(**bodies: str) -> list[dict[str, Any]]:
    """Open pull requests with these numbers (`p2`) and bodies, to be merged."""
    blank = {"title": "Later", "state": "open", "base": "main", "head": "later", "author": "bob"}
    return [
        {**blank, "number": int(name[1:]), "body": body, "closes": [1] if body == FIXES else []}
        for name, body in bodies.items()
    ]


def with_merged(made: dict[str, Any], shas: Shas, *, fixes: bool) -> dict[str, Any]:
    """The same world with two merged pull requests; the other one refers."""
    made["repositories"][0]["pulls"] = merged = merged_pulls(shas)[:2]
    for pull in merged if not fixes else merged[1:]:
        pull.update({"body": PART, "closes": []})
    return made


async def merge(stage: Stage, *numbers: int) -> dict[str, Any]:
    """They are merged one right after the other, and all that follows has happened."""
    for number in numbers:
        await stage.github.control("merge", repo=REPO, pull=number)
    await stage.quiet()
    return await stage.issue()


async def tell(stage: Stage, *numbers: int) -> dict[str, Any]:
    """GitHub tells of merges, and leaves the issue open itself."""
    await just_merged(stage, *numbers)
    await stage.quiet()
    return await stage.issue()


def times(stage: Stage, event: str) -> int:
    """How often the operator was told of it."""
    return [name for name, _ in stage.events].count(event)


def acting(rules: str) -> str:
    """The same policy, which lets me act by myself."""
    return rules.replace("claims", "mode: act\nclaims", 1)


@pytest.mark.parametrize("fixes", [False, True], ids=["refers", "fixes"])
@pytest.mark.parametrize("rules", [POLICY, acting(POLICY)], ids=["advise", "act"])
async def test_a_merge_and_a_waiting_command(on_stage: Staging, shas: Shas, rules: str, *, fixes: bool) -> None:
    """A command that waits keeps its promise whatever is merged meanwhile; it looks again at once, in its place."""
    async with asked(on_stage, with_merged(suite_world(shas), shas, fixes=fixes), rules) as (stage, comment):
        (before,) = answers(await stage.issue())
        issue = await tell(stage, 2)
        assert (answers(issue), times(stage, "parked")) == ([before], 2)
        await ended(stage)
        issue = await stage.issue()
    (answer,) = answers(issue)
    assert (issue["state"], looked(stage)) == ("closed", ["command", "command"])
    assert ("asked by" in answer, reactions(issue, comment)) == (True, {"eyes", "+1", "rocket"})


async def test_a_merge_comes_back(on_stage: Staging, shas: Shas) -> None:
    """A command that asks for no closing keeps its promise as well; the merge, which may close, does so after it."""
    async with on_stage(with_merged(suite_world(shas), shas, fixes=True)) as stage:
        await write_policy(stage, acting(POLICY))
        await stage.answered(await stage.github.comment(REPO, 1, "bob", f"{COMMAND} --no-close"))
        await tell(stage, 2)
        await tell(stage, 3)
        assert (await parked(stage), looked(stage)) == (2, ["command"])
        await ended(stage)
        await ended(stage, run=runs(stage.github)[-1])
        issue = await stage.issue()
    assert (issue["state"], issue["closed_by"]) == ("closed", "resolution[bot]")
    assert looked(stage) == ["command", "command", "merge", "merge"]
    assert "after the merges of #2 and #3" in answers(issue)[0]


async def test_a_merge_is_cancelled_with_what_it_made_way_for(on_stage: Staging, shas: Shas) -> None:
    """Whoever ends what waits ends the merge as well that was to come back after it, and reads so."""
    async with on_stage(with_merged(suite_world(shas), shas, fixes=True)) as stage:
        await write_policy(stage, acting(POLICY))
        await stage.answered(await stage.github.comment(REPO, 1, "bob", f"{COMMAND} --no-close"))
        await tell(stage, 2)
        before = await parked(stage)
        issue = await stage.command("/resolution cancel")
        assert (before, await parked(stage)) == (2, 0)
        await ended(stage)
        assert (looked(stage), (await stage.issue())["state"]) == (["command"], "open")
    assert "goes on no more; no assessment after the merge of #2, which had made way." in answers(issue)[-1]


async def test_a_keyword_and_a_waiting_command(on_stage: Staging, shas: Shas) -> None:
    """What a merge's keyword closed and the command then finds not to hold is reopened, as the policy wants it."""
    made = plain_world(shas, check_runs=[], pulls=pulls(p2=FIXES))
    async with on_stage(made) as stage:
        await write_policy(stage, policy("reopen", CI, ACT))
        await begun(stage)
        await stage.answered(await stage.github.comment(REPO, 1, "bob", COMMAND))
        assert (await merge(stage, 2))["state"] == "closed"
        running = await begun(stage)
        issue = await finished(stage, running, "failure")
    assert (issue["state"], looked(stage)) == ("open", ["command", "command", "command", "merge"])
    assert "Reopened" in answers(issue)[-1]


async def test_a_trusted_bot_and_an_announcement(on_stage: Staging, shas: Shas) -> None:
    """A bot that may not close leaves a closing announced that somebody asked for who may."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, f"permissions: {{close: maintain}}\ntrusted_bots: [helper]\n{GRACE}")
        await stage.github.control("role", repo=REPO, login="ann", role="maintain")
        before = answers(await stage.command("/assess-resolution"))
        comment = await stage.github.comment(REPO, 1, "helper[bot]", "/assess-resolution")
        issue = await stage.answered(comment)
        assert (answers(issue), await parked(stage), "closing-soon" in issue["labels"]) == (before, 1, True)
        assert "+1" in reactions(issue, comment)
        issue = await later(stage, DAY)
    assert issue["state"] == "closed"


async def test_a_trusted_bot_does_not_come_back(on_stage: Staging, shas: Shas) -> None:
    """Somebody asked for no closing, and no person for one since. A bot that asks once that is over has it closed."""
    async with on_stage(plain_world(shas, check_runs=[])) as stage:
        await write_policy(stage, policy("note", CI, f"{ACT}trusted_bots: [helper]\n"))
        running = await begun(stage)
        await stage.answered(await stage.github.comment(REPO, 1, "bob", f"{COMMAND} --no-close"))
        comment = await stage.github.comment(REPO, 1, "helper[bot]", "/assess-resolution")
        assert "+1" in reactions(await stage.answered(comment), comment)
        assert await parked(stage) == 1
        issue = await finished(stage, running, "success")
        assert (issue["state"], await parked(stage), set(looked(stage))) == ("open", 0, {"command"})
        assert "left open" in answers(issue)[0]
        await stage.github.comment(REPO, 1, "helper[bot]", "/assess-resolution")
        await stage.quiet()
        issue = await stage.issue()
    assert (issue["state"], issue["closed_by"]) == ("closed", "resolution[bot]")


async def test_a_person_who_may_not_close(on_stage: Staging, shas: Shas) -> None:
    """He is told that an answer waits, which goes on; who had asked for it may change his mind."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        (before,) = answers(await stage.issue())
        issue = await stage.command("/assess-resolution --no-close", login="carol")
        assert answers(issue)[0] == before
        assert "does not take the place of that answer. Ask with `/assess-resolution --dry-run`" in answers(issue)[1]
        issue = await stage.command("/assess-resolution --no-close", login="bob")
        assert (await parked(stage), looked(stage)) == (1, ["command", "command"])
        await ended(stage)
        issue = await stage.issue()
    assert issue["state"] == "open"


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
async def test_a_reference_beside_a_keyword(on_stage: Staging, shas: Shas, order: tuple[int, int]) -> None:
    """Two merges within the pause are one asking: a mere reference does not take the closing away."""
    async with on_stage(with_merged(world(shas), shas, fixes=True), settling=1.0) as stage:
        await write_policy(stage, policy("note", HOLDS, ACT))
        issue = await tell(stage, *order)
    assert (issue["state"], issue["closed_by"], looked(stage)) == ("closed", "resolution[bot]", ["merge"])
    (answer,) = answers(issue)
    assert "after the merges of #2 and #3" in answer


@pytest.mark.parametrize("bodies", [(FIXES, PART), (PART, FIXES), (FIXES, FIXES), (FIXES, PART, PART)], ids=str)
async def test_a_batch_and_its_keyword(on_stage: Staging, shas: Shas, bodies: tuple[str, ...]) -> None:
    """What the keyword of any of them closed is reopened where it does not hold, as the policy wants it."""
    made = pulls(**{f"p{number}": body for number, body in enumerate(bodies, 2)})
    async with on_stage(plain_world(shas, pulls=made), settling=1.0) as stage:
        await write_policy(stage, policy("reopen", FALLS, ACT))
        issue = await merge(stage, *range(2, 2 + len(bodies)))
    assert (issue["state"], looked(stage), len(answers(issue))) == ("open", ["merge"], 1)
    assert "Reopened" in answers(issue)[0]


@pytest.mark.parametrize(("newer", "by"), [(PART, "#2"), (FIXES, "#2 and #3")])
@pytest.mark.parametrize(("conclusion", "state"), [("success", "closed"), ("failure", "open")])
async def test_a_closing_merge_that_waits(
    on_stage: Staging, shas: Shas, newer: str, by: str, conclusion: str, state: str
) -> None:
    """A later merge takes its place where it closes as well, and answers for both; a mere reference never does."""
    made = plain_world(shas, check_runs=[], pulls=pulls(p2=FIXES, p3=newer))
    async with on_stage(made) as stage:
        await write_policy(stage, policy("reopen", CI, ACT))
        await begun(stage)
        await merge(stage, 2)
        await merge(stage, 3)
        running = await begun(stage)
        assert await parked(stage) == 1
        issue = await finished(stage, running, conclusion)
    (answer,) = answers(issue)
    assert (issue["state"], by in answer.rpartition("after the merge")[2]) == (state, True)


async def test_a_guard_that_waits(on_stage: Staging, shas: Shas) -> None:
    """A merge that refers to the issue answers, and takes nothing from what may be reopened."""
    async with on_stage(plain_world(shas, check_runs=[], pulls=pulls(p2=PART))) as stage:
        await write_policy(stage, policy("reopen", CI, ACT))
        await begun(stage)
        await stage.github.control("close", repo=REPO, issue=1, login="stale[bot]", reason="completed")
        await stage.quiet()
        await merge(stage, 2)
        running = await begun(stage)
        await finished(stage, running, "failure")
        stage.clock.ahead += timedelta(minutes=11)
        issue = await stage.until(lambda seen: seen["state"] == "open")
        await stage.quiet()
    assert "Reopened: " in answers(issue)[-1]
