"""What an answer says about waivers: who gave one, until when, why; and why one no longer counts.

A waiver says nothing where the criterion holds, or does not apply: there it changes nothing.
"""

from datetime import datetime
from typing import assert_never

from bot.assessment.evidence import Finding, Outcome
from bot.assessment.markdown import code, link, name, prose
from bot.assessment.report_page import Page
from bot.assessment.report_sections import called, listed
from bot.assessment.waiver import Waived, Waiver, WaiverState
from bot.assessment.wording import brief, listing, moment

_SHOWN = 3
_WHY: dict[WaiverState, str] = {
    WaiverState.OTHER_QUESTION: ": it was given for another question of this name; waive again",
    WaiverState.NO_LONGER_MAY: ", who may not waive here any more: somebody else has to waive it",
    WaiverState.ROLE_UNKNOWN: ", since GitHub did not tell whether they may still waive",
    WaiverState.BY_AUTHOR: ", who wrote the fix: somebody else has to waive it",
    WaiverState.AUTHORS_UNKNOWN: ", since it could not be read who wrote the fix",
}


def beside(finding: Finding, page: Page) -> str:
    """What stands beside a criterion that has a waiver; nothing where it needs none."""
    waived = page.waiver(finding)
    return "" if waived is None else in_words(waived.waiver, waived.state, now=page.assessment.finished_at)


def in_words(waiver: Waiver, state: WaiverState, *, now: datetime) -> str:
    """Whose waiver it is and what became of it; nothing where it is not needed."""
    who = name(waiver.by)
    match state:
        case WaiverState.NOT_NEEDED:
            return ""
        case WaiverState.COUNTS:
            return f"**waived** {granted(waiver, seen_from=now)}"
        case WaiverState.ENDED:
            return f"a waiver by {who} ended at {moment(waiver.until, seen_from=now)}"
        case WaiverState.OTHER_POLICY:
            return f"a waiver by {who} no longer counts: it {_given_under(waiver)}; waive again"
        case (
            WaiverState.OTHER_QUESTION
            | WaiverState.NO_LONGER_MAY
            | WaiverState.ROLE_UNKNOWN
            | WaiverState.BY_AUTHOR
            | WaiverState.AUTHORS_UNKNOWN
        ):
            return f"a waiver by {who} does not count{_WHY[state]}"
        case _:
            assert_never(state)


def justified(page: Page) -> str:
    """The exceptions that a closing rests on, as the end of a sentence; nothing where there is none."""
    waived = tuple((f, one) for f in page.development if (one := counting(f, page)) is not None)
    if not waived:
        return ""
    now = page.assessment.finished_at
    said = [f"{called(f)} is waived {granted(one.waiver, seen_from=now)}" for f, one in waived[:_SHOWN]]
    more = [f"{len(waived) - _SHOWN} more are waived"] if len(waived) > _SHOWN else []
    return f"; {listing([*said, *more])}"


def operational(page: Page) -> str:
    """Operational criteria that are waived: no follow-up is owed for them."""
    return listed(
        "Waived, operational",
        tuple(
            f"{prose(f.criterion.title, 120)}: {prose(f.evidence.observed, 160)}; {beside(f, page)}"
            for f in page.operational
            if counting(f, page) is not None
        ),
    )


def counting(finding: Finding, page: Page) -> Waived | None:
    """The waiver by which a criterion decides nothing here."""
    return page.waiver(finding) if finding.evidence.outcome is Outcome.WAIVED else None


def granted(waiver: Waiver, *, seen_from: datetime) -> str:
    """By whom, until when, where that was said, and why."""
    until = link(moment(waiver.until, seen_from=seen_from), waiver.url)
    return f"by {name(waiver.by)} until {until}: {prose(waiver.reason.rstrip('.'), 300)}"


def _given_under(waiver: Waiver) -> str:
    return f"was given under policy {code(brief(waiver.policy), 40)}"
