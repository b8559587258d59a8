"""`/reopen [reason]`: whoever reported an issue that we closed, or may triage, has it opened again.

Rules:
1. Only what we closed last ourselves, as completed: what people closed they open themselves.
2. The issue is opened first, and only if it is still closed by that very closing; then what we had said is amended.
3. Nothing that goes wrong with the amending takes the opening back. An answer that cannot be amended is folded away.
4. Nothing of that closing is looked after any more: its watch ends, and a reply that promised looks is folded away.
5. It is remembered who asked: what a person has us do is his doing.
6. Where the closing of an open issue is announced it is the objection to that, and what had announced it looks at once.
   Where an answer merely waits, that hears it when its time comes (`bot.commands.closing`); the asker is told so.
"""

from dataclasses import replace
from datetime import datetime

import msgspec

from bot.actions.labels import labels_after
from bot.actions.reopening import Reopening, not_as_judged
from bot.actions.trouble import answer_or_refusal, before_write
from bot.assessment import codec, refusals, reopen_answers
from bot.assessment.document import Assessment
from bot.assessment.history import Asked
from bot.assessment.marker import MarkKind
from bot.assessment.plan import Label
from bot.assessment.policy import Policy, Role, at_least
from bot.assessment.report import render
from bot.commands.added import without_looks
from bot.commands.asked_open import remember
from bot.commands.below import below
from bot.commands.case import Case
from bot.commands.denials import denial
from bot.commands.flags import flags_again
from bot.commands.glance import acknowledged, unseen
from bot.commands.grace import object_by
from bot.commands.measure import rules_of
from bot.commands.outlived import fold_order, ordered_at
from bot.commands.replies import Reply
from bot.commands.request import AgainRequest, AskedIn, heard_until, unpack
from bot.commands.route import AGAIN_JOB, WATCH_JOB
from bot.commands.standing import (
    Known,
    OwnMark,
    closed_as,
    happened_to,
    is_ours,
    last_closing,
    own_marks,
    with_comments,
)
from bot.commands.taking_back import Reopen
from bot.commands.telling import denied
from bot.commands.watch_end import forget_end
from bot.config.load import Loaded
from bot.engine import Json, Refused, UnknownOutcome, Waiting
from bot.github.answers import Reaction
from bot.github.errors import GitHubError
from bot.github.models import IssueNumber, IssueState, NodeId, Snapshot, Unknown


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What comes of it: the closing that is to be undone, with the change of labels; or what to say `instead`.

    `closed_at` is the issue's own word for when that was, `undoes` its history's: mostly the same.
    `answer` (node id) is what had closed it, at `url`; `assessment` is its id, and `below` what stands below its text.
    `no_right`: it is said to somebody who may not. `objects`: it counts against a closing that was announced by the
    jobs with these ids, which may have heard of it already, or (without ids) that may still come; None: none does.
    """

    closed_at: datetime | None = None
    undoes: datetime | None = None
    label: Label = Label()
    answer: str | None = None
    url: str | None = None
    assessment: str | None = None
    below: str = ""
    close_role: Role = Role.TRIAGE
    instead: str = ""
    no_right: bool = False
    objects: tuple[str, ...] | None = None


async def reopen(case: Case, asked: Reopen) -> Reply:
    """Open it; what to answer."""
    kept = await case.turn.step(case.step("decide"), lambda: _decide(case, asked))
    decided = msgspec.convert(kept, Decided)
    if decided.objects is not None:
        case.tools.report("objected", _who(case))
        await case.turn.hasten(decided.objects)
        return Reply(text=decided.instead, reaction=Reaction.THUMBS_UP)
    if decided.closed_at is None:
        return await denied(case, decided.instead) if decided.no_right else Reply(text=decided.instead)
    dropped = await _open(case, decided, decided.closed_at)
    if isinstance(dropped, str):
        return Reply(text=reopen_answers.not_reopened(dropped))
    case.tools.report("reopened", _who(case))
    await case.turn.step(case.step("asked"), lambda: _asked(case, decided))
    looks = await case.turn.step(case.step("looks"), lambda: _ordered_at(case))
    await case.turn.retire(WATCH_JOB, case.tools.clock())
    await forget_end(case.tools.notes, case.request.place.key)
    amended = await case.turn.step(case.step("record"), lambda: _record(case, asked, decided)) is True
    await case.turn.step(case.step("amend"), lambda: _amend(case, decided, amended=amended))
    await case.turn.step(case.step("fold"), lambda: _fold(case, looks))
    text = reopen_answers.reopened(
        case.login,
        asked.reason,
        answer=decided.url if amended else None,
        close_role=decided.close_role,
        dropped=dropped,
    )
    return Reply(text=text, reaction=Reaction.THUMBS_UP)


def judged(snapshot: Snapshot, case: Case, *, us: str, policy: Policy) -> Decided:
    """Is it to be opened, with which labels? Pure."""
    issue = snapshot.issue
    if snapshot.is_archived:
        return Decided(instead=refusals.archived())
    if issue.state is IssueState.OPEN or issue.closed_at is None:
        return Decided(instead=reopen_answers.is_open())
    if issue.locked:
        return Decided(instead=reopen_answers.is_locked())
    if isinstance(issue.history, Unknown):
        return Decided(instead=reopen_answers.closer_unknown(issue.history.reason))
    closing, reason = last_closing(happened_to(issue, Known(us=us))), closed_as(issue.state_reason)
    if closing is None or not is_ours(closing) or reason != "completed":
        has_role = at_least(case.role, Role.TRIAGE)
        return Decided(
            instead=reopen_answers.closed_by_another(closing, closed_as=reason, login=case.login, has_role=has_role)
        )
    wrong = () if policy.labels.wrong is None else (policy.labels.wrong,)
    stays = {name.casefold() for name in wrong}
    remove = tuple(name for name in policy.labels.resolved if name.casefold() not in stays)
    return Decided(
        closed_at=issue.closed_at,
        undoes=closing.at,
        label=Label(add=wrong, remove=remove),
        close_role=policy.permissions.close,
    )


async def _decide(case: Case, asked: Reopen) -> Json:
    found = await answer_or_refusal(_seen(case, asked))
    if isinstance(found, GitHubError):
        case.tools.report("no-sight", _who(case) | {"why": str(found)})
        found = Decided(instead=unseen(found, again="/reopen", now=case.tools.clock()) or "")
    packed: Json = msgspec.to_builtins(found)
    return packed


async def _seen(case: Case, asked: Reopen) -> Decided:
    snapshot = await acknowledged(case.session, NodeId(case.request.comment.node_id), case.request.place)
    rules = rules_of(snapshot)
    # a policy that cannot be read keeps nobody from opening an issue
    policy = rules.policy if isinstance(rules, Loaded) else Policy(source="", digest="")
    refusal = denial(case.request, asked, case.role, permissions=policy.permissions)
    if refusal is not None:
        return Decided(instead=refusal, no_right=True)
    decided = judged(snapshot, case, us=await case.session.login(), policy=policy)
    if snapshot.issue.state is IssueState.OPEN and not snapshot.is_archived:
        return await _against_announced(case, asked, decided, policy)
    if decided.closed_at is None:
        return decided
    return await _with_answer(case, snapshot, decided)


async def _against_announced(case: Case, asked: Reopen, decided: Decided, policy: Policy) -> Decided:
    """Whoever may give the command may object as well."""
    tools, key = case.tools, case.request.place.key
    waiting = await tools.book.waiting(key)
    jobs = await object_by(tools.notes, key, waiting, case.request.comment, tools.clock())
    role = policy.permissions.close
    if jobs is None and hears(waiting, case.request.comment):
        return Decided(instead=reopen_answers.keeps_open(case.login, asked.reason, close_role=role), objects=())
    if jobs is None:
        return decided
    text = reopen_answers.objected(case.login, asked.reason, close_role=role)
    return Decided(instead=text, objects=jobs)


def hears(waiting: tuple[Waiting, ...], comment: AskedIn) -> bool:
    """Does an answer wait that may close the issue, and for which the comment is a new word against it? Pure."""
    again = (unpack(one.payload, AgainRequest) for one in waiting if one.kind == AGAIN_JOB)
    answers = (one for one in again if one.guard is None and not flags_again(one).looks_only)
    said = comment.at, comment.id
    return any((heard := heard_until(one.errand)) is not None and said > heard for one in answers)


async def _with_answer(case: Case, snapshot: Snapshot, decided: Decided) -> Decided:
    """With the answer that closed it, and what stands below that."""
    own = await _answer(case, snapshot)
    if own is None:
        return decided
    told = await _document(case, own.mark.assessment)
    footer = None if told is None else _text(case, told, marker="").rpartition("\n")[2]
    return msgspec.structs.replace(
        decided,
        answer=own.comment.node_id,
        url=own.comment.url,
        assessment=None if told is None else told.id,
        below=below(own.comment.body, footer),
    )


async def _answer(case: Case, snapshot: Snapshot) -> OwnMark | None:
    """Our newest answer. On a crowded issue it stands before all that the snapshot holds."""
    own = own_marks(snapshot, key=case.tools.key)
    if not own:
        issue = snapshot.issue
        comments = await case.session.list_own_comments_since(issue.number, issue.created_at)
        own = own_marks(with_comments(snapshot, comments), key=case.tools.key)
    return next((one for one in own if one.mark.kind is MarkKind.ASSESSMENT), None)


async def _document(case: Case, assessment: str | None) -> Assessment | None:
    """The assessment, if it is kept and can be read."""
    document = None if assessment is None else await case.tools.archive.load(assessment)
    try:
        return None if document is None else codec.decode(document)
    except codec.NotAnAssessment:
        return None


async def _open(case: Case, decided: Decided, closed_at: datetime) -> tuple[str, ...] | str:
    """The labels that GitHub left out; or why it was not opened."""

    async def ready() -> tuple[str, ...] | None:
        with before_write(case.tools.clock, "the issue could not be read again"):
            now = await case.session.issue_now(IssueNumber(case.request.place.number))
        objection = not_as_judged(now, closed_at=closed_at)
        if objection is not None:
            raise Refused(None, objection)
        return labels_after(now, decided.label)

    opening = Reopening(case.session, number=IssueNumber(case.request.place.number), ready=ready)
    try:
        result = await case.turn.write(case.step("reopen"), opening)
    except Refused as refused:
        return refused.reason
    except UnknownOutcome:
        return "GitHub did not answer, and I cannot tell whether it is open"
    assert isinstance(result, dict)
    if result["open"] is not True:
        return "GitHub took the request and left the issue closed"
    dropped = result["dropped"]
    return tuple(str(name) for name in dropped) if isinstance(dropped, list) else ()


async def _asked(case: Case, decided: Decided) -> Json:
    """Whose doing the opening was; its time in the history is none of ours."""
    if decided.undoes is not None:
        asked = Asked(closed_at=decided.undoes, by=case.login)
        await remember(case.tools.notes, case.request.place.key, asked, case.tools.clock())
    return None


async def _ordered_at(case: Case) -> Json:
    ordered = ordered_at(await case.tools.book.waiting(case.request.place.key))
    return None if ordered is None else ordered.isoformat()


async def _fold(case: Case, ordered: Json) -> Json:
    """The reply that promises looks, if somebody had ordered them."""
    since = datetime.fromisoformat(ordered) if isinstance(ordered, str) else None
    trouble = await fold_order(case.tools, case.request.place, since)
    if trouble is not None:
        case.tools.report("not-amended", _who(case) | {"why": trouble})
    return trouble


async def _record(case: Case, asked: Reopen, decided: Decided) -> Json:
    """The document with what was done; False where there is none."""
    told = await _document(case, decided.assessment)
    if told is None:
        return False
    done = reopen_answers.as_done(case.login, asked.reason, url=case.request.comment.url)
    if done not in told.actions:
        told = replace(told, actions=(*told.actions, done))
    await case.tools.archive.save(told.id, told.repository, told.issue, codec.encode(told), told.finished_at)
    return True


async def _amend(case: Case, decided: Decided, *, amended: bool) -> Json:
    """Our answer does not keep saying that the issue is closed; where it cannot be written anew it is folded away."""
    if decided.answer is None:
        return None
    told = await _document(case, decided.assessment) if amended else None
    if told is None:
        written: object = await answer_or_refusal(case.session.minimize(NodeId(decided.answer)))
    else:
        text = _text(case, told, marker=without_looks(decided.below))
        written = await answer_or_refusal(case.session.comment_update(NodeId(decided.answer), text))
    if not isinstance(written, GitHubError):
        return None
    case.tools.report("not-amended", _who(case) | {"why": str(written)})
    return str(written)


def _text(case: Case, told: Assessment, *, marker: str) -> str:
    return render(told, evidence_url=case.tools.evidence_url(told.id, told.finished_at), marker=marker)


def _who(case: Case) -> dict[str, Json]:
    """Who asked for it where, for the operator."""
    place = case.request.place
    return {"repository": place.full_name, "issue": place.number, "by": case.login, "comment": case.request.comment.id}
