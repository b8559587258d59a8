"""Many pending answers that one check suite wakes together, with the real server: each goes on once, to its end.

1. `MANY` whole assessments, each parked by its own command and ended by a closing. `WOKEN_TOGETHER` sets how many; a
   thousand take five minutes on two cores, GitHub and its client included.
2. A thousand jobs (on Postgres fewer) as `bot.commands.waiting` leaves them, whose closings were taken back meanwhile:
   each looks, by the real handler, and leaves it at that.

`tests/journeys/test_wakeups.py` shows the same of what comes in over HTTP alone, with a handler that only counts.
"""

import asyncio
import os
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from bot.assessment import topics
from bot.assessment.evidence import CriterionId, Sha, Wait
from bot.assessment.waits import Awaited
from bot.commands.request import GuardRequest, Place
from bot.commands.waiting import Left, Look, follow_up
from bot.engine import Job
from tests.journeys.conftest import Staging
from tests.journeys.guarding import policy
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.test_waiting import CI, finished
from tests.journeys.waiting import ISSUE, home, parked

MANY = int(os.environ.get("WOKEN_TOGETHER", "40"))
PATIENCE = 60.0 + MANY
FIRST = 101


def crowded(shas: Shas, many: int) -> dict[str, Any]:
    """A world with so many open issues."""
    issues = [ISSUE | {"number": number} for number in range(FIRST, FIRST + many)]
    return world(shas, check_runs=[], issues=issues, pulls=[])


def told(stage: Stage, event: str) -> list[Any]:
    """What the operator was told of an event."""
    return [fields for name, fields in stage.events if name == event]


async def heard(stage: Stage, event: str, times: int) -> None:
    """As `Stage.heard`, with patience for many; and then nothing is under way."""
    async with asyncio.timeout(PATIENCE):
        while len(told(stage, event)) < times:
            await asyncio.sleep(0.05)
    await stage.quiet()


async def ended_twice(stage: Stage, check: int) -> None:
    """The check ends, and that is delivered twice."""
    await finished(stage, check)
    async with asyncio.timeout(PATIENCE):
        while not (told_once := stage.github.deliveries("check_suite")):
            await asyncio.sleep(0.01)
    await stage.github.control("redeliver", id=told_once[0].id)


async def test_each_is_closed_once(on_stage: Staging, shas: Shas) -> None:
    """So many commands wait for one check: each issue is closed once, with one answer, and nothing is left or dead."""
    async with on_stage(crowded(shas, MANY)) as stage:
        await write_policy(stage, f"watch: []\n{CI}")
        running = await stage.github.control("check", repo=REPO, name="unit")
        for number in range(FIRST, FIRST + MANY):
            await stage.github.comment(REPO, number, "ann", "/assess-resolution")
        await heard(stage, "parked", MANY)
        assert await parked(stage) == MANY
        await ended_twice(stage, int(running["id"]))
        await heard(stage, "assessed", 2 * MANY)
        assert await parked(stage) == 0
        state: Any = await stage.github.state()
        asked = Counter(str(one["url"]) for one in await stage.github.exchanges() if one["method"] == "PATCH")
    issues = state["repositories"][0]["issues"]
    ends = Counter((one["state"], len(answers(one)), _moods(one)) for one in issues)
    assert ends == {("closed", 1, "+1 eyes rocket"): MANY}
    assert (len(asked), set(asked.values()), told(stage, "job-dead")) == (MANY, {1}, [])


def _moods(issue: dict[str, Any]) -> str:
    """The reactions to its command."""
    return " ".join(sorted(one["content"] for one in issue["comments"][0]["reactions"]))


def waiting(stage: Stage, number: int, sha: str) -> Job:
    """What the guard's look at a closing leaves behind where a check still runs."""
    repository, now = home(stage.github), stage.clock()
    owner, name = REPO.split("/")
    place = Place(
        installation=stage.github.installation_id(REPO),
        repository_id=repository.id,
        owner=owner,
        name=name,
        number=number,
    )
    wait = Wait(topics=(topics.check_suite(repository.id, Sha(sha)),), what="`unit`", until=now + timedelta(hours=6))
    look = Look(
        job=f"guard:{place.key}",
        request=GuardRequest(place=place, by="bob", by_bot=False, closed_at=None),
        errand=None,
        began=now,
        ended=now,
    )
    left = Left(issue_node=repository.issues[number].node_id, comment="", started=(), since=(now, 0))
    return follow_up(look, (Awaited(criterion=CriterionId("ci"), wait=wait),), left)


@pytest.mark.parametrize(("store", "many"), [("sqlite", 1_000), ("postgres", 100)])
async def test_each_looks_once(
    on_stage: Staging, shas: Shas, request: pytest.FixtureRequest, store: str, many: int
) -> None:
    """So many wait for one check: one look each at an issue that is open again, and nothing else."""
    more = {"DATABASE_URL": request.getfixturevalue("database_url")} if store == "postgres" else {}
    async with on_stage(crowded(shas, many), **more) as stage:
        await write_policy(stage, policy("note"))
        running = await stage.github.control("check", repo=REPO, name="unit")
        sha = home(stage.github).check_runs[-1].suite.sha
        for number in range(FIRST, FIRST + many):
            await stage.parts.engine.submit(waiting(stage, number, sha))
        assert await parked(stage) == many
        before = len(await stage.github.exchanges())
        await ended_twice(stage, int(running["id"]))
        await heard(stage, "closing-left", many)
        made = [one for one in (await stage.github.exchanges())[before:] if "access_tokens" not in str(one["url"])]
        assert await parked(stage) == 0
    looks = Counter((fields["issue"], fields["why"]) for fields in told(stage, "closing-left"))
    assert (len(looks), set(looks.values()), {why for _, why in looks}) == (many, {1}, {"it is open again"})
    assert (len(made), told(stage, "job-dead")) == (many, [])
