"""Does a URL answer as it should: status, text, a value in its JSON, latency?

The question goes out through the egress guard. It is asked now: of the time before the fix nothing can be asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

import msgspec
from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from bot.assessment.evidence import Evidence, Outcome, Reason, Source
from bot.egress.exchange import Blocked, Deadline, EgressError, Request, Response, Unsendable
from bot.egress.rules import header_fault, url_fault
from bot.probes.contract import Context, Manual, Params, Question
from bot.probes.places import counted, listed
from bot.probes.values import Found, Value, Wanted, compare, lookup, spelled, steps

EACH = "[*]"
MOST_ITEMS = 10_000


def _as_list(value: object) -> object:
    return [value] if isinstance(value, int) and not isinstance(value, bool) else value


class JsonParams(Params):
    """What must stand at a place of the JSON answer. With `[*]` in the place, of every item of that list."""

    at: str = Field(
        min_length=1,
        max_length=300,
        description="The value's place: `checks[0].status`, or `checks[*].status` for every item.",
    )
    equals: str | bool | int | float | None = Field(default=None, description="The value.")
    matches: str | None = Field(default=None, max_length=256, description="An RE2 pattern that the value matches.")
    min: float | None = Field(default=None, description="The least number that the value may be.")
    max: float | None = Field(default=None, description="The greatest number that it may be.")
    exists: bool = Field(default=True, description="`false`: nothing may stand there.")

    @model_validator(mode="after")
    def _asks_something_sensible(self) -> "JsonParams":
        if self.at.count(EACH) > 1:
            raise ValueError("`at` may hold one `[*]`")
        for part in self.parts:
            steps(part)
        if not self.exists and self.wanted.asks:
            raise ValueError("`exists: false` goes with no other condition")
        self.wanted.check(self.parts[0])
        return self

    @property
    def parts(self) -> tuple[str, ...]:
        """The place before and after `[*]`; one part where there is none."""
        return tuple(part.removeprefix(".") for part in self.at.split(EACH))

    @property
    def wanted(self) -> Wanted:
        """What the value must be."""
        return Wanted(equals=self.equals, matches=self.matches, least=self.min, most=self.max)

    @property
    def words(self) -> str:
        """The condition, for people."""
        return f"`{self.at}` {self.wanted.words if self.exists else 'is not there'}"


class HttpParams(Params):
    """What is asked, and what must be true of the answer."""

    shorthand: ClassVar[str] = "url"

    url: str = Field(description="What is asked; http or https, on a public address.")
    method: Literal["GET", "HEAD"] = Field(default="GET", description="How.")
    status: Annotated[
        tuple[Annotated[int, Field(ge=100, le=599)], ...],
        BeforeValidator(_as_list),
        Field(min_length=1, max_length=20, strict=False),
    ] = Field(default=(200,), description="The status that is right, or a list of them.")
    headers: dict[str, str] = Field(
        default_factory=dict, max_length=10, description="Headers to send; none that carry secrets."
    )
    contains: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        default=None, description="Text that the body holds."
    )
    answer: JsonParams | None = Field(default=None, alias="json", description="A value in the JSON body.")
    max_latency: float | None = Field(default=None, gt=0, le=60, description="Seconds that the answer may take.")
    timeout: float = Field(default=10.0, gt=0, le=30, description="Seconds after which no answer is waited for.")

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str) -> str:
        if fault := url_fault(url):
            raise ValueError(fault)
        return url

    @field_validator("headers")
    @classmethod
    def _can_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        if fault := next(filter(None, (header_fault(name, value) for name, value in headers.items())), None):
            raise ValueError(fault)
        return headers

    @model_validator(mode="after")
    def _has_a_body(self) -> "HttpParams":
        if self.method == "HEAD" and (self.contains is not None or self.answer is not None):
            raise ValueError("an answer to HEAD has no body: ask with GET for `contains` and `json`")
        return self


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, HttpParams)
    request = Request(
        url=params.url,
        method=params.method,
        headers=tuple(params.headers.items()),
        timeout=timedelta(seconds=params.timeout),
    )
    try:
        response = await context.network.fetch(request)
    except EgressError as error:
        return _unanswered(error, params, context)
    return _judged(response, params, context)


def _unanswered(error: EgressError, params: HttpParams, context: Context) -> Evidence:
    outcome, reason, remedy = Outcome.ERROR, Reason.UNAVAILABLE, None
    match error:
        case Unsendable():
            outcome, reason = Outcome.MISCONFIGURED, Reason.BAD_QUESTION
            remedy = "Correct the criterion in the policy file."
        case Blocked():
            reason = Reason.NETWORK_POLICY
            remedy = "Name a public address, or ask the operator of this server to allow it."
        case Deadline():
            reason = Reason.TIMED_OUT
        case _:
            pass  # it answered, but not with HTTP that can be read
    return Evidence(
        outcome=outcome,
        reason=reason,
        expected=_expected(params),
        observed=str(error),
        source=_source(params, context),
        remedy=remedy,
    )


def _judged(response: Response, params: HttpParams, context: Context) -> Evidence:
    """The answer held against what is wanted; what could not be read to its end is an error, unless it fails anyway."""
    milliseconds = round(response.elapsed / timedelta(milliseconds=1))
    answered = f"{response.status} in {milliseconds:,} ms{_moved(response, params)}"
    slow = params.max_latency is not None and response.elapsed.total_seconds() > params.max_latency
    faults = (f"slower than {params.max_latency:g} s",) if slow else ()
    body_faults, seen = _body(response, params)
    if response.status in params.status and not faults and body_faults and response.truncated:
        outcome, reason = Outcome.ERROR, Reason.TOO_LARGE
        observed = f"{answered}; the body is longer than is read here"
    else:
        holds = response.status in params.status and not faults and not body_faults
        outcome, reason = (Outcome.PASS, Reason.HOLDS) if holds else (Outcome.FAIL, Reason.DOES_NOT_HOLD)
        observed = "; ".join((answered, *faults, *body_faults, *seen))
    return Evidence(
        outcome=outcome,
        reason=reason,
        expected=_expected(params),
        observed=observed,
        source=_source(params, context),
    )


def _body(response: Response, params: HttpParams) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is wrong with the body, and what was seen in it."""
    faults: list[str | None] = []
    seen: str | None = None
    if params.contains is not None and params.contains.encode() not in response.body:
        faults.append(f"the body does not contain {spelled(params.contains)}")
    if params.answer is not None:
        fault, seen = _json(response, params.answer)
        faults.append(fault)
    return tuple(filter(None, faults)), tuple(filter(None, (seen,)))


def _json(response: Response, wanted: JsonParams) -> tuple[str | None, str | None]:
    """What is wrong with the value in the JSON body, and what was seen where nothing is."""
    try:
        document: Value = msgspec.json.decode(response.body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return "the body is no JSON", None
    if len(wanted.parts) == 1:
        found = lookup(document, wanted.at)
        fault = _value_fault(found, wanted)
        return (f"`{wanted.at}`: {fault}", None) if fault else (None, _seen(wanted, found))
    before, after = wanted.parts
    listing = lookup(document, before) if before else Found(document)
    if listing is None or isinstance(listing.value, str) or not isinstance(listing.value, Sequence):
        return f"`{before or 'the answer'}` is no list", None
    items = listing.value[: MOST_ITEMS + 1]
    if len(items) > MOST_ITEMS:
        return f"`{wanted.at}`: more than {MOST_ITEMS:,} items", None
    return _items(items, after, wanted)


def _items(items: Sequence[Value], after: str, wanted: JsonParams) -> tuple[str | None, str | None]:
    if not items:
        return f"`{wanted.at}`: the list is empty", None
    for index, item in enumerate(items):
        found = lookup(item, after) if after else Found(item)
        if fault := _value_fault(found, wanted):
            return f"`{wanted.at.replace(EACH, f'[{index}]')}`: {fault}", None
    return None, f"{wanted.words} in all of {counted(len(items), 'item')}"


def _value_fault(found: Found | None, wanted: JsonParams) -> str | None:
    if found is None:
        return "nothing stands there" if wanted.exists else None
    if not wanted.exists:
        return "something stands there"
    return compare(found.scalar, wanted.wanted)


def _seen(wanted: JsonParams, found: Found | None) -> str:
    return f"`{wanted.at}` is {spelled(found.scalar)}" if found is not None else f"`{wanted.at}` is not there"


def _moved(response: Response, params: HttpParams) -> str:
    """Where a redirect led, by its host: the rest of a URL may hold what is not for everybody."""
    host = urlsplit(response.url).hostname
    return f", redirected to {host}" if host and host != urlsplit(params.url).hostname else ""


def _expected(params: HttpParams) -> str:
    parts = [f"{params.method} answers {listed(tuple(map(str, params.status)), 20).replace(' and ', ' or ')}"]
    if params.contains is not None:
        parts.append(f"the body contains {spelled(params.contains)}")
    if params.answer is not None:
        parts.append(params.answer.words)
    if params.max_latency is not None:
        parts.append(f"within {params.max_latency:g} s")
    return ", ".join(parts)


def _source(params: HttpParams, context: Context) -> Source:
    return Source(url=params.url, place=urlsplit(params.url).netloc, sha=None, fetched_at=context.now)


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """A URL's answer."""

    kind: str = "http"
    params: type[Params] = HttpParams
    limit: timedelta = timedelta(seconds=35)
    slow: bool = False
    heavy: bool = True
    manual: Manual = Manual(
        question="Does a URL answer as it should?",
        example=(
            "- id: health\n  title: The API is healthy\n"
            "  http: {url: https://api.example.com/health, json: {at: status, equals: ok}, max_latency: 2}\n"
        ),
        outcomes=(
            (Outcome.PASS, "It answers, and everything asked is true of the answer."),
            (Outcome.FAIL, "It answers otherwise: another status, another value, too slowly."),
            (
                Outcome.ERROR,
                "It could not be asked: not reachable from this server, no answer in time, broken TLS or HTTP.",
            ),
            (Outcome.MISCONFIGURED, "The URL is one that this server never asks (its port, for instance)."),
        ),
    )

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one answer."""
        return await _ask(question, context)


PROBE = HttpProbe()
