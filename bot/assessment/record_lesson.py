"""What is learned from an assessment: insights, the pattern as steps, when it fits again, and what was no proof.

Derived by rules from the assessment alone, nothing is made up: the same document always teaches the same. All texts are
plain text; whoever renders them escapes and bounds them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.assessment.amounts import amounts
from bot.assessment.document import ActionKind, Assessment, Ending, Metrics, Similar, Ticket
from bot.assessment.evidence import NO_CATEGORY, CriterionId, Finding, Outcome
from bot.assessment.lead_times import lead_times
from bot.assessment.report_ending import seen_failing
from bot.assessment.report_page import Fate, Page, is_claim, noun
from bot.assessment.report_waivers import counting
from bot.assessment.verdict import VerdictKind
from bot.assessment.wording import count, dated, listing, short, span

VERSION: Final = 1
"""The schema of learning documents; within a version, things are only ever added."""
_SHOWN = 6
EVIDENCE: Final = (
    "The bot's answer on the issue links to everything that was measured, as long as it is kept under this id."
)
"""How to get at the evidence: a link to it is signed, and ends."""

VERDICTS: dict[VerdictKind, str] = {
    VerdictKind.RESOLVED: "resolved",
    VerdictKind.RESOLVED_WITH_FOLLOW_UPS: "resolved, with follow-ups",
    VerdictKind.PARTIAL: "partly resolved",
    VerdictKind.PENDING: "not decided yet",
    VerdictKind.INCONCLUSIVE: "inconclusive",
    VerdictKind.MISCONFIGURED: "misconfigured",
    VerdictKind.NOT_RESOLVED: "not resolved",
}
_FATES: dict[Fate, str] = {
    Fate.CLOSED: "closed as completed",
    Fate.CLOSING: "being closed as completed",
    Fate.ANNOUNCED: "not closed yet: the closing was announced",
    Fate.REFUSED: "not closed",
    Fate.WOULD_CLOSE: "not closed: it was a dry run",
    Fate.WOULD_ANNOUNCE: "not closed: it was a dry run",
    Fate.ALREADY_CLOSED: "closed already",
    Fate.LEFT_OPEN: "left open",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the pattern: what to do next time, and what it was this time."""

    do: str
    here: str


class Trap(StrEnum):
    """What was no proof, or no way to one."""

    CLAIM = "claim"  # said, and does not hold
    UNCHECKED = "unchecked"  # said, and nobody could check it
    WAIVER = "waiver"  # closed over an exception
    VACUOUS = "vacuous"  # holds, and would hold without the fix


@dataclass(frozen=True, slots=True, kw_only=True)
class AntiPattern:
    """Something not to do, or not to trust, again; `criterion` is where it was seen."""

    trap: Trap
    criterion: CriterionId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """What the fault looked like: what did not hold before the fix, and does now; `criterion` is where it was seen."""

    criterion: CriterionId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The issues that the pattern fits: by their labels, what the fix touches, what can be asked, how it looked."""

    labels: tuple[str, ...]
    folders: tuple[tuple[str, int], ...]
    kinds: tuple[str, ...]
    categories: tuple[str, ...]
    similar: tuple[Similar, ...]
    symptoms: tuple[Symptom, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Something left to others: a finding with its ticket, if it has one."""

    finding: Finding
    ticket: Ticket | None


def fate(page: Page) -> str:
    """What became of the issue, in words."""
    close = page.assessment.close
    told = f": {close.text}" if page.fate is Fate.REFUSED and close is not None else ""
    return f"{_FATES[page.fate]}{told}"


def summary(page: Page) -> tuple[str, ...]:
    """What was measured, and how it ended, in whole sentences."""
    assessment = page.assessment
    said = [f"Issue {assessment.issue} of {assessment.repository} was {_ended(page)}"]
    deciding = page.deciding
    if deciding:
        before = sum(finding.evidence.seen_failing for finding in deciding)
        said.append(f"{_holding(deciding)}{_at(assessment)}")
        failing = seen_failing(before, len(deciding))
        said.append(f"{failing[0].upper()}{failing[1:]}")
    else:
        said.append("Nothing that decides was measured")
    metrics = assessment.metrics
    if metrics is not None and metrics.environment:
        since = "" if metrics.deployed_at is None else f" since {dated(metrics.deployed_at)}"
        said.append(f"The fix runs in {metrics.environment}{since}")
    left = len(assessment.verdict.follow_ups)
    if left:
        said.append(f"{count(left, 'operational item')} did not hold and did not block; see what is out of scope")
    said += [f"Still open: {sentence}" for sentence in assessment.verdict.remains]
    return tuple(f"{sentence.rstrip('.')}." for sentence in said)


def insights(page: Page) -> tuple[Finding, ...]:
    """What was asked and applies: first what shows the fix, then what holds, then what does not."""
    asked = (f for f in page.assessment.findings if f.evidence.outcome is not Outcome.SKIPPED)
    return tuple(sorted(asked, key=_telling, reverse=True))


def steps(page: Page) -> tuple[Step, ...]:
    """How it was resolved, so that it can be done again; nothing where it was not."""
    if not page.assessment.verdict.closes:
        return ()
    return (*_before(page), *_merge(page), *_criteria(page), *_claims(page), *_deploy(page), *_end(page))


def fit(page: Page) -> Fit:
    """When to use the pattern again. What it asks is what was seen failing before, else what holds and decides."""
    held = tuple(f for f in page.deciding if f.evidence.outcome is Outcome.PASS and f.evidence.decisive)
    telling = tuple(f for f in held if f.evidence.seen_failing) or held
    categories = dict.fromkeys(f.criterion.category for f in telling if f.criterion.category != NO_CATEGORY)
    return Fit(
        labels=page.assessment.labels,
        folders=_folders(page.assessment.paths),
        kinds=tuple(dict.fromkeys(f.criterion.kind for f in telling)),
        categories=tuple(categories),
        similar=page.assessment.similar,
        symptoms=_symptoms(page),
    )


def anti_patterns(page: Page) -> tuple[AntiPattern, ...]:
    """What was said and does not hold, what was excused, and what proves nothing."""
    findings = page.assessment.findings
    found = [AntiPattern(trap=trap, criterion=f.criterion.id, text=text) for f in findings for trap, text in _traps(f)]
    for finding in findings:
        waived = counting(finding, page)
        if waived is not None:
            given = waived.waiver
            text = (
                f"{_named(finding)} was waived by {given.by} until {dated(given.until)}, though it was measured as"
                f" {waived.measured}: {given.reason}"
            )
            found.append(AntiPattern(trap=Trap.WAIVER, criterion=finding.criterion.id, text=text))
    return tuple(sorted(found, key=lambda one: tuple(Trap).index(one.trap)))


def shows_fix(finding: Finding) -> bool:
    """Does it hold, and did not before the fix?"""
    return finding.evidence.outcome is Outcome.PASS and finding.evidence.seen_failing


def decided(finding: Finding) -> bool:
    """Is it an answer that would have been another one without the fix? What was not measured is no answer."""
    return finding.evidence.decisive and finding.evidence.outcome in {Outcome.PASS, Outcome.FAIL}


def handed_over(page: Page) -> tuple[Handover, ...]:
    """Operational criteria that do not hold, or have a ticket which was closed since; with their tickets."""
    tickets = {ticket.criterion: ticket for ticket in page.assessment.tickets}
    owed = frozenset(page.assessment.verdict.follow_ups) | frozenset(tickets)
    left = tuple(f for f in page.operational if f.criterion.id in owed)
    return tuple(Handover(finding=f, ticket=tickets.get(f.criterion.id)) for f in left)


def figures(metrics: Metrics) -> Iterator[tuple[str, str]]:
    """Everything that was measured of the change, each with its name; plain text."""
    yield from _sizes(metrics)
    first = metrics.first_deployed_at
    to = f" to {metrics.environment}" if metrics.environment else ""
    times = (
        ("Opened", metrics.opened_at),
        ("First commit", metrics.first_commit_at),
        ("Merged", metrics.merged_at),
        (f"First deployed{to}", first if first != metrics.deployed_at else None),
        (f"Deployed{to}", metrics.deployed_at),
        ("Closed", metrics.closed_at),
    )
    yield from ((name, dated(at)) for name, at in times if at is not None)
    took = lead_times(metrics)
    spans = (
        ("From opening to closing", took.opened_to_closed),
        ("From first commit to merge", took.first_commit_to_merge),
        ("From first commit to deployment", took.first_commit_to_deployment),
        ("From merge to deployment", took.merge_to_deployment),
    )
    yield from ((name, span(one)) for name, one in spans if one is not None)


def _sizes(metrics: Metrics) -> Iterator[tuple[str, str]]:
    said, numbers = amounts(metrics), metrics.pull_requests or ()
    pulls = listing([f"#{number}" for number in numbers[:_SHOWN]])
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    marks = listing([f"“{mark}”" for mark in (metrics.breaking or ())[:_SHOWN]])
    rows = (
        ("Pull requests", said.pulls, f": {pulls}{more}" if pulls else ""),
        ("Commits", said.commits, ""),
        ("Files changed", said.files, lines_changed(metrics)),
        ("Breaking-change markers", said.breaking, f": {marks}" if marks else ""),
    )
    yield from ((name, f"{amount.words}{more}") for name, amount, more in rows if amount is not None)


def lines_changed(metrics: Metrics) -> str:
    """` (+12 −3)`; nothing where it was not measured."""
    if metrics.additions is None or metrics.deletions is None:
        return ""
    return f" (+{metrics.additions:,} −{metrics.deletions:,})"


def _ended(page: Page) -> str:
    """`resolved, and closed as completed`; `not resolved, but closed already`."""
    verdict = page.assessment.verdict
    closed = page.fate in {Fate.CLOSED, Fate.CLOSING, Fate.ALREADY_CLOSED}
    joined = "and" if verdict.closes is closed else "but"
    return f"{VERDICTS[verdict.kind]}, {joined} {fate(page)}"


def _holding(deciding: tuple[Finding, ...]) -> str:
    total, holding = len(deciding), sum(finding.evidence.outcome is Outcome.PASS for finding in deciding)
    one, many = noun(deciding)
    if holding == total:
        return f"The one required {one} holds" if total == 1 else f"All {total} required {many} hold"
    verb = "holds" if holding == 1 else "hold"
    return f"{holding} of {count(total, f'required {one}', f'required {many}')} {verb}"


def _at(assessment: Assessment) -> str:
    branch = f" on {assessment.branch}" if assessment.branch else ""
    return f"{branch} at {short(assessment.commit)}" if assessment.commit else branch


def _telling(finding: Finding) -> tuple[bool, bool, bool, bool]:
    evidence = finding.evidence
    holds = evidence.outcome is Outcome.PASS
    return holds and evidence.seen_failing, holds and evidence.decisive, holds, finding.criterion.required


def _before(page: Page) -> Iterator[Step]:
    failing = tuple(f for f in page.deciding if f.evidence.seen_failing and f.evidence.before is not None)
    if failing:
        here = [f"{_named(f)}: {f.evidence.before}" for f in failing[:_SHOWN]]
        yield Step(do="Ask before the fix what has to change, and see it fail", here="; ".join(here))


def _merge(page: Page) -> Iterator[Step]:
    assessment, metrics = page.assessment, page.assessment.metrics
    to = f"to {assessment.branch}" if assessment.branch else "to the default branch"
    if metrics is not None and metrics.pull_requests:
        numbers = [f"#{number}" for number in metrics.pull_requests[:_SHOWN]]
        said = amounts(metrics)
        sizes = ((said.commits, "commit"), (said.files, "file"))
        size = " in ".join(amount.of(one) for amount, one in sizes if amount is not None)
        at = f", merged {dated(metrics.merged_at)}" if metrics.merged_at is not None else ""
        pulls = count(len(metrics.pull_requests), "pull request")
        yield Step(
            do=f"Bring the fix {to} by pull request",
            here=f"{pulls} ({' '.join(numbers)}){f', {size}' if size else ''}{at}",
        )
    elif assessment.commit:
        yield Step(do=f"Bring the fix {to}", here=f"measured at commit {short(assessment.commit)}")


def _criteria(page: Page) -> Iterator[Step]:
    """What held, in the order in which the policy asks it."""
    for finding in page.deciding:
        evidence = finding.evidence
        if evidence.outcome is Outcome.PASS and not is_claim(finding):
            change = f"{evidence.before} → {evidence.observed}" if evidence.before is not None else evidence.observed
            yield Step(do=f"See to it that this holds: {_named(finding)}", here=change)


def _claims(page: Page) -> Iterator[Step]:
    claims = tuple(f for f in page.development if is_claim(f) and f.evidence.outcome is not Outcome.SKIPPED)
    if claims:
        holding = sum(f.evidence.outcome is Outcome.PASS for f in claims)
        here = f"{holding} of {count(len(claims), 'claim')} held"
        yield Step(do="Check what the closing statement claims, and do not take it as proof", here=here)


def _deploy(page: Page) -> Iterator[Step]:
    metrics = page.assessment.metrics
    if metrics is not None and metrics.deployed:
        since = "it runs there" if metrics.deployed_at is None else f"it runs there since {dated(metrics.deployed_at)}"
        yield Step(do=f"Deploy the fix to {metrics.environment or 'production'}, and see it run there", here=since)


def _end(page: Page) -> Iterator[Step]:
    assessment = page.assessment
    left = handed_over(page)
    if left:
        here = [f"{_named(one.finding)}{f' (#{one.ticket.number})' if one.ticket else ''}" for one in left[:_SHOWN]]
        yield Step(do="Hand over what is operational as tickets of its own", here="; ".join(here))
    labels = [done.text for done in assessment.actions if (done.action, done.ending) == (ActionKind.LABEL, Ending.DONE)]
    if labels:
        yield Step(do="Set the labels", here="; ".join(labels))
    sure = f"confidence {assessment.confidence.level} ({assessment.confidence.percent} %)"
    yield Step(do="Close the issue as completed, with the evidence", here=f"{fate(page)}; {sure}")


def _traps(finding: Finding) -> Iterator[tuple[Trap, str]]:
    evidence = finding.evidence
    match evidence.outcome:
        case Outcome.FAIL if is_claim(finding):
            yield Trap.CLAIM, f"{_named(finding)} was said, and does not hold: {evidence.observed}"
        case Outcome.ERROR | Outcome.MISSING | Outcome.FLAKY if is_claim(finding):
            yield Trap.UNCHECKED, f"{_named(finding)} was said, and could not be checked: {evidence.observed}"
        case Outcome.PASS if not evidence.decisive:
            yield Trap.VACUOUS, f"{_named(finding)} would hold without the fix as well: it proves little"
        case _:
            pass


def _symptoms(page: Page) -> tuple[Symptom, ...]:
    """Only where it holds by now: what was missing all the time was not the fault."""
    seen = (f for f in page.assessment.findings if shows_fix(f) and f.evidence.before is not None)
    return tuple(
        Symptom(criterion=f.criterion.id, text=f"{_named(f)} did not hold before the fix: {f.evidence.before}")
        for f in seen
    )


def _named(finding: Finding) -> str:
    """A criterion by its title, a claim by its words, told apart from the sentence around it."""
    criterion = finding.criterion
    return f"“{(criterion.quote if is_claim(finding) else None) or criterion.title or criterion.id}”"


def _folders(paths: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """The folders in which the fix changed files, with how many, most first."""
    counted = Counter(path.rpartition("/")[0] or "." for path in paths)
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0])))
