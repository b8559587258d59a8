"""`/reopen`: whoever reported an issue, or may triage, undoes the bot's closing; the bot's answer says so then."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, world, write_policy
from tests.journeys.waiting import asked, ended, suite_world

ACT = "version: 1\nmode: act\nlabels: {resolved: verified, wrong: wrong-verdict}\n"
PACKAGED = "criteria:\n  - {id: packaged, title: The module is packaged, file: service/monitoring.py}\n"
WHY = "/reopen It still fails on arm64, see #2 and @bob"


async def closed(stage: Stage, policy: str = ACT, body: str = "/assess-resolution") -> None:
    """ann has it closed; then an hour goes by."""
    await write_policy(stage, policy)
    issue = await stage.command(body)
    assert issue["state"] == "closed"
    stage.clock.ahead += timedelta(hours=1)


def ours(issue: dict[str, Any]) -> list[dict[str, Any]]:
    """All of our comments."""
    return [one for one in issue["comments"] if one["author"] == "resolution[bot]"]


def told(stage: Stage, event: str) -> list[dict[str, Any]]:
    """What the operator was told of an event."""
    return [dict(fields) for name, fields in stage.events if name == event]


async def test_the_reporter_reopens(on_stage: Staging, shas: Shas) -> None:
    """It is open again with the labels of a contradiction, the receipt quotes why, answer and log say who it was."""
    async with on_stage(world(shas)) as stage:
        await closed(stage)
        issue = await stage.command(WHY, login="carol")
        (line,) = told(stage, "reopened")
    answer, receipt = answers(issue)
    assert (issue["state"], issue["labels"]) == ("open", ["bug", "wrong-verdict"])
    assert reactions(issue, issue["comments"][-2]["id"]) == {"eyes", "+1"}
    assert answer.startswith("### ↩️ Reopened: it had been closed as completed")
    assert "reopened by carol with `/reopen`: It still fails on arm64" in answer
    assert "Not right?" not in answer
    assert receipt.startswith("↩️ @carol reopened this issue through me:\n\n> It still fails on arm64")
    assert line == {"repository": REPO, "issue": 1, "by": "carol", "comment": issue["comments"][-2]["id"]}


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("ann", "↩️ @ann reopened this issue through me. What still fails, say in a few words here."),
        ("dora", "`/reopen` needs **triage** here; you hold **read**. It is open to: triage; also the issue's author."),
    ],
    ids=["triage", "a-stranger"],
)
async def test_who_may(on_stage: Staging, shas: Shas, login: str, words: str) -> None:
    """The issue's author and triage; whoever may not is told what he can do."""
    async with on_stage(world(shas)) as stage:
        await closed(stage)
        issue = await stage.command("/reopen", login=login)
        assert [line["by"] for line in told(stage, "reopened")] == (["ann"] if login == "ann" else [])
    assert issue["state"] == ("open" if login == "ann" else "closed")
    assert words in answers(issue)[-1]


@pytest.mark.parametrize(
    ("closer", "login", "words"),
    [
        ("bob", "carol", "this issue was closed by `@bob`. What still fails, say here in plain words: anyone with"),
        ("bob", "ann", "this issue was closed by `@bob`. You can reopen it by hand"),
        ("carol", "carol", "this issue was closed by you. You can reopen it by hand"),
        ("stale[bot]", "carol", "this issue was closed by the bot `@stale`. What still fails"),
        (None, "carol", "This issue is open, so there is nothing to reopen."),
    ],
)
async def test_what_we_did_not_close(on_stage: Staging, shas: Shas, closer: str | None, login: str, words: str) -> None:
    """It says who closed it, and what the one who asks can do himself."""
    async with on_stage(world(shas)) as stage:
        if closer is not None:
            await stage.github.control("close", repo=REPO, issue=1, login=closer, reason="completed")
        issue = await stage.command("/reopen it fails", login=login)
    assert issue["state"] == ("open" if closer is None else "closed")
    (answer,) = answers(issue)
    assert words in answer


async def test_a_command_closes_it_again(on_stage: Staging, shas: Shas) -> None:
    """The way back: somebody with the right asks, and is answered below what he settles; the old answer is outdated."""
    async with on_stage(world(shas)) as stage:
        await closed(stage, ACT + PACKAGED)
        await stage.command(WHY, login="carol")
        stage.clock.ahead += timedelta(minutes=5)
        issue = await stage.command("/assess-resolution")
    (answer,) = answers(issue)
    old = ours(issue)[0]["body"]
    assert (issue["state"], issue["labels"]) == ("closed", ["bug", "verified"])
    assert old.startswith("### ↩️ Reopened: it had been closed as completed")
    assert [one["minimized"] for one in ours(issue)] == [True, True, False]
    assert answer.startswith("### ✅ Resolved: closed as completed")
    assert "**Note** · carol reopened it through me: this command settles that." in answer


async def test_what_stood_below_the_answer_stays(on_stage: Staging, shas: Shas) -> None:
    """The answers to the comment's other commands are still there."""
    async with on_stage(world(shas)) as stage:
        await closed(stage, body="/assess-resolution\n\n/assess-resolution help")
        issue = await stage.command(WHY, login="carol")
    assert answers(issue)[0].count("### Commands") == 1


async def test_an_answer_that_is_not_kept_any_more(on_stage: Staging, shas: Shas, tmp_path: Path) -> None:
    """It cannot be written anew, so it is folded away, and the receipt does not refer to it."""
    async with on_stage(world(shas)) as stage:
        await closed(stage)
        with closing(sqlite3.connect(tmp_path / "data" / "bot.sqlite")) as database, database:
            database.execute("delete from archive")
        issue = await stage.command(WHY, login="carol")
    (receipt,) = answers(issue)
    assert [one["minimized"] for one in ours(issue)] == [True, False]
    assert "says so" not in receipt


async def test_the_status_says_so(on_stage: Staging, shas: Shas) -> None:
    """Whoever asks how things stand is not told that it is closed."""
    async with on_stage(world(shas)) as stage:
        await closed(stage)
        await stage.command(WHY, login="carol")
        issue = await stage.command("/resolution status", login="carol")
    assert "**Last assessment** · ↩️ Reopened: it had been closed as completed" in answers(issue)[-1]


async def test_opened_by_a_person_in_between(on_stage: Staging, shas: Shas) -> None:
    """Whatever a person does to it in the last moment stays."""
    async with on_stage(world(shas)) as stage:
        await closed(stage)
        await stage.github.fault("delay:0.5", path="/graphql$", nth=2, times=1)
        comment = await stage.github.comment(REPO, 1, "carol", WHY)
        await stage.applied()
        await stage.github.control("reopen", repo=REPO, issue=1, login="bob")
        issue = await stage.answered(comment)
    assert answers(issue)[-1].startswith("😕 I did not reopen this issue: it was reopened in the meantime.")


@pytest.mark.parametrize(
    ("login", "says"), [("carol", "↩️ @carol wants this issue kept open:\n\n> It fails"), ("dora", "needs")]
)
async def test_while_an_answer_waits(on_stage: Staging, shas: Shas, login: str, says: str) -> None:
    """Nothing is announced yet: whoever may reopen is told that he was heard, and the answer that comes says so too."""
    async with asked(on_stage, suite_world(shas)) as (stage, _):
        stage.clock.ahead += timedelta(seconds=5)
        told = await stage.command("/reopen It fails", login=login)
        await ended(stage)
        issue = await stage.issue()
    assert says in answers(told)[-1]
    heard = login == "carol"
    assert issue["state"] == ("open" if heard else "closed")
    assert ("carol has commented since" in answers(issue)[-1 if heard else 0]) is heard
