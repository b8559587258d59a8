"""Closed issues: the newest closings out of a list by last change, and many whole issues in one request."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from graphql import parse, validate

from bot.github.closures import AT_ONCE, Closure, document, is_enough, newest_of
from bot.github.errors import GitHubError, NotFound, Unavailable
from bot.github.models import Issue, IssueNumber, StateReason, Unknown

from . import answers
from .stand_in import NOON, StandIn, fault, ok, session
from .test_histories import earlier, happened
from .test_queries import cost, schema


def closure(number: int, closed: float, changed: float | None = None, reason: StateReason | None = None) -> Closure:
    """Closed and changed so many days before noon."""
    return Closure(
        number=IssueNumber(number),
        title="",
        url="",
        closed_at=NOON - timedelta(days=closed),
        changed_at=NOON - timedelta(days=closed if changed is None else changed),
        reason=reason,
    )


def listed(number: int, closed: str, **changes: Any) -> dict[str, Any]:
    """An issue of the list."""
    plain = {"number": number, "title": "t", "url": "u", "closedAt": closed, "updatedAt": closed, "stateReason": None}
    return plain | changes


def page(*nodes: Any, after: str | None = None) -> httpx.Response:
    return ok({"repository": {"nameWithOwner": "acme/shop", "issues": answers.connection(*nodes, after=after)}})


NOT_PLANNED = StateReason.NOT_PLANNED


@pytest.mark.parametrize(
    ("found", "since", "most", "numbers"),
    [
        pytest.param([closure(1, 3), closure(2, 1), closure(3, 2)], None, 9, (2, 3, 1), id="newest closing first"),
        pytest.param([closure(1, 3), closure(2, 1), closure(3, 2)], None, 2, (2, 3), id="at most"),
        pytest.param([closure(1, 3), closure(2, 1)], NOON - timedelta(days=2), 9, (2,), id="since"),
        pytest.param([closure(1, 3), closure(1, 3)], None, 9, (1,), id="told twice"),
        pytest.param(
            [closure(1, 1, reason=NOT_PLANNED), closure(2, 2), closure(3, 3, reason=NOT_PLANNED), closure(4, 4)],
            None,
            1,
            (1, 2, 3),
            id="those closed otherwise do not count, and are told",
        ),
        pytest.param([], None, 9, (), id="none"),
    ],
)
def test_the_newest(found: list[Closure], since: datetime | None, most: int, numbers: tuple[int, ...]) -> None:
    """In the order of closing, as many as are wanted."""
    assert tuple(one.number for one in newest_of(found, since=since, most=most)) == numbers


@pytest.mark.parametrize(
    ("found", "oldest_change", "enough"),
    [
        pytest.param([closure(1, 1), closure(2, 2)], 3, True, id="what follows was closed earlier"),
        pytest.param([closure(1, 1), closure(2, 9, 3)], 3, False, id="closed long ago, changed lately"),
        pytest.param([closure(1, 1)], 3, False, id="too few"),
        pytest.param([closure(1, 1), closure(2, 2, reason=NOT_PLANNED)], 3, False, id="too few completed"),
    ],
)
def test_when_to_stop(found: list[Closure], oldest_change: float, enough: bool) -> None:
    """No later page can bring a newer closing: a closing is a change."""
    assert is_enough(found, most=2, oldest_change=NOON - timedelta(days=oldest_change)) is enough


async def test_the_list_is_read_as_far_as_it_can_matter() -> None:
    """An issue that was closed long ago and changed lately does not end it; the window is asked of GitHub."""
    old = listed(1, "2026-01-01T00:00:00Z", updatedAt="2026-11-20T00:00:00Z")
    pages = (
        page(old, listed(2, "2026-11-18T00:00:00Z"), after="a"),
        page(listed(3, "2026-11-17T00:00:00Z"), after="b"),
        page(listed(4, "2026-11-16T00:00:00Z"), after="c"),
    )
    github = StandIn().graphql(*pages)
    async with session(github) as shop:
        found = await shop.closures(NOON - timedelta(days=30), 2)
    assert ([one.number for one in found.closures], found.complete) == ([2, 3], True)
    sent = [json.loads(one.content)["variables"] for one in github.sent("POST", "/graphql")]
    assert [(one["since"], one["after"]) for one in sent] == [
        ("2026-10-22T12:00:00Z", None),
        ("2026-10-22T12:00:00Z", "a"),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(ok({"repository": None}, fault("NOT_FOUND", "repository")), id="no repository"),
        pytest.param(ok({"repository": {"nameWithOwner": "a/b", "issues": None}}), id="no list"),
        pytest.param(ok(None), id="no data"),
    ],
)
async def test_a_list_that_cannot_be_read(answer: httpx.Response) -> None:
    """It is an error, and never an empty list."""
    async with session(StandIn().graphql(answer)) as shop:
        with pytest.raises(GitHubError):
            await shop.closures(None, 5)


def asked(request: httpx.Request) -> list[int]:
    variables = json.loads(request.content)["variables"]
    return [value for name, value in variables.items() if name.startswith("n") and name != "name"]


def told(request: httpx.Request) -> httpx.Response:
    """Number 5 is not there, 6 is forbidden."""
    numbers = asked(request)
    fields = {f"i{at}": answers.issue(number=number) if number < 5 else None for at, number in enumerate(numbers)}
    kinds = {5: "NOT_FOUND", 6: "FORBIDDEN"}
    faults = [fault(kinds[one], "repository", f"i{at}") for at, one in enumerate(numbers) if one in kinds]
    return ok({"repository": fields}, *faults)


async def test_many_issues_are_one_request() -> None:
    """Each with its own fault; one that is absent without one is absent."""
    github = StandIn().graphql(told)
    async with session(github) as shop:
        found = await shop.issues((3, 4, 5, 6, 7))
    assert [type(found[number]) is Issue for number in (3, 4, 5, 6, 7)] == [True, True, False, False, False]
    assert (type(found[5]), type(found[7])) == (NotFound, NotFound)
    assert len(github.sent("POST", "/graphql")) == 1


async def test_a_long_history_is_read_back() -> None:
    """Of the issue that has one, and of no other: a person's reopening may stand before hundreds of labels."""
    long = answers.issue(number=1, history=answers.connection(happened("ClosedEvent", 9), before="c"))
    both = ok({"repository": {"i0": long, "i1": answers.issue(number=2)}})
    github = StandIn().graphql(both, earlier(happened("ReopenedEvent", 4)))
    async with session(github) as shop:
        found = await shop.issues((1, 2))
    one, other = found[1], found[2]
    assert isinstance(one, Issue)
    assert isinstance(other, Issue)
    assert not isinstance(one.history, Unknown)
    assert ([event.at.day for event in one.history], one.history_complete) == ([4, 9], True)
    assert (other.history, len(github.sent("POST", "/graphql"))) == ((), 2)


async def test_too_much_is_asked_in_halves() -> None:
    """Until GitHub computes it."""

    def limited(request: httpx.Request) -> httpx.Response:
        too_much = {"type": "RESOURCE_LIMITS_EXCEEDED", "path": ["repository"]}
        return ok({"repository": {}}, too_much) if len(asked(request)) > 1 else told(request)

    github = StandIn().graphql(limited)
    async with session(github) as shop:
        found = await shop.issues((1, 2, 3))
    assert all(isinstance(one, Issue) for one in found.values())
    assert [len(asked(one)) for one in github.sent("POST", "/graphql")] == [3, 1, 2, 1, 1]


@pytest.mark.parametrize("answer", [ok({"repository": {"i0": 5}}), ok({"repository": None}), ok(None)])
async def test_answers_of_another_shape(answer: httpx.Response) -> None:
    """They are no issues."""
    async with session(StandIn().graphql(answer)) as shop:
        with pytest.raises(Unavailable):
            await shop.issues((1,))


def test_a_page_is_valid_and_costs_four_points() -> None:
    """Four tenths of a point an issue, with far fewer nodes than GitHub allows (500,000)."""
    parsed = parse(document(AT_ONCE).text)
    assert not validate(schema(), parsed)
    nodes, points = cost(parsed)
    assert (points, nodes < 50_000) == (4, True)
