"""Waivers: a named person's exception for one criterion of one issue, with a reason and an end. Pure.

Rules:
1. A waiver counts while its end is ahead and the policy is the one under which it was given: whoever changes the rules
   has not agreed to an exception from them. It is for what was asked then, not for whatever has that name.
2. It does not count where whoever gave it wrote the fix, be it afterwards, or may not give one any more; nor where
   either cannot be told.
3. What holds, or does not apply, needs no waiver: it stays as it is.
4. What was measured stays as it was measured. Only its outcome decides nothing any more, neither way: what is waived
   proves nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.assessment.evidence import CriterionId, Finding, Outcome

_NEEDS_NONE = frozenset({Outcome.PASS, Outcome.SKIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One exception. `by` is a login, `policy` the digest of the rules it was given under, `url` the comment.

    `asks` is the fingerprint of what the criterion asked then.
    """

    criterion: CriterionId
    reason: str
    by: str
    at: datetime
    until: datetime
    policy: str
    asks: str
    url: str


class WaiverState(StrEnum):
    """What became of a waiver in one assessment."""

    COUNTS = "counts"
    NOT_NEEDED = "not-needed"  # it holds, or does not apply
    ENDED = "ended"
    OTHER_POLICY = "other-policy"  # the rules have changed since
    OTHER_QUESTION = "other-question"  # another criterion of this name is asked
    NO_LONGER_MAY = "no-longer-may"  # whoever gave it does not hold the role any more
    ROLE_UNKNOWN = "role-unknown"  # GitHub did not tell which role whoever gave it holds
    BY_AUTHOR = "by-author"  # whoever gave it is one of those who wrote the fix
    AUTHORS_UNKNOWN = "authors-unknown"  # it could not be read who wrote the fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """A waiver in one assessment; `measured` is what was found of its criterion, whether it counts or not."""

    waiver: Waiver
    state: WaiverState
    measured: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused:
    """The findings as they count, and what became of the waivers of what was asked."""

    findings: tuple[Finding, ...]
    waivers: tuple[Waived, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What decides whether a waiver counts: the moment, the policy's digest, and people; logins are in lower case.

    `asked` has the fingerprint of what is asked under each name. `entitled` says of those who gave a waiver whether
    they may now; who is not among them is not known. `authors` wrote the fix; None where they are not known.
    """

    now: datetime
    policy: str
    asked: Mapping[CriterionId, str]
    entitled: Mapping[str, bool]
    authors: frozenset[str] | None


def excuse(findings: tuple[Finding, ...], waivers: tuple[Waiver, ...], *, terms: Terms) -> Excused:
    """Apply the waivers to what was found."""
    given = {waiver.criterion: waiver for waiver in waivers}
    met = tuple(
        Waived(waiver=waiver, state=_state(waiver, finding, terms), measured=finding.evidence.outcome)
        for finding in findings
        if (waiver := given.get(finding.criterion.id)) is not None
    )
    counting = frozenset(one.waiver.criterion for one in met if one.state is WaiverState.COUNTS)
    return Excused(
        findings=tuple(_waived(finding) if finding.criterion.id in counting else finding for finding in findings),
        waivers=met,
    )


def _state(waiver: Waiver, finding: Finding, terms: Terms) -> WaiverState:
    return WaiverState.NOT_NEEDED if finding.evidence.outcome in _NEEDS_NONE else state_of(waiver, terms)


def state_of(waiver: Waiver, terms: Terms) -> WaiverState:
    """Does it count, if there is something that it is needed for?"""
    if terms.now >= waiver.until:
        return WaiverState.ENDED
    if waiver.policy != terms.policy:
        return WaiverState.OTHER_POLICY
    if waiver.asks != terms.asked.get(waiver.criterion):
        return WaiverState.OTHER_QUESTION
    by = waiver.by.lower()
    if by not in terms.entitled:
        return WaiverState.ROLE_UNKNOWN
    if not terms.entitled[by]:
        return WaiverState.NO_LONGER_MAY
    if terms.authors is None:
        return WaiverState.AUTHORS_UNKNOWN
    return WaiverState.BY_AUTHOR if by in terms.authors else WaiverState.COUNTS


def _waived(finding: Finding) -> Finding:
    return replace(finding, evidence=replace(finding.evidence, outcome=Outcome.WAIVED, waits_for=None))
