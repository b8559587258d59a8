"""Learning documents: one commit, one pull request, whatever happens; or straight to a branch, where that is wanted."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.simulator.closing import closing_issues
from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy
from tests.journeys.test_kill import asked_and_killed, server, until
from tests.journeys.test_merge import open_pull
from tests.journeys.waiting import home
from tests.recording import record

RECORDING = """\
version: 1
claims: off
record: pull-request
criteria:
  - {id: packaged, title: The module is packaged, file: service/monitoring.py}
  - {id: alarm, title: Alarms are on, scope: operational, file: ops/alarm.yml}
"""
STRAIGHT = RECORDING.replace("pull-request", "branch")
ALARM: dict[str, str | None] = {"ops/alarm.yml": "state: 'on'\n"}
BRANCH = "resolution-bot/record-1"
SUMMARY = "ISSUE_1_RESOLUTION_SUMMARY.md"
SUBJECT = "Record of issue 1 ("
US = "resolution[bot]"


def proposals(github: SimulatorHandle) -> list[Any]:
    """The pull requests that we opened, oldest first."""
    return [one for _, one in sorted(home(github).issues.items()) if one.pull and one.author.login == US]


async def ours(github: SimulatorHandle, branch: str = BRANCH) -> list[str]:
    """The commits of a branch that are by us, newest first."""
    told = await home(github).git.run("log", "--format=%H", f"--author={US.removesuffix('[bot]')}", branch)
    return told.decode().split()


async def files(github: SimulatorHandle, branch: str = BRANCH) -> set[str]:
    """The paths on a branch."""
    return set((await home(github).git.run("ls-tree", "-r", "--name-only", branch)).decode().split())


async def assessed(stage: Stage, policy: str | None = None) -> str:
    """The answer to an assessment by command, with what it owed."""
    if policy is not None:
        await write_policy(stage, policy)
    return answers(await stage.command("/assess-resolution"))[-1]


async def closed_again(stage: Stage) -> str:
    """The same after a reopening, which asks for a record anew."""
    await stage.github.control("reopen", repo=REPO, issue=1, login="carol")
    return await assessed(stage)


async def change(stage: Stage, changed: dict[str, str | None], branch: str = "main") -> str:
    """Somebody commits."""
    made: Any = await stage.github.control(
        "commit", repo=REPO, branch=branch, files=changed, message="Operate", author="bob"
    )
    return str(made["sha"])


async def test_proposed(on_stage: Staging, shas: Shas) -> None:
    """Both files in one commit that starts no workflow, in a pull request that closes nothing."""
    async with on_stage(world(shas)) as stage:
        answer = await assessed(stage, RECORDING)
        (one,), git = proposals(stage.github), home(stage.github).git
        (commit,) = await ours(stage.github)
        message = (await git.run("log", "-1", "--format=%B", commit)).decode().rstrip()
        added = (await git.run("diff", "--name-only", f"{commit}~", commit)).decode().split()
        patch = await git.run("show", commit)
        assert closing_issues(stage.github.world, one) == []
        assert await ours(stage.github, "main") == []
    assert f"**Done** · closed as completed · learning document in `#{one.number}`" in answer
    assert (len(added), SUMMARY in added) == (2, True)
    assert (message[: len(SUBJECT)], message.splitlines()[-1], "#" in message) == (SUBJECT, "[skip ci]", False)
    assert (one.pull.base, one.title) == ("main", "Learning document of issue 1")
    assert one.body.startswith("What was learned from #1: ")
    assert ("&sig=" in one.body, b"sig=" in patch) == (True, False)  # such a link ends, and a file does not


async def test_a_later_closing_updates_it(on_stage: Staging, shas: Shas) -> None:
    """One more commit on the same pull request, and its text follows."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, RECORDING)
        before = proposals(stage.github)[0].body
        await change(stage, ALARM)
        answer = await closed_again(stage)
        (one,) = proposals(stage.github)
        assert len(await ours(stage.github)) == 2
    assert f"learning document updated in `#{one.number}`" in answer
    assert ("`resolved-with-follow-ups`" in before, "| Verdict | `resolved` |" in one.body) == (True, True)


@pytest.mark.parametrize(("policy", "branch"), [(RECORDING, BRANCH), (STRAIGHT, "main")], ids=["proposed", "straight"])
async def test_nothing_new_is_no_commit(on_stage: Staging, shas: Shas, policy: str, branch: str) -> None:
    """The same findings at another time change nothing, and the answer is silent about it."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, policy)
        answer = await closed_again(stage)
        assert len(await ours(stage.github, branch)) == 1
        assert len(proposals(stage.github)) == (policy is RECORDING)
    assert "learning document" not in answer


@pytest.mark.parametrize(("policy", "branch"), [(RECORDING, BRANCH), (STRAIGHT, "main")], ids=["proposed", "straight"])
async def test_a_verification_leaves_it(on_stage: Staging, shas: Shas, policy: str, branch: str) -> None:
    """What is closed already and assessed again keeps the record of its closing, whatever is found now."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, policy + "follow_ups: file\n")
        before = (await home(stage.github).git.run("show", f"{branch}:{SUMMARY}")).decode()
        await change(stage, ALARM)
        answer = await assessed(stage)
        after = (await home(stage.github).git.run("show", f"{branch}:{SUMMARY}")).decode()
    assert ("closed as completed" in before, after == before) == (True, True)
    assert "learning document" not in answer


async def test_closed_by_a_person(on_stage: Staging, shas: Shas) -> None:
    """Where there is no record yet an assessment afterwards writes one, once for each closing."""
    async with on_stage(world(shas)) as stage:
        await stage.github.control("close", repo=REPO, issue=1, login="bob")
        first = await assessed(stage, RECORDING)
        await change(stage, ALARM)
        same = await assessed(stage)
        await stage.github.control("reopen", repo=REPO, issue=1, login="carol")
        stage.clock.ahead += timedelta(minutes=1)
        await stage.github.control("close", repo=REPO, issue=1, login="bob")
        again = await assessed(stage)
    assert ["learning document" in one for one in (first, same, again)] == [True, False, True]


async def test_straight_to_the_branch(on_stage: Staging, shas: Shas) -> None:
    """One commit on the default branch, and no pull request."""
    async with on_stage(world(shas)) as stage:
        answer = await assessed(stage, STRAIGHT)
        assert len(await ours(stage.github, "main")) == 1
        assert SUMMARY in await files(stage.github, "main")
        assert proposals(stage.github) == []
    assert "learning document `SPEC/learnings/issue_1_" in answer
    assert "` on main" in answer


async def test_to_a_branch_of_its_own(on_stage: Staging, shas: Shas) -> None:
    """The policy's branch, if it is there."""
    policy = STRAIGHT.replace("record: branch", "record: {mode: branch, branch: lessons}")
    async with on_stage(world(shas, branches={"lessons": shas.start})) as stage:
        await assessed(stage, policy)
        assert SUMMARY in await files(stage.github, "lessons")
        assert SUMMARY not in await files(stage.github, "main")


@pytest.mark.parametrize("mode", ["advise", "act"])
async def test_after_a_merge(on_stage: Staging, shas: Shas, mode: str) -> None:
    """By itself it writes only where it may act; else the answer says that it does not."""
    async with on_stage(world(shas, pulls=open_pull("Fixes #1. Adds `service/later.py`.", [1]))) as stage:
        await write_policy(stage, RECORDING.replace("monitoring.py", "later.py") + f"mode: {mode}\n")
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.until(lambda seen: bool(answers(seen)))
        await stage.quiet()
        (answer,) = answers(await stage.issue())
        assert len(proposals(stage.github)) == (mode == "act")
    said = "**Not done** · no learning document written: by myself I only advise here (`mode: advise`)"
    assert (said in answer) == (mode == "advise")


HOSTILE = "Fixes #1, closes #2 @bob <!-- --> ]]> `/assess-resolution` ../../.github/workflows/x.yml [skip ci]"


async def test_hostile_titles_do_nothing(on_stage: Staging, shas: Shas) -> None:
    """Neither the pull request, nor its squashed commit, closes, calls or starts anything."""
    issue = {"number": 1, "title": HOSTILE, "body": "Not packaged.", "author": "carol"}
    other = {"number": 2, "title": "Other", "body": "", "author": "carol"}
    async with on_stage(world(shas, issues=[issue, other], pulls=[])) as stage:
        await assessed(stage, RECORDING)
        (one,) = proposals(stage.github)
        assert closing_issues(stage.github.world, one) == []
        await stage.github.control("merge", repo=REPO, pull=one.number, squash=True)
        await stage.quiet()
        assert (await stage.issue(2))["state"] == "open"
        assert not any(path.startswith(".github/workflows") for path in await files(stage.github, "main"))
    assert (one.title, "@bob" in one.body.replace("`@bob`", "")) == ("Learning document of issue 1", False)


async def test_somebody_pushes_in_between(on_stage: Staging, shas: Shas) -> None:
    """The branch is read again, and both commits are there."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, STRAIGHT)
        await stage.github.fault("delay:1.5", operation="CommitFiles", times=1)
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        await stage.applied()
        pushed = await change(stage, ALARM)
        answer = answers(await stage.answered(comment))[-1]
        (commit,) = await ours(stage.github, "main")
        above = (await home(stage.github).git.run("rev-parse", f"{commit}~")).decode().strip()
    assert (above, "learning document `SPEC/" in answer) == (pushed, True)


async def test_a_protected_branch(on_stage: Staging, shas: Shas) -> None:
    """What GitHub refuses is said with the next step, and the closing stands."""
    async with on_stage(world(shas, protected=["main"])) as stage:
        answer = await assessed(stage, STRAIGHT)
        assert await ours(stage.github, "main") == []
        assert (await stage.issue())["state"] == "closed"
    assert "if main is protected, let this app bypass that, or use `record: pull-request`" in answer


@pytest.mark.parametrize(
    ("less", "named"),
    [
        ({"contents": "read"}, "contents: write"),
        ({"pull_requests": "read"}, "pull requests: write"),
        ({"contents": "read", "pull_requests": "read"}, "contents: write and pull requests: write"),
    ],
)
async def test_not_granted(on_stage: Staging, shas: Shas, less: dict[str, str], named: str) -> None:
    """Which permission is missing is said once, nothing is tried, and the rest goes on."""
    async with on_stage(world(shas)) as stage:
        stage.github.world.app.permissions = stage.github.world.app.permissions | less
        answer = await assessed(stage, RECORDING + "follow_ups: file\n")
        exchanges: Any = await stage.github.exchanges()
    tried = [one for one in exchanges if one["url"].endswith("/git/refs") or "createCommit" in str(one)]
    said = f"no learning document written: this app lacks {named}; grant it in the app's settings"
    assert (answer.count(said), "1 ticket filed" in answer, tried) == (1, True, [])
    assert [fields["why"] for event, fields in stage.events if event == "no-record"] != []


@pytest.mark.parametrize(
    "place",
    [
        {"operation": "BranchView", "nth": 1},
        {"method": "POST", "path": "/git/refs$", "nth": 1},
        {"operation": "CommitFiles", "nth": 1},
        {"method": "POST", "path": "/pulls$", "nth": 1},
        {"operation": "UpdateComment", "nth": 1},
    ],
    ids=["looking", "branching", "committing", "proposing", "amending"],
)
async def test_killed_while_writing(tmp_path: Path, shas: Shas, place: dict[str, Any]) -> None:
    """At any of its requests: one commit, one pull request, and an answer that says so."""
    async with simulator(world(shas)) as github:
        await asked_and_killed(github, tmp_path, RECORDING, **place)
        async with server(github, tmp_path):
            issue = await until(github, lambda issue: any("learning document in" in one for one in answers(issue)))
        await record(github, f"killed-recording-{'-'.join(str(part) for part in place.values()).replace('/', '')}")
        assert (len(proposals(github)), len(await ours(github))) == (1, 1)
    assert len(answers(issue)) == 1


@pytest.mark.parametrize(
    "place",
    [{"method": "POST", "path": "/git/refs$"}, {"operation": "CommitFiles"}, {"method": "POST", "path": "/pulls$"}],
    ids=["branching", "committing", "proposing"],
)
@pytest.mark.parametrize("fault", ["apply-then-500", "status:502"])
async def test_an_unknown_outcome(on_stage: Staging, shas: Shas, place: dict[str, Any], fault: str) -> None:
    """Whether it was done or not, it is done once."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault(fault, times=1, **place)
        await write_policy(stage, RECORDING)
        await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        await stage.until(lambda seen: any("learning document in" in one for one in answers(seen)))
        assert (len(proposals(stage.github)), len(await ours(stage.github))) == (1, 1)
