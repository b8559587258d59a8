"""One issue after the merges that speak of it: those of the same moment are one asking, and have one answer.

Rules:
1. Of several that wait together the one that settles last assesses, for all: it closes if one of them does, and every
   pull request's closing is looked after. So a mere reference never silences a closing.
2. So it is with a merge's answer that waits for something, where a newer merge takes its place.
3. A merge that made way for what may do more comes back when that is over, where that left something undone. Together
   with one that has just been told of it is as good as new.
4. Whoever has spoken since the first of those that close was merged is heard by what is done for all of them.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
from msgspec import structs

from bot.actions.trouble import answer_or_refusal
from bot.assessment import codec, topics
from bot.assessment.document import Assessment
from bot.assessment.verdict import VerdictKind
from bot.commands.assess import assess
from bot.commands.merge import linked_run
from bot.commands.precedence import GaveWay
from bot.commands.request import AgainRequest, Errand, LinkedRequest, heard_until, pack, unpack
from bot.commands.route import AGAIN_JOB, LINKED_JOB
from bot.commands.tools import Tools
from bot.engine import Job, Json, Turn, Waiting
from bot.github.errors import GitHubError
from bot.github.models import IssueNumber, IssueState

_FALLEN = frozenset({VerdictKind.NOT_RESOLVED, VerdictKind.PARTIAL})


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """Merges that are one asking, seen at this moment, and the jobs (ids) whose place it takes.

    `due`: others have yet to settle until then; None: it is to be assessed now.
    """

    request: LinkedRequest
    at: datetime
    jobs: tuple[str, ...] = ()
    due: datetime | None = None


async def linked(turn: Turn, tools: Tools) -> None:
    """The handler of `linked.v1`: assesses one issue after a merge, or leaves that to the merge that settles last."""
    first = unpack(turn.job.payload, LinkedRequest)
    one = msgspec.convert(await turn.step("together", lambda: _together(tools, first)), Together)
    if one.due is not None:
        await turn.submit(next_job(one.request, one.due - tools.clock()))
    await turn.retire(LINKED_JOB, one.at, only=one.jobs)
    if one.due is not None:
        return
    if one.request.after and not await turn.step("undone", lambda: _undone(tools, one.request)):
        tools.report("merge-left", {"repository": first.place.full_name, "issue": first.place.number})
        return
    result = await assess(linked_run(turn, tools, one.request))
    if isinstance(result, GaveWay) and result.back_at is not None:
        await turn.submit(coming_back(one.request, result.back_at - tools.clock()))


async def _together(tools: Tools, request: LinkedRequest) -> Json:
    now = tools.clock()
    waiting = await tools.book.waiting(request.place.key)
    packed: Json = msgspec.to_builtins(together(request, waiting, now))
    return packed


def together(request: LinkedRequest, waiting: tuple[Waiting, ...], now: datetime) -> Together:
    """The merge with those that wait beside it. Pure."""
    beside = {job.id: (job.due_at, unpack(job.payload, LinkedRequest)) for job in waiting if job.kind == LINKED_JOB}
    settling = [due for due, one in beside.values() if not one.after]
    again = (unpack(job.payload, AgainRequest) for job in waiting if job.kind == AGAIN_JOB)
    earlier = [_as_heard(one.linked, one.errand) for one in again if one.linked is not None]
    joined = _joined(request, [one for _, one in beside.values()], earlier)
    return Together(request=joined, at=now, jobs=tuple(beside), due=max(settling, default=None))


def _as_heard(request: LinkedRequest, errand: Errand) -> LinkedRequest:
    """With what was heard by the answer that waits, where the request itself does not say."""
    return structs.replace(request, since=heard_until(errand))


def _joined(request: LinkedRequest, beside: list[LinkedRequest], earlier: list[LinkedRequest]) -> LinkedRequest:
    """One request for all; it bears the newest pull request's name, of those that close if one does."""
    merges = [request, *beside]
    closing = [one for one in merges if one.closes]
    named = (closing or merges)[-1]
    pulls = _pulls([*merges, *earlier]) - {named.pull}
    since = [one.since for one in (*merges, *earlier) if one.closes or not closing]
    return structs.replace(
        named,
        closes=bool(closing),
        joined=tuple(sorted(pulls)),
        after=min(one.after for one in merges),
        since=min((one for one in since if one is not None), default=None),
    )


def _pulls(merges: Iterable[LinkedRequest]) -> set[int]:
    return {pull for one in merges for pull in (one.pull, *one.joined)}


def next_job(request: LinkedRequest, delay: timedelta) -> Job:
    """The job that assesses for several merges once the last of them has settled. Pure."""
    place = request.place
    # Merges only ever come in addition, so how many are joined tells one asking from the next.
    return Job(
        id=f"linked:{place.key}:{request.pull}:{len(request.joined)}:{request.after}",
        kind=LINKED_JOB,
        key=place.key,
        payload=pack(request),
        delay=max(delay, timedelta(0)),
    )


def coming_back(request: LinkedRequest, delay: timedelta) -> Job:
    """The job that comes back then, or when what it made way for is over. Pure."""
    place = request.place
    again = next_job(structs.replace(request, after=request.after + 1), delay)
    return replace(again, topics=(topics.answered(place.repository_id, place.number),))


async def _undone(tools: Tools, request: LinkedRequest) -> Json:
    """Is there something left to do, after what this merge made way for? Not knowing is no reason to leave it."""
    place = request.place
    document = await tools.archive.latest(place.full_name, place.number)
    now = await answer_or_refusal(tools.session(place).issue_now(IssueNumber(place.number)))
    if document is None or isinstance(now, GitHubError):
        return True
    try:
        return undone(codec.decode(document), is_open=now.state is IssueState.OPEN)
    except codec.NotAnAssessment:
        return True


def undone(latest: Assessment, *, is_open: bool) -> bool:
    """May a merge still close, or take back, what the newest answer left as it was? Pure."""
    if latest.verdict.closes:
        return is_open
    return not is_open or latest.verdict.kind not in _FALLEN
