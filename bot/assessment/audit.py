"""How many closed issues hold: what an audit found of each, and what that amounts to. Pure.

Rules:
1. An issue holds, or it does not, or that cannot be checked. What could not be checked counts for neither side: the
   share of closings that hold is taken of those that could be, with its 95 % Wilson interval.
2. The worst are those of which most fails, by how surely it was said: a failing claim counts whole (somebody said that
   it is so), a failing criterion of the policy half (nobody said anything of it), work that is openly left a quarter.
3. Work that is openly left speaks against a closing by itself, also where nothing decisive was seen for it. Anything
   else that keeps the verdict open leaves it open here.
4. Who closed, and how, is counted and not judged.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from bot.assessment.document import Assessment
from bot.assessment.evidence import Finding, Origin, Outcome
from bot.assessment.redact import redact
from bot.assessment.verdict import Because, Verdict, VerdictKind, decides, leaves_work
from bot.assessment.wilson import interval

SCHEMA: Final = 1
WORST = 10
_LEFT_OPEN = 0.25
_LONGEST = 600
_MOST_REASONS = 20


class Standing(StrEnum):
    """The three answers of an audit."""

    HOLDS = "holds"
    HOLDS_NOT = "does-not-hold"
    UNCHECKED = "cannot-be-checked"


_STANDINGS: dict[VerdictKind, Standing] = {
    VerdictKind.RESOLVED: Standing.HOLDS,
    VerdictKind.RESOLVED_WITH_FOLLOW_UPS: Standing.HOLDS,
    VerdictKind.PARTIAL: Standing.HOLDS_NOT,
    VerdictKind.NOT_RESOLVED: Standing.HOLDS_NOT,
    VerdictKind.PENDING: Standing.UNCHECKED,
    VerdictKind.INCONCLUSIVE: Standing.UNCHECKED,
    VerdictKind.MISCONFIGURED: Standing.UNCHECKED,
}
_WHY: dict[Because, str] = {
    Because.BAD_QUESTION: "a criterion is faulty",
    Because.NOT_MEASURED: "a criterion could not be measured",
    Because.ON_ITS_WAY: "a criterion is still on its way",
    Because.NOTHING_DECISIVE: "nothing that could be measured speaks for or against it",
}


class Way(StrEnum):
    """How an issue was closed: by hand, or by a keyword that GitHub acted on."""

    HAND = "by-hand"
    PULL = "pull-request"
    COMMIT = "commit"
    UNKNOWN = "unknown"


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """Who closed an issue, when and how. `by` is a login, None where GitHub does not tell."""

    at: datetime
    by: str | None = None
    by_bot: bool = False
    way: Way = Way.UNKNOWN


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A closed issue."""

    number: int
    title: str
    url: str


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion that carried the answer, in the answer's own words. `quote` is where a claim was found."""

    criterion: str
    title: str
    outcome: Outcome
    observed: str
    url: str
    claimed: bool = False
    quote: str | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one issue.

    `why` says in one sentence why it cannot be checked; `remains` are what the closing statement itself leaves open.
    `failing` is how much fails (see the rules above). `asked` is False where GitHub did not let us look: then a resumed
    audit looks again.
    """

    issue: Named
    closing: Closing
    standing: Standing
    checked_at: datetime
    commit: str | None = None
    verdict: VerdictKind | None = None
    reasons: tuple[Carried, ...] = ()
    remains: tuple[str, ...] = ()
    why: str | None = None
    failing: float = 0.0
    asked: bool = True


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """How many closings hold, of how many that could be checked. `rate`, `low` and `high` (95 %) are shares of 1.

    They are None where none could be checked.
    """

    holds: int
    holds_not: int = msgspec.field(name="does_not_hold")
    unchecked: int = msgspec.field(name="cannot_be_checked")
    rate: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def checked(self) -> int:
        """How many could be checked."""
        return self.holds + self.holds_not


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """The closings of one month, `2026-03`."""

    month: str
    truth: Truth


class Closers(msgspec.Struct, frozen=True, kw_only=True):
    """Who closed, and how, in numbers."""

    people: int
    bots: int
    unknown: int
    by_hand: int
    by_pull_request: int
    by_commit: int


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Closed issues that claim nothing, by their numbers; of a file also what is open there, and what was closed for a
    reason that is not known here.
    """

    not_planned: tuple[int, ...] = ()
    duplicate: tuple[int, ...] = ()
    open: tuple[int, ...] = ()
    unknown_reason: tuple[int, ...] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was audited. `not_asked` are criteria that say how things are today, and nothing of a closing.

    `offline`: only a local checkout was read. `listed`: how many issues there were to be looked at. `policy` is None
    where there was none, so that no policy was read.
    """

    repository: str
    policy: str | None
    policy_source: str | None
    since: datetime | None = None
    limit: int | None = None
    listed: int = 0
    left_out: LeftOut = LeftOut()
    not_asked: tuple[str, ...] = ()
    offline: bool = False


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """A whole audit: one document, one schema; keys are only ever appended. The issues stand newest closing first."""

    schema: int
    made_at: datetime
    asked: Asked
    truth: Truth
    months: tuple[Month, ...]
    worst: tuple[int, ...]
    closers: Closers
    issues: tuple[Entry, ...]

    @property
    def is_complete(self) -> bool:
        """Was every issue looked at?"""
        return len(self.issues) >= self.asked.listed

    @property
    def is_empty(self) -> bool:
        """Was there nothing to look at?"""
        return not self.issues and not self.asked.listed

    @property
    def commits(self) -> tuple[str, ...]:
        """The commits that were measured at, in no order that means anything."""
        return tuple(dict.fromkeys(one.commit for one in self.issues if one.commit is not None))

    def standing(self, standing: Standing) -> tuple[Entry, ...]:
        """The issues of which this was found."""
        return tuple(one for one in self.issues if one.standing is standing)

    @property
    def worst_entries(self) -> tuple[Entry, ...]:
        """The worst, worst first."""
        by_number = {one.issue.number: one for one in self.issues}
        return tuple(by_number[number] for number in self.worst)


def entry_of(assessment: Assessment, issue: Named, closing: Closing) -> Entry:
    """What an assessment says of a closing."""
    verdict = assessment.verdict
    openly_left = tuple(one for one in assessment.findings if decides(one) and leaves_work(one))
    standing = _standing(verdict, openly_left)
    carrying = frozenset(verdict.reasons)
    reasons = tuple(one for one in assessment.findings if one.criterion.id in carrying)
    if standing is Standing.HOLDS_NOT and verdict.because is Because.NOTHING_DECISIVE:
        reasons = openly_left
    return Entry(
        issue=_redacted(issue),
        closing=closing,
        standing=standing,
        checked_at=assessment.finished_at,
        commit=assessment.commit,
        verdict=verdict.kind,
        reasons=() if standing is Standing.HOLDS else tuple(_carried(one) for one in reasons[:_MOST_REASONS]),
        remains=tuple(redact(text) for text in verdict.remains),
        why=_WHY[verdict.because] if standing is Standing.UNCHECKED else None,
        failing=_failing(reasons, verdict.remains) if standing is Standing.HOLDS_NOT else 0.0,
    )


def _standing(verdict: Verdict, openly_left: Sequence[Finding]) -> Standing:
    """The verdict's, but for work that is openly left where nothing decisive was seen."""
    if verdict.because is Because.NOTHING_DECISIVE and (openly_left or verdict.remains):
        return Standing.HOLDS_NOT
    return _STANDINGS[verdict.kind]


def unasked(issue: Named, closing: Closing, why: str, at: datetime, *, again: bool = True) -> Entry:
    """An issue that could not be looked at; `again`: another time it might be."""
    return Entry(
        issue=_redacted(issue),
        closing=closing,
        standing=Standing.UNCHECKED,
        checked_at=at,
        why=redact(why),
        asked=not again,
    )


def _redacted(issue: Named) -> Named:
    return msgspec.structs.replace(issue, title=redact(issue.title))


def _carried(finding: Finding) -> Carried:
    criterion, evidence = finding.criterion, finding.evidence
    return Carried(
        criterion=criterion.id,
        title=redact(criterion.title),
        outcome=evidence.outcome,
        observed=redact(evidence.observed),
        url=redact(evidence.source.url),
        claimed=criterion.origin is Origin.CLAIM,
        quote=None if criterion.quote is None else redact(criterion.quote),
    )


def _failing(reasons: Iterable[Finding], remains: Sequence[str]) -> float:
    return sum(map(_surely, reasons)) + _LEFT_OPEN * len(remains)


def _surely(finding: Finding) -> float:
    """How much a failing criterion counts: how surely it was said to hold."""
    said = 1.0 if finding.criterion.origin is Origin.CLAIM else 0.5
    return finding.criterion.weight * (_LEFT_OPEN if leaves_work(finding) else said)


def summed(entries: Iterable[Entry], asked: Asked, at: datetime) -> Audit:
    """The audit over its entries, in whatever order they come; of two for one issue the later one counts."""
    newest = {one.issue.number: one for one in entries}
    ordered = sorted(newest.values(), key=lambda one: (one.closing.at, one.issue.number), reverse=True)
    return Audit(
        schema=SCHEMA,
        made_at=at,
        asked=asked,
        truth=truth_of(ordered),
        months=_months(ordered),
        worst=_worst(ordered),
        closers=_closers(ordered),
        issues=tuple(ordered),
    )


def truth_of(entries: Sequence[Entry]) -> Truth:
    """How many of them hold."""
    holds = sum(one.standing is Standing.HOLDS for one in entries)
    holds_not = sum(one.standing is Standing.HOLDS_NOT for one in entries)
    counted = Truth(holds=holds, holds_not=holds_not, unchecked=len(entries) - holds - holds_not)
    if not counted.checked:
        return counted
    low, high = interval(holds, counted.checked)
    rate = holds / counted.checked
    return msgspec.structs.replace(counted, rate=round(rate, 4), low=round(low, 4), high=round(high, 4))


def _months(entries: Sequence[Entry]) -> tuple[Month, ...]:
    """Every month from the first closing to the last one, those without closings too."""
    by_month: dict[str, list[Entry]] = {}
    for one in entries:
        by_month.setdefault(f"{one.closing.at:%Y-%m}", []).append(one)
    if not by_month:
        return ()
    months = _between(min(by_month), max(by_month))[-_LONGEST:]
    return tuple(Month(month=month, truth=truth_of(by_month.get(month, []))) for month in months)


def _between(first: str, last: str) -> list[str]:
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(start, end + 1)]


def _worst(entries: Sequence[Entry]) -> tuple[int, ...]:
    """The issues of which most fails; of equals the one closed last comes first."""
    failing = [one for one in entries if one.standing is Standing.HOLDS_NOT]
    return tuple(one.issue.number for one in sorted(failing, key=lambda one: -one.failing)[:WORST])


def _closers(entries: Sequence[Entry]) -> Closers:
    closings = [one.closing for one in entries]
    ways = [one.way for one in closings]
    known = [one for one in closings if one.by is not None]
    bots = sum(one.by_bot for one in known)
    return Closers(
        people=len(known) - bots,
        bots=bots,
        unknown=len(closings) - len(known),
        by_hand=ways.count(Way.HAND),
        by_pull_request=ways.count(Way.PULL),
        by_commit=ways.count(Way.COMMIT),
    )
