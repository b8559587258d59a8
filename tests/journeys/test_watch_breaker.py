"""A regression under the breaker: nothing is said of it before its moment, then it goes on by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.assessment.breaker import SPACING, Act, Limits, Tally
from bot.engine import Booking
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import Stage, answers
from tests.journeys.test_breaker import repository_id, said
from tests.journeys.test_tickets import tickets
from tests.journeys.waiting import home
from tests.journeys.watching import BACK, DAY, GONE, HOUR, POLICY, SOON, later, parked, pushed, watched

MINUTE = timedelta(minutes=1)
HELD = HOUR + SOON
"""When the second look is, counted from the closing."""
MOMENT = HELD + SPACING + MINUTE
OUT, IN = Tally(answers=100, errors=100), Tally(answers=100, errors=0)


@asynccontextmanager
async def fallen(on_stage: Staging, shas: Shas, policy: str = POLICY) -> AsyncIterator[Stage]:
    """What held has failed once, and the only reopening of the hour is another issue's."""
    async with watched(on_stage, shas, policy) as stage:
        await pushed(stage, GONE)
        await later(stage, HOUR)
        stage.clock.ahead = HELD - MINUTE
        booking = Booking(act=Act.REOPEN, repository=repository_id(stage.github), name="another")
        await stage.parts.engine.counts.book(booking, 1, stage.clock() + MINUTE)
        yield stage


async def pause(stage: Stage, tally: Tally) -> None:
    """The installation's probes answer like that."""
    installation = stage.github.deliveries("issue_comment")[0].emission.installation
    assert installation is not None
    await stage.parts.engine.counts.heard(installation, tally, Limits(), stage.clock())


async def everything(stage: Stage) -> tuple[str, list[str], list[str], list[str]]:
    """What people see: the issue, its labels, what we have said, and issues that we have filed."""
    issue = await stage.issue()
    return issue["state"], issue["labels"], answers(issue), [one.title for one in tickets(stage.github)]


ONE = {"REOPENINGS_PER_HOUR": "1"}


def limited(on_stage: Staging) -> Staging:
    """The same stage, where one issue an hour is reopened."""

    def staging(*parts: Any, **more: Any) -> Any:
        return on_stage(*parts, **ONE, **more)

    return staging


FILED = "**Came back, filed anew** · 20"


@pytest.mark.parametrize("kind", ["opened", "filed", "said"])
async def test_held_back(on_stage: Staging, shas: Shas, kind: str) -> None:
    """Nothing is said or changed until its moment, and there it is done by itself, once."""
    policy = POLICY.replace("mode: act", "mode: advise") if kind == "said" else POLICY
    async with fallen(limited(on_stage), shas, policy) as stage:
        home(stage.github).issues[1].locked = kind == "filed"
        before = await everything(stage)
        await later(stage, HELD)
        assert (await everything(stage), await parked(stage)) == (before, 1)
        await later(stage, MOMENT)
        state, labels, said_then, filed = await everything(stage)
        (held,), left = said(stage, "held-back"), await parked(stage)
    assert (held["issue"], held["why"], left) == (1, "hour", 0)
    assert (state, "regression" in labels) == ("open" if kind == "opened" else "closed", kind == "opened")
    assert [text.partition("\n")[0] for text in said_then[1:]] == {
        "opened": ["### 🔁 Came back, and reopened"],
        "filed": [],
        "said": ["### 🔁 No longer holds"],
    }[kind]
    assert filed == (["Came back since #1: The module is packaged"] if kind == "filed" else [])


async def test_an_outage_that_is_over_is_never_told(on_stage: Staging, shas: Shas) -> None:
    """At its moment it holds: no word was ever said, the ladder goes on, and the moment is another's."""
    async with fallen(limited(on_stage), shas) as stage:
        before = await everything(stage)
        await later(stage, HELD)
        await pushed(stage, BACK)
        await later(stage, MOMENT)
        free = await stage.parts.engine.counts.book(
            Booking(act=Act.REOPEN, repository=repository_id(stage.github), name="next"), 1, stage.clock()
        )
        assert (free <= stage.clock(), await everything(stage), await parked(stage)) == (True, before, 1)
        await later(stage, DAY)
        assert await everything(stage) == before
    assert [fields["failing"] for fields in said(stage, "watched")] == [["packaged"], ["packaged"], [], []]


async def test_a_restart_while_it_is_held_back(on_stage: Staging, shas: Shas) -> None:
    """Its moment is kept, and so is what failed first."""
    async with fallen(limited(on_stage), shas) as stage:
        await later(stage, HELD)
        await stage.restart()
        await later(stage, MOMENT)
        state, _, told, _ = await everything(stage)
    assert (state, len(told)) == ("open", 2)


async def test_a_pause_of_acting(on_stage: Staging, shas: Shas) -> None:
    """While too little can be measured, nothing is said either; once it can, it goes on."""
    async with watched(on_stage, shas) as stage:
        await pushed(stage, GONE)
        await later(stage, HOUR)
        await pause(stage, OUT)
        before = await everything(stage)
        stage.clock.ahead = HELD - MINUTE
        await later(stage, HELD)
        assert (await everything(stage), said(stage, "held-back")[0]["why"]) == (before, "errors")
        await pause(stage, IN)
        await later(stage, HELD + timedelta(minutes=31))
        state, _, told, _ = await everything(stage)
    assert (state, len(told)) == ("open", 2)


@asynccontextmanager
async def stopped(on_stage: Staging, shas: Shas, *, locked: bool = False) -> AsyncIterator[Stage]:
    """Acting pauses after the explanation is written (or while the new issue's label is made), before the change."""
    async with watched(on_stage, shas) as stage:
        await pushed(stage, GONE)
        home(stage.github).issues[1].locked = locked
        await later(stage, HOUR)
        await stage.github.fault("delay:1", times=1, **(MAKING if locked else EXPLAINING))
        stage.clock.ahead = HELD
        await stage.applied()
        await pause(stage, OUT)
        await stage.heard("held-back", 1)
        await stage.quiet()
        yield stage


EXPLAINING, MAKING = {"operation": "addComment"}, {"method": "POST", "path": "/labels$"}


async def resumed(stage: Stage) -> tuple[str, list[str], list[str], list[str]]:
    """Much can be measured again, and what was put off has had its moment."""
    stage.clock.ahead = HELD + Limits().pause + timedelta(seconds=2)
    await pause(stage, IN)
    await later(stage, HELD + timedelta(minutes=31))
    return await everything(stage)


@pytest.mark.parametrize(
    ("then", "end"),
    [("fails", "### 🔁 Came back, and reopened"), ("holds", "· holds again, so it stays closed."), ("locked", FILED)],
)
async def test_just_before_the_opening(on_stage: Staging, shas: Shas, then: str, end: str) -> None:
    """The explanation is set right at once, and the same comment tells the end."""
    async with stopped(on_stage, shas) as stage:
        state, labels, (_, text), _ = await everything(stage)
        assert (state, "regression" in labels, await parked(stage)) == ("closed", False, 1)
        assert text.startswith("### 🔁 No longer holds")
        assert "**Not reopened by me** · for now: at " in text
        assert "Close it again" not in text
        home(stage.github).issues[1].locked = then == "locked"
        if then == "holds":
            await pushed(stage, BACK)
        state, _, (closing, text), filed = await resumed(stage)
    assert (state, len(filed)) == ("open" if then == "fails" else "closed", int(then == "locked"))
    assert (end in text, "**Came back" in closing) == (True, then != "holds")


async def test_just_before_the_filing(on_stage: Staging, shas: Shas) -> None:
    """Nothing is said yet, and nothing is: the new issue is filed at its moment."""
    async with stopped(on_stage, shas, locked=True) as stage:
        _, _, told, filed = await everything(stage)
        assert (len(told), "**Came back" in told[0], filed, await parked(stage)) == (1, False, [], 1)
        _, _, (closing,), filed = await resumed(stage)
    assert (filed, FILED in closing) == (["Came back since #1: The module is packaged"], True)
