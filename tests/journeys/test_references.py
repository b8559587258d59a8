"""One note on each related issue, ever, and only where the policy wants it."""

from pathlib import Path
from typing import Any

import pytest

from bot.assessment.references import MOST
from bot.commands.references import KIND
from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.test_kill import asked_and_killed, server, until
from tests.journeys.waiting import home
from tests.recording import record

NOTING = "version: 1\ncross_reference: true\n"
ALONE = NOTING + "claims: off\ncriteria:\n  - {id: packaged, title: Packaged, file: service/monitoring.py}\n"
US = "resolution[bot]"


def together(shas: Shas, body: str = "Fixes #1, part of #3.", more: int = 0) -> dict[str, Any]:
    """The usual world, whose pull request is for other issues as well; from #3 on they are somebody's."""
    made = world(shas)
    (repository,) = made["repositories"]
    for number in range(3, 5 + more):
        repository["issues"].append({"number": number, "title": f"Epic {number} @bob", "author": "carol"})
    repository["pulls"][0]["body"] = f"Adds `service/monitoring.py`. {body}"
    return made


def notes(github: SimulatorHandle, issue: int = 3) -> list[str]:
    """What we wrote there."""
    return [one.body for one in home(github).issues[issue].comments if one.author.login == US]


async def closed(stage: Stage, policy: str = ALONE) -> str:
    """The answer to an assessment that closes, with what it owed."""
    await write_policy(stage, policy)
    issue = await stage.command("/assess-resolution")
    assert issue["state"] == "closed"
    return answers(issue)[-1]


async def test_a_note(on_stage: Staging, shas: Shas) -> None:
    """It says what was closed and what both have; the one reference in it is to the closed issue."""
    async with on_stage(together(shas)) as stage:
        answer = await closed(stage)
        (note,) = notes(stage.github)
        assert notes(stage.github, 4) == []
        crossed = [event.other.number for event in home(stage.github).issues[1].events if event.other is not None]
    assert note.startswith("#1 was closed on evidence: 1 of 1 required criterion held on `main` at `")
    assert "([what was measured](https://bot.example.com/assessments/" in note
    assert "What it has to do with this issue: the pull request `#2` is for both." in note
    assert 3 in crossed
    assert "**Done** · closed as completed · noted on `#3`" in answer


@pytest.mark.parametrize("forgotten", [False, True], ids=["noted", "notes-lost"])
async def test_closed_twice_noted_once(on_stage: Staging, shas: Shas, forgotten: bool) -> None:
    """Also where our memory is lost: then the note is found by its mark."""
    async with on_stage(together(shas)) as stage:
        await closed(stage)
        before = notes(stage.github)
        await stage.github.control("reopen", repo=REPO, issue=1, login="carol")
        if forgotten:
            await stage.parts.engine.notes.remove(KIND, f"{home(stage.github).id}/1", "3")
        answer = await closed(stage)
        assert notes(stage.github) == before
    assert "noted on" not in answer


async def test_a_copied_mark_is_no_note(on_stage: Staging, shas: Shas) -> None:
    """Anybody can copy our text: only what we wrote ourselves, for this pair, counts."""
    async with on_stage(together(shas, "Fixes #1, part of #3 and #4.")) as stage:
        await stage.github.control("lock", repo=REPO, issue=4, login="bob")
        await closed(stage)
        (note,) = notes(stage.github)
        await stage.github.control("lock", repo=REPO, issue=4, login="bob", locked=False)
        await stage.github.comment(REPO, 4, "carol", note)
        await stage.github.control("reopen", repo=REPO, issue=1, login="carol")
        await closed(stage)
        assert [len(notes(stage.github, number)) for number in (3, 4)] == [1, 1]


async def test_off_by_default(on_stage: Staging, shas: Shas) -> None:
    """Without the key nothing is written, and nothing said."""
    async with on_stage(together(shas)) as stage:
        answer = await closed(stage, ALONE.replace("cross_reference: true\n", ""))
        assert notes(stage.github) == []
    assert "#3" not in answer


NEVER = {
    "locked": ("Part of #3.", "lock"),
    "closed": ("Part of #3.", "close"),
    "a sibling": ("Fixes #3.", ""),
    "a pull request": ("Part of #2.", ""),
    "another repository": ("Part of acme/other#3.", ""),
    "not there": ("Part of #99.", ""),
    "only mentioned": ("See #3.", ""),
    "taken-away": ("Part of #3.", "delete"),
}


@pytest.mark.parametrize("name", NEVER)
async def test_never_there(on_stage: Staging, shas: Shas, name: str) -> None:
    """Where nobody could answer, or nothing is related, there is no note and no word about it."""
    body, deed = NEVER[name]
    async with on_stage(together(shas, f"Fixes #1. {body}")) as stage:
        if deed == "lock":
            await stage.github.control("lock", repo=REPO, issue=3, login="bob")
        if deed == "close":
            await stage.github.control("close", repo=REPO, issue=3, login="bob", reason="completed")
        if deed == "delete":
            home(stage.github).issues[3].deleted = True
        answer = await closed(stage)
        assert notes(stage.github) == notes(stage.github, 4) == []
    assert "note" not in answer.partition("**Done**")[2].partition("<details>")[0]


async def test_never_on_our_own_tickets(on_stage: Staging, shas: Shas) -> None:
    """What we filed ourselves needs no note, whoever refers to it."""
    filing = NOTING + (
        "claims: off\nfollow_ups: file\ncriteria:\n"
        "  - {id: packaged, title: The module is packaged, file: service/monitoring.py}\n"
        "  - {id: alarm, title: Alarms are on, scope: operational, file: ops/alarm.yml}\n"
    )
    async with on_stage(together(shas, "Fixes #1. Part of #5.")) as stage:
        answer = await closed(stage, filing)
        assert notes(stage.github, 5) == []
    assert "1 ticket filed: `#5`" in answer
    assert "noted on" not in answer


async def test_what_was_asked_about(on_stage: Staging, shas: Shas) -> None:
    """A criterion about another issue makes it related."""
    asked = NOTING + "criteria:\n  - {id: epic, title: The epic is done, scope: operational, issue: {number: 3}}\n"
    async with on_stage(together(shas, "Fixes #1.")) as stage:
        await closed(stage, asked + "  - {id: packaged, title: Packaged, file: service/monitoring.py}\n")
        (note,) = notes(stage.github)
    assert "What it has to do with this issue: the criterion `epic` asks about it." in note


async def test_five_at_most(on_stage: Staging, shas: Shas) -> None:
    """The rest is only counted."""
    body = "Fixes #1. Part of #3, #4, #5, #6, #7, #8 and #9."
    async with on_stage(together(shas, body, more=5)) as stage:
        answer = await closed(stage)
        assert sum(bool(notes(stage.github, number)) for number in range(3, 10)) == MOST
    assert "noted on `#3`, `#4`, `#5`, `#6` and `#7`" in answer
    assert f"2 more related issues got no note: {MOST} notes at most for one issue" in answer


@pytest.mark.parametrize(("mode", "written"), [("advise", 0), ("act", 1)])
async def test_by_itself_only_where_it_may_act(on_stage: Staging, shas: Shas, mode: str, written: int) -> None:
    """After a merge that closed the issue: else the issues are named in the answer, as code."""
    made = together(shas)
    (repository,) = made["repositories"]
    repository["pulls"] = [
        {"number": 2, "title": "Later", "body": "Fixes #1, part of #3.", "head": "later", "author": "bob"}
    ]
    async with on_stage(made) as stage:
        asked = "claims: off\ncriteria:\n  - {id: later, title: Later is there, file: service/later.py}\n"
        await write_policy(stage, f"{NOTING}{asked}mode: {mode}\n")
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.until(lambda seen: bool(answers(seen)))
        await stage.quiet()
        (answer,) = answers(await stage.issue())
        assert len([one for one in notes(stage.github) if "closed on evidence" in one]) == written
    named = "**Not done** · no note on `#3`, which is related: by myself I only advise here"
    assert (named in answer, "noted on `#3`" in answer) == (not written, bool(written))


async def test_a_refused_note_stops_nothing(on_stage: Staging, shas: Shas) -> None:
    """One issue cannot be read: the other gets its note, the closing stands, and both are said."""
    async with on_stage(together(shas, "Fixes #1. Part of #3 and #4.")) as stage:
        await stage.github.fault("status:403", method="GET", path="/issues/3$", times=None)
        answer = await closed(stage)
        assert (notes(stage.github, 3), len(notes(stage.github, 4))) == ([], 1)
    assert "noted on `#4`" in answer
    assert "**Not done** · no note on `#3`: GitHub answered 403" in answer


@pytest.mark.parametrize(
    ("method", "path", "nth"),
    [("GET", "/issues/3$", 1), ("GET", "/issues/3/comments", 1), ("POST", "/graphql$", 5), ("POST", "/graphql$", 6)],
    ids=["looking", "looking-for-it", "noting", "amending"],
)
async def test_killed_while_noting(tmp_path: Path, shas: Shas, method: str, path: str, nth: int) -> None:
    """At any request of it: one note, and an answer that says so."""
    async with simulator(together(shas)) as github:
        await asked_and_killed(github, tmp_path, ALONE, method=method, path=path, nth=nth)
        async with server(github, tmp_path):
            issue = await until(github, lambda issue: any("noted on `#3`" in text for text in answers(issue)))
        await record(github, f"killed-noting-{nth}-{path.strip('/$').replace('/', '-')}")
    assert (issue["state"], len(answers(issue)), len(notes(github))) == ("closed", 1, 1)
