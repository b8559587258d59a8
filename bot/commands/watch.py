"""A closed issue is looked at again, at the moments that were promised.

Rules:
1. What is promised is a parked job: it holds neither memory nor the issue's turn, and outlives restarts. A moment that
   was slept through is made up for once.
2. It ends where a person has decided otherwise (reopened, closed anew, held open, watched no more), and where the
   policy asks for it no more. Nobody is told: our answer, which promised it, says so in the place of that.
3. A failure, and what could not be measured, is looked at again a little later, by a run of its own.
4. As long as all is well nothing is said. After the last moment our answer gets one line, in the place of its promise.
5. There is one watch an issue: a newer closing's takes the place of an older one's.
6. What the breaker holds back is not said, and looked at again when that is over (`bot.commands.put_off`).
7. Where somebody opens the issue again it ends at once: GitHub tells, and the look that is parked comes early. It then
   measures nothing, and is parked anew where it is not over.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from bot.assessment import regression
from bot.assessment.document import Assessment
from bot.assessment.watching import PAUSE, Regressed, Soon, Through, moments, next_moment
from bot.assessment.wording import listing, span
from bot.commands.after import After, Part
from bot.commands.amending import say_below
from bot.commands.put_off import settle
from bot.commands.regressed import regressed
from bot.commands.request import AftermathRequest, WatchRequest, unpack
from bot.commands.route import WATCH_JOB, scope_of
from bot.commands.run import Run
from bot.commands.tools import Tools
from bot.commands.watch_end import forget_end, say_end
from bot.commands.watch_look import Seen, job_of, look, watch_run
from bot.commands.watchable import held_of
from bot.engine import Json, Later, Turn

_GRAIN = timedelta(seconds=1)


def is_owed(request: AftermathRequest, assessment: Assessment) -> bool:
    """Does the policy want it watched, and is there anything to watch?"""
    wanted = request.wishes.watch
    return bool(wanted.ladder) and bool(held_of(assessment, wanted))


async def begin(after: After) -> Assessment:
    """Leave the first look behind; the document with the moments that are promised."""
    request, assessment = after.request, after.assessment
    ladder = moments(assessment.finished_at, request.wishes.watch.ladder)
    kept = await after.turn.step("watch", lambda: _moment(after.tools))
    begun = msgspec.convert(kept, datetime)
    first = WatchRequest(
        place=request.place,
        root=f"{after.turn.job.id}:watch",
        issue_node=request.issue_node,
        comment=request.comment,
        write=request.write,
        by=begun,
        due=next_moment(ladder, begun) or begun,
        ladder=ladder,
        watchable=request.wishes.watch,
        held=held_of(assessment, request.wishes.watch),
        profile=assessment.trigger.flags.profile,
        environment=None if assessment.metrics is None else assessment.metrics.environment,
    )
    await start(after.turn, after.tools, first, before=begun)
    return replace(assessment, watch=ladder)


def would(request: AftermathRequest, assessment: Assessment) -> str:
    """When it would be looked at again."""
    del assessment
    return f"looked at again in {listing([span(one) for one in request.wishes.watch.ladder])}"


PART = Part(name="watch", owed=is_owed, do=begin, would=would, quiet=lambda _request: True)


async def start(turn: Turn, tools: Tools, first: WatchRequest, *, before: datetime) -> None:
    """Begin a watch, in the place of one that was there `before`."""
    await turn.retire(WATCH_JOB, before)
    await forget_end(tools.notes, first.place.key)
    await turn.submit(job_of(first, tools.clock()))


async def watch(turn: Turn, tools: Tools) -> None:
    """The handler of `watch.v1`."""
    request = unpack(turn.job.payload, WatchRequest)
    await turn.listen(scope_of(request.place.repository_id))  # who opens it again meanwhile is heard by the next look
    run = watch_run(turn, tools, request)
    early = bool(await turn.step("early", lambda: _is_early(tools, request)))
    seen = msgspec.convert(await turn.step("look", lambda: look(run, request, early=early)), Seen)
    if early and seen.over is None:
        await turn.submit(job_of(msgspec.structs.replace(request, look=request.look + 1), tools.clock()))
        return
    if not seen.regressed:
        await settle(run, request, seen)
    if seen.over is None:
        await _follow(run, request, seen)
        _report(run, request, seen)
        return
    run.report("watch-ended", seen.over)
    if seen.said:
        await _end(run, request, regression.no_more(seen.over))


async def _is_early(tools: Tools, request: WatchRequest) -> Json:
    """Was it called before its moment? Raises `Later` where that is only by the grain of the queue's clock."""
    ahead = request.due - tools.clock()
    if timedelta(0) < ahead <= _GRAIN:
        raise Later(request.due)
    return ahead > _GRAIN


async def _follow(run: Run, request: WatchRequest, seen: Seen) -> None:
    """What a look calls for."""
    if seen.elsewhere and not request.told_apart:
        await _tell(run, request, regression.rolled_back(seen.elsewhere, at=seen.at))
    following = seen.step(request)
    match following:
        case Regressed():
            await regressed(run, request, seen)
        case Soon() | Through():
            await _go_on(run, request, seen, soon=isinstance(following, Soon))
        case _:
            assert_never(following)


def _report(run: Run, request: WatchRequest, seen: Seen) -> None:
    """One line for the operator: what a look has seen."""
    fields: dict[str, Json] = {
        "repository": run.place.full_name,
        "issue": run.place.number,
        "look": request.look,
        "failing": [one.criterion for one in seen.failing],
        "unsure": list(seen.unsure),
        "elsewhere": list(seen.elsewhere),
    }
    run.tools.report("watched", fields)


async def _go_on(run: Run, request: WatchRequest, seen: Seen, *, soon: bool) -> None:
    """The next look, or the last word."""
    following = next_look(request, seen, soon=soon)
    if following is not None:
        await run.turn.submit(job_of(following, run.tools.clock()))
        return
    well = not seen.failing and not seen.elsewhere and seen.asked
    line = regression.still_holds(seen.asked, seen.unsure, at=seen.at) if well else regression.over(at=seen.at)
    await _end(run, request, line)


def next_look(request: WatchRequest, seen: Seen, *, soon: bool) -> WatchRequest | None:
    """The look that follows, None after the last one. Pure."""
    due = seen.at + PAUSE if soon else next_moment(request.ladder, seen.at)
    if due is None:
        return None
    return msgspec.structs.replace(
        request,
        due=due,
        look=request.look + 1,
        tries=request.tries + 1 if soon else 0,
        suspects=seen.failing if soon else (),
        told_apart=request.told_apart or bool(seen.elsewhere),
        put_off=False,
        explained=None if seen.well else request.explained,
    )


async def _tell(run: Run, request: WatchRequest, line: str) -> None:
    """One line at our answer; where it does not stand any more, only the operator is told."""
    trouble = await run.turn.step("tell", lambda: say_below(run.tools, request, line))
    if trouble is not None:
        run.report("not-amended", str(trouble))


async def _end(run: Run, request: WatchRequest, line: str) -> None:
    """The line that ends it, in the place of the promise."""
    trouble = await run.turn.step("end", lambda: say_end(run.tools, request, line))
    if trouble is not None:
        run.report("not-amended", str(trouble))


async def _moment(tools: Tools) -> Json:
    return tools.clock().isoformat()
