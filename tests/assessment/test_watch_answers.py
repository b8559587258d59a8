"""What is answered to whoever orders a watch, or ends what waits."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.assessment.history import Contradiction, ContradictionKind
from bot.assessment.watch_answers import (
    Ended,
    begun,
    contradicted,
    ended,
    history_unread,
    is_begun,
    nothing_falls,
    nothing_to_end,
    otherwise_closed,
    still_open,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REOPENED = Contradiction(kind=ContradictionKind.REOPENED, at=NOW, by="ann")
FOR_GOOD = Contradiction(kind=ContradictionKind.CLOSED_AGAIN, at=NOW, by="ann")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (begun((NOW + timedelta(days=1),), ("a",), now=NOW), "in 24 h, on 2026-11-21 12:00 UTC, at 1 criterion that"),
        (
            ended(Ended(watches=(NOW + timedelta(hours=1),)), by="ann", now=NOW),
            "no more re-checks (the next would have been at 13:00 UTC)",
        ),
        (ended(Ended(answers=1), by="ann", now=NOW), "Ended by `@ann`: 1 answer that waited goes on no more."),
        (ended(Ended(guarded=True), by="ann", now=NOW), "`@ann`: no more looks at whether this closing holds."),
        (ended(Ended(watches=(NOW,), answers=2), by="ann", now=NOW), "; 2 answers that waited go on no more."),
        (
            ended(Ended(answers=1, merges=((2, 3),)), by="ann", now=NOW),
            "1 answer that waited goes on no more; no assessment after the merges of #2 and #3, which had made way.",
        ),
        (
            ended(Ended(closings=(NOW,)), by="ann", now=NOW),
            "Ended by `@ann`: the closing that was announced for 2026-11-20 12:00 UTC is called off. `/assess",
        ),
        (still_open(), "This issue is open"),
        (otherwise_closed(), "not closed on evidence of mine"),
        (contradicted(REOPENED), "ann reopened it, so I watch nothing here. `/assess-resolution` by somebody"),
        (nothing_falls(), "can fall back"),
        (history_unread(), "could not read this issue's history in full"),
        (nothing_to_end(watch_alone=True), "No re-check is planned here."),
        (nothing_to_end(watch_alone=False), "Nothing waits here"),
    ],
)
def test_what_is_answered(text: str, words: str) -> None:
    """Each says what comes of it, and what to do next."""
    assert words in text


def test_what_is_begun() -> None:
    """That reply alone: not one that answers more, nor another one."""
    told = begun((NOW + timedelta(days=1),), ("a",), now=NOW)
    assert [is_begun(one) for one in (told, f"{told}\n\nMore.", f"> {told}", still_open())] == [
        True,
        False,
        False,
        False,
    ]


def test_for_good() -> None:
    """What no command settles is not offered to be settled by one."""
    assert contradicted(FOR_GOOD).endswith("so I watch nothing here.")
