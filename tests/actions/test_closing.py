"""The last look before closing, and what is said afterwards."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.actions.closing import Closing, Spoken, ended, hides_some, last_look
from bot.assessment.policy import LabelPolicy
from bot.github.answers import IssueNow, StateAnswer
from bot.github.models import (
    Actor,
    Comment,
    EventKind,
    IssueNumber,
    IssueState,
    NodeId,
    Said,
    StateReason,
    TimelineEvent,
    Unknown,
)

ASKED = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = ASKED + timedelta(seconds=3)
HOLD = LabelPolicy(hold=("Do-Not-Close",))
OPEN = IssueNow(
    node_id=NodeId("I_1"),
    number=IssueNumber(1),
    state=IssueState.OPEN,
    state_reason=None,
    closed_at=None,
    locked=False,
    labels=("bug",),
    comments=(),
    comment_total=0,
    events=(),
    read_at=LATER,
)


def comment(login: str, *, at: datetime = LATER, number: int = 5, bot: bool = False) -> Comment:
    return Comment(
        node_id=NodeId(f"C_{number}"),
        id=number,
        url="",
        body="wait",
        created_at=at,
        author=Actor(login=login, is_bot=bot),
        by_us=False,
        is_minimized=False,
    )


@pytest.mark.parametrize(
    ("now", "objection"),
    [
        pytest.param(OPEN, None, id="nothing-changed"),
        pytest.param(replace(OPEN, state=IssueState.CLOSED), "it was closed in the meantime", id="closed"),
        pytest.param(replace(OPEN, locked=True), "it was locked in the meantime", id="locked"),
        pytest.param(replace(OPEN, labels=Unknown(reason="?")), "its labels could not be read", id="labels-unknown"),
        pytest.param(
            replace(OPEN, labels=("do-not-close",)),
            "the label do-not-close was put on it in the meantime",
            id="held-without-regard-to-case",
        ),
        pytest.param(
            replace(OPEN, comments=Unknown(reason="?")), "its newest comments could not be read", id="comments-unknown"
        ),
    ],
)
def test_what_forbids_closing(now: IssueNow, objection: str | None) -> None:
    """Whatever changed while we measured is seen, and not knowing forbids as well."""
    assert objection == last_look(now, labels=HOLD, since=(ASKED, 1)).objection


@pytest.mark.parametrize(
    ("one", "spoken"),
    [
        pytest.param(comment("carol"), ("carol",), id="a-person-since"),
        pytest.param(comment("carol", at=ASKED), ("carol",), id="in-the-same-second-but-after"),
        pytest.param(comment("carol", at=ASKED, number=0), (), id="in-the-same-second-before"),
        pytest.param(comment("carol", at=ASKED - timedelta(seconds=1)), (), id="before-it-was-asked"),
        pytest.param(comment("carol", number=9), (), id="another-command"),
        pytest.param(comment("ci", bot=True), (), id="a-bot"),
        pytest.param(comment("ann", at=ASKED, number=1), (), id="the-command-itself"),
        pytest.param(replace(comment("x"), author=None), (), id="a-ghost"),
        pytest.param(replace(comment("x"), by_us=True), (), id="ourselves"),
    ],
)
def test_who_spoke_since(one: Comment, spoken: tuple[str, ...]) -> None:
    """People who spoke after the asking are named; whether they have a say is asked elsewhere."""
    look = last_look(replace(OPEN, comments=(one,)), labels=HOLD, since=(ASKED, 1), settled=frozenset({9}))
    assert (None, spoken) == (look.objection, tuple(one.login for one in look.spoken))


WORDS = Said(id=5, login="carol", is_bot=False, body="no", created_at=LATER, updated_at=LATER)


@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        pytest.param(WORDS, ("carol", "bob"), id="a-person-since"),
        pytest.param(replace(WORDS, login="bob"), ("bob",), id="who-is-shown-as-well"),
        pytest.param(replace(WORDS, created_at=ASKED - timedelta(seconds=1)), ("bob",), id="edited-since"),
        pytest.param(replace(WORDS, id=9), ("bob",), id="another-command"),
        pytest.param(replace(WORDS, is_bot=True), ("bob",), id="a-bot"),
        pytest.param(replace(WORDS, login=None), ("bob",), id="a-ghost"),
    ],
)
def test_who_spoke_beyond_what_is_shown(said: Said, spoken: tuple[str, ...]) -> None:
    """What was read besides counts by the same rules."""
    now = replace(OPEN, comments=(comment("bob"),))
    look = last_look(now, labels=HOLD, since=(ASKED, 1), settled=frozenset({9}), beyond=(said,))
    assert tuple(one.login for one in look.spoken) == spoken


def test_which_comment_it_was() -> None:
    """The first one of each, which has to be read."""
    first, second = (replace(comment("carol", number=number), url=f"https://x.example/{number}") for number in (5, 6))
    look = last_look(replace(OPEN, comments=(first, second)), labels=HOLD, since=(ASKED, 1))
    assert look.spoken == (Spoken(login="carol", url="https://x.example/5"),)


@pytest.mark.parametrize(
    ("now", "hides"),
    [
        pytest.param(replace(OPEN, comments=(comment("ci"),), comment_total=1), False, id="all-are-shown"),
        pytest.param(replace(OPEN, comments=(comment("ci"),), comment_total=2), True, id="an-older-one-is-not"),
        pytest.param(
            replace(OPEN, comments=(comment("ann", at=ASKED, number=1), comment("ci")), comment_total=3),
            False,
            id="back-to-the-asking",
        ),
        pytest.param(replace(OPEN, comments=Unknown(reason="?"), comment_total=9), False, id="unknown-anyway"),
    ],
)
def test_whether_all_since_are_shown(now: IssueNow, *, hides: bool) -> None:
    """A look shows the newest comments; it is enough where it reaches back to what was heard."""
    assert hides_some(now, (ASKED, 1)) == hides


CLOSED = replace(OPEN, state=IssueState.CLOSED, state_reason=StateReason.COMPLETED, closed_at=LATER)
REOPENED = TimelineEvent(kind=EventKind.REOPENED, at=LATER, actor=Actor(login="carol"))


@pytest.mark.parametrize(
    ("now", "text"),
    [
        pytest.param(CLOSED, None, id="as-it-should-be"),
        pytest.param(
            replace(CLOSED, state_reason=StateReason.NOT_PLANNED), "it is closed, but as not planned", id="otherwise"
        ),
        pytest.param(replace(CLOSED, state_reason=None), "it is closed, but as no reason", id="without-a-reason"),
        pytest.param(replace(OPEN, events=(REOPENED,)), "it is open (by carol)", id="reopened"),
        pytest.param(replace(OPEN, events=Unknown(reason="?")), "it is open", id="open-nobody-knows-why"),
    ],
)
def test_what_happened_instead(now: IssueNow, text: str | None) -> None:
    """A closing is read back; anything else than closed as completed is said."""
    assert text == ended(now)


@dataclass
class Writer:
    """An issue that is only read."""

    now: IssueNow

    async def close_issue(self, number: IssueNumber, labels: tuple[str, ...] | None) -> StateAnswer:
        raise AssertionError

    async def issue_now(self, number: IssueNumber) -> IssueNow:
        assert number == self.now.number
        return self.now

    async def login(self) -> str:
        return "us[bot]"


async def ready() -> None:
    """Nothing forbids it."""


OURS = TimelineEvent(kind=EventKind.CLOSED, at=LATER, actor=Actor(login="us", is_bot=True))
DONE = replace(CLOSED, events=(OURS,))
BOBS = replace(OURS, at=LATER + timedelta(seconds=1), actor=Actor(login="bob"))


@pytest.mark.parametrize(
    ("now", "found"),
    [
        pytest.param(DONE, True, id="ours"),
        pytest.param(replace(CLOSED, events=(BOBS,)), False, id="a-person"),
        pytest.param(replace(CLOSED, events=(BOBS, OURS)), False, id="ours-and-then-a-person"),
        pytest.param(replace(CLOSED, events=(replace(OURS, actor=Actor(login="us")),)), False, id="of-our-name"),
        pytest.param(replace(CLOSED, events=(replace(OURS, actor=None),)), False, id="an-account-that-is-gone"),
        pytest.param(CLOSED, False, id="not-in-the-history"),
        pytest.param(replace(CLOSED, events=Unknown(reason="?")), True, id="nobody-tells"),
        pytest.param(replace(DONE, closed_at=ASKED), False, id="long-ago"),
        pytest.param(replace(DONE, state_reason=StateReason.NOT_PLANNED), False, id="otherwise"),
        pytest.param(replace(DONE, state=IssueState.OPEN), False, id="open"),
    ],
)
async def test_found_again(now: IssueNow, *, found: bool) -> None:
    """After a lost answer the issue itself tells whether we have closed it."""
    result = await Closing(Writer(now), number=IssueNumber(1), ready=ready).find(LATER)
    assert (result is not None) == found
