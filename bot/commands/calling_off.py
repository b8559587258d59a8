"""An answer that waited goes on no more: nothing is left standing that says it would.

Rules:
1. From then on automatic triggers are heard again, which an announced closing keeps away.
2. The label of what is on its way comes off, whatever was waited for.
3. An answer that says that it goes on is written anew, by what it had measured: its first line, and what it had
   promised. So is its document, which is told of an issue's state. Every other one gets a line.
4. What cannot be done of that is only told to the operator.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions.labels import labels_after
from bot.actions.trouble import answer_or_refusal
from bot.assessment import codec
from bot.assessment.calling_off import called_off, promises
from bot.assessment.document import Assessment
from bot.assessment.marker import MarkKind
from bot.assessment.plan import Label
from bot.assessment.report import render
from bot.commands.added import with_line
from bot.commands.grace import withdraw
from bot.commands.measure import rules_in
from bot.commands.request import Place
from bot.commands.rewriting import kept
from bot.commands.tools import Tools, mark_in
from bot.config.load import Broken
from bot.engine import Json
from bot.github.answers import IssueNow
from bot.github.errors import GitHubError, Unavailable
from bot.github.models import Comment, IssueNumber, IssueState, NodeId

_ANSWERS = frozenset({MarkKind.ASSESSMENT, MarkKind.LOOK})


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingOff:
    """The answers that go on no more (node ids), none of which is older than `since`, and what is said of it.

    `why` is for an answer that had announced a closing, `ended` for one that waited; `line` for every other one.
    `unlabelled` came off before.
    """

    answers: tuple[str, ...]
    since: datetime
    why: str
    line: str
    ended: str
    unlabelled: str | None = None


async def unlabel(tools: Tools, place: Place) -> Json:
    """Take the label of what is on its way off, as far as that goes: it, or None where nothing was changed."""
    try:
        return await _unlabelled(tools, place)
    except Unavailable as error:
        _report(tools, place, str(error))
        return None


async def call_off(tools: Tools, place: Place, calling: CallingOff) -> Json:
    """Say it in each of the answers. Raises `bot.engine.Later` and `bot.github.errors.Unavailable`."""
    await withdraw(tools.notes, place.key)
    session, number = tools.session(place), IssueNumber(place.number)
    now = await answer_or_refusal(session.issue_now(number))
    own = await answer_or_refusal(session.list_own_comments_since(number, calling.since))
    if isinstance(now, GitHubError) or isinstance(own, GitHubError):
        _report(tools, place, str(now if isinstance(now, GitHubError) else own))
        return None
    for one in own:
        if one.node_id in calling.answers:
            await _say(tools, place, one, calling, now)
    return None


async def _say(tools: Tools, place: Place, answer: Comment, calling: CallingOff, now: IssueNow) -> None:
    before = await document_of(tools, place, answer)
    after = None if before is None or not promises(before) else _called_off(as_it_is(before, now), calling)
    if before is None or after is None:
        body = with_line(answer.body, calling.line)
    else:
        url = tools.evidence_url(before.id, before.finished_at)
        body = rewritten(answer.body, *(render(one, evidence_url=url, marker="") for one in (before, after)))
    written = (
        None
        if body is None
        else await answer_or_refusal(tools.session(place).comment_update(NodeId(answer.node_id), body))
    )
    if isinstance(written, GitHubError):
        _report(tools, place, str(written))
    elif after is not None:
        await tools.archive.save(after.id, after.repository, after.issue, codec.encode(after), after.finished_at)


def _called_off(before: Assessment, calling: CallingOff) -> Assessment:
    why = calling.ended if before.plan.announces is None else calling.why
    return called_off(before, why, unlabelled=calling.unlabelled)


async def document_of(tools: Tools, place: Place, answer: Comment) -> Assessment | None:
    """What the answer tells; None also for what this version cannot read."""
    mark = mark_in(answer.body, key=tools.key, place=place)
    return None if mark is None or mark.kind not in _ANSWERS else await kept(tools, mark.assessment)


async def _unlabelled(tools: Tools, place: Place) -> str | None:
    session, number = tools.session(place), IssueNumber(place.number)
    files = await answer_or_refusal(session.policies())
    rules = files if isinstance(files, GitHubError) else rules_in(files, name=place.name)
    if isinstance(rules, GitHubError | Broken):
        _report(tools, place, "the policy cannot be read, so no label was taken off")
        return None
    pending = rules.policy.labels.pending
    now = None if pending is None else await answer_or_refusal(session.issue_now(number))
    if pending is None or now is None or isinstance(now, GitHubError):
        return None
    wanted = labels_after(now, Label(remove=(pending,)))
    set_now = None if wanted is None else await answer_or_refusal(session.set_labels(number, wanted))
    if isinstance(set_now, GitHubError):
        _report(tools, place, str(set_now))
    return None if set_now is None or isinstance(set_now, GitHubError) else pending


def as_it_is(assessment: Assessment, now: IssueNow) -> Assessment:
    """The same where somebody has closed the issue in the meantime. Pure."""
    if now.state is IssueState.OPEN:
        return assessment
    closed_as = None if now.state_reason is None else now.state_reason.value.lower()
    return replace(assessment, state=replace(assessment.state, open=False, closed_as=closed_as))


def rewritten(body: str, before: str, after: str) -> str | None:
    """A body with another text in the place of its answer; what was said below it stays, and our mark at its end.

    None where it is so already. Pure.
    """
    if body.startswith(after):
        return None
    if body.startswith(before):
        return f"{after}{body[len(before) :]}"
    return f"{after}\n\n{body.rstrip().rpartition(chr(10))[2]}"


def _report(tools: Tools, place: Place, why: str) -> None:
    """A line for the operator."""
    tools.report("not-amended", {"repository": place.full_name, "issue": place.number, "why": why})
