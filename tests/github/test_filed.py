"""Issues that our own app files: made, found again among those of others, put below another."""

from typing import Any

import httpx
import pytest

from bot.github.errors import NotFound, Refused
from bot.github.filed import NewIssue

from .stand_in import NOON, StandIn, outcome, session

ISSUES = "/repos/acme/shop/issues"
LIST = f"{ISSUES}$"
APP = {"id": 7, "slug": "resolution"}


def issue(number: int, **changes: object) -> dict[str, Any]:
    """An issue of ours as REST tells it."""
    return {
        "id": number * 10,
        "node_id": f"I_{number}",
        "number": number,
        "html_url": f"https://github.com/acme/shop/issues/{number}",
        "title": "t",
        "state": "open",
        "body": None,
        "user": {"login": "resolution[bot]", "type": "Bot"},
        "labels": [{"name": "ops"}, "later"],
        "assignees": [{"login": "bob"}],
        "performed_via_github_app": {"id": 7},
        **changes,
    }


def told(status: int, body: object) -> httpx.Response:
    """An answer."""
    return httpx.Response(status, json=body)


def github() -> StandIn:
    """Knows who we are."""
    return StandIn().on("GET", "/app$", told(200, APP))


OTHERS = [
    issue(9, user={"login": "bob", "type": "User"}),
    issue(9, user=None),
    issue(9, performed_via_github_app={"id": 8}),
    issue(9, pull_request={"url": "u"}),
]


@pytest.mark.parametrize(
    ("new", "sent"),
    [
        (NewIssue(title="t", body="b"), {"title": "t", "body": "b"}),
        (
            NewIssue(title="t", body="b", labels=("ops",), assignees=("bob",)),
            {"title": "t", "body": "b", "labels": ["ops"], "assignees": ["bob"]},
        ),
    ],
    ids=["bare", "with-all"],
)
async def test_made(new: NewIssue, sent: dict[str, object]) -> None:
    """With what there is, and answered with what it has then."""
    stand_in = github().on("POST", LIST, told(201, issue(5)))
    async with session(stand_in) as shop:
        made = await shop.file_issue(new)
    assert (made.number, made.id, made.body, made.open) == (5, 50, "", True)
    assert (made.labels, made.assignees) == (("ops", "later"), ("bob",))
    assert [one.read() for one in stand_in.sent("POST", LIST)] == [httpx.Request("POST", "http://x", json=sent).read()]


@pytest.mark.parametrize("other", OTHERS, ids=["a-person", "nobody", "another-app", "a-pull-request"])
async def test_only_ours_count(other: dict[str, Any]) -> None:
    """Anybody can copy a mark: what others wrote is not looked into."""
    stand_in = github().on("GET", LIST, told(200, [other, issue(5)])).on("GET", f"{ISSUES}/9$", told(200, other))
    async with session(stand_in) as shop:
        found = await shop.filed_issues(1, NOON)
        single = await shop.filed_issue(9)
    assert ([one.number for one in found.issues], found.complete, single) == ([5], True, None)
    (asked,) = stand_in.sent("GET", LIST)
    assert dict(asked.url.params) == {
        "creator": "resolution[bot]",
        "state": "all",
        "per_page": "100",
        "page": "1",
        "since": "2026-11-21T12:00:00Z",
    }


async def test_what_lives_elsewhere_now() -> None:
    """Where a redirect leads to another number, it is none of this repository."""
    async with session(github().on("GET", f"{ISSUES}/5$", told(200, issue(6)))) as shop:
        assert await shop.filed_issue(5) is None


def pages(first: int, count: int) -> list[httpx.Response]:
    """Full pages, numbers falling."""
    return [told(200, [issue(first - page * 100 - at) for at in range(100)]) for page in range(count)]


@pytest.mark.parametrize(
    ("above", "asked", "complete"), [(1_900, 2, True), (1, 10, False)], ids=["up-to-the-issue", "no-further"]
)
async def test_pages_end(above: int, asked: int, complete: bool) -> None:
    """At the issue itself, whose tickets are all younger, or after ten; and then it is said."""
    stand_in = github().on("GET", LIST, *pages(2_050, 11))
    async with session(stand_in) as shop:
        found = await shop.filed_issues(above)
    assert (len(stand_in.sent("GET", LIST)), found.complete) == (asked, complete)
    assert all(one.number > above for one in found.issues)


async def test_below_another() -> None:
    """By the database id; the limit is a refusal; above nothing is nothing."""
    stand_in = github().on("POST", f"{ISSUES}/1/sub_issues$", told(201, issue(1)), told(422, {"message": "too many"}))
    stand_in.on("GET", f"{ISSUES}/5/parent$", told(200, issue(1)), told(404, {"message": "Not Found"}))
    async with session(stand_in) as shop:
        outcomes = [await outcome(shop.add_sub_issue(1, 50)), await outcome(shop.add_sub_issue(1, 50))]
        parents = [await shop.parent_of(5), await shop.parent_of(5)]
    assert (outcomes[0], type(outcomes[1]), parents) == (None, Refused, [1, None])


async def test_edited() -> None:
    """Only what is given is sent."""
    stand_in = github().on("PATCH", f"{ISSUES}/5$", told(200, issue(5, body="new")), told(404, {"message": "gone"}))
    async with session(stand_in) as shop:
        edited = await shop.edit_issue(5, {"body": "new"})
        assert NotFound is type(await outcome(shop.edit_issue(5, {"body": "new"})))
    assert edited.body == "new"
    assert stand_in.sent("PATCH", f"{ISSUES}/5$")[0].read() == b'{"body":"new"}'


async def test_assigned() -> None:
    """Whom GitHub leaves out is missing in what is answered."""
    stand_in = github().on("POST", f"{ISSUES}/5/assignees$", told(201, issue(5)))
    async with session(stand_in) as shop:
        assert (await shop.add_assignees(5, ("mia", "bob"))).assignees == ("bob",)
    assert stand_in.sent("POST", f"{ISSUES}/5/assignees$")[0].read() == b'{"assignees":["mia","bob"]}'
