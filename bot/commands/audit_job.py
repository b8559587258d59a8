"""An audit that goes on in an issue: a chain of short jobs, one comment, and nothing else that is written.

Rules:
1. The first job lists the closed issues and says that it has begun; each one after it looks at fifty of them, keeps
   what it found and leaves the rest to the next. The last one writes the summary into the same comment.
2. All audits share one key, so that one of their jobs works at a time: people do not wait behind them.
3. Where a limit is used up, it goes on when that ends, and says so. Where GitHub does not answer, it tries again four
   times. Where it may not look, or the policy was changed, it ends with what was found until then, and says why.
4. The progress is written twenty times at most.
"""

from datetime import timedelta
from functools import partial

import msgspec

from bot.actions.comment import Upsert
from bot.actions.trouble import answer_or_refusal
from bot.assessment import audit_post, refusals
from bot.assessment.audit import Asked, summed, truth_of
from bot.assessment.audit_post import Halt, Ordered
from bot.assessment.marker import MarkKind
from bot.commands.audit import left_out, not_asked
from bot.commands.audit_kept import Kept, Listed
from bot.commands.audit_round import GITHUB_SILENT, LIMIT_USED_UP, RESERVE_LEFT, Paged, Round
from bot.commands.audit_start import job_of
from bot.commands.measure import broken, rules_of
from bot.commands.request import AuditRequest, unpack
from bot.commands.tools import Tools, bears, mark
from bot.config.load import Broken
from bot.engine import Json, Refused, Turn, UnknownOutcome
from bot.github.closures import AT_ONCE, Closure, Closures, is_completed
from bot.github.errors import Forbidden, GitHubError
from bot.github.models import IssueNumber, NodeId, Snapshot

BATCH = 5 * AT_ONCE
PAUSE = timedelta(seconds=2)
"""Between two jobs of an audit, so that what else waits is not behind it."""
SILENCES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
MOST_EDITS = 20
_TENTHS = 10


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """What to say first; `ends`: it is the last word as well."""

    text: str
    ends: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is: what to write, and how many issues were looked at. `ends`: it is the summary."""

    text: str
    done: int = 0
    total: int = 0
    ends: bool = False


async def audit(turn: Turn, tools: Tools) -> None:
    """The handler of `audit.v1`."""
    request = unpack(turn.job.payload, AuditRequest)
    await (_begin(turn, tools, request) if request.comment is None else _go_on(turn, tools, request))


async def _begin(turn: Turn, tools: Tools, request: AuditRequest) -> None:
    beginning = msgspec.convert(await turn.step("list", lambda: _listed(tools, request)), Beginning)
    comment = await say(turn, tools, request, "begun", beginning.text)
    if beginning.ends or comment is None:
        await turn.step("end", lambda: _end(tools, request))
        return
    following = msgspec.structs.replace(request, comment=comment, batch=request.batch + 1)
    await turn.submit(job_of(following))


async def _go_on(turn: Turn, tools: Tools, request: AuditRequest) -> None:
    kept = await turn.step("left", lambda: _left(tools, request))
    paged = await _look(turn, tools, request, msgspec.convert(kept, tuple[Closure, ...]))
    standing = msgspec.convert(await turn.step("stand", lambda: _stand(tools, request, paged)), Standing)
    if standing.ends:
        await say(turn, tools, request, "summary", standing.text)
        await turn.step("end", lambda: _end(tools, request))
        return
    following = next_of(request, standing, paged)
    if following.edits > request.edits:
        await turn.step("progress", lambda: _show(tools, request, standing.text))
    await turn.submit(job_of(following, _delay(tools, request, paged)))


def next_of(request: AuditRequest, standing: Standing, paged: Paged) -> AuditRequest:
    """The next part of it; it has one more edit where there is something new to say. Pure."""
    tenth = _TENTHS * standing.done // max(standing.total, 1)
    tells = (tenth > request.shown or paged.halts) and request.edits < MOST_EDITS
    return msgspec.structs.replace(
        request,
        batch=request.batch + 1,
        edits=request.edits + tells,
        shown=max(tenth, request.shown),
        silent=request.silent + 1 if paged.silent is not None else 0,
    )


def ordered_of(request: AuditRequest) -> Ordered:
    """What was asked for, in the summary's words. Pure."""
    return Ordered(
        repository=request.place.full_name,
        by=request.by,
        since=request.since,
        limit=request.limit,
        cut=request.cut,
        wanted=request.wanted,
    )


async def say(turn: Turn, tools: Tools, request: AuditRequest, name: str, text: str) -> str | None:
    """Write into the audit's comment, or a new one where there is none: its node id, None where GitHub refuses."""
    place, write = request.place, f"{request.root}:{name}"
    upsert = Upsert(
        tools.session(place),
        issue=(NodeId(request.issue_node), IssueNumber(place.number)),
        existing=None if request.comment is None else NodeId(request.comment),
        body=_body(tools, request, name, text),
        mine=lambda body: bears(body, write, key=tools.key, place=place),
    )
    try:
        written = await turn.write(name, upsert)
    except (Refused, UnknownOutcome) as error:
        _report(tools, request, "reply-refused", str(error))
        return None
    assert isinstance(written, dict)
    return str(written["node_id"])


async def gave_up(turn: Turn, tools: Tools, request: AuditRequest, text: str) -> None:
    """Its last word, where one of its jobs broke again and again: another audit may begin."""
    await say(turn, tools, request, "gave up", text)
    await turn.step("end", lambda: _end(tools, request))


async def _listed(tools: Tools, request: AuditRequest) -> Json:
    """List what is to be looked at and keep it; what to say of that."""
    ordered = ordered_of(request)
    found = await answer_or_refusal(_closures(tools, request))
    if isinstance(found, GitHubError):
        _report(tools, request, "no-sight", str(found))
        text = audit_post.unlisted(ordered, str(found), forbidden=isinstance(found, Forbidden))
        return _packed(Beginning(text=text, ends=True))
    closures, base = found
    rules = rules_of(base)
    if isinstance(rules, Broken):
        return _packed(Beginning(text=broken(rules, base, again=ordered.command), ends=True))
    completed = tuple(one for one in closures.closures if is_completed(one.reason))
    if not completed:
        return _packed(Beginning(text=audit_post.nothing(ordered), ends=True))
    asked = Asked(
        repository=base.repository.full_name,
        policy=rules.policy.digest,
        policy_source=rules.policy.source,
        since=request.since,
        limit=request.limit,
        listed=len(completed),
        left_out=left_out(closures.closures),
        not_asked=not_asked(rules),
    )
    listed = Listed(asked=asked, closures=completed, more=not closures.complete)
    await Kept(tools.notes, request).keep_list(listed, tools.clock())
    return _packed(Beginning(text=audit_post.begun(ordered, len(completed), more=listed.more)))


async def _closures(tools: Tools, request: AuditRequest) -> tuple[Closures, Snapshot]:
    session = tools.session(request.place)
    closures = await session.closures(request.since, request.limit)
    return closures, await session.snapshot(request.place.number)


async def _left(tools: Tools, request: AuditRequest) -> Json:
    """The next issues to look at."""
    kept, now = Kept(tools.notes, request), tools.clock()
    await kept.goes_on(now)
    listed = await kept.listed(now)
    known = {entry.issue.number for entry in await kept.entries(now)}
    left = [] if listed is None else [one for one in listed.closures if one.number not in known]
    packed: Json = msgspec.to_builtins(left[:BATCH])
    return packed


async def _look(turn: Turn, tools: Tools, request: AuditRequest, left: tuple[Closure, ...]) -> Paged:
    """Look at them, a page a step: what was found is kept with each."""
    paged = Paged()
    with Round(tools, request) as going:
        for start in range(0, len(left), AT_ONCE):
            page, name = left[start : start + AT_ONCE], f"{start:04}"
            kept = await turn.step(f"page {name}", partial(going.look, page, name))
            paged = msgspec.convert(kept, Paged)
            if paged.ends:
                break
    return paged


async def _stand(tools: Tools, request: AuditRequest, paged: Paged) -> Json:
    """How far it is, and what to write of it."""
    kept, now, ordered = Kept(tools.notes, request), tools.clock(), ordered_of(request)
    listed = await kept.listed(now)
    entries = await kept.entries(now)
    if listed is None:
        return _packed(Standing(text=refusals.broke(request.root), ends=True))
    stopped = paged.stopped
    if paged.silent is not None and request.silent >= len(SILENCES):
        stopped = paged.silent
    if stopped is None and len(entries) < len(listed.closures):
        halt = _halt(tools, request, paged)
        text = audit_post.progress(ordered, truth_of(entries), len(listed.closures), halt=halt, now=now)
        return _packed(Standing(text=text, done=len(entries), total=len(listed.closures)))
    text = audit_post.summary(summed(entries, listed.asked, now), ordered, stopped=stopped, more=listed.more)
    return _packed(Standing(text=text, ends=True))


def _halt(tools: Tools, request: AuditRequest, paged: Paged) -> Halt | None:
    if not paged.halts:
        return None
    used_up = RESERVE_LEFT if paged.spared else LIMIT_USED_UP
    why = used_up if paged.until is not None else GITHUB_SILENT
    return Halt(why=why, until=tools.clock() + _delay(tools, request, paged))


def _delay(tools: Tools, request: AuditRequest, paged: Paged) -> timedelta:
    if paged.until is not None:
        return max(paged.until - tools.clock(), PAUSE)
    return SILENCES[request.silent] if paged.silent is not None else PAUSE


async def _show(tools: Tools, request: AuditRequest, text: str) -> Json:
    """The progress in our comment. Trouble with that is no trouble: the next one, or the summary, says more."""
    assert request.comment is not None
    body = _body(tools, request, "begun", text)
    try:
        await tools.session(request.place).comment_update(NodeId(request.comment), body)
    except GitHubError as error:
        _report(tools, request, "progress-not-shown", str(error))
    return None


async def _end(tools: Tools, request: AuditRequest) -> Json:
    await Kept(tools.notes, request).end(tools.clock())
    return None


def _body(tools: Tools, request: AuditRequest, name: str, text: str) -> str:
    marker = mark(MarkKind.AUDIT, f"{request.root}:{name}", key=tools.key, place=request.place)
    return f"{text}\n\n{marker}"


def _report(tools: Tools, request: AuditRequest, event: str, why: str) -> None:
    place = request.place
    tools.report(event, {"repository": place.full_name, "issue": place.number, "why": why})


def _packed(one: Beginning | Standing) -> Json:
    packed: Json = msgspec.to_builtins(one)
    return packed
