"""What became of commits: diffs, releases, tags, deployments; each asked once, and what is withheld is not empty."""

import json
from typing import Any

import httpx
import pytest

from bot.assessment.evidence import Sha
from bot.github.diffs import LARGEST
from bot.github.errors import RateLimited, Unavailable
from bot.github.models import Unknown

from . import answers
from .stand_in import StandIn, fault, ok, outcome, session

HEAD, OLD = Sha(answers.HEAD), Sha(answers.OLD)
COMPARE, PULL = "/repos/acme/shop/compare/.*", "/repos/acme/shop/pulls/7"
DIFF = b"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n"
DEPLOYED = {"environment": "production", "state": "ACTIVE", "commitOid": HEAD, "createdAt": "2026-11-20T12:00:00Z"}


def repository(*deployments: httpx.Response) -> StandIn:
    """A GitHub that tells the snapshot, and then these answers for deployments."""
    left = list(deployments)

    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)["query"]
        return left.pop(0) if asked.startswith("query Deployments") else ok({"repository": answers.repository()})

    return StandIn().graphql(answer)


REFUSALS: dict[str, tuple[list[httpx.Response], bytes | None]] = {
    "told": ([httpx.Response(200, content=DIFF)], DIFF),
    "too many lines": ([httpx.Response(406, json={"message": "too many lines"})], None),
    "too many files": ([httpx.Response(422, json={"message": "too many files"})], None),
    "no such thing": ([httpx.Response(404, json={"message": "Not Found"})], None),
    "it takes too long": ([httpx.Response(500, json={"message": "taking too long"})], None),
    "larger than we read": ([httpx.Response(200, content=b"x" * (LARGEST + 1))], None),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_diff_is_told_or_not(name: str) -> None:
    """GitHub has several words for "too large"; none of them is an error of the assessment."""
    given, told = REFUSALS[name]
    github = repository().on("GET", COMPARE, *given).on("GET", PULL, *given)
    async with session(github) as shop:
        reader = shop.reader(await shop.snapshot(3))
        found = [await reader.diff(OLD, HEAD), await reader.pull_diff(7), await reader.diff(OLD, HEAD)]
    assert found == [told] * 3
    accepted = {one.headers["accept"] for one in github.requests if one.method == "GET"}
    assert accepted == {"application/vnd.github.diff"}


async def test_diffs_are_read_once() -> None:
    """Whoever asks."""
    github = repository().on("GET", COMPARE, httpx.Response(200, content=DIFF))
    async with session(github) as shop:
        reader = shop.reader(await shop.snapshot(3))
        assert await reader.diff(OLD, HEAD) == await reader.diff(OLD, HEAD)
    assert len(github.sent("GET", COMPARE)) == 1


async def test_a_used_up_limit_is_no_missing_diff() -> None:
    """It is waited for, like everywhere."""
    limited = httpx.Response(429, headers={"retry-after": "60"}, json={"message": "secondary rate limit"})
    async with session(repository().on("GET", COMPARE, limited)) as shop:
        reader = shop.reader(await shop.snapshot(3))
        assert isinstance(await outcome(reader.diff(OLD, HEAD)), RateLimited)


def listed(*nodes: Any) -> dict[str, Any]:
    return {"repository": {"deployments": {"nodes": list(nodes)}}}


WITHHELD = ok({"repository": None}, fault("FORBIDDEN", "repository", "deployments"))
DEPLOYMENTS: dict[str, tuple[httpx.Response, object]] = {
    "told": (ok(listed(DEPLOYED)), ["production"]),
    "none": (ok(listed()), []),
    "withheld, and the repository with them": (WITHHELD, Unknown),
    "one of them withheld": (
        ok(listed(DEPLOYED, None), fault("FORBIDDEN", "repository", "deployments", "nodes", 1)),
        Unknown,
    ),
    "broken": (ok(None, fault("INTERNAL")), Unavailable),
}


@pytest.mark.parametrize("environment", [None, "production"])
@pytest.mark.parametrize("name", DEPLOYMENTS)
async def test_deployments_are_told_or_not(name: str, environment: str | None) -> None:
    """What is withheld is unknown, which is not "none"."""
    answer, expected = DEPLOYMENTS[name]
    async with session(repository(answer)) as shop:
        reader = shop.reader(await shop.snapshot(3))
        found = await outcome(reader.deployments(environment))
    if isinstance(expected, type):
        assert isinstance(found, expected)
        return
    assert isinstance(found, tuple)
    assert [one.environment for one in found] == expected
