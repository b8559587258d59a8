"""How much of an assessment a record holds, and what is said where it is not all of it."""

from dataclasses import dataclass
from typing import Final

from bot.assessment.wording import count

LIMIT: Final = 200_000
"""Bytes in one document, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """At most so many insights, occurrences under one, and items of any other list; characters of a text, of a URL."""

    insights: int
    occurrences: int
    items: int
    text: int
    url: int


LADDER: Final = (
    Room(insights=100, occurrences=8, items=40, text=500, url=2000),
    Room(insights=40, occurrences=2, items=20, text=200, url=500),
    Room(insights=10, occurrences=0, items=8, text=80, url=200),
)
"""Less and less, until the document fits; the last one always does."""


def left_out(number: int, shown: int, one: str, many: str | None = None) -> str | None:
    """`12 more insights are left out.`; None where all are there."""
    more = number - shown
    if more <= 0:
        return None
    named = f"more {one if more == 1 else many or one + 's'}"
    return f"{count(more, named, named)} {'is' if more == 1 else 'are'} left out."
