"""Numbers, times and lists in words."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.assessment.wording import brief, count, listing, moment, short, span


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(seconds=-1), "0.0 s"),
        (timedelta(seconds=12.44), "12.4 s"),
        (timedelta(seconds=75), "75 s"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(seconds=3_590), "1 h"),
        (timedelta(hours=1), "1 h"),
        (timedelta(minutes=75), "75 min"),
        (timedelta(minutes=90), "2 h"),
        (timedelta(hours=19), "19 h"),
        (timedelta(days=9), "9 days"),
    ],
)
def test_span(duration: timedelta, words: str) -> None:
    """The largest unit that is still precise enough."""
    assert words == span(duration)


def test_moment() -> None:
    """The date only where it is another day."""
    at = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
    assert moment(at, seen_from=at + timedelta(hours=2)) == "14:02 UTC"
    assert moment(at, seen_from=at + timedelta(days=2)) == "2026-11-21 14:02 UTC"


def test_counts_and_lists() -> None:
    """Thousands are separated, one is singular, lists end in words."""
    assert [
        count(1, "file"),
        count(2309, "file"),
        count(2, "criterion", "criteria"),
    ] == ["1 file", "2,309 files", "2 criteria"]
    assert [
        listing([]),
        listing(["a"]),
        listing(["a", "b"]),
        listing(["a", "b", "c"], last="or"),
    ] == ["", "a", "a and b", "a, b or c"]
    assert short("d4e5f6a0000") == "d4e5f6a"
    assert brief("0123456789abcdef") == "01234567"
