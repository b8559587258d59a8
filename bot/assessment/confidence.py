"""How sure the verdict is, and why.

Rules:
1. The percentage is the sum of weight x credit over the sum of weights, over the development criteria asked, optional
   ones included; rounded down. Credit: what the evidence says for a pass (1, or the lower bound of sampled probes),
   0 otherwise. Skipped and waived criteria were not asked.
2. HIGH from 95, MEDIUM from 80, else LOW; then capped by the weakest link: every cap is a factor and is shown.
3. Criteria for one issue alone may lower it, and never raise it: whoever adds some would else outweigh the policy.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.assessment.evidence import FOR_ONE_ISSUE, CriterionId, Finding, Outcome, Scope
from bot.assessment.facts import Deployed, Facts
from bot.assessment.policy import Level
from bot.assessment.wording import count, listing, span

HIGH_FROM = 95
MEDIUM_FROM = 80

LEVELS: tuple[Level, ...] = (Level.LOW, Level.MEDIUM, Level.HIGH)
"""Weakest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One thing that made the confidence what it is, in a plain sentence. `cap` is the level it allows at best."""

    text: str
    cap: Level | None = None
    criterion: CriterionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """How sure: a percentage, its level after all caps, and what made it so."""

    percent: int
    level: Level
    factors: tuple[Factor, ...]


def suffices(level: Level, minimum: Level) -> bool:
    """Is `level` as high as `minimum`?"""
    return LEVELS.index(level) >= LEVELS.index(minimum)


def weigh(findings: tuple[Finding, ...], *, facts: Facts) -> Confidence:
    """The confidence over the findings, by the rules in this module's docstring."""
    whole = _weighed(findings, facts)
    rest = tuple(finding for finding in findings if finding.criterion.origin not in FOR_ONE_ISSUE)
    if len(rest) == len(findings) or not any(was_asked(finding) for finding in rest):
        return whole
    alone = _weighed(rest, facts)
    if alone.percent >= whole.percent and suffices(alone.level, whole.level):
        return whole
    text = f"criteria for this issue alone do not raise it: without them it is {alone.level} ({alone.percent} %)"
    return Confidence(
        percent=min(alone.percent, whole.percent),
        level=min(alone.level, whole.level, key=LEVELS.index),
        factors=(*whole.factors, Factor(text=text, cap=alone.level)),
    )


def _weighed(findings: tuple[Finding, ...], facts: Facts) -> Confidence:
    asked = tuple(finding for finding in findings if was_asked(finding))
    weight = sum(finding.criterion.weight for finding in asked)
    carried = sum(finding.criterion.weight * credit(finding) for finding in asked)
    # The tiny addend keeps 0.95 from becoming 94 % by binary fractions.
    percent = int(100 * carried / weight + 1e-9) if weight else 0
    caps = tuple(factor for rule in _CAPS if (factor := rule(findings, facts)) is not None)
    level = min((level_of(percent), *(factor.cap for factor in caps if factor.cap)), key=LEVELS.index)
    base = Factor(
        text=f"{_number(carried)} of {_number(weight)} points over {count(len(asked), 'criterion', 'criteria')} asked"
    )
    weak = tuple(_weakness(finding) for finding in asked if credit(finding) < 1)
    return Confidence(percent=percent, level=level, factors=(base, *weak, *caps))


def was_asked(finding: Finding) -> bool:
    """Does it count? A development criterion that was neither skipped nor waived."""
    return finding.criterion.scope is Scope.DEVELOPMENT and finding.evidence.outcome not in {
        Outcome.SKIPPED,
        Outcome.WAIVED,
    }


def credit(finding: Finding) -> float:
    """What it is worth, between 0 and 1."""
    return min(1.0, max(0.0, finding.evidence.credit)) if finding.evidence.outcome is Outcome.PASS else 0.0


def level_of(percent: int) -> Level:
    """The level of a percentage, before any cap."""
    if percent >= HIGH_FROM:
        return Level.HIGH
    return Level.MEDIUM if percent >= MEDIUM_FROM else Level.LOW


def _weakness(finding: Finding) -> Factor:
    criterion = finding.criterion.id
    if finding.evidence.outcome is Outcome.PASS:
        text = f"`{criterion}` counts {credit(finding):.2f}: as far as its samples carry, at 95 %"
        return Factor(text=text, criterion=criterion)
    return Factor(text=f"`{criterion}` counts 0: {_NO_CREDIT[finding.evidence.outcome]}", criterion=criterion)


_NO_CREDIT: dict[Outcome, str] = {
    Outcome.FAIL: "it does not hold",
    Outcome.ERROR: "it could not be measured",
    Outcome.MISSING: "there was nothing to measure",
    Outcome.PENDING: "its answer is on its way",
    Outcome.FLAKY: "its answers are mixed",
    Outcome.MISCONFIGURED: "it cannot be asked as written",
}


def _number(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")


def _unknown_commit(_: tuple[Finding, ...], facts: Facts) -> Factor | None:
    if facts.commit is not None:
        return None
    return Factor(text="the commit that was looked at is unknown: LOW at best", cap=Level.LOW)


def _stale(findings: tuple[Finding, ...], facts: Facts) -> Factor | None:
    age = max((facts.now - f.evidence.source.fetched_at for f in findings if was_asked(f)), default=None)
    if age is None or age <= facts.max_age:
        return None
    text = f"the oldest evidence is {span(age)} old, the policy allows {span(facts.max_age)}: LOW at best"
    return Factor(text=text, cap=Level.LOW)


def _not_deployed(_: tuple[Finding, ...], facts: Facts) -> Factor | None:
    if facts.deployed is Deployed.NOT_SEEN:
        return Factor(text="the fix was not seen deployed: MEDIUM at best", cap=Level.MEDIUM)
    if facts.deployed is Deployed.UNKNOWN:
        return Factor(text="the deployments could not be read: MEDIUM at best", cap=Level.MEDIUM)
    return None


def _waived(findings: tuple[Finding, ...], _: Facts) -> Factor | None:
    waived = [f"`{f.criterion.id}`" for f in findings if f.evidence.outcome is Outcome.WAIVED]
    if not waived:
        return None
    return Factor(text=f"{listing(waived)} waived: MEDIUM at best", cap=Level.MEDIUM)


def _never_failing(findings: tuple[Finding, ...], _: Facts) -> Factor | None:
    if any(finding.evidence.seen_failing for finding in findings if was_asked(finding)):
        return None
    return Factor(text="no criterion was seen failing before the fix: MEDIUM at best", cap=Level.MEDIUM)


_CAPS: tuple[Callable[[tuple[Finding, ...], Facts], Factor | None], ...] = (
    _unknown_commit,
    _stale,
    _not_deployed,
    _waived,
    _never_failing,
)
