"""Is a measured number as it should be, by a PromQL query to a server that the operator has named?

No data is never 0: where there is nothing to measure, that is said. Where the fix is known, the same query is asked
for the moment before it came to the default branch.
"""

import math
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from bot.assessment.evidence import Detail, Evidence, Measure, Outcome, Reason, Source
from bot.assessment.watching import Subject
from bot.egress.exchange import NamedServer, ServerKind
from bot.probes.asking import both
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.places import counted
from bot.probes.prometheus import Answer, Series, instant
from bot.probes.servers import SERVER_WORDS, TROUBLE, Query, ServerName, no_server, server_of, troubled, whom
from bot.probes.since import landed
from bot.probes.values import spelled

MOST_DETAILS = 20
_COMPARISON = re.compile(r"\s*(<=|>=|==|!=|<|>)\s*([+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?)\s*\Z")
_WORDS = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "==": "exactly", "!=": "other than"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number compared with a bound: `< 0.01`."""

    sign: str
    bound: float

    def holds(self, value: float) -> bool:
        """Is it so of this value?"""
        match self.sign:
            case "<":
                return value < self.bound
            case "<=":
                return value <= self.bound
            case ">":
                return value > self.bound
            case ">=":
                return value >= self.bound
            case "==":
                return math.isclose(value, self.bound, rel_tol=1e-9, abs_tol=1e-12)
            case _:
                return not math.isclose(value, self.bound, rel_tol=1e-9, abs_tol=1e-12)

    @property
    def words(self) -> str:
        """`less than 0.01`."""
        return f"{_WORDS[self.sign]} {self.bound:.12g}"


def read_comparison(text: str) -> Comparison:
    """A comparison as people write it. Raises `ValueError` that says how to write one."""
    match = _COMPARISON.match(text)
    bound = float(match[2]) if match else math.inf
    if match is None or not math.isfinite(bound):
        message = f"cannot read {text!r}: write a sign and a number, such as `< 0.01` or `>= 99.5`"
        raise ValueError(message)
    return Comparison(match[1], bound)


def overlap(one: Comparison, other: Comparison) -> bool:
    """Is there a number of which both are true?"""
    low, high = sorted((one.bound, other.bound))
    step = max(1.0, abs(low), abs(high))
    return any(one.holds(at) and other.holds(at) for at in (low - step, low, (low + high) / 2, high, high + step))


def _comparison(text: str) -> str:
    read_comparison(text)
    return text


Condition = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_comparison)]


class MetricParams(Params):
    """What is measured, and which numbers are right and wrong."""

    shorthand: ClassVar[str] = "query"
    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = True
    subject: ClassVar[Subject] = Subject.SERVICE

    query: Query = Field(description="PromQL that gives a number, or several series of which each must be right.")
    server: ServerName | None = Field(default=None, description=SERVER_WORDS)
    pass_when: Condition | None = Field(default=None, description="When the number is right: `< 0.01`.")
    fail_when: Condition | None = Field(
        default=None, description="When it is wrong: `> 0.05`. Without it, whenever it is not right."
    )
    samples: Query | None = Field(
        default=None, description="PromQL that counts what the number rests on: `sum(increase(requests_total[1h]))`."
    )
    min_samples: int | None = Field(default=None, ge=1, description="The fewest that `samples` must count.")

    @model_validator(mode="after")
    def _asks_something_sensible(self) -> "MetricParams":
        right, wrong = self.right, self.wrong
        if right is None and wrong is None:
            raise ValueError("say which numbers are right with `pass_when`, or which are wrong with `fail_when`")
        if right is not None and wrong is not None and overlap(right, wrong):
            raise ValueError("a number may not be right and wrong: `pass_when` and `fail_when` overlap")
        if (self.samples is None) != (self.min_samples is None):
            raise ValueError("`samples` (what counts) and `min_samples` (how many) go together")
        return self

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(whom=whom(self.server, ServerKind.PROMETHEUS), past=True)

    @property
    def right(self) -> Comparison | None:
        """Which numbers pass."""
        return read_comparison(self.pass_when) if self.pass_when is not None else None

    @property
    def wrong(self) -> Comparison | None:
        """Which numbers fail."""
        return read_comparison(self.fail_when) if self.fail_when is not None else None

    @property
    def words(self) -> str:
        """The condition, for people."""
        said = [f"is {self.right.words}"] if self.right is not None else []
        said += [f"is not {self.wrong.words}"] if self.wrong is not None else []
        said += [f"over at least {counted(self.min_samples, 'sample')}"] if self.min_samples is not None else []
        return f"{spelled(self.query)} {', '.join(said)}"

    def judged(self, value: float) -> Outcome:
        """What one number is: right, wrong, in between, or none."""
        if not math.isfinite(value):
            return Outcome.MISSING
        if self.right is not None and self.right.holds(value):
            return Outcome.PASS
        if self.wrong is not None and self.wrong.holds(value):
            return Outcome.FAIL
        if self.right is None:
            return Outcome.PASS
        return Outcome.FAIL if self.wrong is None else Outcome.FLAKY


_WORST_FIRST = (Outcome.FAIL, Outcome.MISSING, Outcome.FLAKY, Outcome.PASS)
_REASONS = {
    Outcome.FAIL: Reason.DOES_NOT_HOLD,
    Outcome.MISSING: Reason.NOTHING_TO_MEASURE,
    Outcome.FLAKY: Reason.MIXED,
    Outcome.PASS: Reason.HOLDS,
}


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, MetricParams)
    server = server_of(params.server, ServerKind.PROMETHEUS, context)
    if isinstance(server, str):
        return no_server(server, ServerKind.PROMETHEUS, expected=params.words, context=context)
    source = Source(url=f"{server.name}:/api/v1/query", place=f"{server.name}", sha=None, fetched_at=context.now)
    try:
        answer, count = await both(instant(server, params.query), _count(params, server))
    except TROUBLE as error:
        return troubled(error, expected=params.words, source=source)
    evidence = _judged(answer, count, params, source)
    before = landed(context) if question.ask_before else None
    if before is None or evidence.outcome not in {Outcome.PASS, Outcome.FAIL}:
        return evidence
    return await _with_before(evidence, params, server, before)


async def _count(params: MetricParams, server: NamedServer) -> float | None:
    """How many samples the number rests on; None where that is not asked. No data is none of them."""
    if params.samples is None:
        return None
    answer = await instant(server, params.samples)
    return sum(one.value for one in answer.series if math.isfinite(one.value))


def _judged(answer: Answer, count: float | None, params: MetricParams, source: Source) -> Evidence:
    """The numbers held against what is wanted; too few samples, or no number, prove nothing either way."""
    if not answer.series:
        return _plain(Outcome.MISSING, Reason.NOTHING_TO_MEASURE, f"no data{_noted(answer)}", params, source)
    told = {one: params.judged(one.value) for one in answer.series}
    outcome = next(kind for kind in _WORST_FIRST if kind in told.values())
    observed = _observed(tuple(one for one in told if told[one] is outcome), answer, outcome)
    if params.min_samples is not None and count is not None and count < params.min_samples:
        outcome = Outcome.MISSING
        observed = f"{observed}; only {count:,.12g} of {counted(params.min_samples, 'sample')}"
    elif count is not None:
        observed = f"{observed} over {count:,.12g} samples"
    evidence = _plain(outcome, _REASONS[outcome], f"{observed}{_noted(answer)}", params, source)
    series = sorted(told, key=lambda one: (_WORST_FIRST.index(told[one]), one.name))
    return replace(
        evidence,
        details=tuple(Detail(text=f"{one.name or 'value'}: {_shown(one.value)}") for one in series[:MOST_DETAILS]),
        measures=_measures(answer, count),
    )


def _observed(worst: tuple[Series, ...], answer: Answer, outcome: Outcome) -> str:
    """What was measured: the number, or of several series those that decide."""
    numbers = sorted({one.value for one in worst if math.isfinite(one.value)})
    if outcome is Outcome.MISSING:
        said = f"no number ({_shown(worst[0].value)})"
    elif len(numbers) > 1:
        said = f"{_shown(numbers[0])} to {_shown(numbers[-1])}"
    else:
        said = _shown(numbers[0])
    said = f"{said}, between right and wrong" if outcome is Outcome.FLAKY else said
    if len(answer.series) == 1:
        return said
    return f"{said} in {len(worst):,} of {len(answer.series):,} series"


def _noted(answer: Answer) -> str:
    return f"; the server warns: {answer.notes[0]}" if answer.notes else ""


def _measures(answer: Answer, count: float | None) -> tuple[Measure, ...]:
    numbers = [one.value for one in answer.series]
    measures = [Measure(name="value", value=numbers[0], unit="")] if len(numbers) == 1 else []
    measures = [one for one in measures if math.isfinite(one.value)]
    measures += [Measure(name="samples", value=count, unit="samples")] if count is not None else []
    return (*measures, Measure(name="series", value=len(numbers), unit="series"))


async def _with_before(evidence: Evidence, params: MetricParams, server: NamedServer, at: datetime) -> Evidence:
    """The evidence with what the same query gave before the fix, where the server still knows it."""
    try:
        then = await instant(server, params.query, at)
    except TROUBLE:
        return evidence
    kinds = {params.judged(one.value) for one in then.series}
    if not kinds or Outcome.MISSING in kinds:
        return evidence
    numbers = sorted({one.value for one in then.series})
    before = _shown(numbers[0]) if len(numbers) == 1 else f"{_shown(numbers[0])} to {_shown(numbers[-1])}"
    if evidence.outcome is Outcome.FAIL or Outcome.FLAKY in kinds:
        return replace(evidence, before=before)
    if Outcome.FAIL in kinds:
        return replace(evidence, before=before, seen_failing=True)
    observed = f"{evidence.observed} (and was so before: proves little)"
    return replace(evidence, before=before, decisive=False, reason=Reason.VACUOUS, observed=observed)


def _shown(value: float) -> str:
    return f"{value:.6g}"


def _plain(outcome: Outcome, reason: Reason, observed: str, params: MetricParams, source: Source) -> Evidence:
    return Evidence(outcome=outcome, reason=reason, expected=params.words, observed=observed, source=source)


_MANUAL = Manual(
    question="Is a measured number as it should be, by a PromQL query to a Prometheus that the operator has named?",
    example=(
        "- id: error_rate\n  title: Less than 1 % of requests fail\n  metric:\n"
        "    query: sum(rate(http_errors_total[1h])) / sum(rate(http_requests_total[1h]))\n"
        "    pass_when: '< 0.01'\n    fail_when: '> 0.05'\n"
        "    samples: sum(increase(http_requests_total[1h]))\n    min_samples: 1000\n"
    ),
    outcomes=(
        (Outcome.PASS, "The number is right, in every series; it proves little where it was so before the fix."),
        (Outcome.FAIL, "It is wrong, in at least one series."),
        (Outcome.FLAKY, "It is neither right nor wrong, but in between: that decides nothing."),
        (Outcome.MISSING, "No data (which is never 0), no number (NaN, infinite), or too few samples."),
        (Outcome.ERROR, "The server did not answer, not in time, not as Prometheus does, or with too much."),
        (Outcome.MISCONFIGURED, "There is no such server for this repository, or it refuses the query, and says why."),
    ),
)


@dataclass(frozen=True, slots=True)
class MetricProbe:
    """A number that a Prometheus has measured."""

    kind: str = "metric"
    params: type[Params] = MetricParams
    limit: timedelta = timedelta(seconds=50)
    slow: bool = False
    heavy: bool = True
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one number."""
        return await _ask(question, context)


PROBE = MetricProbe()
