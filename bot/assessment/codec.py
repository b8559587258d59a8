"""From the assessment to its JSON document and back: `decode(encode(a)) == a`, but for secrets, which stay behind."""

from typing import TypeAlias, TypeVar, assert_never

import msgspec

from bot.assessment.confidence import Confidence
from bot.assessment.document import (
    SCHEMA,
    Assessment,
    Done,
    IssueState,
    Metrics,
    PolicyRef,
    ProfileRef,
    Related,
    Similar,
    Ticket,
)
from bot.assessment.evidence import Criterion, CriterionId, Evidence, Finding, Sha
from bot.assessment.plan import Action, Announce, Close, Label, Outdate, Plan, React, Reopen, Speak
from bot.assessment.policy import ImpactPolicy
from bot.assessment.redact import redact
from bot.assessment.trigger import Trigger
from bot.assessment.verdict import Verdict
from bot.assessment.waiver import Waived
from bot.assessment.wire import (
    WireAction,
    WireAnnounce,
    WireAssessment,
    WireClose,
    WireConfidence,
    WireCriterion,
    WireDetail,
    WireDone,
    WireImpact,
    WireIssueState,
    WireLabel,
    WireMeasure,
    WireMetrics,
    WireOutdate,
    WirePolicy,
    WireProfile,
    WireReact,
    WireRelated,
    WireReopen,
    WireSimilar,
    WireSource,
    WireSpeak,
    WireTicket,
    WireTrigger,
    WireWait,
    WireWaived,
    WireWithheld,
)
from bot.assessment.withholding import Withheld

_Json: TypeAlias = "bool | int | float | str | list[_Json] | tuple[_Json, ...] | dict[str, _Json] | None"
_T = TypeVar("_T")


class NotAnAssessment(ValueError):
    """The bytes are no assessment document of this version; the message names the place."""


def encode(assessment: Assessment) -> bytes:
    """The assessment as a JSON document, keys in the schema's order, every text redacted."""
    # msgspec's builtins are JSON by construction.
    tree: _Json = msgspec.to_builtins(_to_wire(assessment))
    return msgspec.json.encode(_redacted(tree))


def decode(document: bytes) -> Assessment:
    """The assessment in a JSON document. Unknown keys are ignored: they were appended later.

    Raises NotAnAssessment.
    """
    try:
        return _from_wire(msgspec.json.decode(document, type=WireAssessment))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotAnAssessment(str(error)) from error


def schema() -> bytes:
    """The JSON Schema (2020-12) of the document, indented, with a line's end."""
    description = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Assessment document, version {SCHEMA}",
        **msgspec.json.schema(WireAssessment),
    }
    return msgspec.json.format(msgspec.json.encode(description), indent=2) + b"\n"


def _like(value: object, shape: type[_T]) -> _T:
    """The value in another type with the same field names."""
    return msgspec.convert(value, shape, from_attributes=True)


def _redacted(tree: _Json) -> _Json:
    if isinstance(tree, str):
        return redact(tree)
    if isinstance(tree, list | tuple):
        return [_redacted(item) for item in tree]
    if isinstance(tree, dict):
        return {key: _redacted(item) for key, item in tree.items()}
    return tree


def _to_wire(assessment: Assessment) -> WireAssessment:
    verdict, plan = assessment.verdict, assessment.plan
    return WireAssessment(
        schema=SCHEMA,
        id=assessment.id,
        repository=assessment.repository,
        issue=assessment.issue,
        trigger=_like(assessment.trigger, WireTrigger),
        commit=assessment.commit,
        policy=_like(assessment.policy, WirePolicy),
        verdict=verdict.kind,
        confidence=_like(assessment.confidence, WireConfidence),
        criteria=tuple(_criterion_to_wire(finding) for finding in assessment.findings),
        plan=tuple(_action_to_wire(action) for action in plan.actions),
        actions=tuple(_like(done, WireDone) for done in assessment.actions),
        started_at=assessment.started_at,
        finished_at=assessment.finished_at,
        because=verdict.because,
        reasons=verdict.reasons,
        follow_ups=verdict.follow_ups,
        remains=verdict.remains,
        would=tuple(_action_to_wire(action) for action in plan.would),
        withheld=tuple(_like(withheld, WireWithheld) for withheld in plan.withheld),
        branch=assessment.branch,
        state=_like(assessment.state, WireIssueState),
        metrics=_like(assessment.metrics, WireMetrics) if assessment.metrics else None,
        impact=_like(assessment.impact, WireImpact) if assessment.impact else None,
        out_of_scope=assessment.out_of_scope,
        more_claims=assessment.more_claims,
        close_role=assessment.close_role,
        profile=_like(assessment.profile, WireProfile) if assessment.profile else None,
        waivers=tuple(_like(waived, WireWaived) for waived in assessment.waivers),
        notes=assessment.notes,
        tickets=tuple(_like(ticket, WireTicket) for ticket in assessment.tickets),
        labels=assessment.labels,
        paths=assessment.paths,
        similar=tuple(_like(one, WireSimilar) for one in assessment.similar),
        related=tuple(_like(one, WireRelated) for one in assessment.related),
        watch=assessment.watch,
        foreseen=assessment.foreseen,
    )


def _from_wire(wire: WireAssessment) -> Assessment:
    return Assessment(
        id=wire.id,
        repository=wire.repository,
        issue=wire.issue,
        trigger=_like(wire.trigger, Trigger),
        commit=Sha(wire.commit) if wire.commit is not None else None,
        policy=_like(wire.policy, PolicyRef),
        verdict=Verdict(
            kind=wire.verdict,
            because=wire.because,
            reasons=tuple(CriterionId(reason) for reason in wire.reasons),
            follow_ups=tuple(CriterionId(criterion) for criterion in wire.follow_ups),
            remains=wire.remains,
        ),
        confidence=_like(wire.confidence, Confidence),
        findings=tuple(_finding_from_wire(criterion) for criterion in wire.criteria),
        plan=Plan(
            actions=tuple(_action_from_wire(action) for action in wire.plan),
            would=tuple(_action_from_wire(action) for action in wire.would),
            withheld=tuple(_like(withheld, Withheld) for withheld in wire.withheld),
        ),
        started_at=wire.started_at,
        finished_at=wire.finished_at,
        actions=tuple(_like(done, Done) for done in wire.actions),
        branch=wire.branch,
        state=_like(wire.state, IssueState),
        metrics=_like(wire.metrics, Metrics) if wire.metrics else None,
        impact=_like(wire.impact, ImpactPolicy) if wire.impact else None,
        out_of_scope=wire.out_of_scope,
        more_claims=wire.more_claims,
        close_role=wire.close_role,
        profile=_like(wire.profile, ProfileRef) if wire.profile else None,
        waivers=tuple(_like(waived, Waived) for waived in wire.waivers),
        notes=wire.notes,
        tickets=tuple(_like(ticket, Ticket) for ticket in wire.tickets),
        labels=wire.labels,
        paths=wire.paths,
        similar=tuple(_like(one, Similar) for one in wire.similar),
        related=tuple(_like(one, Related) for one in wire.related),
        watch=wire.watch,
        foreseen=wire.foreseen,
    )


def _criterion_to_wire(finding: Finding) -> WireCriterion:
    criterion, evidence = finding.criterion, finding.evidence
    return WireCriterion(
        id=criterion.id,
        title=criterion.title,
        category=criterion.category,
        scope=criterion.scope,
        required=criterion.required,
        kind=criterion.kind,
        origin=criterion.origin,
        outcome=evidence.outcome,
        expected=evidence.expected,
        observed=evidence.observed,
        before=evidence.before,
        source=_like(evidence.source, WireSource),
        reason=evidence.reason,
        quote=criterion.quote,
        decisive=evidence.decisive,
        seen_failing=evidence.seen_failing,
        weight=criterion.weight,
        credit=evidence.credit,
        details=tuple(_like(detail, WireDetail) for detail in evidence.details),
        remedy=evidence.remedy,
        measures=tuple(_like(measure, WireMeasure) for measure in evidence.measures),
        waits_for=_like(evidence.waits_for, WireWait) if evidence.waits_for else None,
    )


def _finding_from_wire(wire: WireCriterion) -> Finding:
    # One flat object holds the fields of both, under the same names.
    return Finding(criterion=_like(wire, Criterion), evidence=_like(wire, Evidence))


def _action_to_wire(action: Action) -> WireAction:
    match action:
        case Speak():
            return _like(action, WireSpeak)
        case Outdate():
            return _like(action, WireOutdate)
        case Label():
            return _like(action, WireLabel)
        case Close():
            return _like(action, WireClose)
        case Announce():
            return _like(action, WireAnnounce)
        case Reopen():
            return WireReopen()
        case React():
            return _like(action, WireReact)
        case _:
            assert_never(action)


def _action_from_wire(wire: WireAction) -> Action:
    match wire:
        case WireSpeak():
            return _like(wire, Speak)
        case WireOutdate():
            return _like(wire, Outdate)
        case WireLabel():
            return _like(wire, Label)
        case WireClose():
            return _like(wire, Close)
        case WireAnnounce():
            return _like(wire, Announce)
        case WireReopen():
            return Reopen()
        case WireReact():
            return _like(wire, React)
        case _:
            assert_never(wire)
