"""What must be true of an HTTP answer: status, headers, text, values in its JSON, latency.

Shared by the probes that ask over HTTP. An answer is judged condition by condition, and every one that does not hold
is said; how long it took and where it came from are kept apart, so that equal answers can be counted.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from bot.egress.exchange import Response
from bot.probes.contract import Params
from bot.probes.one_or_more import OrOne
from bot.probes.places import counted, listed
from bot.probes.reach import milliseconds
from bot.probes.values import MOST_MATCHED, Found, Value, Wanted, compare, lookup, spelled, steps
from bot.scan.patterns import MAX_REPEATS, repeats_of

EACH = "[*]"
MOST_ITEMS = 10_000
MOST_CONTAINERS = 50_000
"""Lists and mappings: a mebibyte of empty ones takes 160 ms to read, and nobody else goes on meanwhile."""
_SHORT = 16 << 10
_UNTOLD = ("auth", "cookie", "key", "secret", "session", "token")
_UNTOLD_VALUES = ("apikey", "api_key", "cookie", "credential", "password", "secret", "session", "token")


class ValueParams(Params):
    """What a value must be."""

    equals: str | bool | int | float | None = Field(default=None, description="The value.")
    matches: str | None = Field(default=None, max_length=256, description="An RE2 pattern that the value matches.")
    min: float | None = Field(default=None, description="The least number that the value may be.")
    max: float | None = Field(default=None, description="The greatest number that it may be.")
    exists: bool = Field(default=True, description="`false`: nothing may stand there.")

    @property
    def wanted(self) -> Wanted:
        """What the value must be."""
        return Wanted(equals=self.equals, matches=self.matches, least=self.min, most=self.max)

    @property
    def words(self) -> str:
        """The condition, for people."""
        return self.wanted.words if self.exists else "is not there"

    @model_validator(mode="after")
    def _asks_something_sensible(self) -> "ValueParams":
        if not self.exists and self.wanted.asks:
            raise ValueError("`exists: false` goes with no other condition")
        self.wanted.check("value")
        return self


class _PlaceParams(Params):
    at: str = Field(
        min_length=1,
        max_length=300,
        description="The value's place: `checks[0].status`, or `checks[*].status` for every item.",
    )


class JsonParams(ValueParams, _PlaceParams):
    """What must stand at a place of the JSON answer. With `[*]` in the place, of every item of that list."""

    @model_validator(mode="after")
    def _can_be_found(self) -> "JsonParams":
        if self.at.count(EACH) > 1:
            raise ValueError("`at` may hold one `[*]`")
        for part in self.parts:
            steps(part)
        return self

    @property
    def parts(self) -> tuple[str, ...]:
        """The place before and after `[*]`; one part where there is none."""
        return tuple(part.removeprefix(".") for part in self.at.split(EACH))


def _as_value(value: object) -> object:
    return {"equals": value} if isinstance(value, str | int | float) else value


class AnswerParams(Params):
    """What must be true of an answer."""

    status: Annotated[
        tuple[Annotated[int, Field(ge=100, le=599)], ...],
        OrOne(),
        Field(min_length=1, max_length=20, strict=False),
    ] = Field(default=(200,), description="The status that is right, or a list of them.")
    answer_headers: dict[
        str, Annotated[ValueParams, BeforeValidator(_as_value, json_schema_input_type=ValueParams | str | int | float)]
    ] = Field(
        default_factory=dict,
        max_length=10,
        description="Headers of the answer: the value, or `matches`, `min`, `max`, `exists` as for `json`.",
    )
    contains: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        default=None, description="Text that the body holds."
    )
    answer: Annotated[tuple[JsonParams, ...], OrOne(), Field(min_length=1, max_length=10, strict=False)] = Field(
        default=(),
        alias="json",
        description="A value in the JSON body, or a list of them: `at`, and `equals`, `matches`, `min`, `max`, "
        "`exists`.",
    )
    max_latency: float | None = Field(default=None, gt=0, le=60, description="Seconds that the answer may take.")

    @model_validator(mode="after")
    def _matches_in_time(self) -> "AnswerParams":
        if sum(map(repeats_of, self.patterns)) > MAX_REPEATS:
            raise ValueError(f"the counted repeats of all patterns together come to more than {MAX_REPEATS}")
        return self

    @property
    def patterns(self) -> tuple[str, ...]:
        """The RE2 patterns that values are matched with."""
        return tuple(one.matches for one in (*self.answer_headers.values(), *self.answer) if one.matches is not None)

    @property
    def reads_body(self) -> bool:
        """Is anything asked of the body?"""
        return self.contains is not None or bool(self.answer)

    @property
    def words(self) -> str:
        """The conditions, for people: `200 or 204, the body contains …`."""
        parts = [listed(tuple(map(str, self.status)), 20).replace(" and ", " or ")]
        parts += [f"`{name}` {one.words}" for name, one in self.answer_headers.items()]
        if self.contains is not None:
            parts.append(f"the body contains {spelled(self.contains)}")
        parts += [f"`{one.at}` {one.words}" for one in self.answer]
        if self.max_latency is not None:
            parts.append(f"within {self.max_latency:g} s")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One answer, judged. `faults` are the conditions that do not hold, `seen` what was seen where they do.

    `status` is in words where it is a wrong one. `cut` says why what is missing may stand in an unread part of the
    body, None where all was read: then nothing follows from its absence.
    """

    answered: str
    status: str | None
    faults: tuple[str, ...]
    seen: tuple[str, ...]
    cut: str | None

    @property
    def holds(self) -> bool:
        """Is everything asked true of it?"""
        return self.status is None and not self.faults and not self.cut

    @property
    def cause(self) -> str:
        """What is wrong, without anything that differs from one measurement to the next."""
        return "; ".join(filter(None, (self.status, *self.faults)))

    @property
    def text(self) -> str:
        """All that is to be said about it."""
        rest = (self.cut,) if self.cut else (*self.faults, *self.seen)
        return "; ".join((self.answered, *rest))


async def judge(response: Response, wanted: AnswerParams, asked: str) -> Judged:
    """The answer held against what is wanted of it. `asked` is the URL, to tell where a redirect led.

    In a thread where it may take long: a pattern takes up to a tenth of a second, and so do ten thousand items.
    """
    if wanted.patterns or len(response.body) > _SHORT:
        return await asyncio.to_thread(_judge, response, wanted, asked)
    return _judge(response, wanted, asked)


def _judge(response: Response, wanted: AnswerParams, asked: str) -> Judged:
    slow = wanted.max_latency is not None and response.elapsed.total_seconds() > wanted.max_latency
    firm = (*((f"slower than {wanted.max_latency:g} s",) if slow else ()), *_header_faults(response, wanted))
    faults, seen = _body(response, wanted)
    status = None if response.status in wanted.status else str(response.status)
    # What could not be read to its end proves no absence, unless the answer is wrong anyway.
    cut = _unread(response, wanted) if faults and status is None and not firm else None
    return Judged(
        answered=f"{response.status} in {milliseconds(response.elapsed)}{_moved(response, asked)}",
        status=status,
        faults=() if cut else (*firm, *faults),
        seen=seen,
        cut=cut,
    )


def _unread(response: Response, wanted: AnswerParams) -> str | None:
    if wanted.answer and is_crowded(response):
        return "the body holds more lists and mappings than are read here"
    return "the body is longer than is read here" if response.truncated else None


def header(response: Response, name: str) -> str | None:
    """A header's value; several of one name are joined (RFC 9110 section 5.3)."""
    values = [value for key, value in response.headers if key.lower() == name.lower()]
    return ", ".join(values) if values else None


def is_crowded(response: Response) -> bool:
    """Does the body hold too many lists and mappings to be read as JSON?"""
    return response.body.count(b"[") + response.body.count(b"{") > MOST_CONTAINERS


def document(response: Response) -> Found | None:
    """The body as JSON; None where it is none, or crowded."""
    if is_crowded(response):
        return None
    try:
        value: Value = msgspec.json.decode(response.body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return Found(value)


def _header_faults(response: Response, wanted: AnswerParams) -> tuple[str, ...]:
    faults: list[str] = []
    for name, one in wanted.answer_headers.items():
        value = header(response, name)
        fault = _value_fault(None if value is None else Found(value), one)
        if fault and value is not None and one.exists and any(word in name.lower() for word in _UNTOLD):
            fault = "it is something else"
        if fault:
            faults.append(f"`{name}`: {fault}")
    return tuple(faults)


def _body(response: Response, wanted: AnswerParams) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is wrong with the body, and what was seen in it."""
    faults: list[str | None] = []
    seen: list[str | None] = []
    if wanted.contains is not None and wanted.contains.encode() not in response.body:
        faults.append(f"the body does not contain {spelled(wanted.contains)}")
    found = document(response) if wanted.answer else None
    if wanted.answer and found is None:
        faults.append("the body is no JSON")
    for one in wanted.answer if found is not None else ():
        fault, sight = _json(found.value if found else None, one)
        faults.append(fault)
        seen.append(sight)
    return tuple(filter(None, faults)), tuple(filter(None, seen))


def _json(value: Value, wanted: JsonParams) -> tuple[str | None, str | None]:
    """What is wrong with the value in the JSON body, and what was seen where nothing is."""
    if len(wanted.parts) == 1:
        found = lookup(value, wanted.at)
        fault = _told_fault(found, wanted)
        return (f"`{wanted.at}`: {fault}", None) if fault else (None, _seen(wanted, found))
    before, after = wanted.parts
    listing = lookup(value, before) if before else Found(value)
    if listing is None or isinstance(listing.value, str) or not isinstance(listing.value, Sequence):
        return f"`{before or 'the answer'}` is no list", None
    items = listing.value[: MOST_ITEMS + 1]
    if len(items) > MOST_ITEMS:
        return f"`{wanted.at}`: more than {MOST_ITEMS:,} items", None
    return _items(items, after, wanted)


def _items(items: Sequence[Value], after: str, wanted: JsonParams) -> tuple[str | None, str | None]:
    if not items:
        return f"`{wanted.at}`: the list is empty", None
    left = MOST_MATCHED
    for index, item in enumerate(items):
        found = lookup(item, after) if after else Found(item)
        left -= len(str(found.scalar)) if found is not None else 0
        if wanted.matches is not None and left < 0:
            return f"`{wanted.at}`: more than {MOST_MATCHED:,} characters to match", None
        if fault := _told_fault(found, wanted):
            return f"`{wanted.at.replace(EACH, f'[{index}]')}`: {fault}", None
    return None, f"`{wanted.at}` {wanted.words} in all of {counted(len(items), 'item')}"


def _value_fault(found: Found | None, wanted: ValueParams) -> str | None:
    if found is None:
        return "nothing stands there" if wanted.exists else None
    if not wanted.exists:
        return "something stands there"
    return compare(found.scalar, wanted.wanted)


def _told_fault(found: Found | None, wanted: JsonParams) -> str | None:
    """The same, without the value where its name says that it is a secret."""
    fault = _value_fault(found, wanted)
    is_secret = found is not None and wanted.exists and _is_untold(found, wanted)
    return "it is something else" if fault and is_secret else fault


def _is_untold(found: Found, wanted: JsonParams) -> bool:
    if not isinstance(found.value, str):
        return False
    names = [step.lower() for part in wanted.parts for step in steps(part) if isinstance(step, str)]
    return bool(names) and any(word in names[-1] for word in _UNTOLD_VALUES)


def _seen(wanted: JsonParams, found: Found | None) -> str:
    if found is None:
        return f"`{wanted.at}` is not there"
    return f"`{wanted.at}` is as asked" if _is_untold(found, wanted) else f"`{wanted.at}` is {spelled(found.scalar)}"


def _moved(response: Response, asked: str) -> str:
    """Where a redirect led, by its host: the rest of a URL may hold what is not for everybody."""
    host = urlsplit(response.url).hostname
    return f", redirected to {host}" if host and host != urlsplit(asked).hostname else ""
