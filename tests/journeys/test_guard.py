"""Somebody else closes an issue: it is assessed where the policy guards that, and answered with a note."""

import pytest

from tests.assessment.golden import same_as_file
from tests.journeys.comments import FOLDER
from tests.journeys.conftest import Staging
from tests.journeys.guarding import (
    FALLS,
    HOLDS,
    ROBOT,
    close,
    looked,
    note,
    plain_world,
    policy,
    reopen,
    shown,
)
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, write_policy
from tests.journeys.test_merge import open_pull

ACT = "mode: act\n"
UNMEASURED = f"{HOLDS}  - {{id: ci, check: none-of-that-name}}\n"


async def test_one_that_holds(on_stage: Staging, shas: Shas) -> None:
    """A line says so, and the issue gets the labels of a closing."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("note", HOLDS))
        issue = await close(stage)
    assert (issue["state"], issue["labels"]) == ("closed", ["bug", "done"])
    assert same_as_file(shown(note(issue)), FOLDER / "guard-holds.md")


async def test_silence_where_it_holds(on_stage: Staging, shas: Shas) -> None:
    """`holding: silent`: the labels, and not a word."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("{people: note, holding: silent}", HOLDS))
        issue = await close(stage)
    assert (issue["labels"], answers(issue), looked(stage)) == (["bug", "done"], [], ["closure"])


async def test_one_that_does_not_hold(on_stage: Staging, shas: Shas) -> None:
    """A person's closing stays; a note names what is missing, calls nobody, and says how to disagree."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("{people: note, bots: reopen}", FALLS, ACT))
        issue = await close(stage)
    assert (issue["state"], issue["labels"]) == ("closed", ["bug"])
    assert same_as_file(shown(note(issue)), FOLDER / "guard-falls.md")


async def test_an_author_who_closed_it(on_stage: Staging, shas: Shas) -> None:
    """GitHub lets him open again what he has closed himself, and the note does not deny it."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("note"))
        issue = await close(stage, "carol")
    assert "The author, who closed it, and anyone with **triage** can reopen it." in note(issue)


async def test_a_bots_closing_is_reopened(on_stage: Staging, shas: Shas) -> None:
    """Bots may be guarded more strictly than people: what they closed is open again, with a note, without its label."""
    made = plain_world(shas)
    made["repositories"][0]["issues"][0]["labels"] = ["bug", "done"]
    async with on_stage(made) as stage:
        await write_policy(stage, policy("{people: note, bots: reopen}", FALLS, ACT))
        issue = await close(stage, ROBOT)
    assert (issue["state"], issue["labels"]) == ("open", ["bug"])
    assert same_as_file(shown(note(issue)), FOLDER / "guard-reopened.md")


async def test_what_a_keyword_closed_is_reopened(on_stage: Staging, shas: Shas) -> None:
    """The merge's one answer opens it again where that does not hold, and its first line says so."""
    async with on_stage(plain_world(shas, pulls=open_pull("Fixes #1.", [1]))) as stage:
        await write_policy(stage, policy("reopen", FALLS, ACT))
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.quiet()
        issue = await stage.issue()
    assert issue["state"] == "open"
    assert note(issue).startswith("### ❌ Reopened: not resolved · 1 of 2 criteria does not hold")
    assert looked(stage) == ["merge"]


async def test_a_trusted_bot_is_a_bot(on_stage: Staging, shas: Shas) -> None:
    """That its commands count does not make its closings right."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("{bots: reopen}", FALLS, f"{ACT}trusted_bots: [stale]\n"))
        issue = await close(stage, ROBOT)
    assert issue["state"] == "open"


async def test_nothing_is_reopened_by_advice(on_stage: Staging, shas: Shas) -> None:
    """`mode: advise`: the note says why the issue is left closed."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("reopen"))
        issue = await close(stage)
    assert issue["state"] == "closed"
    assert "**Left closed** · by myself I only advise here\n" in note(issue)


@pytest.mark.parametrize("reason", ["not_planned", "duplicate"])
async def test_what_was_closed_otherwise(on_stage: Staging, shas: Shas, reason: str) -> None:
    """Not planned, or a duplicate: a person decided that, and not a single request is made."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("reopen", FALLS, ACT))
        before = len(await stage.github.exchanges())
        issue = await close(stage, reason=reason)
        assert len(await stage.github.exchanges()) == before
    assert (issue["state"], answers(issue)) == ("closed", [])


@pytest.mark.parametrize("guard", ["off", "{bots: reopen}"])
async def test_where_nothing_is_guarded(on_stage: Staging, shas: Shas, guard: str) -> None:
    """One small request asks the policy; after that it is remembered, and a closing costs none."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy(guard))
        before = len(await stage.github.exchanges())
        await close(stage)
        made = [one for one in (await stage.github.exchanges())[before:] if "access_tokens" not in str(one["url"])]
        assert len(made) == 1
        before = len(await stage.github.exchanges())
        await reopen(stage)
        issue = await close(stage)
        assert len(await stage.github.exchanges()) == before
    assert answers(issue) == []


async def test_what_we_close_ourselves(on_stage: Staging, shas: Shas) -> None:
    """Our own closing and our own reopening set nothing off."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("reopen", HOLDS, ACT))
        issue = await stage.command("/assess-resolution")
        await stage.quiet()
    assert (issue["state"], looked(stage)) == ("closed", ["command"])


async def test_what_could_not_be_measured(on_stage: Staging, shas: Shas) -> None:
    """It is no reproach: nothing is said, changed or reopened, and the operator reads of it."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("reopen", UNMEASURED, ACT))
        issue = await close(stage, ROBOT)
        verdicts = [fields["verdict"] for event, fields in stage.events if event == "assessed"]
    assert (issue["state"], issue["labels"], answers(issue)) == ("closed", ["bug"], [])
    assert verdicts == ["inconclusive"]


@pytest.mark.parametrize("how", ["locked", "archived", "deleted", "transferred", "gone-policy"])
async def test_where_nobody_can_be_told(on_stage: Staging, shas: Shas, how: str) -> None:
    """Locked, archived, deleted, moved, or under a policy that cannot be used: no comment, no change, no failed job."""
    async with on_stage(plain_world(shas), settling=1.5) as stage:
        await write_policy(stage, policy("reopen", FALLS, ACT))
        await stage.github.control("close", repo=REPO, issue=1, login=ROBOT)
        if how == "archived":
            await stage.github.control("repository", repo=REPO, archived=True)
        elif how == "gone-policy":
            await write_policy(stage, "version: 1\nguard: sometimes\n")
        elif how == "transferred":
            await stage.github.control("transfer", repo=REPO, issue=1, to="acme/other#7")
        else:
            await stage.github.control("lock" if how == "locked" else "delete", repo=REPO, issue=1)
        await stage.quiet()
        told = {event for event, _ in stage.events}
        found = stage.github.world.repository(REPO)
        assert found is not None
        issue = found.issues[1]
    assert (issue.state, issue.comments) == ("closed", [])
    assert told & {"closing-left", "comment-refused"}
    assert "job-failed" not in told
