"""Similar issues that were closed on evidence: remembered, named with what closed them, forgotten when reopened."""

from typing import Any

from tests.assessment.golden import same_as_file
from tests.journeys.comments import FOLDER, stable
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, reactions, world, write_policy

LIKE = {
    "number": 3,
    "title": "monitoring is missing from the slim image",
    "body": "It is there in the big one.\n\n- [ ] package it\n",
    "labels": ["bug"],
    "author": "carol",
}
UNLIKE = {"number": 4, "title": "Typo in a heading", "body": "- [ ] mend it\n", "labels": ["bug"], "author": "carol"}
HEADING = "**Closed on evidence before, and similar**"
ADVISING = "version: 1\nmode: advise\n"


def three(shas: Shas) -> dict[str, Any]:
    """An issue that can be closed, one like it, and one that is not."""
    made = world(shas)
    made["repositories"][0]["issues"] += [LIKE, UNLIKE]
    return made


async def answer(stage: Stage, issue: int, command: str = "/assess-resolution") -> str:
    """The newest answer on the issue."""
    return answers(await stage.command(command, issue=issue))[-1]


async def test_named_with_what_closed_it(on_stage: Staging, shas: Shas) -> None:
    """On an issue like it, in words that make no reference; not on another one, and never on itself."""
    async with on_stage(three(shas)) as stage:
        first = await answer(stage, 1)
        like, unlike = await answer(stage, 3), await answer(stage, 4)
        again = await answer(stage, 1)
        one = await stage.issue()
    assert HEADING in like
    (item,) = [line for line in like.splitlines() if line.startswith("- [`#1` ")]
    assert "shares the words image, missing and monitoring; closed " in item
    assert "by pull request `#2`" in item
    assert "#1" not in like.replace("`#1`", "")
    assert [HEADING in text or "similar issue" in text for text in (first, unlike, again)] == [False] * 3
    assert one["state"] == "closed"


async def test_reopened_is_named_no_longer(on_stage: Staging, shas: Shas) -> None:
    """Neither after GitHub told so, nor in the list; closed on evidence again, it is."""
    async with on_stage(three(shas)) as stage:
        await answer(stage, 1)
        await stage.github.control("reopen", repo=REPO, issue=1, login="carol")
        await stage.quiet()
        reopened = await answer(stage, 3)
        empty = await answer(stage, 4, "/resolution patterns")
        closed = await answer(stage, 1)
        named = await answer(stage, 3)
    assert HEADING not in reopened
    assert "No issue of this repository was closed on evidence yet" in empty
    assert "closed" in closed
    assert HEADING in named


async def test_found_not_holding_is_named_no_longer(on_stage: Staging, shas: Shas) -> None:
    """A later assessment of a closed issue counts, also a dry run."""
    async with on_stage(three(shas)) as stage:
        await answer(stage, 1)
        await write_policy(stage, "version: 1\ncriteria: [{id: gone, title: Gone, file: no/such.py}]\n")
        failing = await answer(stage, 1, "/assess-resolution --dry-run")
        other = await answer(stage, 3)
    assert "Closed, but not resolved" in failing
    assert HEADING not in other


async def test_patterns(on_stage: Staging, shas: Shas) -> None:
    """By the issue or by words: a comment with 👍, from memory."""
    async with on_stage(three(shas)) as stage:
        await answer(stage, 1)
        issue = await stage.command("/resolution patterns", issue=3)
        words = await answer(stage, 4, "/resolution patterns slim image")
        nothing = await answer(stage, 4, "/resolution patterns kubernetes")
    assert same_as_file(stable(answers(issue)[-1]), FOLDER / "patterns.md")
    assert reactions(issue, issue["comments"][0]["id"]) == {"eyes", "+1"}
    assert "**Similar with `slim image`**\n- [`#1` " in words
    assert "None with `kubernetes` is among them." in nothing


async def test_who_may_not_ask(on_stage: Staging, shas: Shas) -> None:
    """As for the other commands that only tell."""
    async with on_stage(three(shas)) as stage:
        issue = await stage.command("/resolution patterns", login="dora")
    assert "needs **triage** here; you hold **read**" in answers(issue)[-1]


async def test_what_is_closed_by_hand_counts_once_it_is_measured(on_stage: Staging, shas: Shas) -> None:
    """A person closed it; a command found that it holds."""
    async with on_stage(three(shas)) as stage:
        await write_policy(stage, ADVISING)
        await stage.github.control("close", repo=REPO, issue=1, login="bob", reason="completed")
        before = await answer(stage, 3)
        await answer(stage, 1)
        after = await answer(stage, 3)
    assert (HEADING in before, HEADING in after) == (False, True)
