"""A merged fix is to run in the policy's environments: a job waits until that is due, and then says so, once.

Rules:
1. The policy's `deployed` alone sets it off, for each issue that a merged pull request closes. It only speaks, so that
   `mode: advise` is no hindrance. The policy is read again at each look, and what it says then holds.
2. Parked is a row and no more. A deployment that succeeded calls for a look; nothing is polled. GitHub's reads lag
   behind its webhooks, so what a look does not find yet is found when it is due, at the latest.
3. A pair of pull request and issue has one note, ever. It is looked for in our memory, and else among our comments
   there, by its mark.
4. What keeps it from being said is told to the operator, and to nobody else.
"""

from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from bot.actions.comment import Upsert
from bot.actions.trouble import answer_or_refusal
from bot.assessment import promise as words
from bot.assessment.marker import MarkKind
from bot.assessment.policy import DeployedPolicy
from bot.assessment.promise import AFTERWARDS, Look, Over, Promised, Speak, Wait, decide, is_kept
from bot.assessment.topics import deployed as deployed_topic
from bot.commands.added import with_line
from bot.commands.measure import rules_in
from bot.commands.promise_look import look_at
from bot.commands.request import MergeRequest, Place, PromiseRequest, pack, unpack
from bot.commands.route import PROMISE_JOB, scope_of
from bot.commands.tools import Tools, bears, mark
from bot.config.load import Broken
from bot.engine import Job, Json, Later, Note, Refused, Turn, UnknownOutcome
from bot.github.errors import GitHubError
from bot.github.models import IssueNumber, NodeId

KIND = "promise"
LIFE = timedelta(days=3650)
REST = timedelta(minutes=10)
_BRISK = 3  # looks that may follow each other at once
_PAST = timedelta(seconds=1)  # what ends at a moment is over just after it


async def promise_to(turn: Turn, tools: Tools, request: MergeRequest, issues: tuple[int, ...]) -> None:
    """After a merge: park one job for each issue that it closes, where the policy wants it."""
    if not issues:
        return
    told = await turn.step("deployed", lambda: _wanted(tools, request))
    if told is None:
        return
    asked, began = msgspec.convert(told, tuple[DeployedPolicy, datetime])
    for number in issues:
        first = PromiseRequest(
            place=msgspec.structs.replace(request.place, number=number),
            pull=request.place.number,
            environments=asked.environments,
            due=began + asked.within,
        )
        await _park(turn, tools, first, asked.within)


def job_of(request: PromiseRequest, delay: timedelta) -> Job:
    """The parked job. Pure."""
    names = request.environments
    return Job(
        id=f"{request.root}+{request.look}" if request.look else request.root,
        kind=PROMISE_JOB,
        key=request.place.key,
        payload=pack(request),
        delay=max(delay, timedelta()) + _PAST,
        topics=tuple(dict.fromkeys(deployed_topic(request.place.repository_id, name) for name in names)),
    )


async def _park(turn: Turn, tools: Tools, request: PromiseRequest, delay: timedelta) -> None:
    """Leave it behind, and tell the operator."""
    job = job_of(request, delay)
    await turn.submit(job)
    fields: dict[str, Json] = {"repository": request.place.full_name, "issue": request.place.number, "job": job.id}
    tools.report("parked", fields | {"topics": list(job.topics), "seconds": job.delay.total_seconds()})


async def promised(turn: Turn, tools: Tools) -> None:
    """The handler of `promise.v1`."""
    request = unpack(turn.job.payload, PromiseRequest)
    if request.rests is not None and tools.clock() < request.rests:
        raise Later(request.rests)
    await turn.listen(scope_of(request.place.repository_id))
    look = msgspec.convert(await turn.step("look", lambda: _look(tools, request)), Look)
    if request.note is not None:
        await _afterwards(turn, tools, request, look)
        return
    decided = decide(look, due_of(request, look), held=request.held)
    match decided:
        case Over(event=event, why=why):
            _report(tools, request, event, why)
        case Wait(until=until, held=held):
            await _park(turn, tools, next_of(request, look, until, held=held), until - look.at)
        case Speak(promised=what):
            await _speak(turn, tools, request, look, what)
        case _:
            assert_never(decided)


def due_of(request: PromiseRequest, look: Look) -> datetime:
    """When it is due by the policy as it is now; as it was known last where nobody can tell. Pure."""
    return request.due if look.promised is None else look.promised.merged_at + look.promised.within


def next_of(request: PromiseRequest, look: Look, until: datetime, *, held: bool = False) -> PromiseRequest:
    """What the next look is to know. After the first few there is a rest after each, but it is never late. Pure."""
    count = request.look + 1
    rests = min(look.at + REST, until) if count > _BRISK else None
    names = tuple(place.name for place in look.places) or request.environments
    return msgspec.structs.replace(
        request,
        environments=names,
        due=due_of(request, look),
        look=count,
        rests=rests,
        held=held or request.held,
    )


async def _wanted(tools: Tools, request: MergeRequest) -> Json:
    """What the policy promises, and the moment from which on that counts; None where it does not."""
    place, now = request.place, tools.clock()
    files = await answer_or_refusal(tools.session(place).policies())
    if isinstance(files, GitHubError):
        fields: dict[str, Json] = {"repository": place.full_name, "pull": place.number, "why": str(files)}
        tools.report("promise-unknown", fields)
        return None
    rules = rules_in(files, name=place.name)
    if isinstance(rules, Broken) or rules.policy.deployed is None:
        return None
    packed: Json = msgspec.to_builtins((rules.policy.deployed, now))
    return packed


async def _look(tools: Tools, request: PromiseRequest) -> Json:
    packed: Json = msgspec.to_builtins(await look_at(tools, request))
    return packed


async def _speak(turn: Turn, tools: Tools, request: PromiseRequest, look: Look, what: Promised) -> None:
    """Leave the note, unless it was left before; and wait for a while whether it comes true after all."""
    before = await turn.step("noted", lambda: _noted(tools, request, what))
    if before is not None:
        _report(tools, request, "promise-not-said", str(before))
        return
    place, write = request.place, _write(request)
    upsert = Upsert(
        tools.session(place),
        issue=(NodeId(what.issue_node), IssueNumber(place.number)),
        existing=None,
        body=words.note(what, look, marker=mark(MarkKind.PROMISE, write, key=tools.key, place=place)),
        mine=lambda body: bears(body, write, key=tools.key, place=place),
    )
    try:
        posted = await turn.write("note", upsert)
    except (Refused, UnknownOutcome) as error:
        _report(tools, request, "promise-not-said", str(error))
        return
    await turn.step("remember", lambda: _remember(tools, request))
    _report(tools, request, "promise-unkept", ", ".join(place.name for place in look.places))
    assert isinstance(posted, dict)
    until = look.at + AFTERWARDS
    following = next_of(request, look, until)
    following = msgspec.structs.replace(following, note=str(posted["node_id"]), until=until)
    await _park(turn, tools, following, AFTERWARDS)


async def _afterwards(turn: Turn, tools: Tools, request: PromiseRequest, look: Look) -> None:
    """Our note stands: it gets its line when it came true, and until its time is over that is waited for."""
    until = request.until
    assert until is not None  # a note has one
    if is_kept(look) and look.mute is None:
        told = await turn.step("amend", lambda: _amend(tools, request, words.came_true(look)))
        _report(tools, request, "promise-kept", "after the note" if told is None else str(told))
    elif look.gone is None and look.at < until:
        await _park(turn, tools, next_of(request, look, until), until - look.at)


async def _noted(tools: Tools, request: PromiseRequest, what: Promised) -> Json:
    """Why the note is not to be left: it was before, or nobody can tell. None: it is."""
    place = request.place
    if await tools.notes.read(KIND, place.key, str(request.pull), tools.clock()) is not None:
        return "it was said before"
    session = tools.session(place)
    ours = await answer_or_refusal(session.list_own_comments_since(IssueNumber(place.number), what.merged_at))
    if isinstance(ours, GitHubError):
        return f"whether it was said before cannot be told: {ours}"
    if not any(_is_note(tools, request, one.body) for one in ours):
        return None
    await _remember(tools, request)
    return "it was said before"


async def _remember(tools: Tools, request: PromiseRequest) -> Json:
    now = tools.clock()
    key = request.place.key
    await tools.notes.keep(Note(kind=KIND, place=key, name=str(request.pull), value=True, at=now, until=now + LIFE))
    return None


async def _amend(tools: Tools, request: PromiseRequest, line: str) -> Json:
    """One more line in our note: None, or why not. A note that somebody deleted is not written again."""
    place, session = request.place, tools.session(request.place)
    until = request.until
    assert until is not None  # a note has one
    own = await answer_or_refusal(session.list_own_comments_since(IssueNumber(place.number), until - AFTERWARDS - REST))
    if isinstance(own, GitHubError):
        return str(own)
    ours = (one.body for one in own if one.node_id == request.note)
    body = next((one for one in ours if _is_note(tools, request, one)), None)
    if body is None:
        return "the note does not stand there any more"
    amended = with_line(body, line)
    if amended is None:
        return None
    written = await answer_or_refusal(session.comment_update(NodeId(str(request.note)), amended))
    return str(written) if isinstance(written, GitHubError) else None


def _write(request: PromiseRequest) -> str:
    """The same for every job about this pull request and issue: it is the pair that has a note."""
    return f"promise:{request.pull}"


def _is_note(tools: Tools, request: PromiseRequest, body: str) -> bool:
    return bears(body, _write(request), key=tools.key, place=request.place)


def _report(tools: Tools, request: PromiseRequest, event: str, why: str) -> None:
    """A line for the operator."""
    place: Place = request.place
    fields: dict[str, Json] = {"repository": place.full_name, "issue": place.number, "pull": request.pull, "why": why}
    tools.report(event, fields)
