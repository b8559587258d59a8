"""From the policy file's sections to the frozen policy of the core."""

from datetime import timedelta

from bot.assessment.policy import (
    DeployedPolicy,
    FollowUpPolicy,
    GuardPolicy,
    ImpactPolicy,
    LabelPolicy,
    LimitPolicy,
    Permissions,
    Policy,
    RecordPolicy,
    Role,
)
from bot.assessment.record_paths import usual
from bot.config.schema import (
    DeployedSection,
    FollowUpsSection,
    GuardSection,
    ImpactSection,
    LabelsSection,
    LimitsSection,
    PermissionsSection,
    PolicySection,
    RecordSection,
)


def policy_of(section: PolicySection, source: str) -> Policy:
    """The rules that a file's sections make, still without a digest."""
    return Policy(
        source=source,
        digest="",
        mode=section.mode,
        claims=section.claims,
        minimum_confidence=section.close.minimum_confidence,
        permissions=_permissions(section.permissions),
        labels=_labels(section.labels),
        max_age=section.close.max_age,
        grace=section.close.after,
        on_merge=section.on_merge,
        preview=section.preview,
        trusted_bots=tuple(login.removesuffix("[bot]") for login in section.trusted_bots),
        guard=_guard(section.guard),
        follow_ups=_follow_ups(section.follow_ups),
        record=_record(section.record),
        watch=section.watch,
        cross_reference=section.cross_reference,
        deployed=_deployed(section.deployed),
        limits=_limits(section.limits),
        impact=_impact(section.business_impact),
    )


def _permissions(said: PermissionsSection) -> Permissions:
    return Permissions(
        close=Role(said.close),
        look=Role(said.look),
        explain=Role(said.explain),
        confirm=Role(said.confirm),
        waive=Role(said.waive),
    )


def _labels(said: LabelsSection) -> LabelPolicy:
    return LabelPolicy(
        resolved=said.resolved,
        remove=said.remove,
        pending=said.pending,
        hold=said.hold,
        regression=said.regression,
        wrong=said.wrong,
    )


def _guard(said: GuardSection) -> GuardPolicy:
    return GuardPolicy(people=said.people, bots=said.bots, holding=said.holding)


def _follow_ups(said: FollowUpsSection) -> FollowUpPolicy:
    return FollowUpPolicy(mode=said.mode, link=said.link, labels=said.labels, assignees=said.assignees)


def _record(said: RecordSection) -> RecordPolicy:
    learning = said.learning if "learning" in said.model_fields_set else usual(said.format)
    return RecordPolicy(mode=said.mode, format=said.format, learning=learning, summary=said.summary, branch=said.branch)


def _deployed(said: DeployedSection | None) -> DeployedPolicy | None:
    return None if said is None else DeployedPolicy(environments=said.environment, within=said.within)


def _limits(said: LimitsSection) -> LimitPolicy:
    budget = None if said.seconds is None else timedelta(seconds=said.seconds)
    return LimitPolicy(budget=budget, concurrency=said.probes)


def _impact(said: ImpactSection | None) -> ImpactPolicy | None:
    if said is None:
        return None
    return ImpactPolicy(segment=said.segment, goal=said.goal, revenue=said.revenue, value=said.value)
