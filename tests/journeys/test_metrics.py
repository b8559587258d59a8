"""What is measured of a change, in the answer, the document and on the page; the closing as GitHub told it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from bot.simulator.testing import SimulatorHandle
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import Stage, answers, get, world, write_policy
from tests.journeys.waiting import home

LINK = re.compile(r"https://bot\.example\.com(/assessments/[0-9a-f]+)(\?exp=\d+&sig=[\w-]+)")
IMPACT = "business_impact: {segment: Platform, goal: stability}\n"


def ago(**spans: float) -> str:
    """So long before now."""
    return (datetime.now(UTC) - timedelta(**spans)).isoformat()


def told(shas: Shas, **parts: Any) -> dict[str, Any]:
    """An issue of five days whose fix was merged and deployed."""
    made = world(shas, **parts)
    (repository,) = made["repositories"]
    repository["issues"][0]["created_at"] = ago(days=5)
    for pull in repository["pulls"]:
        pull |= {"created_at": ago(hours=1), "merged_at": ago(hours=-3)}
    repository["deployments"] = [
        {"environment": "production", "sha": shas.start, "created_at": ago(hours=2)},
        {"environment": "production", "sha": shas.head, "created_at": ago(hours=-5)},
    ]
    return made


async def document(stage: Stage, answer: str) -> Any:
    """The assessment document behind an answer."""
    link = LINK.search(answer)
    assert link is not None
    return (await get(f"{stage.url}{link[1]}.json{link[2]}")).json()


async def page(stage: Stage, answer: str) -> str:
    """The text of the page behind an answer."""
    link = LINK.search(answer)
    assert link is not None
    text = (await get(f"{stage.url}{link[1]}{link[2]}")).text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def closed_at(github: SimulatorHandle) -> datetime:
    """When GitHub closed it."""
    at = home(github).issues[1].closed_at
    assert at is not None
    return at


async def test_measured_and_stated(on_stage: Staging, shas: Shas) -> None:
    """Numbers that GitHub shows stand apart from what the policy states; the closing has the time of its read-back."""
    async with on_stage(told(shas)) as stage:
        await write_policy(stage, f"version: 1\n{IMPACT}")
        issue = await stage.command("/assess-resolution")
        (answer,) = answers(issue)
        kept, shown = (await document(stage, answer))["metrics"], await page(stage, answer)
        at = closed_at(stage.github)
    assert issue["state"] == "closed"
    assert "**Measured** · 1 pull request (#2), 1 commit, 2 files (+2 −1), no breaking-change marker, 5 h" in answer
    assert "5 h from first commit to production, 2 h from merge to production, 5 days from opening to closing" in answer
    assert "**Stated by policy, not measured** · segment *Platform* · goal *stability*" in answer
    assert datetime.fromisoformat(kept["closed_at"]) == at.replace(microsecond=0)
    assert "Took 2 h from merge to production Took 5 days from opening to closing" in shown
    assert "Stated by policy, not measured Segment Platform Goal stability" in shown


async def test_a_closed_issue_has_its_own_end(on_stage: Staging, shas: Shas) -> None:
    """Whoever closed it: the way from opening to closing is in the answer at once."""
    async with on_stage(told(shas)) as stage:
        await stage.github.control("close", repo="acme/service", issue=1, login="bob", reason="completed")
        (answer,) = answers(await stage.command("/assess-resolution"))
    assert "5 days from opening to closing" in answer


async def test_a_fix_that_was_only_named(on_stage: Staging, shas: Shas) -> None:
    """Of a commit without a pull request: that it is one, and no size that nobody has measured."""
    async with on_stage(told(shas, pulls=[])) as stage:
        issue = await stage.command(f"Fixed in `{shas.fix[:9]}`.\n\n/assess-resolution")
        (answer,) = answers(issue)
        kept = (await document(stage, answer))["metrics"]
    assert "**Measured** · 1 commit, no breaking-change marker, 5 h from first commit to production" in answer
    assert (kept["commits"], kept["files"], kept["additions"], kept["deletions"]) == (1, None, None, None)
