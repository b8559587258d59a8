"""Lengths of time as people write them, in policies and commands alike: `30m`, `12h`, `7d`, `2w`. Pure.

Rules:
1. A whole number and one letter. Whatever else means a time is refused, with the way it should have been written.
2. Each place has its bounds, and what is refused names them.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.assessment.wording import listing

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_WRITTEN = re.compile(r"(0|[1-9][0-9]{0,5})([mhdw])")
_NOTHING = timedelta()
_EXAMPLES = ("30m", "12h", "7d")
_SHORT = 3  # characters: a number of two digits and a letter
_LONGEST = 40  # characters of what is still thought about
_PART = r"([0-9]{1,5}(?:[.,][0-9]{1,3})?)\s*([A-Za-z]+)"
_LOOSE = re.compile(rf"[-+]?\s*(?:{_PART}[\s,]*(?:and\s+)?)+")
_MEANT = {
    timedelta(seconds=1): ("s", "sec", "secs", "second", "seconds"),
    UNITS["m"]: ("m", "min", "mins", "minute", "minutes"),
    UNITS["h"]: ("h", "hr", "hrs", "hour", "hours"),
    UNITS["d"]: ("d", "day", "days"),
    UNITS["w"]: ("w", "wk", "wks", "week", "weeks"),
    timedelta(days=30): ("mo", "month", "months"),
    timedelta(days=365): ("y", "yr", "year", "years"),
}
_LETTERS = {word: unit for unit, words in _MEANT.items() for word in words}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long a time may be; `zero`: or none at all, written `0`."""

    least: timedelta
    most: timedelta
    zero: bool = False

    @property
    def words(self) -> str:
        """`at least 1m and at most 30d`."""
        return f"at least {written(self.least)} and at most {written(self.most)}{', or 0' if self.zero else ''}"

    @property
    def examples(self) -> tuple[str, ...]:
        """A few times within them."""
        return tuple(one for one in _EXAMPLES if self.least <= span_of(one) <= self.most)

    def nearest(self, span: timedelta) -> timedelta:
        """The time itself, or the bound that it lies beyond."""
        return min(max(span, self.least), self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSpan:
    """What cannot be taken: `why` says what it must be; `meant` is how to write what was probably meant, if anything.

    `about` is how long that would be, also where it is out of bounds.
    """

    why: str
    meant: str | None = None
    about: timedelta | None = None


def written(span: timedelta) -> str:
    """A time as people write it: whole days where it is some, else hours, else minutes."""
    unit = next(unit for unit in ("d", "h", "m") if unit == "m" or span % UNITS[unit] == _NOTHING)
    return f"{span // UNITS[unit]}{unit}"


def span_of(text: str) -> timedelta:
    """The time that was read before; `0` is none. Only for what `read` takes."""
    found = _WRITTEN.fullmatch(text)
    return _NOTHING if found is None else int(found[1]) * UNITS[found[2]]


def read(text: str, bounds: Bounds) -> timedelta | NoSpan:
    """The time that a text says, or why it cannot be taken."""
    if text == "0" and bounds.zero:
        return _NOTHING
    if text == "0" or _WRITTEN.fullmatch(text):
        span = span_of(text)
        if bounds.least <= span <= bounds.most:
            return span
        return NoSpan(why=f"must be {bounds.words}", meant=_other_letter(text, bounds), about=span)
    about = loosely(text)
    fits = about is not None and bounds.least <= about <= bounds.most and about % UNITS["m"] == _NOTHING
    why = f"must be a duration such as {listing(bounds.examples, last='or')}, {bounds.words}"
    return NoSpan(why=why, meant=written(about) if fits and about is not None else None, about=about)


def _other_letter(text: str, bounds: Bounds) -> str | None:
    """The same number with the only letter that brings it within bounds: `90m` for `90d`. Longer ones are no slip."""
    if span_of(text) == _NOTHING:
        return "0" if bounds.zero else None
    others = [f"{text[:-1]}{letter}" for letter in UNITS] if len(text) <= _SHORT else []
    fitting = [one for one in others if bounds.least <= span_of(one) <= bounds.most]
    return fitting[0] if len(fitting) == 1 else None


def loosely(text: str) -> timedelta | None:
    """The time that a text may mean: `7 days`, `90 s`, `1h30m`, `-1h`. None where it means none."""
    if len(text) > _LONGEST or not _LOOSE.fullmatch(text.strip()):
        return None
    total = _NOTHING
    for number, word in re.findall(_PART, text):
        # a lone capital M may be minutes or months
        unit = None if word == "M" else _LETTERS.get(word.lower())
        if unit is None:
            return None
        total += float(number.replace(",", ".")) * unit
    return total
