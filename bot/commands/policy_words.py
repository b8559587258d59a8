"""A policy in words, and what changes from one to another, as Markdown. Pure.

What stands in a policy was written by whoever opened the pull request: all of it is escaped.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from bot.assessment.evidence import Criterion
from bot.assessment.markdown import code, prose, row
from bot.assessment.policy import ImpactPolicy, Policy
from bot.assessment.policy_sentences import IN_ONE, sentences
from bot.assessment.wording import listing, span
from bot.config.criteria import FaultyCriterion
from bot.config.load import Loaded
from bot.config.profiles import Profile, When
from bot.probes.contract import Question

MOST_ROWS = 50
_NOTHING_STATED = ImpactPolicy()
_Value = StrEnum | bool | int | str | timedelta | None | tuple[str, ...] | tuple[timedelta, ...]
SETTINGS: Mapping[str, Callable[[Policy], _Value]] = {
    "mode": lambda policy: policy.mode,
    "claims": lambda policy: policy.claims,
    "close.minimum_confidence": lambda policy: policy.minimum_confidence,
    "close.max_age": lambda policy: policy.max_age,
    "close.after": lambda policy: policy.grace,
    "permissions.close": lambda policy: policy.permissions.close,
    "permissions.look": lambda policy: policy.permissions.look,
    "permissions.explain": lambda policy: policy.permissions.explain,
    "permissions.confirm": lambda policy: policy.permissions.confirm,
    "permissions.waive": lambda policy: policy.permissions.waive,
    "on_merge": lambda policy: policy.on_merge,
    "preview": lambda policy: policy.preview,
    "labels.resolved": lambda policy: policy.labels.resolved,
    "labels.remove": lambda policy: policy.labels.remove,
    "labels.pending": lambda policy: policy.labels.pending,
    "labels.hold": lambda policy: policy.labels.hold,
    "labels.regression": lambda policy: policy.labels.regression,
    "labels.wrong": lambda policy: policy.labels.wrong,
    "trusted_bots": lambda policy: policy.trusted_bots,
    "guard.people": lambda policy: policy.guard.people,
    "guard.bots": lambda policy: policy.guard.bots,
    "guard.holding": lambda policy: policy.guard.holding,
    "follow_ups.mode": lambda policy: policy.follow_ups.mode,
    "follow_ups.link": lambda policy: policy.follow_ups.link,
    "follow_ups.labels": lambda policy: policy.follow_ups.labels,
    "follow_ups.assignees": lambda policy: policy.follow_ups.assignees,
    "record.mode": lambda policy: policy.record.mode,
    "record.format": lambda policy: policy.record.format,
    "record.learning": lambda policy: policy.record.learning,
    "record.summary": lambda policy: policy.record.summary,
    "record.branch": lambda policy: policy.record.branch,
    "watch": lambda policy: policy.watch,
    "cross_reference": lambda policy: policy.cross_reference,
    "deployed.environment": lambda policy: policy.deployed.environments if policy.deployed else (),
    "deployed.within": lambda policy: policy.deployed.within if policy.deployed else None,
    "limits.seconds": lambda policy: policy.limits.budget,
    "limits.probes": lambda policy: policy.limits.concurrency,
    "business_impact.segment": lambda policy: (policy.impact or _NOTHING_STATED).segment,
    "business_impact.goal": lambda policy: (policy.impact or _NOTHING_STATED).goal,
    "business_impact.revenue": lambda policy: (policy.impact or _NOTHING_STATED).revenue,
    "business_impact.value": lambda policy: (policy.impact or _NOTHING_STATED).value,
}
"""Every setting under its name in the file. A test sees to it that none is missing."""
_ALWAYS = frozenset({"mode", "claims", "close.minimum_confidence", "close.max_age", "permissions.close", "on_merge"})
_HANDS_ON = "`inherit.acting`"
_USUAL = Policy(source="", digest="")


def asked(loaded: Loaded) -> str:
    """What the policy asks, and when it closes on whose word."""
    rules = [*_rules(loaded.policy)]
    if loaded.hands_on_acting:
        rules.append(f"- {_HANDS_ON} · every repository of the owner inherits what acts by itself here")
    parts = ["\n".join(rules), _table("Criteria", loaded.questions, loaded.faulty)]
    parts += [_table(_titled(profile), profile.questions, profile.faulty) for profile in loaded.profiles]
    return "\n\n".join(parts)


def changed(old: Loaded, new: Loaded) -> str:
    """What is decided otherwise by the new one; one line each."""
    lines = [*_changed_settings(old.policy, new.policy)]
    if old.hands_on_acting != new.hands_on_acting:
        lines.append(f"{_HANDS_ON}: {_shown(old.hands_on_acting)} → {_shown(new.hands_on_acting)}")
    lines += [*_changed_questions(old.questions, new.questions), *_changed_faulty(old.faulty, new.faulty)]
    before, after = ({profile.name: profile for profile in loaded.profiles} for loaded in (old, new))
    for name in dict.fromkeys((*before, *after)):
        lines += _changed_profile(name, before.get(name), after.get(name))
    if list(before) != list(after) and sorted(before) == sorted(after):
        lines.append("the order of the profiles")
    return "\n".join(f"- {line}" for line in lines) or "Nothing that decides changes."


def _rules(policy: Policy) -> Iterator[str]:
    """What is always of interest, and what is not as usual: in sentences, and by its value what those do not tell."""
    told, usual = dict(sentences(policy)), dict(sentences(_USUAL))
    for key, words in told.items():
        if key in _ALWAYS or words != usual[key]:
            yield f"- `{key}` · {words}"
    for name, value in SETTINGS.items():
        if name not in told and name not in IN_ONE and (name in _ALWAYS or value(policy) != value(_USUAL)):
            shown = _shown(value(policy))
            yield f"- `{name}` · {f'takes **{shown}** or more' if name.startswith('permissions.') else shown}"


def _shown(value: _Value) -> str:
    match value:
        case None | ():
            return "none"
        case bool():
            return str(value).lower()
        case StrEnum() | int():
            return str(value)
        case timedelta():
            return span(value)
        case str():
            return code(value, 200)
        case _:
            return listing([_shown(one) for one in value])


def _titled(profile: Profile) -> str:
    name = f"Profile {code(profile.name, 80)}"
    return f"{name}, by name alone" if profile.when is None else f"{name}, for {prose(for_whom(profile.when), 600)}"


def for_whom(when: When) -> str:
    """The issues of a profile, in plain words."""
    parts = (("the label", when.labels), ("the type", when.types), ("a title like", when.titles))
    said = [f"{what} {listing([f'`{one}`' for one in some], last='or')}" for what, some in parts if some]
    return f"issues with {listing(said)}"


def _table(title: str, questions: Sequence[Question], faulty: Sequence[FaultyCriterion]) -> str:
    rows = [row(_cells(one.criterion, code(one.criterion.kind))) for one in questions]
    rows += [row(_cells(one.criterion, "cannot be asked as written")) for one in faulty]
    if not rows:
        return f"**{title}**: none."
    head = [f"**{title}** ({len(rows)})", "", "| criterion | asks | scope | |", "|-|-|-|-|"]
    more = ["", f"and {len(rows) - MOST_ROWS} more"] if len(rows) > MOST_ROWS else []
    return "\n".join((*head, *rows[:MOST_ROWS], *more))


def _cells(one: Criterion, asks: str) -> tuple[str, ...]:
    return _named(one), asks, str(one.scope), "required" if one.required else "not required"


def _named(one: Criterion) -> str:
    return f"{code(one.id, 80)} {prose(one.title, 200)}"


def _changed_settings(old: Policy, new: Policy) -> Iterator[str]:
    for name, value in SETTINGS.items():
        if value(old) != value(new):
            yield f"`{name}`: {_shown(value(old))} → {_shown(value(new))}"


def _changed_questions(old: Sequence[Question], new: Sequence[Question]) -> Iterator[str]:
    before, after = ({question.criterion.id: question for question in questions} for questions in (old, new))
    for identity, question in after.items():
        if identity not in before:
            yield f"criterion added: {_named(question.criterion)}"
        elif how := _difference(before[identity], question):
            yield f"criterion changed: {_named(question.criterion)} ({how})"
    for identity, question in before.items():
        if identity not in after:
            yield f"criterion removed: {_named(question.criterion)}"


def _changed_faulty(old: Sequence[FaultyCriterion], new: Sequence[FaultyCriterion]) -> Iterator[str]:
    """Criteria that cannot be asked decide as well: they keep an issue open where they are required."""
    before = {one.criterion.id: one for one in old}
    for one in new:
        if before.get(one.criterion.id) != one:
            yield f"criterion that cannot be asked: {_named(one.criterion)}"
    kept = {one.criterion.id for one in new}
    for one in old:
        if one.criterion.id not in kept:
            yield f"no longer among those that cannot be asked: {_named(one.criterion)}"


def _difference(old: Question, new: Question) -> str:
    was, now = old.criterion, new.criterion
    parts = [
        ("title", was.title != now.title),
        ("category", was.category != now.category),
        (f"scope {was.scope} → {now.scope}", was.scope != now.scope),
        ("now required" if now.required else "no longer required", was.required != now.required),
        (f"weight {was.weight:g} → {now.weight:g}", was.weight != now.weight),
        ("what it asks", (was.kind, old.params) != (now.kind, new.params)),
        ("when it is asked", old.ask_before != new.ask_before),
    ]
    return listing([words for words, differs in parts if differs])


def _changed_profile(name: str, old: Profile | None, new: Profile | None) -> Iterator[str]:
    shown = f"profile {code(name, 80)}"
    if old is None or new is None:
        yield f"{shown} {'added' if old is None else 'removed'}"
        return
    if old.when != new.when:
        yield f"{shown}: which issues it is for"
    for told in _changed_faulty(old.faulty, new.faulty):
        yield f"{shown}: {told}"
    for told in _changed_questions(old.questions, new.questions):
        yield f"{shown}: {told}"
