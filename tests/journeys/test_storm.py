"""Hundreds of checks end for one commit, each for itself: the one that is waited for among them."""

from bot.simulator.reporting import finish_check
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, world, write_policy
from tests.journeys.waiting import COMMAND, ISSUE, home

POLICY = (
    "version: 1\nclaims: off\ncriteria:\n  - {id: packaged, file: service/monitoring.py}\n  - {id: ci, check: unit}\n"
)
FIRST, STORM, FEW = 4, 120, 16


async def test_many_events_are_answered_by_few_looks(on_stage: Staging, shas: Shas) -> None:
    """The first ones at once; then there are rests, and the end is not missed."""
    async with on_stage(world(shas, check_runs=[], issues=[ISSUE])) as stage:
        await write_policy(stage, POLICY)
        unit = await stage.github.control("check", repo=REPO, name="unit")
        issue = await stage.answered(await stage.github.comment(REPO, 1, "bob", COMMAND))
        assert "**Waiting for** · `unit` on" in answers(issue)[0]
        for number in range(FIRST):
            await stage.github.control("check", repo=REPO, name="lint", app=f"app{number}", conclusion="success")
            await stage.quiet()
        before = len(await stage.github.exchanges())
        for number in range(FIRST, STORM):
            await stage.github.control("check", repo=REPO, name="lint", app=f"app{number}", conclusion="success")
        run = next(one for one in home(stage.github).check_runs if one.id == unit["id"])
        await finish_check(stage.github.world, run, "success", home(stage.github).owner)
        await stage.until(lambda seen: seen["state"] == "closed")
        await stage.quiet()
        spent = len(await stage.github.exchanges()) - before
        assert spent < FEW
