"""A number in a text that somebody printed, and how it compares: `compliance: ([0-9.]+)%`, at least 98.

The last match counts, since programs print their result last. A number has its decimals behind a `.`; one with
separators between the thousands is refused rather than misread, also where the pattern takes only a part of it.
"""

import asyncio
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import re2
from pydantic import Field, model_validator

from bot.assessment.evidence import Measure
from bot.probes.contract import Params
from bot.scan.matching import OVERLAP, Matcher, OutOfTime
from bot.scan.patterns import MAX_PATTERN, Match, Pattern, pattern_fault

LARGEST_TEXT = 10 << 20
"""So many bytes of a text are read, the last ones."""
PATIENCE = timedelta(seconds=5)
_MOST_SHOWN = 160
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?")
_GOES_ON = re.compile(rb"[,'_.]?\d")
_WENT_BEFORE = re.compile(rb"\d[,'_.]?\Z")


class NumberParams(Params):
    """Which number is read, and what it must be."""

    pattern: str = Field(
        min_length=1,
        max_length=MAX_PATTERN,
        description="An RE2 pattern with exactly one group, which holds the number: `compliance: ([0-9.]+)%`. "
        "The last match counts, so let nothing that others write (titles, messages) be printed behind it.",
    )
    equals: float | None = Field(default=None, allow_inf_nan=False, description="What the number must be.")
    min: float | None = Field(default=None, allow_inf_nan=False, description="The least that it may be.")
    max: float | None = Field(default=None, allow_inf_nan=False, description="The most that it may be.")

    @model_validator(mode="after")
    def _can_be_read(self) -> "NumberParams":
        if fault := pattern_fault(_looked_for(self.pattern)):
            raise ValueError(f"`pattern`: {fault}")
        if re2.compile(self.pattern).groups != 1:
            raise ValueError("`pattern` must have exactly one group, which holds the number: `compliance: ([0-9.]+)%`")
        if self.equals is None and self.min is None and self.max is None:
            raise ValueError("say what the number must be with `equals`, `min` or `max`")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("`min` is greater than `max`")
        return self

    @property
    def words(self) -> str:
        """What the number must be: `at least 98`."""
        said = [f"{self.equals:.12g}"] if self.equals is not None else []
        said += [f"at least {self.min:.12g}"] if self.min is not None else []
        said += [f"at most {self.max:.12g}"] if self.max is not None else []
        return " and ".join(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the pattern's last match holds. `value` is None where that is no number. `line` is cut short.

    `unit` is `%` where that stands behind the number, else empty; `matches` counts all matches.
    """

    value: float | None
    shown: str
    unit: str
    matches: int
    line: str

    @property
    def words(self) -> str:
        """The number as it stands there: `98.7 %`."""
        return f"{self.shown} {self.unit}".strip()

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The number as a measure; none where there is none."""
        return (Measure(name="number", value=self.value, unit=self.unit),) if self.value is not None else ()


async def number_in(text: bytes | str, params: NumberParams) -> Reading | None:
    """Like `read_number`, beside the event loop and within 5 s. Raises `OutOfTime`."""
    late = monotonic() + PATIENCE.total_seconds()
    return await asyncio.to_thread(read_number, text, params, lambda: monotonic() > late)


def read_number(text: bytes | str, params: NumberParams, is_late: Callable[[], bool] = lambda: False) -> Reading | None:
    """The last match in the last 10 MiB of a text; None where there is none. Raises `OutOfTime`."""
    data = (text.encode("utf-8", "replace") if isinstance(text, str) else text)[-LARGEST_TEXT:]
    matches, last = 0, -1
    for _, offsets in Matcher((_looked_for(params.pattern),), is_late).found(data):
        for offset in offsets:
            matches, last = matches + 1, offset
            if matches % 1000 == 0 and is_late():
                raise OutOfTime
    return _reading(data, last, matches, params.pattern) if matches else None


def compare(reading: Reading, params: NumberParams) -> str | None:
    """Why the number is not as wanted, in words; None where it is."""
    if reading.value is None:
        return f"“{reading.shown}” is no number: decimals stand behind a `.`, and nothing between thousands"
    if params.equals is not None and not math.isclose(reading.value, params.equals, rel_tol=1e-9, abs_tol=1e-12):
        return f"{reading.words} is not {params.equals:.12g}"
    if params.min is not None and reading.value < params.min:
        return f"{reading.words} is less than {params.min:.12g}"
    if params.max is not None and reading.value > params.max:
        return f"{reading.words} is more than {params.max:.12g}"
    return None


def _looked_for(pattern: str) -> Pattern:
    return Pattern(text=pattern, match=Match.REGEX)


def _reading(data: bytes, offset: int, matches: int, pattern: str) -> Reading | None:
    """What stands at an offset where the pattern matches."""
    start = max(data.rfind(b"\n", 0, offset) + 1, offset - OVERLAP)
    end = data.find(b"\n", offset)
    line = data[start : min(end if end >= 0 else len(data), offset + OVERLAP)]
    found = re2.compile(f"(?m:{pattern})".encode(), _options(by_bytes=not _is_utf8(line))).match(line, offset - start)
    if found is None:
        return None
    first, behind = found.span(1)
    shown = (found.group(1) or b"").decode("utf-8", "replace").strip()
    whole = not _GOES_ON.match(line, behind) and not _WENT_BEFORE.search(line[:first])
    if not whole:
        shown = _whole_word(line, first, behind)
    value = float(shown) if whole and _NUMBER.fullmatch(shown) else None
    return Reading(
        value=value if value is not None and math.isfinite(value) else None,
        shown=shown[:_MOST_SHOWN],
        unit="%" if line[behind:].lstrip().startswith(b"%") else "",
        matches=matches,
        line=_cut(line, first).strip(),
    )


def _whole_word(line: bytes, first: int, behind: int) -> str:
    """The digits and separators of which the group took only a part."""
    part = re.compile(rb"[\d.,'_+-]*\Z")
    before = part.search(line[:first])
    after = re.match(rb"[\d.,'_]*", line[behind:])
    return b"".join((before[0] if before else b"", line[first:behind], after[0] if after else b"")).decode(
        "utf-8", "replace"
    )


def _cut(line: bytes, at: int) -> str:
    """The line around a place, short enough to be shown."""
    start = max(0, at - _MOST_SHOWN // 2) if len(line) > _MOST_SHOWN else 0
    shown = line[start : start + _MOST_SHOWN].decode("utf-8", "replace")
    return ("…" if start else "") + shown + ("…" if start + _MOST_SHOWN < len(line) else "")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _options(*, by_bytes: bool) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.encoding = re2.Options.Encoding.LATIN1 if by_bytes else re2.Options.Encoding.UTF8
    return options
