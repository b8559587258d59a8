"""`/resolution explain`: what would be asked here and why, without asking it."""

from typing import Any

import pytest

from tests.assessment.golden import same_as_file
from tests.journeys.comments import FOLDER, stable
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import answers, reactions, world, write_policy

POLICY = """\
version: 1
mode: act
labels: {hold: [do-not-close]}
close: {minimum_confidence: HIGH}
permissions: {waive: admin}
watch: [1d]
criteria:
  - {id: packaged, title: The module is packaged, file: service/monitoring.py}
  - id: health
    title: It is healthy
    required: false
    weight: 2
    http: {url: 'https://shop.example.com/health', secret: HEALTH, headers: {X-Shop: hush}, samples: 5}
  - {id: alarms, title: The alarms are set, scope: operational, before: false, code: {present: alarm}}
  - {id: host, title: The host is gone, code: {absnt: x}}
profiles:
  docs: {when: {labels: [documentation]}, criteria: [{id: guide, file: docs/guide.md}]}
"""
CLAIM = "Fixed. Created `service/monitoring.py`; 99 % operational.\n\n"


@pytest.mark.parametrize(
    ("command", "name"),
    [
        pytest.param(f"{CLAIM}/resolution explain", "explain", id="all"),
        pytest.param("/resolution explain policy", "explain-policy", id="policy"),
        pytest.param("/resolution explain packaged", "explain-criterion", id="criterion"),
        pytest.param("/resolution explain health", "explain-http", id="over-the-network"),
        pytest.param("/resolution explain host", "explain-faulty", id="faulty"),
        pytest.param("/resolution explain guide", "explain-other-profile", id="another-profile"),
    ],
)
async def test_each_form(on_stage: Staging, shas: Shas, command: str, name: str) -> None:
    """One comment and 👍; nothing is measured, nothing else changes, and what is sent along is not shown."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY)
        issue = await stage.command(command)
        assert not any(event == "assessed" for event, _ in stage.events)
    (answer,) = answers(issue)
    assert same_as_file(stable(answer), FOLDER / f"{name}.md")
    assert (issue["state"], issue["labels"]) == ("open", ["bug"])
    assert reactions(issue, issue["comments"][0]["id"]) == {"eyes", "+1"}
    assert "hush" not in answer


async def test_how_it_came_out(on_stage: Staging, shas: Shas) -> None:
    """After an assessment each criterion tells what came of it, claims too; also when it is asked no more."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY)
        await stage.command(f"{CLAIM}/assess-resolution --dry-run")
        first = answers(await stage.command("/resolution explain packaged"))[-1]
        await write_policy(stage, "version: 1\nclaims: off\ncriteria: [{id: tasks, tasks: }]\n")
        gone = answers(await stage.command("/resolution explain packaged"))[-1]
        new = answers(await stage.command("/resolution explain tasks"))[-1]
    assert "**Last time** · ✅ pass: " in first
    assert "[evidence](https://bot.example.com/assessments/" in first
    assert "this would not be asked any more. **Last time** · ✅ pass: " in gone
    assert "not asked by the last assessment" in new


async def test_claims_by_their_id(on_stage: Staging, shas: Shas) -> None:
    """A claim is explained with the words that it was found in; so is one that nothing here measures."""
    async with on_stage(world(shas)) as stage:
        ids = "file-present-service-monitoring-py", "unchecked-99-operational"
        asked = "\n\n".join(f"/resolution explain {name}" for name in ids)
        issue = await stage.command(f"{CLAIM}{asked}")
    (answer,) = answers(issue)
    assert "**Found in** · [what was said](http://127" in answer
    assert "Nothing here measures that." in answer
    assert answer.count("### 📖") == 2


@pytest.mark.parametrize(
    ("policy", "command", "words"),
    [
        pytest.param("version: 1\nmod: act\n", "explain", "resolution.yml:2:1", id="broken"),
        pytest.param("version: 1\nmod: act\n", "explain", "then `/resolution explain` again", id="broken-next"),
        pytest.param(POLICY, "explain packged", "Did you mean `packaged`? There is `packaged`, `health`", id="unknown"),
        pytest.param("version: 1\npermissions: {explain: write}\n", "explain", "needs **write** here", id="denied"),
    ],
)
async def test_what_cannot_be_told(on_stage: Staging, shas: Shas, policy: str, command: str, words: str) -> None:
    """A broken policy, an unknown criterion and a reader whom the policy denies are answered, with 😕."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, policy)
        issue = await stage.command(f"/resolution {command}")
    (answer,) = answers(issue)
    assert words in answer
    assert reactions(issue, issue["comments"][0]["id"]) == {"eyes", "confused"}


async def test_beside_an_assessment(on_stage: Staging, shas: Shas) -> None:
    """Both are answered in one comment, the assessment first."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command("/resolution explain policy\n\n/assess-resolution")
    (answer,) = answers(issue)
    assert issue["state"] == "closed"
    assert answer.startswith("### ✅")
    assert "### 📖 The policy here: the built-in one" in answer


async def test_a_whole_policy_of_criteria(on_stage: Staging, shas: Shas) -> None:
    """Fifty criteria and more are told in one comment that GitHub takes, folded after ten; so are three of these."""
    lines = "".join(f"  - {{id: c{n}, title: {'t' * 180}, code: '{'x' * 200}'}}\n" for n in range(50))
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, f"version: 1\ncriteria:\n{lines}")
        issue = await stage.command("/resolution explain\n\n/resolution explain policy\n\n/resolution explain c49")
    (answer,) = answers(issue)
    assert len(answer) <= 60_000
    assert "<details><summary>40 more</summary>" in answer


async def test_killed_and_told_once(on_stage: Staging, shas: Shas) -> None:
    """GitHub's failing in between is no second answer."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("apply-then-500", operation="CreateComment", times=1)
        issue = await stage.command("/resolution explain")
    assert len(answers(issue)) == 1


def with_block(shas: Shas, author: str) -> dict[str, Any]:
    """A world whose issue's text asks for a guide, and for something that cannot be asked."""
    text = "```resolution\n- {id: manual, file: docs/manual.md}\n- {id: odd, fil: docs/odd.md}\n```\n"
    return world(shas, issues=[{"number": 1, "title": "no guide", "body": text, "labels": [], "author": author}])


async def test_what_the_issues_text_asks(on_stage: Staging, shas: Shas) -> None:
    """It is told beside the policy's criteria, with where it comes from; each is explained by its id."""
    async with on_stage(with_block(shas, "ann")) as stage:
        await write_policy(stage, POLICY)
        whole = answers(await stage.command("/resolution explain"))[-1]
        one = answers(await stage.command("/resolution explain manual"))[-1]
        odd = answers(await stage.command("/resolution explain odd"))[-1]
    assert "What I would ask here: 6 criteria" in whole
    assert "· `manual`, from the issue's text | `file`:" in whole
    assert "**Asked by** · the issue's text, for this issue alone" in one
    assert "[line 2, column 13 of the block in the issue's text](http://127" in odd
    assert "/issues/1) unknown key 'fil'" in odd
    assert odd.rstrip().split("\n\n")[-2] == "Correct it in the issue's text; until then it cannot be asked."


async def test_a_text_that_does_not_count(on_stage: Staging, shas: Shas) -> None:
    """Why it does not is told, as in an assessment."""
    async with on_stage(with_block(shas, "carol")) as stage:
        await write_policy(stage, POLICY)
        answer = answers(await stage.command("/resolution explain"))[-1]
    assert "What I would ask here: 4 criteria" in answer
    assert (
        "**Note** · The `resolution` block in the issue's text was left out: carol wrote it, and holds read" in answer
    )


async def test_what_is_waived(on_stage: Staging, shas: Shas) -> None:
    """Who waived it, until when and why; and that it counts no more once the policy is another."""
    async with on_stage(world(shas, collaborators={"mia": "maintain", "ann": "triage"})) as stage:
        await write_policy(stage, POLICY.replace("waive: admin", "waive: maintain"))
        await stage.command("/resolution waive host the runner is broken", login="mia")
        counts = answers(await stage.command("/resolution explain host"))[-1]
        other = answers(await stage.command("/resolution explain packaged"))[-1]
        await write_policy(stage, POLICY)
        changed = answers(await stage.command("/resolution explain host"))[-1]
    assert "**Waiver** · **waived** by `@mia` until [" in counts
    assert ": the runner is broken.\n" in counts
    assert "**Waiver**" not in other
    assert "**Waiver** · a waiver by `@mia` no longer counts: it was given under policy" in changed
