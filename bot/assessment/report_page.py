"""What every part of an answer needs: the assessment, the link to all evidence, and what exists to be told about."""

from dataclasses import dataclass
from enum import StrEnum

from bot.assessment.document import ActionKind, Assessment, Ending
from bot.assessment.evidence import Finding, Origin, Outcome, Scope
from bot.assessment.verdict import decides
from bot.assessment.waiver import Waived
from bot.assessment.withholding import WithheldReason

CAPABILITIES: frozenset[str] = frozenset(
    {"assess-resolution", "confirm-fixed", "help", "reopen", "resolution explain", "resolution status"}
)
"""What exists in this version: only this is ever advertised. Command names."""


class Fate(StrEnum):
    """What became of the issue."""

    CLOSED = "closed"
    CLOSING = "closing"  # planned, not done yet
    REOPENED = "reopened"  # closed, and then opened again
    REFUSED = "refused"  # tried, or forbidden by the last look
    ANNOUNCED = "announced"  # it will be closed, unless somebody objects
    WOULD_CLOSE = "would-close"  # a dry run
    WOULD_ANNOUNCE = "would-announce"
    ALREADY_CLOSED = "already-closed"
    LEFT_OPEN = "left-open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How much is shown: visible rows, folded rows, and occurrences under a finding."""

    rows: int = 10
    folded: int = 200
    occurrences: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer in the making."""

    assessment: Assessment
    evidence_url: str | None = None
    capabilities: frozenset[str] = CAPABILITIES
    detail: Detail = Detail()

    @property
    def deciding(self) -> tuple[Finding, ...]:
        """The required development criteria that apply and are not waived."""
        ignored = {Outcome.SKIPPED, Outcome.WAIVED}
        return tuple(f for f in self.assessment.findings if decides(f) and f.evidence.outcome not in ignored)

    @property
    def development(self) -> tuple[Finding, ...]:
        """All development criteria."""
        return tuple(f for f in self.assessment.findings if f.criterion.scope is Scope.DEVELOPMENT)

    @property
    def operational(self) -> tuple[Finding, ...]:
        """All operational criteria."""
        return tuple(f for f in self.assessment.findings if f.criterion.scope is Scope.OPERATIONAL)

    @property
    def carrying(self) -> tuple[Finding, ...]:
        """The criteria that carried the verdict."""
        reasons = frozenset(self.assessment.verdict.reasons)
        return tuple(f for f in self.assessment.findings if f.criterion.id in reasons)

    def waiver(self, finding: Finding) -> Waived | None:
        """The waiver of a criterion, whether it counts or not."""
        return next((one for one in self.assessment.waivers if one.waiver.criterion == finding.criterion.id), None)

    @property
    def fate(self) -> Fate:
        """What became of the issue."""
        assessment = self.assessment
        done = assessment.close
        if done is not None and done.ending in {Ending.REFUSED, Ending.UNKNOWN}:
            return Fate.REFUSED
        if assessment.reopened is not None and assessment.verdict.closes:
            return Fate.REOPENED
        if done is not None:
            return Fate.CLOSED if done.ending is Ending.DONE else Fate.ALREADY_CLOSED
        if assessment.plan.closes:
            return Fate.CLOSING
        if assessment.plan.announces is not None:
            return Fate.ANNOUNCED
        if assessment.plan.would_close:
            return Fate.WOULD_CLOSE
        if assessment.plan.would_announce is not None:
            return Fate.WOULD_ANNOUNCE
        return Fate.LEFT_OPEN if assessment.state.open else Fate.ALREADY_CLOSED

    @property
    def again(self) -> bool:
        """Was whoever closed it told before, of an earlier closing of his?"""
        return any(one.reason is WithheldReason.TOLD_BEFORE for one in self.assessment.plan.withheld)

    @property
    def opens(self) -> bool:
        """Was a closed issue opened again for what was found? What is only planned may be put off, or refused."""
        done = [one for one in self.assessment.actions if one.action is ActionKind.REOPEN]
        return bool(done) and done[-1].ending is Ending.DONE


def is_claim(finding: Finding) -> bool:
    """Was it found in prose?"""
    return finding.criterion.origin is Origin.CLAIM


ADDED_BY: dict[Origin, str] = {Origin.ISSUE: "the issue's text", Origin.COMMENT: "the command"}
"""Where criteria for one issue come from, in words."""


def is_mixed(finding: Finding) -> bool:
    """Was it measured, with answers that differ?"""
    return finding.evidence.outcome is Outcome.FLAKY


def noun(findings: tuple[Finding, ...]) -> tuple[str, str]:
    """What to call them, one and many: claims if all are."""
    if findings and all(is_claim(finding) for finding in findings):
        return "claim", "claims"
    return "criterion", "criteria"
