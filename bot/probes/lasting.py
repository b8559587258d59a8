"""A duration in the policy, within its bounds: what is taken, what is said of all else, and what editors are told.

`within: Annotated[str, Lasting(least=…, most=…)]`. A `timedelta` in place of the text works as well.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from bot.assessment.spans import UNITS, Bounds, NoSpan, read

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


class Mistaken(ValueError):
    """A value that is refused: what it must be, and what was probably meant."""

    def __init__(self, why: str, meant: str | None = None) -> None:
        super().__init__(why)
        self.meant = meant


@dataclass(frozen=True, slots=True, init=False)
class Lasting:
    """Stands in the annotation of a text or a `timedelta`. Editors' JSON Schema says the same bounds."""

    bounds: Bounds

    def __init__(self, *, most: timedelta, least: timedelta = MINUTE, zero: bool = False) -> None:
        object.__setattr__(self, "bounds", Bounds(least=least, most=most, zero=zero))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: the value is read before its type is looked at."""
        taken = self._span if source is timedelta else self._text
        return core_schema.no_info_before_validator_function(taken, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Pydantic's hook: a text, or the number 0 where that is taken."""
        del schema, handler
        text = {"type": "string", "pattern": pattern_of(self.bounds), "examples": list(self.bounds.examples[-1:])}
        return {"anyOf": [text, {"type": "integer", "const": 0}]} if self.bounds.zero else text

    def _span(self, value: object) -> timedelta:
        # unquoted, 0 is a number
        text = "0" if type(value) is int and value == 0 else value
        found = read(text if isinstance(text, str) else "", self.bounds)
        if isinstance(found, NoSpan):
            raise Mistaken(found.why, found.meant)
        return found

    def _text(self, value: object) -> str:
        self._span(value)
        return str(value)


def pattern_of(bounds: Bounds) -> str:
    """What a schema can tell of it: a regular expression that takes what is within the bounds, and nothing else."""
    ways = ["0"] if bounds.zero else []
    for letter, unit in UNITS.items():
        least, most = max(1, -(-bounds.least // unit)), bounds.most // unit
        if least <= most:
            ways.append(f"(?:{'|'.join(_numbers(least, most))}){letter}")
    return f"^(?:{'|'.join(ways)})$"


def _numbers(least: int, most: int) -> list[str]:
    """Patterns that take the numbers from `least` to `most`."""
    first, last = str(least), str(most)
    if len(first) == len(last):
        return _alike(first, last)
    whole = "9" * len(first)
    return _alike(first, whole) + _numbers(int(whole) + 1, most)


def _alike(first: str, last: str) -> list[str]:
    """The same, of numbers with equally many digits."""
    if not first:
        return [""]
    rest = len(first) - 1
    low, high = int(first[0]), int(last[0])
    if low == high:
        return [f"{low}{more}" for more in _alike(first[1:], last[1:])]
    begins: list[str] = []
    ends: list[str] = []
    if first[1:].strip("0"):
        begins, low = [f"{low}{more}" for more in _alike(first[1:], "9" * rest)], low + 1
    if last[1:].strip("9"):
        ends, high = [f"{high}{more}" for more in _alike("0" * rest, last[1:])], high - 1
    return [*begins, *([f"{_digit(low, high)}{'[0-9]' * rest}"] if low <= high else []), *ends]


def _digit(low: int, high: int) -> str:
    return str(low) if low == high else f"[{low}-{high}]"
