"""Evidence links: signed, and ending."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.links import end_of, evidence_url, is_valid

KEY = b"k" * 32
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def link(assessment: str = "a1") -> tuple[str, str]:
    """The end and the signature of a link that works for a day."""
    query = parse_qs(urlsplit(evidence_url("https://bot.test", KEY, assessment, until=NOW + timedelta(days=1))).query)
    return query["exp"][0], query["sig"][0]


def test_a_link_opens_its_assessment() -> None:
    """Until its end, and no longer."""
    end, signature = link()
    assert is_valid(KEY, "a1", end=end, signature=signature, now=NOW)
    assert is_valid(KEY, "a1", end=end, signature=signature, now=NOW + timedelta(hours=23, minutes=59))
    assert not is_valid(KEY, "a1", end=end, signature=signature, now=NOW + timedelta(days=1))


END, SIGNATURE = link()
FAULTS = {
    "another assessment": (KEY, "a2", END, SIGNATURE),
    "a later end": (KEY, "a1", str(int(END) + 1), SIGNATURE),
    "another key": (b"x" * 32, "a1", END, SIGNATURE),
    "no signature": (KEY, "a1", END, ""),
    "a shorter signature": (KEY, "a1", END, SIGNATURE[:-1]),
    "a signature that is no ASCII": (KEY, "a1", END, "é" * 43),
    "no end": (KEY, "a1", "", SIGNATURE),
    "an end in words": (KEY, "a1", "never", SIGNATURE),
    "an end in other digits": (KEY, "a1", "²³", SIGNATURE),
    "an enormous end": (KEY, "a1", "9" * 5000, SIGNATURE),
    "the parts moved": (KEY, "a1" + END, "", SIGNATURE),
}


@pytest.mark.parametrize(("key", "assessment", "end", "signature"), FAULTS.values(), ids=FAULTS.keys())
def test_any_change_breaks_a_link(key: bytes, assessment: str, end: str, signature: str) -> None:
    """Nothing of it can be varied."""
    assert not is_valid(key, assessment, end=end, signature=signature, now=NOW)


@given(st.text(), st.text(), st.text())
def test_any_text_is_taken(assessment: str, end: str, signature: str) -> None:
    """Strangers write these: nothing is raised, and nothing is guessed."""
    assert not is_valid(KEY, assessment, end=end, signature=signature, now=NOW)


def test_ends_are_rounded_up_to_days() -> None:
    """An answer that is written again the same day carries the same link, so that it need not be written at all."""
    morning, evening = (end_of(NOW.replace(hour=hour), timedelta(days=7)) for hour in (1, 23))
    assert morning == evening
    assert evening - NOW >= timedelta(days=7)
