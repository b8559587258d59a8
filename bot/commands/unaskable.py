"""Criteria that cannot be asked as written, as findings: named, with the place of every fault. Pure."""

from bot.assessment.evidence import Evidence, Finding, Origin, Outcome, Reason, Sha, Source
from bot.assessment.refusals import Fault
from bot.config.criteria import FaultyCriterion
from bot.github.models import PolicyFile, Snapshot


def unaskable(faulty: tuple[FaultyCriterion, ...], snapshot: Snapshot) -> tuple[Finding, ...]:
    """One finding for each; it says nothing about the fix."""
    return tuple(_finding(one, snapshot) for one in faulty)


def _finding(one: FaultyCriterion, snapshot: Snapshot) -> Finding:
    first = one.faults[0]
    in_text = one.criterion.origin is Origin.ISSUE
    at = f"line {first.line}, column {first.column} of {first.path}"
    evidence = Evidence(
        outcome=Outcome.MISCONFIGURED,
        reason=Reason.BAD_QUESTION,
        expected=one.criterion.title,
        observed="; ".join(_said(fault) for fault in one.faults),
        source=Source(
            url=snapshot.issue.url if in_text else place_url(first, snapshot),
            place=at if in_text else f"{first.path}:{first.line}:{first.column}",
            sha=snapshot.head if in_text else policy_commit(snapshot),
            fetched_at=snapshot.fetched_at,
        ),
        decisive=False,
        remedy=f"Correct line {first.line} of {first.path if in_text else 'the policy file'}.",
    )
    return Finding(criterion=one.criterion, evidence=evidence)


def _said(fault: Fault) -> str:
    meant = f" (did you mean {fault.suggestion}?)" if fault.suggestion else ""
    return f"{fault.text}{meant}"


def place_url(fault: Fault, snapshot: Snapshot) -> str:
    """Where GitHub shows the line of a fault, at the commit that was read."""
    above = snapshot.organisation_file
    if isinstance(above, PolicyFile) and fault.path == shown_path(above):
        home = f"{snapshot.url.removesuffix(snapshot.repository.full_name)}{above.repository}"
        return f"{home}/blob/{above.commit or 'HEAD'}/{above.path}#L{fault.line}"
    return f"{snapshot.url}/blob/{policy_commit(snapshot) or 'HEAD'}/{fault.path}#L{fault.line}"


def policy_commit(snapshot: Snapshot) -> Sha | None:
    """The commit at which the repository's own policy was read: the head, unless that is one to come."""
    own = snapshot.policy_file
    return snapshot.head if own is None or own.commit is None else own.commit


def shown_path(file: PolicyFile) -> str:
    """A policy file as people are told of it: an organisation's with its repository."""
    return file.path if file.repository is None else f"{file.repository}: {file.path}"
