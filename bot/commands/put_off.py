"""A regression that the breaker holds back: it is put off, and measured again at its moment.

Rules:
1. Nothing is said of it before: an outage is over by then, as a rule, and was no regression.
2. What failed first stays known: who fails again then has failed twice, and has its turn.
3. Where the breaker stopped it only after the explanation was written, that says so, and is gone on with at the moment:
   the same comment tells the end.
4. A moment that is not needed any more is given back.
"""

from datetime import datetime

import msgspec

from bot.assessment import regression
from bot.assessment.breaker import Act, Hold
from bot.assessment.regression import Sighting
from bot.commands.amending import add_line
from bot.commands.holding import needed_no_more, tell_operator
from bot.commands.request import WatchRequest
from bot.commands.run import Run
from bot.commands.watch_look import Seen, job_of


async def put_off(run: Run, request: WatchRequest, seen: Seen, hold: Hold, explained: str | None) -> None:
    """Leave the next look behind, at its moment; the operator hears of it. `explained` is the comment that says so."""
    job = job_of(following(request, seen, hold.until, explained), run.tools.clock())
    await run.turn.submit(job)
    tell_operator(run, hold, job)


def following(request: WatchRequest, seen: Seen, until: datetime, explained: str | None) -> WatchRequest:
    """The look at that moment. Pure."""
    return msgspec.structs.replace(
        request,
        due=until,
        look=request.look + 1,
        suspects=_first(request.suspects, seen.failing),
        put_off=True,
        explained=explained,
    )


def _first(before: tuple[Sighting, ...], failing: tuple[Sighting, ...]) -> tuple[Sighting, ...]:
    """What fails now, each as it was seen first in its row of failures. Pure."""
    earlier = {one.criterion: one for one in before}
    return tuple(earlier.get(one.criterion, one) for one in failing)


async def settle(run: Run, request: WatchRequest, seen: Seen) -> None:
    """What was put off is no regression: its moment is free, and an explanation gets one line that it holds again."""
    if request.put_off:
        await needed_no_more(run, Act.REOPEN)
    if seen.well:
        await end_of(run, request, regression.holds_again(at=seen.at))


async def end_of(run: Run, request: WatchRequest, line: str) -> None:
    """The line below an explanation that was put off, where there is one."""
    if request.explained is None:
        return
    place, note = request.place, request.explained
    trouble = await run.turn.step("settle", lambda: add_line(run.tools, place, note, None, line, since=request.by))
    if trouble is not None:
        run.report("not-amended", str(trouble))
