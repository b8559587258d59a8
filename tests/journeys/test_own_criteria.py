"""Criteria for one issue: below the command, and in the issue's own text."""

from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, world, write_policy
from tests.journeys.waiting import ended, parked, runs, suite_world

POLICY = """\
version: 1
claims: off
criteria:
  - {id: packaged, title: The module is packaged, file: service/monitoring.py}
"""
HOLDS = "- {id: notes, title: There are notes, file: docs/notes.md}"
SUITE = "- {id: suite, title: The suite passes, workflow: {workflow: suite.yml, dispatch: {within: 30m}}}"
FAILS = "- {id: guide, title: There is a guide, file: docs/guide.md}"


def below(block: str, command: str = "/assess-resolution", language: str = "yaml") -> str:
    """A comment with a command and a block directly below it."""
    return f"{command}\n```{language}\n{block}\n```\n"


def with_text(shas: Shas, block: str, author: str) -> dict[str, Any]:
    """A world whose issue has a block in its text."""
    text = f"It is not packaged.\n\n```resolution\n{block}\n```\n"
    issue = {"number": 1, "title": "not packaged", "body": text, "labels": [], "author": author}
    return world(shas, issues=[issue])


async def answered(stage: Stage, body: str, login: str = "ann") -> tuple[dict[str, Any], str]:
    """The issue after a command, and the answer."""
    await write_policy(stage, POLICY)
    issue = await stage.command(body, login=login)
    return issue, answers(issue)[-1]


@pytest.mark.parametrize(
    ("block", "state"), [pytest.param(HOLDS, "closed", id="holds"), pytest.param(FAILS, "open", id="fails")]
)
async def test_a_criterion_below_the_command(on_stage: Staging, shas: Shas, block: str, state: str) -> None:
    """It decides beside the policy's, and the answer says where it came from."""
    async with on_stage(world(shas)) as stage:
        issue, answer = await answered(stage, below(block))
    assert issue["state"] == state
    assert "The module is packaged" in answer
    assert "(from the command)" in answer
    assert " + 1 criterion from the command · " in answer


async def test_only_a_criterion_of_the_command(on_stage: Staging, shas: Shas) -> None:
    """`--only` takes its id; a mapping with `criteria` is read as a bare list is."""
    block = f"version: 1\ncriteria:\n  {FAILS}\n  {HOLDS}"
    async with on_stage(world(shas)) as stage:
        issue, answer = await answered(stage, below(block, "/assess-resolution --only=notes"))
    assert issue["state"] == "open"
    assert "There are notes" in answer
    assert "There is a guide" not in answer


async def test_the_author_brings_none(on_stage: Staging, shas: Shas) -> None:
    """Who may only look is refused, and told what he can do instead."""
    async with on_stage(world(shas)) as stage:
        _, answer = await answered(stage, below(HOLDS, "/assess-resolution --dry-run"), login="carol")
    assert "criteria of your own below a command need **triage** here; you hold **read**" in answer
    assert "`/assess-resolution --dry-run` measures what the policy asks" in answer


async def test_faults_below_the_command(on_stage: Staging, shas: Shas) -> None:
    """Nothing is run, and every fault is answered with its place in the block and in the comment."""
    block = "mode: act\ncriteria:\n  - {file: a.md, wait: 3}\n  - {id: packaged, tasks: }"
    async with on_stage(world(shas)) as stage:
        issue, answer = await answered(stage, f"Please.\n\n{below(block)}")
    assert issue["state"] == "open"
    assert "confused" in reactions(issue, issue["comments"][0]["id"])
    assert answer.startswith("### 🔧 The criteria below your command have 3 faults: nothing was run")
    assert "line 1, column 1 of the block (line 5 of your comment): only `criteria` may stand here" in answer
    assert "line 3, column 18 of the block (line 7 of your comment): unknown key" in answer
    assert "line 4, column 5 of the block (line 8 of your comment): the id 'packaged' is taken already" in answer


async def test_a_quoted_block(on_stage: Staging, shas: Shas) -> None:
    """What stands in a quote is nobody's demand."""
    async with on_stage(world(shas)) as stage:
        issue, answer = await answered(stage, f"/assess-resolution\n\n> ```yaml\n> {FAILS}\n> ```\n")
    assert issue["state"] == "closed"
    assert "from the command" not in answer


async def test_the_text_of_somebody_without_a_say(on_stage: Staging, shas: Shas) -> None:
    """A block in the issue's text does not count by its author alone, and the answer says so."""
    async with on_stage(with_text(shas, FAILS, "carol")) as stage:
        issue, answer = await answered(stage, "/assess-resolution")
    assert issue["state"] == "closed"
    assert (
        "**Note** · The `resolution` block in the issue's text was left out: carol wrote it, and holds read" in answer
    )
    assert "somebody with the role triage was the last to edit the text" in answer


async def test_the_text_edited_by_somebody_with_a_say(on_stage: Staging, shas: Shas) -> None:
    """Who edits the text stands behind it: it counts by the role that he has."""
    async with on_stage(with_text(shas, FAILS, "carol")) as stage:
        text = (await stage.issue())["body"]
        await stage.github.control("edit", repo=REPO, issue=1, login="ann", body=f"{text}\n")
        issue, answer = await answered(stage, "/assess-resolution")
    assert issue["state"] == "open"
    assert "There is a guide · `guide` (from the issue's text)" in answer


async def test_the_text_edited_by_somebody_without(on_stage: Staging, shas: Shas) -> None:
    """The other way round: whoever has no say takes a text its weight, and is named."""
    async with on_stage(with_text(shas, FAILS, "ann")) as stage:
        await stage.github.control("edit", repo=REPO, issue=1, login="dora", body=f"```resolution\n{FAILS}\n```")
        _, answer = await answered(stage, "/assess-resolution")
    assert "dora edited it last, and holds read here" in answer


async def test_faults_in_the_text(on_stage: Staging, shas: Shas) -> None:
    """A broken criterion is named and keeps the issue open; the others are asked."""
    block = "- {id: guide, title: There is a guide, fil: docs/guide.md}\n" + HOLDS
    async with on_stage(with_text(shas, block, "ann")) as stage:
        issue, answer = await answered(stage, "/assess-resolution")
    assert issue["state"] == "open"
    assert answer.startswith("### 🔧 Misconfigured: not closing")
    assert "There is a guide · `guide` (from the issue's text)" in answer
    assert "line 1, column 40 of the block in the issue's text" in answer
    assert "There are notes" in answer


async def test_a_text_that_is_no_yaml(on_stage: Staging, shas: Shas) -> None:
    """It is one finding, which keeps the issue open."""
    async with on_stage(with_text(shas, "- {file: a", "ann")) as stage:
        issue, answer = await answered(stage, "/assess-resolution")
    assert issue["state"] == "open"
    assert "The criteria in the issue's text can be read · `block-1`" in answer
    assert " + 1 criterion from the issue's text · " in answer


async def test_an_answer_that_waits_keeps_them(on_stage: Staging, shas: Shas) -> None:
    """Who goes on later reads the comment as it was given: an edit of it changes nothing."""
    async with on_stage(suite_world(shas)) as stage:
        await write_policy(stage, POLICY)
        comment = await stage.github.comment(REPO, 1, "bob", below(SUITE))
        await stage.answered(comment)
        assert await parked(stage) == 1
        await stage.github.control("edit", comment_id=comment, repo=REPO, issue=1, login="bob", body=below(FAILS))
        await ended(stage)
        issue = await stage.issue()
    (answer,) = answers(issue)
    assert issue["state"] == "closed"
    assert "The suite passes (from the command)" in answer
    assert "There is a guide" not in answer


async def test_the_text_borrows_nobodys_role(on_stage: Staging, shas: Shas) -> None:
    """A workflow that only somebody with triage asks for in the text is not started by an asker with write."""
    async with on_stage(suite_world(shas)) as stage:
        await stage.github.control("edit", repo=REPO, issue=1, login="ann", body=f"```resolution\n{SUITE}\n```")
        issue, answer = await answered(stage, "/assess-resolution", login="bob")
        assert runs(stage.github) == []
    assert issue["state"] == "open"
    assert "takes the role write, and ann, who asks for it in the issue's text, holds triage" in answer


async def propose(stage: Stage) -> int:
    """A pull request that closes the issue; its number."""
    await write_policy(stage, POLICY)
    about = {"login": "bob", "title": "Add later", "head": "topic", "files": {"later.py": "LATER = 1\n"}}
    made = await stage.github.control("pull", repo=REPO, body="Fixes #1", **about)
    await stage.quiet()
    return int(made["number"])


async def test_the_text_counts_before_a_merge(on_stage: Staging, shas: Shas) -> None:
    """What would still be missing after a merge includes what the issue's text asks."""
    async with on_stage(with_text(shas, FAILS, "ann")) as stage:
        number = await propose(stage)
        issue = await stage.command("/assess-resolution", issue=number)
    assert "There is a guide" in answers(issue)[-1]


async def test_a_block_on_a_pull_request(on_stage: Staging, shas: Shas) -> None:
    """It is not taken, and not silently dropped."""
    async with on_stage(world(shas)) as stage:
        number = await propose(stage)
        issue = await stage.command(below(FAILS), issue=number)
    assert answers(issue)[-1].startswith("😕 On a pull request I take no criteria below a command")
