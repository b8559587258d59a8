"""`/resolution status`: the last assessment, what is waited for and until when, what holds the issue open.

So it is with what a person did against us, an announced closing, and how a watch ended.
"""

from dataclasses import replace

from bot.assessment.document import Assessment
from bot.assessment.explanation import Spot
from bot.assessment.history import Contradiction, contradiction
from bot.assessment.policy import Role
from bot.assessment.situation import Awaits, Begun, Parked, Recheck, Situation
from bot.assessment.situation import status as situation
from bot.assessment.waiver import Waiver
from bot.commands.asked_open import asked_open
from bot.commands.case import Case
from bot.commands.commanded import commanded_at
from bot.commands.glance import Glance, newest, told
from bot.commands.grace import vetoed
from bot.commands.grammar import Status
from bot.commands.replies import Reply
from bot.commands.request import AgainRequest, Errand, Started, WatchRequest, unpack
from bot.commands.route import AGAIN_JOB, COMMAND_JOB, LINKED_JOB, WATCH_JOB
from bot.commands.standing import Known, happened_to, state_of
from bot.commands.waiting import announced_until
from bot.commands.waivers import waivers_of
from bot.commands.watch_end import end_of_watch
from bot.config.load import Broken
from bot.engine import Waiting
from bot.github.answers import Reaction
from bot.github.models import Snapshot, Unknown

_QUEUED = frozenset({COMMAND_JOB, LINKED_JOB})


async def status(case: Case, asked: Status) -> Reply:
    """The answer. It also comes where the policy is broken: then it says so."""
    return await told(case, asked, lambda glance: _tell(case, glance))


async def _tell(case: Case, glance: Glance) -> Reply:
    last = await newest(case.tools, glance.snapshot)
    url = None if last is None else case.tools.evidence_url(last.id, glance.now)
    waiting = await case.tools.book.waiting(case.request.place.key)
    waivers = await waivers_of(case.tools.notes, case.request.place.key, glance.now)
    told = situation_of(glance, last, url, waiting, waivers=waivers)
    told = replace(told, against=await _against(case, glance), watch_ended=await _watch_ended(case, told))
    return Reply(text=situation(told), reaction=Reaction.THUMBS_UP)


async def _against(case: Case, glance: Glance) -> Contradiction | None:
    """What a person did that has us only advise."""
    notes, key, rules = case.tools.notes, case.request.place.key, glance.rules
    known = Known(
        us=await case.session.login(),
        hold=() if isinstance(rules, Broken) else rules.policy.labels.hold,
        commanded=await commanded_at(notes, key, glance.now),
        vetoed=await vetoed(notes, key, glance.now),
        opened=await asked_open(notes, key, glance.now),
    )
    return contradiction(happened_to(glance.snapshot.issue, known), commanded=known.commanded)


async def _watch_ended(case: Case, told: Situation) -> str | None:
    """How the last watch of a closed issue ended, where no other one is on."""
    if told.state.open or told.rechecks:
        return None
    return await end_of_watch(case.tools.notes, case.request.place.key, told.now)


def situation_of(
    glance: Glance,
    last: Assessment | None,
    evidence_url: str | None,
    waiting: tuple[Waiting, ...],
    *,
    waivers: tuple[Waiver, ...] = (),
) -> Situation:
    """How things stand. Pure."""
    snapshot = glance.snapshot
    return Situation(
        now=glance.now,
        state=state_of(snapshot.issue),
        locked=snapshot.issue.locked,
        holds=_holds(glance),
        last=last,
        evidence_url=evidence_url,
        parked=tuple(_parked(one, snapshot) for one in waiting if one.kind == AGAIN_JOB),
        queued=sum(one.kind in _QUEUED for one in waiting),
        waivers=waivers,
        rechecks=tuple(_recheck(one) for one in waiting if one.kind == WATCH_JOB),
        policy=None if isinstance(glance.rules, Broken) else glance.rules.policy.digest,
        close_role=Role.TRIAGE if isinstance(glance.rules, Broken) else glance.rules.policy.close_role,
    )


def _holds(glance: Glance) -> tuple[str, ...] | None:
    """The labels on the issue that hold it open by the policy; None where either could not be read."""
    labels = glance.snapshot.issue.labels
    if isinstance(glance.rules, Broken) or isinstance(labels, Unknown):
        return None
    holding = {name.casefold() for name in glance.rules.policy.labels.hold}
    return tuple(name for name in labels if name.casefold() in holding)


def _recheck(waiting: Waiting) -> Recheck:
    request = unpack(waiting.payload, WatchRequest)
    suspects = tuple(one.criterion for one in request.suspects)
    return Recheck(next_look=waiting.due_at, last_look=request.ladder[-1], suspects=suspects)


def _parked(waiting: Waiting, snapshot: Snapshot) -> Parked:
    errand = unpack(waiting.payload, AgainRequest).errand
    return Parked(
        awaits=awaits_of(errand),
        next_look=waiting.due_at,
        begun=tuple(_begun(one, snapshot) for one in errand.started),
        closes=announced_until(errand, snapshot.fetched_at),
    )


def awaits_of(errand: Errand) -> tuple[Awaits, ...]:
    """What is waited for and until when. An errand from before that was carried has only what its answer said. Pure."""
    if errand.awaits or not errand.promised:
        return tuple(Awaits(what=one.what, until=one.until) for one in errand.awaits)
    last = max(errand.promised.values())
    return tuple(Awaits(what=text, until=last) for text in errand.told)


def _begun(one: Started, snapshot: Snapshot) -> Begun:
    run = None
    if one.run is not None:
        run = Spot(text=f"run {one.run}", url=f"{snapshot.url}/actions/runs/{one.run}")
    return Begun(criterion=one.criterion, at=one.at, run=run, refused=one.refused)
