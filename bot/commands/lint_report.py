"""What the check run `resolution policy` says of a pull request that changes the policy. Pure.

Rules:
1. Every fault at once, each on its line; a policy with one decides nothing, so it is a failure.
2. What is dangerous and valid is told on its line and does not fail: it is the maintainers' to decide.
3. The policy of a pull request is told in words, and never obeyed.
"""

import msgspec

from bot.assessment.evidence import Sha
from bot.assessment.markdown import code, line, prose
from bot.assessment.refusals import Fault
from bot.assessment.wording import count
from bot.commands.policy_words import asked, changed
from bot.config.lint import Linted, lint
from bot.config.load import Broken, Loaded, built_in, load
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
_FROM_NOW = "the organisation's policy, or else the built-in one,"


class PolicyText(msgspec.Struct, frozen=True, kw_only=True):
    """A policy file as it was read; `text` is None where it is not text, or too large."""

    text: str | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a pull request makes of the policy: the file at its head, and on the default branch; None: there is none.

    `organisation`: it is the policy that the owner's other repositories inherit.
    """

    path: str
    head: PolicyText | None
    now: PolicyText | None
    base: str
    default_branch: str
    organisation: bool = False


def report_of(change: Change, head: Sha, external_id: str) -> CheckReport:
    """The check run for a change of the policy."""
    if change.head is None:
        end, title, summary, found = ReportEnd.NEUTRAL, "The policy is removed", _removed(change), Linted(faults=())
    else:
        found = lint(change.head.text, path=change.path, organisation=change.organisation)
        end, title, summary = _judged(found, change)
    return CheckReport(
        name=NAME,
        head_sha=head,
        conclusion=end,
        title=title,
        summary=summary,
        external_id=external_id,
        annotations=_annotations(found),
    )


def _judged(found: Linted, change: Change) -> tuple[ReportEnd, str, str]:
    faults = count(len(found.faults), "fault")
    if found.loaded is None:
        return ReportEnd.FAILURE, faults, f"{_DECIDES_NOTHING}\n\n{_list(found.faults)}"
    asks = [_where(change), "### What it asks", asked(found.loaded), *_against(change, found.loaded)]
    words = "\n\n".join(part for part in asks if part)
    if found.faults:
        return ReportEnd.FAILURE, faults, f"{_IS_NAMED}\n\n{_list(found.faults)}\n\n{words}"
    if found.warnings:
        title = f"Valid, with {count(len(found.warnings), 'warning')}"
        return ReportEnd.NEUTRAL, title, f"Valid, but look twice:\n\n{_list(found.warnings)}\n\n{words}"
    criteria = count(len(found.loaded.questions), "criterion", "criteria")
    return ReportEnd.SUCCESS, f"{criteria}, mode {found.loaded.policy.mode}", words


def _against(change: Change, new: Loaded) -> tuple[str, ...]:
    branch = code(change.default_branch, 120)
    if change.now is None:
        return f"### What changes against the built-in policy ({branch} has none)", changed(built_in(), new)
    old = load(change.now.text, path=change.path, source=change.path, organisation=change.organisation)
    if isinstance(old, Broken):
        return (f"The policy on {branch} has {count(len(old.faults), 'fault')}: it cannot be compared.",)
    return f"### What changes against {branch}", changed(old, new)


def _where(change: Change) -> str:
    if change.base == change.default_branch:
        return ""
    read, base = code(change.default_branch, 120), code(change.base, 120)
    return f"The policy is read on {read} alone; this pull request goes to {base}."


def _removed(change: Change) -> str:
    text = f"This pull request removes {code(change.path)}: once it is merged, {_FROM_NOW} applies."
    return "\n\n".join(part for part in (text, _where(change)) if part)


def _list(faults: tuple[Fault, ...]) -> str:
    lines = [f"- line {fault.line}: {prose(fault.text.rstrip('.'), 300)}.{_meant(fault)}" for fault in faults[:LISTED]]
    if len(faults) > LISTED:
        lines.append(f"- and {len(faults) - LISTED} more")
    return "\n".join(lines)


def _meant(fault: Fault) -> str:
    return f" Did you mean {code(fault.suggestion, 80)}?" if fault.suggestion else ""


def _annotations(found: Linted) -> tuple[Annotation, ...]:
    levels = [(Level.FAILURE, found.faults), (Level.WARNING, found.warnings)]
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
