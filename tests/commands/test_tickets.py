"""Follow-up tickets: when they are owed, how one stands, and what is remembered of them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bot.assessment.policy import FollowUpMode, FollowUpPolicy
from bot.assessment.tickets import Standing
from bot.commands.request import AftermathRequest, Place, Wishes
from bot.commands.ticket_look import standing_of
from bot.commands.ticket_notes import LIFE, keep_number, known_numbers
from bot.commands.tickets import is_owed
from bot.engine import Notes, schema
from bot.engine.database import SqliteDialect
from bot.engine.store import Store
from bot.github.answers import IssueNow
from bot.github.models import (
    Actor,
    EventKind,
    IssueNumber,
    IssueState,
    NodeId,
    TimelineEvent,
    Unknown,
)
from tests.assessment.samples import NOW, assess, finding

US, BOB = Actor(login="resolution", is_bot=True), Actor(login="bob")
NOT_TOLD = Unknown(reason="a part failed")
SHUT, AGAIN = EventKind.CLOSED, EventKind.REOPENED


def request(mode: FollowUpMode, *, acting: bool) -> AftermathRequest:
    """What is owed after a closing."""
    place = Place(installation=1, repository_id=7, owner="octo", name="shop", number=12)
    return AftermathRequest(
        assessment="a",
        place=place,
        issue_node="I",
        comment="C",
        write="w",
        extra="",
        acting=acting,
        wishes=Wishes(follow_ups=FollowUpPolicy(mode=mode)),
    )


@pytest.mark.parametrize(("repository", "owed"), [(7, True), (0, False)])
def test_when_there_is_something_to_do(repository: int, owed: bool) -> None:
    """Whatever the policy says now: a ticket may be there. Not where nothing is remembered, since it has no id."""
    one = request(FollowUpMode.LIST, acting=False)
    one = msgspec.structs.replace(one, place=msgspec.structs.replace(one.place, repository_id=repository))
    assert is_owed(one, assess((finding("ci"),))) is owed


def now(events: tuple[tuple[EventKind, Actor | None], ...] | Unknown, state: IssueState) -> IssueNow:
    """A ticket with this history."""
    return IssueNow(
        node_id=NodeId("I"),
        number=IssueNumber(3),
        state=state,
        state_reason=None,
        closed_at=None,
        locked=False,
        labels=(),
        comments=(),
        comment_total=0,
        events=events
        if isinstance(events, Unknown)
        else tuple(
            TimelineEvent(kind=kind, at=NOW + timedelta(seconds=at), actor=actor)
            for at, (kind, actor) in enumerate(events)
        ),
        read_at=NOW,
    )


PLAIN = Standing(open=True)


@pytest.mark.parametrize(
    ("events", "standing"),
    [
        ((), PLAIN),
        (((SHUT, US),), replace(PLAIN, open=False, ours=True, closed_by="resolution")),
        (((SHUT, BOB),), replace(PLAIN, open=False, closed_by="bob")),
        (((SHUT, None),), replace(PLAIN, open=False)),
        (((SHUT, US), (AGAIN, BOB)), replace(PLAIN, ours=True, closed_by="resolution", reopened_by="bob")),
        (((SHUT, US), (AGAIN, US)), replace(PLAIN, ours=True, closed_by="resolution")),
        (((SHUT, BOB), (AGAIN, BOB)), replace(PLAIN, closed_by="bob")),
        (((SHUT, US), (AGAIN, US), (SHUT, BOB), (AGAIN, BOB)), replace(PLAIN, closed_by="bob")),
        (((SHUT, US), (AGAIN, BOB), (SHUT, BOB), (AGAIN, BOB)), replace(PLAIN, closed_by="bob", reopened_by="bob")),
        (((SHUT, US), (AGAIN, None)), replace(PLAIN, ours=True, closed_by="resolution")),
        (((SHUT, US), (AGAIN, BOB), (SHUT, BOB)), replace(PLAIN, open=False, closed_by="bob")),
        (((SHUT, Actor(login="resolution")),), replace(PLAIN, open=False, closed_by="resolution")),
        (NOT_TOLD, replace(PLAIN, history_known=False)),
    ],
)
def test_how_one_stands(events: tuple[tuple[EventKind, Actor | None], ...] | Unknown, standing: Standing) -> None:
    """Who closed it last, and whether a person reopened it after us; a person of our name is not us."""
    state = IssueState.OPEN if standing.open else IssueState.CLOSED
    assert standing_of(now(events, state), "resolution[bot]") == standing


async def test_what_is_remembered(tmp_path: Path) -> None:
    """A number for each criterion of an issue, for years."""
    dialect = SqliteDialect(tmp_path / "bot.sqlite", 5000)
    schema.create(dialect)
    store = Store(dialect, 10)
    notes = Notes(store)
    await keep_number(notes, "7/12", "alarm", 3, NOW)
    await keep_number(notes, "7/13", "alarm", 4, NOW)
    assert await known_numbers(notes, "7/12", NOW + LIFE - timedelta(days=1)) == {"alarm": 3}
    store.close()
