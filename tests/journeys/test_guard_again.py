"""Closings that come again, or beside other looks: one answer, and nobody is told twice."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from bot.commands.merge import MOST_CLOSED
from bot.simulator.reporting import finish_check
from tests.journeys.conftest import Staging
from tests.journeys.guarding import (
    FALLS,
    HOLDS,
    ISSUE,
    ROBOT,
    close,
    looked,
    note,
    plain_world,
    policy,
    reopen,
    why_left,
)
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, write_policy
from tests.journeys.test_merge import open_pull
from tests.journeys.waiting import POLICY as SUITE
from tests.journeys.waiting import home, parked, runs, suite_world

ACT = "mode: act\n"
STRICT = policy("reopen", FALLS, ACT)
COMMAND = "Packaged `service/monitoring.py`.\n\n/assess-resolution"


async def test_a_person_has_the_last_word(on_stage: Staging, shas: Shas) -> None:
    """Whoever closes it again after our reopening is right for good: it stays closed, and nothing more is said."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, STRICT)
        assert (await close(stage))["state"] == "open"
        issue = await close(stage)
        assert (issue["state"], len(answers(issue))) == ("closed", 1)
        await reopen(stage)
        issue = await close(stage, "bob")
    assert (issue["state"], len(answers(issue)), looked(stage)) == ("closed", 1, ["closure"])


async def test_a_bot_that_closes_again(on_stage: Staging, shas: Shas) -> None:
    """It is not fought with: the note that stands says why the issue is left closed, and there is no second one."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, STRICT)
        await close(stage, ROBOT)
        issue = await close(stage, ROBOT)
    assert issue["state"] == "closed"
    assert "**Left closed** · I reopened it, so I leave it closed\n" in note(issue)


async def test_one_note_a_person(on_stage: Staging, shas: Shas) -> None:
    """The same person's next closing edits the note, whatever it says by then; another person's has its own."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("note"))
        first = note(await close(stage))
        await reopen(stage)
        again = note(await close(stage))
        await reopen(stage)
        await write_policy(stage, policy("note", HOLDS))
        better = note(await close(stage))
        await reopen(stage)
        issue = await close(stage, "bob")
    assert [one.startswith("### ❌") for one in (first, again, better)] == [True, True, False]
    assert "Closed by `@bob`, and it holds" in note(issue)  # ann's is outdated
    assert [one["minimized"] for one in issue["comments"]] == [True, False]


async def test_once_against_each_closer(on_stage: Staging, shas: Shas) -> None:
    """Whoever had a note has the issue left closed when he closes it again, whatever came between."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, STRICT)
        assert (await close(stage, ROBOT))["state"] == "open"
        await write_policy(stage, policy("reopen", HOLDS, ACT))
        assert (await stage.command("/assess-resolution"))["state"] == "closed"
        await write_policy(stage, STRICT)
        await reopen(stage, "other[bot]")
        issue = await close(stage, ROBOT)
        assert looked(stage) == ["closure", "command", "closure"]
    assert issue["state"] == "closed"
    said = "".join(answers(issue))
    assert "### ❌ Closed again, but not resolved" in said
    assert "**Left closed** · whoever closed it was told before, so I do not open it again\n" in said


async def test_a_deleted_note_stays_deleted(on_stage: Staging, shas: Shas) -> None:
    """Whoever deletes the note does not want it: the next closing does not bring it back."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("note"))
        issue = await close(stage)
        await stage.github.control("delete", repo=REPO, issue=1, comment_id=issue["comments"][0]["id"])
        await reopen(stage)
        issue = await close(stage)
    assert (issue["state"], issue["comments"]) == ("closed", [])


async def test_reopened_before_the_look(on_stage: Staging, shas: Shas) -> None:
    """What is open again when it is looked at needs no look; of two closings the newer one is looked at."""
    async with on_stage(plain_world(shas), settling=1.5) as stage:
        await write_policy(stage, STRICT)
        await stage.github.control("close", repo=REPO, issue=1, login="ann")
        await reopen(stage)
        assert (looked(stage), why_left(stage)) == ([], ["it is open again"])
        await stage.github.control("close", repo=REPO, issue=1, login="ann", reason="not_planned")
        await reopen(stage)
        issue = await close(stage, "bob")
    assert (len(answers(issue)), looked(stage)) == (1, ["closure"])


async def test_a_closing_that_is_told_twice(on_stage: Staging, shas: Shas) -> None:
    """A redelivery is no second closing."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, policy("note"))
        await close(stage)
        (told,) = [one for one in stage.github.deliveries("issues") if one.emission.action == "closed"]
        await stage.github.control("deliver", event="issues", payload=told.emission.payload)
        await stage.quiet()
        issue = await stage.issue()
    assert (len(answers(issue)), looked(stage)) == (1, ["closure"])


@pytest.mark.parametrize(("login", "state", "said"), [("ann", "closed", 1), (ROBOT, "open", 2)])
async def test_against_our_answer(on_stage: Staging, shas: Shas, login: str, state: str, said: int) -> None:
    """A person who closes what our answer called unresolved has decided that knowingly; a bot has not."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, STRICT)
        await stage.command(COMMAND)
        issue = await close(stage, login)
    assert (issue["state"], len(answers(issue))) == (state, said)


async def test_a_bot_against_a_person(on_stage: Staging, shas: Shas) -> None:
    """Once a person has reopened it I only advise: what a bot closes then gets a note, and stays closed."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, STRICT)
        await close(stage, reason="not_planned")
        await reopen(stage)
        issue = await close(stage, ROBOT)
    assert issue["state"] == "closed"
    assert "**Left closed** · carol reopened it, so by myself I only advise here" in note(issue)


@pytest.mark.parametrize("asks_first", [True, False])
async def test_beside_a_command(on_stage: Staging, shas: Shas, *, asks_first: bool) -> None:
    """Whoever closes it and has it assessed gets the one answer that he asked for."""
    async with on_stage(plain_world(shas), settling=1.5) as stage:
        await write_policy(stage, policy("note"))
        if asks_first:
            await stage.github.fault("delay:0.5", operation="Acknowledge", times=1)
            await stage.github.comment(REPO, 1, "ann", COMMAND)
            await stage.applied()
        await stage.github.control("close", repo=REPO, issue=1, login="ann")
        if not asks_first:
            await stage.github.comment(REPO, 1, "ann", COMMAND)
        await stage.quiet()
        issue = await stage.issue()
    assert (issue["state"], len(answers(issue))) == ("closed", 1)
    assert looked(stage) == ["command"]


def merging(shas: Shas, body: str = "Adds `service/later.py`. Fixes #1.") -> dict[str, Any]:
    """A world with a pull request that is to be merged."""
    return plain_world(shas, pulls=open_pull(body, [1]))


async def merged_unheard(stage: Stage) -> dict[str, Any]:
    """Merge it, and keep the webhooks back: the payloads of the merge and of the closing."""
    hook, stage.github.world.app.webhook_url = stage.github.world.app.webhook_url, None
    await stage.github.control("merge", repo=REPO, pull=2)
    await stage.until(lambda seen: seen["state"] == "closed")
    await stage.github.settled()
    stage.github.world.app.webhook_url = hook
    return {
        event: next(one.emission.payload for one in stage.github.deliveries(event) if one.emission.action == "closed")
        for event in ("pull_request", "issues")
    }


@pytest.mark.parametrize("pause", [False, True], ids=["together", "apart"])
@pytest.mark.parametrize("order", [*permutations(("pull_request", "issues"))], ids="-".join)
@pytest.mark.parametrize(("on_merge", "by"), [("true", "merge"), ("false", "closure")])
async def test_a_keyword_of_a_merge(
    on_stage: Staging, shas: Shas, order: tuple[str, ...], on_merge: str, by: str, *, pause: bool
) -> None:
    """The merge assesses what its keyword closed, else the closing does: one answer, whichever is told first."""
    async with on_stage(merging(shas)) as stage:
        await write_policy(stage, policy("note", FALLS, f"on_merge: {on_merge}\n"))
        payloads = await merged_unheard(stage)
        for event in order:
            await stage.github.control("deliver", event=event, payload=payloads[event])
            if pause:
                await stage.quiet()
        await stage.quiet()
        issue = await stage.issue()
    assert (len(answers(issue)), looked(stage)) == (1, [by])


@pytest.mark.parametrize(("number", "by"), [(3, []), (1, ["closure"])])
async def test_more_keywords_than_a_merge_assesses(on_stage: Staging, shas: Shas, number: int, by: list[str]) -> None:
    """What a merge closes beyond its limit is looked at as a closing: nobody says that another answers it."""
    closes = [*range(3, 3 + MOST_CLOSED), 1]
    issues = [{**ISSUE, "number": one} for one in closes]
    async with on_stage(plain_world(shas, issues=issues, pulls=open_pull("Later.", closes))) as stage:
        await write_policy(stage, policy("note"))
        await merged_unheard(stage)
        told = [one.emission.payload for one in stage.github.deliveries("issues") if one.emission.action == "closed"]
        (payload,) = [one for one in told if one["issue"]["number"] == number]  # type: ignore[index, call-overload]
        await stage.github.control("deliver", event="issues", payload=payload)
        await stage.quiet()
    assert (looked(stage), why_left(stage)) == (by, [] if by else ["the merge's assessment answers it"])


@pytest.mark.parametrize(("merged", "by"), [(True, "merge"), (False, "closure")])
async def test_a_commit_that_closes(on_stage: Staging, shas: Shas, *, merged: bool, by: str) -> None:
    """A commit's keyword is the merge's to assess where a merge brought it, and else the closing's."""
    async with on_stage(merging(shas, "Tidies up.")) as stage:
        await write_policy(stage, policy("note"))
        if merged:
            await stage.github.control("merge", repo=REPO, pull=2, message="Package it\n\nFixes #1")
        else:
            files = {"service/more.py": "MORE = 1\n"}
            await stage.github.control(
                "commit", repo=REPO, branch="main", files=files, message="Fixes #1", author="bob"
            )
        await stage.until(lambda seen: seen["state"] == "closed")
        await stage.quiet()
        issue = await stage.issue()
    assert (len(answers(issue)), looked(stage)) == (1, [by])


GUARDED_CI = f"{HOLDS}  - {{id: ci, check: unit}}\n"


async def begun(stage: Stage) -> int:
    """A check that goes on; its number."""
    made: dict[str, int] = await stage.github.control("check", repo=REPO, name="unit")
    return made["id"]


async def finished(stage: Stage, number: int, conclusion: str) -> dict[str, Any]:
    """It ends, and all that follows has happened."""
    repository = home(stage.github)
    (check,) = [one for one in repository.check_runs if one.id == number]
    await finish_check(stage.github.world, check, conclusion, repository.owner)
    await stage.quiet()
    return await stage.issue()


@pytest.mark.parametrize(
    ("conclusion", "state", "says"), [("success", "closed", "and it holds"), ("failure", "open", "Reopened: ")]
)
async def test_what_is_on_its_way(on_stage: Staging, shas: Shas, conclusion: str, state: str, says: str) -> None:
    """While something is on its way nothing is said; then one thing is."""
    async with on_stage(plain_world(shas, check_runs=[])) as stage:
        await write_policy(stage, policy("reopen", GUARDED_CI, ACT))
        running = await begun(stage)
        issue = await close(stage, ROBOT)
        assert (answers(issue), issue["labels"], await parked(stage)) == ([], ["bug"], 1)
        issue = await finished(stage, running, conclusion)
        assert await parked(stage) == 0
    assert issue["state"] == state
    assert says in note(issue)


async def test_a_restart_while_it_waits(on_stage: Staging, shas: Shas) -> None:
    """What ends while the server is down is found by the next process: one note, one reopening."""
    async with on_stage(plain_world(shas, check_runs=[])) as stage:
        await write_policy(stage, policy("reopen", GUARDED_CI, ACT))
        running = await begun(stage)
        await close(stage, ROBOT)
        await stage.restart()
        kept, hook = await parked(stage), stage.github.world.app.webhook_url
        stage.github.world.app.webhook_url = None
        await finished(stage, running, "failure")
        stage.github.world.app.webhook_url = hook
        stage.clock.ahead += timedelta(minutes=11)
        await stage.until(lambda seen: seen["state"] == "open")
        await stage.quiet()
        issue = await stage.issue()
    assert (kept, len(answers(issue))) == (1, 1)
    assert "Reopened: " in note(issue)


async def test_what_takes_too_long(on_stage: Staging, shas: Shas) -> None:
    """What never ends was not measured: nothing is ever said."""
    async with on_stage(plain_world(shas, check_runs=[])) as stage:
        await write_policy(stage, policy("reopen", GUARDED_CI, ACT))
        await begun(stage)
        await close(stage, ROBOT)
        stage.clock.ahead += timedelta(days=30)
        await stage.heard("assessed", 1)
        await stage.quiet()
        issue = await stage.issue()
    assert (issue["state"], answers(issue)) == ("closed", [])


async def test_reopened_while_it_waits(on_stage: Staging, shas: Shas) -> None:
    """A person who reopens it meanwhile wants no word about its closing."""
    async with on_stage(plain_world(shas, check_runs=[])) as stage:
        await write_policy(stage, policy("reopen", GUARDED_CI, ACT))
        running = await begun(stage)
        await close(stage)
        await reopen(stage)
        issue = await finished(stage, running, "failure")
    assert (issue["state"], answers(issue), looked(stage)) == ("open", [], [])


@pytest.mark.parametrize(("guard", "says"), [("note", []), ("reopen", ["closure"])])
async def test_while_an_answer_waits(on_stage: Staging, shas: Shas, guard: str, says: list[str]) -> None:
    """The answer that waits tells of the closing by itself; only what may reopen looks as well."""
    async with on_stage(plain_world(shas, check_runs=[])) as stage:
        await write_policy(stage, policy(guard, GUARDED_CI, ACT))
        running = await begun(stage)
        comment = await stage.github.comment(REPO, 1, "bob", COMMAND)
        await stage.answered(comment)
        await close(stage)
        issue = await finished(stage, running, "failure")
    assert sorted(looked(stage)) == sorted(["command", "command", *says])
    assert (issue["state"], len(answers(issue))) == ("open" if says else "closed", 1 + len(says))


async def test_no_workflow_is_started(on_stage: Staging, shas: Shas) -> None:
    """Whoever may close an issue may not for that start a workflow of the repository's."""
    async with on_stage(suite_world(shas)) as stage:
        await write_policy(stage, f"{SUITE}guard: reopen\nmode: act\n")
        issue = await close(stage, "carol")
        assert (runs(stage.github), answers(issue)) == ([], [])


async def test_a_death_after_the_note(on_stage: Staging, shas: Shas) -> None:
    """A note that says more than was done says so in one more line; the operator finds its number in the log."""
    async with on_stage(plain_world(shas)) as stage:
        await write_policy(stage, STRICT)
        await stage.github.fault("status:500", method="PATCH", path="/issues/1$", times=None)
        await stage.github.fault("status:503", operation="updateIssueComment", times=4)
        issue = await close(stage, ROBOT)
        (dead,) = [fields for event, fields in stage.events if event == "job-dead"]
    assert issue["state"] == "closed"
    assert "Something broke on my side after this" in note(issue)
    assert str(dead["error"]) in note(issue)


async def test_beyond_the_hours_limit(on_stage: Staging, shas: Shas) -> None:
    """A reopening that is held back says nothing until it is done: then there is one note, and it is true."""
    made = plain_world(shas, issues=[dict(ISSUE), {**ISSUE, "number": 3}])
    async with on_stage(made, REOPENINGS_PER_HOUR="1") as stage:
        await write_policy(stage, STRICT)
        await stage.github.control("close", repo=REPO, issue=3, login=ROBOT)
        await stage.quiet()
        issue = await close(stage, ROBOT)
        assert (issue["state"], answers(issue), await parked(stage)) == ("closed", [], 1)
        status = answers(await stage.command("/resolution status"))[-1]
        assert "**Last assessment** · ❌ Closed, but not resolved · " in status
        assert "**Put off** · at " in status
        stage.clock.ahead += timedelta(hours=2)
        issue = await stage.until(lambda seen: seen["state"] == "open")
        await stage.quiet()
    (_, said) = answers(issue)
    assert "Reopened: " in said
