"""Writes: sent once, their answers bring the issue back, and what is so already is a success."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.github.answers import Reaction
from bot.github.errors import Forbidden, GitHubError, Moved, NotFound, RateLimited, Refused, Unavailable
from bot.github.models import IssueState, NodeId, StateReason
from bot.github.session import Session

from . import answers
from .stand_in import StandIn, fault, ok, outcome, session

NODE = NodeId("IC_1")
ISSUE = "/repos/acme/shop/issues/3"
POSTED = {"id": "IC_9", "databaseId": 9, "url": "https://github.com/acme/shop/issues/3#issuecomment-9"}
CLOSED = {"number": 3, "state": "closed", "state_reason": "completed", "closed_at": answers.WHEN, "labels": []}

Write = Callable[[Session], Awaitable[object]]

WRITES: dict[str, tuple[str, Write]] = {
    "react": ("addReaction", lambda shop: shop.react(NODE, Reaction.EYES)),
    "finish": ("addReaction", lambda shop: shop.finish(NODE, Reaction.ROCKET, 3)),
    "create": ("addComment", lambda shop: shop.comment_create(NodeId("I_3"), "hello")),
    "update": ("updateIssueComment", lambda shop: shop.comment_update(NODE, "hello")),
    "minimize": ("minimizeComment", lambda shop: shop.minimize(NODE)),
}


async def done(github: StandIn, write: Write) -> object:
    async with session(github) as shop:
        return await outcome(write(shop))


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("FORBIDDEN", Forbidden),
        ("NOT_FOUND", NotFound),
        ("UNPROCESSABLE", Refused),
        ("SERVICE_UNAVAILABLE", Unavailable),
    ],
)
@pytest.mark.parametrize("name", WRITES)
async def test_a_refused_mutation_was_not_done(name: str, kind: str, error: type[GitHubError]) -> None:
    """The fault stands at the mutation itself, and it is sent once."""
    field, write = WRITES[name]
    github = StandIn().graphql(ok({field: None}, fault(kind, field)))
    assert error is type(await done(github, write))
    assert len(github.sent("POST", "/graphql")) == 1


@pytest.mark.parametrize("name", WRITES)
async def test_a_mutation_whose_answer_fell_away_may_have_been_done(name: str) -> None:
    """A fault below the payload, although of a kind that elsewhere means that nothing was done."""
    field, write = WRITES[name]
    github = StandIn().graphql(ok({field: None}, fault("FORBIDDEN", field, "subject", "issue")))
    assert Unavailable is type(await done(github, write))


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("finish", {"subject": {"issue": answers.now()}}),
        ("create", {"commentEdge": {"node": POSTED}, "subject": answers.now()}),
        ("update", {"posted": POSTED, "seen": {"issue": answers.now()}}),
    ],
)
async def test_writes_bring_the_issue_back(name: str, payload: Any) -> None:
    """State, labels, comments and closings as they are after the write."""
    field, write = WRITES[name]
    found: Any = await done(StandIn().graphql(ok({field: payload})), write)
    now = found if name == "finish" else found.now
    assert (now.state, now.labels, len(now.comments)) == (IssueState.OPEN, ("bug",), 1)
    if name != "finish":
        assert (found.node_id, found.id) == ("IC_9", 9)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("create", {"commentEdge": {"node": POSTED}, "subject": {}}),
        ("create", {"commentEdge": {"node": POSTED}, "subject": None}),
        ("update", {"posted": POSTED, "seen": None}),
    ],
)
async def test_a_comment_under_a_pull_request_stands_without_an_issue(name: str, payload: Any) -> None:
    """The comment is what was wanted; the issue is not told."""
    field, write = WRITES[name]
    withheld = fault("NOT_FOUND", field, "seen", "issue")
    found: Any = await done(StandIn().graphql(ok({field: payload}, withheld)), write)
    assert (found.node_id, found.now) == ("IC_9", None)


async def test_finishing_without_an_issue_in_the_answer_reads_it() -> None:
    """One request more."""
    github = StandIn().graphql(ok({"addReaction": {"subject": None}}), ok({"repository": {"issue": answers.now()}}))
    found: Any = await done(github, WRITES["finish"][1])
    assert found.number == 3


async def test_closing_is_one_request_and_its_answer_is_read() -> None:
    """Completed, with the whole set of labels; those that GitHub dropped are missing in the answer."""
    by = {"login": "resolution[bot]", "type": "Bot"}
    github = StandIn().on(
        "PATCH", ISSUE, httpx.Response(200, json=CLOSED | {"closed_by": by, "labels": [{"name": "a"}]})
    )
    found: Any = await done(github, lambda shop: shop.close_issue(3, ("a", "b")))
    sent = json.loads(github.sent("PATCH", ISSUE)[0].content)
    assert sent == {"state": "closed", "state_reason": "completed", "labels": ["a", "b"]}
    assert (found.state, found.state_reason, found.labels) == (IssueState.CLOSED, StateReason.COMPLETED, ("a",))
    assert (found.closed_by.login, found.closed_by.is_bot) == ("resolution", True)


async def test_closing_without_labels_leaves_them_alone() -> None:
    """None is not the empty set."""
    github = StandIn().on("PATCH", ISSUE, httpx.Response(200, json=CLOSED))
    await done(github, lambda shop: shop.close_issue(3, None))
    await done(github, lambda shop: shop.close_issue(3, ()))
    assert [json.loads(one.content).get("labels") for one in github.sent("PATCH", ISSUE)] == [None, []]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(502), Unavailable),
        (httpx.ReadError("cut"), Unavailable),
        (httpx.Response(403, json={"message": "locked"}), Forbidden),
        (httpx.Response(403, headers={"retry-after": "5"}), RateLimited),
        (httpx.Response(301, headers={"location": "https://api.github.com/repositories/99/issues/8"}), Moved),
        (httpx.Response(422, json={"errors": [{"code": "invalid"}]}), Refused),
    ],
    ids=["502", "cut", "locked", "limit", "transferred", "invalid"],
)
async def test_a_close_is_never_sent_twice(answer: httpx.Response | Exception, error: type[GitHubError]) -> None:
    """Whatever comes back."""
    github = StandIn().on("PATCH", ".*", answer)
    assert error is type(await done(github, lambda shop: shop.close_issue(3, None)))
    assert len(github.sent("PATCH", ".*")) == 1


async def test_a_renamed_repository_is_followed_for_a_write() -> None:
    """A redirect did nothing yet, and it leads to the repository that is meant."""
    moved = httpx.Response(307, headers={"location": "https://api.github.com/repositories/55/issues/3"})
    github = (
        StandIn().on("PATCH", ISSUE, moved).on("PATCH", "/repositories/55/issues/3", httpx.Response(200, json=CLOSED))
    )
    found: Any = await done(github, lambda shop: shop.close_issue(3, None))
    assert IssueState.CLOSED is found.state


LABELS: dict[str, tuple[str, str, httpx.Response, Write, object]] = {
    "set": (
        "PUT",
        f"{ISSUE}/labels",
        httpx.Response(200, json=[{"name": "a"}]),
        lambda shop: shop.set_labels(3, ("a",)),
        ("a",),
    ),
    "set none": (
        "PATCH",
        ISSUE,
        httpx.Response(200, json=CLOSED | {"labels": []}),
        lambda shop: shop.set_labels(3, ()),
        (),
    ),
    "add": (
        "POST",
        f"{ISSUE}/labels",
        httpx.Response(200, json=[{"name": "a"}, {"name": "b"}]),
        lambda shop: shop.add_label(3, "b"),
        ("a", "b"),
    ),
    "remove": (
        "DELETE",
        f"{ISSUE}/labels/a b\\?/c",
        httpx.Response(200, json=[]),
        lambda shop: shop.remove_label(3, "a b?/c"),
        None,
    ),
    "remove absent": (
        "DELETE",
        f"{ISSUE}/labels/a",
        httpx.Response(404, json={"message": "Label does not exist"}),
        lambda shop: shop.remove_label(3, "a"),
        None,
    ),
    "create": (
        "POST",
        "/repos/acme/shop/labels",
        httpx.Response(201, json={"name": "a"}),
        lambda shop: shop.create_label("a"),
        None,
    ),
    "create again": (
        "POST",
        "/repos/acme/shop/labels",
        httpx.Response(422, json={"message": "Validation Failed", "errors": [{"code": "already_exists"}]}),
        lambda shop: shop.create_label("a"),
        None,
    ),
}


@pytest.mark.parametrize("name", LABELS)
async def test_labels(name: str) -> None:
    """Each write of labels, also where it is so already."""
    method, path, answer, write, expected = LABELS[name]
    assert expected == await done(StandIn().on(method, path, answer), write)


async def test_a_label_that_cannot_be_is_refused() -> None:
    """A 422 of another kind is not a success."""
    invalid = httpx.Response(422, json={"errors": [{"code": "invalid"}]})
    github = StandIn().on("POST", "/repos/acme/shop/labels", invalid)
    assert Refused is type(await done(github, lambda shop: shop.create_label("a")))


def rest_comment(number: int, login: str, app: int | None) -> Any:
    return {
        "id": number,
        "node_id": f"IC_{number}",
        "html_url": "https://x",
        "created_at": answers.WHEN,
        "body": "marker",
        "user": {"login": login, "type": "Bot"},
        "performed_via_github_app": {"id": app} if app else None,
    }


async def test_only_our_own_comments_are_read_back() -> None:
    """From all pages, since a moment; a marker that somebody copied is not ours."""
    first = [rest_comment(1, "resolution[bot]", 7), rest_comment(2, "mallory", None), rest_comment(3, "other[bot]", 8)]
    second = [rest_comment(4, "resolution[bot]", None), rest_comment(5, "resolution[bot]", 8)]
    after = {"link": f'<https://api.github.com{ISSUE}/comments?page=2>; rel="next"'}
    github = StandIn().on("GET", "/app", httpx.Response(200, json={"id": 7, "slug": "resolution"}))
    github.on(
        "GET", f"{ISSUE}/comments", httpx.Response(200, json=first, headers=after), httpx.Response(200, json=second)
    )
    since = datetime(2026, 11, 21, 11, 59, tzinfo=UTC)
    found: Any = await done(github, lambda shop: shop.list_own_comments_since(3, since))
    assert [comment.id for comment in found] == [1, 4]
    query = dict(github.sent("GET", f"{ISSUE}/comments")[0].url.params)
    assert query == {"since": "2026-11-21T11:59:00Z", "per_page": "100"}


@pytest.mark.parametrize(
    ("answer", "there"),
    [(httpx.Response(200, json=rest_comment(1, "x", None)), True), (httpx.Response(404), False)],
    ids=["there", "gone"],
)
async def test_does_a_comment_stand(answer: httpx.Response, there: bool) -> None:
    """By its number."""
    github = StandIn().on("GET", "/repos/acme/shop/issues/comments/1", answer)
    assert there is await done(github, lambda shop: shop.comment_exists(1))


async def test_a_pull_request_tells_all_the_issues_it_closes() -> None:
    """From all pages, also those of other repositories."""

    def page(*numbers: int, after: str | None = None) -> httpx.Response:
        nodes = [{"number": number, "repository": {"nameWithOwner": "acme/shop"}} for number in numbers]
        ends = {"headRefOid": answers.OLD, "closingIssuesReferences": answers.connection(*nodes, after=after)}
        found = answers.pull(**ends)
        return ok({"repository": {"defaultBranchRef": {"name": "main"}, "pullRequest": found}})

    found: Any = await done(StandIn().graphql(page(1, 2, after="x"), page(3)), lambda shop: shop.pull_view(7))
    assert (found.pull.number, found.default_branch, [one.number for one in found.linked]) == (7, "main", [1, 2, 3])


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ({"permission": "admin", "role_name": "admin"}, "admin"),
        ({"permission": "write", "role_name": "maintain"}, "maintain"),
        ({"permission": "read", "role_name": "triage"}, "triage"),
        ({"permission": "write", "role_name": "Release Engineer"}, "write"),
        ({"permission": "read", "role_name": "security-reader"}, "read"),
        ({"permission": "none", "role_name": "none"}, "none"),
        ({"permission": "admin"}, "admin"),
        ({"permission": "emperor", "role_name": "emperor"}, "none"),
        (None, "none"),
    ],
)
async def test_roles(role: Any, expected: str) -> None:
    """By `role_name`; a custom role by what it is built on; whoever is unknown has none."""
    answer = httpx.Response(200, json=role) if role else httpx.Response(404)
    github = StandIn().on("GET", "/repos/acme/shop/collaborators/some\\[bot\\]/permission", answer)
    assert expected == await done(github, lambda shop: shop.role("some[bot]"))


async def test_everybodys_comments_since() -> None:
    """Who said what when; accounts that are gone have no name, and edits have a time of their own."""
    words = rest_comment(1, "bob", None) | {"updated_at": answers.WHEN, "user": {"login": "bob"}}
    gone = words | {"id": 2, "user": {"login": "ghost"}}
    bot = words | {"id": 3, "user": {"login": "x[bot]", "type": "Bot"}}
    github = StandIn().on(
        "GET", f"{ISSUE}/comments", httpx.Response(200, json=[words, gone, bot, gone | {"user": None}])
    )
    since = datetime(2026, 11, 21, 11, 59, tzinfo=UTC)
    found: Any = await done(github, lambda shop: shop.said_since(3, since))
    assert [(one.login, one.is_bot) for one in found] == [
        ("bob", False),
        (None, False),
        ("x[bot]", True),
        (None, False),
    ]
    assert dict(github.sent("GET", f"{ISSUE}/comments")[0].url.params)["since"] == "2026-11-21T11:59:00Z"
