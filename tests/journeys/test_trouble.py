"""GitHub fails, hides, limits and cuts: what people see is still exactly one answer."""

from datetime import timedelta

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, answers, reactions, world


@pytest.mark.parametrize("effect", ["apply-then-500", "reset-after", "status:502", "reset-before"])
@pytest.mark.parametrize("operation", ["addComment", "closeIssue", "Finish", "Acknowledge"])
async def test_one_answer_whatever_happens_to_a_write(
    on_stage: Staging, shas: Shas, effect: str, operation: str
) -> None:
    """A write whose answer is lost is looked for and not repeated; one that never arrived is."""
    rule = {"method": "PATCH", "path": r".*/issues/1$"} if operation == "closeIssue" else {"operation": operation}
    async with on_stage(world(shas)) as stage:
        await stage.github.fault(effect, times=1, **rule)
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "closed"
    assert len(issue["comments"]) == 2
    assert "rocket" in reactions(issue, issue["comments"][0]["id"])


async def test_lag_hides_our_comment(on_stage: Staging, shas: Shas) -> None:
    """A comment that GitHub shows late is not written twice."""
    async with on_stage(world(shas)) as stage:
        await stage.github.control(
            "faults",
            rules=[
                {"operation": "addComment", "effect": "lag:0.6", "times": 1},
                {"operation": "addComment", "effect": "reset-after", "times": 1},
            ],
        )
        issue = await stage.command("/assess-resolution")
    assert len(answers(issue)) == 1


async def test_a_limit_parks_the_work(on_stage: Staging, shas: Shas) -> None:
    """A rate limit is waited out without holding a worker, and the answer comes afterwards."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("secondary-limit", operation="addComment", times=1)
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        await stage.until(lambda seen: "eyes" in reactions(seen, comment))
        await stage.idle()
        assert not answers(await stage.issue())
        stage.clock.ahead = timedelta(seconds=70)
        issue = await stage.answered(comment)
    assert issue["state"] == "closed"
    assert len(answers(issue)) == 1


async def test_a_right_lost_in_between(on_stage: Staging, shas: Shas) -> None:
    """The role is asked again just before closing."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("delay:0.7", operation="addComment", times=1)
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        await stage.until(lambda seen: "eyes" in reactions(seen, comment))
        await stage.github.control("role", repo=REPO, login="ann", role="read")
        issue = await stage.answered(comment)
    assert issue["state"] == "open"
    assert "ann no longer holds the role that closing needs" in answers(issue)[0]


async def test_the_reporter_speaks_in_between(on_stage: Staging, shas: Shas) -> None:
    """Whoever reported it and speaks up before the closing is heard."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("delay:0.7", operation="addComment", times=1)
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        await stage.until(lambda seen: "eyes" in reactions(seen, comment))
        await stage.github.comment(REPO, 1, "carol", "It still fails here!")
        issue = await stage.answered(comment)
    assert issue["state"] == "open"
    assert "carol has commented since" in answers(issue)[0]


async def test_unreadable_parts_are_unknown(on_stage: Staging, shas: Shas) -> None:
    """A part that GitHub forbids is an error, never a pass."""
    async with on_stage(world(shas)) as stage:
        path = "addReaction.subject.issue.repository.defaultBranchRef.target.statusCheckRollup"
        await stage.github.fault(f"forbidden:{path}", operation="Acknowledge")
        issue = await stage.command("/assess-resolution")
    assert issue["state"] == "open"
    assert answers(issue)[0].startswith("### ❔ Inconclusive")


async def test_somebody_else_closes_it_after_a_lost_request(on_stage: Staging, shas: Shas) -> None:
    """A person's closing is not told as ours: it is assessed as what it is."""
    async with on_stage(world(shas)) as stage:
        await stage.github.fault("reset-before", method="PATCH", path=r".*/issues/1$", times=1)
        comment = await stage.github.comment(REPO, 1, "ann", "/assess-resolution")
        await stage.applied()
        await stage.github.control("close", repo=REPO, issue=1, login="bob", reason="completed")
        await stage.answered(comment)
        await stage.quiet()
        issue = await stage.issue()
        told = [fields["closed"] for name, fields in stage.events if name == "assessed"]
    (answer,) = answers(issue)
    assert (issue["state"], told) == ("closed", [False, False])
    assert answer.startswith("### ✅ Resolved: already closed, verified · ")
