"""A person always wins: after a contradiction nothing is closed by itself, until somebody with the right asks."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.simulator.payloads import pull_event
from bot.simulator.pulled import pull_size
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.waiting import home, labelled_often

ACT = 'version: 1\nmode: act\ntrusted_bots: ["helper"]\nlabels: {hold: [keep-open]}\n'
MERGES = (2, 3, 4, 5)
Contradict = Callable[[Stage], Awaitable[None]]


def merged_pulls(shas: Shas) -> list[dict[str, Any]]:
    """Several that have closed the issue, or should have."""
    return [
        {
            "number": number,
            "title": "Package the monitoring module",
            "body": "Adds `service/monitoring.py`. Fixes #1.",
            "state": "closed",
            "merged": True,
            "merge_commit_sha": shas.fix,
            "base": "main",
            "author": "bob",
            "closes": [1],
        }
        for number in MERGES
    ]


async def told_of_merge(stage: Stage, number: int) -> None:
    """GitHub tells of a merge, and does not close the issue itself; wait for what follows."""
    await just_merged(stage, number)
    await stage.quiet()


async def just_merged(stage: Stage, *numbers: int) -> None:
    """GitHub tells of merges, in a second in which nobody has said anything."""
    stage.clock.ahead += timedelta(seconds=1)
    there, repository = stage.github.world, home(stage.github)
    for number in numbers:
        pull = repository.issues[number]
        assert pull.pull is not None
        pull.pull.merged_at = there.clock()
        pull_event(there, pull, "closed", there.account("bob"), await pull_size(pull))


async def tell_of_merge(stage: Stage, number: int) -> None:
    """The same, and an hour on."""
    await told_of_merge(stage, number)
    stage.clock.ahead += timedelta(hours=1)


async def act(stage: Stage, what: str, login: str, **more: object) -> None:
    """Somebody does something at GitHub, and an hour goes by."""
    await stage.github.control(what, repo=REPO, issue=1, login=login, **more)
    stage.clock.ahead += timedelta(hours=1)


async def by_hand(stage: Stage) -> None:
    """carol reopens."""
    await act(stage, "reopen", "carol")


async def by_hand_and_a_bot(stage: Stage) -> None:
    """carol reopens, another bot closes and reopens."""
    await by_hand(stage)
    await act(stage, "close", "stale[bot]", reason="completed")
    await act(stage, "reopen", "stale[bot]")


async def by_command(stage: Stage) -> None:
    """carol has the bot reopen."""
    await stage.command("/reopen it fails", login="carol")
    stage.clock.ahead += timedelta(hours=1)


async def by_label(stage: Stage) -> None:
    """bob reopens and holds it; he closes and reopens once more, and a bot takes the label off."""
    await act(stage, "label", "bob", add=["keep-open"])
    await act(stage, "close", "bob", reason="completed")
    await act(stage, "reopen", "stale[bot]")
    await act(stage, "label", "stale[bot]", remove=["keep-open"])


WAYS = [by_hand, by_hand_and_a_bot, by_command, by_label]


@asynccontextmanager
async def closed(on_stage: Staging, shas: Shas, policy: str = ACT) -> AsyncIterator[Stage]:
    """A merge had us close the issue, since the policy lets us act."""
    async with on_stage(world(shas, pulls=merged_pulls(shas)), settling=0.1) as stage:
        await write_policy(stage, policy)
        await tell_of_merge(stage, 2)
        issue = await stage.issue()
        assert (issue["state"], issue["closed_by"]) == ("closed", "resolution[bot]")
        yield stage


@pytest.mark.parametrize("contradict", WAYS)
async def test_only_advises_until_a_command(on_stage: Staging, shas: Shas, contradict: Contradict) -> None:
    """No merge, no trusted bot and nobody without the right closes it; somebody with the right does."""
    async with closed(on_stage, shas) as stage:
        await contradict(stage)
        await tell_of_merge(stage, 3)
        assert (await stage.issue())["state"] == "open"
        issue = await stage.command("/assess-resolution", login="helper[bot]")
        assert issue["state"] == "open"
        assert any("a person wants it open" in answer.splitlines()[0] for answer in answers(issue))
        assert (await stage.command("/assess-resolution", login="dora"))["state"] == "open"
        stage.clock.ahead += timedelta(hours=1)
        issue = await stage.command("/assess-resolution", login="ann")
    assert (issue["state"], issue["closed_by"]) == ("closed", "resolution[bot]")
    assert any("this command settles that" in answer for answer in answers(issue))


async def test_settled_is_settled(on_stage: Staging, shas: Shas) -> None:
    """After the command automatic triggers act again, as before the contradiction."""
    async with closed(on_stage, shas) as stage:
        await by_hand(stage)
        await stage.command("/assess-resolution --dry-run", login="ann")
        await tell_of_merge(stage, 3)
        assert (await stage.issue())["state"] == "open"
        await stage.command("/assess-resolution", login="ann")
        await act(stage, "reopen", "stale[bot]")
        await tell_of_merge(stage, 4)
        issue = await stage.issue()
    assert issue["state"] == "closed"


@pytest.mark.parametrize("contradict", WAYS)
async def test_standing_down_is_said_once(on_stage: Staging, shas: Shas, contradict: Contradict) -> None:
    """The answer says so, and however often something happens by itself, nobody is notified again."""
    async with closed(on_stage, shas) as stage:
        await contradict(stage)
        before = [one["id"] for one in (await stage.issue())["comments"]]
        for merge in (3, 4):
            await tell_of_merge(stage, merge)
        issue = await stage.issue()
    assert [one["id"] for one in issue["comments"]] == before
    answer = answers(issue)[0]
    assert answer.splitlines()[0].startswith("### ✅ Resolved: left open, a person wants it open")
    assert answer.count("**Why it stays open** ·") == 1


async def test_closed_again_is_for_good(on_stage: Staging, shas: Shas) -> None:
    """After a reopening that nobody had asked us for: nothing is said or done by itself, not even edited."""
    async with closed(on_stage, shas) as stage:
        await act(stage, "reopen", "resolution[bot]")
        await act(stage, "close", "bob", reason="completed")
        before = await stage.issue()
        await tell_of_merge(stage, 3)
        issue = await stage.issue()
        assert (issue["state"], issue["comments"]) == ("closed", before["comments"])
        assert [name for name, _ in stage.events].count("stood-down") == 1
        await act(stage, "reopen", "carol")
        await stage.command("/assess-resolution", login="ann")
        await act(stage, "reopen", "carol")
        await tell_of_merge(stage, 4)
        issue = await stage.issue()
    assert issue["state"] == "open"
    assert any("after I had reopened it" in answer for answer in answers(issue))


async def test_closed_again_after_a_command(on_stage: Staging, shas: Shas) -> None:
    """Whoever had us reopen it got what he wanted; the closing by hand that follows is a closing like any other."""
    policy = f"{ACT}watch: 1h\nguard: note\nclaims: off\ncriteria:\n  - {{id: there, file: service/monitoring.py}}\n"
    async with closed(on_stage, shas, policy) as stage:
        await by_command(stage)
        await act(stage, "close", "bob", reason="completed")
        await stage.quiet()
        guarded = answers(await stage.issue())[-1]
        await tell_of_merge(stage, 3)
        assert not [name for name, _ in stage.events if name == "stood-down"]
        issue = await stage.command("/assess-resolution", login="ann")
        watched = await stage.command("/resolution watch 24h", login="ann")
    assert guarded.startswith("✅ Closed by `@bob`, and it holds")
    assert issue["state"] == "closed"
    assert "I watch nothing here" not in answers(watched)[-1]


async def test_a_long_history(on_stage: Staging, shas: Shas) -> None:
    """A bot's hundreds of labels do not hide what people did: all of it is read."""
    async with closed(on_stage, shas) as stage:
        await by_hand(stage)
        labelled_often(stage.github, 250)
        await tell_of_merge(stage, 3)
        issue = await stage.issue()
    assert (issue["state"], "could not be read in full" in answers(issue)[0]) == ("open", False)
    assert "carol reopened it" in answers(issue)[0]


async def test_a_history_that_is_too_long(on_stage: Staging, shas: Shas) -> None:
    """What is not seen may be a contradiction: nothing is closed by itself, a command does, and no look is promised."""
    packaged = "criteria:\n  - {id: there, file: service/monitoring.py}\n"
    async with closed(on_stage, shas, f"{ACT}watch: 1h\nclaims: off\n{packaged}") as stage:
        await by_hand(stage)
        labelled_often(stage.github, 1001)
        await tell_of_merge(stage, 3)
        issue = await stage.issue()
        assert (issue["state"], "its history could not be read in full" in answers(issue)[0]) == ("open", True)
        answer = answers(issue := await stage.command("/assess-resolution", login="ann"))[-1]
        refused = answers(await stage.command("/resolution watch 24h", login="ann"))[-1]
    assert (issue["state"], "I look again" in answer) == ("closed", False)
    assert "after a closing I do not look again" in answer
    assert "could not read this issue's history in full" in refused


async def test_a_history_that_cannot_be_read(on_stage: Staging, shas: Shas) -> None:
    """GitHub may tell the issue and not what was done to it."""
    async with closed(on_stage, shas) as stage:
        await by_hand(stage)
        await stage.github.fault("forbidden:repository.issue.history.nodes", path="/graphql$", times=None)
        await tell_of_merge(stage, 3)
        issue = await stage.issue()
    assert (issue["state"], "its history could not be read in full" in answers(issue)[0]) == ("open", True)
