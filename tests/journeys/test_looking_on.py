"""Whoever only looks, at an issue where an answer waits or a closing is announced: that stands as it was."""

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import answers
from tests.journeys.test_grace import DAY, announced, later
from tests.journeys.waiting import asked, ended, parked, suite_world

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
