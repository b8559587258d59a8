"""One more line at an answer of ours that stands already."""

from datetime import datetime, timedelta

from bot.actions.trouble import answer_or_refusal
from bot.assessment.marker import MarkKind
from bot.commands.added import with_line
from bot.commands.request import Place, WatchRequest
from bot.commands.tools import Tools, bears, kind_in
from bot.engine import Json
from bot.github.errors import GitHubError
from bot.github.models import IssueNumber


async def add_line(
    tools: Tools, place: Place, comment: str | None, write: str | None, line: str, *, since: datetime
) -> Json:
    """Add it: None, or why not. What a newer assessment has written there since stays as it is.

    `comment` is the node id of the answer, or of a closing's note (None: it is known by its mark alone), `write` is the
    key of the write that made it (None: whichever), which was not before `since`.
    """
    session = tools.session(place)
    own = await answer_or_refusal(session.list_own_comments_since(IssueNumber(place.number), since))
    if isinstance(own, GitHubError):
        return str(own)
    ours = (one for one in own if comment in {None, one.node_id})
    found = next((one for one in ours if _is_it(tools, place, one.body, write)), None)
    if found is None:
        return "the answer does not stand there any more"
    amended = with_line(found.body, line)
    if amended is None:
        return None
    written = await answer_or_refusal(session.comment_update(found.node_id, amended))
    return str(written) if isinstance(written, GitHubError) else None


def _is_it(tools: Tools, place: Place, body: str, write: str | None) -> bool:
    if write is None:
        return kind_in(body, key=tools.key, place=place) in {MarkKind.ASSESSMENT, MarkKind.GUARD}
    return bears(body, write, key=tools.key, place=place)


async def say_below(tools: Tools, request: WatchRequest, line: str) -> Json:
    """Add a line to the answer that promised a watch: None, or why not."""
    since = min(one.at for one in request.held) - _BEFORE
    return await add_line(tools, request.place, request.comment, request.write, line, since=since)


_BEFORE = timedelta(days=1)  # an answer is written a short while after what it tells of was measured
