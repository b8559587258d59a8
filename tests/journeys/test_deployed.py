"""A merged fix that is to run somewhere by a time: silence where it does, one note where it does not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.commands.promise import KIND, job_of
from bot.commands.request import Place, PromiseRequest
from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.assessment.golden import same_as_file
from tests.journeys.comments import FOLDER, stable
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, commit_policy, world, write_policy
from tests.journeys.test_kill import killed_there, server, until
from tests.journeys.test_kill_waiver import kept
from tests.journeys.waiting import home, parked
from tests.recording import record

POLICY = "version: 1\non_merge: false\ndeployed: {environment: production, within: 3d}\n"
LATE = timedelta(days=3, minutes=1)
US = "resolution[bot]"


def shop(shas: Shas, **parts: Any) -> dict[str, Any]:
    """A world with an open pull request that closes #1, and a production that runs the head."""
    pull = {"number": 2, "title": "Later", "body": "Adds `service/later.py`.", "head": "later", "author": "bob"}
    live = {"environment": "production", "sha": shas.head, "state": "success"}
    return world(shas, **({"pulls": [{**pull, "closes": [1]}], "deployments": [live]} | parts))


@asynccontextmanager
async def merged(on_stage: Staging, made: dict[str, Any], policy: str = POLICY) -> AsyncIterator[tuple[Stage, str]]:
    """It was merged, and the promise is parked; the merge commit."""
    async with on_stage(made) as stage:
        await write_policy(stage, policy)
        told: Any = await stage.github.control("merge", repo=REPO, pull=2)
        await stage.quiet()
        await stage.until(lambda seen: seen["state"] == "closed")
        yield stage, told["sha"]


async def deploy(stage: Stage, sha: str, **more: Any) -> int:
    """A deployment to production, or to another environment; how many requests it cost us."""
    await stage.quiet()
    before = len(await stage.github.exchanges())
    await stage.github.control("deployment", repo=REPO, sha=sha, **more)
    await stage.quiet()
    return len(await stage.github.exchanges()) - before


async def due(stage: Stage, event: str, ahead: timedelta = LATE) -> list[str]:
    """Time passes until the operator is told of an event; what stands on the issue then."""
    stage.clock.ahead = ahead
    await stage.heard(event, 1)
    await stage.idle()
    return answers(await stage.issue())


async def test_deployed_in_time(on_stage: Staging, shas: Shas) -> None:
    """The deployment that carries it ends the waiting at once, without a word."""
    async with merged(on_stage, shop(shas)) as (stage, sha):
        assert await parked(stage) == 1
        await deploy(stage, sha)
        assert (await parked(stage), answers(await stage.issue())) == (0, [])
        assert "promise-kept" in {event for event, _ in stage.events}


async def test_not_deployed(on_stage: Staging, shas: Shas) -> None:
    """One note, and one line more when it arrives after all."""
    async with merged(on_stage, shop(shas)) as (stage, sha):
        (note,) = await due(stage, "promise-unkept")
        assert same_as_file(stable(note), FOLDER / "not-deployed.md")
        await deploy(stage, sha)
        (amended,) = answers(await stage.issue())
        assert same_as_file(stable(amended), FOLDER / "not-deployed-arrived.md")
        assert await parked(stage) == 0


async def test_several_environments(on_stage: Staging, shas: Shas) -> None:
    """It is to run in each; what could not be looked at is said beside what could."""
    policy = POLICY.replace("production", "[staging, production, moon]")
    async with merged(on_stage, shop(shas), policy) as (stage, sha):
        await deploy(stage, sha, environment="Staging")
        assert await parked(stage) == 1
        (note,) = await due(stage, "promise-unkept")
    assert same_as_file(stable(note), FOLDER / "not-deployed-everywhere.md")


async def test_a_deployment_without_it(on_stage: Staging, shas: Shas) -> None:
    """It calls for one look of one request, and the promise waits on; what does not succeed calls for none."""
    async with merged(on_stage, shop(shas)) as (stage, _):
        assert await deploy(stage, shas.head, state="in_progress") == 0
        assert await deploy(stage, shas.head, environment="staging") == 0
        assert await deploy(stage, shas.head) == 2  # the snapshot, and one comparison
        assert (await parked(stage), answers(await stage.issue())) == (1, [])


async def test_rolled_back(on_stage: Staging, shas: Shas) -> None:
    """What counts when it is due is what runs there then."""
    async with merged(on_stage, shop(shas)) as (stage, sha):
        hook, stage.github.world.app.webhook_url = stage.github.world.app.webhook_url, None
        await deploy(stage, sha)
        await deploy(stage, shas.head)
        stage.github.world.app.webhook_url = hook
        (note,) = await due(stage, "promise-unkept")
    assert f"`{shas.head[:7]}`" in note


async def test_an_outage(on_stage: Staging, shas: Shas) -> None:
    """GitHub does not answer while something is deployed: the promise is not lost."""
    async with merged(on_stage, shop(shas)) as (stage, sha):
        await stage.github.fault("status:503", operation="Snapshot", times=None)
        await deploy(stage, sha)
        assert (await parked(stage), "job-dead" in {event for event, _ in stage.events}) == (1, False)
        await stage.github.control("faults", rules=[])
        assert await due(stage, "promise-kept") == []


async def test_a_lost_webhook(on_stage: Staging, shas: Shas) -> None:
    """A deployment that nobody told of is found when it is due."""
    async with merged(on_stage, shop(shas)) as (stage, sha):
        hook, stage.github.world.app.webhook_url = stage.github.world.app.webhook_url, None
        await deploy(stage, sha)
        stage.github.world.app.webhook_url = hook
        assert await due(stage, "promise-kept") == []


async def test_on_its_way(on_stage: Staging, shas: Shas) -> None:
    """A deployment with the fix that has begun gets one hour more, and then the note comes."""
    async with merged(on_stage, shop(shas)) as (stage, sha):
        await deploy(stage, sha, state="in_progress")
        stage.clock.ahead = LATE
        await stage.heard("parked", 2)
        notes = await due(stage, "promise-unkept", LATE + timedelta(hours=1, minutes=1))
    assert len(notes) == 1


SILENT = {
    "reverted": ("promise-ended", POLICY),
    "no-more-in-the-policy": ("promise-ended", "version: 1\non_merge: false\n"),
    "archived": ("promise-ended", POLICY),
    "locked": ("promise-not-said", POLICY),
    "broken-policy": ("promise-not-said", "version: 1\nmode: perhaps\n"),
    "not-planned": ("promise-ended", POLICY),
    "withheld": ("promise-not-measured", POLICY),
    "never-deployed-to": ("promise-not-measured", POLICY.replace("production", "moon")),
    "deleted": ("promise-ended", POLICY),
}


@pytest.mark.parametrize("name", SILENT)
async def test_nothing_is_said(on_stage: Staging, shas: Shas, name: str) -> None:
    """Where nothing is promised any more, or nobody can tell, the operator is told why, and nobody else."""
    event, policy = SILENT[name]
    async with merged(on_stage, shop(shas)) as (stage, _):
        await write_policy(stage, policy)
        await change(stage, name)
        stage.clock.ahead = LATE
        await stage.heard(event, 1)
        await stage.idle()
        assert [one for one in home(stage.github).issues[1].comments if one.author.login == US] == []
        assert await parked(stage) == 0


async def change(stage: Stage, name: str) -> None:
    """What happens in the meantime."""
    github = stage.github
    match name:
        case "reverted":
            gone = {"service/later.py": None}
            await github.control("commit", repo=REPO, files=gone, message='Revert "Later"', author="bob")
        case "archived":
            await github.control("repository", repo=REPO, archived=True)
        case "locked":
            await github.control("lock", repo=REPO, issue=1, login="bob")
        case "not-planned":
            await github.control("reopen", repo=REPO, issue=1, login="bob")
            await github.control("close", repo=REPO, issue=1, login="bob", reason="not_planned")
        case "withheld":
            await github.fault("forbidden:repository.deployments", operation="Snapshot", times=None)
        case "deleted":
            home(github).issues[1].deleted = True
    await stage.quiet()


async def test_renamed(on_stage: Staging, shas: Shas) -> None:
    """The repository may be called otherwise by then."""
    async with merged(on_stage, shop(shas)) as (stage, _):
        repository = home(stage.github)
        await stage.github.control("rename", repo=REPO, name="shop")
        stage.clock.ahead = LATE
        await stage.heard("promise-unkept", 1)
        await stage.idle()
        assert len([one for one in repository.issues[1].comments if one.author.login == US]) == 1


@pytest.mark.parametrize("policy", ["version: 1\n", POLICY.replace("on_merge: false\n", "")], ids=["off", "on"])
async def test_what_a_merge_costs(on_stage: Staging, shas: Shas, policy: str) -> None:
    """One small request, and with the key a parked job for each issue that is closed; without it none."""
    async with merged(on_stage, shop(shas), policy) as (stage, _):
        assert await parked(stage) == int("deployed" in policy)
        told: Any = await stage.github.exchanges()
        asked = [one for one in told if "query Policies" in str(one)]
        assert len(asked) == 2  # after the merge, and by the guard after the closing that follows it


async def test_only_what_it_closes(on_stage: Staging, shas: Shas) -> None:
    """An issue that is only referred to is promised nothing."""
    pull = {"number": 2, "title": "Later", "body": "Part of #1.", "head": "later", "author": "bob"}
    async with on_stage(shop(shas, pulls=[pull])) as stage:
        await write_policy(stage, POLICY)
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.quiet()
        assert await parked(stage) == 0


@pytest.mark.parametrize("forgotten", [False, True], ids=["remembered", "found-by-its-mark"])
async def test_never_twice(on_stage: Staging, shas: Shas, forgotten: bool) -> None:
    """The same merge again, after its job was forgotten: the note that was left is the only one."""
    async with merged(on_stage, shop(shas)) as (stage, _):
        (note,) = await due(stage, "promise-unkept")
        engine = stage.parts.engine
        if forgotten:
            await engine.notes.remove(KIND, f"{home(stage.github).id}/1", "2")
        owner, _, called = REPO.partition("/")
        through, identity = stage.github.installation_id(REPO), home(stage.github).id
        place = Place(installation=through, repository_id=identity, owner=owner, name=called, number=1)
        again = PromiseRequest(place=place, pull=2, environments=("production",), due=stage.clock(), look=50)
        await engine.submit(job_of(again, timedelta()))
        await stage.heard("promise-not-said", 1)
        assert answers(await stage.issue()) == [note]


async def test_ten_merges_one_deployment(on_stage: Staging, shas: Shas) -> None:
    """It carries all of them: each promise ends, each by one look, and nobody is told."""
    numbers = range(10)
    made = shop(
        shas,
        branches={f"b{number}": shas.head for number in numbers},
        issues=[{"number": 1 + number, "title": "Missing", "author": "carol"} for number in numbers],
        pulls=[
            {"number": 20 + number, "title": "It", "head": f"b{number}", "author": "bob", "closes": [1 + number]}
            for number in numbers
        ],
    )
    async with on_stage(made) as stage:
        await write_policy(stage, POLICY)
        told: Any = {}
        for number in numbers:
            files = {f"service/part{number}.py": f"PART = {number}\n" * 9}
            await stage.github.control(
                "commit", repo=REPO, branch=f"b{number}", files=files, message="It", author="bob"
            )
            told = await stage.github.control("merge", repo=REPO, pull=20 + number)
        await stage.quiet()
        assert await parked(stage) == 10
        requests = await deploy(stage, told["sha"])
        assert await parked(stage) == 0
        assert not any(one.author.login == US for issue in home(stage.github).issues.values() for one in issue.comments)
    assert requests <= 10 * 3


async def test_explained(on_stage: Staging, shas: Shas) -> None:
    """The policy in words says it, and which environment nothing was ever deployed to."""
    async with on_stage(shop(shas)) as stage:
        await write_policy(stage, POLICY.replace("production", "[production, moon]"))
        issue = await stage.command("/resolution explain policy")
    (answer,) = answers(issue)
    assert "an issue gets a note where its merged fix is not in `production` and `moon` 3 days later" in answer
    assert "no deployment to `moon` was ever seen" in answer


REQUESTS = 5  # the snapshot, the comparison, what became of it at the head, our comments, the note


@pytest.mark.parametrize("nth", range(1, REQUESTS + 1))
async def test_killed_while_speaking(tmp_path: Path, shas: Shas, nth: int) -> None:
    """At any request of it: one note."""
    async with simulator(shop(shas)) as github:
        async with server(github, tmp_path) as process:
            await commit_policy(github, POLICY)
            await github.control("merge", repo=REPO, pull=2)
            await until(github, lambda _: bool(kept(tmp_path, "select 1 from jobs where kind = 'promise.v1'")))
            overdue(github)
            await github.fault("delay:0.4", nth=nth, times=1)
            await github.control("deployment", repo=REPO, sha=shas.start)
            await killed_there(github, process)
        async with server(github, tmp_path):
            issue = await until(github, lambda issue: bool(answers(issue)))
            await until(github, lambda _: bool(kept(tmp_path, "select 1 from jobs where state = 'parked'")))
        await record(github, f"killed-promising-{nth}")
    assert len(answers(issue)) == 1


def overdue(github: SimulatorHandle) -> None:
    """The merge was days ago."""
    pull = home(github).issues[2].pull
    assert pull is not None
    assert pull.merged_at is not None
    pull.merged_at -= LATE
