"""What the server counts of itself.

Rules:
1. No label holds the name of a repository, a person, a host or a criterion: whoever reads these numbers learns how the
   server is, not whom it works for.
2. Every metric has a bound on its series. What comes beyond it is counted as `other`, so that nothing from outside can
   make them grow.
3. Numbers begin at 0 with the process, as Prometheus expects of counters.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import accumulate

from prometheus_client import ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from bot.assessment.evidence import Outcome
from bot.engine import Health, Json
from bot.github.events import DECODERS
from bot.web.answers import Answer

OTHER = "other"


class Kind(StrEnum):
    """How Prometheus treats it."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One metric of the table. `most` is how many series it may have; `bounds` are a histogram's, in seconds."""

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()
    most: int = 1

    @property
    def series(self) -> int:
        """How many series at most: a histogram has one a bound, one without bound, the sum and the count."""
        return len(self.bounds) + 3 if self.kind is Kind.HISTOGRAM else self.most


DELIVERIES = Row(
    name="resolution_bot_deliveries_total",
    kind=Kind.COUNTER,
    labels=("event", "outcome"),
    meaning="Webhooks, by GitHub's event and what they were answered; `unverified` where the signature was not good.",
    most=24,
)
ASSESSMENTS = Row(
    name="resolution_bot_assessments_total",
    kind=Kind.COUNTER,
    labels=("verdict", "trigger"),
    meaning="Assessments that were answered, by verdict and by what set them off.",
    most=18,
)
CLOSED = Row(
    name="resolution_bot_closed_total",
    kind=Kind.COUNTER,
    meaning="Assessments that closed their issue.",
)
ASSESSMENT_SECONDS = Row(
    name="resolution_bot_assessment_seconds",
    kind=Kind.HISTOGRAM,
    bounds=(2, 5, 20, 60, 300),
    meaning="How long assessments took, from the first read to the last write.",
)
PROBES = Row(
    name="resolution_bot_probes_total",
    kind=Kind.COUNTER,
    labels=("kind", "outcome"),
    meaning="Answers of probes, by kind and outcome.",
    most=92,
)
PROBE_KIND_SECONDS = Row(
    name="resolution_bot_probe_kind_seconds_total",
    kind=Kind.COUNTER,
    labels=("kind",),
    meaning="Time that the probes of a kind took together; over the number of their answers it is the average.",
    most=24,
)
PROBE_SECONDS = Row(
    name="resolution_bot_probe_seconds",
    kind=Kind.HISTOGRAM,
    bounds=(0.1, 0.5, 1, 5, 15, 60),
    meaning="How long a probe took, of all kinds.",
)
REFUSED = Row(
    name="resolution_bot_egress_refused_total",
    kind=Kind.COUNTER,
    meaning="Addresses that the network guard refused to probes.",
)
TROUBLES = Row(
    name="resolution_bot_troubles_total",
    kind=Kind.COUNTER,
    labels=("event",),
    meaning="Events of the log that call for a look, by their name.",
    most=8,
)
HELD = Row(
    name="resolution_bot_held_back_total",
    kind=Kind.COUNTER,
    labels=("why",),
    meaning="Closings and reopenings put off by the breaker, for the limit of an `hour` or for `errors` of probes.",
    most=3,
)
PAUSED = Row(
    name="resolution_bot_paused_installations",
    kind=Kind.GAUGE,
    meaning="Installations for which nothing is closed or reopened while too little can be measured.",
)
JOBS = Row(
    name="resolution_bot_jobs",
    kind=Kind.GAUGE,
    labels=("state",),
    meaning="Jobs that are due (`waiting`), `running`, or `parked` until something happens.",
    most=3,
)
OLDEST = Row(
    name="resolution_bot_oldest_waiting_seconds", kind=Kind.GAUGE, meaning="How long the oldest due job has waited."
)
WRITABLE = Row(
    name="resolution_bot_store_writable",
    kind=Kind.GAUGE,
    meaning="1 where the database could be written just now, else 0 and nothing is said of jobs.",
)
TABLE = (
    DELIVERIES,
    ASSESSMENTS,
    CLOSED,
    ASSESSMENT_SECONDS,
    PROBES,
    PROBE_KIND_SECONDS,
    PROBE_SECONDS,
    REFUSED,
    TROUBLES,
    HELD,
    JOBS,
    OLDEST,
    PAUSED,
    WRITABLE,
)
_TROUBLES = frozenset(
    {
        "comment-refused",
        "job-dead",
        "job-failed",
        "left-unknown",
        "probe-bug",
        "reply-refused",
        "store-unavailable",
        "turn-lost",
    }
)
_VERIFIED = frozenset({202, 400, 503})  # what is answered once the signature is good


class Tally:
    """A counter's numbers by its labels."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self._numbers: dict[tuple[str, ...], float] = {} if row.labels else {(): 0.0}

    def add(self, *labels: str, amount: float = 1.0) -> None:
        """Count; the last place of the bound is kept for `other`."""
        if labels not in self._numbers and len(self._numbers) >= self._row.most - 1:
            labels = (OTHER,) * len(labels)
        self._numbers[labels] = self._numbers.get(labels, 0.0) + amount

    def family(self) -> Metric:
        """As Prometheus reads it."""
        family = CounterMetricFamily(self._row.name, self._row.meaning, labels=self._row.labels)
        for labels, number in self._numbers.items():
            family.add_metric(labels, number)
        return family


class Spread:
    """A histogram's numbers."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self._numbers = [0] * (len(row.bounds) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        """Count one that took so long."""
        place = next((place for place, bound in enumerate(self._row.bounds) if seconds <= bound), -1)
        self._numbers[place] += 1
        self._sum += seconds

    def family(self) -> Metric:
        """As Prometheus reads it: each bucket holds those below it as well."""
        names = (*(str(float(bound)) for bound in self._row.bounds), "+Inf")
        buckets = [(name, float(number)) for name, number in zip(names, accumulate(self._numbers), strict=True)]
        return HistogramMetricFamily(self._row.name, self._row.meaning, buckets=buckets, sum_value=self._sum)


class Meters:
    """All counters of one server. Counting is an addition in memory; belongs to one loop."""

    def __init__(self) -> None:
        self._deliveries = Tally(DELIVERIES)
        self._assessments = Tally(ASSESSMENTS)
        self._closed = Tally(CLOSED)
        self._assessment_seconds = Spread(ASSESSMENT_SECONDS)
        self._probes = Tally(PROBES)
        self._kind_seconds = Tally(PROBE_KIND_SECONDS)
        self._probe_seconds = Spread(PROBE_SECONDS)
        self._refused = Tally(REFUSED)
        self._troubles = Tally(TROUBLES)
        self._held = Tally(HELD)
        self._process = ProcessCollector(registry=None)

    def delivered(self, event: str | None, answer: Answer) -> None:
        """A request to the webhook was answered. The event's name counts only where GitHub has signed it."""
        if event is None or answer.status not in _VERIFIED:
            event = "unverified"
        elif event not in DECODERS:
            event = OTHER
        self._deliveries.add(event, answer.word)

    def probed(self, kind: str, outcome: Outcome, took: timedelta) -> None:
        """A probe has answered."""
        seconds = took.total_seconds()
        self._probes.add(kind, outcome.value)
        self._kind_seconds.add(kind, amount=seconds)
        self._probe_seconds.add(seconds)

    def heard(self, event: str, fields: Mapping[str, Json]) -> None:
        """A line of the log."""
        if event == "assessed":
            self._assessments.add(str(fields["verdict"]), str(fields["trigger"]))
            self._closed.add(amount=1.0 if fields["closed"] else 0.0)
            seconds = fields["seconds"]
            self._assessment_seconds.add(seconds if isinstance(seconds, int | float) else 0.0)
        elif event == "egress-refused":
            self._refused.add()
        elif event == "held-back":
            self._held.add(str(fields["why"]))
        elif event in _TROUBLES:
            self._troubles.add(event)

    def families(self, health: Health | None) -> Iterator[Metric]:
        """Every metric, with the health as it is now; None where it could not be asked in time."""
        yield self._deliveries.family()
        yield self._assessments.family()
        yield self._closed.family()
        yield self._assessment_seconds.family()
        yield self._probes.family()
        yield self._kind_seconds.family()
        yield self._probe_seconds.family()
        yield self._refused.family()
        yield self._troubles.family()
        yield self._held.family()
        yield from _of_health(health)
        yield from self._process.collect()


def _of_health(health: Health | None) -> Iterator[Metric]:
    writable = health is not None and health.writable
    yield GaugeMetricFamily(WRITABLE.name, WRITABLE.meaning, value=float(writable))
    if health is None or not writable:
        return
    jobs = GaugeMetricFamily(JOBS.name, JOBS.meaning, labels=JOBS.labels)
    for state, number in (("waiting", health.waiting), ("running", health.running), ("parked", health.parked)):
        jobs.add_metric((state,), number)
    yield jobs
    waited = 0.0 if health.oldest_waiting is None else health.oldest_waiting.total_seconds()
    yield GaugeMetricFamily(OLDEST.name, OLDEST.meaning, value=waited)
    yield GaugeMetricFamily(PAUSED.name, PAUSED.meaning, value=health.paused)
