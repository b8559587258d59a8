"""What is owed once an issue is closed on evidence: a job of its own, after the closing.

Rules:
1. It begins only when the issue is closed, by the assessment or before it: what a last look forbids leaves nothing
   behind. Nothing that goes wrong here touches the closing.
2. It works on the assessment document alone, as it was judged: nothing is measured again.
3. Each part says what it did; our answer is amended with that, once, at the end; not where a newer answer has been
   written in its place meanwhile.
4. Without `acting` nothing is changed: see each part.
5. Nothing is owed any more where the closing was taken back.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.actions.trouble import answer_or_refusal
from bot.assessment import codec
from bot.assessment.document import Assessment, Ending
from bot.assessment.marker import MarkKind
from bot.assessment.report import render
from bot.commands import precedents, record, references, tickets, watch
from bot.commands.after import After, Part
from bot.commands.request import AftermathRequest, Place, Wishes, pack, unpack_aftermath
from bot.commands.route import AFTERMATH_JOB
from bot.commands.tools import Tools, bears, mark
from bot.engine import Job, Json, Turn
from bot.github.errors import GitHubError
from bot.github.models import NodeId

SLACK = timedelta(minutes=1)
"""Between GitHub's clock and ours."""

PARTS: tuple[Part, ...] = (tickets.PART, record.PART, references.PART, precedents.PART, watch.PART)
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
    """What is still to be done about it; None where nothing is. Pure."""
    done = assessment.close
    closed = done.ending is Ending.DONE if done is not None else not assessment.state.open
    held_back = assessment.trigger.flags.dry_run or assessment.trigger.flags.only or assessment.plan.withheld
    if not assessment.verdict.closes or not closed or held_back:
        return None
    request = AftermathRequest(
        assessment=assessment.id,
        place=ended.place,
        issue_node=ended.issue_node,
        comment=ended.comment,
        write=ended.write,
        extra=ended.extra,
        acting=assessment.trigger.is_person or ended.wishes.acts,
        wishes=ended.wishes,
    )
    return request if any(part.owed(request, assessment) for part in PARTS) else None


async def leave(turn: Turn, request: AftermathRequest) -> None:
    """Leave it to a job of its own."""
    await turn.submit(Job(id=f"{turn.job.id}:after", kind=AFTERMATH_JOB, key=request.place.key, payload=pack(request)))


async def aftermath(turn: Turn, tools: Tools) -> None:
    """The handler of `aftermath.v1`."""
    request = unpack_aftermath(turn.job.payload)
    kept = await turn.step("document", lambda: _document(tools, request))
    if not isinstance(kept, str):
        return
    before = codec.decode(kept.encode())
    if before.reopened is not None:  # by somebody, before this job had its turn
        return
    after = After(turn=turn, tools=tools, session=tools.session(request.place), request=request, assessment=before)
    for part in PARTS:
        if part.owed(request, after.assessment):
            after = replace(after, assessment=await part.do(after))
    if after.assessment == before:
        return
    await turn.step("archive", lambda: _keep(after))
    await turn.step("amend", lambda: _amend(after))


async def _document(tools: Tools, request: AftermathRequest) -> Json:
    document = await tools.archive.load(request.assessment)
    return None if document is None else document.decode()


async def _keep(after: After) -> Json:
    one = after.assessment
    await after.tools.archive.save(one.id, one.repository, one.issue, codec.encode(one), one.finished_at)
    return one.id


async def _amend(after: After) -> Json:
    """Our answer with what was done since. Where it does not stand any more that is said to the operator."""
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
