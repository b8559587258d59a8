"""A pull request is merged: what becomes of the issues that it speaks of."""

from datetime import timedelta
from typing import Any

import pytest

from bot.commands.route import LINKED_JOB
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, world, write_policy

ACT = "version: 1\nmode: act\n"


def open_pull(body: str, closes: list[int]) -> list[dict[str, Any]]:
    return [
        {
            "number": 2,
            "title": "Package the monitoring module",
            "body": body,
            "state": "open",
            "base": "main",
            "head": "later",
            "author": "bob",
            "closes": closes,
        }
    ]


async def test_merge_with_closing_keyword(on_stage: Staging, shas: Shas) -> None:
    """GitHub has closed the issue already: it is verified and told once, not closed twice."""
    pulls = open_pull("Adds `service/later.py`. Fixes #1.", [1])
    async with on_stage(world(shas, pulls=pulls, check_runs=[]), settling=0.6) as stage:
        await stage.github.control("merge", repo=REPO, pull=2)
        issue = await stage.until(lambda seen: len(answers(seen)) == 1)
        await stage.quiet()
        issue = await stage.issue()
    (answer,) = answers(issue)
    assert issue["state"] == "closed"
    assert "already closed" in answer.splitlines()[0]


async def test_ci_that_has_not_begun_on_the_merge_commit(on_stage: Staging, shas: Shas) -> None:
    """Where CI ran before the merge, it is waited for; what it says is the answer, and there is one."""
    pulls = open_pull("Adds `service/later.py`. Fixes #1.", [1])
    async with on_stage(world(shas, pulls=pulls)) as stage:
        await stage.github.control("merge", repo=REPO, pull=2)
        issue = await stage.until(lambda seen: len(answers(seen)) == 1)
        await stage.quiet()
        assert "**Waiting for** · CI to begin on" in answers(issue)[0]
        await stage.github.control("check", repo=REPO, name="unit", conclusion="failure")
        await stage.quiet()
        issue = await stage.issue()
    (answer,) = answers(issue)
    assert answer.startswith("### ❌ Closed, but not resolved")


async def test_merge_with_refs_never_closes(on_stage: Staging, shas: Shas) -> None:
    """`Refs #1` is assessed and answered, and closed neither by GitHub nor by us, even where the policy acts."""
    pulls = open_pull("Adds `service/later.py`. Refs #1.", [])
    async with on_stage(world(shas, pulls=pulls)) as stage:
        await write_policy(stage, ACT)
        await stage.github.control("merge", repo=REPO, pull=2)
        issue = await stage.until(lambda seen: len(answers(seen)) == 1)
    assert issue["state"] == "open"


async def test_merge_without_links_says_nothing(on_stage: Staging, shas: Shas) -> None:
    """A merge that speaks of no issue is nobody's business."""
    async with on_stage(world(shas, pulls=open_pull("Tidies up.", []))) as stage:
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.quiet()
        issue = await stage.issue()
    assert not issue["comments"]


async def test_automatic_triggers_only_advise(on_stage: Staging, shas: Shas) -> None:
    """Without `mode: act` a merge that leaves the issue open is answered with advice."""
    async with on_stage(world(shas, pulls=open_pull("Part of #1: adds `service/later.py`.", []))) as stage:
        await stage.github.control("merge", repo=REPO, pull=2)
        issue = await stage.until(lambda seen: len(answers(seen)) == 1)
    assert issue["state"] == "open"


async def test_one_merge_one_answer(on_stage: Staging, shas: Shas) -> None:
    """The same merge delivered again leads to no second answer."""
    async with on_stage(world(shas, pulls=open_pull("Fixes #1.", [1]))) as stage:
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.until(lambda seen: len(answers(seen)) == 1)
        merged = [one for one in stage.github.deliveries("pull_request") if one.emission.action == "closed"]
        await stage.github.control("deliver", event="pull_request", payload=merged[0].emission.payload)
        await stage.quiet()
        issue = await stage.issue()
    assert len(issue["comments"]) == 1


async def test_a_policy_can_switch_merges_off(on_stage: Staging, shas: Shas) -> None:
    """`on_merge: false`: a merge is nobody's business but GitHub's."""
    async with on_stage(world(shas, pulls=open_pull("Fixes #1.", [1]))) as stage:
        await write_policy(stage, "version: 1\non_merge: false\n")
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.until(lambda seen: seen["state"] == "closed")
        await stage.quiet()
        issue = await stage.issue()
    assert not issue["comments"]


async def test_act_closes_what_github_left_open(on_stage: Staging, shas: Shas) -> None:
    """Where the policy acts, an issue that the merge should have closed and did not is closed by us."""
    async with on_stage(world(shas, pulls=open_pull("Adds `service/later.py`.", [1]))) as stage:
        await write_policy(stage, ACT)
        stage.github.world.close_delay = timedelta(seconds=6)
        await stage.github.control("merge", repo=REPO, pull=2)
        issue = await stage.until(lambda seen: seen["state"] == "closed" and bool(answers(seen)))
    assert issue["closed_by"] == "resolution[bot]"
    assert answers(issue)[0].startswith("### ✅ Resolved: closed")


@pytest.mark.parametrize("delay", [0.3, 0.5, 0.6, 0.7, 1.2], ids=str)
async def test_github_closes_around_our_look(on_stage: Staging, shas: Shas, delay: float) -> None:
    """Before the look, between look and closing, or after it: one answer, which says that it is closed; its label."""
    pulls = open_pull("Adds `service/later.py`. Fixes #1.", [1])
    async with on_stage(world(shas, pulls=pulls, check_runs=[])) as stage:
        await write_policy(stage, f"{ACT}labels: {{resolved: done}}\n")
        stage.github.world.close_delay = timedelta(seconds=delay)
        await stage.github.fault("delay:0.3", operation="addComment", times=1)
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.until(lambda seen: seen["state"] == "closed")
        await stage.quiet()
        issue = await stage.issue()
    (answer,) = answers(issue)
    assert answer.startswith(("### ✅ Resolved: already closed, verified", "### ✅ Resolved: closed as completed"))
    assert "done" in issue["labels"]


async def test_merge_off_the_default_branch(on_stage: Staging, shas: Shas) -> None:
    """A keyword that does not go to the default branch is a reference: assessed, never closed."""
    pulls = open_pull("Adds `service/later.py`. Fixes #1.", [])
    pulls[0]["base"] = "release"
    async with on_stage(world(shas, pulls=pulls, branches={"release": shas.head})) as stage:
        await write_policy(stage, ACT)
        await stage.github.control("merge", repo=REPO, pull=2)
        issue = await stage.until(lambda seen: len(answers(seen)) == 1)
    assert issue["state"] == "open"


SETTLING = 1.5


@pytest.mark.parametrize(
    ("login", "body"),
    [
        ("mallory", "/assess-resolution help"),
        ("mallory", "/assess-resolution"),
        ("ann", "/resolution status"),
        ("ann", "/assess-resolution --dry-run"),
    ],
)
async def test_no_word_in_between_silences_a_merge(on_stage: Staging, shas: Shas, login: str, body: str) -> None:
    """Help, a denial, a question and a dry run are answered, and so is the merge: nobody can talk it away."""
    async with on_stage(world(shas, pulls=open_pull("Fixes #1.", [1])), settling=SETTLING) as stage:
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.submitted(LINKED_JOB)
        await stage.github.comment(REPO, 1, login, body)
        await stage.until(lambda seen: any("set off by" in answer or "#2" in answer for answer in answers(seen)))
        await stage.quiet()
    told = [fields for event, fields in stage.events if event == "assessed" and fields["trigger"] == "merge"]
    assert len(told) == 1


async def test_a_command_speaks_for_the_merge(on_stage: Staging, shas: Shas) -> None:
    """Somebody with the right has it assessed in between: that is the answer, and it is given once."""
    async with on_stage(world(shas, pulls=open_pull("Fixes #1.", [1])), settling=SETTLING) as stage:
        await stage.github.control("merge", repo=REPO, pull=2)
        await stage.submitted(LINKED_JOB)
        issue = await stage.command("/assess-resolution")
    assert [fields["trigger"] for event, fields in stage.events if event == "assessed"] == ["command"]
    assert len(answers(issue)) == 1
