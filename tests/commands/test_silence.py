"""How long a silent GitHub is borne."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.commands.request import Awaiting, Errand
from bot.commands.silence import Silence, promised_end, silence

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ERRAND = Errand(
    root="r",
    begun=AT - HOUR,
    look=1,
    polls=0,
    poll_at=AT + MINUTE,
    issue_node="I",
    comment="C",
    told=(),
    promised={},
    awaits=tuple(Awaiting(criterion=str(hours), what="it", until=AT + hours * HOUR) for hours in (2, 3)),
)


def test_what_ends_last() -> None:
    """Until then somebody counts on it; what is only tried again later has an end when that is."""
    assert promised_end(ERRAND) == AT + 3 * HOUR
    assert promised_end(replace(ERRAND, awaits=())) == AT + MINUTE


@pytest.mark.parametrize(
    ("since", "written", "end"),
    [
        pytest.param(AT, False, AT + 3 * HOUR, id="promised"),
        pytest.param(AT + 9 * HOUR, False, AT + 9 * HOUR, id="overdue"),
        pytest.param(AT, True, AT, id="keeps-the-issue"),
    ],
)
def test_the_end(since: datetime, end: datetime, *, written: bool) -> None:
    """What was promised; but what has begun to write keeps nobody from the issue for long."""
    assert silence(ERRAND, since=since, now=since, has_written=written).end == end


@pytest.mark.parametrize(
    ("lasts", "pause"),
    [
        (timedelta(0), timedelta(seconds=10)),
        (timedelta(seconds=10), timedelta(seconds=10)),
        (3 * MINUTE, 3 * MINUTE),
        (HOUR, 10 * MINUTE),
    ],
    ids=str,
)
def test_the_pause_grows(lasts: timedelta, pause: timedelta) -> None:
    """With the silence, up to ten minutes."""
    assert Silence(since=AT, now=AT + lasts, end=AT).again_at == AT + lasts + pause


@pytest.mark.parametrize(
    ("late", "over", "hopeless"),
    [(HOUR - MINUTE, False, False), (HOUR, True, False), (timedelta(days=7), True, True)],
    ids=str,
)
def test_over(late: timedelta, *, over: bool, hopeless: bool) -> None:
    """An hour after what was promised it is told; a week after, nothing is waited for any more."""
    found = Silence(since=AT, now=AT + HOUR + late, end=AT + HOUR)
    assert (found.is_over, found.is_hopeless) == (over, hopeless)
