"""One more line at an answer of ours that stands already."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions.trouble import answer_or_refusal
from bot.assessment.marker import MarkKind
from bot.commands.added import with_line
from bot.commands.request import Place, WatchRequest
from bot.commands.tools import Tools, bears, kind_in
from bot.engine import Json
from bot.github.errors import GitHubError
from bot.github.models import Comment, IssueNumber, NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The node id of the answer, or of a closing's note (None: its mark alone tells it), and the key of its write.

    Without a key (None) it is whichever; it was not written before `since`.
    """

    comment: str | None
    write: str | None
    since: datetime


async def add_line(
    tools: Tools, place: Place, comment: str | None, write: str | None, line: str, *, since: datetime
) -> Json:
    """Add it: None, or why not. What a newer assessment has written there since stays as it is; see `Where`."""
    where = Where(comment=comment, write=write, since=since)
    return await _amend(tools, place, where, lambda body: with_line(body, line))


async def _amend(tools: Tools, place: Place, where: Where, change: Callable[[str], str | None]) -> Json:
    found = await answer_at(tools, place, where)
    return found if isinstance(found, str) else await write_over(tools, place, found, change(found.body))


async def answer_at(tools: Tools, place: Place, where: Where) -> Comment | str:
    """The answer as it stands, or why there is none."""
    own = await answer_or_refusal(tools.session(place).list_own_comments_since(IssueNumber(place.number), where.since))
    if isinstance(own, GitHubError):
        return str(own)
    ours = (one for one in own if where.comment in {None, one.node_id})
    found = next((one for one in ours if _is_it(tools, place, one.body, where.write)), None)
    return "the answer does not stand there any more" if found is None else found


async def write_over(tools: Tools, place: Place, comment: Comment, body: str | None) -> Json:
    """The comment with this body (None: as it is): None, or why not."""
    if body is None:
        return None
    written = await answer_or_refusal(tools.session(place).comment_update(NodeId(comment.node_id), body))
    return str(written) if isinstance(written, GitHubError) else None


def _is_it(tools: Tools, place: Place, body: str, write: str | None) -> bool:
    if write is None:
        return kind_in(body, key=tools.key, place=place) in {MarkKind.ASSESSMENT, MarkKind.GUARD}
    return bears(body, write, key=tools.key, place=place)


async def say_below(tools: Tools, request: WatchRequest, line: str) -> Json:
    """Add a line to the answer that promised a watch: None, or why not."""
    return await say_at(tools, request, lambda body: with_line(body, line))


async def say_at(tools: Tools, request: WatchRequest, change: Callable[[str], str | None]) -> Json:
    """Change the answer that promised a watch (None: it is as it is to be): None, or why it was not."""
    return await _amend(tools, request.place, _where(request), change)


async def answer_of(tools: Tools, request: WatchRequest) -> Comment | str:
    """The answer that promised a watch, or why there is none."""
    return await answer_at(tools, request.place, _where(request))


def _where(request: WatchRequest) -> Where:
    since = min(one.at for one in request.held) - _BEFORE
    return Where(comment=request.comment, write=request.write, since=since)


_BEFORE = timedelta(days=1)  # an answer is written a short while after what it tells of was measured
