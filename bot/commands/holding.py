"""Held back by the breaker: said in the answer, and tried again by itself at its moment.

Rules:
1. It is asked before the answer is written, so that the answer is true at once; and again just before the change, as a
   part of that write. A resumed job finds its moment, and does not count twice.
2. What another reason forbids at the last look does not count.
3. The answer says that it was not done and when it is tried again. Why is the operator's business alone.
4. What was held back just before the change stays so for this run, however often it is resumed: its answer was set
   right already. It is done by the run that comes at its moment, which may be over by then.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from bot.assessment.breaker import Act, Hold, limited, not_now
from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.commands.run import Run
from bot.commands.waiting import Left, for_later
from bot.engine import Booking, Job, Json, Note, Refused, Write

STOPPED = "held-back"
_STOPPED_FOR = timedelta(days=30)  # longer than any run takes to its end
_KINDS = {Act.CLOSE: ActionKind.CLOSE, Act.REOPEN: ActionKind.REOPEN}


class HeldBack(Refused):
    """The breaker forbids the change just before it is made. Nothing was done.

    The note of it is kept here, with the moment: a plain refusal would put off nothing.
    """

    def __init__(self, hold: Hold) -> None:
        super().__init__(None, f"held back until {hold.until.isoformat()} ({hold.why.value})", kept=False)
        self.hold = hold


async def held_back(run: Run, assessment: Assessment) -> Hold | None:
    """What holds the assessment's change back, asked before a word is said."""
    booking = _booking(run, assessment)
    if booking is None:
        return None
    kept = await run.turn.step("breaker", lambda: _ask(run, booking))
    return None if kept is None else msgspec.convert(kept, Hold)


async def pass_breaker(run: Run, assessment: Assessment) -> None:
    """Inside the write, before its last look. Raises `HeldBack`, also where it did so before the run was resumed."""
    booking = _booking(run, assessment)
    if booking is None:
        return
    notes, place, job, now = run.tools.notes, run.place.key, run.turn.job.id, run.tools.clock()
    before = await notes.read(STOPPED, place, job, now)
    if before is not None:
        raise HeldBack(msgspec.convert(before.value, Hold))
    hold = await _hold(run, booking)
    if hold is not None:
        value: Json = msgspec.to_builtins(hold)
        await notes.keep(Note(kind=STOPPED, place=place, name=job, value=value, at=now, until=now + _STOPPED_FOR))
        raise HeldBack(hold)


async def give_back(run: Run, assessment: Assessment) -> None:
    """Something else forbids the change: it does not count."""
    booking = _booking(run, assessment)
    if booking is not None:
        await _give_back(run, booking)


async def needed_no_more(run: Run, act: Act) -> None:
    """What was put off is not wanted any more: its moment is free."""
    await _give_back(run, _booked(run, act))


@dataclass(frozen=True, slots=True)
class Passing:
    """A write that the breaker may hold back until just before it is sent; it raises `HeldBack` then."""

    run: Run
    assessment: Assessment
    write: Write

    async def send(self) -> Json:
        """The one call; see `bot.engine.Write`."""
        await pass_breaker(self.run, self.assessment)
        return await self.write.send()

    async def find(self, since: datetime) -> Json | None:
        """As the write itself finds it."""
        return await self.write.find(since)


def without_change(run: Run, assessment: Assessment, hold: Hold) -> Assessment:
    """The assessment with what is said in the place of the change. Pure but for the clock."""
    act = limited(assessment.trigger, assessment.plan, by_bot=run.by_bot)
    assert act is not None  # it was held back
    text = not_now(act, hold.until, close_role=assessment.close_role, seen_from=run.tools.clock())
    return replace(assessment, actions=(Done(action=_KINDS[act], ending=Ending.REFUSED, text=text),))


async def come_again(run: Run, assessment: Assessment, hold: Hold, left: Left) -> None:
    """Leave a job behind that goes on at its moment; the operator hears of it."""
    if run.request is None:
        return
    job = for_later(run, assessment, hold.until, left)
    await run.turn.submit(job)
    tell_operator(run, hold, job)


def tell_operator(run: Run, hold: Hold, job: Job) -> None:
    """One line: what is put off, why, until when, and the job that goes on with it."""
    run.tools.report(
        "held-back",
        {
            "repository": run.place.full_name,
            "issue": run.place.number,
            "why": hold.why.value,
            "until": hold.until.isoformat(),
            "job": job.id,
        },
    )


def _booking(run: Run, assessment: Assessment) -> Booking | None:
    """What is booked for it, under the same name at every look; None where nothing is limited."""
    act = limited(assessment.trigger, assessment.plan, by_bot=run.by_bot)
    return None if act is None or run.tools.breaker is None else _booked(run, act)


def _booked(run: Run, act: Act) -> Booking:
    root = run.root if run.errand is None else run.errand.root
    return Booking(act=act, repository=run.place.repository_id, name=root or run.turn.job.id)


async def _give_back(run: Run, booking: Booking) -> None:
    if run.tools.breaker is not None:
        await run.tools.breaker.give_back(booking)


async def _ask(run: Run, booking: Booking) -> Json:
    hold = await _hold(run, booking)
    packed: Json = None if hold is None else msgspec.to_builtins(hold)
    return packed


async def _hold(run: Run, booking: Booking) -> Hold | None:
    assert run.tools.breaker is not None  # else nothing is booked
    return await run.tools.breaker.hold(run.place.installation, booking, run.tools.clock())
