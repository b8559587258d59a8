"""The breaker: what the bot does by itself has bounds, an outage pauses it, and both pass by themselves."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.assessment.breaker import SPACING, Act, Limits, Tally
from bot.commands.request import LinkedRequest, Place, pack
from bot.commands.route import LINKED_JOB
from bot.engine import Booking, Job
from bot.simulator.testing import SimulatorHandle
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import (
    REPO,
    Stage,
    answers,
    get,
    reactions,
    world,
    write_policy,
)

MINUTE = timedelta(minutes=1)
BOT = "helper[bot]"
COMMAND = "/assess-resolution"
OUTAGE = {"ERROR_SHARE_MINIMUM": "10", "PROBE_PORTS": "9"}  # where nobody listens
FILES = "".join(f"  - {{id: packaged-{number}, file: service/monitoring.py}}\n" for number in range(5))
DOWN = "".join(f"      - {{id: up-{number}, http: 'http://127.0.0.1:9/{number}'}}\n" for number in range(6))
POLICY = f"""\
version: 1
watch: []
claims: off
trusted_bots: [helper]
criteria:
{FILES}profiles:
  live:
    criteria:
{DOWN}"""


def several(shas: Shas) -> dict[str, Any]:
    """Three issues that the same merged pull request has settled."""
    (pull,) = world(shas)["repositories"][0]["pulls"]
    return world(shas, issues=issues(shas), pulls=[pull | {"closes": [1, 3, 4]}])


def issues(shas: Shas) -> list[dict[str, Any]]:
    (first,) = world(shas)["repositories"][0]["issues"]
    return [first | {"number": number} for number in (1, 3, 4)]


def repository_id(github: SimulatorHandle) -> int:
    (created,) = {one.emission.repository for one in github.deliveries("issue_comment")}
    assert created is not None
    return created


async def parked(stage: Stage) -> int:
    return (await stage.parts.engine.healthy()).parked


async def go_on(stage: Stage, step: timedelta) -> None:
    """Time goes by, and what is due by then is done."""
    before = len(said(stage, "assessed"))
    stage.clock.ahead += step
    await stage.heard("assessed", before + 1)
    await stage.quiet()


def said(stage: Stage, event: str) -> list[Any]:
    return [fields for name, fields in stage.events if name == event]


async def states(stage: Stage) -> list[str]:
    return [(await stage.issue(number))["state"] for number in (1, 3, 4)]


async def test_one_too_many_waits(on_stage: Staging, shas: Shas) -> None:
    """The closing beyond the limit is not done, its answer says so at once, and it is done by itself later."""
    async with on_stage(several(shas), CLOSINGS_PER_HOUR="1") as stage:
        await write_policy(stage, POLICY)
        await stage.command(COMMAND, login=BOT)
        issue = await stage.command(COMMAND, login=BOT, issue=3)
        assert (await states(stage), await parked(stage)) == (["closed", "open", "open"], 1)
        (answer,) = answers(issue)
        assert answer.startswith("### ⚠️ Resolved, but not closed · ")
        assert "I measure again and go on by myself; somebody with triage closes it with" in answer
        assert "hour" not in answer
        assert reactions(issue, issue["comments"][0]["id"]) == {"+1"}
        await go_on(stage, SPACING + MINUTE)
        issue = await stage.issue(3)
        (held,) = said(stage, "held-back")
    assert issue["state"] == "closed"
    assert [one.partition(" · ")[0] for one in answers(issue)] == ["### ✅ Resolved: closed as completed"]
    assert "rocket" in reactions(issue, issue["comments"][0]["id"])
    assert (held["issue"], held["why"]) == (3, "hour")


async def test_each_has_its_turn(on_stage: Staging, shas: Shas) -> None:
    """Two that are held back go one after the other, not both when the hour is over."""
    async with on_stage(several(shas), CLOSINGS_PER_HOUR="1") as stage:
        await write_policy(stage, POLICY)
        for number in (1, 3, 4):
            await stage.command(COMMAND, login=BOT, issue=number)
        first, second = (datetime.fromisoformat(one["until"]) for one in said(stage, "held-back"))
        assert second - first == SPACING
        await go_on(stage, SPACING + MINUTE)
        assert (await states(stage), await parked(stage)) == (["closed", "closed", "open"], 1)
        await go_on(stage, SPACING)
        assert await states(stage) == ["closed", "closed", "closed"]
        assert len(said(stage, "held-back")) == 2


async def test_a_person_is_not_held_back(on_stage: Staging, shas: Shas) -> None:
    """Nor does his command count, and it takes the place of what waits."""
    async with on_stage(several(shas), CLOSINGS_PER_HOUR="1") as stage:
        await write_policy(stage, POLICY)
        for login, number in (("ann", 1), (BOT, 3), (BOT, 4)):
            await stage.command(COMMAND, login=login, issue=number)
        assert (await states(stage), await parked(stage)) == (["closed", "closed", "open"], 1)
        issue = await stage.command(COMMAND, issue=4)
        assert (issue["state"], await parked(stage)) == ("closed", 0)


async def test_a_merge_is_held_back(on_stage: Staging, shas: Shas) -> None:
    """So is what nobody asked for: it goes on as the merge's, and acts as the policy lets it."""
    async with on_stage(several(shas), CLOSINGS_PER_HOUR="1") as stage:
        await write_policy(stage, f"mode: act\n{POLICY}")
        await stage.command(COMMAND, login=BOT)
        owner, name = REPO.split("/")
        known = stage.github.deliveries("issue_comment")[0].emission
        place = Place(
            installation=known.installation or 0,
            repository_id=known.repository or 0,
            owner=owner,
            name=name,
            number=3,
        )
        merged = LinkedRequest(place=place, pull=2, pull_url="https://github.test/pull/2", closes=True)
        await stage.parts.engine.submit(Job(id="merge", kind=LINKED_JOB, key=place.key, payload=pack(merged)))
        await stage.heard("held-back", 1)
        await stage.quiet()
        await go_on(stage, SPACING + MINUTE)
        assert await states(stage) == ["closed", "closed", "open"]
        assert [fields["trigger"] for fields in said(stage, "assessed")] == ["command", "merge", "merge"]


async def test_a_restart_keeps_the_counts(on_stage: Staging, shas: Shas) -> None:
    """What was closed before the restart counts after it, and what was held back goes on at its moment."""
    async with on_stage(several(shas), CLOSINGS_PER_HOUR="1") as stage:
        await write_policy(stage, POLICY)
        for number in (1, 3):
            await stage.command(COMMAND, login=BOT, issue=number)
        await stage.restart()
        booking = Booking(act=Act.CLOSE, repository=repository_id(stage.github), name="another")
        assert await stage.parts.engine.counts.book(booking, 1, stage.clock()) > stage.clock() + SPACING
        assert await parked(stage) == 1
        await go_on(stage, SPACING + MINUTE)
        assert await states(stage) == ["closed", "closed", "open"]


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
async def test_an_outage_pauses_acting(
    on_stage: Staging, shas: Shas, request: pytest.FixtureRequest, store: str
) -> None:
    """Answers are given all the while, persons are served; what waits goes on by itself once a few probes measure."""
    more = {"DATABASE_URL": request.getfixturevalue("database_url")} if store == "postgres" else {}
    async with on_stage(several(shas), **OUTAGE, **more) as stage:
        await write_policy(stage, POLICY)
        for _ in range(3):
            await stage.command(f"{COMMAND} live --dry-run", issue=4)
        issue = await stage.command(COMMAND, login=BOT)
        assert (issue["state"], await parked(stage)) == ("open", 1)
        assert answers(issue)[0].startswith("### ⚠️ Resolved, but not closed · ")
        assert "error" not in answers(issue)[0]
        ready = await get(f"{stage.url}/readyz")
        assert (ready.status_code, ready.json()["paused_installations"]) == (200, 1)
        assert (await stage.command(COMMAND, issue=3))["state"] == "closed"
        await go_on(stage, 31 * MINUTE)
        assert (await stage.issue())["state"] == "closed"
        assert (await stage.parts.engine.healthy()).paused == 0
        told = [name for name, _ in stage.events if name.startswith("acting-")]
    assert told == ["acting-paused", "acting-resumed"]


async def test_it_pauses_on_while_nothing_can_be_measured(on_stage: Staging, shas: Shas) -> None:
    """A few probes after the pause decide, and where they fail it pauses on; that is not told again."""
    async with on_stage(several(shas), **OUTAGE) as stage:
        await write_policy(stage, POLICY)
        for ahead in (0, 0, 16):
            stage.clock.ahead += ahead * MINUTE
            await stage.command(f"{COMMAND} live --dry-run", issue=4)
        issue = await stage.command(COMMAND, login=BOT)
        assert (issue["state"], await parked(stage)) == ("open", 1)
        await go_on(stage, 31 * MINUTE)
        assert (await stage.issue())["state"] == "closed"
        told = [name for name, _ in stage.events if name.startswith("acting-")]
    assert told == ["acting-paused", "acting-resumed"]


async def test_just_before_the_closing(on_stage: Staging, shas: Shas) -> None:
    """What begins while the answer is written still stops the closing, and the answer is set right."""
    async with on_stage(several(shas)) as stage:
        await write_policy(stage, POLICY)
        await stage.github.fault("delay:0.5", operation="addComment", times=1)
        comment = await stage.github.comment(REPO, 1, BOT, COMMAND)
        await stage.applied()
        installation = stage.github.deliveries("issue_comment")[0].emission.installation
        assert installation is not None
        out = Tally(answers=100, errors=100)
        await stage.parts.engine.counts.heard(installation, out, Limits(), stage.clock())
        issue = await stage.answered(comment)
        assert (issue["state"], await parked(stage)) == ("open", 1)
        assert [one.partition(" · ")[0] for one in answers(issue)] == ["### ⚠️ Resolved, but not closed"]
        await go_on(stage, 31 * MINUTE)
        assert (await stage.issue())["state"] == "closed"
