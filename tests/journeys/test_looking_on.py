"""Whoever only looks, at an issue where an answer waits or a closing is announced: that stands as it was."""

from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.guarding import looked
from tests.journeys.repository import Shas
from tests.journeys.stage import answers, world, write_policy
from tests.journeys.test_grace import DAY, announced, later
from tests.journeys.test_grace import POLICY as GRACE
from tests.journeys.test_guard_again import begun, finished
from tests.journeys.test_making_way import tell, with_merged
from tests.journeys.test_waiting import CI
from tests.journeys.waiting import asked, ended, parked, suite_world


def shown(issue: dict[str, Any]) -> tuple[str, str]:
    """The answer, and the look of `carol`; no other comment of ours is to be seen."""
    bodies = [one["body"] for one in issue["comments"] if one["author"] == "resolution[bot]" and not one["minimized"]]
    answer, look = sorted(bodies, key=lambda body: "asked by @carol" in body)
    return answer, look


LOOKS = pytest.mark.parametrize("look", ["--dry-run", "--only=packaged"])


@LOOKS
async def test_at_an_announced_closing(on_stage: Staging, shas: Shas, look: str) -> None:
    """The announcement keeps standing, and people's way to stop it; the look is answered for itself, in one comment."""
    async with announced(on_stage, shas) as (stage, _):
        (before,) = answers(await stage.issue())
        issue = await stage.command(f"/assess-resolution {look}", login="carol")
        assert answers(issue)[0] == before
        assert len(answers(issue)) == 2
        issue = await stage.command(f"/assess-resolution {look}", login="bob")
        assert (answers(issue)[0], len(answers(issue))) == (before, 2)
        assert not any(one["minimized"] for one in issue["comments"])
        issue = await later(stage, DAY)
        assert await parked(stage) == 0
    assert issue["state"] == "closed"
    assert "closed" in answers(issue)[0].lower()


@LOOKS
async def test_at_an_answer_that_waits(on_stage: Staging, shas: Shas, look: str) -> None:
    """What it waits for keeps standing, though the look comes to another verdict; it goes on in its place."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        (before,) = answers(await stage.issue())
        issue = await stage.command(f"/assess-resolution {look}", login="carol")
        assert (answers(issue)[0], len(answers(issue))) == (before, 2)
        assert not any(one["minimized"] for one in issue["comments"])
        await ended(stage)
        issue = await stage.issue()
    assert (issue["state"], len(answers(issue))) == ("closed", 2)
    assert "asked by" in answers(issue)[0]


async def test_a_look_that_waits(on_stage: Staging, shas: Shas) -> None:
    """Beside an answer that waits, it goes on in its own comment, whoever asks again in that answer's place."""
    async with on_stage(world(shas, check_runs=[])) as stage:
        await write_policy(stage, f"watch: []\n{CI}")
        running = await begun(stage)
        await stage.command("/assess-resolution")
        await stage.command("/assess-resolution --only=ci", login="carol")
        await stage.command("/assess-resolution")
        assert await parked(stage) == 2
        issue = await finished(stage, running, "success")
    assert issue["state"] == "closed"
    answer, look = shown(issue)
    assert answer.startswith("### ✅ Resolved: closed")
    assert look.startswith("### ✅ Resolved: left open, only a part was asked")


@pytest.mark.parametrize("mode", ["act", "advise"])
async def test_a_merge_beside_a_look_that_waits(on_stage: Staging, shas: Shas, mode: str) -> None:
    """A mere look holds nothing up, though its answer stands alone; it goes on in a comment of its own then."""
    async with on_stage(with_merged(world(shas, check_runs=[]), shas, fixes=True)) as stage:
        await write_policy(stage, f"mode: {mode}\nwatch: []\n{CI}")
        running = await begun(stage)
        await stage.command("/assess-resolution --only=ci", login="carol")
        await tell(stage, 2)
        assert (await parked(stage), looked(stage)) == (2, ["command", "merge"])
        issue = await finished(stage, running, "success")
    answer, look = shown(issue)
    assert issue["state"] == ("closed" if mode == "act" else "open")
    assert "after the merge of #2" in answer
    assert look.startswith("### ✅ Resolved: left open, only a part was asked")


async def test_a_look_that_ends_badly(on_stage: Staging, shas: Shas) -> None:
    """It says so in its own comment, above what it had answered; the closing beside it stays announced."""
    async with announced(on_stage, shas) as (stage, _):
        await write_policy(stage, f"{GRACE}  - {{id: ci, check: unit}}\n")
        running = await begun(stage)
        (before, look) = answers(await stage.command("/assess-resolution --only=ci", login="carol"))
        assert "I go on by myself" in look
        await stage.github.fault("status:403", path="/collaborators/carol/permission", times=None)
        issue = await finished(stage, running, "success")
        await tell(stage, 4)
    assert (answers(issue)[0], "closing-soon" in issue["labels"]) == (before, True)
    assert "left-announced" in [event for event, _ in stage.events]
    assert answers(issue)[1].startswith("😕 GitHub did not tell me which role you hold here")
    assert "what I had answered until then" in answers(issue)[1]
