"""The last look before an issue is opened again, and the one call."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.actions.reopening import Reopening, not_as_judged
from bot.engine import Refused
from bot.github.answers import IssueNow, StateAnswer
from bot.github.models import (
    Actor,
    EventKind,
    IssueNumber,
    IssueState,
    NodeId,
    StateReason,
    TimelineEvent,
    Unknown,
)

SHUT_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = SHUT_AT + timedelta(hours=1)
SHUT = IssueNow(
    node_id=NodeId("I_1"),
    number=IssueNumber(1),
    state=IssueState.CLOSED,
    state_reason=StateReason.COMPLETED,
    closed_at=SHUT_AT,
    locked=False,
    labels=("done",),
    comments=(),
    comment_total=0,
    events=(),
    read_at=LATER,
)
REOPENED = TimelineEvent(kind=EventKind.REOPENED, at=LATER, actor=Actor(login="us", is_bot=True))
BOB = Actor(login="bob")
OPENED = replace(SHUT, state=IssueState.OPEN, closed_at=None, events=(REOPENED,))


@pytest.mark.parametrize(
    ("now", "text"),
    [
        pytest.param(SHUT, None, id="as-judged"),
        pytest.param(OPENED, "it was reopened in the meantime", id="open"),
        pytest.param(replace(SHUT, closed_at=LATER), "it was closed anew in the meantime", id="closed-again"),
        pytest.param(
            replace(SHUT, state_reason=StateReason.NOT_PLANNED), "it was closed anew in the meantime", id="otherwise"
        ),
        pytest.param(replace(SHUT, locked=True), "it was locked in the meantime", id="locked"),
    ],
)
def test_what_forbids_it(now: IssueNow, text: str | None) -> None:
    """Whatever was done to it since it was judged stays."""
    assert not_as_judged(now, closed_at=SHUT_AT) == text


@dataclass
class Writer:
    """An issue, and what it was opened with."""

    now: IssueNow
    opened: list[tuple[str, ...] | None] = field(default_factory=list)

    async def reopen_issue(self, number: IssueNumber, labels: tuple[str, ...] | None) -> StateAnswer:
        self.opened.append(labels)
        return StateAnswer(
            number=number, state=IssueState.OPEN, state_reason=None, closed_at=None, closed_by=None, labels=("bug",)
        )

    async def issue_now(self, number: IssueNumber) -> IssueNow:
        assert number == self.now.number
        return self.now

    async def login(self) -> str:
        return "us[bot]"


def ready(answer: tuple[str, ...] | None = ("bug", "regression")) -> Callable[[], Awaitable[tuple[str, ...] | None]]:
    async def look() -> tuple[str, ...] | None:
        return answer

    return look


async def test_one_call_with_its_labels() -> None:
    """Labels that GitHub left out are told."""
    writer = Writer(SHUT)
    done = await Reopening(writer, number=IssueNumber(1), ready=ready()).send()
    assert (done, writer.opened) == ({"open": True, "dropped": ["regression"]}, [("bug", "regression")])


async def test_nothing_is_sent_against_an_objection() -> None:
    """The look belongs to the call."""

    async def objecting() -> tuple[str, ...] | None:
        raise Refused(None, "no")

    writer = Writer(SHUT)
    with pytest.raises(Refused):
        await Reopening(writer, number=IssueNumber(1), ready=objecting).send()
    assert not writer.opened


@pytest.mark.parametrize(
    ("now", "found"),
    [
        pytest.param(OPENED, True, id="ours"),
        pytest.param(SHUT, False, id="still-closed"),
        pytest.param(replace(OPENED, events=(replace(REOPENED, actor=BOB),)), False, id="a-person"),
        pytest.param(replace(OPENED, events=(REOPENED, replace(REOPENED, actor=BOB))), True, id="we-and-a-person"),
        pytest.param(replace(OPENED, events=(replace(REOPENED, actor=None),)), False, id="an-account-that-is-gone"),
        pytest.param(replace(OPENED, events=Unknown(reason="?")), False, id="nobody-knows"),
        pytest.param(replace(OPENED, events=(replace(REOPENED, at=SHUT_AT),)), False, id="long-ago"),
    ],
)
async def test_found_again(now: IssueNow, *, found: bool) -> None:
    """After a lost answer the issue itself tells whether we have opened it."""
    result = await Reopening(Writer(now), number=IssueNumber(1), ready=ready()).find(LATER)
    assert (result is not None) == found
