"""The same journeys with everything kept in Postgres."""

from datetime import timedelta

import pytest

from tests.journeys import guarding, watching
from tests.journeys import test_grace as grace
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, get, world, write_policy
from tests.journeys.test_waivers import PEOPLE, POLICY, WAIVE, later, parked


async def test_close_on_postgres(on_stage: Staging, shas: Shas, database_url: str) -> None:
    """`DATABASE_URL` is all that it takes: a command closes, and its evidence is found again."""
    async with on_stage(world(shas), DATABASE_URL=database_url) as stage:
        issue = await stage.command("Created `service/monitoring.py`.\n\n/assess-resolution")
        again = await stage.command("/assess-resolution")
        link = answers(again)[-1].split("](https://bot.example.com")[-1].split(")")[0]
        assert (await get(stage.url + link)).status_code == 200
    assert issue["state"] == "closed"
    assert "already closed, verified" in answers(again)[-1].splitlines()[0]


async def test_a_waiver_on_postgres(on_stage: Staging, shas: Shas, database_url: str) -> None:
    """It is given, counts, is taken for the same at its end, and that is said once."""
    async with on_stage(world(shas, collaborators=PEOPLE), DATABASE_URL=database_url) as stage:
        await write_policy(stage, POLICY)
        issue = await stage.command(f"{WAIVE}\n\n/assess-resolution", login="mia")
        assert (issue["state"], await parked(stage)) == ("closed", 1)
        issue = await later(stage, timedelta(days=7, minutes=1))
    (answer,) = answers(issue)
    assert answer.startswith("### ❌ Closed, but not resolved")
    assert answer.count("⏳ The waiver of `documented` by @mia ended at ") == 1


async def test_a_watch_on_postgres(on_stage: Staging, shas: Shas, database_url: str) -> None:
    """It outlives a restart, and what fails in two looks is opened again once."""
    async with on_stage(world(shas), DATABASE_URL=database_url) as stage:
        await write_policy(stage, watching.POLICY)
        await stage.command("/assess-resolution")
        await stage.restart()
        await watching.pushed(stage, watching.GONE)
        await watching.later(stage, watching.HOUR)
        await watching.later(stage, watching.HOUR + watching.SOON)
        issue, left = await stage.issue(), await parked(stage)
    assert (issue["state"], "regression" in issue["labels"], left) == ("open", True, 0)
    assert answers(issue)[-1].startswith("### 🔁 Came back, and reopened")


@pytest.mark.parametrize("objects", [False, True])
async def test_an_announced_closing_on_postgres(
    on_stage: Staging, shas: Shas, database_url: str, *, objects: bool
) -> None:
    """It outlives a restart, and is done at its time unless somebody objected before."""
    async with on_stage(world(shas), DATABASE_URL=database_url) as stage:
        await write_policy(stage, grace.POLICY)
        await stage.command("/assess-resolution")
        await stage.restart()
        if objects:
            await grace.reacted(stage, "carol")
        issue = await grace.later(stage, grace.HOUR if objects else grace.DAY)
        left = await parked(stage)
    assert (issue["state"], "closing-soon" in issue["labels"], left) == ("open" if objects else "closed", False, 0)


@pytest.mark.parametrize("login", ["ann", guarding.ROBOT], ids=["a-note", "reopened"])
async def test_a_guarded_closing_on_postgres(on_stage: Staging, shas: Shas, database_url: str, login: str) -> None:
    """What waits for the merge's settling outlives a restart, and is looked at once: a note, or an opening as well."""
    async with on_stage(guarding.plain_world(shas), DATABASE_URL=database_url, settling=3600) as stage:
        await write_policy(stage, guarding.policy("{people: note, bots: reopen}", more="mode: act\n"))
        await stage.github.control("close", repo=REPO, issue=1, login=login)
        await stage.submitted("guard.v1")
        await stage.restart()
        assert answers(await stage.issue()) == []
        stage.clock.ahead = guarding.SETTLED
        await stage.heard("assessed", 1)
        await stage.quiet()
        issue = await stage.issue()
        assert (await parked(stage), guarding.looked(stage)) == (0, ["closure"])
    begins = "### ❌ Reopened: not resolved" if login == guarding.ROBOT else "### ❌ Closed, but not resolved"
    assert guarding.note(issue).startswith(begins)
    assert issue["state"] == ("open" if login == guarding.ROBOT else "closed")


async def test_a_closer_who_was_told_on_postgres(on_stage: Staging, shas: Shas, database_url: str) -> None:
    """Who closes it again after a restart has his note edited, and gets no second one."""
    async with on_stage(guarding.plain_world(shas), DATABASE_URL=database_url) as stage:
        await write_policy(stage, guarding.policy("note"))
        first = guarding.note(await guarding.close(stage))
        await stage.restart()
        await guarding.reopen(stage)
        second = guarding.note(await guarding.close(stage))
    assert first != second
    assert guarding.shown(first) == guarding.shown(second)
