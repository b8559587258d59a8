"""The judgement over all evidence.

Rules, first match wins, over the required development criteria:
1. any fails: not resolved; 2. any is misconfigured: misconfigured; 3. any could not be measured, has nothing to
measure or is flaky: inconclusive; 4. any is on its way: pending; 5. no decisive pass: inconclusive; 6. work remains
by the statement's or the task list's own word: partial; 7. otherwise resolved, with follow-ups where operational
criteria do not hold.

Waived and skipped criteria count as neither. Optional and operational ones never block. A criterion that fails only
because work is openly left to do (`PARTIAL_REASONS`) makes the verdict partial, not "not resolved": nobody claimed it.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.evidence import CriterionId, Finding, Outcome, Reason, Scope
from bot.assessment.facts import Facts


class VerdictKind(StrEnum):
    """The seven answers."""

    RESOLVED = "resolved"
    RESOLVED_WITH_FOLLOW_UPS = "resolved-with-follow-ups"
    PARTIAL = "partial"
    PENDING = "pending"
    INCONCLUSIVE = "inconclusive"
    MISCONFIGURED = "misconfigured"
    NOT_RESOLVED = "not-resolved"


CLOSING: frozenset[VerdictKind] = frozenset({VerdictKind.RESOLVED, VerdictKind.RESOLVED_WITH_FOLLOW_UPS})
"""The only verdicts that may close an issue."""

RANK: tuple[VerdictKind, ...] = (
    VerdictKind.NOT_RESOLVED,
    VerdictKind.MISCONFIGURED,
    VerdictKind.INCONCLUSIVE,
    VerdictKind.PENDING,
    VerdictKind.PARTIAL,
    VerdictKind.RESOLVED_WITH_FOLLOW_UPS,
    VerdictKind.RESOLVED,
)
"""Weakest first: more support never moves a verdict towards the front."""


class Because(StrEnum):
    """Which rule carried the verdict."""

    FAILED = "failed"
    BAD_QUESTION = "bad-question"
    NOT_MEASURED = "not-measured"
    ON_ITS_WAY = "on-its-way"
    NOTHING_DECISIVE = "nothing-decisive"
    WORK_REMAINS = "work-remains"
    ALL_HOLD = "all-hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement. `reasons` are the criteria that carried it, `follow_ups` the operational ones that do not hold.

    `remains` are the plain sentences that made it partial.
    """

    kind: VerdictKind
    because: Because
    reasons: tuple[CriterionId, ...]
    follow_ups: tuple[CriterionId, ...] = ()
    remains: tuple[str, ...] = ()

    @property
    def closes(self) -> bool:
        """Is this one of the two verdicts that may close?"""
        return self.kind in CLOSING


PARTIAL_REASONS: frozenset[tuple[str | None, Reason]] = frozenset(
    {
        (None, Reason.TAKEN_BACK),  # whatever the kind: the statement itself says that work remains
        ("tasks", Reason.STILL_OPEN),  # an unticked box is open work, not a broken claim
    }
)

_BLOCKING: tuple[tuple[frozenset[Outcome], VerdictKind, Because], ...] = (
    (frozenset({Outcome.FAIL}), VerdictKind.NOT_RESOLVED, Because.FAILED),
    (frozenset({Outcome.MISCONFIGURED}), VerdictKind.MISCONFIGURED, Because.BAD_QUESTION),
    (
        frozenset({Outcome.ERROR, Outcome.MISSING, Outcome.FLAKY}),
        VerdictKind.INCONCLUSIVE,
        Because.NOT_MEASURED,
    ),
    (frozenset({Outcome.PENDING}), VerdictKind.PENDING, Because.ON_ITS_WAY),
)

_FOLLOW_UP: frozenset[Outcome] = frozenset(Outcome) - {Outcome.PASS, Outcome.SKIPPED, Outcome.WAIVED}


def judge(findings: tuple[Finding, ...], *, facts: Facts) -> Verdict:
    """The verdict over the findings, by the rules in this module's docstring."""
    deciding = tuple(finding for finding in findings if decides(finding))
    follow_ups = _ids(
        tuple(
            finding
            for finding in findings
            if finding.criterion.scope is Scope.OPERATIONAL and finding.evidence.outcome in _FOLLOW_UP
        )
    )
    openly_left = tuple(finding for finding in deciding if leaves_work(finding))
    for outcomes, kind, because in _BLOCKING:
        carried = tuple(f for f in deciding if f.evidence.outcome in outcomes and f not in openly_left)
        if carried:
            return Verdict(kind=kind, because=because, reasons=_ids(carried), follow_ups=follow_ups)
    passed = tuple(finding for finding in deciding if finding.evidence.outcome is Outcome.PASS)
    decisive = tuple(finding for finding in passed if finding.evidence.decisive)
    if not decisive:
        return Verdict(
            kind=VerdictKind.INCONCLUSIVE,
            because=Because.NOTHING_DECISIVE,
            reasons=_ids(passed),
            follow_ups=follow_ups,
            remains=facts.partial,
        )
    if openly_left or facts.partial:
        return Verdict(
            kind=VerdictKind.PARTIAL,
            because=Because.WORK_REMAINS,
            reasons=_ids(openly_left),
            follow_ups=follow_ups,
            remains=facts.partial,
        )
    kind = VerdictKind.RESOLVED_WITH_FOLLOW_UPS if follow_ups else VerdictKind.RESOLVED
    return Verdict(kind=kind, because=Because.ALL_HOLD, reasons=_ids(decisive), follow_ups=follow_ups)


def decides(finding: Finding) -> bool:
    """Is this a required development criterion?"""
    return finding.criterion.required and finding.criterion.scope is Scope.DEVELOPMENT


def leaves_work(finding: Finding) -> bool:
    """Does it fail only because work is openly left to do?"""
    reason = finding.evidence.reason
    return finding.evidence.outcome is Outcome.FAIL and (
        (None, reason) in PARTIAL_REASONS or (finding.criterion.kind, reason) in PARTIAL_REASONS
    )


def _ids(findings: tuple[Finding, ...]) -> tuple[CriterionId, ...]:
    return tuple(finding.criterion.id for finding in findings)
