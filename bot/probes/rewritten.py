"""Commits that exist nowhere, judged by what was said beside them. Pure.

Histories get rewritten: a rebase or a clean-up changes every sha, and an honest "fixed in `85375b936`" names a commit
that is no more. So a claimed commit that exists nowhere counts as *missing* instead of *failed*, but only where the
same statement also says something about content, all of that holds that could be looked at, and none of it fails.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.assessment.evidence import CriterionId, Finding, Origin, Outcome, Reason

CONTENT_KINDS = frozenset({"file", "code"})
"""The probes that look at what stands in the repository, whatever its history is."""


def soften_missing_commits(
    findings: tuple[Finding, ...], statements: Mapping[CriterionId, str] | None = None
) -> tuple[Finding, ...]:
    """The same findings, with claimed commits that exist nowhere called missing where the rule allows it.

    `statements` tells which statement a claim comes from (its URL); without it, all claims are of one statement.
    """
    origin = statements or {}
    carried = {origin.get(one.criterion.id, "") for one in findings if _holds_content(one)}
    broken = {origin.get(one.criterion.id, "") for one in findings if _fails_content(one)}
    soft = carried - broken
    return tuple(
        _softened(one) if _missing_commit(one) and origin.get(one.criterion.id, "") in soft else one for one in findings
    )


def _holds_content(finding: Finding) -> bool:
    return _about_content(finding) and finding.evidence.outcome is Outcome.PASS


def _fails_content(finding: Finding) -> bool:
    return _about_content(finding) and finding.evidence.outcome is Outcome.FAIL


def _about_content(finding: Finding) -> bool:
    return _claimed(finding) and finding.criterion.kind in CONTENT_KINDS


def _missing_commit(finding: Finding) -> bool:
    evidence = finding.evidence
    nowhere = evidence.outcome is Outcome.FAIL and evidence.reason is Reason.NOT_FOUND
    return _claimed(finding) and finding.criterion.kind == "commit" and nowhere


def _claimed(finding: Finding) -> bool:
    return finding.criterion.origin is Origin.CLAIM


def _softened(finding: Finding) -> Finding:
    observed = f"{finding.evidence.observed}; what is said about files holds, so the history may have been rewritten"
    evidence = replace(finding.evidence, outcome=Outcome.MISSING, observed=observed)
    return replace(finding, evidence=evidence)
