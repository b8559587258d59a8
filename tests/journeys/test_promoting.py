"""A pattern becomes a profile: one pull request on the policy, that people decide."""

import asyncio
import re
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.assessment.golden import same_as_file
from tests.journeys.comments import FOLDER, stable
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import POLICY_PATH, REPO, Stage, answers, commit_policy, reactions, world, write_policy
from tests.journeys.test_kill import START_LIMIT, killed_there, server, until
from tests.journeys.test_organisation import ABOVE
from tests.journeys.waiting import home
from tests.recording import record

ASKING = """\
# What resolved means here.
version: 1
claims: off
criteria:
  - id: packaged
    title: The module is *packaged*   # not only written
    file: service/monitoring.py
  - {id: docs, title: It is described, required: false, file: docs/none.md}
  - {id: alarm, title: An alarm is on, scope: operational, file: ops/none.yml}
profiles:
  image:   # for the slim image
    criteria:
      - {id: imaged, title: It is in the image, file: service/monitoring.py}
"""
PROMOTE = "/resolution promote imaged infra"
IN_IMAGE = "/assess-resolution image"
BRANCH = "resolution-bot/profile-infra"
LABEL = "in: image's #1"


def some(shas: Shas, **parts: Any) -> dict[str, Any]:
    """Two issues with a label of their own, and one without."""
    made = world(shas, **parts)
    made["repositories"][0]["collaborators"]["mia"] = "maintain"
    issues = made["repositories"][0]["issues"]
    issues[0]["labels"] = ["bug", LABEL]
    made["repositories"][0]["pulls"][0]["closes"] = [1, 3]
    for number, labels in ((3, ["bug", LABEL]), (4, ["bug"]), (5, ["bug"])):
        issues.append(
            {
                "number": number,
                "title": f"Another {number}",
                "body": issues[0]["body"],
                "labels": labels,
                "author": "carol",
            }
        )
    return made


async def closed(stage: Stage, *issues: int, policy: str | None = ASKING, command: str = IN_IMAGE) -> None:
    """The policy, and these issues closed by it, asked for a profile by its name."""
    if policy is not None:
        await write_policy(stage, policy)
    for issue in issues:
        assert (await stage.command(command, issue=issue))["state"] == "closed"


async def said(stage: Stage, command: str = PROMOTE, login: str = "mia") -> str:
    """The answer, on an issue that stays open."""
    return answers(await stage.command(command, issue=5, login=login))[-1]


def ours(github: SimulatorHandle) -> list[Any]:
    """Our pull requests, oldest first."""
    there = sorted(home(github).issues.items())
    return [one for _, one in there if one.pull and one.author.login == "resolution[bot]"]


async def difference(github: SimulatorHandle, branch: str = BRANCH) -> str:
    """What the branch changes, without where."""
    told = (await home(github).git.run("diff", "-U1", f"main...{branch}")).decode()
    return "".join(line for line in told.splitlines(keepends=True) if not line.startswith("index "))


async def test_proposed(on_stage: Staging, shas: Shas) -> None:
    """Lines are added and nothing else; the pull request says what, by whom and when it is chosen."""
    async with on_stage(some(shas)) as stage:
        await closed(stage, 1, 3)
        await closed(stage, 4, policy=ASKING.replace("id: imaged", "id: other"))
        await write_policy(stage, ASKING)
        issue = await stage.command(PROMOTE, issue=5, login="mia")
        (one,) = ours(stage.github)
        changed = await difference(stage.github)
        message = (await home(stage.github).git.run("log", "-1", "--format=%B", BRANCH)).decode().strip()
        checks = [run.name for run in home(stage.github).check_runs if "policy" in run.name]
    text = re.sub(r"issuecomment-\d+", "issuecomment-7", f"# {one.title}\n\n{one.body}")
    assert same_as_file(stable(text), FOLDER / "promoted.md")
    assert same_as_file(changed.encode(), FOLDER / "promoted.diff")
    answer = answers(issue)[-1]
    assert f"### 📚 Proposed as a profile: [`#{one.number}`](" in answer
    assert "| `imaged` | It is in the image | `file` | not asked | **required** |" in answer
    assert "| `alarm` | An alarm is on | `file` | required, operational | required, operational |" in answer
    assert reactions(issue, issue["comments"][0]["id"]) == {"eyes", "+1"}
    assert (one.pull.base, message, checks) == ("main", "Policy: the profile infra", ["resolution policy"])


async def test_asked_again(on_stage: Staging, shas: Shas) -> None:
    """Open, it is named; merged, the profile is there, and the same is not proposed under another name."""
    async with on_stage(some(shas)) as stage:
        await closed(stage, 1, 3)
        await said(stage)
        (one,) = ours(stage.github)
        again = await said(stage)
        assert (len(ours(stage.github)), f"Proposed already: [`#{one.number}`](" in again) == (1, True)
        await stage.github.control("merge", repo=REPO, pull=one.number, login="bob")
        assert "has a profile `infra` already. Choose another name" in await said(stage)
        by_name = answers(await stage.command("/assess-resolution infra --dry-run", issue=5))[-1]
        assert "The profile `infra` asks all of this already" in await said(stage, "/resolution promote imaged")
        assert len(ours(stage.github)) == 1
    assert all(words in by_name for words in ("The module is", "It is in the image"))


async def test_closed_unmerged(on_stage: Staging, shas: Shas) -> None:
    """What people decided against is not proposed again under its name."""
    async with on_stage(some(shas)) as stage:
        await closed(stage, 1, 3)
        await said(stage)
        (one,) = ours(stage.github)
        await stage.github.control("close", repo=REPO, issue=one.number, login="bob")
        assert "and was closed unmerged. Choose another name" in await said(stage)
        assert len(ours(stage.github)) == 1


@pytest.mark.parametrize(
    ("less", "named"),
    [({"contents": "read"}, "contents: write"), ({"pull_requests": "read"}, "pull requests: write")],
)
async def test_not_granted(on_stage: Staging, shas: Shas, less: dict[str, str], named: str) -> None:
    """Which permission is missing, and who can grant it; nothing is tried."""
    async with on_stage(some(shas)) as stage:
        await closed(stage, 1, 3)
        stage.github.world.app.permissions = stage.github.world.app.permissions | less
        answer = await said(stage)
        assert ours(stage.github) == []
    assert f"I lack the permission `{named}`, which I need to propose a change of the policy" in answer
    assert "can grant it in the app's settings; then ask again" in answer


async def test_without_a_policy(on_stage: Staging, shas: Shas) -> None:
    """What is built in is asked of every issue: there is nothing beyond it to propose."""
    async with on_stage(some(shas)) as stage:
        await closed(stage, 1, 3, policy=None, command="/assess-resolution")
        listed = await said(stage, "/resolution patterns")
        pattern = listed.split("| `")[-1].split("`")[0]
        answer = await said(stage, f"/resolution promote {pattern} usual")
        assert ours(stage.github) == []
    assert "There is nothing to propose: issues like these are asked the policy's own criteria today" in answer


ITEM = "{id: imaged, title: It is in the image, file: service/monitoring.py}"
IN_BRACES = f"{ASKING.partition('profiles:')[0]}profiles: {{image: {{criteria: [{ITEM}]}}}}\n"
OWN = ASKING.partition("criteria:\n")[2].partition("profiles:")[0]
WHOLE = f"{ASKING}  whole:\n    criteria:\n{indent(OWN, '    ')}      - {ITEM}\n"


@pytest.mark.parametrize(
    ("policy", "command", "words"),
    [
        (IN_BRACES, PROMOTE, "To paste:\n\n```text\nprofiles:\n  infra:\n    criteria:\n"),
        (ASKING, "/resolution promote imagd", "Did you mean `/resolution promote imaged`?"),
        (ASKING, "/resolution promote kubernetes", "There is `imaged`."),
        (ASKING.replace("id: imaged", "id: new"), PROMOTE, "does not ask `imaged` today"),
        (WHOLE, PROMOTE, "The profile `whole` asks all of this already"),
        (ASKING + "unknown: 1\n", PROMOTE, "The policy has 1 fault, and I add nothing to it"),
    ],
    ids=["in-braces", "nearest", "far", "asked-no-longer", "there-already", "faulty"],
)
async def test_what_cannot_be_proposed(on_stage: Staging, shas: Shas, policy: str, command: str, words: str) -> None:
    """Why, and what to do; nothing is written."""
    async with on_stage(some(shas)) as stage:
        await closed(stage, 1, 3)
        await write_policy(stage, policy)
        answer = await said(stage, command)
        assert ours(stage.github) == []
        assert not any("profile" in branch for branch in await branches(stage.github))
    assert words in answer


async def branches(github: SimulatorHandle) -> list[str]:
    """The names of all branches."""
    return (await home(github).git.run("for-each-ref", "--format=%(refname)", "refs/heads")).decode().split()


async def test_the_organisations_criteria_are_not_copied(on_stage: Staging, shas: Shas) -> None:
    """Its policy may be private; the repository's is where everybody reads it."""
    made = some(shas)
    made["repositories"].append({"full_name": ABOVE, "private": True})
    async with on_stage(made) as stage:
        await stage.github.control(
            "commit", repo=ABOVE, files={POLICY_PATH: ASKING}, message="Policy [skip ci]", author="bob"
        )
        await closed(stage, 1, 3, policy=None)
        answer = await said(stage)
        assert ours(stage.github) == []
    assert "are asked `packaged`, `docs` and `alarm` by the organisation's policy, which I do not copy" in answer


async def test_who_may_not(on_stage: Staging, shas: Shas) -> None:
    """It takes maintain: whoever may write could approve the bot's pull request alone, and his own he cannot."""
    async with on_stage(some(shas)) as stage:
        answer = await said(stage, login="bob")
    assert "needs **maintain** here; you hold **write**" in answer


@pytest.mark.parametrize(
    "place",
    [
        {"method": "POST", "path": "/git/refs$", "nth": 1},
        {"operation": "CommitFiles", "nth": 1},
        {"method": "POST", "path": "/pulls$", "nth": 1},
    ],
    ids=["branching", "committing", "proposing"],
)
async def test_killed_while_proposing(tmp_path: Path, shas: Shas, place: dict[str, Any]) -> None:
    """A new process goes on: one commit, one pull request, one answer."""
    async with simulator(some(shas)) as github:
        async with server(github, tmp_path) as process:
            await commit_policy(github, ASKING)
            for number in (1, 3):
                await github.comment(REPO, number, "ann", IN_IMAGE)
            await known_as_pattern(github)
            await github.fault("delay:0.4", times=1, **place)
            await github.comment(REPO, 1, "mia", PROMOTE)
            await killed_there(github, process)
        async with server(github, tmp_path):
            issue = await until(github, lambda issue: any("Proposed" in one for one in answers(issue)))
        await record(github, f"killed-promoting-{'-'.join(str(part) for part in place.values()).replace('/', '')}")
        assert len(ours(github)) == 1
        commits = (await home(github).git.run("log", "--format=%H", f"main..{BRANCH}")).decode().split()
    assert (len(commits), sum("Proposed" in one for one in answers(issue))) == (1, 1)


async def known_as_pattern(github: SimulatorHandle) -> None:
    """Ask until both issues are remembered: that is done behind the answers."""
    async with asyncio.timeout(START_LIMIT):
        while True:
            comment = await github.comment(REPO, 1, "bob", "/resolution patterns")
            issue = await until(github, partial(_is_told, comment=comment))
            if "<pattern>" in answers(issue)[-1]:
                return


def _is_told(issue: dict[str, Any], *, comment: int) -> bool:
    return "+1" in reactions(issue, comment)
