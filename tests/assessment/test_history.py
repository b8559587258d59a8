"""A person always wins: what of an issue's history contradicts the bot, and until when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assessment.history import (
    Asked,
    Contradiction,
    ContradictionKind,
    Hand,
    Happened,
    Happening,
    contradiction,
    objected,
    with_askers,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLOSED, REOPENED, HELD, RELEASED = Happening.CLOSED, Happening.REOPENED, Happening.HELD, Happening.RELEASED
VETOED = Happening.VETOED
OBJECTED = "bob objected to the closing that I had announced"
BOB, OURS, ROBOT = Hand.PERSON, Hand.OURS, Hand.BOT


def history(*events: tuple[Happening, Hand] | tuple[Happening, Hand, bool]) -> tuple[Happened, ...]:
    """One event an hour."""
    return tuple(
        Happened(
            what=one[0],
            at=START + timedelta(hours=hour),
            hand=one[1],
            by="bob" if one[1] is Hand.PERSON else "robot",
            by_itself=len(one) > 2 and one[2],
            label="hold" if one[0] in {HELD, RELEASED} else "",
        )
        for hour, one in enumerate(events)
    )


@pytest.mark.parametrize(
    ("events", "text"),
    [
        pytest.param(history(), None, id="nothing"),
        pytest.param(history((CLOSED, OURS)), None, id="closed"),
        pytest.param(history((CLOSED, OURS), (REOPENED, BOB)), "bob reopened it", id="reopened"),
        pytest.param(history((CLOSED, OURS), (REOPENED, ROBOT)), None, id="reopened-by-a-bot"),
        pytest.param(history((REOPENED, BOB), (CLOSED, BOB)), None, id="closed-by-a-person-again"),
        pytest.param(history((REOPENED, BOB), (CLOSED, ROBOT)), "bob reopened it", id="closed-by-a-bot-again"),
        pytest.param(history((REOPENED, BOB), (CLOSED, BOB, True)), "bob reopened it", id="closed-by-a-keyword"),
        pytest.param(history((VETOED, BOB)), "bob objected to the closing that I had announced", id="vetoed"),
        pytest.param(
            history((VETOED, BOB), (CLOSED, ROBOT)), "bob objected to the closing that I had announced", id="kept"
        ),
        pytest.param(history((VETOED, BOB), (CLOSED, BOB)), None, id="vetoed-and-closed-by-hand"),
        pytest.param(history((CLOSED, OURS), (REOPENED, OURS)), "I reopened it", id="by-us"),
        pytest.param(
            history((CLOSED, OURS), (REOPENED, OURS), (CLOSED, BOB)),
            "bob closed it again after I had reopened it",
            id="closed-against-us",
        ),
        pytest.param(
            history((REOPENED, OURS), (CLOSED, BOB), (REOPENED, BOB)),
            "bob closed it again after I had reopened it",
            id="for-good",
        ),
        pytest.param(
            history((HELD, BOB), (RELEASED, ROBOT)),
            "bob put the label `hold` on it, and no person took it off",
            id="held",
        ),
        pytest.param(history((HELD, BOB), (RELEASED, BOB)), None, id="released"),
        pytest.param(history((HELD, ROBOT)), None, id="held-by-a-bot"),
        pytest.param(history((RELEASED, BOB)), None, id="released-and-never-held"),
        pytest.param(history((HELD, BOB), (REOPENED, BOB)), "bob reopened it", id="the-newest-is-said"),
    ],
)
def test_what_contradicts(events: tuple[Happened, ...], text: str | None) -> None:
    """In the words that the answer uses, and whatever the order in which the events were read."""
    for read in (events, events[::-1]):
        found = contradiction(read)
        assert (found.text if found else None) == text


@pytest.mark.parametrize(
    ("events", "settled"),
    [
        (history((CLOSED, OURS), (REOPENED, BOB)), True),
        (history((REOPENED, OURS)), True),
        (history((HELD, BOB), (RELEASED, ROBOT)), True),
        (history((REOPENED, OURS), (CLOSED, BOB)), False),
    ],
)
def test_a_command_settles_what_was_before(events: tuple[Happened, ...], *, settled: bool) -> None:
    """But for a person who closed it again after us; and nothing that comes after the command."""
    last = events[-1].at
    assert (contradiction(events, commanded=last) is None) == settled
    assert contradiction(events, commanded=last - timedelta(hours=5)) is not None


def asked(events: tuple[Happened, ...], hour: int = 0) -> tuple[Happened, ...]:
    """carol had asked us to undo the closing of that hour."""
    return with_askers(events, (Asked(closed_at=START + timedelta(hours=hour), by="carol"),))


@pytest.mark.parametrize(
    ("events", "text"),
    [
        pytest.param(history((CLOSED, OURS), (REOPENED, OURS)), "carol reopened it through me", id="asked"),
        pytest.param(history((CLOSED, OURS), (REOPENED, OURS), (CLOSED, BOB)), None, id="and-closed-by-hand"),
        pytest.param(
            history((CLOSED, OURS), (REOPENED, OURS), (CLOSED, ROBOT)), "carol reopened it through me", id="by-a-bot"
        ),
        pytest.param(
            history((CLOSED, OURS), (REOPENED, OURS), (CLOSED, OURS), (REOPENED, OURS), (CLOSED, BOB)),
            "bob closed it again after I had reopened it",
            id="a-later-one-by-ourselves",
        ),
        pytest.param(history((REOPENED, OURS), (CLOSED, OURS)), "I reopened it", id="before-any-closing"),
        pytest.param(history((CLOSED, OURS), (REOPENED, BOB)), "bob reopened it", id="by-somebody-else"),
    ],
)
def test_what_a_person_asked_us_for(events: tuple[Happened, ...], text: str | None) -> None:
    """Is his doing: whoever closes it afterwards takes it back, as after a reopening by hand."""
    found = contradiction(asked(events))
    assert (found.text if found else None) == text
    assert objected(asked(events), since=START)


def test_a_deleted_account_was_a_person() -> None:
    """Whose account is gone is no bot, and is named so."""
    gone = Contradiction(kind=ContradictionKind.REOPENED, at=START)
    assert gone.text == "somebody whose account is gone reopened it"


_EVENTS = st.lists(st.tuples(st.sampled_from(Happening), st.sampled_from(Hand), st.booleans()), max_size=12).map(
    lambda rows: history(*rows)
)


@given(_EVENTS)
def test_a_person_s_reopening_always_contradicts(events: tuple[Happened, ...]) -> None:
    """Whatever was before, and whatever bots and keywords do after it."""
    after = START + timedelta(days=1)
    reopened = Happened(what=REOPENED, at=after, hand=BOB, by="carol")
    closed = Happened(what=CLOSED, at=after + timedelta(hours=1), hand=ROBOT)
    assert contradiction((*events, reopened)) is not None
    assert contradiction((*events, reopened, closed)) is not None


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param(history((REOPENED, BOB), (CLOSED, BOB)), False, id="before"),
        pytest.param(history((CLOSED, OURS), (REOPENED, BOB)), True, id="at-that-moment"),
        pytest.param(history((CLOSED, OURS), (CLOSED, OURS), (REOPENED, OURS)), True, id="through-us"),
        pytest.param(history((CLOSED, OURS), (REOPENED, BOB), (CLOSED, BOB)), True, id="and-closed-since"),
        pytest.param(history((CLOSED, OURS), (REOPENED, ROBOT)), False, id="a-bot"),
        pytest.param(history((CLOSED, OURS), (HELD, BOB)), True, id="held"),
        pytest.param(history((CLOSED, OURS), (HELD, ROBOT), (RELEASED, BOB)), False, id="held-by-a-bot"),
    ],
)
def test_objected(events: tuple[Happened, ...], expected: bool) -> None:
    """Since an hour after the first event: a person's reopening or hold, or ours, whatever came of it later."""
    assert objected(events, since=START + timedelta(hours=1)) is expected
