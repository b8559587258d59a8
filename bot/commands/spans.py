"""How long something lasts, as people write it in a command: `12h`, `14d`, `2w`. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.assessment.spans import Bounds, NoSpan, loosely, read, written

LASTS = Bounds(least=timedelta(hours=1), most=timedelta(days=90))
_MOST_WORDS = 4  # `1 day 12 hours`


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """So many words cannot be taken: what is wrong with them, and what to write in their place, if that is known."""

    words: int
    message: str
    instead: str | None


def span_in(words: Sequence[str]) -> timedelta | Unfit:
    """The time that the first word says; or what is wrong with it, and with the words that belong to it."""
    found = read(words[0].lower(), LASTS)
    if not isinstance(found, NoSpan):
        return found
    taken = 1
    if found.about is None:
        taken = next((number for number in range(_MOST_WORDS, 1, -1) if _means(words, number)), 1)
    text = " ".join(words[:taken])
    about = loosely(text) if taken > 1 else found.about
    instead = None if about is None else written(LASTS.nearest(about))
    return Unfit(words=taken, message=_message(text[:60], about), instead=instead)


def _means(words: Sequence[str], number: int) -> bool:
    return number <= len(words) and loosely(" ".join(words[:number])) is not None


def _message(text: str, about: timedelta | None) -> str:
    if about is None:
        return f"`{text}` is no time such as 24h or 7d; it can be {LASTS.words}"
    if about > LASTS.most:
        return f"`{text}` is too long: {LASTS.words}"
    if about < LASTS.least:
        return f"`{text}` is too short: {LASTS.words}"
    return f"`{text}` is written `{written(about)}` here"
