"""What is owed once an issue is closed on evidence: jobs of their own, after the closing.

Rules:
1. They begin only when the issue is closed, by the assessment or before it: what a last look forbids leaves nothing
   behind. Nothing that goes wrong here touches the closing.
2. Each part is a job: what keeps one from its end keeps none of the others.
3. A part works on the assessment document alone, as it was judged: nothing is measured again. When it begins or goes
   on, the document is read anew, and so is the issue: nothing is owed any more where the closing was taken back.
4. A part adds what it did to the document as it is then. The last one that waits amends our answer with all of it; not
   where a newer answer has been written in its place.
5. Without `acting` nothing is changed: see each part.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

import msgspec

from bot.actions.trouble import answer_or_refusal
from bot.assessment import codec
from bot.assessment.document import Assessment, Ending
from bot.assessment.marker import MarkKind
from bot.assessment.report import render
from bot.commands import precedents, record, references, tickets, watch
from bot.commands.after import After, Part, joined
from bot.commands.request import AftermathRequest, Place, Wishes, pack, unpack
from bot.commands.route import AFTERMATH_JOB
from bot.commands.tools import Tools, bears, mark
from bot.engine import Job, Json, Turn
from bot.github.errors import GitHubError
from bot.github.models import IssueState, NodeId

SLACK = timedelta(minutes=1)
"""Between GitHub's clock and ours."""

PARTS: tuple[Part, ...] = (precedents.PART, tickets.PART, record.PART, references.PART, watch.PART)
"""In the order in which they are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an assessment has left the issue: our answer, and what the policy wants done then."""

    place: Place
    issue_node: str
    comment: str
    write: str
    extra: str
    wishes: Wishes


def owed(ended: Ended, assessment: Assessment) -> AftermathRequest | None:
    """What its parts are to be asked with; None where nothing is owed. Pure."""
    done = assessment.close
    closed = done.ending is Ending.DONE if done is not None else not assessment.state.open
    held_back = assessment.trigger.flags.looks_only or assessment.plan.withheld
    if not assessment.verdict.closes or not closed or held_back:
        return None
    return _request(ended, assessment)


def foreseen(ended: Ended, assessment: Assessment) -> tuple[str, ...]:
    """What would be done after the closing that a dry run sets aside, in plain words. Pure: nobody has looked."""
    flags, plan = assessment.trigger.flags, assessment.plan
    closed = plan.would_close or not assessment.state.open
    if not flags.dry_run or flags.only or plan.withheld or not assessment.verdict.closes or not closed:
        return ()
    request = _request(ended, assessment)
    said = (part.would(request, assessment) for part in PARTS if part.owed(request, assessment))
    return tuple(one for one in said if one)


def _request(ended: Ended, assessment: Assessment) -> AftermathRequest:
    return AftermathRequest(
        assessment=assessment.id,
        place=ended.place,
        issue_node=ended.issue_node,
        comment=ended.comment,
        write=ended.write,
        extra=ended.extra,
        acting=assessment.trigger.is_person or ended.wishes.acts,
        wishes=ended.wishes,
        told=len(assessment.actions),
    )


async def leave(turn: Turn, request: AftermathRequest, assessment: Assessment) -> None:
    """Leave each part that is owed to a job of its own."""
    for part in PARTS:
        if part.owed(request, assessment):
            await turn.submit(
                Job(
                    id=f"{turn.job.id}:after:{part.name}",
                    kind=AFTERMATH_JOB,
                    key=request.place.key,
                    payload=pack(msgspec.structs.replace(request, part=part.name)),
                )
            )


async def aftermath(turn: Turn, tools: Tools) -> None:
    """The handler of `aftermath.v1`."""
    request = unpack(turn.job.payload, AftermathRequest)
    for part in PARTS:
        if request.part in {None, part.name}:
            await _do(turn, tools, request, part)
    if not await _more_waits(tools, request):
        await amend(turn, tools, request)


async def _do(turn: Turn, tools: Tools, request: AftermathRequest, part: Part) -> None:
    before = await _document(tools, request)
    if before is None or before.reopened is not None or not part.owed(request, before):
        return
    session = tools.session(request.place)
    after = After(turn=turn, tools=tools, session=session, request=request, assessment=before)
    if not part.quiet(request) and not await _still_closed(after):
        return
    done = replace(after, assessment=await part.do(after))
    if done.assessment == before:
        return
    await turn.step(f"archive {part.name}", lambda: _keep(done, before))


async def _document(tools: Tools, request: AftermathRequest) -> Assessment | None:
    """As it is now: never a step's, since somebody may have reopened the issue while this job waited."""
    document = await tools.archive.load(request.assessment)
    return None if document is None else codec.decode(document)


async def _still_closed(after: After) -> bool:
    """Is the issue closed as it was left? Not a step either. Where it cannot be read, nothing is done to it."""
    now = await answer_or_refusal(after.session.issue_now(after.place.number))
    if isinstance(now, GitHubError):
        after.report("aftermath-left", str(now))
        return False
    if now.state is not IssueState.CLOSED:
        after.report("aftermath-left", "it is open again")
        return False
    return True


async def _more_waits(tools: Tools, request: AftermathRequest) -> bool:
    """Is there another part of this assessment to come, which will amend the answer?"""
    waiting = await tools.book.waiting(request.place.key)
    payloads = (one.payload for one in waiting if one.kind == AFTERMATH_JOB)
    return any(unpack(payload, AftermathRequest).assessment == request.assessment for payload in payloads)


async def _keep(after: After, before: Assessment) -> Json:
    fresh = await _document(after.tools, after.request) or after.assessment
    one = joined(fresh, before, after.assessment)
    await after.tools.archive.save(one.id, one.repository, one.issue, codec.encode(one), one.finished_at)
    return one.id


async def amend(turn: Turn, tools: Tools, request: AftermathRequest) -> None:
    """Our answer with what was done since, if anything was and the answer still stands as the assessment left it."""
    one = await _document(tools, request)
    if one is None or one.reopened is not None or not (len(one.actions) > request.told or one.watch):
        return
    after = After(turn=turn, tools=tools, session=tools.session(request.place), request=request, assessment=one)
    await turn.step("amend", lambda: _amend(after))


async def _amend(after: After) -> Json:
    """Where it does not stand any more, that is said to the operator."""
    why = await _gone(after)
    if why is None:
        written = await answer_or_refusal(after.session.comment_update(NodeId(after.request.comment), _text(after)))
        why = str(written) if isinstance(written, GitHubError) else None
    if why is not None:
        after.report("not-amended", why)
    return why


async def _gone(after: After) -> str | None:
    """Why the answer is not to be written again; None while it stands as the assessment left it."""
    request = after.request
    since = after.assessment.started_at - SLACK
    own = await answer_or_refusal(after.session.list_own_comments_since(request.place.number, since))
    if isinstance(own, GitHubError):
        return str(own)
    ours = (one.body for one in own if one.node_id == request.comment)
    stands = any(bears(body, request.write, key=after.tools.key, place=request.place) for body in ours)
    return None if stands else "it was deleted, or a newer answer stands in its place"


def _text(after: After) -> str:
    one, request = after.assessment, after.request
    marker = mark(
        MarkKind.ASSESSMENT,
        request.write,
        key=after.tools.key,
        place=request.place,
        about=(one.verdict.kind, one.id),
    )
    marker = f"{request.extra}\n\n{marker}" if request.extra else marker
    return render(one, evidence_url=after.tools.evidence_url(one.id, one.finished_at), marker=marker)
