"""Somebody waives a criterion, or takes that back: who may, what can be waived, for how long; kept once, said once.

Rules:
1. What would be asked here now can be waived, claims included, and nothing else.
2. Whoever wrote the fix may not, admins included; taking a waiver back is open to everybody with the role.
3. The role is asked before anything is read; what the policy asks beyond it, once the policy is read.
4. A waiver is kept with its end, and a job for that end is left behind. Given again, it starts anew.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from bot.actions.trouble import answer_or_refusal
from bot.assessment import topics, waiver_answers
from bot.assessment.evidence import Criterion, CriterionId
from bot.assessment.markdown import line
from bot.assessment.waiver import Waiver
from bot.commands import waivers
from bot.commands.case import Case
from bot.commands.denials import denial
from bot.commands.distance import distance
from bot.commands.entitled import with_authors
from bot.commands.grammar import LONGEST_REASON, Unwaive, Waive
from bot.commands.looked import Looked
from bot.commands.measure import Prepared
from bot.commands.replies import Reply
from bot.commands.request import WaiverEndRequest, pack
from bot.commands.rights import Deed, Tie, may
from bot.commands.route import WAIVER_END_JOB
from bot.commands.run import Run, Sight
from bot.commands.telling import denied
from bot.engine import Job, Json
from bot.github.answers import Reaction
from bot.github.models import Unknown

_NEAR = 2  # edits


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What comes of it: a waiver to be given or taken back, with its criterion's title; or what to say instead.

    `no_right`: it is said to somebody who may not. Nothing at all: there is nobody to answer to.
    """

    waiver: Waiver | None = None
    title: str = ""
    instead: str | None = None
    no_right: bool = False


async def waive(case: Case, run: Run, asked: Waive) -> Reply:
    """Give a waiver; what to answer."""
    decided = msgspec.convert(await case.turn.step(case.step("decide"), lambda: _to_give(case, run, asked)), Decided)
    waiver = decided.waiver
    if waiver is None:
        return await _refused(case, decided)
    await case.turn.step(case.step("keep"), lambda: _keep(case, waiver))
    await case.turn.submit(_end(case, waiver))
    return Reply(text=waiver_answers.given(waiver, title=decided.title), reaction=Reaction.THUMBS_UP)


async def unwaive(case: Case, run: Run, asked: Unwaive) -> Reply:
    """Take a waiver back; what to answer."""
    kept = await case.turn.step(case.step("decide"), lambda: _to_take_back(case, run, asked))
    decided = msgspec.convert(kept, Decided)
    waiver = decided.waiver
    if waiver is None:
        return await _refused(case, decided)
    await case.turn.step(case.step("forget"), lambda: _forget(case, waiver))
    return Reply(text=waiver_answers.taken_back(waiver, by=case.login), reaction=Reaction.THUMBS_UP)


async def _refused(case: Case, decided: Decided) -> Reply:
    text = decided.instead or ""
    return await denied(case, text) if decided.no_right else Reply(text=text)


def given(prepared: Prepared, asked: Waive, case: Case, now: datetime) -> Decided:
    """Is it waived, and until when? Pure."""
    criteria = {one.id: one for one in asked_here(prepared)}
    found = criteria.get(CriterionId(asked.criterion))
    if found is None:
        nearest = nearest_of(asked.criterion, criteria)
        return Decided(instead=waiver_answers.unknown_criterion(asked.criterion, tuple(criteria), nearest=nearest))
    authors = prepared.written_by
    if isinstance(authors, Unknown):
        return Decided(instead=waiver_answers.authors_unknown(authors.reason))
    held = frozenset({Tie.FIX_AUTHOR}) if case.login.lower() in authors else frozenset()
    if not may(Deed.WAIVE, role=case.role, ties=held, permissions=prepared.policy.permissions):
        return Decided(instead=waiver_answers.by_its_author(case.login, asked.criterion), no_right=True)
    waiver = Waiver(
        criterion=found.id,
        reason=line(asked.reason, LONGEST_REASON),
        by=case.login,
        at=now,
        until=now + asked.lasts,
        policy=prepared.policy.digest,
        asks=prepared.fingerprints[found.id],
        url=case.request.comment.url,
    )
    return Decided(waiver=waiver, title=found.title)


def asked_here(prepared: Prepared) -> tuple[Criterion, ...]:
    """Everything that would be asked now, with what cannot be asked as written and what nothing here measures."""
    return (
        *(question.criterion for question in prepared.questions),
        *(faulty.criterion for faulty in prepared.faulty),
        *(finding.criterion for finding in prepared.claimed.unmeasured),
    )


def nearest_of(word: str, known: Iterable[str]) -> str | None:
    """What was probably meant; None where nothing is near."""
    edits, name = min(((distance(word, one), one) for one in known), default=(_NEAR + 1, ""))
    return name if edits <= min(_NEAR, len(word) // 2) else None


async def _to_give(case: Case, run: Run, asked: Waive) -> Json:
    prepared = await _allowed(case, run, asked)
    if not isinstance(prepared, Prepared):
        return _packed(prepared)
    known = await answer_or_refusal(with_authors(prepared, case.session.reader(prepared.snapshot).authors))
    if not isinstance(known, Prepared):
        return _packed(Decided(instead=waiver_answers.authors_unknown(str(known))))
    return _packed(given(known, asked, case, case.tools.clock()))


async def _to_take_back(case: Case, run: Run, asked: Unwaive) -> Json:
    prepared = await _allowed(case, run, asked)
    if not isinstance(prepared, Prepared):
        return _packed(prepared)
    now = case.tools.clock()
    known = await waivers.waivers_of(case.tools.notes, case.request.place.key, now)
    standing = {one.criterion: one for one in known if now < one.until}
    waiver = standing.get(CriterionId(asked.criterion))
    if waiver is None:
        return _packed(Decided(instead=waiver_answers.not_waived(asked.criterion, tuple(standing))))
    return _packed(Decided(waiver=waiver))


async def _allowed(case: Case, run: Run, asked: Waive | Unwaive) -> Prepared | Decided:
    """What would be asked, if the policy opens the deed to this role; else what to say instead."""
    prepared = await Sight(run).prepared()
    if isinstance(prepared, Looked):
        return Decided(instead=prepared.declined, no_right=prepared.no_right)
    refusal = denial(case.request, asked, case.role, permissions=prepared.policy.permissions)
    return prepared if refusal is None else Decided(instead=refusal, no_right=True)


async def _keep(case: Case, waiver: Waiver) -> Json:
    await waivers.keep(case.tools.notes, case.request.place.key, waiver)
    return waiver.criterion


async def _forget(case: Case, waiver: Waiver) -> Json:
    await waivers.forget(case.tools.notes, case.request.place.key, waiver.criterion)
    return waiver.criterion


def _end(case: Case, waiver: Waiver) -> Job:
    """The look at the waiver's end. Nothing wakes it before: it is parked like everything that waits for long."""
    place = case.request.place
    return Job(
        id=f"{case.turn.job.id}:ends:{case.number}:{waiver.criterion}",  # one comment may give it twice
        kind=WAIVER_END_JOB,
        key=place.key,
        payload=pack(WaiverEndRequest(place=place, issue_node=case.request.issue_node, waiver=waiver)),
        delay=max(waiver.until - case.tools.clock(), timedelta(0)),
        topics=(topics.waiver(place.repository_id, place.number, waiver.criterion),),
    )


def _packed(decided: Decided) -> Json:
    packed: Json = msgspec.to_builtins(decided)
    return packed
