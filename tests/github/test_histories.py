"""An issue's history is read back to its beginning, closings and labels each for itself."""

import json
from typing import Any

from bot.github.histories import MORE_PAGES
from bot.github.models import EventKind, Issue, Unknown

from . import answers
from .stand_in import StandIn, fault, ok
from .test_snapshots import taken


def happened(kind: str, day: int) -> dict[str, Any]:
    label = {"label": {"name": "hold"}} if "abeled" in kind else {}
    return {"__typename": kind, "createdAt": f"2026-01-{day:02}T12:00:00Z", "actor": None} | label


def first(history: Any = None, labelling: Any = None) -> Any:
    parts = {"history": history or answers.connection(), "labelling": labelling or answers.connection()}
    return ok({"repository": answers.repository(issue=answers.issue(**parts))})


def earlier(*events: Any, before: str | None = None) -> Any:
    return ok({"repository": {"issue": {"timelineItems": answers.connection(*events, before=before)}}})


async def read(*told: Any) -> tuple[Issue, list[Any]]:
    github = StandIn().graphql(*told)
    issue = (await taken(github)).issue
    sent = [json.loads(one.content)["variables"] for one in github.sent("POST", "/graphql")[1:]]
    return issue, [(one["kinds"][0], one["before"]) for one in sent]


async def test_what_comes_with_the_snapshot() -> None:
    """Both kinds in their order, and no more requests where nothing was before."""
    closed, held = happened("ClosedEvent", 5), happened("LabeledEvent", 3)
    issue, more = await read(first(answers.connection(closed), answers.connection(held)))
    assert not isinstance(issue.history, Unknown)
    assert [one.kind for one in issue.history] == [EventKind.LABELED, EventKind.CLOSED]
    assert (issue.history_complete, more) == (True, [])


async def test_each_is_read_back_for_itself() -> None:
    """A page before the one that starts there, until nothing is before it; other events need none."""
    closed, held = happened("ClosedEvent", 9), happened("LabeledEvent", 8)
    told = first(answers.connection(closed), answers.connection(held, before="c2"))
    second, third = earlier(happened("UnlabeledEvent", 6), before="c1"), earlier(happened("LabeledEvent", 4))
    issue, more = await read(told, second, third)
    assert not isinstance(issue.history, Unknown)
    assert [one.at.day for one in issue.history] == [4, 6, 8, 9]
    assert (issue.history_complete, more) == (True, [("LABELED_EVENT", "c2"), ("LABELED_EVENT", "c1")])


async def test_what_is_longer_than_we_read() -> None:
    """It is not complete; the other kind is read all the same."""
    told = first(answers.connection(happened("ClosedEvent", 9), before="c"), answers.connection(before="l"))
    endless = [earlier(before="c") for _ in range(MORE_PAGES)]
    issue, more = await read(told, *endless, earlier(happened("LabeledEvent", 4)))
    assert not isinstance(issue.history, Unknown)
    assert [one.at.day for one in issue.history] == [4, 9]
    assert (issue.history_complete, len(more)) == (False, MORE_PAGES + 1)


async def test_a_page_that_is_withheld() -> None:
    """Then nothing of it is known: a part would be a claim."""
    told = first(answers.connection(happened("ClosedEvent", 9), before="c"))
    lost = {"repository": {"issue": {"timelineItems": answers.connection(None)}}}
    path = ("repository", "issue", "timelineItems", "nodes", 0)
    issue, _ = await read(told, ok(lost, fault("FORBIDDEN", *path)))
    assert isinstance(issue.history, Unknown)
