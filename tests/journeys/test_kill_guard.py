"""`kill -9` between any two requests of a guarded closing: one note, one reopening, also over the restart."""

import signal
from datetime import timedelta
from pathlib import Path

import pytest

from bot.simulator.testing import running as simulator
from tests.journeys.guarding import HOLDS, ROBOT, SETTLED, plain_world, policy
from tests.journeys.processes import Ground, ground, process
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, commit_policy
from tests.journeys.test_kill import killed_there, server, until
from tests.journeys.test_waiting import ended_check
from tests.recording import record

CI = f"{HOLDS}  - {{id: ci, title: The unit tests pass, check: unit}}\n"
STRICT = policy("{people: note, bots: reopen}", more="mode: act\n")
REQUESTS = 5  # the policy, the snapshot, what the criteria ask, the note, the opening


@pytest.mark.parametrize("request_number", range(1, REQUESTS + 1))
async def test_killed_at_any_request(tmp_path: Path, shas: Shas, request_number: int) -> None:
    """Killed while its n-th request is under way, the bot comes back to one note and an issue that is open again."""
    async with simulator(plain_world(shas)) as github:
        await commit_policy(github, STRICT)
        async with server(github, tmp_path) as process:
            await github.fault("delay:0.4", nth=request_number + 1, times=1)  # its token is minted with the first
            await github.control("close", repo=REPO, issue=1, login=ROBOT)
            await killed_there(github, process)
        async with server(github, tmp_path):
            issue = await until(github, lambda seen: seen["state"] == "open" and bool(answers(seen)))
        await record(github, f"killed-guarding-{request_number}")
    (said,) = answers(issue)
    assert said.startswith("### ❌ Reopened: not resolved · 1 of 2 criteria")


async def test_a_note_outlives_the_process(tmp_path: Path, shas: Shas) -> None:
    """Who was told before a restart is told nothing anew after it."""
    async with simulator(plain_world(shas)) as github:
        await commit_policy(github, STRICT)
        async with server(github, tmp_path) as process:
            await github.control("close", repo=REPO, issue=1, login="ann")
            first = await until(github, lambda seen: bool(answers(seen)))
            process.send_signal(signal.SIGKILL)
        await github.control("reopen", repo=REPO, issue=1, login="carol")
        async with server(github, tmp_path):
            await github.control("close", repo=REPO, issue=1, login="ann")
            last = await until(github, lambda seen: answers(seen) not in ([], answers(first)))
        await record(github, "guarding-outlives")
    assert [len(answers(one)) for one in (first, last)] == [1, 1]


async def test_before_its_look(tmp_path: Path, shas: Shas) -> None:
    """Killed while the merge's settling is waited for: one look at its time, also where the closing is told anew."""
    async with ground(tmp_path, plain_world(shas), name="killed-settling", settling=timedelta(hours=1)) as on:
        await commit_policy(on.github, STRICT)
        async with process(on):
            await on.github.control("close", repo=REPO, issue=1, login=ROBOT)
            await on.heard("delivery", 1)
            await on.github.settled()
        (told,) = on.github.deliveries("issues")
        asked = len(await on.github.exchanges())
        async with process(on):
            await on.github.control("redeliver", id=told.id)
            await on.heard("delivery", 2)
            assert looks(on) == 0
            assert [one["url"].rpartition("/")[2] for one in (await on.github.exchanges())[asked:]] == ["app"]
            on.clock.set(SETTLED)
            await looked_once(on)


async def test_while_it_waits_for_a_check(tmp_path: Path, shas: Shas) -> None:
    """Killed between a closing's first look, which waits for a check, and that check's end: one note, one opening."""
    async with ground(tmp_path, plain_world(shas, check_runs=[]), name="killed-guard-parked") as on:
        await commit_policy(on.github, policy("{people: note, bots: reopen}", CI, "mode: act\n"))
        check = await on.github.control("check", repo=REPO, name="unit")
        async with process(on):
            await on.github.control("close", repo=REPO, issue=1, login=ROBOT)
            await on.heard("parked", 1)
            await on.still()
        async with process(on):
            assert answers((await on.issues())[0]) == []
            await ended_check(on.github, int(check["id"]), "failure")
            await on.until(lambda: on.github.deliveries("check_suite"))
            await on.github.control("redeliver", id=on.github.deliveries("check_suite")[0].id)
            await looked_once(on)


def looks(on: Ground) -> int:
    """How often the closing was assessed to an end."""
    return len(on.told("assessed"))


async def looked_once(on: Ground) -> None:
    """One look has decided: one note, and it is open again."""
    await on.heard("assessed", 1)
    await on.still(parked=0)
    await on.github.settled()
    await on.still(parked=0)
    (issue,) = await on.issues()
    (said,) = answers(issue)
    assert said.startswith("### ❌ Reopened: not resolved")
    assert (issue["state"], on.changes("reopened"), looks(on)) == ("open", [1], 1)
