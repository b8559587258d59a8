"""Values inside structured data: their place (`a.b[0]."c.d"`) and what they are compared with. Pure.

Patterns are RE2: they come from strangers, and RE2 takes linear time.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import re2

from bot.scan.patterns import expression_fault

Scalar = str | bool | int | float | None
Value = Scalar | Sequence["Value"] | Mapping[str, "Value"]

_STEP = re.compile(
    r"""(?:^|(?<!^)\.)(?P<key>[^.\[\]"']{1,100})|(?:^|\.)(?P<quote>["'])(?P<quoted>.{1,200}?)(?P=quote)|\[(?P<index>-?\d{1,6})\]"""
)
_MOST_SHOWN = 80
_MOST_READ = 4096
"""Characters of a text that are looked at in order to show it."""
MOST_MATCHED = 1 << 16
"""So many characters of a value are matched: more would hold up everybody else, whatever the pattern."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at a place; a mapping or a list shows as its size."""

    value: Value

    @property
    def scalar(self) -> Scalar:
        """The value to compare: itself, or words for a collection."""
        match self.value:
            case str() | bool() | int() | float() | None:
                return self.value
            case Mapping():
                return f"a mapping with {len(self.value)} keys"
            case _:
                return f"a list of {len(self.value)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a value must be: every stated condition holds. None states nothing; no condition asks for existence."""

    equals: str | bool | int | float | None = None
    matches: str | None = None
    least: float | None = None
    most: float | None = None

    @property
    def asks(self) -> bool:
        """Is any condition stated?"""
        return any(one is not None for one in (self.equals, self.matches, self.least, self.most))

    @property
    def words(self) -> str:
        """The conditions in words: `is 600`, `is at least 98`."""
        said = [f"is {spelled(self.equals)}"] if self.equals is not None else []
        said += [f"matches `{self.matches}`"] if self.matches is not None else []
        said += [f"is at least {self.least:g}"] if self.least is not None else []
        said += [f"is at most {self.most:g}"] if self.most is not None else []
        return " and ".join(said) or "is there"

    def check(self, at: str) -> None:
        """Raises `ValueError` for a place or a pattern that cannot be read."""
        steps(at)
        if self.matches is not None:
            fault = expression_fault(self.matches)
            if fault is not None:
                message = f"`matches`: {fault}"
                raise ValueError(message)
        if self.least is not None and self.most is not None and self.least > self.most:
            message = "`min` is greater than `max`"
            raise ValueError(message)


@lru_cache(maxsize=512)  # of every item of a list the same place is asked
def steps(at: str) -> tuple[str | int, ...]:
    """A place as keys and indexes. Raises `ValueError` that says where it cannot be read."""
    found: list[str | int] = []
    position = 0
    while position < len(at):
        match = _STEP.match(at, position) if position else _STEP.match(at)
        if match is None:
            message = f"cannot read `{at}` from character {position + 1} on: write keys with dots and indexes as [0]"
            raise ValueError(message)
        index = match["index"]
        found.append(int(index) if index is not None else match["quoted"] or match["key"])
        position = match.end()
    return tuple(found)


def lookup(value: Value, at: str) -> Found | None:
    """What stands at a place, or None. Raises `ValueError` for a place that cannot be read."""
    for step in steps(at):
        match value, step:
            case Mapping(), str() if step in value:
                value = value[step]
            case str(), _:
                return None
            case Sequence(), int() if -len(value) <= step < len(value):
                value = value[step]
            case _:
                return None
    return Found(value)


def compare(value: Scalar, wanted: Wanted) -> str | None:
    """Why a value is not as wanted, in words; None where it is."""
    shown = spelled(value)
    if wanted.equals is not None and not _equal(value, wanted.equals):
        return f"it is {shown}"
    if wanted.matches is not None and not search(wanted.matches, _text(value)[:MOST_MATCHED]):
        return f"{shown} does not match"
    if wanted.least is None and wanted.most is None:
        return None
    number = number_of(value)
    if number is None:
        return f"{shown} is not a number"
    if wanted.least is not None and number < wanted.least:
        return f"{shown} is less than {wanted.least:g}"
    if wanted.most is not None and number > wanted.most:
        return f"{shown} is more than {wanted.most:g}"
    return None


def spelled(value: Scalar) -> str:
    """A value as it stands in YAML, in backticks, cut short."""
    whole = _text(value)
    text = " ".join(whole[:_MOST_READ].split())
    is_cut = len(text) > _MOST_SHOWN or len(whole) > _MOST_READ
    return f"`{text[:_MOST_SHOWN]}…`" if is_cut else f"`{text}`" if text else "an empty text"


def search(pattern: str, text: str) -> "re2._Match[str] | None":
    """Where a stranger's pattern first matches, or None; RE2 tells nobody's log what it thinks of the pattern.

    Up to a microsecond a character: what is longer than a few thousand is searched beside the event loop.
    """
    options = re2.Options()
    options.log_errors = False
    return re2.search(pattern, text, options)


def _equal(value: Scalar, wanted: str | float) -> bool:
    """Numbers by value, truth by truth, and texts by their letters: INI files know nothing but texts."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return _text(value).casefold() == _text(wanted).casefold()
    if isinstance(value, str) or isinstance(wanted, str):
        return _text(value).strip() == _text(wanted).strip()
    return value == wanted


def number_of(value: Scalar) -> float | None:
    """The number that a value is or spells; None where it is none, or none that can be compared."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _text(value: Scalar) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
