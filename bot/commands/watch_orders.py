"""`/resolution watch`, `unwatch` and `cancel`: a person orders looks at a closed issue, or ends what waits for it.

Rules:
1. Only what was closed on evidence is watched: else nobody knows what should still hold.
2. An order takes the place of a watch that is there, and lasts whatever the policy says.
3. What promised to go on, and does not, says so: our answers get a line. A reply that did is folded away.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from bot.assessment import codec, regression, watch_answers
from bot.assessment.document import Assessment
from bot.assessment.trigger import Flags
from bot.assessment.watching import LADDER, moments, over
from bot.commands.calling_off import CallingOff, call_off, unlabel
from bot.commands.case import Case
from bot.commands.looked import Looked
from bot.commands.measure import Prepared
from bot.commands.outlived import fold_order, ordered_at
from bot.commands.replies import Reply
from bot.commands.request import AgainRequest, LinkedRequest, Watchable, WatchRequest, unpack
from bot.commands.route import AGAIN_JOB, LINKED_JOB, WATCH_JOB
from bot.commands.run import Run, Sight
from bot.commands.standing import own_marks
from bot.commands.telling import denied
from bot.commands.waiting import announced_until
from bot.commands.watch import start
from bot.commands.watch_end import say_end, say_looks
from bot.commands.watch_look import standing_in
from bot.commands.watch_words import Cancel, Order, Unwatch, Watch
from bot.commands.watchable import held_of, watchable_of
from bot.engine import Json, Waiting
from bot.github.answers import Reaction

_AFTER = timedelta(minutes=10)  # a closing follows its assessment within moments


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """What comes of an order: the first look, or what to say instead. `no_right`: to somebody who may not.

    `before` is when the looks were ordered whose place these take; None where none were.
    """

    at: datetime
    before: datetime | None = None
    first: WatchRequest | None = None
    instead: str | None = None
    no_right: bool = False


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What waited for the issue `at` that moment, as the payloads of its jobs.

    `guarded`: a look at a closing by somebody else; `notes` (node ids) ask for something meanwhile.
    """

    at: datetime
    watches: tuple[WatchRequest, ...] = ()
    answers: tuple[str, ...] = ()  # node ids
    closings: tuple[datetime, ...] = ()  # what some of these had announced
    since: datetime | None = None  # when the oldest of these was begun
    merges: dict[str, tuple[int, ...]] = {}  # those that made way and are to come back, by job, as pull requests
    guarded: bool = False
    notes: tuple[str, ...] = ()


async def ordered(case: Case, run: Run, asked: Order) -> Reply:
    """Carry an order out; what to answer."""
    return await (_begin(case, run, asked) if isinstance(asked, Watch) else _end(case, asked))


async def _begin(case: Case, run: Run, asked: Watch) -> Reply:
    kept = await case.turn.step(case.step("decide"), lambda: _decide(case, run, asked))
    decided = msgspec.convert(kept, Ordered)
    first = decided.first
    if first is None:
        text = decided.instead or ""
        return await denied(case, text) if decided.no_right else Reply(text=text)
    await start(case.turn, case.tools, first, before=decided.at)
    await case.turn.step(case.step("fold"), lambda: _fold(case, decided.before))
    if first.comment:
        await case.turn.step(case.step("say"), lambda: _promise(case, first))
    names = [one.criterion for one in first.held]
    return Reply(text=watch_answers.begun(first.ladder, names, now=decided.at), reaction=Reaction.THUMBS_UP)


async def _fold(case: Case, before: datetime | None) -> Json:
    """The reply that promised other looks."""
    _report(case, await fold_order(case.tools, case.request.place, before))
    return None


async def _promise(case: Case, first: WatchRequest) -> Json:
    """Our answer promises these looks, and no others."""
    line = regression.promised(first.ladder, first.by, by=case.login)
    _report(case, await say_looks(case.tools, first, line))
    return None


async def _decide(case: Case, run: Run, asked: Watch) -> Json:
    last = await _last(case)
    profile = None if last is None else last.trigger.flags.profile
    run = replace(run, trigger=replace(run.trigger, flags=Flags(profile=profile)))
    prepared = await Sight(run).prepared()
    at = case.tools.clock()
    if isinstance(prepared, Looked):
        decided = Ordered(at=at, instead=prepared.declined, no_right=prepared.no_right)
    else:
        decided = ordered_of(case, prepared, last, asked, at)
        before = ordered_at(await case.tools.book.waiting(case.request.place.key))
        decided = msgspec.structs.replace(decided, before=before)
    packed: Json = msgspec.to_builtins(decided)
    return packed


async def _last(case: Case) -> Assessment | None:
    """The newest assessment that is kept; None also for one that this version cannot read."""
    place = case.request.place
    document = await case.tools.archive.latest(place.full_name, place.number)
    try:
        return None if document is None else codec.decode(document)
    except codec.NotAnAssessment:
        return None


def ordered_of(case: Case, prepared: Prepared, last: Assessment | None, asked: Watch, at: datetime) -> Ordered:
    """The first look, or why there is none. Pure."""
    standing, closed_at = standing_in(prepared), prepared.snapshot.issue.closed_at
    if standing.open or closed_at is None:
        return Ordered(at=at, instead=watch_answers.still_open())
    if standing.contradiction is not None:
        return Ordered(at=at, instead=watch_answers.contradicted(standing.contradiction))
    if not standing.history_known:
        return Ordered(at=at, instead=watch_answers.history_unread())
    carried = last is not None and last.verdict.closes and closed_at <= last.finished_at + _AFTER
    if last is None or not carried or over(standing, closed_at=closed_at, by=at, wanted=True) is not None:
        return Ordered(at=at, instead=watch_answers.otherwise_closed())
    watchable = watchable_of(prepared)
    held = held_of(last, watchable)
    if not held:
        return Ordered(at=at, instead=watch_answers.nothing_falls())
    ladder = moments(at, (asked.after,) if asked.after is not None else watchable.ladder or LADDER)
    ours = next((one for one in own_marks(prepared.snapshot, key=case.tools.key)), None)
    return Ordered(
        at=at,
        first=WatchRequest(
            place=case.request.place,
            root=f"{case.turn.job.id}:watch:{case.number}",
            issue_node=prepared.snapshot.issue.node_id,
            comment="" if ours is None else ours.comment.node_id,
            write="" if ours is None else ours.mark.write,
            by=at,
            due=ladder[0],
            ladder=ladder,
            watchable=_of_held(watchable, [one.criterion for one in held]),
            held=held,
            asked=True,
            profile=last.trigger.flags.profile,
            environment=None if last.metrics is None else last.metrics.environment,
        ),
    )


def _of_held(watchable: Watchable, names: list[str]) -> Watchable:
    return msgspec.structs.replace(
        watchable,
        subjects={name: watchable.subjects[name] for name in names},
        asks={name: watchable.asks[name] for name in names},
    )


async def _end(case: Case, asked: Unwatch | Cancel) -> Reply:
    found = msgspec.convert(await case.turn.step(case.step("found"), lambda: _found(case, asked)), Found)
    if not (found.watches or found.answers or found.merges or found.guarded):
        text = watch_answers.nothing_to_end(watch_alone=isinstance(asked, Unwatch))
        return Reply(text=text, reaction=Reaction.THUMBS_UP)
    await case.turn.retire(WATCH_JOB, found.at)
    if isinstance(asked, Cancel):
        await case.turn.retire(AGAIN_JOB, found.at)
        await case.turn.retire(LINKED_JOB, found.at, only=tuple(found.merges))
    if found.since is not None:
        await _call_off(case, found)
    await case.turn.step(case.step("say"), lambda: _say(case, found))
    ended = watch_answers.Ended(
        watches=tuple(one.due for one in found.watches),
        closings=found.closings,
        answers=len(found.answers) - len(found.closings),
        merges=tuple(found.merges.values()),
        guarded=found.guarded,
    )
    text = watch_answers.ended(ended, by=case.login, now=found.at)
    return Reply(text=text, reaction=Reaction.THUMBS_UP)


async def _found(case: Case, asked: Unwatch | Cancel) -> Json:
    at = case.tools.clock()
    waiting = await case.tools.book.waiting(case.request.place.key)
    watches = tuple(unpack(one.payload, WatchRequest) for one in waiting if one.kind == WATCH_JOB)
    again = [unpack(one.payload, AgainRequest) for one in waiting if one.kind == AGAIN_JOB]
    merges = _made_way(waiting)
    if isinstance(asked, Unwatch):
        again, merges = [], {}
    guards = [one.errand for one in again if one.guard is not None]
    packed: Json = msgspec.to_builtins(
        Found(
            at=at,
            watches=watches,
            answers=tuple(one.errand.comment for one in again if one.guard is None),
            closings=tuple(until for one in again if (until := announced_until(one.errand, at)) is not None),
            since=min((one.errand.begun for one in again), default=None),
            merges=merges,
            guarded=bool(guards),
            notes=tuple(one.comment for one in guards if one.comment),
        )
    )
    return packed


def _made_way(waiting: tuple[Waiting, ...]) -> dict[str, tuple[int, ...]]:
    """The merges that made way for what waits. One that has just been told of is no promise yet, and goes on. Pure."""
    linked = {one.id: unpack(one.payload, LinkedRequest) for one in waiting if one.kind == LINKED_JOB}
    return {job: tuple(sorted({one.pull, *one.joined})) for job, one in linked.items() if one.after}


async def _call_off(case: Case, found: Found) -> None:
    """The answers that waited, notes that ask, and the closing that one of them had announced."""
    tools, place, by = case.tools, case.request.place, case.login
    assert found.since is not None  # something waited
    off = await case.turn.step(case.step("unlabel"), lambda: unlabel(tools, place))
    calling = CallingOff(
        answers=(*found.answers, *found.notes),
        since=found.since - _AFTER,
        why=f"{by} called off the closing that I had announced",
        line=regression.no_longer_waits(by),
        ended=f"{by} ended it",
        unlabelled=None if off is None else str(off),
    )
    await case.turn.step(case.step("call off"), lambda: call_off(tools, place, calling))


async def _say(case: Case, found: Found) -> Json:
    """A line at each answer that promised looks; what cannot be said is only reported."""
    for one in found.watches:
        _report(case, await say_end(case.tools, one, regression.ended(case.login)))
    return None


def _report(case: Case, trouble: Json) -> None:
    """A line for the operator, where our answer does not say what it should."""
    place = case.request.place
    if trouble is not None:
        fields: dict[str, Json] = {"repository": place.full_name, "issue": place.number, "why": trouble}
        case.tools.report("not-amended", fields)
