"""From claims to questions: what is asked of the world because somebody claimed it. Pure.

Rules:
1. A claim becomes the same kind of question that a policy could ask. Whether it is required is the policy's word.
2. What nothing here measures is shown as such, with what would make it checkable; it is never required, and its weight
   in the confidence says how much of the statement stands unproven.
3. A release or a deployment may have been made where GitHub does not see it: then what was said of it blocks nothing.
4. Ids are derived from the claim, so that `--only` and links keep meaning the same thing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from pydantic import ValidationError

from bot.assessment.claim_finding import MAX_QUOTE
from bot.assessment.claims import Claim, ClaimKind, Extraction
from bot.assessment.evidence import (
    Criterion,
    CriterionId,
    Evidence,
    Finding,
    Origin,
    Outcome,
    Reason,
    Source,
)
from bot.assessment.linked import extract_links
from bot.assessment.patterns import Pattern
from bot.assessment.policy import ClaimsMode
from bot.github.models import CommitInfo, Snapshot, Unknown
from bot.probes.changes import ChangesParams
from bot.probes.check import CheckParams
from bot.probes.code import CodeParams
from bot.probes.commit import CommitParams
from bot.probes.contract import Params, Question
from bot.probes.deployment_params import DeploymentParams
from bot.probes.file import FileParams
from bot.probes.issue import IssueParams
from bot.probes.live import environment_meant
from bot.probes.pull import PullParams
from bot.probes.reverts import number_in_title
from bot.scan.patterns import Match

CATEGORY = "Claims"
_NOT_ID = re.compile(r"[^a-z0-9]+")
_MESSAGE = 8_000  # so much of a commit's message is read
_NEVER_REQUIRED = frozenset({ClaimKind.COUNT, ClaimKind.UNCHECKED})
_MADE_ANYWHERE = frozenset({ClaimKind.RELEASED, ClaimKind.DEPLOYED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What becomes of claims: questions, findings for what nothing here measures, and each one's statement (URL).

    `lenient` are those that only block where the answer is sure.
    """

    questions: tuple[Question, ...] = ()
    unmeasured: tuple[Finding, ...] = ()
    statements: Mapping[CriterionId, str] = field(default_factory=dict)
    lenient: frozenset[CriterionId] = frozenset()


def from_claims(
    claims: tuple[Claim, ...], *, mode: ClaimsMode, snapshot: Snapshot, taken: frozenset[str] = frozenset()
) -> Claimed:
    """The questions that the claims raise. `taken` are ids that the policy's own criteria have."""
    statements: dict[CriterionId, str] = {}
    questions: list[Question] = []
    unmeasured: list[Finding] = []
    lenient: set[CriterionId] = set()
    used = set(taken)
    for claim in claims:
        params = _params(claim, snapshot)
        required = mode is ClaimsMode.REQUIRE and claim.kind not in _NEVER_REQUIRED and params is not None
        criterion = Criterion(
            id=_id(claim, used),
            title=claim.expected,
            category=CATEGORY,
            kind="claim" if params is None else params[0],
            required=required,
            origin=Origin.CLAIM,
            quote=claim.quote,
        )
        statements[criterion.id] = claim.url
        if claim.kind in _MADE_ANYWHERE:
            lenient.add(criterion.id)
        if params is None:
            unmeasured.append(Finding(criterion=criterion, evidence=_unmeasured(claim, snapshot)))
        else:
            questions.append(Question(criterion=criterion, params=params[1]))
    return Claimed(
        questions=tuple(questions),
        unmeasured=tuple(unmeasured),
        statements=MappingProxyType(statements),
        lenient=frozenset(lenient),
    )


def remaining(extraction: Extraction, claims: ClaimsMode) -> tuple[str, ...]:
    """What the statement leaves open, as plain sentences; and, where claims count, what nobody looked into."""
    taken = tuple(f"{taken.where} says that work remains: “{taken.quote}”" for taken in extraction.taken_back)
    if claims is not ClaimsMode.REQUIRE:
        return taken
    unread: tuple[str, ...] = ()
    if extraction.more:
        unread += (f"{extraction.more} more claims were not looked into: say less at once, in a statement of its own",)
    if extraction.truncated:
        unread += ("a statement is so long that its end was not read: say it in fewer words",)
    return (*taken, *unread)


def yielding(findings: tuple[Finding, ...], lenient: frozenset[CriterionId]) -> tuple[Finding, ...]:
    """The same findings; the lenient ones are not required where the world does not show for sure what became of it."""
    return tuple(
        replace(one, criterion=replace(one.criterion, required=False))
        if one.criterion.id in lenient and _is_unsure(one.evidence)
        else one
        for one in findings
    )


def _is_unsure(evidence: Evidence) -> bool:
    return evidence.outcome is Outcome.MISSING or evidence.reason in {Reason.NOT_REACHABLE, Reason.NOT_LOOKED_AT}


def closing_commit(snapshot: Snapshot, claims: tuple[Claim, ...]) -> CommitInfo | None:
    """The newest commit pushed to the default branch whose message closes the issue, where nothing else is named.

    Commits of pull requests are left to their pull request, which may have collected the keyword on its way.
    """
    issue, here = snapshot.issue, snapshot.repository.full_name
    named = any(claim.kind in {ClaimKind.COMMIT, ClaimKind.PULL_MERGED} for claim in claims)
    if named or isinstance(issue.closing_pulls, Unknown) or issue.closing_pulls:
        return None
    pushed = (one for one in snapshot.history if len(one.parents) < 2 and number_in_title(one.message) is None)
    return next((one for one in pushed if _closes(one.message, issue.number, here)), None)


def _closes(message: str, number: int, here: str) -> bool:
    if f"{number}" not in message:
        return False
    links = extract_links(message[:_MESSAGE], here)
    return any(link.closes and link.number == number and link.repository.lower() == here.lower() for link in links)


def from_commit(commit: CommitInfo, *, mode: ClaimsMode, taken: frozenset[str] = frozenset()) -> Question:
    """The question whether a commit that closes the issue by its message stands."""
    title = " ".join(commit.message.split())
    criterion = Criterion(
        id=_unused(f"{ClaimKind.COMMIT}-{commit.oid[:9]}", set(taken)),
        title=f"commit {commit.oid[:9]} is on the default branch and not reverted",
        category=CATEGORY,
        kind="commit",
        required=mode is ClaimsMode.REQUIRE,
        origin=Origin.CLAIM,
        quote=title if len(title) <= MAX_QUOTE else f"{title[: MAX_QUOTE - 1]}…",
    )
    return Question(criterion=criterion, params=CommitParams(sha=commit.oid))


def _id(claim: Claim, taken: set[str]) -> CriterionId:
    stem = _NOT_ID.sub("-", f"{claim.kind}-{claim.subject}".lower()).strip("-")[:48].strip("-")
    return _unused(stem, taken)


def _unused(stem: str, taken: set[str]) -> CriterionId:
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    taken.add(name)
    return CriterionId(name)


def _params(claim: Claim, snapshot: Snapshot) -> tuple[str, Params] | None:
    """The probe that can answer and its parameters; None where none can, or the subject does not fit its form."""
    try:
        ask = _PROBES.get(claim.kind)
        return None if ask is None else ask(claim, snapshot)
    except (ValidationError, ValueError):
        return None


def _gone(pattern: Pattern, within: str | None) -> CodeParams:
    left, right = "*" if pattern.open_left else "", "*" if pattern.open_right else ""
    return CodeParams(
        absent=(f"{left}{pattern.literal}{right}",),
        match=Match.WORD,
        unless=(pattern.unless,) if pattern.unless else (),
        include=(within,) if within else (),
    )


def _number(subject: str, snapshot: Snapshot) -> int:
    """The number in `#12` or `owner/name#12`; raises ValueError for another repository's."""
    where, _, digits = subject.rpartition("#")
    if where and where.lower() != snapshot.repository.full_name.lower():
        raise ValueError(subject)
    return int(digits)


def _deployed(claim: Claim, snapshot: Snapshot) -> tuple[str, Params] | None:
    """The environment that is meant; nothing where this repository tells GitHub of no deployments."""
    known = snapshot.deployments
    if isinstance(known, Unknown) or not known:
        return None
    names = tuple(dict.fromkeys(one.environment for one in known))
    return "deployment", DeploymentParams(environment=environment_meant(claim.subject, names), wait="0")


def _check(claim: Claim, _: Snapshot) -> tuple[str, Params] | None:
    """A check whose name holds the words claimed; all checks where the words mean the build as a whole.

    A figure ("98.7 %") is more than a check's colour tells, so it is not asked of one.
    """
    if claim.figure is not None:
        return None
    spoken = _WORD.findall(claim.subject.lower())
    # a number ("all 500 tests pass") names no check
    words = [word for word in spoken if word not in _WHOLE_BUILD and not word.isdigit()]
    return "check", CheckParams(name=f"~{' '.join(words)}" if words else None)


_WORD = re.compile(r"[\w.-]+")
_WHOLE_BUILD = frozenset(
    {"ci", "cd", "build", "builds", "pipeline", "pipelines", "check", "checks"}
    | {"test", "tests", "suite", "suites", "github", "actions"}
)

_Ask = Callable[[Claim, Snapshot], tuple[str, Params] | None]
_PROBES: dict[ClaimKind, _Ask] = {
    ClaimKind.COMMIT: lambda claim, _: ("commit", CommitParams(sha=claim.subject)),
    ClaimKind.FILE_PRESENT: lambda claim, _: ("file", FileParams(path=claim.subject, state="present")),
    ClaimKind.FILE_ABSENT: lambda claim, _: ("file", FileParams(path=claim.subject, state="absent")),
    ClaimKind.PATTERN_GONE: lambda claim, _: (
        None if claim.pattern is None else ("code", _gone(claim.pattern, claim.within))
    ),
    ClaimKind.PULL_MERGED: lambda claim, here: ("pull", PullParams(number=_number(claim.subject, here))),
    ClaimKind.ISSUE_CLOSED: lambda claim, here: ("issue", IssueParams(number=_number(claim.subject, here), within="0")),
    ClaimKind.CHECK_PASSING: _check,
    ClaimKind.COUNT: lambda claim, _: (
        None if claim.figure is None else ("changes", ChangesParams(files=int(claim.figure)))
    ),
    ClaimKind.RELEASED: lambda claim, _: ("commit", CommitParams(in_tag=claim.subject)),
    ClaimKind.DEPLOYED: _deployed,
}
"""The probe that answers a kind of claim. Kinds without a row are not measured by this version."""


def _unmeasured(claim: Claim, snapshot: Snapshot) -> Evidence:
    return Evidence(
        outcome=Outcome.MISSING,
        reason=Reason.NOTHING_TO_MEASURE,
        expected=claim.expected,
        observed="nothing here measures that",
        source=Source(url=claim.url, place=claim.where, sha=snapshot.head, fetched_at=snapshot.fetched_at),
        decisive=False,
        remedy=claim.remedy or "Name a check, a commit or a criterion in the policy that shows it.",
    )
