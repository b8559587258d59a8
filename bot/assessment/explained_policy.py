"""The policy that holds, in words: part by part, where each comes from, and who may give which command. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.assessment.document import BUILT_IN
from bot.assessment.explanation import Flaw, Spot, by_itself
from bot.assessment.markdown import code, link, prose, row
from bot.assessment.policy import (
    ClaimsMode,
    FollowUpMode,
    GuardMode,
    ImpactPolicy,
    LabelPolicy,
    Mode,
    Policy,
    RecordMode,
)
from bot.assessment.wording import brief, count, listing, span

_ROWS = 10
_MODES = {
    Mode.ACT: "automatic triggers may close as well",
    Mode.ADVISE: "automatic triggers only advise; a person's command closes",
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
_LABELS: tuple[tuple[str, str], ...] = (
    ("resolved", "put on with a closing"),
    ("remove", "taken off with a closing"),
    ("pending", "on while an answer waits"),
    ("hold", "keeps an issue open"),
    ("regression", "put on what came back"),
    ("wrong", "put on by people to contradict"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaSet:
    """A set of criteria: how many it has, for how many of them something is wrong, and for which issues it is."""

    name: str
    criteria: int
    faulty: int = 0
    for_whom: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """A command, and who may give it, in words. `asked_by` is the policy's key that asks a stronger role."""

    command: str
    who: str
    asked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A policy with all that is to be said of it.

    `origins` says of a key (`mode`, `close.max_age`) where it was given; what is not there is built in. `notes` are
    what is sound and may not be meant, or is not done yet. `left_out` are keys of the organisation's file that act, and
    that it does not hand on.
    """

    policy: Policy
    source: Spot
    asked: CriteriaSet
    profiles: tuple[CriteriaSet, ...] = ()
    permitted: tuple[Permitted, ...] = ()
    origins: Mapping[str, Spot]
    notes: tuple[Flaw, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One rule: its key, what it comes to in rendered Markdown, and where it was given."""

    key: str
    text: str
    origin: Spot | None


def policy(told: Explained, *, limit: int) -> str:
    """The whole policy; at most `limit` characters."""
    given = tuple(part for part in _parts(told) if part.origin is not None)
    built_in = tuple(part for part in _parts(told) if part.origin is None)
    for most in (200, 40, _ROWS, 0):
        parts = (_head(told), _given(given[:most], len(given)), _built_in(built_in, given), _may(told), _notes(told))
        text = "\n\n".join(part for part in parts if part)
        if len(text) <= limit:
            return text
    return f"{_head(told)}\n\nIt is too long to be told here in words."


def origin_of(origins: Mapping[str, Spot], key: str) -> Spot | None:
    """Where a key was given: itself, or the section that it stands in where its own place is not known."""
    section = key.partition(".")[0]
    if key in origins or any(known.startswith(f"{section}.") for known in origins):
        return origins.get(key)
    return origins.get(section)


def _head(told: Explained) -> str:
    if told.policy.source == BUILT_IN:
        return (
            f"### 📖 The policy here: the built-in one ({code(brief(told.policy.digest), 40)})\n\n"
            "There is no `.github/resolution.yml` on the default branch; what one leaves out is as follows."
        )
    return (
        f"### 📖 The policy here ({code(brief(told.policy.digest), 40)})\n\n"
        f"From {link(told.source.text, told.source.url)}; what is not given there is built in."
    )


def _given(parts: Sequence[_Part], total: int) -> str:
    if not total:
        return ""
    more = f"\n\nand {total - len(parts)} more" if total > len(parts) else ""
    return f"{_table(parts)}{more}"


def _built_in(parts: Sequence[_Part], given: Sequence[_Part]) -> str:
    """What nobody has given: folded, unless there is nothing else."""
    table = _table(parts)
    if not given:
        return table
    return f"<details><summary>{count(len(parts), 'part')} as built in</summary>\n\n{table}\n\n</details>"


def _table(parts: Sequence[_Part]) -> str:
    rows = (row((code(part.key, 100), part.text, _from(part.origin))) for part in parts)
    return "\n".join((row(("Part", "What holds", "From")), "|-|-|-|", *rows))


def _from(origin: Spot | None) -> str:
    return "built in" if origin is None else link(origin.text, origin.url)


def _parts(told: Explained) -> Iterator[_Part]:
    for key, text in _said(told):
        yield _Part(key=key, text=text, origin=origin_of(told.origins, key))


def _said(told: Explained) -> Iterator[tuple[str, str]]:
    rules = told.policy
    yield "mode", f"`{rules.mode}`: {_MODES[rules.mode]}"
    yield "claims", f"`{rules.claims}`: {_CLAIMS[rules.claims]}"
    yield "criteria", _criteria(told.asked)
    for profile in told.profiles:
        for_whom = "asked for by name alone" if profile.for_whom is None else f"for {prose(profile.for_whom, 300)}"
        yield f"profiles.{profile.name}", f"{_criteria(profile)}; {for_whom}"
    yield "close.minimum_confidence", f"closing needs a confidence of at least **{rules.minimum_confidence}**"
    yield "close.max_age", f"evidence older than {span(rules.max_age)} is weak"
    yield "close.after", "closed at once" if rules.grace is None else f"announced {span(rules.grace)} before"
    yield from _labels(rules.labels)
    yield "on_merge", by_itself(rules).rstrip(".")
    yield "preview", f"pushes to a pull request are {'told' if rules.preview else 'not told'} what would be missing"
    yield "trusted_bots", _names(rules.trusted_bots) or "none: bots give no commands"
    yield "guard", f"closings by people: {_GUARDS[rules.guard.people]}; by bots: {_GUARDS[rules.guard.bots]}"
    yield "follow_ups", _FOLLOW_UPS[rules.follow_ups.mode]
    yield "record", _RECORDS[rules.record.mode]
    yield "watch", _watch(rules)
    yield "cross_reference", "related issues get a note" if rules.cross_reference else "related issues get no note"
    yield "limits", _limits(rules)
    yield "business_impact", _impact(rules.impact)


def _criteria(asked: CriteriaSet) -> str:
    faulty = f", {asked.faulty} of which cannot be asked as written" if asked.faulty else ""
    return f"{count(asked.criteria, 'criterion', 'criteria')}{faulty}"


def _labels(labels: LabelPolicy) -> Iterator[tuple[str, str]]:
    for role, words in _LABELS:
        value: tuple[str, ...] | str | None = getattr(labels, role)
        names = (value,) if isinstance(value, str) else value or ()
        yield f"labels.{role}", f"{_names(names)}: {words}" if names else f"none is {words}"


def _names(names: Sequence[str]) -> str:
    return listing([code(name, 60) for name in names])


def _watch(rules: Policy) -> str:
    if not rules.watch:
        return "closed issues are not looked at again"
    return f"closed issues are looked at again after {listing([span(pause) for pause in rules.watch])}"


def _limits(rules: Policy) -> str:
    budget, concurrency = rules.limits.budget, rules.limits.concurrency
    said = [f"{span(budget)} for one assessment"] if budget is not None else []
    said += [f"{count(concurrency, 'heavy question')} at the same time"] if concurrency is not None else []
    return f"{listing(said)}, within the operator's" if said else "the operator's"


def _impact(impact: ImpactPolicy | None) -> str:
    if impact is None:
        return "nothing is stated"
    stated = (impact.segment, impact.goal, impact.revenue, impact.value)
    return f"stated: {'; '.join(prose(text, 200) for text in stated if text)}"


def _may(told: Explained) -> str:
    if not told.permitted:
        return ""
    rows = (row((code(one.command, 120), _who(one, told))) for one in told.permitted)
    return "\n".join((row(("Command", "Who may give it")), "|-|-|", *rows))


def _who(one: Permitted, told: Explained) -> str:
    if one.asked_by is None:
        return prose(one.who, 200)
    key = f"permissions.{one.asked_by}"
    origin = origin_of(told.origins, key)
    where = f": {link(origin.text, origin.url)}" if origin is not None else ""
    return f"{prose(one.who, 200)} ({code(key)}{where})"


def _notes(told: Explained) -> str:
    lines = [f"- {link(note.spot.text, note.spot.url)} {prose(note.text, 300)}" for note in told.notes[:20]]
    if told.left_out:
        keys = listing([code(key, 60) for key in told.left_out])
        lines.append(f"- The organisation's file also gives {keys}, and does not hand that on (`inherit`).")
    if not lines:
        return ""
    return "\n".join(("**To note**", "", *lines))
