"""A waiver has come to its end: if it is still the same one, the issue is assessed without it, and that is said.

Rules:
1. Nothing is said of a waiver that was taken back or given anew in between.
2. It is an automatic trigger: it advises, and acts only where the policy lets it, and nobody has spoken since the
   waiver's end. A closed issue stays closed.
3. An assessment that waits here was asked for by somebody who may be entitled to more. It goes on by itself, without
   the waiver, and nothing takes its place: then the end is only said. So it is with a look at somebody's closing, which
   has given no answer yet that could go on.
4. A silent GitHub ends nothing: nobody waits for this, so it is tried again for a week, as `bot.commands.silence` says.
   Each try is a job of its own, which asks everything anew: the waiver may be another one by then. Where writing has
   begun, which keeps everybody else from the issue, the job itself goes on, and an hour is enough.
"""

from dataclasses import replace
from datetime import datetime

from msgspec import structs

from bot.assessment import waiver_answers
from bot.assessment.policy import Role
from bot.assessment.trigger import Trigger, TriggerKind
from bot.commands.assess import assess
from bot.commands.flags import flags_again
from bot.commands.measure import Declined
from bot.commands.precedence import GaveWay
from bot.commands.replies import Where, post
from bot.commands.request import AgainRequest, Errand, WaiverEndRequest, heard_until, pack, unpack
from bot.commands.route import AGAIN_JOB
from bot.commands.run import Run
from bot.commands.saying import Asker
from bot.commands.silence import Silence
from bot.commands.tools import Tools
from bot.commands.waivers import waiver_of
from bot.engine import Job, Json, Later, Turn, Waiting
from bot.github.errors import Unavailable

ANSWER_GOES_ON = "The answer that waits here goes on without it."
_AGAIN = "~"  # between the first job's id and how often it was tried since
LOOK_GOES_ON = "My look at the closing, which waits here, goes on without it."


async def waiver_ended(turn: Turn, tools: Tools) -> None:
    """The handler of `waiver-end.v1`."""
    request = unpack(turn.job.payload, WaiverEndRequest)
    if tools.clock() < request.waiver.until:
        raise Later(request.waiver.until)
    try:
        await _ended(turn, tools, request)
    except Unavailable as error:
        await _bear(turn, tools, request, error)


async def _bear(turn: Turn, tools: Tools, request: WaiverEndRequest, error: Unavailable) -> None:
    """GitHub was silent: it is tried again, or the error where that has lasted too long. May raise `Later`."""
    place, written = request.place, await turn.has_written()
    first = request.silent_since or datetime.fromisoformat(str(await turn.step("silent", lambda: _moment(tools))))
    silent = Silence(since=first, now=tools.clock(), end=first)
    if silent.is_hopeless or (silent.is_over and written):
        raise error
    tools.report("waiver-end-unread", {"repository": place.full_name, "issue": place.number, "why": str(error)})
    if written:
        raise Later(silent.again_at) from error
    await turn.submit(_next_try(turn.job, structs.replace(request, silent_since=first), silent))


def _next_try(job: Job, request: WaiverEndRequest, silent: Silence) -> Job:
    """The job that does the same later, and knows nothing of what this one has seen. Pure."""
    root, _, tried = job.id.partition(_AGAIN)
    number = f"{root}{_AGAIN}{int(tried or 0) + 1}"
    return replace(job, id=number, payload=pack(request), delay=silent.again_at - silent.now)


async def _moment(tools: Tools) -> Json:
    return tools.clock().isoformat()


async def _ended(turn: Turn, tools: Tools, request: WaiverEndRequest) -> None:
    if not await turn.step("stands", lambda: _stands(tools, request)):
        return
    run = ended_run(turn, tools, request)
    where = Where(place=request.place, issue_node=request.issue_node)
    beside = await turn.step("beside", lambda: _beside(tools, request))
    if beside is not None:
        await post(turn, tools, where, f"{run.extra} {beside}")
        return
    result = await assess(run)
    if isinstance(result, GaveWay):  # it began to wait after we had looked
        await post(turn, tools, where, f"{run.extra} {ANSWER_GOES_ON}")
    elif isinstance(result, Declined):
        await post(turn, tools, where, f"{run.extra}\n\n{result.text}")


def ended_run(turn: Turn, tools: Tools, request: WaiverEndRequest, errand: Errand | None = None) -> Run:
    """The run that a waiver's end sets off; with an `errand`, one that goes on with it."""
    waiver = request.waiver
    return Run(
        turn=turn,
        tools=tools,
        session=tools.session(request.place),
        place=request.place,
        trigger=Trigger(kind=TriggerKind.TIMER, url=waiver.url),
        asker=Asker(login=None, role=Role.NONE),
        extra=waiver_answers.ended(waiver, seen_from=tools.clock()),
        since=heard_until(errand) or (request.waiver.until, 0),
        request=request,
        errand=errand,
    )


async def _beside(tools: Tools, request: WaiverEndRequest) -> Json:
    """What waits at this issue and goes on by itself, in a sentence; None where nothing does."""
    return goes_on(await tools.book.waiting(request.place.key))


def goes_on(waiting: tuple[Waiting, ...]) -> str | None:
    """What goes on without the waiver: an answer of ours, or else a look at somebody's closing. Pure."""
    again = (unpack(one.payload, AgainRequest) for one in waiting if one.kind == AGAIN_JOB)
    looks = [one for one in again if not flags_again(one).looks_only]
    if not looks:
        return None
    return ANSWER_GOES_ON if any(one.guard is None for one in looks) else LOOK_GOES_ON


async def _stands(tools: Tools, request: WaiverEndRequest) -> Json:
    """Is it the waiver that was given then?"""
    known = await waiver_of(tools.notes, request.place.key, request.waiver.criterion, tools.clock())
    return known == request.waiver
