"""After a closing: when is it looked at again, what is asked then, and what makes a regression. Pure.

Rules:
1. Asked again is what held at the closing, had to hold, and can fall back at all: its probe says of what it tells.
2. A failure counts only where it was measured on something that contains the fix. What runs an older version is not
   deployed, which is no regression.
3. A regression is a criterion that failed in two looks, one right after the other, each a run of its own.
4. What could not be measured is neither: it is asked again soon, a few times, and ends a row of failures.
5. The moments are counted from the closing. One that was slept through is made up for once, not each for itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from bot.assessment.evidence import CriterionId, Finding, Outcome, Scope
from bot.assessment.plan import Plan
from bot.assessment.withholding import Standing, WithheldReason

LADDER = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))
"""When the policy names no moments."""
PAUSE = timedelta(minutes=20)
"""Before a failure is measured a second time, and before what could not be measured is asked again."""
MOST_TRIES = 4
"""Looks beside the planned one."""
YOUNG = timedelta(days=14)
"""So long after its closing an issue is opened again; after that a new one is filed."""
_NOT_MEASURED = frozenset({Outcome.ERROR, Outcome.MISSING, Outcome.PENDING, Outcome.FLAKY, Outcome.MISCONFIGURED})


class Subject(StrEnum):
    """Of what a question tells, and so what must contain the fix for its failure to be a regression."""

    SETTLED = "settled"  # what happened once, or people's word: it is not asked again
    BRANCH = "branch"  # the default branch
    SERVICE = "service"  # what runs where the fix was deployed
    ITSELF = "itself"  # whether the fix is there is the very question


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """Is the fix on the default branch, and where it was deployed? None: that could not be told."""

    branch: bool | None
    service: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look saw: criteria that fail, could not be measured, or fail where the fix is not (any more)."""

    failing: frozenset[CriterionId] = frozenset()
    unsure: frozenset[CriterionId] = frozenset()
    elsewhere: frozenset[CriterionId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Regressed:
    """These criteria failed twice."""

    criteria: frozenset[CriterionId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Soon:
    """It is looked at again soon, before the next planned moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """The planned look is over."""


Step = Regressed | Soon | Through


class Response(StrEnum):
    """What is done about a regression."""

    REOPEN = "reopen"
    FILE = "file"
    SAY = "say"


def may_fall(finding: Finding) -> bool:
    """Did it hold, and have to?"""
    criterion = finding.criterion
    return criterion.required and criterion.scope is Scope.DEVELOPMENT and finding.evidence.outcome is Outcome.PASS


def look_at(findings: Iterable[Finding], subjects: Mapping[CriterionId, Subject], there: There) -> Look:
    """What a look saw of the criteria that are watched."""
    failing, unsure, elsewhere = set[CriterionId](), set[CriterionId](), set[CriterionId]()
    for finding in findings:
        name, outcome = finding.criterion.id, finding.evidence.outcome
        if name not in subjects:
            continue
        if outcome in _NOT_MEASURED:
            unsure.add(name)
        if outcome is not Outcome.FAIL:
            continue
        there_it_is = has_fix(subjects[name], there)
        counted = unsure if there_it_is is None else failing if there_it_is else elsewhere
        counted.add(name)
    return Look(failing=frozenset(failing), unsure=frozenset(unsure), elsewhere=frozenset(elsewhere))


def has_fix(subject: Subject, there: There) -> bool | None:
    """Does that of which a question tells contain the fix?"""
    match subject:
        case Subject.BRANCH:
            return there.branch
        case Subject.SERVICE:
            return there.service
        case Subject.ITSELF:
            return True
        case Subject.SETTLED:
            return None
        case _:
            assert_never(subject)


def step(look: Look, *, suspects: frozenset[CriterionId], tries: int) -> Step:
    """What follows from a look. `suspects` failed in the look right before it, `tries` came after the planned one."""
    twice = suspects & look.failing
    if twice:
        return Regressed(criteria=twice)
    # a failure that is new at the last try is still confirmed or not
    if (look.failing or look.unsure) and tries < MOST_TRIES + bool(look.failing):
        return Soon()
    return Through()


def moments(closed_at: datetime, ladder: Iterable[timedelta]) -> tuple[datetime, ...]:
    """When it is looked at again."""
    return tuple(closed_at + pause for pause in sorted(set(ladder)))


def next_moment(ladder: Iterable[datetime], now: datetime) -> datetime | None:
    """The first moment that is still to come; None after the last."""
    return min((one for one in ladder if one > now), default=None)


def over(standing: Standing, *, closed_at: datetime | None, by: datetime, wanted: bool) -> str | None:
    """Why an issue is not watched any more, for the operator; None while it is.

    `by` is the moment until which the watched closing had happened. `wanted`: the policy or a person still asks for it.
    """
    if standing.archived:
        return "the repository is archived"
    if standing.open or closed_at is None:
        return "it was reopened"
    if standing.closed_as != "completed" or closed_at > by:
        return "it was closed anew"
    if standing.contradiction is not None:
        return "a person contradicted"
    return None if wanted else "the policy asks for no watch any more"


def response(plan: Plan, *, closed_at: datetime, now: datetime) -> Response:
    """Is it opened again, filed anew, or only said? An issue that is locked takes no more; an old one is history."""
    reasons = {one.reason for one in plan.withheld}
    if reasons - {WithheldReason.LOCKED}:
        return Response.SAY
    return Response.FILE if reasons or now - closed_at > YOUNG else Response.REOPEN
