"""The parts of an answer round the findings. Each returns Markdown, or an empty string where it has nothing to say."""

from typing import assert_never

from bot.assessment.amounts import amounts
from bot.assessment.document import Metrics, TicketState
from bot.assessment.evidence import Finding, Outcome
from bot.assessment.lead_times import in_words, open_for
from bot.assessment.markdown import code, prose, quote
from bot.assessment.report_page import Fate, Page, is_claim, is_mixed, noun
from bot.assessment.verdict import Because, decides, leaves_work
from bot.assessment.wording import count, listing, moment, short, span

_SHOWN = 6
"""How many items a list names before it only counts the rest."""


def summary(page: Page) -> str:
    """What it comes down to, in a sentence or two: only what the title does not say."""
    because = page.assessment.verdict.because
    match because:
        case Because.ALL_HOLD:
            return _all_hold(page)
        case Because.FAILED:
            return _the_others(page)
        case Because.NOT_MEASURED:
            return _not_measured(page)
        case Because.BAD_QUESTION:
            faulty = page.carrying
            return f"{_subject(faulty)} cannot be asked as written: {_carrying(faulty)}. Nothing was decided."
        case Because.ON_ITS_WAY:
            answered = len(page.deciding) > len(page.carrying)
            rest = " Everything answered so far holds." if answered else ""
            return f"Still on its way: {_carrying(page.carrying)}.{rest}"
        case Because.NOTHING_DECISIVE:
            return _nothing_decisive(page)
        case Because.WORK_REMAINS:
            return f"Still open: {_remains(page)}. What else was asked holds."
        case _:
            assert_never(because)


def measured(page: Page) -> str:
    """The change in numbers, and how long it took."""
    metrics = page.assessment.metrics
    if metrics is None:
        return ""
    size = (_pulls(metrics), _commits(metrics), _files(metrics), _breaking(metrics))
    environment = prose(metrics.environment or "", 60)
    parts = (*(part for part in size if part), *in_words(metrics, environment), *_age(page, metrics))
    return f"**Measured** · {', '.join(parts)}" if parts else ""


def out_of_scope(page: Page) -> str:
    """Operational criteria that do not hold, and what the closing statement itself leaves to others."""
    follow_ups = tuple(
        f"{prose(finding.criterion.title, 120)}: {prose(finding.evidence.observed, 160)}{_ticket(page, finding)}"
        for finding in page.operational
        if finding.criterion.id in page.assessment.verdict.follow_ups
    )
    stated = tuple(prose(item, 120) for item in page.assessment.out_of_scope)
    parts = (
        listed("Out of scope, not blocking", follow_ups),
        listed("Left out by the statement itself, not looked at", stated),
    )
    return "\n".join(part for part in parts if part)


def notes(page: Page) -> str:
    """What the asker must know of the asking itself."""
    return "\n".join(f"**Note** · {prose(note, 400)}" for note in page.assessment.notes)


def impact(page: Page) -> str:
    """What the maintainers state about the business; nobody measured it."""
    stated = page.assessment.impact
    if stated is None or not (page.assessment.verdict.closes or page.assessment.verdict.remains):
        return ""
    items = (("segment", stated.segment), ("goal", stated.goal), ("revenue", stated.revenue), ("value", stated.value))
    parts = [f"{word} *{prose(text, 160)}*" for word, text in items if text and text.strip()]
    return f"**Stated by policy, not measured** · {' · '.join(parts)}" if parts else ""


def listed(heading: str, items: tuple[str, ...]) -> str:
    """A headed list: on one line where it is short, else with a bullet each."""
    if not items:
        return ""
    more = (f"and {len(items) - _SHOWN} more",) if len(items) > _SHOWN else ()
    shown = (*items[:_SHOWN], *more)
    if sum(map(len, shown)) <= (300 if len(shown) <= 3 else 120):
        return f"**{heading}** · {' · '.join(shown)}"
    return "\n".join((f"**{heading}**", *(f"- {item}" for item in shown)))


def where(page: Page) -> str:
    """`main` at `d4e5f6a`; empty where nothing is known."""
    branch = code(page.assessment.branch, 80) if page.assessment.branch else ""
    commit = code(short(page.assessment.commit)) if page.assessment.commit else ""
    return " at ".join(part for part in (branch, commit) if part)


def called(finding: Finding) -> str:
    """A criterion by its id, a claim by its words."""
    return (
        quote(finding.criterion.quote or finding.criterion.title, 100)
        if is_claim(finding)
        else code(finding.criterion.id)
    )


def _ticket(page: Page, finding: Finding) -> str:
    """The ticket of a criterion, as GitHub links it."""
    ticket = next((one for one in page.assessment.tickets if one.criterion == finding.criterion.id), None)
    if ticket is None:
        return ""
    return f" → #{ticket.number}{' (closed)' if ticket.state is TicketState.CLOSED else ''}"


def _all_hold(page: Page) -> str:
    singular, plural = noun(page.deciding)
    total = len(page.deciding)
    place = f" on {where(page)}" if where(page) else ""
    subject = f"The one required {singular} holds" if total == 1 else f"All {total} required {plural} hold"
    sentences = [f"{subject}{place}{_running(page)}."]
    optional = tuple(
        called(finding)
        for finding in page.development
        if not finding.criterion.required and finding.evidence.outcome is Outcome.FAIL
    )
    if optional:
        sentences.append(f"Not required, and not holding: {listing(optional[:_SHOWN])}.")
    waived = sum(finding.evidence.outcome is Outcome.WAIVED for finding in page.development)
    if waived:
        sentences.append(f"{waived} {'is' if waived == 1 else 'are'} waived.")
    if page.assessment.verdict.follow_ups:
        open_items = count(len(page.assessment.verdict.follow_ups), "operational item")
        sentences.append(f"{open_items} {'is' if open_items.startswith('1 ') else 'are'} open, and not in the way.")
    return " ".join(sentences)


def _running(page: Page) -> str:
    metrics = page.assessment.metrics
    if metrics is None or not metrics.environment:
        return ""
    at = metrics.deployed_at
    since = "" if at is None else f" since {moment(at, seen_from=page.assessment.finished_at)}"
    return f", and the fix runs in **{prose(metrics.environment, 60)}**{since}"


def _the_others(page: Page) -> str:
    """What became of the rest, where something failed."""
    rest = tuple(f for f in page.deciding if f.criterion.id not in page.assessment.verdict.reasons)
    groups = (
        ("holds", "hold", sum(f.evidence.outcome is Outcome.PASS for f in rest)),
        ("is open work", "are open work", sum(leaves_work(f) for f in rest)),
        ("is on its way", "are on their way", sum(f.evidence.outcome is Outcome.PENDING for f in rest)),
        ("cannot be asked as written", "cannot be asked as written", sum(_misasked(f) for f in rest)),
        ("gave mixed answers", "gave mixed answers", sum(is_mixed(f) for f in rest)),
        ("could not be measured", "could not be measured", sum(_unmeasured(f) for f in rest)),
    )
    said = [f"{number} {one if number == 1 else many}" for one, many, number in groups if number]
    if not said:
        return ""
    if len(said) == 1:
        return f"The other {said[0]}." if len(rest) > 1 else f"The other one {said[0].removeprefix('1 ')}."
    return f"Of the other {len(rest)}, {listing(said)}."


def _unmeasured(finding: Finding) -> bool:
    return finding.evidence.outcome in {Outcome.ERROR, Outcome.MISSING}


def _misasked(finding: Finding) -> bool:
    return finding.evidence.outcome is Outcome.MISCONFIGURED


def _not_measured(page: Page) -> str:
    """What could not be measured, and what was but gave mixed answers: two things."""
    groups = (
        ("could not be measured", tuple(f for f in page.carrying if not is_mixed(f))),
        ("gave mixed answers", tuple(f for f in page.carrying if is_mixed(f))),
    )
    said = [f"{_subject(found)} {what}: {_carrying(found)}." for what, found in groups if found]
    return " ".join((*said, "That says nothing about the fix."))


def _subject(found: tuple[Finding, ...]) -> str:
    number = len(found)
    singular, plural = noun(found)
    return f"One required {singular}" if number == 1 else f"{number} required {plural}"


def _carrying(found: tuple[Finding, ...]) -> str:
    named = [f"{called(f)} ({prose(f.evidence.observed, 160)})" for f in found[:_SHOWN]]
    more = len(found) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _nothing_decisive(page: Page) -> str:
    if page.carrying:
        named = listing([called(finding) for finding in page.carrying[:_SHOWN]])
        left = f" Still open: {_remains(page)}." if page.assessment.verdict.remains else ""
        return f"What holds would hold without the fix as well, so it proves nothing: {named}.{left}"
    if page.deciding:
        return f"Nothing that was asked shows a fix. Still open: {_remains(page)}."
    if any(finding.evidence.outcome is Outcome.WAIVED and decides(finding) for finding in page.development):
        return "Nothing is left to decide by: what applies is waived, and a waiver proves nothing."
    return "There was nothing to measure: no required criterion applies, and no claim was found that can be checked."


def _remains(page: Page) -> str:
    said = [prose(sentence.rstrip("."), 300) for sentence in page.assessment.verdict.remains]
    left = [
        prose(f.evidence.observed.rstrip("."), 160) or called(f)
        for f in page.deciding
        if leaves_work(f) and not any(f.evidence.observed in sentence for sentence in page.assessment.verdict.remains)
    ]
    items = [*said, *left]
    return "; ".join(items[:_SHOWN]) + (f"; and {len(items) - _SHOWN} more" if len(items) > _SHOWN else "")


def _pulls(metrics: Metrics) -> str:
    if not metrics.pull_requests:
        return ""
    numbers = [f"#{number}" for number in metrics.pull_requests[:_SHOWN]]
    more = "" if len(metrics.pull_requests) <= _SHOWN else " …"
    return f"{count(len(metrics.pull_requests), 'pull request')} ({' '.join(numbers)}{more})"


def _commits(metrics: Metrics) -> str:
    said = amounts(metrics).commits
    return "" if said is None else said.of("commit")


def _files(metrics: Metrics) -> str:
    if metrics.files is None:
        return ""
    lines = (("+", metrics.additions), ("−", metrics.deletions))
    said = " ".join(f"{sign}{number:,}" for sign, number in lines if number is not None)
    return f"{count(metrics.files, 'file')} ({said})" if said else count(metrics.files, "file")


def _breaking(metrics: Metrics) -> str:
    said = amounts(metrics).breaking
    named = listing([quote(marker, 80) for marker in (metrics.breaking or ())[:3]])
    return "" if said is None else said.of("breaking-change marker") + (f" ({named})" if named else "")


def _age(page: Page, metrics: Metrics) -> tuple[str, ...]:
    """How long it has been open so far, which is how long it took where it is closed at that moment."""
    plan = page.assessment.plan
    age = open_for(metrics, page.assessment.finished_at) if plan.closes or plan.would_close else None
    if age is None:
        return ()
    closed = page.fate in {Fate.CLOSED, Fate.CLOSING, Fate.REOPENED}
    return (f"{span(age)} from opening to closing" if closed else f"open for {span(age)}",)
