"""The five promises of the product, each with a journey that would notice its breach.

1. Every accepted command gets exactly one final answer (also `test_kill`, `test_trouble`, `test_outage`).
2. It never closes on what it could not check (also `test_command::test_inconclusive`, `tests/assessment/test_verdict`).
3. Every statement names its source.
4. A person always wins (also `test_midway`, `tests/assessment/test_plan`).
5. It tells people how to disagree, and nobody to do what he has no right to do (also `test_asking::test_ties`).
"""

from datetime import timedelta

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, get, reactions, world, write_policy

CLAIM = "Created `service/monitoring.py`.\n\n/assess-resolution"
ASKING_MUCH = """version: 1
criteria:
  - pull: {if_any: true}
  - check: unit
  - file: service/monitoring.py
  - code: {absent: "netra_backend"}
  - tasks:
  - label: {absent: [blocked]}
  - issue: {sub_issues: true}
  - http: {url: "http://127.0.0.1:9/health"}
  - changes: {files: 1}
"""


async def test_an_end_after_the_closing_is_not_contradicted(on_stage: Staging, shas: Shas) -> None:
    """1: where all fails after the closing, no last word says that nothing was closed."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("status:503", operation="Finish", times=None)
        await stage.github.fault("status:503", operation="IssueNow", times=None)
        issue = await stage.command(CLAIM)
        assert "job-dead" in {event for event, _ in stage.events}
    assert issue["state"] == "closed"
    assert "nothing was closed" not in "\n".join(answers(issue))


async def test_nothing_is_closed_without_a_word(on_stage: Staging, shas: Shas) -> None:
    """1: where GitHub does not let us answer, we do not act either."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("status:422", operation="CreateComment", times=None)
        issue = await stage.command(CLAIM)
    assert (issue["state"], answers(issue)) == ("open", [])
    assert reactions(issue, issue["comments"][0]["id"]) == {"eyes", "confused"}


SEEN = "addReaction.subject.issue"


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(f"{SEEN}.repository.defaultBranchRef.target.statusCheckRollup", id="checks"),
        pytest.param(f"{SEEN}.closedByPullRequestsReferences", id="pulls"),
        pytest.param(f"{SEEN}.labels", id="labels"),
    ],
)
async def test_what_cannot_be_read_closes_nothing(on_stage: Staging, shas: Shas, part: str) -> None:
    """2: what GitHub withholds is never taken for a pass, whatever else holds."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault(f"forbidden:{part}", operation="Acknowledge")
        issue = await stage.command(CLAIM)
    (answer,) = answers(issue)
    assert issue["state"] == "open"
    assert answer.startswith(
        ("### ❔ Inconclusive: not closing", "### ✅ Resolved: left open, its labels could not be")
    )


async def test_every_statement_names_its_source(on_stage: Staging, shas: Shas) -> None:
    """3: whatever a criterion's outcome, it says what was asked, what was seen, where, when and at which commit."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, ASKING_MUCH)
        issue = await stage.command(CLAIM + "\n\nFixed in `85375b936`; 99 % operational.")
        link = answers(issue)[0].split("](https://bot.example.com")[-1].split(")")[0]
        document = (await get(stage.url + link.replace("?", ".json?"))).json()
    assert len(document["criteria"]) >= 11
    assert document["commit"][:7] in answers(issue)[0]
    for one in document["criteria"]:
        source = one["source"]
        assert one["expected"], one
        assert one["observed"], one
        assert source["place"], one
        assert source["url"].startswith("http"), one
        assert document["started_at"][:10] <= source["fetched_at"][:10], one
        assert source["sha"] or one["kind"] in {"http", "issue"}, one


async def test_a_person_who_reopened_wins(on_stage: Staging, shas: Shas) -> None:
    """4: what a person reopened is not closed by us after a later merge, even where the policy acts."""
    pull = {"number": 2, "title": "Later", "body": "Adds `service/later.py`.", "state": "open", "head": "later"}
    async with on_stage(world(shas, pulls=[{**pull, "author": "bob", "closes": [1]}])) as stage:
        await write_policy(stage, "version: 1\nmode: act\n")
        stage.github.world.close_delay = timedelta(seconds=8)  # later than our answer
        await stage.github.control("close", repo=REPO, issue=1, login="ann")
        await stage.github.control("reopen", repo=REPO, issue=1, login="carol")
        await stage.github.control("merge", repo=REPO, pull=2)
        issue = await stage.until(lambda seen: len(answers(seen)) == 1)
    assert issue["state"] == "open"
    assert "left open, a person wants it open" in answers(issue)[0]
    assert "carol reopened it: somebody with triage closes it" in answers(issue)[0]


@pytest.mark.parametrize(
    ("comment", "way"),
    [
        pytest.param(CLAIM, "The reporter or anyone with **triage** can comment `/reopen <why>`", id="closed"),
        pytest.param(
            "Created `no/such.py`.\n\n/assess-resolution", "If I misread a claim, quote it below", id="refused"
        ),
    ],
)
async def test_everybody_is_told_how_to_disagree(on_stage: Staging, shas: Shas, comment: str, way: str) -> None:
    """5: a closing and a refusal both say what to do if they are wrong."""
    async with on_stage(world(shas)) as stage:
        issue = await stage.command(comment)
    assert "**Not right?**" in answers(issue)[0]
    assert way in answers(issue)[0]
