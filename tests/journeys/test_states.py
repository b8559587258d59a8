"""Issues and repositories in every odd state: each is answered clearly."""

import subprocess
from pathlib import Path

from bot.assessment import refusals
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, get, reactions, world


async def test_locked(on_stage: Staging, shas: Shas) -> None:
    """A locked issue is not closed; the command gets its reaction."""
    async with on_stage(world(shas)) as stage:
        payload = await stage.late_command("/assess-resolution")
        await stage.github.control("lock", repo=REPO, issue=1, locked=True)
        await stage.send(payload)
        issue = await stage.issue()
    assert issue["state"] == "open"
    assert reactions(issue, issue["comments"][0]["id"]) & {"+1", "confused"}


async def test_no_ci(on_stage: Staging, shas: Shas) -> None:
    """A repository without CI: that criterion does not apply, and the merged fix still closes."""
    async with on_stage(world(shas, check_runs=[])) as stage:
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "closed"
    assert "no CI ran" in answers(issue)[0] or "CI is green" in answers(issue)[0]


async def test_empty_repository(on_stage: Staging, shas: Shas, tmp_path: Path) -> None:
    """A repository without a commit is said to be empty, and nothing is closed."""
    empty = tmp_path / "empty"
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(empty)], check=True, timeout=30)
    made = world(shas, git=str(empty), pulls=[], check_runs=[])
    del made["repositories"][0]["head"]
    async with on_stage(made) as stage:
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "open"
    assert "no commit" in answers(issue)[0]


async def test_renamed_default_branch(on_stage: Staging, shas: Shas) -> None:
    """The default branch is what GitHub says it is, not a name."""
    async with on_stage(world(shas)) as stage:
        await stage.github.control("rename_default_branch", repo=REPO, name="trunk")
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "closed"
    assert "`trunk`" in answers(issue)[0]


async def test_pull_request_is_no_issue(on_stage: Staging, shas: Shas) -> None:
    """On a pull request a command about an issue says where to ask instead."""
    async with on_stage(world(shas)) as stage:
        await stage.github.comment(REPO, 2, "ann", "/resolution status")
        await stage.quiet()
        state = await stage.github.state()
    pull = next(one for one in state["repositories"][0]["pulls"] if one["number"] == 2)
    assert any(comment["body"].startswith(refusals.only_on_issues()) for comment in pull["comments"])


async def test_help_on_a_pull_request(on_stage: Staging, shas: Shas) -> None:
    """Help names what works there alone, and is given to everybody."""
    async with on_stage(world(shas)) as stage:
        await stage.github.comment(REPO, 2, "stranger", "/assess-resolution help")
        await stage.quiet()
        state = await stage.github.state()
    pull = next(one for one in state["repositories"][0]["pulls"] if one["number"] == 2)
    assert any("### Commands on a pull request" in comment["body"] for comment in pull["comments"])


async def test_deleted_issue(on_stage: Staging, shas: Shas) -> None:
    """An issue that is gone when we come to it ends quietly, with a line for the operator."""
    async with on_stage(world(shas)) as stage:
        payload = await stage.late_command("/assess-resolution")
        await stage.github.control("delete", repo=REPO, issue=1)
        await stage.send(payload)
        assert any(event == "no-sight" for event, _ in stage.events)


async def test_transferred_issue(on_stage: Staging, shas: Shas) -> None:
    """A transferred issue is not touched any more in its old place."""
    made = world(shas)
    made["repositories"].append({"full_name": "acme/other", "git": str(shas.folder), "head": "main"})
    async with on_stage(made) as stage:
        payload = await stage.late_command("/assess-resolution")
        await stage.github.control("transfer", repo=REPO, issue=1, to="acme/other")
        await stage.send(payload)
        assert any(event == "no-sight" for event, _ in stage.events)


async def test_second_command_edits_the_one_comment(on_stage: Staging, shas: Shas) -> None:
    """The same verdict again edits our comment; another verdict writes a new one and outdates the old."""
    async with on_stage(world(shas, pulls=[])) as stage:
        await stage.command("/assess-resolution")
        issue = await stage.command("/assess-resolution")
        assert len(answers(issue)) == 1
        issue = await stage.command("Fixed in `85375b936`.\n\n/assess-resolution")
    ours = [comment for comment in issue["comments"] if comment["author"] == "resolution[bot]"]
    assert [comment["minimized"] for comment in ours] == [True, False]


async def test_a_forged_mark_is_not_ours(on_stage: Staging, shas: Shas) -> None:
    """A comment by somebody else with our mark in it is never edited."""
    async with on_stage(world(shas, pulls=[])) as stage:
        issue = await stage.command("/assess-resolution")
        await stage.github.comment(REPO, 1, "dora", answers(issue)[0])
        issue = await stage.command("/assess-resolution")
    assert [
        sum(comment["author"] == author for comment in issue["comments"]) for author in ("resolution[bot]", "dora")
    ] == [1, 1]


async def test_evidence_link(on_stage: Staging, shas: Shas) -> None:
    """The comment's link leads to the document; without its signature it leads nowhere."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/assess-resolution")
        link = answers(issue)[0].split("](https://bot.example.com")[-1].split(")")[0]
        page = await get(stage.url + link)
        document = await get(stage.url + link.replace("?", ".json?"))
        assert (page.status_code, document.status_code) == (200, 200)
        assert (document.json()["verdict"], document.json()["schema"]) == ("resolved", 1)
        assert [done["action"] for done in document.json()["actions"]] == ["close"]
        assert (await get(stage.url + link.split("?")[0])).status_code == 404


async def test_untrusted_bots_are_ignored(on_stage: Staging, shas: Shas) -> None:
    """A bot's command is no command, unless the policy trusts it by name."""
    async with on_stage(world(shas)) as stage:
        await stage.github.comment(REPO, 1, "helper[bot]", "/assess-resolution")
        await stage.quiet()
        issue = await stage.issue()
    assert (issue["state"], len(issue["comments"])) == ("open", 1)
