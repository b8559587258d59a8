"""A note on an issue that has to do with one that was closed on evidence. Words only; pure.

Nothing in it acts but the one reference to the closed issue, which is what it is for.
"""

from bot.assessment.document import ActionKind, Assessment, Done, Ending, Related
from bot.assessment.evidence import Outcome
from bot.assessment.markdown import code, link, prose
from bot.assessment.report_page import Page, noun
from bot.assessment.report_sections import where
from bot.assessment.verdict import decides
from bot.assessment.wording import count, listing

MOST = 5
"""Notes for one closed issue."""


def note(assessment: Assessment, one: Related, *, evidence_url: str | None, marker: str) -> str:
    """The text of the note."""
    measured = f" ({link('what was measured', evidence_url)})" if evidence_url else ""
    said = f"#{assessment.issue} was closed on evidence: {_held(Page(assessment=assessment))}{measured}."
    shared = f"What it has to do with this issue: {prose(one.shares, 200)}."
    return "\n\n".join((f"{said} {shared}", "<sub>This is for your information; I say it once.</sub>", marker))


def _held(page: Page) -> str:
    """How much of what had to hold did, and what is left over; each only as it was measured."""
    assessment, deciding = page.assessment, page.deciding
    waived = sum(decides(one) and one.evidence.outcome is Outcome.WAIVED for one in assessment.findings)
    held = sum(one.evidence.outcome is Outcome.PASS for one in deciding)
    one, many = noun(deciding)
    kind = one if len(deciding) == 1 else many
    place = f" on {where(page)}" if where(page) else ""
    parts = [f"{held} of {len(deciding)} required {kind} held{place}"]
    if waived:
        parts.append(f"{waived} {'was' if waived == 1 else 'were'} waived")
    left = assessment.verdict.follow_ups
    if left:
        numbers = [code(f"#{ticket.number}", 20) for ticket in assessment.tickets if ticket.criterion in left]
        shown = f" ({listing(numbers)})" if numbers else ""
        parts.append(f"{count(len(left), 'follow-up')} {'is' if len(left) == 1 else 'are'} left over{shown}")
    return "; ".join(parts)


def told(noted: tuple[int, ...], trouble: tuple[str, ...], left: int) -> tuple[Done, ...]:
    """What was done, for the answer; `left` are too many."""
    done = (_done(Ending.DONE, f"noted on {_named(noted)}"),) if noted else ()
    if left:
        trouble = (*trouble, f"{count(left, 'more related issue')} got no note: {MOST} notes at most for one issue")
    return (*done, *(_done(Ending.REFUSED, text) for text in trouble))


def only_named(related: tuple[Related, ...]) -> Done:
    """Where nobody asked, and the policy lets me only advise."""
    numbers = tuple(one.issue for one in related)
    are = "which is related" if len(numbers) == 1 else "which are related"
    return _done(Ending.REFUSED, f"no note on {_named(numbers)}, {are}: by myself I only advise here")


def would(related: tuple[Related, ...]) -> str:
    """What would be left, were this no dry run."""
    numbers = tuple(one.issue for one in related[:MOST])
    return f"{'one note each' if len(numbers) > 1 else 'one note'} on {_named(numbers)}, where there is none yet"


def _named(numbers: tuple[int, ...]) -> str:
    return listing([f"#{number}" for number in numbers])


def _done(ending: Ending, text: str) -> Done:
    return Done(action=ActionKind.REFERENCE, ending=ending, text=text)
