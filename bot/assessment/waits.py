"""What a pending answer waits for, and for how long. Pure.

Rules:
1. An answer waits where nothing but what is on its way stands between it and a verdict, and something will tell of it.
2. A dry run and the command line wait for nothing: the one changes nothing, the other is gone by then.
3. What was promised first holds: however often it is looked at, nothing is waited for longer than the answer said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.assessment.evidence import CriterionId, Evidence, Finding, Outcome, Reason, Wait
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.verdict import Verdict, VerdictKind, decides
from bot.assessment.wording import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A criterion, and what its answer waits for."""

    criterion: CriterionId
    wait: Wait


def awaited(verdict: Verdict, findings: tuple[Finding, ...], trigger: Trigger) -> tuple[Awaited, ...]:
    """What the assessment waits for before it goes on by itself; nothing where it does not."""
    alone = trigger.flags.dry_run or trigger.kind is TriggerKind.CLI
    if alone or verdict.kind is not VerdictKind.PENDING:
        return ()
    return tuple(
        Awaited(criterion=finding.criterion.id, wait=finding.evidence.waits_for)
        for finding in findings
        if decides(finding) and finding.evidence.outcome is Outcome.PENDING and finding.evidence.waits_for is not None
    )


def as_promised(
    findings: tuple[Finding, ...], *, promised: Mapping[CriterionId, datetime], now: datetime
) -> tuple[Finding, ...]:
    """The findings with the ends of waiting that were promised first; what is over by now could not be measured."""
    return tuple(
        replace(finding, evidence=_held(finding.evidence, promised.get(finding.criterion.id), now))
        if finding.evidence.waits_for is not None
        else finding
        for finding in findings
    )


def _held(evidence: Evidence, promised: datetime | None, now: datetime) -> Evidence:
    wait = evidence.waits_for
    if wait is None or promised is None:
        return evidence
    if now < promised:
        return replace(evidence, waits_for=replace(wait, until=min(promised, wait.until)))
    return replace(
        evidence,
        outcome=Outcome.ERROR,
        reason=Reason.TIMED_OUT,
        observed=f"waited for {wait.what} until {moment(promised, seen_from=now)}, in vain: {evidence.observed}",
        remedy="see why it does not end, then ask again",
        waits_for=None,
    )
