"""One question, measured many times: how often it holds (samples), and whether it holds every time (confirmation).

Rules:
1. A sample counts as failed where the other side answered otherwise, or not at all although it was reached. What kept
   us from asking (our own network policy) is no failure of theirs: then it passes only if it would pass with all of
   these failed, fails only if it would fail with all of them passed, and is undecided in between.
2. Samples start at fixed times, whether the one before has come back or not: a service that hangs is not asked less
   often while it hangs.
3. A confirmation needs passes in a row from the start. After anything else all measurements are made, and a mix is
   flaky: it holds sometimes.
4. What this server's own pace put off is asked again while there is time. What was never taken counts for nothing:
   the rest decides, where it is at least half of what was planned, and two.
5. A pass counts as far as its samples carry it: the lower end of the 95 % Wilson interval.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, floor

from pydantic import Field, model_validator

from bot.assessment.evidence import Detail, Evidence, Measure, Outcome, Reason
from bot.assessment.wilson import Z_95, lower_bound
from bot.egress.exchange import BrokenAnswer, Deadline, EgressError, Postponed, Unanswered
from bot.groups import Group
from bot.probes.contract import Params

LONGEST = 100.0
"""Seconds that all measurements of one question may take together."""
MOST_CAUSES = 5
PUT_OFF_FOR = 3.0
"""Seconds until a question that our own pace put off is asked again."""
LEAST_TAKEN = 2
PACED = "this server paces itself"
ASK_LESS = "Ask this host less often: fewer samples, or more time between them."

Pause = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""


class ConfirmParams(Params):
    """How often something must hold before it is believed."""

    passes: int = Field(default=3, ge=2, le=10, description="So many passes in a row.")
    of: int = Field(default=5, ge=2, le=10, description="Measurements at most: after a first fail all are made.")
    interval: float = Field(default=2.0, ge=1, le=30, description="Seconds between them.")

    @model_validator(mode="after")
    def _can_be_reached(self) -> "ConfirmParams":
        if self.passes > self.of:
            raise ValueError("`passes` is greater than `of`")
        return self

    def lasts(self, once: float) -> float:
        """The most seconds that it takes, where one measurement takes `once`."""
        return self.of * once + (self.of - 1) * self.interval

    @property
    def words(self) -> str:
        """What is asked, for people."""
        return f"{self.passes} times in a row"


class Kind(StrEnum):
    """What became of one measurement."""

    PASSED = "passed"
    FAILED = "failed"
    NO_ANSWER = "no answer"  # reached, or a public host that accepts no connection: the other side's failure
    NOT_ASKED = "not measured"  # our own network, or an answer too long to judge: nobody's failure
    PUT_OFF = "not taken"  # our own pace: as if it had never been planned
    FAULTY = "faulty"  # the question itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One measurement: its evidence as if it were the only one, what it counts as, and under which cause.

    `seconds` is the latency of an answer, None where there was none.
    """

    evidence: Evidence
    kind: Kind
    cause: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """So many samples, seconds from one start to the next, and the share (0 to 1) that must pass."""

    samples: int
    every: float
    share: float

    @property
    def words(self) -> str:
        """What is asked, for people."""
        much = "all" if self.share >= 1 else f"{_percent(self.share)} %"
        return f"in {much} of {self.samples} samples"


def kind_of(error: EgressError) -> Kind:
    """Whose failure it is that there was no answer; a faulty question is for the caller to tell."""
    match error:
        case Postponed():
            return Kind.PUT_OFF
        case Deadline() | BrokenAnswer() | Unanswered():
            return Kind.NO_ANSWER
        case _:
            return Kind.NOT_ASKED


def kind_for(outcome: Outcome) -> Kind:
    """What a measurement that is told by its evidence alone counts as."""
    match outcome:
        case Outcome.PASS:
            return Kind.PASSED
        case Outcome.FAIL:
            return Kind.FAILED
        case Outcome.MISCONFIGURED:
            return Kind.FAULTY
        case _:
            return Kind.NOT_ASKED


def enough(share: float) -> int | None:
    """So many samples, all of them passed, show a share at 95 %; None for all of them, which no number shows.

    From n / (n + z²) >= share, the lower end of the Wilson interval where nothing failed.
    """
    return ceil(share * Z_95 * Z_95 / (1 - share)) if share < 1 else None


def patient(once: Callable[[], Awaitable[Taken]], seconds: float, pause: Pause) -> Callable[[], Awaitable[Taken]]:
    """The same measurement, taken again where our own pace put it off, until so many seconds from now have passed."""
    clock = asyncio.get_running_loop().time
    latest = clock() + seconds

    async def in_turn() -> Taken:
        taken, paused = await once(), 0.0
        while taken.kind is Kind.PUT_OFF and max(paused, clock() - latest + seconds) + PUT_OFF_FOR <= seconds:
            await pause(PUT_OFF_FOR)
            paused += PUT_OFF_FOR
            taken = await once()
        return taken

    return in_turn


async def sampled(once: Callable[[], Awaitable[Taken]], plan: Plan, pause: Pause) -> Evidence:
    """Evidence from many samples; a faulty question ends it at once."""
    clock = asyncio.get_running_loop().time
    started = clock()
    tasks: list[asyncio.Task[Taken]] = []

    async def measured() -> Taken:
        return await once()

    async with Group() as group:
        for number in range(plan.samples):
            if number:
                await pause(plan.every)
            if any(task.done() and task.result().kind is Kind.FAULTY for task in tasks):
                break
            tasks.append(group.create_task(measured()))
    return _counted([task.result() for task in tasks], plan, clock() - started)


async def confirmed(once: Callable[[], Awaitable[Taken]], confirm: ConfirmParams, pause: Pause) -> Evidence:
    """Evidence from passes in a row, or from all measurements where one of them is something else."""
    made: list[Taken] = []
    put_off: list[Taken] = []
    for number in range(confirm.of):
        if number:
            await pause(confirm.interval)
        one = await once()
        if one.kind is Kind.FAULTY:
            return one.evidence
        (put_off if one.kind is Kind.PUT_OFF else made).append(one)
        if len(made) == confirm.passes and all(one.kind is Kind.PASSED for one in made):
            break
    needed = confirm.passes if all(one.kind is Kind.PASSED for one in made) else LEAST_TAKEN
    if len(made) < needed:
        return _untaken(len(made), put_off, confirm.of, confirm.words)
    settled = _settled(made, confirm)
    return replace(settled, observed=f"{settled.observed}; {_left_out(put_off, confirm.of)}") if put_off else settled


def _untaken(made: int, put_off: Sequence[Taken], planned: int, words: str) -> Evidence:
    """Our own pace left too little to judge by."""
    shown = put_off[-1].evidence
    return replace(
        shown,
        expected=f"{shown.expected}, {words}",
        observed=f"{made or 'none'} of {planned} measurements could be taken: {PACED}",
        remedy=ASK_LESS,
    )


def _left_out(put_off: Sequence[Taken], planned: int) -> str:
    return f"{len(put_off)} of {planned} {'was' if len(put_off) == 1 else 'were'} not taken: {PACED}"


def _settled(made: Sequence[Taken], confirm: ConfirmParams) -> Evidence:
    passed = [one for one in made if one.kind is Kind.PASSED]
    others = [one for one in made if one.kind is not Kind.PASSED]
    failed = [one for one in others if one.kind is Kind.FAILED]
    shown = (failed or others or made)[-1].evidence
    measures = (*shown.measures, Measure(name="passes", value=len(passed), unit="measurements"))
    shown = replace(shown, expected=f"{shown.expected}, {confirm.words}", measures=measures)
    if not others:
        return replace(shown, observed=f"{len(made)} times in a row; {shown.observed}")
    if not passed:
        return replace(shown, observed=f"{len(others)} times in a row: {_told(others, shown)}")
    return replace(
        shown,
        outcome=Outcome.FLAKY,
        reason=Reason.MIXED,
        observed=f"{len(passed)} of {len(made)} passed: {', '.join(one.kind for one in made)}; "
        f"{'failed' if failed else 'not answered'} with {shown.observed}",
        remedy=None,
    )


def _told(others: Sequence[Taken], shown: Evidence) -> str:
    """How none of them passed; more than one way is said one by one."""
    kinds = dict.fromkeys(one.kind for one in others)
    return shown.observed if len(kinds) == 1 else f"{', '.join(one.kind for one in others)}; {shown.observed}"


def _counted(planned: Sequence[Taken], plan: Plan, seconds: float) -> Evidence:
    kinds = Counter(one.kind for one in planned)
    if kinds[Kind.FAULTY]:
        return next(one.evidence for one in planned if one.kind is Kind.FAULTY)
    made = [one for one in planned if one.kind is not Kind.PUT_OFF]
    put_off = [one for one in planned if one.kind is Kind.PUT_OFF]
    if put_off and len(made) < max(LEAST_TAKEN, len(planned) / 2):
        return _untaken(len(made), put_off, len(planned), plan.words)
    total, passed, unasked = len(made), kinds[Kind.PASSED], kinds[Kind.NOT_ASKED]
    shown = _example(made)
    expected = f"{shown.expected}, {plan.words}"
    if unasked == total:
        return replace(shown, expected=expected, observed=f"none of {total} samples could be taken: {shown.observed}")
    left_out = (_left_out(put_off, len(planned)),) if put_off else ()
    # A tiny allowance: 99 % of 100 must not fail by binary fractions.
    demand = plan.share * total - 1e-9
    holds, fails = passed >= demand, passed + unasked < demand
    outcome, reason = Outcome.ERROR, shown.reason
    if holds or fails:
        outcome, reason = (Outcome.PASS, Reason.HOLDS) if holds else (Outcome.FAIL, Reason.DOES_NOT_HOLD)
    return replace(
        shown,
        outcome=outcome,
        reason=reason,
        expected=expected,
        observed="; ".join((_share(passed, total, seconds), *_remarks(made, plan), *left_out)),
        credit=lower_bound(passed, total),
        details=_causes(made),
        measures=_measures(made),
        remedy=shown.remedy if outcome is Outcome.ERROR else None,
    )


def _example(made: Sequence[Taken]) -> Evidence:
    """The evidence to build on: one that was not taken tells why, where any is."""
    return next((one.evidence for one in made if one.kind is Kind.NOT_ASKED), made[-1].evidence)


def _share(passed: int, total: int, seconds: float) -> str:
    sure = floor(100 * lower_bound(passed, total))
    return f"{passed} of {total} in {seconds:.0f} s (95 % sure: at least {sure} %)"


def _remarks(made: Sequence[Taken], plan: Plan) -> list[str]:
    """What else is to be said: how slow, what was not taken, and what so few samples cannot show."""
    said: list[str] = []
    if latencies := _latencies(made):
        said.append(
            f"half of the answers within {_thousandths(latencies, 0.5)}, 95 % within {_thousandths(latencies, 0.95)}"
        )
    total = len(made)
    passed = sum(one.kind is Kind.PASSED for one in made)
    if unasked := sum(one.kind is Kind.NOT_ASKED for one in made):
        said.append(f"{unasked} of {total} could not be taken")
    needed = enough(plan.share)
    if needed is not None and passed >= plan.share * total - 1e-9 and lower_bound(passed, total) < plan.share:
        said.append(f"to be sure of {_percent(plan.share)} % takes {needed:,} samples without a failure")
    return said


def _causes(made: Sequence[Taken]) -> tuple[Detail, ...]:
    """What was wrong, the most frequent first."""
    causes = Counter(one.cause for one in made if one.kind is not Kind.PASSED).most_common()
    shown = tuple(Detail(text=f"{count} of {len(made)}: {cause}") for cause, count in causes[:MOST_CAUSES])
    more = sum(count for _, count in causes[MOST_CAUSES:])
    return (*shown, Detail(text=f"{more} of {len(made)}: something else")) if more else shown


def _measures(made: Sequence[Taken]) -> tuple[Measure, ...]:
    latencies = _latencies(made)
    passed = sum(one.kind is Kind.PASSED for one in made)
    ranks = (("latency", 0.5), ("latency_p95", 0.95)) if latencies else ()
    return (
        *(Measure(name=name, value=_quantile(latencies, share), unit="s") for name, share in ranks),
        Measure(name="samples", value=len(made), unit="samples"),
        Measure(name="availability", value=100 * passed / len(made), unit="%"),
    )


def _latencies(made: Sequence[Taken]) -> list[float]:
    return sorted(one.seconds for one in made if one.seconds is not None)


def _quantile(latencies: Sequence[float], share: float) -> float:
    """The nearest rank: a latency that was measured, never one in between."""
    return latencies[ceil(share * len(latencies)) - 1]


def _thousandths(latencies: Sequence[float], share: float) -> str:
    return f"{round(1000 * _quantile(latencies, share)):,} ms"


def _percent(share: float) -> str:
    return f"{100 * share:.6g}"
