"""What a job of ours that did not come to its end has left on the issue."""

from datetime import datetime, timedelta

from bot.actions.trouble import answer_or_refusal
from bot.commands.request import Place
from bot.commands.tools import Tools, bears
from bot.engine import Json
from bot.github.errors import GitHubError
from bot.github.models import IssueNumber, IssueState

DONE = "done"
"""It had answered, and the issue is closed: only the reaction is owed."""
SLACK = timedelta(minutes=1)
"""Between GitHub's clock and ours."""


async def traces(tools: Tools, place: Place, since: datetime, job: str) -> Json:
    """`DONE`, the node id of the job's comment, or None: nothing, also where GitHub does not let it be read.

    Raises `bot.engine.Later`, and `bot.github.errors.Unavailable` where GitHub did not answer.
    """
    session, number = tools.session(place), IssueNumber(place.number)
    own = await answer_or_refusal(session.list_own_comments_since(number, since - SLACK))
    if isinstance(own, GitHubError):
        unread(tools, place, own)
        return None
    answered = [one for one in own if bears(one.body, f"{job}:comment", key=tools.key, place=place)]
    now = await answer_or_refusal(session.issue_now(number)) if answered else None
    if isinstance(now, GitHubError):
        unread(tools, place, now)
        return None
    if now is not None and now.state is IssueState.CLOSED:
        return DONE
    begun = [one for one in own if bears(one.body, f"{job}:progress", key=tools.key, place=place)]
    mine = (*answered, *begun)
    return mine[0].node_id if mine else None


def unread(tools: Tools, place: Place, error: GitHubError) -> None:
    """It cannot be told: the operator is told that."""
    tools.report("left-unknown", {"repository": place.full_name, "issue": place.number, "why": str(error)})
