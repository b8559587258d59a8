"""What a pull request would leave its issues with, once it is merged: judged beforehand, and told in one text.

Rules:
1. An issue would be resolved only where the verdict over all that can be asked before the merge says so.
2. What could not be measured, and what decides only after the merge, makes it unclear: neither resolved nor lacking.
3. Sound is a pull request whose closing keywords close nothing but what would be resolved.
4. Nothing here acts: numbers and keywords are inline code.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.assessment.evidence import Criterion, Evidence, Finding, Outcome, Scope, Sha
from bot.assessment.markdown import code, link, mention, prose, quote
from bot.assessment.report_findings import worst_first
from bot.assessment.report_page import is_claim
from bot.assessment.report_waivers import granted
from bot.assessment.verdict import Because, Verdict
from bot.assessment.waiver import Waiver
from bot.assessment.wording import brief, count, listing, short

LIMIT = 60_000
"""Characters in one text, at most."""

_ROWS = (10, 4, 1, 0)
"""So many lines a list has, fewer where the text is too long."""

_PLACES = 3
_ABOUT_TO_BE_KNOWN = frozenset({Because.NOT_MEASURED, Because.BAD_QUESTION, Because.ON_ITS_WAY})


class Prospect(StrEnum):
    """How an issue would stand after the merge."""

    LACKS = "lacks"
    UNCLEAR = "unclear"
    HOLDS = "holds"


_SYMBOLS: dict[Prospect, str] = {Prospect.LACKS: "❌", Prospect.UNCLEAR: "❔", Prospect.HOLDS: "✅"}
_WORDS: dict[Prospect, str] = {
    Prospect.LACKS: "would not be resolved",
    Prospect.UNCLEAR: "cannot be judged yet",
    Prospect.HOLDS: "would be resolved",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """A closing keyword as it is written, and where: `Fixes`, "the description"."""

    word: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AsMerged:
    """What was found about an issue as if the pull request were merged.

    `later` can only be asked after the merge. `waivers` are those that count at the moment, of what is asked later as
    well. `alone`: no other change is a part of the fix, so that all that is new comes from this pull request.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    later: tuple[Criterion, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    alone: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """A linked issue. `closes`: the merge would close it, by `keyword`, or by a link made by hand where that is None.

    `judged` is a text of ours (Markdown) where it could not be looked at.
    """

    number: int
    title: str
    url: str
    closes: bool
    judged: AsMerged | str
    keyword: Keyword | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewSubject:
    """What was looked at: the commit, and whether it is the merge that GitHub tries (`exact`) or the head alone.

    `base` is where the pull request goes, `branch` the default branch.
    """

    commit: Sha
    url: str
    exact: bool
    base: str
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """All of it, as of `at`. `more` are linked issues that were not looked at; `by` is who asked, None: nobody did."""

    issues: tuple[Foreseen, ...]
    looked: PreviewSubject
    policy: str
    at: datetime
    more: tuple[int, ...] = ()
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The text, and its title without Markdown. `prospect` is the worst of all issues', None where none was judged.

    `topics` name the events that may bring what is not known yet. `no_right`: it is said to somebody who may not.
    """

    title: str
    text: str
    prospect: Prospect | None = None
    sound: bool = False
    topics: tuple[str, ...] = ()
    no_right: bool = False


def prospect_of(issue: Foreseen) -> Prospect:
    """How one issue would stand."""
    if isinstance(issue.judged, str):
        return Prospect.UNCLEAR
    verdict = issue.judged.verdict
    if verdict.closes:
        return Prospect.HOLDS
    if verdict.because in _ABOUT_TO_BE_KNOWN:
        return Prospect.UNCLEAR
    undecided = verdict.because is Because.NOTHING_DECISIVE and not verdict.remains
    return Prospect.UNCLEAR if undecided and _decides_later(issue.judged) else Prospect.LACKS


def _decides_later(judged: AsMerged) -> bool:
    """Is there something that can only be asked after the merge, and has to hold?"""
    waived = {one.criterion for one in judged.waivers}
    deciding = (one for one in judged.later if one.required and one.scope is Scope.DEVELOPMENT)
    return any(one.id not in waived for one in deciding)


def said_of(preview: Preview) -> Said:
    """The whole answer."""
    by_prospect = {one: tuple(i for i in preview.issues if prospect_of(i) is one) for one in Prospect}
    found = tuple((one, issues) for one, issues in by_prospect.items() if issues)
    worst = found[0][0] if found else None
    closing = tuple(issue for issue in preview.issues if issue.closes)
    sound = bool(found) and not preview.more and all(prospect_of(issue) is Prospect.HOLDS for issue in closing)
    fitting = (text for rows in _ROWS if len(text := _text(preview, found, rows)) <= LIMIT)
    text = next(fitting, f"### {_title(found, _number)}")
    return Said(
        title=_title(found, plain),
        text=text,
        prospect=worst,
        sound=sound,
        topics=tuple(dict.fromkeys(_topics(preview))),
    )


def _topics(preview: Preview) -> Iterator[str]:
    for issue in preview.issues:
        for finding in () if isinstance(issue.judged, str) else issue.judged.findings:
            if finding.evidence.waits_for is not None:
                yield from finding.evidence.waits_for.topics


def conflicting(base: str) -> Said:
    """It cannot be merged as it is."""
    title = f"In conflict with {base}: nothing was measured"
    text = (
        f"### ❔ This pull request is in conflict with {code(base, 100)}: nothing was measured\n\n"
        "As it is, it cannot be merged, so there is nothing that its issues would stand with."
        " Resolve the conflict and push; then ask again with `/assess-resolution`."
    )
    return Said(title=title, text=text)


def unlinked() -> Said:
    """No issue is linked."""
    text = (
        "### ❔ No issue is linked to this pull request\n\n"
        "So there is nothing to look at. Write `Fixes` with an issue's number into the description, such as"
        " `Fixes #12`, where merging this resolves it, or `Refs #12` where it is a part of it; then ask again with"
        " `/assess-resolution`."
    )
    return Said(title="No issue is linked", text=text)


def not_open(*, merged: bool, numbers: tuple[int, ...]) -> Said:
    """There is nothing to be foreseen: it is merged, or closed without that."""
    if not merged:
        text = "### ❔ This pull request is closed\n\nReopen it; then ask again with `/assess-resolution`."
        return Said(title="Closed", text=text)
    named = f" ({listing([_number(number) for number in numbers])})" if numbers else ""
    text = (
        "### ❔ This pull request is merged already\n\n"
        f"What its issues still lack is no longer a forecast: ask on the issue itself{named}"
        " with `/assess-resolution`."
    )
    return Said(title="Merged already", text=text)


def unreadable(why: str) -> Said:
    """It could not be looked at at all; `why` is plain text."""
    text = (
        f"### ❔ Nothing was measured\n\n{prose(why, 300)}. That says nothing about the fix: ask again in a few minutes"
        " with `/assess-resolution`."
    )
    return Said(title="Nothing was measured", text=text)


def denied(text: str) -> Said:
    """The policy does not let whoever asked look; `text` is the denial as it is given on an issue."""
    return Said(title="Not open to whoever asked", text=text, no_right=True)


def declined(text: str) -> Said:
    """Nothing can be judged; `text` is ours (Markdown) and says why."""
    return Said(title="Nothing was measured", text=text)


def plain(number: int) -> str:
    """An issue's number in text without Markdown."""
    return f"#{number}"


def _number(number: int) -> str:
    return code(plain(number))


_Found = tuple[tuple[Prospect, tuple[Foreseen, ...]], ...]


def _title(found: _Found, name: Callable[[int], str]) -> str:
    if not found:
        return "Nothing linked is an issue"
    said = [f"{listing([name(issue.number) for issue in issues])} {_WORDS[one]}" for one, issues in found]
    holding = [issue.judged for one, issues in found if one is Prospect.HOLDS for issue in issues]
    open_end = any(isinstance(judged, AsMerged) and _decides_later(judged) for judged in holding)
    return f"Once this is merged, {'; '.join(said)}{', as far as can be told before' if open_end else ''}"


def _text(preview: Preview, found: _Found, rows: int) -> str:
    symbol = _SYMBOLS[found[0][0] if found else Prospect.UNCLEAR]
    warnings = "\n".join(f"- {text}" for issue in preview.issues if (text := _warning(issue)))
    parts = (
        f"### {symbol} {_title(found, _number)}",
        warnings,
        _basis(preview.looked),
        *(_section(issue, rows, preview.at) for _, issues in found for issue in issues),
        _more(preview.more),
        _footer(preview),
    )
    return "\n\n".join(part for part in parts if part)


def _warning(issue: Foreseen) -> str:
    """The merge would close what would not be resolved; and what to write instead."""
    if not issue.closes or prospect_of(issue) is not Prospect.LACKS:
        return ""
    number = _number(issue.number)
    if issue.keyword is None:
        return f"{number} is linked by hand: merging would close it, unresolved. Unlink it, or bring what is missing."
    written = code(f"{issue.keyword.word} {plain(issue.number)}", 60)
    instead = code(f"Refs {plain(issue.number)}")
    return (
        f"{written} in {issue.keyword.place} would close {number}, unresolved:"
        f" write {instead} instead, or bring what is missing."
    )


def _basis(looked: PreviewSubject) -> str:
    at = link(f"`{short(looked.commit)}`", looked.url)
    if looked.base != looked.branch:
        base, branch = code(looked.base, 100), code(looked.branch, 100)
        return f"This pull request goes to {base}: merging it closes nothing, and {branch} stays as it is ({at})."
    if looked.exact:
        return f"Said as if it were merged: I looked at the merge that GitHub tries beforehand ({at})."
    return (
        "Said as if it were merged. GitHub shows no trial merge of this head yet, so I looked at the head itself"
        f" ({at}): what {code(looked.base, 100)} has got since is not in it."
    )


def _section(issue: Foreseen, rows: int, at: datetime) -> str:
    closes = "" if issue.closes else " (referred to, not closed)"
    head = f"#### {_SYMBOLS[prospect_of(issue)]} {link(f'{plain(issue.number)} {issue.title}', issue.url)}{closes}"
    if isinstance(issue.judged, str):
        return f"{head}\n\n{issue.judged}"
    judged = issue.judged
    there = tuple(f for f in judged.findings if f.evidence.outcome is Outcome.PASS and not _is_new(f))
    parts = (
        _listed("Would still be missing", _lacking(judged), rows),
        _listed("Not known", tuple(_owing(f) for f in _asked(judged, _UNKNOWN)), rows),
        _listed(_brings(judged), tuple(_change(f) for f in judged.findings if _is_new(f)), rows),
        _inline("Holds already", tuple(_called(f.criterion) for f in there), rows),
        _listed("Waived", _waived(judged, at), rows),
        _inline("Only after the merge", tuple(_called(one) for one in judged.later), rows),
    )
    return "\n\n".join((head, *(part for part in parts if part)))


_UNKNOWN = frozenset({Outcome.ERROR, Outcome.MISSING, Outcome.FLAKY, Outcome.MISCONFIGURED, Outcome.PENDING})
_NAME_IT = "Nothing that was asked shows a fix: name what does, or a criterion that would fail without it"


def _asked(judged: AsMerged, outcomes: frozenset[Outcome]) -> tuple[Finding, ...]:
    return worst_first(tuple(f for f in judged.findings if f.evidence.outcome in outcomes))


def _lacking(judged: AsMerged) -> tuple[str, ...]:
    """What does not hold, what the statement itself leaves open, and that nothing shows a fix."""
    failing = tuple(_owing(finding) for finding in _asked(judged, frozenset({Outcome.FAIL})))
    remains = tuple(prose(sentence, 300) for sentence in judged.verdict.remains)
    shown = judged.verdict.because is not Because.NOTHING_DECISIVE or _decides_later(judged)
    return (*failing, *remains, *(() if shown else (_NAME_IT,)))


def _waived(judged: AsMerged, at: datetime) -> tuple[str, ...]:
    """What decides nothing, and by whose word."""
    criteria = {one.id: one for one in (*(finding.criterion for finding in judged.findings), *judged.later)}
    return tuple(f"{_called(criteria[one.criterion])}: {granted(one, seen_from=at)}" for one in judged.waivers)


def _is_new(finding: Finding) -> bool:
    """Was it otherwise before the fix?"""
    evidence = finding.evidence
    return evidence.outcome is Outcome.PASS and evidence.before is not None and evidence.decisive


def _brings(judged: AsMerged) -> str:
    return "This pull request brings" if judged.alone else "New by then, not all by this pull request alone"


def _called(criterion: Criterion) -> str:
    return quote(criterion.quote, 120) if criterion.quote else prose(criterion.title, 160)


def _owing(finding: Finding) -> str:
    """A criterion that does not hold or is not known: what was seen, and what would make it hold."""
    criterion, evidence = finding.criterion, finding.evidence
    name = _called(criterion) if is_claim(finding) else f"{_called(criterion)} · {code(criterion.id, 80)}"
    if criterion.scope is Scope.OPERATIONAL:
        name += " (operational, not blocking)"
    elif not criterion.required:
        name += " (optional)"
    text = f"{name}: {prose(evidence.observed.rstrip('.'), 240)}"
    expected = f"Expected: {evidence.expected}" if evidence.expected else ""
    remedy = prose((evidence.remedy or expected).rstrip("."), 300)
    return "\n".join((f"{text}. {remedy}" if remedy else text, *_places(evidence)))


def _places(evidence: Evidence) -> tuple[str, ...]:
    """The first places behind what does not hold."""
    details = evidence.details if evidence.outcome is Outcome.FAIL else ()
    shown = tuple(f"  - {link(detail.text, detail.url)}" for detail in details[:_PLACES])
    return (*shown, f"  - and {len(details) - _PLACES:,} more") if len(details) > _PLACES else shown


def _change(finding: Finding) -> str:
    evidence = finding.evidence
    return f"{_called(finding.criterion)}: {prose(evidence.before or '', 120)} → {prose(evidence.observed, 240)}"


def _listed(heading: str, items: tuple[str, ...], rows: int) -> str:
    if not items:
        return ""
    more = [f"- and {len(items) - rows} more"] if len(items) > rows else []
    return "\n".join((f"**{heading}**", "", *(f"- {item}" for item in items[:rows]), *more))


def _inline(heading: str, items: tuple[str, ...], rows: int) -> str:
    if not items:
        return ""
    more = [f"and {len(items) - rows} more"] if len(items) > rows else []
    return f"**{heading}** · {' · '.join((*items[:rows], *more))}"


def _more(numbers: tuple[int, ...]) -> str:
    if not numbers:
        return ""
    named = listing([_number(number) for number in numbers])
    return f"**Not looked at** · {count(len(numbers), 'more linked issue')}: {named}."


def _footer(preview: Preview) -> str:
    who = f"asked by {mention(preview.by)}" if preview.by is not None else "looked by myself"
    return f"<sub>{who} · dry run: nothing was changed · policy {code(brief(preview.policy), 40)}</sub>"
