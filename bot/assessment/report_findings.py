"""The key findings: one table for claims, one for criteria, worst first, ten rows before folding."""

import re
from dataclasses import dataclass

from bot.assessment.evidence import NO_CATEGORY, Criterion, Evidence, Finding, Outcome
from bot.assessment.markdown import code, html, link, prose, quote, row
from bot.assessment.report_page import ADDED_BY, Page, is_claim
from bot.assessment.report_waivers import beside, counting
from bot.assessment.verdict import leaves_work
from bot.assessment.wording import count, short

SYMBOLS: dict[Outcome, str] = {
    Outcome.PASS: "✅",
    Outcome.FAIL: "❌",
    Outcome.ERROR: "❔",
    Outcome.MISSING: "❔",
    Outcome.FLAKY: "❔",
    Outcome.PENDING: "⏳",
    Outcome.MISCONFIGURED: "🔧",
    Outcome.WAIVED: "⚪",
    Outcome.SKIPPED: "➖",
}

_SEVERITY: tuple[Outcome, ...] = (
    Outcome.FAIL,
    Outcome.MISCONFIGURED,
    Outcome.ERROR,
    Outcome.FLAKY,
    Outcome.MISSING,
    Outcome.PENDING,
    Outcome.PASS,
    Outcome.WAIVED,
    Outcome.SKIPPED,
)

_EVIDENCE_NAMES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"/pull/\d+"), "pull request"),
    (re.compile(r"/compare/"), "compare"),
    (re.compile(r"/commits?/"), "commit"),
    (re.compile(r"/runs/|/checks"), "run"),
    (re.compile(r"/blob/"), "file"),
    (re.compile(r"/tree/"), "tree"),
    (re.compile(r"/issues/\d+"), "issue"),
    (re.compile(r"/deployments"), "deployments"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    header: tuple[str, ...]
    findings: tuple[Finding, ...]


def symbol(finding: Finding) -> str:
    """The sign before a finding."""
    return "🟡" if leaves_work(finding) else SYMBOLS[finding.evidence.outcome]


def findings(page: Page) -> str:
    """The tables, the folded rest, what does not apply, and the occurrences behind what does not hold."""
    shown = worst_first(tuple(f for f in page.development if f.evidence.outcome is not Outcome.SKIPPED))
    first, rest = shown[: page.detail.rows], shown[page.detail.rows :]
    parts = [_tables(first, page), _rest(rest, page), _skipped(page), *_occurrences(first, page)]
    return "\n\n".join(part for part in parts if part)


def worst_first(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Worst first; within that required before optional, categories together, in the order they were asked."""
    categories = list(dict.fromkeys(finding.criterion.category for finding in found))
    return tuple(
        sorted(
            found,
            key=lambda f: (
                _SEVERITY.index(f.evidence.outcome) + (0.5 if leaves_work(f) else 0),
                not f.criterion.required,
                categories.index(f.criterion.category),
            ),
        )
    )


def _tables(found: tuple[Finding, ...], page: Page) -> str:
    """Claims and criteria in a table each; the one with the worst finding stands first."""
    claims = tuple(f for f in found if is_claim(f))
    criteria = tuple(f for f in found if not is_claim(f))
    tables = [_claims(claims), _criteria(criteria)]
    if criteria and not is_claim(found[0]):
        tables.reverse()
    return "\n\n".join(_rendered(table, page) for table in tables if table.findings)


def _rendered(table: _Table, page: Page) -> str:
    quotes = [finding.criterion.quote for finding in table.findings]
    rows = (
        _claim_row(finding, page, shared=quotes.count(finding.criterion.quote) > 1)
        if is_claim(finding)
        else _criterion_row(finding, page)
        for finding in table.findings
    )
    ruler = f"|{'|'.join('-' * max(1, len(name)) for name in table.header)}|"
    return "\n".join((row(table.header), ruler, *rows))


def _claims(found: tuple[Finding, ...]) -> _Table:
    return _Table(header=("", "Claim, as written", "What I found", "Where I looked"), findings=found)


def _criteria(found: tuple[Finding, ...]) -> _Table:
    return _Table(header=("", "Criterion", "Before → now", "Seen on", "Evidence"), findings=found)


def _claim_row(finding: Finding, page: Page, *, shared: bool) -> str:
    """A claim. Where several stand in the same words (`shared`), each row says which of them it is about."""
    criterion, evidence = finding.criterion, finding.evidence
    said = quote(criterion.quote or criterion.title) + ("" if criterion.required else " (not required)")
    found = _observed(finding, page)
    if evidence.seen_failing and evidence.before is not None:
        found = f"{prose(evidence.before, 120)} → {found}"
    if shared and _measured(finding, page) not in _UNEXPECTED:
        found = f"{found}; asked: {prose(evidence.expected, 120)}"
    found = "; ".join(part for part in (found, beside(finding, page)) if part)
    return row((symbol(finding), said, found, _place(evidence, linked=True)))


def _criterion_row(finding: Finding, page: Page) -> str:
    evidence = finding.evidence
    now = "; ".join(part for part in (_observed(finding, page), beside(finding, page)) if part)
    change = f"{prose(evidence.before, 120)} → {now}" if evidence.before is not None else now
    seen = link(_evidence_name(evidence.source.url), evidence.source.url)
    target = seen if seen.startswith("[") else ""
    return row((symbol(finding), _named(finding.criterion, evidence), change, _place(evidence), target))


def _named(criterion: Criterion, evidence: Evidence) -> str:
    """**Category**: title, where somebody chose one. What does not hold also shows its id, which flags need.

    What is asked of this issue alone says who asks it.
    """
    category, title = prose(criterion.category, 60), prose(criterion.title, 160)
    text = f"**{category}**: {title}" if category and category != NO_CATEGORY else title
    if evidence.outcome is not Outcome.PASS:
        text += f" · {code(criterion.id, 80)}"
    added = ADDED_BY.get(criterion.origin)
    marks = (f"from {added}" if added else "", "" if criterion.required else "optional")
    marked = ", ".join(mark for mark in marks if mark)
    return f"{text} ({marked})" if marked else text


_UNEXPECTED = frozenset({Outcome.FAIL, Outcome.FLAKY})
_LITTLE = "proves little"  # a probe that says so itself says why


def _measured(finding: Finding, page: Page) -> Outcome:
    """What was found, waived or not."""
    waived = counting(finding, page)
    return finding.evidence.outcome if waived is None else waived.measured


def _observed(finding: Finding, page: Page) -> str:
    evidence = finding.evidence
    text = prose(evidence.observed, 240) or "nothing"
    if _measured(finding, page) in _UNEXPECTED and evidence.expected:
        text = f"{text}; expected: {prose(evidence.expected, 120)}"
    if evidence.outcome is Outcome.PASS and not evidence.decisive and _LITTLE not in evidence.observed:
        text += " (proves little by itself)"
    return text


def _place(evidence: Evidence, *, linked: bool = False) -> str:
    source = evidence.source
    text = prose(source.place, 120)
    # Only where the place is but a name: longer words say themselves what they are about.
    if source.sha and " " not in source.place.strip() and short(source.sha) not in source.place:
        text = f"{text} @ {code(short(source.sha))}" if text else code(short(source.sha))
    if not linked:
        return text
    target = link(_evidence_name(source.url), source.url)
    return f"{text}; {target}" if target.startswith("[") else text


def _evidence_name(url: str) -> str:
    return next((name for pattern, name in _EVIDENCE_NAMES if pattern.search(url)), "evidence")


def _rest(found: tuple[Finding, ...], page: Page) -> str:
    if not found:
        return ""
    folded = found[: page.detail.folded]
    summary = _rest_in_words(len(found), sum(f.evidence.outcome is Outcome.PASS for f in found))
    if not folded:
        return f"{summary}: in the full evidence."
    more = len(found) - len(folded)
    note = f"\n\n{more} more rows are in the full evidence." if more else ""
    return f"<details><summary>{summary}</summary>\n\n{_tables(folded, page)}{note}\n\n</details>"


def _rest_in_words(number: int, holding: int) -> str:
    if holding == number:
        return "1 more, which holds" if number == 1 else f"{number} more, all of which hold"
    return f"{number} more, {holding} of which {'holds' if holding == 1 else 'hold'}" if holding else f"{number} more"


def _skipped(page: Page) -> str:
    skipped = [finding for finding in page.development if finding.evidence.outcome is Outcome.SKIPPED]
    if not skipped:
        return ""
    shown = [_why_skipped(finding) for finding in skipped[: page.detail.rows]]
    more = [f"and {len(skipped) - len(shown)} more"] if len(skipped) > len(shown) else []
    return f"**Does not apply** · {' · '.join([*shown, *more])}"


def _why_skipped(finding: Finding) -> str:
    why = prose(finding.evidence.observed, 120)
    return f"*{prose(finding.criterion.title, 80)}*" + (f": {why}" if why else "")


def _occurrences(found: tuple[Finding, ...], page: Page) -> list[str]:
    """Files and lines behind what does not hold, folded."""
    return [
        _fold(finding, page)
        for finding in found
        if finding.evidence.details and finding.evidence.outcome is not Outcome.PASS and page.detail.occurrences
    ]


def _fold(finding: Finding, page: Page) -> str:
    details = finding.evidence.details
    lines = [f"- {link(detail.text, detail.url)}" for detail in details[: page.detail.occurrences]]
    if len(details) > len(lines):
        lines.append(f"- and {len(details) - len(lines):,} more, in the full evidence")
    what = html(finding.criterion.title, 100)
    body = "\n".join(lines)
    return f"<details><summary>{what}: {count(len(details), 'place')} listed</summary>\n\n{body}\n\n</details>"
