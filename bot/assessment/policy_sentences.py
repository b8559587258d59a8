"""Each rule of a policy as a sentence: the same words in explanations and in what a pull request would change. Pure.

A row is a key of the file with rendered Markdown. Left out are what is told as tables (`criteria`, `profiles`,
`permissions`) and, in sections that are told as one, details that do nothing by themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.assessment.explanation import by_itself
from bot.assessment.markdown import code, prose
from bot.assessment.policy import (
    ClaimsMode,
    DeployedPolicy,
    FollowUpMode,
    GuardMode,
    GuardPolicy,
    HoldingMode,
    ImpactPolicy,
    LabelPolicy,
    LimitPolicy,
    Mode,
    Policy,
    RecordMode,
)
from bot.assessment.wording import count, listing, span

IN_ONE = frozenset(
    {
        "guard.people",
        "guard.bots",
        "guard.holding",
        "follow_ups.mode",
        "record.mode",
        "deployed.environment",
        "deployed.within",
        "limits.seconds",
        "limits.probes",
        "business_impact.segment",
        "business_impact.goal",
        "business_impact.revenue",
        "business_impact.value",
    }
)
"""What the sentence of a section tells of its fields."""

_MODES = {
    Mode.ACT: "automatic triggers (a merge) may close as well, what the evidence carries",
    Mode.ADVISE: "automatic triggers (a merge) only advise; a person's command closes",
}
_CLAIMS = {
    ClaimsMode.REQUIRE: "claims in closing statements must hold",
    ClaimsMode.ADVISE: "claims in closing statements are shown, and do not decide",
    ClaimsMode.OFF: "claims in closing statements are not looked for",
}
_FOLLOW_UPS = {
    FollowUpMode.LIST: "failing operational criteria are named in the answer",
    FollowUpMode.FILE: "failing operational criteria are filed as issues",
}
_RECORDS = {
    RecordMode.OFF: "no learning document is written after a closure",
    RecordMode.PULL_REQUEST: "a learning document is written after a closure, by pull request",
    RecordMode.BRANCH: "a learning document is written after a closure, straight to a branch",
}
_GUARDS = {
    GuardMode.OFF: "left alone",
    GuardMode.NOTE: "answered where they do not hold",
    GuardMode.REOPEN: "reopened where they do not hold",
}
_HOLDING = {
    HoldingMode.NOTE: "those that hold get a short note",
    HoldingMode.SILENT: "nothing is said of those that hold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Role:
    """What is said of a label's role where one label has it, several (`{}`: their names), or none."""

    name: str
    one: str
    several: str
    none: str


_LABELS = (
    _Role(
        name="resolved",
        one="{} is put on with a closing",
        several="{} are put on with a closing",
        none="no label is put on with a closing",
    ),
    _Role(
        name="remove",
        one="{} is taken off with a closing",
        several="{} are taken off with a closing",
        none="no label is taken off with a closing",
    ),
    _Role(
        name="pending",
        one="{} is on while an answer waits",
        several="{} are on while an answer waits",
        none="no label shows that an answer waits",
    ),
    _Role(
        name="hold",
        one="{} keeps an issue open",
        several="each of {} keeps an issue open",
        none="no label keeps an issue open",
    ),
    _Role(
        name="regression",
        one="{} is put on what came back",
        several="{} are put on what came back",
        none="no label is put on what came back",
    ),
    _Role(
        name="wrong",
        one="people put on {} to contradict",
        several="people put on one of {} to contradict",
        none="no label is there for people to contradict with",
    ),
)


def sentences(rules: Policy) -> Iterator[tuple[str, str]]:
    """Every rule by its key, in a fixed order."""
    yield "mode", f"`{rules.mode}`: {_MODES[rules.mode]}"
    yield "claims", f"`{rules.claims}`: {_CLAIMS[rules.claims]}"
    yield "close.minimum_confidence", f"closing needs a confidence of at least **{rules.minimum_confidence}**"
    yield "close.max_age", f"evidence older than {span(rules.max_age)} is weak"
    yield "close.after", _grace(rules.grace)
    yield from _labels(rules.labels)
    yield "on_merge", by_itself(rules).rstrip(".")
    yield "preview", f"pushes to a pull request are {'told' if rules.preview else 'not told'} what would be missing"
    yield "trusted_bots", _trusted(rules.trusted_bots)
    yield "guard", _guard(rules.guard)
    yield "follow_ups", _FOLLOW_UPS[rules.follow_ups.mode]
    yield "record", _RECORDS[rules.record.mode]
    yield "watch", _watch(rules.watch)
    yield "cross_reference", "related issues get a note" if rules.cross_reference else "related issues get no note"
    yield "deployed", _deployed(rules.deployed)
    yield "limits", _limits(rules.limits)
    yield "business_impact", _impact(rules.impact)


def _guard(guard: GuardPolicy) -> str:
    said = f"closings by people: {_GUARDS[guard.people]}; by bots: {_GUARDS[guard.bots]}"
    if guard.modes == {GuardMode.OFF}:
        return said
    return f"{said}; {_HOLDING[guard.holding]}"


def _labels(labels: LabelPolicy) -> Iterator[tuple[str, str]]:
    for role in _LABELS:
        value: tuple[str, ...] | str | None = getattr(labels, role.name)
        names = (value,) if isinstance(value, str) else value or ()
        form = (role.none, role.one)[len(names)] if len(names) < 2 else role.several
        yield f"labels.{role.name}", form.format(_names(names))


def _names(names: tuple[str, ...]) -> str:
    return listing([code(name, 60) for name in names])


def _grace(after: timedelta | None) -> str:
    if after is None:
        return "closed at once"
    return f"announced {span(after)} before; the reporter or anyone with triage can stop it by a comment or 👎"


def _trusted(bots: tuple[str, ...]) -> str:
    return f"commands of {_names(bots)} count" if bots else "no bot's commands count"


def _watch(pauses: tuple[timedelta, ...]) -> str:
    if not pauses:
        return "closed issues are not looked at again"
    return f"closed issues are looked at again after {listing([span(pause) for pause in pauses])}"


def _deployed(deployed: DeployedPolicy | None) -> str:
    if deployed is None:
        return "nobody is told that a merged fix is not deployed"
    where = _names(deployed.environments)
    return f"an issue gets a note where its merged fix is not in {where} {span(deployed.within)} later"


def _limits(limits: LimitPolicy) -> str:
    said = [f"{span(limits.budget)} for one assessment"] if limits.budget is not None else []
    said += [f"{count(limits.concurrency, 'heavy question')} at the same time"] if limits.concurrency else []
    return f"{listing(said)}, within the operator's" if said else "the operator's"


def _impact(impact: ImpactPolicy | None) -> str:
    stated = () if impact is None else (impact.segment, impact.goal, impact.revenue, impact.value)
    said = "; ".join(prose(text, 200) for text in stated if text)
    return f"stated: {said}" if said else "nothing is stated"
