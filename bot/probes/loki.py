"""What an operator-named Loki answers: how many log lines a query gives in a time, and when the first and last came.

The lines themselves are counted and never shown: logs hold what is nobody's business on GitHub.

Source: https://grafana.com/docs/loki/latest/reference/loki-http-api/ (query logs within a range of time)
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from bot.egress.exchange import BrokenAnswer, Deadline, NamedServer, Response
from bot.probes.servers import BadQuery, TooMuch, said
from bot.probes.since import Window

MOST_LINES = 100
"""So many lines are counted; Loki sends them whole."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUOTES = '"`'


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """How many lines came, at most `MOST_LINES`, and the times of the first and the last of them."""

    count: int
    first: datetime | None = None
    last: datetime | None = None

    @property
    def words(self) -> str:
        """`no line`, `14 lines`, `100 lines or more`."""
        if not self.count:
            return "no line"
        return f"{self.count} line{'s' * (self.count > 1)}{' or more' * (self.count >= MOST_LINES)}"


class _Stream(msgspec.Struct):
    values: list[tuple[str, msgspec.Raw]]


class _Data(msgspec.Struct):
    resultType: str  # noqa: N815 - Loki's own spelling
    result: msgspec.Raw


class _Envelope(msgspec.Struct):
    data: _Data


def selector_of(query: str) -> str | None:
    """The streams that a log query begins with, `{app="shop"}`; None where it does not begin so."""
    text = query.strip()
    if not text.startswith("{"):
        return None
    quote, escaped = "", False
    for place, sign in enumerate(text):
        if escaped:
            escaped = False
        elif quote:
            escaped = sign == "\\" and quote == '"'
            quote = "" if sign == quote else quote
        elif sign in _QUOTES:
            quote = sign
        elif sign == "}":
            return text[: place + 1]
    return None


async def lines(
    server: NamedServer, query: str, window: Window, *, limit: int = MOST_LINES, forward: bool = False
) -> Lines:
    """The lines that a query gives in a time: the newest `limit`, or the oldest.

    Raises `EgressError` where the server cannot be asked, `BadQuery`, and `TooMuch`.
    """
    asked = (
        ("query", query),
        ("start", str(_nanoseconds(window.begin))),
        ("end", str(_nanoseconds(window.end))),
        ("limit", str(limit)),
        ("direction", "forward" if forward else "backward"),
    )
    response = await server.get("/loki/api/v1/query_range", asked)
    if response.status != 200:
        raise _refused(response, server.name)
    if response.truncated:
        raise TooMuch("a longer answer than is read here")
    return _read(response.body, server.name)


def _read(body: bytes, name: str) -> Lines:
    try:
        data = msgspec.json.decode(body, type=_Envelope).data
        if data.resultType != "streams":
            raise BadQuery("the query gives numbers, not lines: leave out functions such as rate()")
        streams = msgspec.json.decode(data.result, type=list[_Stream])
        times = [int(at) for stream in streams for at, _ in stream.values]
        if not times:
            return Lines(count=0)
        return Lines(count=len(times), first=_moment(min(times)), last=_moment(max(times)))
    except (msgspec.DecodeError, RecursionError, UnicodeError, ValueError, OverflowError):
        raise BrokenAnswer(f"the server {name} answers, but not as Loki does") from None


def _refused(response: Response, name: str) -> Exception:
    text = said(response.body)
    match response.status:
        case 400 | 413 | 422:
            return BadQuery(text or "the query is refused")
        case 401 | 403:
            return BrokenAnswer(f"the server {name} refuses this bot's credentials ({response.status})")
        case 499 | 504:
            return Deadline(f"the server {name} did not answer the query in time")
        case _:
            return BrokenAnswer(f"the server {name} answers {response.status}: {text or 'no reason given'}")


def _nanoseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1) * 1000


def _moment(nanoseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
