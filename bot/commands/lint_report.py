"""What the check run `resolution policy` says of a pull request that changes the policy. Pure.

Rules:
1. Every fault at once, each on its line; a policy with one decides nothing, so it is a failure.
2. What is dangerous and valid is told on its line and does not fail: it is the maintainers' to decide.
3. The policy of a pull request is told in words, and never obeyed.
4. What would hold is told, so the file is looked at over the organisation's. What is wrong with that one is told
   beside, on no line of this pull request and as no failure of it; where it could not be read, nothing is promised.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec

from bot.assessment.evidence import Sha
from bot.assessment.markdown import code, line, prose
from bot.assessment.refusals import Fault
from bot.assessment.wording import count, listing
from bot.commands.policy_words import asked, changed
from bot.config.inherit import File, load_over
from bot.config.lint import lint, linted
from bot.config.load import Broken, Loaded, load
from bot.github.reports import Annotation, CheckReport, Level, ReportEnd

NAME = "resolution policy"
MOST_ANNOTATIONS = 500
LISTED = 20
_DECIDES_NOTHING = (
    "A policy with a fault decides nothing: once this is merged, every assessment is answered with what is wrong here,"
    " and no issue is closed."
)
_IS_NAMED = (
    "A criterion with a fault cannot be asked: once this is merged it is named in every answer, and keeps the issue"
    " open where it is required."
)
_ABOVE_DECIDES = (
    "As long as that is so, every assessment here is answered with what is wrong there, and no issue is closed,"
    " whatever this pull request says."
)
_ABOVE_IS_NAMED = "A criterion with a fault is named in every answer, and keeps the issue open where it is required."
_UNREAD = "The organisation's policy could not be read"


class PolicyText(msgspec.Struct, frozen=True, kw_only=True):
    """A policy file as it was read; `text` is None where it is not text, or too large."""

    text: str | None


class Above(msgspec.Struct, frozen=True, kw_only=True):
    """The organisation's policy, with its path as people know it; `unread` is why it could not be read."""

    path: str
    text: str | None = None
    unread: str | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a pull request makes of the policy: the file at its head, and on the default branch; None: there is none.

    `organisation`: it is the policy that the owner's other repositories inherit. `above` is the one that this one goes
    over.
    """

    path: str
    head: PolicyText | None
    now: PolicyText | None
    base: str
    default_branch: str
    organisation: bool = False
    above: Above | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """How a check run ends, and in which words."""

    end: ReportEnd
    title: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The policy that a file makes over the organisation's, and what there is to say of either.

    `sound`: the file is usable by itself, but for single criteria.
    """

    rules: Loaded | Broken
    sound: bool = True
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    faults_above: tuple[Fault, ...] = ()
    warnings_above: tuple[Fault, ...] = ()


def report_of(change: Change, head: Sha, external_id: str) -> CheckReport:
    """The check run for a change of the policy."""
    seen = _seen(change)
    said = _removed(change, seen) if change.head is None else _judged(change, seen)
    return CheckReport(
        name=NAME,
        head_sha=head,
        conclusion=said.end,
        title=said.title,
        summary="\n\n".join(part for part in (*said.parts, *_of_above(change, seen)) if part),
        external_id=external_id,
        annotations=_annotations(seen),
    )


def _seen(change: Change) -> _Seen:
    rules = _rules(change, change.head)
    found = linted(rules, path=change.path)
    seen = _Seen(
        rules=rules,
        warnings=tuple(one for one in found.warnings if one.path == change.path),
        faults_above=tuple(one for one in found.faults if one.path != change.path),
        warnings_above=tuple(one for one in found.warnings if one.path != change.path),
    )
    if change.head is None:
        return replace(seen, warnings=())
    # By itself: a broken file above hides what is wrong with single criteria.
    own = lint(change.head.text, path=change.path, organisation=change.organisation)
    return replace(seen, sound=own.loaded is not None, faults=own.faults)


def _rules(change: Change, told: PolicyText | None) -> Loaded | Broken:
    """What would hold with such a file."""
    above = change.above
    if above is not None and above.unread is not None:
        return Broken(faults=(), unread=above.unread)
    if change.organisation and told is not None:
        return load(told.text, path=change.path, source=change.path, organisation=True)
    own = None if told is None else File(text=told.text, path=change.path, source=change.path)
    return load_over(own, None if above is None else File(text=above.text, path=above.path, source=above.path))


def _judged(change: Change, seen: _Seen) -> _Said:
    asks = _asks(change, seen.rules)
    if seen.faults:
        why = _IS_NAMED if seen.sound else _DECIDES_NOTHING
        title = count(len(seen.faults), "fault")
        return _Said(end=ReportEnd.FAILURE, title=title, parts=(why, _list(seen.faults), *asks))
    if isinstance(seen.rules, Broken):
        title = _UNREAD if seen.rules.unread is not None else _broken_above(seen)
        return _Said(end=ReportEnd.NEUTRAL, title=title, parts=("This file by itself is sound.", _where(change)))
    if seen.warnings:
        title = f"Valid, with {count(len(seen.warnings), 'warning')}"
        return _Said(end=ReportEnd.NEUTRAL, title=title, parts=("Valid, but look twice:", _list(seen.warnings), *asks))
    criteria = count(len(seen.rules.questions), "criterion", "criteria")
    return _Said(end=ReportEnd.SUCCESS, title=f"{criteria}, mode {seen.rules.policy.mode}", parts=asks)


def _removed(change: Change, seen: _Seen) -> _Said:
    text = f"This pull request removes {code(change.path)}: once it is merged, {_then(change)}."
    asks = _asks(change, seen.rules) or (_where(change),)
    return _Said(end=ReportEnd.NEUTRAL, title="The policy is removed", parts=(text, *asks))


def _then(change: Change) -> str:
    """What applies without the file."""
    if change.organisation:
        return "the built-in policy applies here, and the owner's other repositories inherit nothing any more"
    if change.above is None:
        return "the built-in policy applies"
    if change.above.unread is not None:
        return "the organisation's policy applies, or else the built-in one"
    return f"the organisation's policy {code(change.above.path, 200)} applies"


def _asks(change: Change, rules: Loaded | Broken) -> tuple[str, ...]:
    """What would hold, and what that changes; nothing where it cannot be told."""
    if isinstance(rules, Broken):
        return ()
    return _where(change), "### What it asks", asked(rules), *_against(change, rules)


def _against(change: Change, new: Loaded) -> tuple[str, ...]:
    branch, old = code(change.default_branch, 120), _rules(change, change.now)
    if isinstance(old, Broken):
        return (f"The policy on {branch} has {count(len(old.faults), 'fault')}: it cannot be compared.",)
    what = branch
    if change.now is None:
        whose = "the built-in policy" if change.above is None else "the organisation's policy"
        what = f"{whose} ({branch} has none)"
    return f"### What changes against {what}", changed(old, new)


def _where(change: Change) -> str:
    if change.base == change.default_branch:
        return ""
    read, base = code(change.default_branch, 120), code(change.base, 120)
    return f"The policy is read on {read} alone; this pull request goes to {base}."


def _of_above(change: Change, seen: _Seen) -> Iterator[str]:
    """What there is to say of the organisation's policy."""
    above, rules = change.above, seen.rules
    if above is None:
        return
    if above.unread is not None:
        yield f"### {_UNREAD}"
        yield (
            f"GitHub did not show it to me ({prose(above.unread, 200)}), so nobody can tell here what would hold. The"
            " next push has it looked at anew."
        )
        return
    path = code(above.path, 200)
    if isinstance(rules, Loaded) and change.head is not None:
        yield f"What the file leaves out is as {path} says.{_left_out(rules)}"
    if seen.faults_above:
        yield f"### {_broken_above(seen)}"
        yield f"{_ABOVE_DECIDES if isinstance(rules, Broken) else _ABOVE_IS_NAMED} In {path}:"
        yield _list(seen.faults_above)
    if seen.warnings_above:
        yield f"### To note of the organisation's policy\n\nIn {path}:"
        yield _list(seen.warnings_above)


def _broken_above(seen: _Seen) -> str:
    return f"The organisation's policy has {count(len(seen.faults_above), 'fault')}"


def _left_out(rules: Loaded) -> str:
    if not rules.left_out:
        return ""
    keys = listing([code(key, 60) for key in rules.left_out])
    return f" It also gives {keys}, and does not hand that on (`inherit`)."


def _list(faults: tuple[Fault, ...]) -> str:
    lines = [f"- line {fault.line}: {prose(fault.text.rstrip('.'), 300)}.{_meant(fault)}" for fault in faults[:LISTED]]
    if len(faults) > LISTED:
        lines.append(f"- and {len(faults) - LISTED} more")
    return "\n".join(lines)


def _meant(fault: Fault) -> str:
    return f" Did you mean {code(fault.suggestion, 80)}?" if fault.suggestion else ""


def _annotations(seen: _Seen) -> tuple[Annotation, ...]:
    levels = [(Level.FAILURE, seen.faults), (Level.WARNING, seen.warnings)]
    every = [_annotation(fault, level) for level, faults in levels for fault in faults]
    return tuple(every[:MOST_ANNOTATIONS])


def _annotation(fault: Fault, level: Level) -> Annotation:
    """GitHub shows the message as plain text."""
    meant = f". Did you mean {line(fault.suggestion, 80)}?" if fault.suggestion else ""
    return Annotation(
        path=fault.path,
        line=fault.line,
        column=fault.column,
        message=f"{line(fault.text.rstrip('.'), 300)}{meant}",
        level=level,
        title=NAME,
    )
