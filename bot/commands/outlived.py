"""The reply that a person's order of looks was answered with, once they are over: it is folded away as outdated.

Rules:
1. Only what promises looks and nothing else: a reply that answers other commands as well stays.
2. It is found by our mark, among what was written since the order. GitHub takes it in good part that it is folded
   already.
"""

from datetime import datetime, timedelta

from bot.actions.trouble import answer_or_refusal
from bot.assessment.marker import MarkKind
from bot.assessment.watch_answers import is_begun
from bot.commands.request import Place, WatchRequest, unpack
from bot.commands.route import WATCH_JOB
from bot.commands.tools import Tools, kind_in
from bot.engine import Json, Waiting
from bot.github.errors import GitHubError
from bot.github.models import IssueNumber, NodeId

_SLACK = timedelta(minutes=1)  # between GitHub's clock and ours


def ordered_at(waiting: tuple[Waiting, ...]) -> datetime | None:
    """When the looks that wait were ordered; None where no person did. Pure."""
    watches = (unpack(one.payload, WatchRequest) for one in waiting if one.kind == WATCH_JOB)
    return min((one.by for one in watches if one.asked), default=None)


async def fold_promise(tools: Tools, request: WatchRequest) -> Json:
    """The looks are over: the reply to whoever had ordered them is folded away. None, or why not."""
    return await fold_order(tools, request.place, request.by if request.asked else None)


async def fold_order(tools: Tools, place: Place, ordered: datetime | None) -> Json:
    """The reply to what was ordered then (None: nothing was) is folded away: None, or why not."""
    if ordered is None:
        return None
    session = tools.session(place)
    own = await answer_or_refusal(session.list_own_comments_since(IssueNumber(place.number), ordered - _SLACK))
    if isinstance(own, GitHubError):
        return str(own)
    for one in own:
        if kind_in(one.body, key=tools.key, place=place) is MarkKind.REFUSAL and is_begun(_text(one.body)):
            refusal = await answer_or_refusal(session.minimize(NodeId(one.node_id)))
            if refusal is not None:
                return str(refusal)
    return None


def _text(body: str) -> str:
    """Without our mark. Pure."""
    return body.rstrip().rpartition("\n")[0].strip()
