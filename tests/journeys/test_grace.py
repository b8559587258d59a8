"""A closing that the policy announces a day before: done at its time, once, or stopped by whom the text names."""

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.assessment.golden import same_as_file
from tests.journeys.comments import FOLDER, stable
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, world, write_policy
from tests.journeys.test_waiting import finished
from tests.journeys.waiting import parked

POLICY = """\
version: 1
watch: []
claims: off
close: {after: 24h}
labels: {pending: closing-soon, resolved: development-complete, hold: on-hold}
criteria:
  - {id: packaged, file: service/monitoring.py}
"""
HOUR = timedelta(minutes=61)
DAY = timedelta(hours=24, minutes=2)


def merges(shas: Shas) -> dict[str, Any]:
    """A world with two merged pull requests that are linked to the issue, and an open one that is not."""
    made = world(shas)
    linked = made["repositories"][0]["pulls"][0]
    idle = {"number": 3, "title": "Tidy up", "body": "Tidies.", "state": "open", "base": "main", "head": "later"}
    made["repositories"][0]["pulls"] += [idle | {"author": "bob"}, linked | {"number": 4}]
    return made


@asynccontextmanager
async def announced(on_stage: Staging, shas: Shas, policy: str = POLICY) -> AsyncIterator[tuple[Stage, int]]:
    """The closing is announced; the command's comment."""
    async with on_stage(merges(shas)) as stage:
        await write_policy(stage, policy)
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        issue = await stage.answered(comment)
        assert (issue["state"], await parked(stage)) == ("open", 1)
        assert reactions(issue, comment) == {"eyes", "+1"}
        yield stage, comment


async def later(stage: Stage, ahead: timedelta) -> dict[str, Any]:
    """Time goes by until what is parked has been assessed; the issue then."""
    assessed = len([name for name, _ in stage.events if name == "assessed"])
    stage.clock.ahead = ahead
    await stage.heard("assessed", assessed + 1)
    await stage.quiet()
    return await stage.issue()


async def heard(stage: Stage) -> dict[str, Any]:
    """What was said is heard: no time goes by. The issue then."""
    await stage.heard("assessed", 2)
    await stage.quiet()
    return await stage.issue()


async def reacted(stage: Stage, login: str) -> None:
    """Somebody puts 👎 on our answer; GitHub tells nobody."""
    comments = (await stage.issue())["comments"]
    answer = [one["id"] for one in comments if one["author"] == "resolution[bot]" and not one["minimized"]][-1]
    await stage.github.control("react", repo=REPO, comment_id=answer, login=login, content="-1")


async def merged(stage: Stage, number: int) -> None:
    """GitHub tells of the merge of a pull request that closes nothing by itself, and of what follows."""
    if not stage.github.deliveries("pull_request"):
        await stage.github.control("merge", repo=REPO, pull=3)
        await stage.quiet()
    (told,) = [one for one in stage.github.deliveries("pull_request") if one.emission.action == "closed"][:1]
    payload: dict[str, Any] = copy.deepcopy(told.emission.payload)  # type: ignore[assignment]
    payload["number"] = payload["pull_request"]["number"] = number
    await stage.github.control("deliver", event="pull_request", payload=payload)
    await stage.quiet()


def closings(stage: Stage) -> int:
    """How often the issue was closed."""
    return len([one for one in stage.github.deliveries("issues") if one.emission.action == "closed"])


async def test_announced_then_closed(on_stage: Staging, shas: Shas) -> None:
    """The answer says when and how to stop it; at that time, not before, the issue is closed, once."""
    async with announced(on_stage, shas) as (stage, comment):
        issue = await stage.issue()
        assert "closing-soon" in issue["labels"]
        assert same_as_file(stable(answers(issue)[-1]), FOLDER / "grace-announced.md")
        stage.clock.ahead = timedelta(hours=23, minutes=50)
        await stage.idle()
        assert (await stage.issue())["state"] == "open"
        issue = await later(stage, DAY)
        assert (await parked(stage), closings(stage)) == (0, 1)
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert sorted(issue["labels"]) == ["bug", "development-complete"]
    assert same_as_file(stable(answers(issue)[-1]), FOLDER / "grace-closed.md")
    assert (len(answers(issue)), reactions(issue, comment)) == (1, {"eyes", "+1", "rocket"})


@pytest.mark.parametrize("login", ["carol", "ann", "bob"], ids=["reporter", "triage", "write"])
@pytest.mark.parametrize("how", ["comment", "thumb"])
async def test_vetoed(on_stage: Staging, shas: Shas, login: str, how: str) -> None:
    """The reporter and everybody with triage stop it, by either way; it is said who did, and the label is gone."""
    async with announced(on_stage, shas) as (stage, _):
        if how == "thumb":
            await reacted(stage, login)
            issue = await later(stage, HOUR)
        else:
            await stage.github.comment(REPO, 1, login, "It still fails here.")
            issue = await heard(stage)
        assert (await parked(stage), closings(stage)) == (0, 0)
    assert (issue["state"], "closing-soon" in issue["labels"]) == ("open", False)
    (answer,) = answers(issue)
    assert answer.startswith("### ✅ Resolved: left open, a person spoke up")
    assert f"{login} {'objected to' if how == 'thumb' else 'commented after'}" in answer
    if (login, how) == ("carol", "thumb"):
        assert same_as_file(stable(answer), FOLDER / "grace-vetoed.md")


@pytest.mark.parametrize("login", ["dora", "erin", "helper[bot]"], ids=["reader", "stranger", "bot"])
async def test_no_veto(on_stage: Staging, shas: Shas, login: str) -> None:
    """Whoever has no say here, and every bot, stops nothing."""
    async with announced(on_stage, shas) as (stage, _):
        await reacted(stage, login)
        await stage.github.comment(REPO, 1, login, "I would keep it open.")
        issue = await later(stage, DAY)
    assert issue["state"] == "closed"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("/resolution status", "closed"),
        ("/assess-resolution help", "closed"),
        ("This is NOT fixed, please keep it open.\n\n/resolution status", "open"),
        ("/reopn", "open"),
        ("/reopen it fails", "open"),
        ("/resolution cancel", "open"),
    ],
    ids=["status", "help", "words-beside-it", "slip", "reopen", "cancel-without-the-right"],
)
async def test_commands_in_between(on_stage: Staging, shas: Shas, said: str, state: str) -> None:
    """Nothing but commands that are understood is no objection; words beside them are, and what means to stop it."""
    async with announced(on_stage, shas) as (stage, _):
        await stage.command(said, login="carol")
        issue = await (later(stage, DAY) if await parked(stage) else stage.issue())
    assert issue["state"] == state


@pytest.mark.parametrize("login", ["carol", "ann"], ids=["reporter", "triage"])
async def test_reopen_is_an_objection(on_stage: Staging, shas: Shas, login: str) -> None:
    """It says that it counts as one, and the announcement is withdrawn at once: both texts agree. The log says who."""
    async with announced(on_stage, shas) as (stage, _):
        comment = await stage.github.comment(REPO, 1, login, "/reopen it fails on arm64")
        await stage.answered(comment)
        await stage.heard("assessed", 2)
        await stage.quiet()
        issue = await stage.issue()
        assert (await parked(stage), closings(stage)) == (0, 0)
        (line,) = [fields for name, fields in stage.events if name == "objected"]
    assert line == {"repository": REPO, "issue": 1, "by": login, "comment": comment}
    answer, reply = answers(issue)
    assert (issue["state"], reactions(issue, comment)) == ("open", {"eyes", "+1"})
    assert answer.startswith("### ✅ Resolved: left open, a person spoke up")
    assert reply.startswith(
        f"↩️ @{login} objected to the closing that I had announced:\n\n> it fails on arm64\n\nIt is called off"
    )


async def test_reopen_without_the_right(on_stage: Staging, shas: Shas) -> None:
    """Whoever may not is told who can stop it, and it is done as announced."""
    async with announced(on_stage, shas) as (stage, _):
        denied = answers(await stage.command("/reopen", login="dora"))[-1]
        assert "one of them can reopen it, or stop a closing that is announced." in denied
        assert (await later(stage, DAY))["state"] == "closed"


async def test_an_edit_is_an_objection(on_stage: Staging, shas: Shas) -> None:
    """What was said before counts when it is changed afterwards; what nobody changed does not."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY)
        words = await stage.github.comment(REPO, 1, "carol", "Thanks.")
        await stage.command("/assess-resolution")
        stage.clock.ahead = timedelta(minutes=5)
        await stage.github.control("edit", repo=REPO, comment_id=words, login="carol", body="Not fixed.")
        issue = await heard(stage)
    assert "carol commented after I had announced the closing" in answers(issue)[-1]


async def test_remembered_until_asked_again(on_stage: Staging, shas: Shas) -> None:
    """A merge does not announce it anew, and says nothing more; a command does, in a comment of its own."""
    async with announced(on_stage, shas, f"mode: act\n{POLICY}") as (stage, _):
        await reacted(stage, "carol")
        before = answers(await later(stage, HOUR))
        await merged(stage, 2)
        assert (len(answers(await stage.issue())), await parked(stage)) == (len(before), 0)
        issue = await stage.command("/assess-resolution", login="ann")
        assert answers(issue)[-1].startswith("### ✅ Resolved: will be closed on")
        issue = await later(stage, HOUR + DAY)
    assert issue["state"] == "closed"


async def test_it_does_not_hold_any_more(on_stage: Staging, shas: Shas) -> None:
    """Everything is measured again at the end."""
    async with announced(on_stage, shas) as (stage, comment):
        await write_policy(stage, f"{POLICY}  - {{id: more, file: service/absent.py}}\n")
        issue = await later(stage, DAY)
    assert issue["state"] == "open"
    assert answers(issue)[-1].startswith("### ❌ Not resolved: left open")
    assert reactions(issue, comment) == {"eyes", "+1", "-1"}


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (
            {"label": {"add": ["on-hold"]}},
            "label `on-hold`, which bob put on it, holds it: somebody with triage takes it",
        ),
        ({"lock": {}}, "it is locked"),
    ],
    ids=["held", "locked"],
)
async def test_people_in_between(on_stage: Staging, shas: Shas, action: dict[str, Any], words: str) -> None:
    """What a person does by hand in between wins, though a person had asked for the closing."""
    async with announced(on_stage, shas) as (stage, _):
        stage.clock.ahead = timedelta(minutes=1)
        for name, more in action.items():
            await stage.github.control(name, repo=REPO, issue=1, login="bob", **more)
        issue = await later(stage, DAY)
        assert closings(stage) == 0
    assert issue["state"] == "open"
    if "lock" not in action:
        assert words in answers(issue)[-1]


async def test_a_newer_command(on_stage: Staging, shas: Shas) -> None:
    """It announces anew, for a day from then on, and the older announcement closes nothing."""
    async with announced(on_stage, shas) as (stage, _):
        stage.clock.ahead = timedelta(hours=12)
        issue = await stage.command("/assess-resolution", login="bob")
        assert (len(answers(issue)), await parked(stage)) == (1, 1)
        stage.clock.ahead = DAY
        await stage.idle()
        assert (await stage.issue())["state"] == "open"
        issue = await later(stage, DAY + timedelta(hours=12))
        assert closings(stage) == 1


@pytest.mark.parametrize("after", ["", "close: {after: 9d}\n"], ids=["removed", "longer"])
async def test_another_policy_in_between(on_stage: Staging, shas: Shas, after: str) -> None:
    """What was announced holds, whatever the policy says by then."""
    async with announced(on_stage, shas) as (stage, _):
        await write_policy(stage, POLICY.replace("close: {after: 24h}\n", after))
        stage.clock.ahead = timedelta(hours=23)
        await stage.idle()
        assert (await stage.issue())["state"] == "open"
        assert (await later(stage, DAY))["state"] == "closed"


async def test_a_dry_run(on_stage: Staging, shas: Shas) -> None:
    """It says that the closing would be announced; nothing waits."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY)
        issue = await stage.command("/assess-resolution --dry-run")
        assert await parked(stage) == 0
    assert same_as_file(stable(answers(issue)[-1]), FOLDER / "grace-dry-run.md")


async def test_after_a_merge(on_stage: Staging, shas: Shas) -> None:
    """A merge announces as a command does; another one meanwhile leaves the announcement alone."""
    async with on_stage(merges(shas)) as stage:
        await write_policy(stage, f"mode: act\n{POLICY}")
        await merged(stage, 2)
        await merged(stage, 4)
        assert (len(answers(await stage.issue())), await parked(stage)) == (1, 1)
        issue = await later(stage, DAY)
    assert issue["state"] == "closed"


async def test_a_clock_that_goes_back(on_stage: Staging, shas: Shas) -> None:
    """A job that is due too early closes nothing before the announced moment."""
    async with announced(on_stage, shas) as (stage, _):
        stage.clock.ahead = timedelta(hours=-2)
        await stage.idle()
        stage.clock.ahead = timedelta(hours=23)
        await stage.idle()
        assert (await stage.issue())["state"] == "open"
        assert (await later(stage, DAY))["state"] == "closed"


async def test_delivered_again(on_stage: Staging, shas: Shas) -> None:
    """The command's webhook comes twice: one announcement, one closing."""
    async with announced(on_stage, shas) as (stage, _):
        (told,) = [one for one in stage.github.deliveries("issue_comment") if one.emission.action == "created"][:1]
        await stage.send(told.emission.payload)  # type: ignore[arg-type]
        assert (len(answers(await stage.issue())), await parked(stage)) == (1, 1)
        await later(stage, DAY)
        assert closings(stage) == 1


async def test_a_restart_in_between(on_stage: Staging, shas: Shas) -> None:
    """What was announced is kept: the next process closes it at its time, also where it was down by then."""
    async with announced(on_stage, shas) as (stage, _):
        await stage.restart()
        assert await parked(stage) == 1
        stage.clock.ahead = DAY
        await stage.restart()
        issue = await stage.until(lambda seen: seen["state"] == "closed")
        await stage.quiet()
        assert closings(stage) == 1
    assert len(answers(issue)) == 1


@pytest.mark.parametrize(("login", "deleted", "state"), [("carol", True, "closed"), ("ghost", False, "open")])
async def test_gone_in_between(on_stage: Staging, shas: Shas, login: str, state: str, *, deleted: bool) -> None:
    """An objection that was deleted before it was seen was none; one whose account is gone counts, though untold."""
    async with announced(on_stage, shas) as (stage, _):
        words = await stage.late_command("It still fails.", login=login)
        if deleted:
            await stage.github.control("delete", repo=REPO, comment_id=words["comment"]["id"], login=login)
        issue = await later(stage, DAY)
    assert issue["state"] == state


async def test_an_objection_in_the_last_moment(on_stage: Staging, shas: Shas) -> None:
    """The last look hears it as well, and it is remembered."""
    async with announced(on_stage, shas, f"mode: act\n{POLICY}") as (stage, _):
        await stage.github.fault("delay:0.6", operation="UpdateComment", times=1)
        stage.clock.ahead = DAY
        await stage.applied()
        await reacted(stage, "carol")
        await stage.until(lambda seen: "not closed" in answers(seen)[-1].splitlines()[0])
        await stage.quiet()
        assert "carol objected to the closing that I had announced" in answers(await stage.issue())[-1]
        await merged(stage, 2)
        assert (closings(stage), await parked(stage)) == (0, 0)


async def test_what_only_pends_in_the_end(on_stage: Staging, shas: Shas) -> None:
    """A check that runs at that moment is waited for, and then it is closed without another announcement."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, f"{POLICY}  - {{id: ci, check: unit}}\n")
        await stage.github.control("check", repo=REPO, name="unit", conclusion="success")
        issue = await stage.command("/assess-resolution")
        assert answers(issue)[-1].startswith("### ✅ Resolved: will be closed on")
        again = await stage.github.control("check", repo=REPO, name="unit")
        issue = await later(stage, DAY)
        assert answers(issue)[-1].startswith("### ⏳ Not decided yet")
        await finished(stage, again["id"])
        await stage.until(lambda seen: seen["state"] == "closed")


async def test_status_tells_of_it(on_stage: Staging, shas: Shas) -> None:
    """`/resolution status` says until when people may object."""
    async with announced(on_stage, shas) as (stage, _):
        issue = await stage.command("/resolution status", login="carol")
    assert "**Waiting for** · objections to the closing that I announced, until 2" in answers(issue)[-1]
