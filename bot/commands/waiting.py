"""An answer that waits: what is left behind when it is parked, and when it is looked at again.

Rules:
1. Parked is a row and no more: neither memory nor the issue's turn is held. What was asked, by whom, what was started
   and what was promised go with it.
2. The event that it waits for makes it due. Below that is a net: a look after ten minutes, then ever more rarely, every
   six hours in the end, and one when what was promised is over. Each pause is somewhat shorter than that, by the job's
   id: those that were parked together do not ask GitHub together. docs/operating.md says what the net costs.
3. GitHub's reads lag behind its webhooks: where an event had called for a look that found nothing new, the next look
   follows soon.
4. A look that finds nothing new says nothing.
5. A closing that is announced waits in the same way: a comment makes it look for objections at once, and once an hour
   it does so anyway, for nobody tells of reactions. At its time, never before, everything is measured again, unless
   somebody closes the issue meanwhile: then at once. What only pends then does not announce it anew.
6. Hundreds of events may call for looks, one after another (every check suite of a commit ends for itself): after the
   first few there is a rest after each, ever longer, and one look answers all that came in it.
7. What is held back (`bot.commands.holding`) waits for its moment alone: no event calls for a look before it.
8. An issue that is closed between the look and our closing (GitHub does so after a merge) is looked at again at once:
   the answer would say of a closed issue that it was left open.
9. Whoever closes an issue as not planned or as a duplicate ends what waits there; see `bot.commands.set_aside`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from msgspec import structs

from bot.assessment import topics
from bot.assessment.document import Assessment
from bot.assessment.waits import Awaited, awaited
from bot.commands.breaker import lot_of
from bot.commands.request import (
    AgainRequest,
    Announced,
    Awaiting,
    CommandRequest,
    Errand,
    GuardRequest,
    LinkedRequest,
    Started,
    WaiverEndRequest,
    pack,
)
from bot.commands.route import AGAIN_JOB, scope_of
from bot.commands.run import Run
from bot.engine import Job

POLLS = tuple(timedelta(minutes=minutes) for minutes in (10, 20, 40, 60, 120, 240, 360))
SPREAD = 1 / 6  # of a pause, by which it may be shorter
OBJECTIONS = timedelta(hours=1)
SOON = timedelta(seconds=20)
LONGEST_REST = timedelta(minutes=1)
_BRISK = 3  # looks that may follow each other at once
_OBJECTING = "objections to the closing that I announced"
_PAST = timedelta(seconds=1)  # what ends at a moment is over just after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a look leaves behind on GitHub: the issue and our answer (node ids), and the runs that were started.

    `since` is the comment (its moment and id) after which nobody was heard; see `bot.commands.looked.Looked`.
    """

    issue_node: str
    comment: str
    started: tuple[Started, ...]
    since: tuple[datetime, int]


async def hear(run: Run) -> None:
    """From now on nothing that happens in the repository is missed, should this run be parked at its end."""
    if run.request is not None:
        await run.turn.listen(scope_of(run.place.repository_id))


def waits_of(run: Run, assessment: Assessment) -> tuple[Awaited, ...]:
    """What the assessment waits for; nothing where nobody could go on with it."""
    if run.request is None or run.silent:
        return ()
    return awaited(assessment.verdict, assessment.findings, assessment.trigger)


def is_news(errand: Errand | None, waits: tuple[Awaited, ...]) -> bool:
    """Is there more to say than what the answer says already?"""
    return errand is None or not waits or errand.told != _told(waits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The look that ends here: its job, what was asked for, what earlier looks left, when it began and ended."""

    job: str
    request: CommandRequest | LinkedRequest | WaiverEndRequest | GuardRequest
    errand: Errand | None
    began: datetime
    ended: datetime


async def park(run: Run, assessment: Assessment, waits: tuple[Awaited, ...], left: Left) -> None:
    """Leave a job behind that goes on when something of it has happened; see the rules above."""
    await _submit(run, assessment, follow_up(_look(run, assessment, assessment.finished_at), waits, left))


async def park_closing(run: Run, assessment: Assessment, announced: Announced, left: Left) -> None:
    """Leave a job behind that closes at the announced time; see the rules above."""
    look = _look(run, assessment, assessment.finished_at)
    await _submit(run, assessment, closing_job(look, announced, left))


async def _submit(run: Run, assessment: Assessment, job: Job) -> None:
    await run.turn.submit(job)
    run.tools.report(
        "parked",
        {
            "repository": assessment.repository,
            "issue": assessment.issue,
            "job": job.id,
            "topics": list(job.topics),
            "seconds": job.delay.total_seconds(),
        },
    )


async def look_again(run: Run, assessment: Assessment, left: Left) -> None:
    """Leave a job behind that looks again at once; the command line, which has none, leaves it."""
    if run.request is not None:
        job = for_later(run, assessment, run.tools.clock(), left)
        await run.turn.submit(replace(job, delay=timedelta(0), topics=()))


def _look(run: Run, assessment: Assessment, ended: datetime) -> Look:
    assert run.request is not None  # else there is nothing that it waits for
    return Look(job=run.turn.job.id, request=run.request, errand=run.errand, began=assessment.started_at, ended=ended)


def follow_up(look: Look, waits: tuple[Awaited, ...], left: Left) -> Job:
    """The job that goes on. Pure."""
    before = look.errand
    called = before is not None and look.began < before.poll_at
    polls = 0 if before is None else before.polls + (not called)
    count = 1 if before is None else before.look + 1
    root = look.job if before is None else before.root
    planned = SOON if called and not is_news(before, waits) else _net(polls, job_id(root, count))
    pause = _until_over(planned, waits, look.ended)
    place = look.request.place
    called_by = (topic for one in waits for topic in one.wait.topics)
    errand = Errand(
        root=root,
        begun=look.began if before is None else before.begun,
        look=count,
        rests=look.ended + rest_after(count),
        polls=polls,
        poll_at=look.ended + pause,
        issue_node=left.issue_node,
        comment=left.comment,
        told=_told(waits),
        promised=({} if before is None else before.promised) | {one.criterion: one.wait.until for one in waits},
        started=left.started,
        awaits=tuple(Awaiting(criterion=one.criterion, what=one.wait.what, until=one.wait.until) for one in waits),
        announced=None if before is None else before.announced,
        since=left.since,
    )
    set_aside = topics.set_aside(place.repository_id, place.number)
    return _job(look, errand, delay=pause, topics=tuple(dict.fromkeys((*called_by, set_aside))))


def closing_job(look: Look, announced: Announced, left: Left) -> Job:
    """The job that closes what is announced. Pure."""
    before = look.errand
    count = 1 if before is None else before.look + 1
    errand = Errand(
        root=look.job if before is None else before.root,
        begun=look.began if before is None else before.begun,
        look=count,
        rests=look.ended + rest_after(count),
        polls=0,
        poll_at=_next_poll(announced, look.ended),
        issue_node=left.issue_node,
        comment=left.comment,
        told=(),
        promised={},
        started=left.started,
        awaits=(Awaiting(criterion="", what=_OBJECTING, until=announced.until),),
        announced=announced,
        since=left.since,
    )
    return poll_job(_again(look.request, errand), look.ended)


def poll_job(request: AgainRequest, now: datetime) -> Job:
    """The job that looks for objections again, at the latest when what is announced is due. Pure."""
    errand, place = request.errand, request.place
    assert errand.announced is not None
    return Job(
        id=job_id(errand.root, errand.look),
        kind=AGAIN_JOB,
        key=place.key,
        payload=pack(request),
        delay=max(errand.poll_at - now, _PAST),
        topics=(
            topics.announced(place.repository_id, place.number),
            topics.issue_closed(place.repository_id, place.number),
        ),
    )


def announced_until(errand: Errand, now: datetime) -> datetime | None:
    """When it closes the issue, as it has announced; after that moment that is no announcement any more. Pure."""
    until = None if errand.announced is None else errand.announced.until
    return until if until is not None and until > now else None


def later_poll(request: AgainRequest, now: datetime) -> Job:
    """The same once more: nobody has objected yet, or what called for this look cannot be read yet. Pure."""
    errand = request.errand
    assert errand.announced is not None
    pause = SOON if now < errand.poll_at else OBJECTIONS
    count = errand.look + 1
    again = structs.replace(
        errand, look=count, rests=now + rest_after(count), poll_at=_next_poll(errand.announced, now, pause)
    )
    return poll_job(structs.replace(request, errand=again), now)


def _next_poll(announced: Announced, now: datetime, pause: timedelta = OBJECTIONS) -> datetime:
    return min(now + pause, announced.until + _PAST)


def for_later(run: Run, assessment: Assessment, until: datetime, left: Left) -> Job:
    """The job that does the same at that moment, after measuring anew."""
    return later(_look(run, assessment, run.tools.clock()), until, left)


def later(look: Look, until: datetime, left: Left) -> Job:
    """The job that goes on at that moment. Pure."""
    before = look.errand
    errand = Errand(
        root=look.job if before is None else before.root,
        begun=look.began if before is None else before.begun,
        look=1 if before is None else before.look + 1,
        polls=0 if before is None else before.polls,
        poll_at=until,
        issue_node=left.issue_node,
        comment=left.comment,
        told=(),
        promised={} if before is None else before.promised,
        started=left.started,
        announced=None if before is None else before.announced,
        since=left.since,
    )
    return _job(look, errand, delay=max(until - look.ended, _PAST), topics=(f"held:{errand.root}",))


def _job(look: Look, errand: Errand, *, delay: timedelta, topics: tuple[str, ...]) -> Job:
    return Job(
        id=job_id(errand.root, errand.look),
        kind=AGAIN_JOB,
        key=look.request.place.key,
        payload=pack(_again(look.request, errand)),
        delay=delay,
        topics=topics,
    )


def _again(request: CommandRequest | LinkedRequest | WaiverEndRequest | GuardRequest, errand: Errand) -> AgainRequest:
    match request:
        case CommandRequest():
            return AgainRequest(errand=errand, command=request)
        case LinkedRequest():
            return AgainRequest(errand=errand, linked=request)
        case WaiverEndRequest():
            return AgainRequest(errand=errand, waiver_end=request)
        case GuardRequest():
            return AgainRequest(errand=errand, guard=request)
        case _:
            assert_never(request)


def job_id(root: str, look: int) -> str:
    """The job that goes on with what `root` began, for this look."""
    return f"{root}+{look}"


def rest_after(looks: int) -> timedelta:
    """How long nothing is looked at after so many looks: none, none, none, 1 s, 3 s, 7 s, … at most a minute."""
    doublings = min(max(looks - _BRISK, 0), 10)
    return min(timedelta(seconds=2**doublings - 1), LONGEST_REST)


def spread(pause: timedelta, job: str) -> timedelta:
    """A pause that is shorter by up to `SPREAD`, by the job's id: always the same for the same job. Pure."""
    return pause * (1 - SPREAD * lot_of(job))


def _net(polls: int, job: str) -> timedelta:
    return spread(POLLS[min(polls, len(POLLS) - 1)], job)


def _until_over(planned: timedelta, waits: tuple[Awaited, ...], now: datetime) -> timedelta:
    over = (one.wait.until - now + _PAST for one in waits)
    return max(min((planned, *over)), _PAST)


def _told(waits: tuple[Awaited, ...]) -> tuple[str, ...]:
    return tuple(f"{one.criterion}: {one.wait.what}" for one in waits)
