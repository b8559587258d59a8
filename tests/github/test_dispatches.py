"""Starting a workflow: both of GitHub's answers, its refusals, and the run that is found again."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from bot.github.errors import Forbidden, GitHubError, NotFound, Refused, Unavailable

from .stand_in import MINT, StandIn, outcome, session

START = "/repos/acme/shop/actions/workflows/suite.yml/dispatches"
RUNS = "/repos/acme/shop/actions/workflows/suite.yml/runs"
SINCE = datetime(2026, 11, 21, 11, 59, tzinfo=UTC)
DETAILS = {"workflow_run_id": 8841, "run_url": "u", "html_url": "h"}


async def started(github: StandIn) -> object:
    async with session(github) as shop:
        return await outcome(shop.dispatch("suite.yml", "main", {"depth": "full"}))


@pytest.mark.parametrize(
    ("answer", "run"),
    [(httpx.Response(200, json=DETAILS), 8841), (httpx.Response(204), None)],
    ids=["with-details", "empty"],
)
async def test_started(answer: httpx.Response, run: int | None) -> None:
    """GitHub tells the run, or that it is started and no more; it is asked once, with a token for this alone."""
    github = StandIn().on("POST", START, answer)
    assert await started(github) == run
    (minting,) = github.sent("POST", MINT)
    assert json.loads(minting.content)["permissions"] == {"actions": "write", "metadata": "read"}
    (sent,) = github.sent("POST", START)
    assert json.loads(sent.content) == {"ref": "main", "inputs": {"depth": "full"}, "return_run_details": True}


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotFound), (403, Forbidden), (422, Refused), (502, Unavailable)],
    ids=["no-such-workflow", "no-permission", "not-dispatchable", "who-knows"],
)
async def test_not_started(status: int, error: type[GitHubError]) -> None:
    """Each refusal has its error, and nothing is sent again."""
    github = StandIn().on("POST", START, httpx.Response(status, json={"message": "No"}))
    assert type(await started(github)) is error
    assert len(github.sent("POST", START)) == 1


def run(number: int, login: str | None, minute: int) -> dict[str, object]:
    actor = {"login": login} if login else None
    return {"id": number, "created_at": f"2026-11-21T12:0{minute}:00Z", "actor": actor}


async def test_found_again() -> None:
    """The first run since then that is ours: not a person's, not a later one."""
    runs = [run(4, "resolution[bot]", 4), run(3, "Resolution[bot]", 3), run(2, "ann", 2), run(1, None, 1)]
    github = StandIn().on("GET", RUNS, httpx.Response(200, json={"workflow_runs": runs}))
    github.on("GET", "/app", httpx.Response(200, json={"id": 7, "slug": "resolution"}))
    async with session(github) as shop:
        assert await shop.dispatched_since("suite.yml", SINCE) == (3, datetime(2026, 11, 21, 12, 3, tzinfo=UTC))
    (asked,) = github.sent("GET", RUNS)
    assert dict(asked.url.params)["created"] == ">=2026-11-21T11:59:00Z"
    assert dict(asked.url.params)["event"] == "workflow_dispatch"
