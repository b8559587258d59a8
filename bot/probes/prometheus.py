"""What an operator-named Prometheus answers to a query at one moment.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/ (instant queries)
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from bot.egress.exchange import BrokenAnswer, Deadline, NamedServer, Response
from bot.probes.servers import BadQuery, TooMuch, told

MOST_SERIES = 1_000
TIMEOUT = "15s"
"""What the server itself may spend on a query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series' value at one moment; `value` may be infinite, or no number at all (NaN)."""

    labels: tuple[tuple[str, str], ...]
    value: float

    @property
    def name(self) -> str:
        """The series as PromQL writes it: `up{job="api"}`; empty for one without a name and labels."""
        metric = next((value for key, value in self.labels if key == "__name__"), "")
        inner = ", ".join(f'{key}="{value}"' for key, value in self.labels if key != "__name__")
        return f"{metric}{{{inner}}}" if inner else metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The series that a query gives, none where there is no data; `notes` are the server's warnings."""

    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()


class _Data(msgspec.Struct):
    resultType: str  # noqa: N815 - Prometheus' own spelling
    result: msgspec.Raw


class _Envelope(msgspec.Struct):
    status: str
    data: _Data | None = None
    errorType: str = ""  # noqa: N815 - Prometheus' own spelling
    error: str = ""
    warnings: list[str] = []
    infos: list[str] = []


class _Sample(msgspec.Struct):
    metric: dict[str, str]
    value: tuple[float, str] | None = None  # None: a native histogram, which is no number


async def instant(server: NamedServer, query: str, at: datetime | None = None) -> Answer:
    """What a query gives now by the server's clock, or at a moment.

    Raises `EgressError` where the server cannot be asked, `BadQuery`, and `TooMuch`.
    """
    moment = (("time", f"{at.timestamp():.3f}"),) if at is not None else ()
    response = await server.get("/api/v1/query", (("query", query), ("timeout", TIMEOUT), *moment))
    if response.truncated:
        raise TooMuch("a longer answer than is read here")
    envelope = _opened(response, server.name)
    if envelope.status != "success" or envelope.data is None:
        raise _refused(response, envelope, server.name)
    return Answer(series=_series(envelope.data, server.name), notes=_notes(envelope))


def _opened(response: Response, name: str) -> _Envelope:
    if response.status in {401, 403}:
        raise BrokenAnswer(f"the server {name} refuses this bot's credentials ({response.status})")
    try:
        return msgspec.json.decode(response.body, type=_Envelope)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise BrokenAnswer(f"the server {name} answers {response.status}, and not as Prometheus does") from None


def _refused(response: Response, envelope: _Envelope, name: str) -> Exception:
    said = told(envelope.error)
    match envelope.errorType:
        case "bad_data" | "execution":
            return BadQuery(said or "the query is refused")
        case "timeout" | "canceled":
            return Deadline(f"the server {name} did not answer the query in time")
        case _:
            return BrokenAnswer(f"the server {name} answers {response.status}: {said or 'no reason given'}")


def _series(data: _Data, name: str) -> tuple[Series, ...]:
    try:
        samples = _samples(data)
        if len(samples) > MOST_SERIES:
            raise TooMuch(f"{len(samples):,} series, of which no more than {MOST_SERIES:,} are read")
        return tuple(
            Series(labels=tuple(sorted(one.metric.items())), value=float(one.value[1] if one.value else "NaN"))
            for one in samples
        )
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise BrokenAnswer(f"the server {name} answers, but not as Prometheus does") from None


def _samples(data: _Data) -> list[_Sample]:
    """The samples of an answer. Raises `BadQuery`, and what msgspec raises."""
    match data.resultType:
        case "scalar":
            return [_Sample(metric={}, value=msgspec.json.decode(data.result, type=tuple[float, str]))]
        case "vector":
            return msgspec.json.decode(data.result, type=list[_Sample])
        case "matrix":
            raise BadQuery("the query gives ranges, not numbers: wrap it in a function such as max_over_time()")
        case _:
            raise BadQuery("the query gives a text, not numbers")


def _notes(envelope: _Envelope) -> tuple[str, ...]:
    return tuple(told(note) for note in (*envelope.warnings, *envelope.infos)[:10])
