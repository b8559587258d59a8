"""What people do while an answer waits, merges that wait, and a promise that cannot be kept."""

from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, write_policy
from tests.journeys.test_contradicted import merged_pulls, told_of_merge
from tests.journeys.waiting import BAD, GOOD, POLICY, asked, ended, parked, runs, suite_world

PULL = {"number": 2, "title": "Later", "state": "open", "base": "main", "head": "later", "author": "bob"}


def merge_world(shas: Shas, body: str) -> dict[str, Any]:
    """A world with a pull request that is ready to be merged."""
    made = suite_world(shas)
    made["repositories"][0]["pulls"] = [PULL | {"body": body, "closes": [1] if "Fixes" in body else []}]
    return made


async def merged(stage: Stage, mode: str) -> dict[str, Any]:
    """The pull request is merged under a policy of this mode; the issue with its first answer."""
    await write_policy(stage, POLICY.replace("claims", f"mode: {mode}\nclaims", 1))
    await stage.github.control("merge", repo=REPO, pull=2)
    issue = await stage.until(lambda seen: answers(seen) and "### 🔎" not in answers(seen)[0])
    await stage.quiet()
    return issue


@pytest.mark.parametrize(
    ("login", "objects"), [("carol", True), ("bob", True), ("dora", False)], ids=["reporter", "writer", "bystander"]
)
async def test_somebody_speaks(on_stage: Staging, shas: Shas, login: str, objects: bool) -> None:
    """Whoever has a say and speaks while it waits keeps it open; for others it goes on as promised."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        await stage.github.comment(REPO, 1, login, "It is still missing here.")
        await ended(stage)
        issue = await stage.issue()
    assert issue["state"] == ("open" if objects else "closed")
    assert (f"{login} has commented since" in answers(issue)[0]) == objects


@pytest.mark.parametrize(("login", "state"), [("carol", "open"), ("bob", "open"), ("dora", "closed")])
async def test_somebody_speaks_after_a_merge(on_stage: Staging, shas: Shas, login: str, state: str) -> None:
    """Nobody had asked, and yet whoever has a say is heard, also where a look in between has seen what he said."""
    made = suite_world(shas)
    made["repositories"][0]["pulls"] = merged_pulls(shas)
    async with on_stage(made) as stage:
        await write_policy(stage, POLICY.replace("claims", "mode: act\nclaims", 1))
        await told_of_merge(stage, 2)
        await stage.github.comment(REPO, 1, login, "Please leave this open, I want to look at it tomorrow.")
        stage.clock.ahead = timedelta(minutes=11)
        await stage.heard("parked", 2)
        await ended(stage)
        issue = await stage.issue()
    assert issue["state"] == state
    assert (f"{login} has commented since" in answers(issue)[0]) == (state == "open")


@pytest.mark.parametrize(("login", "state"), [("carol", "open"), ("dora", "closed")])
async def test_many_speak_afterwards(on_stage: Staging, shas: Shas, login: str, state: str) -> None:
    """An objection is heard below whatever bots have written since: the last look alone would not show it."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        await stage.github.comment(REPO, 1, login, "It is still missing here, please do not close.")
        for number in range(21):
            await stage.github.comment(REPO, 1, "helper[bot]", f"Build {number} is done.")
        await ended(stage)
        issue = await stage.issue()
    assert issue["state"] == state


@pytest.mark.parametrize(("beside", "state"), [("Not fixed, please keep it open.\n\n", "open"), ("", "closed")])
async def test_words_beside_a_command(on_stage: Staging, shas: Shas, beside: str, state: str) -> None:
    """Words beside a command keep it open as they would alone; the command by itself does not."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        await stage.command(f"{beside}/resolution status", login="carol")
        await ended(stage)
        issue = await stage.issue()
    assert issue["state"] == state


async def test_a_right_that_is_gone(on_stage: Staging, shas: Shas) -> None:
    """The asker's role is asked again when it goes on."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        await stage.github.control("role", repo=REPO, login="bob", role="read")
        await ended(stage)
        issue = await stage.issue()
    assert issue["state"] == "open"
    assert "the asker holds read" in answers(issue)[0]


async def test_closed_by_hand_meanwhile(on_stage: Staging, shas: Shas) -> None:
    """It is verified then, and not closed again."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        await stage.github.control("close", repo=REPO, issue=1, login="bob", reason="completed")
        await ended(stage)
        issue = await stage.issue()
    assert "already closed, verified" in answers(issue)[0].splitlines()[0]


@pytest.mark.parametrize(
    ("log", "words"), [(GOOD, "already closed, verified"), (BAD, "Closed, but not resolved")], ids=["holds", "not"]
)
async def test_after_a_merge(on_stage: Staging, shas: Shas, log: str, words: str) -> None:
    """A merge under a policy that acts starts the workflow, says that it waits, and tells the end."""
    async with on_stage(merge_world(shas, "Fixes #1.")) as stage:
        issue = await merged(stage, "act")
        assert "**Waiting for** · the workflow `suite.yml`" in answers(issue)[0]
        assert (len(runs(stage.github)), await parked(stage)) == (1, 1)
        await ended(stage, log)
        issue = await stage.issue()
    (answer,) = answers(issue)
    assert words in answer.splitlines()[0]


async def test_after_a_merge_by_advice_alone(on_stage: Staging, shas: Shas) -> None:
    """Where I only advise, a merge starts nothing, and the answer says who can."""
    async with on_stage(merge_world(shas, "Part of #1.")) as stage:
        issue = await merged(stage, "advise")
        assert (runs(stage.github), await parked(stage)) == ([], 0)
    assert "somebody with the role write can ask for it" in answers(issue)[0]


async def test_nothing_left_to_go_on_with(on_stage: Staging, shas: Shas) -> None:
    """A policy that was broken meanwhile is told in the place of the promise; what was measured stays below."""
    async with asked(on_stage, suite_world(shas)) as (stage, comment):
        await write_policy(stage, "version: 9\n")
        await ended(stage)
        issue = await stage.issue()
    (answer,) = answers(issue)
    said, _, kept = answer.partition("<details><summary>I had waited here, and no longer do")
    assert ".github/resolution.yml:1:10" in said
    assert "`service/monitoring.py`" in kept
    assert answer.count("<!-- resolution-bot: ") == 1
    assert "confused" in reactions(issue, comment)
