"""A note on an issue that has to do with one that was closed on evidence. Words only; pure.

Nothing in it acts but the one reference to the closed issue, which is what it is for.
"""

from bot.assessment.document import ActionKind, Assessment, Done, Ending, Related
from bot.assessment.markdown import link, prose
from bot.assessment.report_page import Page, noun
from bot.assessment.report_sections import where
from bot.assessment.wording import count, listing

MOST = 5
"""Notes for one closed issue."""


def note(assessment: Assessment, one: Related, *, evidence_url: str | None, marker: str) -> str:
    """The text of the note."""
    page = Page(assessment=assessment)
    asked = count(len(page.deciding), *noun(page.deciding))
    place = f" on {where(page)}" if where(page) else ""
    measured = f" ({link('what was measured', evidence_url)})" if evidence_url else ""
    held = f"{asked} {'was' if len(page.deciding) == 1 else 'were'} asked and held{place}{measured}"
    said = f"#{assessment.issue} was closed on evidence: {held}."
    shared = f"What it has to do with this issue: {prose(one.shares, 200)}."
    return "\n\n".join((f"{said} {shared}", "<sub>This is for your information; I say it once.</sub>", marker))


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


def _named(numbers: tuple[int, ...]) -> str:
    return listing([f"#{number}" for number in numbers])


def _done(ending: Ending, text: str) -> Done:
    return Done(action=ActionKind.REFERENCE, ending=ending, text=text)
