"""Ways of asking: several commands, ties instead of roles, edits, crowded issues."""

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, reactions, world


async def test_three_commands_are_one(on_stage: Staging, shas: Shas) -> None:
    """Several assessments in a comment become one, read cautiously, and are answered once."""
    body = "/assess-resolution --only=pulls\n\n/assess-resolution\n\n/assess-resolution --dry-run"
    async with on_stage(world(shas)) as stage:
        issue = await stage.command(body)
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert "would be closed (dry run)" in answer.splitlines()[0]


async def test_four_commands_are_too_many(on_stage: Staging, shas: Shas) -> None:
    """A fourth stops all of them."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution\n\n" * 4)
    assert issue["state"] == "open"
    assert "4 commands in one comment, I take 3 at most" in answers(issue)[0]
    assert reactions(issue, issue["comments"][0]["id"]) == {"confused"}


async def test_help_beside_an_assessment(on_stage: Staging, shas: Shas) -> None:
    """Both are answered, in one comment."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution help\n\n/assess-resolution")
    (answer,) = answers(issue)
    assert issue["state"] == "closed"
    assert answer.startswith("### ✅")
    assert "### Commands" in answer


async def test_one_fault_stops_the_assessment_beside_it(on_stage: Staging, shas: Shas) -> None:
    """What cannot be read may have mattered, so nothing runs."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution\n\n/resolution statsu")
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert "I don't know `/resolution statsu`" in answer
    assert "Nothing was run" in answer


@pytest.mark.parametrize(
    ("login", "command", "allowed"),
    [
        pytest.param("dora", "/assess-resolution --dry-run", True, id="assignee-looks"),
        pytest.param("carol", "/assess-resolution --no-close", True, id="author-looks"),
        pytest.param("carol", "/assess-resolution --only=pulls", True, id="author-looks-at-a-part"),
        pytest.param("dora", "/assess-resolution", False, id="assignee-closes"),
        pytest.param("eve", "/assess-resolution --dry-run", False, id="stranger-looks"),
    ],
)
async def test_ties(on_stage: Staging, shas: Shas, login: str, command: str, *, allowed: bool) -> None:
    """The author and assignees may look; closing needs the role."""
    made = world(shas)
    made["repositories"][0]["issues"][0]["assignees"] = ["dora"]
    async with on_stage(made) as stage:
        issue = await stage.command(command, login=login)
    assert issue["state"] == "open"
    assert allowed == answers(issue)[0].startswith("### ")


async def test_an_edited_comment_is_no_command(on_stage: Staging, shas: Shas) -> None:
    """What is edited into a comment later is never run."""
    async with on_stage(world(shas)) as stage:
        comment = await stage.github.comment(REPO, 1, "ann", "Looks done to me.")
        await stage.github.control("edit", repo=REPO, comment_id=comment, body="/assess-resolution")
        await stage.quiet()
        issue = await stage.issue()
    assert (issue["state"], len(issue["comments"])) == ("open", 1)
    assert reactions(issue, comment) == set()


async def test_a_crowded_issue_keeps_one_comment(on_stage: Staging, shas: Shas) -> None:
    """Our comment is found again though a hundred others stand after it."""
    async with on_stage(world(shas, pulls=[])) as stage:
        await stage.command("/assess-resolution")
        for number in range(101):
            await stage.github.comment(REPO, 1, "dora", f"me too, {number}")
        issue = await stage.command("/assess-resolution")
    assert len(answers(issue)) == 1


async def test_a_closing_statement_by_somebody_with_a_say(on_stage: Staging, shas: Shas) -> None:
    """The claims of a maintainer's earlier comment are checked; those of a passer-by are not."""
    async with on_stage(world(shas, pulls=[])) as stage:
        await stage.github.comment(REPO, 1, "bob", "Fixed in `85375b936`.")
        await stage.github.comment(REPO, 1, "dora", "Fixed in `aaaaaaaaa`.")
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "open"
    assert "85375b936" in answers(issue)[0]
    assert "aaaaaaaaa" not in answers(issue)[0]
