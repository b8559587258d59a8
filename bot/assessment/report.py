"""The answer: one Markdown comment whose first line alone tells the verdict and the action.

Order: title; summary; key findings; the change in numbers; out of scope; notes; stated impact; why, or what is
missing; similar issues; what was done; confidence (folded); how to disagree; footer; hidden mark. Each part only where
it has content.
At most ten rows before folding and 60,000 characters (GitHub takes 65,536); the rest stands behind the evidence link.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.assessment.document import Assessment
from bot.assessment.evidence import Criterion, CriterionId
from bot.assessment.markdown import prose
from bot.assessment.precedent_text import like_it
from bot.assessment.report_ending import confidence, disagree, done, footer, justification, missing, rechecks
from bot.assessment.report_findings import findings
from bot.assessment.report_page import CAPABILITIES, Detail, Page
from bot.assessment.report_sections import impact, measured, notes, out_of_scope, summary
from bot.assessment.report_title import title
from bot.assessment.report_waivers import operational

LIMIT = 60_000
"""Characters in one comment, at most."""

_LADDER: tuple[Detail, ...] = (
    Detail(),
    Detail(folded=100, occurrences=8),
    Detail(folded=40, occurrences=3),
    Detail(folded=0, occurrences=0),
    Detail(rows=3, folded=0, occurrences=0),
)
"""Less and less detail, until the answer fits."""

_PARTS: tuple[Callable[[Page], str], ...] = (
    title,
    summary,
    findings,
    measured,
    out_of_scope,
    operational,
    notes,
    impact,
    justification,
    missing,
    like_it,
    done,
    confidence,
    rechecks,
    disagree,
    footer,
)
_SHORTEST: tuple[Callable[[Page], str], ...] = (title, footer)


def render(
    assessment: Assessment,
    *,
    evidence_url: str | None,
    marker: str,
    capabilities: frozenset[str] = CAPABILITIES,
) -> str:
    """The whole comment. `evidence_url` leads to all evidence; `marker` is our hidden mark, the last line."""
    page = Page(assessment=assessment, evidence_url=evidence_url, capabilities=capabilities)
    for detail in _LADDER:
        text = _joined(replace(page, detail=detail), _PARTS, marker)
        if len(text) <= LIMIT:
            return text
    return _joined(page, _SHORTEST, marker)


def progress(
    criteria: tuple[Criterion, ...], done: frozenset[CriterionId], *, marker: str = "", note: str | None = None
) -> str:
    """The text while it works: which criteria are answered, and what a long-running one is at (`note`)."""
    answered = sum(criterion.id in done for criterion in criteria)
    head = f"### 🔎 Looking: {answered} of {len(criteria)} answered"
    shown = criteria[: Detail().rows]
    lines = [f"- {'☑' if criterion.id in done else '☐'} {prose(criterion.title, 120)}" for criterion in shown]
    if len(criteria) > len(shown):
        lines.append(f"- and {len(criteria) - len(shown)} more")
    parts = (head, "\n".join(lines), prose(note, 200) if note else "", marker)
    return "\n\n".join(part for part in parts if part)


def _joined(page: Page, parts: tuple[Callable[[Page], str], ...], marker: str) -> str:
    texts = [text for part in parts if (text := part(page))]
    return "\n\n".join([*texts, marker] if marker else texts)
