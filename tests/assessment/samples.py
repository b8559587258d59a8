"""Small pieces of an assessment, with defaults that hold; and the whole pure pipeline in one call."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.assessment.confidence import Confidence, weigh
from bot.assessment.document import BUILT_IN, Assessment, PolicyRef
from bot.assessment.evidence import (
    Criterion,
    CriterionId,
    Detail,
    Evidence,
    Finding,
    Origin,
    Outcome,
    Reason,
    Scope,
    Sha,
    Source,
)
from bot.assessment.facts import Deployed, Facts
from bot.assessment.plan import plan
from bot.assessment.policy import LabelPolicy, Level, Policy, Role
from bot.assessment.trigger import Flags, Trigger, TriggerKind
from bot.assessment.verdict import Because, Verdict, VerdictKind, judge
from bot.assessment.withholding import Standing

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
HEAD = Sha("d4e5f6a" + "0" * 33)
REPOSITORY = "https://github.com/octo/shop"

POLICY = Policy(
    source=".github/resolution.yml",
    digest="91ab3c",
    labels=LabelPolicy(resolved=("development-complete",), remove=("actively-being-worked-on",), hold=("on-hold",)),
)
BUILT_IN_POLICY = Policy(source=BUILT_IN, digest="builtin")
BY_ANN = Trigger(kind=TriggerKind.COMMAND, by="ann", url=f"{REPOSITORY}/issues/12#issuecomment-1")
OPEN = Standing(open=True, role=Role.TRIAGE, labels=("bug", "actively-being-worked-on"))

_REASONS: dict[Outcome, Reason] = {
    Outcome.PASS: Reason.HOLDS,
    Outcome.FAIL: Reason.DOES_NOT_HOLD,
    Outcome.ERROR: Reason.UNAVAILABLE,
    Outcome.MISSING: Reason.NOTHING_TO_MEASURE,
    Outcome.PENDING: Reason.STILL_RUNNING,
    Outcome.FLAKY: Reason.MIXED,
    Outcome.SKIPPED: Reason.NOT_APPLICABLE,
    Outcome.WAIVED: Reason.NOT_APPLICABLE,
    Outcome.MISCONFIGURED: Reason.BAD_QUESTION,
}


def criterion(name: str = "ci", **changes: object) -> Criterion:
    """A required development criterion of the policy."""
    return replace(Criterion(id=CriterionId(name), title=name, category="Tests", kind="check"), **changes)


def evidence(outcome: Outcome = Outcome.PASS, **changes: object) -> Evidence:
    """Fresh, decisive evidence, seen failing before."""
    source = Source(url=f"{REPOSITORY}/actions/runs/1", place="`main` @ `d4e5f6a`", sha=HEAD, fetched_at=NOW)
    plain = Evidence(
        outcome=outcome,
        reason=_REASONS[outcome],
        expected="success",
        observed="success",
        source=source,
        seen_failing=True,
    )
    return replace(plain, **changes)


def seen(place: str, url: str = f"{REPOSITORY}/actions/runs/1", sha: Sha | None = HEAD) -> Source:
    """A source at this moment."""
    return Source(url=url, place=place, sha=sha, fetched_at=NOW)


def finding(name: str = "ci", outcome: Outcome = Outcome.PASS, **changes: object) -> Finding:
    """A criterion with its evidence; changes to the evidence by field name."""
    return Finding(criterion=criterion(name), evidence=evidence(outcome, **changes))


def optional(name: str, outcome: Outcome, **changes: object) -> Finding:
    """An optional development criterion."""
    return Finding(criterion=criterion(name, required=False), evidence=evidence(outcome, **changes))


def operational(name: str, outcome: Outcome, **changes: object) -> Finding:
    """A required operational criterion."""
    return Finding(criterion=criterion(name, scope=Scope.OPERATIONAL), evidence=evidence(outcome, **changes))


def claim(words: str, outcome: Outcome, **changes: object) -> Finding:
    """A required claim, found in prose."""
    said = criterion(f"claim-{words[:8]}", title=words, category="Claims", origin=Origin.CLAIM, quote=words)
    return Finding(criterion=said, evidence=evidence(outcome, **changes))


def facts(**changes: object) -> Facts:
    """Everything known, nothing deployed from here, nothing left open."""
    return replace(Facts(now=NOW, max_age=timedelta(days=7), commit=HEAD, deployed=Deployed.NONE_EXIST), **changes)


def verdict(kind: VerdictKind = VerdictKind.RESOLVED, because: Because = Because.ALL_HOLD) -> Verdict:
    """A verdict that nothing carries."""
    return Verdict(kind=kind, because=because, reasons=())


def sure(level: Level = Level.HIGH) -> Confidence:
    """A confidence without factors."""
    return Confidence(percent=99, level=level, factors=())


def places(*texts: str) -> tuple[Detail, ...]:
    """Occurrences in files at the head."""
    return tuple(Detail(text=text, url=f"{REPOSITORY}/blob/{HEAD}/{text.split(':')[0]}") for text in texts)


FACTS = facts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What one assessment is made in."""

    trigger: Trigger = BY_ANN
    policy: Policy = POLICY
    standing: Standing = OPEN
    facts: Facts = FACTS


def flags(**changes: object) -> Trigger:
    """ann's command with flags."""
    return replace(BY_ANN, flags=replace(Flags(), **changes))


def assess(findings: tuple[Finding, ...], setting: Setting = Setting(), **changes: object) -> Assessment:
    """Judge, weigh and plan, as the command does; changes to the assessment by field name."""
    judged = judge(findings, facts=setting.facts)
    weighed = weigh(findings, facts=setting.facts)
    made = Assessment(
        id="a-7f3c",
        repository="octo/shop",
        issue=12,
        trigger=setting.trigger,
        commit=setting.facts.commit,
        policy=PolicyRef(digest=setting.policy.digest, source=setting.policy.source),
        verdict=judged,
        confidence=weighed,
        findings=findings,
        plan=plan(judged, weighed, trigger=setting.trigger, policy=setting.policy, standing=setting.standing),
        started_at=NOW - timedelta(seconds=12.4),
        finished_at=NOW,
        branch="main",
    )
    return replace(made, **changes)
