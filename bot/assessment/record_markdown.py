"""The learning document and the resolution summary as Markdown: headings of ours, texts escaped."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.assessment.document import ActionKind, Assessment, Ending, Similar
from bot.assessment.evidence import NO_CATEGORY, Finding, Outcome, Scope
from bot.assessment.markdown import address, code, link, name, prose, quote, row
from bot.assessment.record_lesson import (
    EVIDENCE,
    VERDICTS,
    VERSION,
    Handover,
    anti_patterns,
    fate,
    figures,
    fit,
    handed_over,
    insights,
    steps,
    summary,
)
from bot.assessment.record_room import Room, left_out
from bot.assessment.report_ending import justification, missing
from bot.assessment.report_findings import findings, symbol
from bot.assessment.report_page import Detail, Page, is_claim
from bot.assessment.report_waivers import beside
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.wording import brief, dated, listing, short

_ROWS = 20
_TRIGGERS: dict[TriggerKind, str] = {
    TriggerKind.COMMAND: "a command",
    TriggerKind.CLI: "the command line",
    TriggerKind.MERGE: "a merge",
    TriggerKind.CLOSURE: "a closing",
    TriggerKind.WAKE: "what it waited for",
    TriggerKind.TIMER: "the clock",
}
_ENDINGS: dict[Ending, str] = {
    Ending.DONE: "",
    Ending.UNCHANGED: "was so already: ",
    Ending.REFUSED: "not done: ",
    Ending.UNKNOWN: "not known: ",
}


_LIQUID = re.compile(r"\{(?=[{%])")
"""What a site generator would run, also in code: GitHub Pages renders every Markdown file of a branch by Jekyll."""


def learning_markdown(page: Page, room: Room) -> str:
    """The whole learning document, with a line's end."""
    parts = (
        (_title(page), _metadata(page, room)),
        ("## Summary", _sentences(page, room)),
        ("## Key insights", _insights(page, room)),
        ("## Technical metrics, measured", _metrics(page, room)),
        ("## Business impact, stated by policy and not measured", _impact(page, room)),
        ("## Resolution pattern", _steps(page, room)),
        ("## When to apply it again", _fit(page, room)),
        ("## Anti-patterns", _anti_patterns(page, room)),
        ("## Out of scope", _out_of_scope(page, room)),
    )
    return _joined(parts)


def summary_markdown(page: Page, room: Room, *, learning: str) -> str:
    """The whole summary, with a line's end; `learning` is the learning document's path."""
    detail = Detail(rows=min(_ROWS, room.insights), folded=0, occurrences=0)
    parts = (
        (_title(page, ": resolution summary"), _head(page, room)),
        ("## Executive summary", _sentences(page, room)),
        ("## Key findings", findings(replace(page, detail=detail))),
        ("## Technical metrics, measured", _metrics(page, room)),
        ("## Business impact, stated by policy and not measured", _impact(page, room)),
        ("## Out of scope", _out_of_scope(page, room)),
        _reasons(page),
        ("## What was done", _done(page, room)),
        ("## Confidence", _confidence(page, room)),
        ("## Resolution pattern for future use", _plan(page, room)),
        ("## For the next time", f"What was learned stands in {code(learning, 240)}, each insight with its evidence."),
    )
    return _joined(parts)


def _joined(parts: Sequence[tuple[str, str]]) -> str:
    whole = "\n\n".join(part for heading, text in parts if text for part in (heading, text)) + "\n"
    return _LIQUID.sub("{ ", whole)


def _title(page: Page, what: str = "") -> str:
    title = prose(page.assessment.state.title, 120)
    return f"# Issue {page.assessment.issue}{what or (f': {title}' if title else '')}"


def _metadata(page: Page, room: Room) -> str:
    about = page.assessment
    profile = about.profile
    rows = (
        ("Repository", prose(about.repository, room.text)),
        ("Issue", str(about.issue)),
        ("Verdict", f"{VERDICTS[about.verdict.kind]}; {prose(fate(page), room.text)}"),
        ("Confidence", _sure(about)),
        ("Measured", _measured(about, room)),
        ("Policy", f"{code(brief(about.policy.digest), 40)} from {prose(about.policy.source, room.text)}"),
        ("Profile", f"{code(profile.name, 64)} ({prose(profile.because, room.text)})" if profile is not None else ""),
        ("Asked by", _asked(about.trigger, room)),
        ("Started", dated(about.started_at)),
        ("Finished", dated(about.finished_at)),
        ("Assessment", code(about.id, 40)),
        ("Evidence", prose(EVIDENCE, 200)),
        ("Record", f"version {VERSION}"),
    )
    return "\n".join(("| | |", "|-|-|", *(row(cells) for cells in rows if cells[1])))


def _head(page: Page, room: Room) -> str:
    about = page.assessment
    title = prose(about.state.title, room.text)
    said = (
        ("Title", title),
        ("Assessed", dated(about.finished_at)),
        ("Action", prose(fate(page), room.text)),
        ("Verdict", VERDICTS[about.verdict.kind]),
        ("Confidence", _sure(about)),
        ("Measured", _measured(about, room)),
        ("Asked by", _asked(about.trigger, room)),
        ("Assessment", f"{code(about.id, 40)}. {prose(EVIDENCE, 200)}"),
    )
    return "\n".join(f"- **{word}**: {text}" for word, text in said if text)


def _sure(about: Assessment) -> str:
    return f"{about.confidence.level} ({about.confidence.percent} %)"


def _measured(about: Assessment, room: Room) -> str:
    branch = prose(about.branch, room.text) if about.branch else ""
    commit = code(about.commit, 64) if about.commit else ""
    return " at ".join(part for part in (branch, commit) if part)


def _asked(trigger: Trigger, room: Room) -> str:
    by = f" of {name(trigger.by)}" if trigger.by else ""
    pull = f", pull request {trigger.pull}" if trigger.pull else ""
    return f"{_link(_TRIGGERS[trigger.kind], trigger.url, room)}{by}{pull}"


def _sentences(page: Page, room: Room) -> str:
    return " ".join(prose(sentence, room.text) for sentence in summary(page)[: room.items])


def _insights(page: Page, room: Room) -> str:
    found = insights(page)
    shown = [_insight(finding, page, room) for finding in found[: room.insights]]
    return "\n".join((*shown, *_note(found, room.insights, "insight")))


def _insight(finding: Finding, page: Page, room: Room) -> str:
    criterion, evidence, source = finding.criterion, finding.evidence, finding.evidence.source
    named = quote(criterion.quote or criterion.title) if is_claim(finding) else prose(criterion.title, room.text)
    group = "" if criterion.category == NO_CATEGORY else f"**{prose(criterion.category, 60)}**: "
    before = f"{prose(evidence.before, room.text)} → " if evidence.before is not None else ""
    sha = short(source.sha or "")
    commit = "" if sha in source.place else f" at {code(sha)}"  # most places name their commit
    place = _link(source.place or "there", source.url, room)
    finite = [one for one in evidence.measures if math.isfinite(one.value)]
    measures = [f"{prose(one.name, 40)} {one.value:.6g} {prose(one.unit, 40)}" for one in finite[: room.items]]
    said = (
        ("Found", f"{before}{prose(evidence.observed, room.text) or 'nothing'}"),
        ("Expected", prose(evidence.expected, room.text)),
        ("Seen", f"{place}{commit}, {dated(source.fetched_at)}"),
        ("Numbers", listing(measures)),
        ("Weight", _weight(finding)),
        ("Waiver", beside(finding, page)),
    )
    lines = [f"- {symbol(finding)} {group}{named} · {code(criterion.id, 80)}"]
    lines += [f"  - {word}: {text}" for word, text in said if text]
    lines += [f"  - {_link(one.text, one.url, room)}" for one in evidence.details[: room.occurrences]]
    lines += [f"  {note}" for note in _note(evidence.details, room.occurrences, "occurrence")]
    return "\n".join(lines)


def _weight(finding: Finding) -> str:
    """What it is worth as proof, where that is not plain."""
    holds = finding.evidence.outcome is Outcome.PASS
    marks = (
        "seen failing before the fix" if finding.evidence.seen_failing and holds else "",
        "" if finding.evidence.decisive else "proves little by itself",
        "" if finding.criterion.required else "not required",
        "operational" if finding.criterion.scope is Scope.OPERATIONAL else "",
    )
    return ", ".join(mark for mark in marks if mark)


def _metrics(page: Page, room: Room) -> str:
    metrics = page.assessment.metrics
    if metrics is None:
        return ""
    return "\n".join(f"- **{prose(word, 80)}**: {prose(text, room.text)}" for word, text in figures(metrics))


def _impact(page: Page, room: Room) -> str:
    stated = page.assessment.impact
    if stated is None:
        return ""
    items = (("Segment", stated.segment), ("Goal", stated.goal), ("Revenue", stated.revenue), ("Value", stated.value))
    return "\n".join(f"- **{word}**: {prose(text, room.text)}" for word, text in items if text and text.strip())


def _steps(page: Page, room: Room) -> str:
    found = steps(page)
    shown = [
        f"{number}. {prose(step.do, room.text)}.\n{' ' * len(f'{number}. ')}- Here: {prose(step.here, room.text)}"
        for number, step in enumerate(found[: room.items], 1)
    ]
    return _blocks(shown, _note(found, room.items, "step"))


def _plan(page: Page, room: Room) -> str:
    """The steps alone: what they were this time stands in the learning document."""
    found = steps(page)
    shown = [f"{number}. {prose(step.do, room.text)}." for number, step in enumerate(found[: room.items], 1)]
    return _blocks(shown, _note(found, room.items, "step"))


def _fit(page: Page, room: Room) -> str:
    fits = fit(page)
    lines = [
        f"- **{word}**: {listing([prose(item, 80) for item in items[: room.items]])}"
        for word, items in (
            ("Labels", fits.labels),
            ("What was asked is about", fits.categories),
            ("It was asked by the probes", fits.kinds),
            ("The fix touched", tuple(f"{_folder(folder)} ({files})" for folder, files in fits.folders)),
        )
        if items
    ]
    lines += [f"- **Symptom**: {prose(one.text, room.text)}" for one in fits.symptoms[: room.items]]
    lines += _note(fits.symptoms, room.items, "symptom")
    return "\n".join((*lines, *(_similar(one, room) for one in fits.similar[:3])))


def _folder(folder: str) -> str:
    return "the top folder" if folder == "." else folder


def _similar(similar: Similar, room: Room) -> str:
    issue = _link(f"issue {similar.issue}", similar.url, room)
    shared = listing([prose(text, room.text) for text in similar.shared[: room.items]])
    by = listing([prose(text, room.text) for text in similar.closed_by[: room.items]])
    both = f"; both have {shared}" if shared else ""
    closed = f"; closed {dated(similar.closed_at)}{f' by {by}' if by else ''}"
    return f"- **Similar**: {issue}, {quote(similar.title)}{both}{closed}"


def _anti_patterns(page: Page, room: Room) -> str:
    found = anti_patterns(page)
    lines = [f"- {prose(one.text, room.text)} ({code(one.criterion, 80)})" for one in found[: room.items]]
    return "\n".join((*lines, *_note(found, room.items, "anti-pattern")))


def _out_of_scope(page: Page, room: Room) -> str:
    left, stated = handed_over(page), page.assessment.out_of_scope
    lines = [_handover(one, room) for one in left[: room.items]]
    lines += _note(left, room.items, "item")
    lines += [
        f"- {prose(text, room.text)} (left out by the statement itself, not looked at)" for text in stated[: room.items]
    ]
    return "\n".join((*lines, *_note(stated, room.items, "item of the statement", "items of the statement")))


def _handover(one: Handover, room: Room) -> str:
    criterion, evidence = one.finding.criterion, one.finding.evidence
    ticket = ""
    if one.ticket is not None:
        ticket = f"; {_link(f'ticket {one.ticket.number}', one.ticket.url, room)}, {one.ticket.state}"
    expected = f"; expected: {prose(evidence.expected, room.text)}" if evidence.expected else ""
    return f"- **{prose(criterion.title, room.text)}**: {prose(evidence.observed, room.text)}{expected}{ticket}"


def _reasons(page: Page) -> tuple[str, str]:
    """Why it may be closed; else what is missing."""
    why = justification(page)
    return ("## Closure justification", why) if why else ("## What is missing", missing(page))


def _done(page: Page, room: Room) -> str:
    silent = {ActionKind.SPEAK, ActionKind.OUTDATE, ActionKind.REACT}
    done = tuple(one for one in page.assessment.actions if one.action not in silent)
    return "\n".join(f"- {_ENDINGS[one.ending]}{prose(one.text, room.text)}" for one in done[: room.items])


def _confidence(page: Page, room: Room) -> str:
    factors = page.assessment.confidence.factors
    lines = [f"- {prose(factor.text, room.text)}" for factor in factors[: room.items]]
    return "\n".join((f"{_sure(page.assessment)}:\n", *lines, *_note(factors, room.items, "factor")))


def _link(text: str, url: str | None, room: Room) -> str:
    """A link where there is room for its address."""
    found = address(url)
    return link(text, url if found is not None and len(found) <= room.url else None, room.text)


def _note(items: Sequence[object], most: int, one: str, many: str | None = None) -> Iterator[str]:
    note = left_out(len(items), most, one, many)
    if note is not None:
        yield f"- {note}"


def _blocks(lines: Sequence[str], notes: Iterator[str]) -> str:
    """A numbered list, and what it leaves out in a paragraph of its own."""
    return "\n\n".join(("\n".join(lines), *(note.removeprefix("- ") for note in notes))) if lines else ""
