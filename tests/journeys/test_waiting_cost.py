"""What the net below the events asks of GitHub, and that docs/operating.md reckons with it."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from bot.commands.waiting import OBJECTIONS, POLLS, SPREAD
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.test_grace import announced
from tests.journeys.test_waiting import CI
from tests.journeys.waiting import ISSUE, parked

PAGE = Path(__file__).parents[2] / "docs" / "operating.md"
MANY, BUDGET = 10_000, 5_000
HOUR = timedelta(hours=1)
LOOK = {"REST": 1, "GraphQL": 2}
POLL = {"REST": 1, "GraphQL": 2}


async def asked(stage: Stage, before: int) -> dict[str, int]:
    """What GitHub was asked since then, by the budgets that it counts; a token is fetched once in an hour for all."""
    made = [str(one["url"]) for one in (await stage.github.exchanges())[before:]]
    return Counter("GraphQL" if url.endswith("/graphql") else "REST" for url in made if "access_tokens" not in url)


async def test_a_look_of_the_net(on_stage: Staging, shas: Shas) -> None:
    """A look that finds nothing new where a check and the reporter are waited for: so many requests, and no write."""
    async with on_stage(world(shas, check_runs=[], issues=[ISSUE])) as stage:
        await write_policy(stage, f"{CI}  - {{id: said, confirmation: {{by: reporter}}}}\n")
        await stage.github.control("check", repo=REPO, name="unit")
        issue = await stage.command("/assess-resolution")
        before = len(await stage.github.exchanges())
        stage.clock.ahead = POLLS[0] + timedelta(minutes=1)
        await stage.heard("parked", 2)
        await stage.quiet()
        assert await asked(stage, before) == LOOK
        assert (await stage.issue())["comments"] == issue["comments"]
    assert "2 of 3 criteria" in answers(issue)[0]


async def test_a_look_for_objections(on_stage: Staging, shas: Shas) -> None:
    """What is announced is asked for with so many requests an hour."""
    async with announced(on_stage, shas) as (stage, _):
        before = len(await stage.github.exchanges())
        stage.clock.ahead = OBJECTIONS + timedelta(minutes=1)
        await stage.rested()
        assert (await parked(stage), await asked(stage, before)) == (1, POLL)


def test_the_page_reckons_with_it() -> None:
    """How often such an answer is looked at, what a look asks, and what that comes to."""
    ten, twenty, forty, one, two, four, six = (int(pause.total_seconds() / 60) for pause in POLLS)
    looks = MANY * (HOUR / (POLLS[-1] * (1 - SPREAD)))
    page = " ".join(PAGE.read_text().split())
    assert (
        f"after {ten}, {twenty} and {forty} minutes, {one // 60}, {two // 60} and {four // 60} hours, and every "
        f"{six // 60} hours from then on, each up to a sixth sooner"
    ) in page
    assert SPREAD == 1 / 6
    assert f"asks {LOOK['REST']} request of REST and {LOOK['GraphQL']} of GraphQL" in page
    assert (
        f"{MANY:,} of them ask at most {looks * LOOK['REST']:,.0f} of REST and {looks * LOOK['GraphQL']:,.0f} of "
        "GraphQL an hour"
    ) in page
    assert f"looks {len(POLLS) - 1} times in its first {round(sum(POLLS[:-1], timedelta(0)) / HOUR)} hours" in page
    assert OBJECTIONS == HOUR
    assert f"asks {POLL['REST']} of REST and {POLL['GraphQL']} of GraphQL every hour" in page
    assert f"{BUDGET // max(POLL.values()):,} announced closings" in page
