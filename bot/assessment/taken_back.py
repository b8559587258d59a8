"""Somebody takes back a confirmation that an assessment has counted: the assessment says so. Pure.

What was measured stays as it was then; only the words of what was seen go on.
"""

from dataclasses import replace
from datetime import datetime

from bot.assessment.document import Assessment
from bot.assessment.evidence import Finding, Outcome
from bot.assessment.wording import moment

_KIND = "confirmation"
_BACK = ", and took it back at "


def taken_back(assessment: Assessment, login: str, *, at: datetime) -> Assessment | None:
    """The assessment with that; None where it has counted no word of his, or says so already."""
    if not any(_counts(one, login) for one in assessment.findings):
        return None
    when = moment(at, seen_from=assessment.finished_at)
    return replace(
        assessment,
        findings=tuple(_with(one, f"{_BACK}{when}") if _counts(one, login) else one for one in assessment.findings),
    )


def _counts(finding: Finding, login: str) -> bool:
    seen = finding.evidence
    his = seen.observed.casefold().startswith(f"{login.casefold()} ")
    return finding.criterion.kind == _KIND and seen.outcome is Outcome.PASS and his and _BACK not in seen.observed


def _with(finding: Finding, words: str) -> Finding:
    return replace(finding, evidence=replace(finding.evidence, observed=f"{finding.evidence.observed}{words}"))
