"""One look at an issue by a use case that only tells: the snapshot with 👀, the policy, the newest assessment.

Rules:
1. One snapshot a command, and no probe. Nothing is written but the answer, and the reaction.
2. What is told is kept as a step's result: a resumed job says the same.
3. The policy may ask a stronger role than the table does; that is known only when it has been read.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from bot.actions.trouble import answer_or_refusal
from bot.assessment import codec, refusals
from bot.assessment.document import Assessment
from bot.commands.case import Case
from bot.commands.denials import again_of, denial
from bot.commands.grammar import Command
from bot.commands.measure import rules_of
from bot.commands.replies import Reply
from bot.commands.request import Place
from bot.commands.telling import denied
from bot.commands.tools import Tools
from bot.config.load import Broken, Loaded
from bot.engine import Json
from bot.github.errors import Forbidden, GitHubError, Gone, IsPull, Moved, NotFound
from bot.github.models import IssueNumber, NodeId, Snapshot
from bot.github.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What was seen. `now` was read once."""

    snapshot: Snapshot
    rules: Loaded | Broken
    now: datetime


Tell = Callable[[Glance], Awaitable[Reply]]
"""Makes the answer of what was seen; it may read more. Raises `bot.github.errors.GitHubError`."""


class Glimpse(msgspec.Struct, frozen=True, kw_only=True):
    """What a look leaves. `no_right`: it is said to somebody who may not."""

    reply: Reply
    no_right: bool = False


async def told(case: Case, one: Command, tell: Tell) -> Reply:
    """The answer to a command: what `tell` makes of the issue, or why it cannot be told."""
    kept = msgspec.convert(await case.turn.step(case.step("tell"), lambda: _told(case, one, tell)), Glimpse)
    return await denied(case, kept.reply.text) if kept.no_right else kept.reply


async def _told(case: Case, one: Command, tell: Tell) -> Json:
    found = await answer_or_refusal(_seen(case, one, tell))
    if isinstance(found, GitHubError):
        found = Glimpse(reply=blind(case, one, found))
    packed: Json = msgspec.to_builtins(found)
    return packed


def blind(case: Case, one: Command, error: GitHubError) -> Reply:
    """What to answer where the issue cannot be seen; the operator is told."""
    place = case.request.place
    case.tools.report("no-sight", {"repository": place.full_name, "issue": place.number, "why": str(error)})
    return Reply(text=unseen(error, again=again_of(one), now=case.tools.clock()) or "")


async def _seen(case: Case, one: Command, tell: Tell) -> Glimpse:
    seen = await glanced(case, one)
    return Glimpse(reply=await tell(seen)) if isinstance(seen, Glance) else seen


async def glanced(case: Case, one: Command) -> Glance | Glimpse:
    """The issue and its policy, or why they are not told to this person. Raises `bot.github.errors.GitHubError`."""
    request = case.request
    snapshot = await acknowledged(case.session, NodeId(request.comment.node_id), request.place)
    rules = rules_of(snapshot)
    if isinstance(rules, Loaded):
        refused = denial(request, one, case.role, permissions=rules.policy.permissions)
        if refused is not None:
            return Glimpse(reply=Reply(text=refused), no_right=True)
    return Glance(snapshot=snapshot, rules=rules, now=case.tools.clock())


async def acknowledged(session: Session, comment: NodeId, place: Place) -> Snapshot:
    """👀 on the comment, and the snapshot of its issue. Raises `bot.github.errors.GitHubError`."""
    number = IssueNumber(place.number)
    snapshot = await session.acknowledge_and_snapshot(comment, number)
    # Asked by way of the comment, a transferred issue answers from where it is now.
    if snapshot.issue.number != number or snapshot.repository.id != place.repository_id:
        raise Moved("the issue was transferred", snapshot.issue.url)
    return snapshot


def unseen(error: GitHubError, *, again: str, now: datetime) -> str | None:
    """What to say where an issue cannot be seen; None where nobody is left to read it. Pure."""
    match error:
        case IsPull():
            return refusals.only_on_issues()
        case Moved(location=location):
            return refusals.moved(location)
        case Forbidden(needed=str() as needed):
            return refusals.permission_missing(needed, purpose="read this issue")
        case NotFound() | Gone():
            return None
        case _:
            return refusals.github_unreachable(str(error), retry_at=None, now=now, again=again)


async def newest(tools: Tools, snapshot: Snapshot) -> Assessment | None:
    """The newest assessment of this issue that is kept; None also for one that this version cannot read."""
    document = await tools.archive.latest(snapshot.repository.full_name, snapshot.issue.number)
    try:
        return None if document is None else codec.decode(document)
    except codec.NotAnAssessment:
        return None
