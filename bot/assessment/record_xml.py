"""The learning document as XML; `learning.xsd` beside this file says what stands where.

The tree is built with `xml.etree`, which writes names and nesting itself: whatever a text holds, it stays a text.
That leaves what XML 1.0 cannot hold at all (controls, lone surrogates, non-characters); `markdown.line` makes it
visible as U+FFFD. No DTD, no comments, no processing instructions.

Source: https://www.w3.org/TR/xml/#charsets
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar
from xml.etree import ElementTree as ET

from bot.assessment.document import SCHEMA, Metrics, Similar
from bot.assessment.evidence import Finding, Sha
from bot.assessment.lead_times import lead_times
from bot.assessment.markdown import address, line
from bot.assessment.record_lesson import (
    EVIDENCE,
    VERSION,
    anti_patterns,
    decided,
    fate,
    fit,
    handed_over,
    insights,
    shows_fix,
    steps,
    summary,
)
from bot.assessment.record_room import Room, left_out
from bot.assessment.report_page import Page
from bot.assessment.waiver import WaiverState

NAMESPACE: Final = f"urn:resolution-bot:learning:v{VERSION}"
"""Names the document's schema. It resolves nowhere, as the project has no host of its own."""

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_T = TypeVar("_T")


def learning_xml(page: Page, room: Room) -> str:
    """The whole document, with a line's end."""
    sheet = _Sheet(page=page, room=room)
    root = ET.Element("learning", {"xmlns": NAMESPACE, "version": str(VERSION)})
    for part in _PARTS:
        part(sheet, root)
    if sheet.cut:
        notes = _add(root, "cut")
        for note in sheet.cut:
            _add(notes, "note", note)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """The document in the making. `cut` are the sentences about what is left out."""

    page: Page
    room: Room
    cut: list[str] = field(default_factory=list)

    def text(self, text: str) -> str:
        """A foreign text: cleaned, bounded, on one line."""
        return line(text, self.room.text)

    def url(self, url: str | None) -> str | None:
        """An address that can be followed, if it is one and has room."""
        found = address(url)
        return found if found is not None and len(found) <= self.room.url else None

    def some(self, items: Sequence[_T], one: str, many: str | None = None, *, most: int | None = None) -> Sequence[_T]:
        """As many as there is room for; the rest is counted."""
        shown = items[: self.room.items if most is None else most]
        note = left_out(len(items), len(shown), one, many)
        if note is not None and note not in self.cut:
            self.cut.append(note)
        return shown


def _add(parent: ET.Element, tag: str, text: str | None = None, /, **attributes: str | int | None) -> ET.Element:
    """One element more; attributes that are None are left out. Both must have been made fit by `_Sheet`."""
    given = {name: _plain(value) for name, value in attributes.items() if value is not None}
    element = ET.SubElement(parent, tag, given)
    element.text = text
    return element


def _plain(value: str | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _metadata(sheet: _Sheet, root: ET.Element) -> None:
    about = sheet.page.assessment
    said = _add(root, "metadata")
    _add(said, "repository", sheet.text(about.repository))
    _add(said, "issue", sheet.text(about.state.title), number=about.issue)
    _add(said, "verdict", about.verdict.kind)
    sure = _add(said, "confidence", level=about.confidence.level, percent=about.confidence.percent)
    for factor in sheet.some(about.confidence.factors, "factor of the confidence", "factors of the confidence"):
        _add(sure, "factor", sheet.text(factor.text), cap=factor.cap)
    _add(said, "policy", digest=sheet.text(about.policy.digest), source=sheet.text(about.policy.source))
    if about.profile is not None:
        _add(said, "profile", sheet.text(about.profile.because), name=sheet.text(about.profile.name))
    branch = None if about.branch is None else sheet.text(about.branch)
    _add(said, "measured", branch=branch, commit=_sha(about.commit))
    by = None if about.trigger.by is None else sheet.text(about.trigger.by)
    _add(said, "trigger", kind=about.trigger.kind, by=by, pull=about.trigger.pull, url=sheet.url(about.trigger.url))
    _add(said, "started", _time(about.started_at))
    _add(said, "finished", _time(about.finished_at))
    _add(said, "assessment", id=sheet.text(about.id), schema=SCHEMA)
    _add(said, "evidence", EVIDENCE)


def _summary(sheet: _Sheet, root: ET.Element) -> None:
    said = _add(root, "summary", ending=sheet.page.fate)
    for sentence in sheet.some(summary(sheet.page), "sentence of the summary", "sentences of the summary"):
        _add(said, "sentence", sheet.text(sentence))
    _add(said, "closing", sheet.text(fate(sheet.page)))


def _insights(sheet: _Sheet, root: ET.Element) -> None:
    said = _add(root, "insights")
    for finding in sheet.some(insights(sheet.page), "insight", most=sheet.room.insights):
        _insight(sheet, _add(said, "insight", None, **_kinds(sheet, finding)), finding)


def _kinds(sheet: _Sheet, finding: Finding) -> dict[str, str | int | None]:
    criterion, evidence = finding.criterion, finding.evidence
    return {
        "criterion": sheet.text(criterion.id),
        "kind": sheet.text(criterion.kind),
        "category": sheet.text(criterion.category),
        "scope": criterion.scope,
        "origin": criterion.origin,
        "required": criterion.required,
        "outcome": evidence.outcome,
        "reason": evidence.reason,
        "decisive": decided(finding),
        "seenFailing": shows_fix(finding),
    }


def _insight(sheet: _Sheet, insight: ET.Element, finding: Finding) -> None:
    criterion, evidence, source = finding.criterion, finding.evidence, finding.evidence.source
    texts = (
        ("title", criterion.title),
        ("quote", criterion.quote),
        ("expected", evidence.expected),
        ("before", evidence.before),
        ("now", evidence.observed),
        ("remedy", evidence.remedy),
    )
    for tag, text in texts:
        if text is not None:
            _add(insight, tag, sheet.text(text))
    seen = {"url": sheet.url(source.url), "commit": _sha(source.sha), "fetched": _time(source.fetched_at)}
    _add(insight, "source", sheet.text(source.place), **seen)
    finite = [measure for measure in evidence.measures if math.isfinite(measure.value)]
    for measure in sheet.some(finite, "measure"):
        values = {"name": sheet.text(measure.name), "value": f"{measure.value:.12g}", "unit": sheet.text(measure.unit)}
        _add(insight, "measure", None, **values)
    for one in sheet.some(evidence.details, "occurrence", most=sheet.room.occurrences):
        _add(insight, "occurrence", sheet.text(one.text), url=sheet.url(one.url))
    waived = sheet.page.waiver(finding)
    if waived is not None and waived.state is not WaiverState.NOT_NEEDED:
        given = waived.waiver
        who = {"by": sheet.text(given.by), "until": _time(given.until), "url": sheet.url(given.url)}
        _add(insight, "waiver", sheet.text(given.reason), state=waived.state, measured=waived.measured, **who)


def _metrics(sheet: _Sheet, root: ET.Element) -> None:
    metrics = sheet.page.assessment.metrics
    if metrics is None:
        return
    said = _add(root, "metrics", basis="measured", complete=metrics.complete)
    if metrics.pull_requests is not None:
        pulls = _add(said, "pullRequests", count=len(metrics.pull_requests))
        for number in sheet.some(metrics.pull_requests, "pull request"):
            _add(pulls, "number", str(number))
    sizes = (
        ("commits", metrics.commits),
        ("files", metrics.files),
        ("additions", metrics.additions),
        ("deletions", metrics.deletions),
    )
    for tag, size in sizes:
        if size is not None:
            _add(said, tag, str(size))
    if metrics.breaking is not None:
        breaking = _add(said, "breaking", count=len(metrics.breaking))
        for mark in sheet.some(metrics.breaking, "breaking-change marker"):
            _add(breaking, "marker", sheet.text(mark))
    _times(sheet, said, metrics)


def _times(sheet: _Sheet, said: ET.Element, metrics: Metrics) -> None:
    environment = None if metrics.environment is None else sheet.text(metrics.environment)
    times = (
        ("opened", metrics.opened_at, None),
        ("firstCommit", metrics.first_commit_at, None),
        ("merged", metrics.merged_at, None),
        ("firstDeployed", metrics.first_deployed_at, environment),
        ("deployed", metrics.deployed_at, environment),
        ("closed", metrics.closed_at, None),
    )
    for tag, at, place in times:
        if at is not None:
            _add(said, tag, _time(at), environment=place)
    took = lead_times(metrics)
    spans = (
        ("timeToClose", took.opened_to_closed),
        ("timeToMerge", took.first_commit_to_merge),
        ("timeToDeployment", took.first_commit_to_deployment),
        ("timeFromMergeToDeployment", took.merge_to_deployment),
    )
    for tag, one in spans:
        if one is not None:
            _add(said, tag, _duration(one))


def _impact(sheet: _Sheet, root: ET.Element) -> None:
    stated = sheet.page.assessment.impact
    if stated is None:
        return
    said = _add(root, "impact", basis="stated-by-policy")
    texts = (("segment", stated.segment), ("goal", stated.goal), ("revenue", stated.revenue), ("value", stated.value))
    for tag, text in texts:
        if text is not None:
            _add(said, tag, sheet.text(text))


def _pattern(sheet: _Sheet, root: ET.Element) -> None:
    said = _add(root, "pattern")
    for number, step in enumerate(sheet.some(steps(sheet.page), "step"), 1):
        one = _add(said, "step", number=number)
        _add(one, "do", sheet.text(step.do))
        _add(one, "here", sheet.text(step.here))


def _apply_when(sheet: _Sheet, root: ET.Element) -> None:
    fits = fit(sheet.page)
    said = _add(root, "applyWhen")
    for label in sheet.some(fits.labels, "label"):
        _add(said, "label", sheet.text(label))
    for folder, number in sheet.some(fits.folders, "folder"):
        _add(said, "folder", sheet.text(folder), files=number)
    for kind in sheet.some(fits.kinds, "kind of criterion", "kinds of criteria"):
        _add(said, "kind", sheet.text(kind))
    for category in sheet.some(fits.categories, "category", "categories"):
        _add(said, "category", sheet.text(category))
    for symptom in sheet.some(fits.symptoms, "symptom"):
        _add(said, "symptom", sheet.text(symptom.text), criterion=sheet.text(symptom.criterion))
    for similar in sheet.some(fits.similar, "similar issue", most=3):
        _similar(sheet, said, similar)


def _similar(sheet: _Sheet, said: ET.Element, similar: Similar) -> None:
    facts: dict[str, str | int | None] = {
        "issue": similar.issue,
        "url": sheet.url(similar.url),
        "closed": _time(similar.closed_at),
    }
    one = _add(said, "similar", None, **facts)
    _add(one, "title", sheet.text(similar.title))
    for text in sheet.some(similar.shared, "common trait"):
        _add(one, "shared", sheet.text(text))
    for text in sheet.some(similar.closed_by, "reason of a similar closing", "reasons of similar closings"):
        _add(one, "closedBy", sheet.text(text))


def _anti_patterns(sheet: _Sheet, root: ET.Element) -> None:
    said = _add(root, "antiPatterns")
    for one in sheet.some(anti_patterns(sheet.page), "anti-pattern"):
        _add(said, "antiPattern", sheet.text(one.text), kind=one.trap, criterion=sheet.text(one.criterion))


def _out_of_scope(sheet: _Sheet, root: ET.Element) -> None:
    said = _add(root, "outOfScope")
    for one in sheet.some(handed_over(sheet.page), "item out of scope", "items out of scope"):
        criterion, evidence = one.finding.criterion, one.finding.evidence
        item = _add(said, "item", criterion=sheet.text(criterion.id), outcome=evidence.outcome)
        _add(item, "title", sheet.text(criterion.title))
        _add(item, "expected", sheet.text(evidence.expected))
        _add(item, "now", sheet.text(evidence.observed))
        if one.ticket is not None:
            _add(item, "ticket", number=one.ticket.number, state=one.ticket.state, url=sheet.url(one.ticket.url))
    for text in sheet.some(sheet.page.assessment.out_of_scope, "item that the statement leaves to others"):
        _add(said, "stated", sheet.text(text))


_PARTS: tuple[Callable[[_Sheet, ET.Element], None], ...] = (
    _metadata,
    _summary,
    _insights,
    _metrics,
    _impact,
    _pattern,
    _apply_when,
    _anti_patterns,
    _out_of_scope,
)


def _sha(sha: Sha | None) -> str | None:
    return sha if sha is not None and _SHA.fullmatch(sha) else None


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _duration(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return f"{'-' if seconds < 0 else ''}PT{abs(seconds)}S"
