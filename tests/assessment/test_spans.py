"""Lengths of time as people write them."""

from datetime import timedelta

import pytest

from bot.assessment.spans import Bounds, NoSpan, loosely, read, span_of, written

DAY = timedelta(days=1)
GRACE = Bounds(least=timedelta(minutes=1), most=30 * DAY)
WAIT = Bounds(least=timedelta(hours=1), most=90 * DAY, zero=True)
RUN = Bounds(least=timedelta(minutes=1), most=DAY)


@pytest.mark.parametrize(
    ("text", "bounds", "expected"),
    [
        ("1m", GRACE, timedelta(minutes=1)),
        ("30d", GRACE, 30 * DAY),
        ("43200m", GRACE, 30 * DAY),
        ("4w", GRACE, 28 * DAY),
        ("0", WAIT, timedelta()),
        ("60m", WAIT, timedelta(hours=1)),
    ],
)
def test_what_is_taken(text: str, bounds: Bounds, expected: timedelta) -> None:
    """Both bounds are within."""
    assert read(text, bounds) == expected


@pytest.mark.parametrize(
    ("text", "bounds", "why", "meant"),
    [
        ("31d", GRACE, "must be at least 1m and at most 30d", None),
        ("999999w", GRACE, "must be at least 1m and at most 30d", None),
        ("0", GRACE, "must be at least 1m and at most 30d", None),
        ("0h", GRACE, "must be at least 1m and at most 30d", None),
        ("0h", WAIT, "must be at least 1h and at most 90d, or 0", "0"),
        ("59m", WAIT, "must be at least 1h and at most 90d, or 0", None),
        ("90d", RUN, "must be at least 1m and at most 1d", "90m"),
        ("999d", RUN, "must be at least 1m and at most 1d", None),
        ("5 minutes", GRACE, "must be a duration such as 30m, 12h or 7d, at least 1m and at most 30d", "5m"),
        ("7D", WAIT, "must be a duration such as 12h or 7d, at least 1h and at most 90d, or 0", "7d"),
        ("90s", GRACE, "must be a duration such as 30m, 12h or 7d, at least 1m and at most 30d", None),
        ("1 year", GRACE, "must be a duration such as 30m, 12h or 7d, at least 1m and at most 30d", None),
        ("soon", RUN, "must be a duration such as 30m or 12h, at least 1m and at most 1d", None),
    ],
)
def test_what_is_refused(text: str, bounds: Bounds, why: str, meant: str | None) -> None:
    """The bounds are always named; what was meant only where it would be taken."""
    found = read(text, bounds)
    assert isinstance(found, NoSpan)
    assert (why, meant) == (found.why, found.meant)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7 days", 7 * DAY),
        ("1h30m", timedelta(minutes=90)),
        ("1 day and 12 hours", timedelta(hours=36)),
        ("1,5 h", timedelta(minutes=90)),
        ("-1h", timedelta(hours=1)),
        ("120s", timedelta(minutes=2)),
        ("2 months", 60 * DAY),
        ("3M", None),
        ("7", None),
        ("2 fortnights", None),
        ("1h " * 20, None),
    ],
)
def test_what_may_be_meant(text: str, expected: timedelta | None) -> None:
    """Words, fractions and signs; not what may be one thing or another."""
    assert loosely(text) == expected


def test_a_bound_is_the_nearest() -> None:
    """Of what lies beyond; else the time itself."""
    assert [GRACE.nearest(one) for one in (timedelta(), DAY, 99 * DAY)] == [timedelta(minutes=1), DAY, 30 * DAY]


@pytest.mark.parametrize("text", ["1d", "36h", "90m"])
def test_what_is_written_is_read(text: str) -> None:
    """In the largest unit that is whole."""
    assert written(span_of(text)) == text
