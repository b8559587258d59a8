"""`/resolution status`: how things stand."""

from datetime import timedelta

from tests.assessment.golden import same_as_file
from tests.journeys.comments import FOLDER, stable
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, reactions, world, write_policy
from tests.journeys.test_grace import announced
from tests.journeys.waiting import asked, ended, suite_world


async def test_never_assessed(on_stage: Staging, shas: Shas) -> None:
    """Open, and nothing is known; with what to ask."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/resolution status")
    (answer,) = answers(issue)
    assert same_as_file(stable(answer), FOLDER / "status-never.md")
    assert reactions(issue, issue["comments"][0]["id"]) == {"eyes", "+1"}


async def test_what_it_waits_for(on_stage: Staging, shas: Shas) -> None:
    """A parked answer is told with its end, the next look and the run that was started; it goes on all the same."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        issue = await stage.command("/resolution status")
        assert same_as_file(stable(answers(issue)[-1]), FOLDER / "status-waiting.md")
        await ended(stage)
        issue = await stage.issue()
    assert issue["state"] == "closed"


async def test_closed(on_stage: Staging, shas: Shas) -> None:
    """What it was closed on, when, by whom, and the link to the evidence."""
    async with on_stage(world(shas)) as stage:
        await stage.command("/assess-resolution")
        issue = await stage.command("/resolution status")
    assert same_as_file(stable(answers(issue)[-1]), FOLDER / "status-closed.md")


async def test_after_a_contradiction(on_stage: Staging, shas: Shas) -> None:
    """It says that I only advise here, for what somebody did, and who settles that; until he does."""
    async with on_stage(world(shas)) as stage:
        await stage.command("/assess-resolution")
        stage.clock.ahead = timedelta(hours=1)
        await stage.command("/reopen it fails", login="carol")
        told = answers(await stage.command("/resolution status"))[-1]
        stage.clock.ahead = timedelta(hours=2)
        await stage.command("/assess-resolution")
        settled = answers(await stage.command("/resolution status"))[-1]
    assert "**By myself I only advise here** · carol reopened it through me. Somebody with **triage** settles" in told
    assert "only advise" not in settled


async def test_an_announced_closing(on_stage: Staging, shas: Shas) -> None:
    """When the issue will be closed; after an objection that it will not."""
    async with announced(on_stage, shas) as (stage, _):
        told = answers(await stage.command("/resolution status"))[-1]
        await stage.command("/reopen it fails", login="carol")
        await stage.quiet()
        objected = answers(await stage.command("/resolution status"))[-1]
    assert told.startswith("### 📌 This issue is open, and its closing is announced\n")
    assert "**Closing announced** · I close this on 20" in told
    assert "Closing announced" not in objected
    assert "**By myself I only advise here** · carol objected to the closing that I had announced." in objected


async def test_held_and_asked_in_a_broken_policy(on_stage: Staging, shas: Shas) -> None:
    """A hold label is named; where the policy cannot be used, that is said, and the rest all the same."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, "version: 1\nlabels: {hold: [Bug]}\n")
        held = answers(await stage.command("/resolution status"))[-1]
        await write_policy(stage, "version: 9\n")
        broken = answers(await stage.command("/resolution status"))[-1]
    assert "**Held** · the label `bug` holds it open: somebody with **triage** takes it off, and asks with" in held
    assert "`/resolution explain` names its faults" in broken
    assert "### 📌 This issue is open" in broken


async def test_what_is_waived(on_stage: Staging, shas: Shas) -> None:
    """Who waived what, until when, and why."""
    async with on_stage(world(shas, collaborators={"mia": "maintain", "ann": "triage"})) as stage:
        await stage.command("/resolution waive ci the runner is broken", login="mia")
        issue = await stage.command("/resolution status")
    assert "**Waivers** · `ci` by [mia](" in answers(issue)[-1]
    assert ": the runner is broken" in answers(issue)[-1]


async def test_a_stronger_role(on_stage: Staging, shas: Shas) -> None:
    """The policy may ask more than triage; the denial says how much, and the issue's author may all the same."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, "version: 1\npermissions: {explain: maintain}\n")
        denied = await stage.command("/resolution status")
        author = await stage.command("/resolution status", login="carol")
    assert "needs **maintain** here; you hold **triage**" in answers(denied)[-1]
    assert answers(author)[-1].startswith("### 📌")


async def test_on_a_pull_request(on_stage: Staging, shas: Shas) -> None:
    """It is for issues."""
    async with on_stage(world(shas)) as stage:
        comment = await stage.github.comment(REPO, 2, "ann", "/resolution status\n\n/resolution explain")
        await stage.github.settled()
        await stage.quiet()
        state = await stage.github.state()
    (pull,) = [one for one in state["repositories"][0]["pulls"] if one["number"] == 2]
    assert "Everything else has its place on the issue" in str(pull["comments"])
    assert str(comment) in str(pull["comments"])
