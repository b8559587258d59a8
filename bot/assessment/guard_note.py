"""What is said of a closing by somebody else: a short note instead of an assessment, or nothing. Pure.

Rules:
1. One that holds is one line. One that does not says what is missing, with the evidence folded, and how to disagree.
2. Whoever closed it is not called, and named only where it holds: GitHub tells him of the note, since he closed it, and
   nobody is reproached.
3. A person who closed it against our answer has decided that knowingly. That is neither repeated nor undone.
4. Where another answer tells how the closing stands, nothing is said but that the issue was reopened.
5. It is reopened once against each closer: whoever was told before, and closes it again, is not fought with.
6. What waits for somebody's confirmation asks him for it, and says until when, unless no word is wanted where it holds.
   The same note says what came of it, whatever that is: it does not keep asking.
"""

from dataclasses import replace

from bot.assessment.document import Assessment, Ending
from bot.assessment.markdown import code, link, name, prose
from bot.assessment.openlines import CONFIRM_FIXED
from bot.assessment.plan import Label, Plan, Reopen, Speak
from bot.assessment.policy import HoldingMode
from bot.assessment.report import LIMIT
from bot.assessment.report_ending import against_reopening, done, footer, missing
from bot.assessment.report_findings import findings
from bot.assessment.report_page import Detail, Page, noun
from bot.assessment.report_sections import called, listed, out_of_scope, summary, where
from bot.assessment.report_title import title
from bot.assessment.verdict import Verdict, VerdictKind
from bot.assessment.waits import Awaited, awaited
from bot.assessment.withholding import ANYONE_REOPENS, Withheld, WithheldReason
from bot.assessment.wording import count, moment

_LADDER = (Detail(), Detail(folded=40, occurrences=3), Detail(rows=3, folded=0, occurrences=0))
_ANYONE = "Anyone with **triage**"
_OR_AUTHOR = "The author, who closed it, and anyone with **triage**"
_STAYS = "Leave it closed: I say this once, and do nothing else."
_STAYS_AGAIN = "Leave it closed: I do nothing else."
_TOLD_BEFORE = "whoever closed it was told before, so I do not open it again"
_UNDECIDED = frozenset({VerdictKind.PENDING, VerdictKind.INCONCLUSIVE, VerdictKind.MISCONFIGURED})
_SHOWN = 3


def speaks(assessment: Assessment) -> bool:
    """Is there something to say?"""
    return any(isinstance(action, Speak) for action in assessment.plan.actions)


def asking(assessment: Assessment, holding: HoldingMode) -> Assessment:
    """The assessment with a word where rule 6 wants one: it waits for somebody who has to be asked."""
    asks = any(one.wait.whom is not None for one in _waits(assessment))
    return _spoken(assessment) if asks and holding is HoldingMode.NOTE else assessment


def correcting(assessment: Assessment) -> Assessment:
    """The assessment with a word whatever it came to: a note that stands asks for something."""
    return assessment if speaks(assessment) else _spoken(assessment)


def _spoken(assessment: Assessment) -> Assessment:
    return replace(assessment, plan=replace(assessment.plan, actions=(Speak(), *assessment.plan.actions)))


def _waits(assessment: Assessment) -> tuple[Awaited, ...]:
    return awaited(assessment.verdict, assessment.findings, assessment.trigger)


def heeding(assessment: Assessment, told: Verdict | None, *, answered: bool, noted: bool = False) -> Assessment:
    """The assessment with nothing to be done where rule 3 or 4 says so, and without the reopening where rule 5 does.

    `told` is the verdict that a person who closed the issue had before him; `answered`: another answer tells; `noted`:
    whoever closed it had a note about an earlier closing of his.
    """
    if noted and assessment.plan.reopens:
        assessment = replace(assessment, plan=_left_shut(assessment.plan))
    knew = told == assessment.verdict and not (assessment.verdict.closes or assessment.trigger.by_bot)
    if knew or (answered and not assessment.plan.reopens):
        return replace(assessment, plan=Plan(actions=()))
    return assessment


def _left_shut(plan: Plan) -> Plan:
    """The same plan without the reopening, and the labels that go with it."""
    said = Withheld(reason=WithheldReason.TOLD_BEFORE, text=_TOLD_BEFORE)
    actions = tuple(action for action in plan.actions if not isinstance(action, Reopen | Label))
    return replace(plan, actions=actions, withheld=(*plan.withheld, said))


def guard_note(assessment: Assessment, *, evidence_url: str | None, marker: str, by_author: bool = False) -> str:
    """The whole note; `marker` is our hidden mark, the last line. `by_author`: whoever closed it had reported it.

    GitHub lets an author reopen what he has closed himself, and nothing that others did.
    """
    page = Page(assessment=assessment, evidence_url=evidence_url)
    if assessment.verdict.closes:
        return _joined((_holds(page), out_of_scope(page), marker))
    if waits := _waits(assessment):
        return _joined((_asks(page, waits, by_author=by_author), marker))
    if assessment.verdict.kind in _UNDECIDED:
        return _joined((_ends(page, by_author=by_author), marker))
    for detail in _LADDER:
        text = _falls(replace(page, detail=detail), marker, by_author=by_author)
        if len(text) <= LIMIT:
            return text
    return _joined((title(page), footer(page), marker))


def _holds(page: Page) -> str:
    assessment = page.assessment
    holding = len(page.deciding)
    measured = f"{holding} of {count(holding, *noun(page.deciding))}"
    evidence = link("all evidence", page.evidence_url) if page.evidence_url else ""
    parts = (
        f"✅ Closed by {name(assessment.trigger.by)}, and it holds: {measured}",
        f"confidence {assessment.confidence.level} ({assessment.confidence.percent} %)",
        where(page),
        evidence,
    )
    return " · ".join(part for part in parts if part)


def no_longer(why: str, marker: str) -> str:
    """The note that had asked for a confirmation, where nothing is looked at any more. `why` in plain words."""
    told = f"ℹ️ I had asked here for a word about a closing, and no longer wait: {prose(why, 200)}."
    return _joined((told, marker))


def _asks(page: Page, waits: tuple[Awaited, ...], *, by_author: bool) -> str:
    """Whom it waits for and what else, how to answer, and what else can be done."""
    seen_from = page.assessment.finished_at
    items = []
    for one in waits:
        until = moment(one.wait.until, seen_from=seen_from)
        how = f" to confirm the fix: {code(f'/{CONFIRM_FIXED}')} in a comment," if one.wait.whom is not None else ","
        items.append(f"{prose(one.wait.whom or one.wait.what, 200)}{how} until {until}")
    return (
        f"⏳ Closed by {name(page.assessment.trigger.by)}, and I wait for {'; and for '.join(items)}."
        " Nothing else that was asked speaks against it. It stays closed meanwhile, and what comes of it I say here."
        f" Not fixed? Say here what still fails. {_who(by_author=by_author)} can reopen it."
    )


def _ends(page: Page, *, by_author: bool) -> str:
    """It could not be decided after all: what was in the way."""
    why = tuple(f"{called(one)}: {prose(one.evidence.observed.rstrip('.'), 300)}" for one in page.carrying[:_SHOWN])
    parts = (
        f"❔ Closed by {name(page.assessment.trigger.by)}, and whether it holds could not be told",
        *(f": {'; '.join(why)}" for _ in why[:1]),
        f". I leave it closed, and look no further. Not right? {_who(by_author=by_author)} can reopen it.",
        f" {link('All evidence', page.evidence_url)}" if page.evidence_url else "",
    )
    return "".join(parts)


def _who(*, by_author: bool) -> str:
    return _OR_AUTHOR if by_author else _ANYONE


def _falls(page: Page, marker: str, *, by_author: bool) -> str:
    everything = count(len(page.deciding), *noun(page.deciding))
    evidence = f"<details><summary>What was found: {everything}</summary>\n\n{findings(page)}\n\n</details>"
    withheld = tuple(prose(one.text.removesuffix(f": {ANYONE_REOPENS}"), 300) for one in page.assessment.plan.withheld)
    ways = _ways(page, by_author=by_author)
    left = listed("Left closed", withheld)
    return _joined(
        (title(page), summary(page), missing(page), left, _otherwise(page), evidence, ways, footer(page), marker)
    )


def _ways(page: Page, *, by_author: bool) -> str:
    """How to disagree: whoever may do what is left to do."""
    if page.opens:
        return against_reopening(page)
    if page.assessment.plan.reopens:  # it was to be opened again, and may still be: put off, say
        return f"**Not right?** {_who(by_author=by_author)} can reopen it."
    stays = _STAYS_AGAIN if page.again else _STAYS
    return f"**Not right?** {stays} {_who(by_author=by_author)} can reopen it."


def _otherwise(page: Page) -> str:
    """What was done, where that is not all that the title says."""
    return "" if all(one.ending is Ending.DONE for one in page.assessment.actions) else done(page)


def _joined(parts: tuple[str, ...]) -> str:
    return "\n\n".join(part for part in parts if part)
