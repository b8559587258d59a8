"""Check runs of our own: in requests of at most 50 annotations, with a token for this alone, found by our id."""

import json
from typing import Any

import httpx
import pytest

from bot.assessment.evidence import Sha
from bot.github.check_runs import CUT, LONGEST_MESSAGE, LONGEST_TEXT, body_of, stands
from bot.github.errors import Forbidden, GitHubError, Refused, Unavailable
from bot.github.reports import Annotation, CheckReport, Level, ReportEnd, StandingCheck

from .stand_in import MINT, StandIn, outcome, session

RUNS = "/repos/acme/shop/check-runs"
HEAD = Sha("c" * 40)
OF_HEAD = f"/repos/acme/shop/commits/{HEAD}/check-runs"


def note(line: int = 1, **more: Any) -> Annotation:
    return Annotation(path="a.yml", line=line, message="wrong", level=Level.FAILURE, **more)


def report(*notes: Annotation, conclusion: ReportEnd | None = ReportEnd.FAILURE, summary: str = "words") -> CheckReport:
    return CheckReport(
        name="policy",
        head_sha=HEAD,
        conclusion=conclusion,
        title="2 faults",
        summary=summary,
        external_id="lint:1",
        annotations=notes,
    )


def run(number: int = 4, **more: Any) -> dict[str, Any]:
    output = {"title": "2 faults", "summary": "words", "annotations_count": 2}
    told = {"id": number, "html_url": "https://github.com/x", "external_id": "lint:1", "conclusion": "failure"}
    return {**told, "output": output, "app": {"id": 7}, **more}


async def made(github: StandIn, said: CheckReport) -> object:
    async with session(github) as shop:
        return await outcome(shop.check_create(said))


async def test_made() -> None:
    """One request with a token for check runs alone brings conclusion, words and lines."""
    github = StandIn().on("POST", RUNS, httpx.Response(201, json=run()))
    standing: Any = await made(github, report(note(3, column=5), note(4, end_line=6, column=2)))
    (minting,) = github.sent("POST", MINT)
    assert json.loads(minting.content)["permissions"] == {"checks": "write", "metadata": "read"}
    (sent,) = github.sent("POST", RUNS)
    body = json.loads(sent.content)
    assert (body["head_sha"], body["status"], body["conclusion"]) == (HEAD, "completed", "failure")
    level = {"path": "a.yml", "annotation_level": "failure", "message": "wrong"}
    assert body["output"]["annotations"] == [
        level | {"start_line": 3, "end_line": 3, "start_column": 5, "end_column": 5},
        level | {"start_line": 4, "end_line": 6},
    ]
    assert (standing.id, standing.annotations) == (4, 2)


@pytest.mark.parametrize(
    ("count", "sent", "brought", "status"),
    [(50, 0, 50, "completed"), (51, 0, 50, "in_progress"), (51, 50, 1, "completed"), (3, 3, 0, "completed")],
)
def test_fifty_at_once(count: int, sent: int, brought: int, status: str) -> None:
    """It ends with the request that brings the last annotation."""
    body: Any = body_of(report(*(note(line + 1) for line in range(count))), sent)
    assert (len(body["output"]["annotations"]), body["status"]) == (brought, status)
    assert ("conclusion" in body) == (status == "completed")


def test_without_a_conclusion_it_is_in_progress() -> None:
    """And an id by which it is found."""
    body = body_of(report(conclusion=None), 0)
    assert (body["status"], body["external_id"], "conclusion" in body) == ("in_progress", "lint:1", False)


def test_githubs_limits_are_kept() -> None:
    """Counted in bytes, and cut between letters."""
    body: Any = body_of(
        report(
            note(title="t" * 400),
            Annotation(path="a.yml", line=1, message="ü" * 40_000, level=Level.NOTICE),
            summary="ü" * 40_000,
        ),
        0,
    )
    output = body["output"]
    for text, most in [(output["summary"], LONGEST_TEXT), (output["annotations"][1]["message"], LONGEST_MESSAGE)]:
        assert len(text.encode()) in range(most - 1, most + 1)
        assert text.rstrip("ü").endswith(CUT)
    assert len(output["annotations"][0]["title"]) <= 255


@pytest.mark.parametrize(
    ("status", "error"),
    [(403, Forbidden), (422, Refused), (502, Unavailable)],
    ids=["archived", "wrong", "who-knows"],
)
async def test_not_made(status: int, error: type[GitHubError]) -> None:
    """Each refusal has its error, and nothing is sent again."""
    github = StandIn().on("POST", RUNS, httpx.Response(status, json={"message": "No"}))
    assert type(await made(github, report())) is error
    assert len(github.sent("POST", RUNS)) == 1


async def test_a_permission_that_is_missing_is_named() -> None:
    """Where the installation has not granted `checks: write`, the error says just that."""
    github = StandIn().on("POST", RUNS, httpx.Response(403, json={"message": "Resource not accessible"}))
    granted = {"id": 9, "permissions": {"checks": "read", "metadata": "read"}}
    github.on("GET", "/app/installations/9", httpx.Response(200, json=granted))
    token = {"token": "ghs_1", "expires_at": "2026-11-21T13:00:00Z"}
    github.on("POST", MINT, httpx.Response(422, json={"message": "No"}), httpx.Response(201, json=token))
    refused: Any = await made(github, report())
    assert (refused.needed, "checks: write" in str(refused)) == ("checks: write", True)


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        ([run(3, external_id="lint:0"), run(4)], 4),
        ([run(4, app={"id": 8})], None),
        ([run(4, app=None)], None),
        ([], None),
    ],
    ids=["ours", "of-another-app", "of-nobody", "none"],
)
async def test_found_again(runs: list[Any], found: int | None) -> None:
    """By name, id and app: anybody may report under our name."""
    github = StandIn().on("GET", "/app", httpx.Response(200, json={"id": 7, "slug": "resolution"}))
    github.on("GET", OF_HEAD, httpx.Response(200, json={"check_runs": runs}))
    async with session(github) as shop:
        standing = await shop.check_find(report())
    assert (standing.id if standing else None) == found
    (asked,) = github.sent("GET", OF_HEAD)
    assert dict(asked.url.params) == {"check_name": "policy", "app_id": "7", "filter": "all", "per_page": "100"}


@pytest.mark.parametrize(
    ("more", "whole"),
    [({}, True), ({"conclusion": None}, False), ({"title": "1 fault"}, False), ({"summary": "other"}, False)],
)
def test_is_it_all_there(more: dict[str, Any], whole: bool) -> None:
    """Conclusion, title, summary and every annotation."""
    told: dict[str, Any] = {"conclusion": "failure", "title": "2 faults", "summary": "words"}
    standing = StandingCheck(id=4, url="", annotations=2, **{**told, **more})
    said = report(note(1), note(2))
    assert (stands(standing, said, 2), stands(standing, said, 1)) == (whole, False)
