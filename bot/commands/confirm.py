"""Somebody says that it is fixed, or takes that back: whether his word counts here, by what the policy asks.

Rules:
1. The confirmation is its comment, and so is its withdrawal. Whoever waits for one was told when it came, and looks for
   himself whose word it is.
2. The table's right was asked before; a stronger role that the policy asks for is asked here. Where the policy cannot
   be read, or is broken, the receipt is given: whoever counts confirmations asks again.
3. Where an assessment takes the word up, by waiting for it or in the same comment, the receipt is a reaction. Else a
   few words say which one will count it, if any, also where the issue is closed.
4. Who takes back what he never said is told that there was nothing.
5. Who confirms and holds something back has not confirmed: he is told which of his words that are, and what he can do.
6. Where our answer has counted the word that is taken back, it says so; so does its document.
"""

from datetime import datetime, timedelta

import msgspec

from bot.actions.trouble import answer_or_refusal
from bot.assessment import confirm_answers
from bot.assessment.document import Assessment
from bot.assessment.evidence import CriterionId
from bot.assessment.openlines import CONFIRM_FIXED, UNCONFIRM
from bot.assessment.reservations import reservation, reserved
from bot.assessment.taken_back import taken_back
from bot.commands.amending import Where, answer_at
from bot.commands.case import Case
from bot.commands.denials import denial
from bot.commands.glance import newest
from bot.commands.grammar import Confirm, commands_in, merged
from bot.commands.measure import Prepared
from bot.commands.replies import Reply
from bot.commands.request import AgainRequest, unpack
from bot.commands.rewriting import kept, rewrite_lines
from bot.commands.route import AGAIN_JOB, LINKED_JOB
from bot.commands.run import Run, Sight
from bot.commands.standing import own_marks
from bot.commands.taking_back import Unconfirm
from bot.commands.telling import denied
from bot.engine import Json, Waiting
from bot.github.answers import Reaction
from bot.github.errors import GitHubError
from bot.github.models import IssueState, Snapshot, Unknown
from bot.probes.confirmation import By, ConfirmationParams
from bot.probes.words import is_his

_SLACK = timedelta(minutes=1)  # between GitHub's clock and ours


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What is said; nothing where the reaction says it. `no_right`: it is said to somebody who may not.

    `answer` (node id) with `assessment` (its id) may have counted the word that is taken back.
    """

    text: str = ""
    no_right: bool = False
    answer: str | None = None
    assessment: str | None = None


async def confirm(case: Case, run: Run, one: Confirm) -> Reply:
    """The receipt, or why the word does not count."""
    return await _received(case, run, one, "confirmed")


async def unconfirm(case: Case, run: Run, one: Unconfirm) -> Reply:
    """The receipt, or why there is nothing that could be taken back."""
    return await _received(case, run, one, "unconfirmed")


async def _received(case: Case, run: Run, one: Confirm | Unconfirm, event: str) -> Reply:
    kept = await case.turn.step(case.step("counts"), lambda: _receipt(case, run, one))
    receipt = msgspec.convert(kept, Receipt)
    if receipt.no_right:
        return await denied(case, receipt.text)
    place = case.request.place
    case.tools.report(
        event,
        {"repository": place.full_name, "issue": place.number, "by": case.login, "comment": case.request.comment.id},
    )
    if receipt.assessment is not None:
        await case.turn.step(case.step("amend"), lambda: _amend(case, receipt))
    return Reply(text=receipt.text, reaction=Reaction.THUMBS_UP)


async def _amend(case: Case, receipt: Receipt) -> Json:
    """The answer does not keep counting the word; what cannot be said of that is told to the operator."""
    tools, place, asked = case.tools, case.request.place, case.request.comment
    before = await kept(tools, receipt.assessment)
    after = None if before is None else taken_back(before, case.login, at=asked.at)
    if before is None or after is None:
        return None
    where = Where(comment=receipt.answer, write=None, since=before.started_at - _SLACK)
    answer = await answer_at(tools, place, where)
    trouble = answer if isinstance(answer, str) else await rewrite_lines(tools, place, answer, before, after)
    if trouble is not None:
        tools.report("not-amended", {"repository": place.full_name, "issue": place.number, "why": trouble})
    return trouble


async def _receipt(case: Case, run: Run, one: Confirm | Unconfirm) -> Json:
    packed: Json = msgspec.to_builtins(await _found(case, run, one))
    return packed


async def _found(case: Case, run: Run, one: Confirm | Unconfirm) -> Receipt:
    prepared = await Sight(run).prepared()
    if not isinstance(prepared, Prepared):
        return Receipt()
    refusal = denial(case.request, one, case.role, permissions=prepared.policy.permissions)
    if refusal is not None:
        return Receipt(text=refusal, no_right=True)
    jobs = await case.tools.book.waiting(case.request.place.key)
    waiting = awaited_here(jobs)
    if prepared.policy.on_merge and any(job.kind == LINKED_JOB for job in jobs):
        waiting |= frozenset(_asking(prepared))  # a merge's assessment is about to begin
    if isinstance(one, Confirm):
        return confirmed(case, prepared, waiting, await newest(case.tools, prepared.snapshot))
    waits = any(one in waiting for one in _asking(prepared))
    closed = prepared.snapshot.issue.state is IssueState.CLOSED
    had = await _had_confirmed(case, prepared.snapshot)
    text = confirm_answers.taken_back(case.login, waits=waits, closed=closed, had=had)
    own = next(iter(own_marks(prepared.snapshot, key=case.tools.key)), None)
    if not had or own is None:
        return Receipt(text=text)
    return Receipt(text=text, answer=own.comment.node_id, assessment=own.mark.assessment)


async def _had_confirmed(case: Case, snapshot: Snapshot) -> bool:
    """Is there a confirmation of his that he had not taken back? Where that cannot be told, there may be."""
    since = taken_back_before(snapshot, case.login, case.request.comment.id)
    if since is None or has_said_so(snapshot, case.login, since):
        return True
    answer = next(iter(own_marks(snapshot, key=case.tools.key)), None)
    if answer is None:
        return False
    votes = await answer_or_refusal(case.session.votes(answer.comment.node_id))
    if isinstance(votes, GitHubError):
        return True
    return any(one.up and one.login.lower() == case.login.lower() and one.at > since for one in votes)


def taken_back_before(snapshot: Snapshot, login: str, besides: int) -> datetime | None:
    """When he last took a confirmation back, but for this comment (id); when the issue was opened, where he never did.

    None where not all comments could be read. Pure.
    """
    issue = snapshot.issue
    if isinstance(issue.comments, Unknown) or len(issue.comments) < issue.comment_total:
        return None
    moments = (one.created_at for one in issue.comments if one.id != besides and is_his(one, login, UNCONFIRM))
    return max(moments, default=issue.created_at)


def has_said_so(snapshot: Snapshot, login: str, since: datetime) -> bool:
    """Has he confirmed by a comment since then, and held nothing back? Pure."""
    comments = () if isinstance(snapshot.issue.comments, Unknown) else snapshot.issue.comments
    said = (one for one in comments if one.created_at >= since and is_his(one, login, CONFIRM_FIXED))
    return any(not reserved(one.body) for one in said)


def confirmed(case: Case, prepared: Prepared, waiting: frozenset[str], last: Assessment | None) -> Receipt:
    """What a confirmation is answered; `waiting` are the criteria that are waited for. Pure."""
    asking = _asking(prepared)
    if merged(commands_in(case.request.comment.body)) is not None:
        return Receipt()  # the assessment of the same comment counts it
    reporter = prepared.snapshot.issue.author
    theirs = reporter is not None and reporter.login.lower() == case.login.lower()
    counting = tuple(one for one, by in asking.items() if theirs or by is By.TRIAGE)
    held = reservation(case.request.comment.body)
    closed = prepared.snapshot.issue.state is IssueState.CLOSED
    if counting and held:
        waits = any(one in waiting for one in counting)
        return Receipt(text=confirm_answers.held_back(case.login, counting, held, waits=waits, closed=closed))
    taken_up = last is not None and last.started_at > case.request.comment.at and not last.trigger.flags.only
    if counting and (taken_up or any(one in waiting for one in counting)):
        return Receipt()
    if closed:
        return Receipt(text=confirm_answers.closed_already(case.login, counting))
    if not asking:
        return Receipt(text=confirm_answers.nothing_asks(case.login))
    if not counting:
        return Receipt(text=confirm_answers.reporters_alone(case.login, tuple(asking)))
    role = prepared.policy.close_role.value
    return Receipt(text=confirm_answers.counts_next(case.login, counting, close_role=role))


def _asking(prepared: Prepared) -> dict[CriterionId, By]:
    """The criteria that ask for a confirmation here, and whose word each asks for."""
    return {
        question.criterion.id: question.params.by
        for question in prepared.questions
        if isinstance(question.params, ConfirmationParams)
    }


def awaited_here(jobs: tuple[Waiting, ...]) -> frozenset[str]:
    """The criteria for which an answer waits. Pure."""
    errands = [unpack(job.payload, AgainRequest).errand for job in jobs if job.kind == AGAIN_JOB]
    return frozenset(one.criterion for errand in errands for one in errand.awaits)
