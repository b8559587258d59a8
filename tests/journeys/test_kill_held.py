"""`kill -9` while the breaker holds something back: done once when that is over, and nothing false is said before."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.assessment.breaker import SPACING, Act, Limits, Tally
from bot.commands.route import AGAIN_JOB, WATCH_JOB
from bot.engine import Booking
from bot.engine.breaker import Counts
from bot.engine.database import SqliteDialect
from bot.engine.store import Store
from tests.journeys import test_breaker as breaker
from tests.journeys import watching
from tests.journeys.processes import PATIENCE, Ground, ground, held_up, kill, process
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, commit_policy, world
from tests.journeys.test_kill_waiver import kept
from tests.journeys.waiting import home

MINUTE = timedelta(minutes=1)
HELD = watching.HOUR + watching.SOON
"""When the second look is, counted from the closing."""
RESUMED = 31 * MINUTE
"""A pause of acting is over by then, also for who comes last."""
OUT, IN = Tally(answers=100, errors=100), Tally(answers=100, errors=0)
CHANGING = {"method": "PATCH", "path": "/issues/"}
SAYING, CORRECTING = {"operation": "addComment"}, {"operation": "updateIssueComment"}
LOOKING = {"path": "/graphql$"}


@asynccontextmanager
async def counts(on: Ground) -> AsyncIterator[Counts]:
    """The breaker's counts, beside the process that works with them."""
    store = Store(SqliteDialect(on.folder / "data" / "bot.sqlite", 5_000), 10)
    try:
        yield Counts(store)
    finally:
        await asyncio.to_thread(store.close)


async def answered(on: Ground, tally: Tally) -> None:
    """The installation's probes answer like that."""
    async with counts(on) as counted:
        await counted.heard(on.github.installation_id(REPO), tally, Limits(), on.clock())


async def outage(on: Ground) -> None:
    """Acting pauses once the answer is written, before the change; the correction that follows is held up."""
    await held_up(on)
    await answered(on, OUT)
    await on.github.fault("delay:0.4", times=1, **CORRECTING)
    await held_up(on)


async def seen(on: Ground, number: int) -> tuple[str, list[str]]:
    """Is the issue open, and what have we said?"""
    issue = next(one for one in await on.issues() if one["number"] == number)
    return issue["state"], answers(issue)


def tried_again(on: Ground) -> str:
    """The moment that the operator was told; a look that was cut off is no second one."""
    (until,) = {one["until"] for one in on.told("held-back")}
    return datetime.fromisoformat(until).strftime("%H:%M UTC")


async def killed_over_the_change(on: Ground, server: Process, ahead: timedelta) -> None:
    """Its moment comes, and the process dies while the issue is changed."""
    await on.github.fault("delay:0.4", times=1, **CHANGING)
    on.clock.set(ahead)
    await held_up(on)
    await kill(server)


async def test_a_closing_beyond_the_limit(tmp_path: Path, shas: Shas) -> None:
    """Killed while that is said, and again while it waits: one answer, true all the while, and one closing."""
    async with ground(tmp_path, breaker.several(shas), name="killed-held-closing", CLOSINGS_PER_HOUR="1") as on:
        await commit_policy(on.github, breaker.POLICY)
        async with process(on):
            await on.github.comment(REPO, 1, breaker.BOT, breaker.COMMAND)
            await on.still(parked=0)
            await on.github.fault("delay:0.4", times=1, **SAYING)
            await on.github.comment(REPO, 3, breaker.BOT, breaker.COMMAND)
            await held_up(on)
        async with process(on):
            await on.still()
            await not_closed(on, 3)
        on.clock.set(SPACING + MINUTE)
        async with process(on):
            await on.still(parked=0)
            await closed(on, 3)
            assert on.changes("closed") == [1, 3]


async def test_a_closing_in_an_outage(tmp_path: Path, shas: Shas) -> None:
    """Killed while an answer that came too soon is set right, and again while it is closed at last: the same."""
    async with ground(tmp_path, breaker.several(shas), name="killed-held-outage") as on:
        await commit_policy(on.github, breaker.POLICY)
        async with process(on):
            await on.github.fault("delay:1", times=1, **SAYING)
            await on.github.comment(REPO, 1, breaker.BOT, breaker.COMMAND)
            await outage(on)
        async with process(on) as second:
            await on.still()
            await not_closed(on, 1)
            await killed_over_the_change(on, second, RESUMED)
        async with process(on):
            await on.still(parked=0)
            await closed(on, 1)
            assert on.changes("closed") == [1]


async def not_closed(on: Ground, number: int) -> None:
    """It says so, and when it is tried again."""
    state, (answer,) = await seen(on, number)
    assert (state, answer.startswith("### ⚠️ Resolved, but not closed · ")) == ("open", True)
    assert f"{tried_again(on)} I measure again and go on by myself" in answer


async def closed(on: Ground, number: int) -> None:
    """The same answer says so."""
    await on.github.settled()
    state, (answer,) = await seen(on, number)
    assert (state, answer.startswith("### ✅ Resolved: closed as completed")) == ("closed", True)


@asynccontextmanager
async def fallen(folder: Path, shas: Shas, name: str, **settings: str) -> AsyncIterator[Ground]:
    """What held at the closing has failed in the first look; no process runs."""
    async with ground(folder, world(shas), name=name, **settings) as on:
        await commit_policy(on.github, watching.POLICY)
        async with process(on):
            await on.github.comment(REPO, 1, "ann", "/assess-resolution")
            await on.still()
            await on.github.control("commit", repo=REPO, files=watching.GONE, message="Remove", author="bob")
            on.clock.set(watching.HOUR)
            await on.heard("watched", 1)
            await on.still()
        yield on


async def reopened(on: Ground) -> None:
    """Once, with one explanation, to which the closing answer leads by one line."""
    await on.heard("regressed", 1)
    await on.still(parked=0)
    await on.github.settled()
    state, (closing, text) = await seen(on, 1)
    assert (state, on.changes("reopened"), closing.count("**Came back**")) == ("open", [1], 1)
    assert text.startswith("### 🔁 Came back, and reopened")


async def test_a_reopening_beyond_the_limit(tmp_path: Path, shas: Shas) -> None:
    """Killed over the look that finds it, and again while it waits: not a word before its moment, then one opening."""
    async with fallen(tmp_path, shas, "killed-held-reopening", REOPENINGS_PER_HOUR="1") as on:
        before = await seen(on, 1)
        on.clock.set(HELD)
        booking = Booking(act=Act.REOPEN, repository=home(on.github).id, name="another")
        async with counts(on) as counted:
            await counted.book(booking, 1, on.clock())
        await on.github.fault("delay:0.4", times=1, **LOOKING)
        async with process(on):
            await held_up(on)
        async with process(on):
            await on.heard("held-back", 1)
            await on.still()
            assert await seen(on, 1) == before
        on.clock.set(HELD + SPACING + MINUTE)
        async with process(on):
            await reopened(on)


async def test_a_reopening_in_an_outage(tmp_path: Path, shas: Shas) -> None:
    """Killed while an explanation that came too soon is set right, and again while it is reopened: told once."""
    async with fallen(tmp_path, shas, "killed-held-explained") as on:
        on.clock.set(HELD)
        await on.github.fault("delay:1", times=1, **SAYING)
        async with process(on):
            await outage(on)
        async with process(on) as second:
            await on.heard("held-back", 1)
            await on.still()
            state, (closing, text) = await seen(on, 1)
            assert (state, "**Came back" in closing) == ("closed", False)
            assert text.startswith("### 🔁 No longer holds")
            assert f"**Not reopened by me** · for now: at {tried_again(on)}" in text
            on.clock.set(HELD + Limits().pause + timedelta(seconds=2))
            await answered(on, IN)
            await killed_over_the_change(on, second, HELD + RESUMED)
        async with process(on):
            await reopened(on)


NO_JOB = """create trigger no_job before insert on jobs when new.kind = '{kind}'
    begin select raise(abort, 'not yet'); end"""
"""Keeps the process from leaving behind the job that goes on."""


async def said(on: Ground, start: str) -> None:
    """Wait until our newest text on the first issue begins so."""
    async with asyncio.timeout(PATIENCE):
        while not (texts := (await seen(on, 1))[1]) or not texts[-1].startswith(start):
            await asyncio.sleep(0.03)


async def resumed(on: Ground, ahead: timedelta) -> None:
    """The outage is over, and the moment has passed, while no process runs."""
    kept(on.folder, "drop trigger no_job")
    on.clock.set(ahead + RESUMED)
    await answered(on, IN)


async def test_an_outage_that_ends_before_the_restart(tmp_path: Path, shas: Shas) -> None:
    """Killed once the answer is set right: whoever closes it after all says so in the same answer."""
    async with ground(tmp_path, breaker.several(shas), name="killed-held-over") as on:
        await commit_policy(on.github, breaker.POLICY)
        async with process(on):
            kept(on.folder, NO_JOB.format(kind=AGAIN_JOB))
            await on.github.fault("delay:1", times=1, **SAYING)
            await on.github.comment(REPO, 1, breaker.BOT, breaker.COMMAND)
            await held_up(on)
            await answered(on, OUT)
            await said(on, "### ⚠️ Resolved, but not closed · ")
        await resumed(on, timedelta(0))
        async with process(on):
            await on.until(lambda: on.changes("closed") == [1])
            await on.still(parked=0)
            await closed(on, 1)


async def test_an_outage_that_ends_before_the_restart_of_a_watch(tmp_path: Path, shas: Shas) -> None:
    """Killed once the explanation is set right: whoever reopens it after all says so in the same explanation."""
    async with fallen(tmp_path, shas, "killed-held-watch-over") as on:
        kept(on.folder, NO_JOB.format(kind=WATCH_JOB))
        on.clock.set(HELD)
        await on.github.fault("delay:1", times=1, **SAYING)
        async with process(on):
            await held_up(on)
            await answered(on, OUT)
            await said(on, "### 🔁 No longer holds")
        await resumed(on, HELD)
        async with process(on):
            await reopened(on)
