"""Does a WebSocket open, and do the events that it should send come, in their order and in time?

The connection goes through the egress guard. It is asked now: of the time before the fix nothing can be asked.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, assert_never

import httpx
from pydantic import Field, JsonValue, StringConstraints, field_validator, model_validator
from websockets.uri import WebSocketURI

from bot.assessment.evidence import Detail, Evidence, Measure, Outcome, Reason, Source
from bot.assessment.watching import Subject
from bot.egress.exchange import Deadline, EgressError
from bot.egress.rules import header_fault, url_fault
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.events import Course, End, Event, EventName, event_words
from bot.probes.frames import Ended, NotUpgraded, Opening, Talk, TooMuch
from bot.probes.places import counted, listed
from bot.probes.reach import authority, broken_handshake, line, unanswered
from bot.probes.values import steps

MOST_SENT = 16 << 10
MOST_DETAILS = 50
_SCHEMES = {"ws": ("http", 80), "wss": ("https", 443)}

Message = Annotated[str, StringConstraints(min_length=1)] | dict[str, JsonValue]


class WebSocketParams(Params):
    """Where a WebSocket is opened, what is said, and what must be heard."""

    shorthand: ClassVar[str] = "url"
    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = True
    subject: ClassVar[Subject] = Subject.SERVICE

    url: str = Field(description="What is opened; ws or wss, on a public address.")
    send: tuple[Message, ...] = Field(
        default=(), max_length=10, strict=False, description="Messages to send, texts or mappings (sent as JSON)."
    )
    expect: tuple[Event, ...] = Field(
        default=(),
        max_length=50,
        strict=False,
        description="Events that must come in this order. A text is an event's name; a mapping says what it is.",
    )
    at: str = Field(
        default="type",
        min_length=1,
        max_length=300,
        description="The place of an event's name in its JSON. A message that is no JSON mapping is its own name.",
    )
    within: float = Field(default=10.0, gt=0, le=60, description="Seconds, from sending on, for all events to come.")
    strict: bool = Field(default=False, description="`true`: no other message may come in between.")
    headers: dict[str, str] = Field(
        default_factory=dict, max_length=10, description="Headers to send; none that carry secrets."
    )
    secret: EventName | None = Field(default=None, description="The operator's secret that is sent in its own header.")
    subprotocols: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._+-]{1,64}$")], ...] = Field(
        default=(), max_length=5, strict=False, description="Subprotocols, one of which the server must choose."
    )

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str) -> str:
        scheme, colon, rest = url.partition(":")
        if scheme.lower() not in _SCHEMES or not colon:
            raise ValueError("the URL must begin with ws:// or wss:// and a host name")
        if fault := url_fault(f"{_SCHEMES[scheme.lower()][0]}:{rest}"):
            raise ValueError(fault.replace("http://", "ws://").replace("https://", "wss://"))
        return url

    @field_validator("headers")
    @classmethod
    def _can_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        if fault := next(filter(None, (header_fault(name, value) for name, value in headers.items())), None):
            raise ValueError(fault)
        return headers

    @model_validator(mode="after")
    def _asks_something_sensible(self) -> "WebSocketParams":
        steps(self.at)
        if sum(len(text.encode()) for text in self.texts) > MOST_SENT:
            raise ValueError(f"`send`: more than {MOST_SENT >> 10} KiB")
        if self.strict and not self.expect:
            raise ValueError("`strict` needs events under `expect`")
        return self

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(whom=f"the host `{self.uri.host}`")

    @property
    def texts(self) -> tuple[str, ...]:
        """The messages to send, as they are sent."""
        return tuple(one if isinstance(one, str) else json.dumps(one) for one in self.send)

    @property
    def uri(self) -> WebSocketURI:
        """The URL, taken apart as the guard reads it."""
        scheme, _, rest = self.url.partition(":")
        plain, port = _SCHEMES[scheme.lower()]
        url = httpx.URL(f"{plain}:{rest}")
        host = url.raw_host.decode("ascii").rstrip(".")
        path = url.raw_path.decode("ascii")
        return WebSocketURI(
            secure=plain == "https", host=host, port=url.port or port, path=path, query="", username=None, password=None
        )

    @property
    def words(self) -> str:
        """The conditions, for people."""
        if not self.expect:
            return "the WebSocket opens"
        alone = ", and no others" if self.strict else ""
        return f"{listed(tuple(map(event_words, self.expect)), 20)}, in this order{alone}, within {self.within:g} s"


async def _ask(question: Question, context: Context, open_within: timedelta) -> Evidence:
    params = question.params
    assert isinstance(params, WebSocketParams)
    try:
        course = await _course(params, context, open_within)
    except NotUpgraded as error:
        return _evidence(params, context, Outcome.FAIL, Reason.DOES_NOT_HOLD, str(error))
    except EgressError as error:
        return unanswered(error, expected=params.words, source=_source(params, context))
    return _judged(course, params, context)


async def _course(params: WebSocketParams, context: Context, open_within: timedelta) -> Course:
    """The conversation. Raises `EgressError`, `NotUpgraded`."""
    uri, network = params.uri, context.network
    given = tuple(params.headers.items())
    secrets = network.secret_headers((params.secret,), params.url, given) if params.secret else ()
    opening = Opening(uri=uri, headers=(*given, *secrets), subprotocols=params.subprotocols)
    connection = await network.connect(uri.host, uri.port, within=open_within)
    try:
        async with line(connection, network.trust if uri.secure else None, within=open_within) as open_line:
            talk = Talk(open_line, opening)
            await _opened(talk, open_within.total_seconds())
            # What comes back may hold the secret: no condition may tell what it is, letter by letter.
            course = await _listened(talk, params, network.scrub if params.secret else str)
            talk.leave()
            return course
    except OSError as error:
        # Only the handshake lets one out: a conversation tells its own as how it ended.
        raise broken_handshake(error) from error


async def _opened(talk: Talk, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await talk.open()
    except TimeoutError:
        raise Deadline(f"connected, but no WebSocket within {seconds:g} s") from None


async def _listened(talk: Talk, params: WebSocketParams, scrub: Callable[[str], str]) -> Course:
    """Says what is to be said, and listens until all has been heard or cannot be any more."""
    clock = asyncio.get_running_loop().time
    started = clock()
    course = Course(wanted=params.expect, at=params.at, strict=params.strict)
    try:
        async with asyncio.timeout(params.within):
            for text in params.texts:
                await talk.send(text)
            while course.listens:
                await _heard(course, scrub(await talk.receive()), clock() - started)
    except TimeoutError:
        course.stop(End.LATE)
    except Ended as ended:
        course.stop(End.LEFT, str(ended))
    except TooMuch as much:
        course.stop(End.TOO_MUCH, str(much))
    course.seconds = clock() - started
    return course


async def _heard(course: Course, message: str, seconds: float) -> None:
    if course.is_costly(message):
        course.take(*await asyncio.to_thread(course.understood, message), seconds)
    else:
        course.hear(message, seconds)


def _judged(course: Course, params: WebSocketParams, context: Context) -> Evidence:
    """What was heard held against what is wanted."""
    total = len(params.expect)
    if course.reached == total and course.end is End.DONE:
        told = (
            f"{course.reached} of {counted(total, 'event')} in order in {course.seconds:.1f} s" if total else "opened"
        )
        return _evidence(params, context, Outcome.PASS, Reason.HOLDS, told, course)
    outcome, reason = Outcome.FAIL, Reason.DOES_NOT_HOLD
    if course.end is End.TOO_MUCH:
        outcome, reason = Outcome.ERROR, Reason.TOO_LARGE
    told = f"{course.reached} of {counted(total, 'event')}; {_broken_off(course, params)}; seen: {_seen(course)}"
    return _evidence(params, context, outcome, reason, told, course)


def _broken_off(course: Course, params: WebSocketParams) -> str:
    """Where the order broke off, and why."""
    after = f"after {event_words(params.expect[course.reached - 1])}" if course.reached else "at the beginning"
    wanted = event_words(params.expect[course.reached]) if course.reached < len(params.expect) else "anything"
    match course.end:
        case End.LATE:
            return f"{after} came no {wanted} within {params.within:g} s"
        case End.ELSE:
            return f"{after} came {course.heard[-1][1]} instead of {wanted}"
        case End.LEFT:
            return f"{after} came no {wanted}: {course.why}"
        case End.TOO_MUCH:
            return f"{after} came no {wanted}, but {course.why}, and more is not read"
        case End.DONE:
            return "nothing is lacking"
        case _:
            assert_never(course.end)


def _seen(course: Course) -> str:
    return listed(tuple(name for _, name in course.heard), 10) or "nothing"


def _evidence(
    params: WebSocketParams,
    context: Context,
    outcome: Outcome,
    reason: Reason,
    observed: str,
    course: Course | None = None,
) -> Evidence:
    heard = course.heard if course else ()
    more = len(heard) - MOST_DETAILS
    details = [Detail(text=f"{seconds:.3f} s: {name}") for seconds, name in heard[:MOST_DETAILS]]
    details += [Detail(text=f"and {more:,} more")] if more > 0 else []
    measures = (
        (
            Measure(name="events", value=course.reached, unit="events"),
            Measure(name="duration", value=course.seconds, unit="s"),
        )
        if course
        else ()
    )
    return Evidence(
        outcome=outcome,
        reason=reason,
        expected=params.words,
        observed=observed,
        source=_source(params, context),
        details=tuple(details),
        measures=measures,
    )


def _source(params: WebSocketParams, context: Context) -> Source:
    uri = params.uri
    return Source(url=params.url, place=authority(uri.host, uri.port), sha=None, fetched_at=context.now)


_FAILS = (
    "An event did not come in time or in its order, the server closed the connection first, or what answers is no "
    "WebSocket (a status other than 101, for instance, or none of the subprotocols)."
)
_ERRORS = (
    "It could not be asked: not reachable from this server, no answer in time, broken TLS; or more came than is read "
    "here (1,000 messages, 64 KiB each, 1 MiB in all) before the events were complete."
)


@dataclass(frozen=True, slots=True)
class WebSocketProbe:
    """A WebSocket's events."""

    kind: str = "websocket"
    params: type[Params] = WebSocketParams
    limit: timedelta = timedelta(seconds=95)
    open_within: timedelta = timedelta(seconds=10)
    slow: bool = True
    heavy: bool = True
    manual: Manual = Manual(
        question="Does a WebSocket open, and send the events that it should, in their order and in time?",
        example=(
            "- id: events\n  title: The agent's events arrive\n  websocket:\n    url: wss://api.example.com/agent\n"
            "    send: [{type: ask, text: six times seven}]\n"
            "    expect: [agent_started, agent_thinking, tool_executing, tool_completed, agent_completed]\n"
            "    within: 30\n"
        ),
        outcomes=(
            (Outcome.PASS, "It opened, and every event came in its order and in time; others may come in between."),
            (Outcome.FAIL, _FAILS),
            (Outcome.ERROR, _ERRORS),
            (Outcome.MISCONFIGURED, "The URL is one that this server never asks, or the secret does not go there."),
        ),
    )

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one conversation."""
        return await _ask(question, context, self.open_within)


PROBE = WebSocketProbe()
