"""A job that broke again and again gets a last word: silence is a defect, and so is a comment that promises too much.

Rules:
1. Where the job had answered already and the issue is closed, that answer is true and final: only the reaction is owed.
2. Where it had answered (or showed progress) and the issue is open, that comment becomes the last word.
3. Else the last word is a comment of its own.
"""

from datetime import timedelta

from bot.assessment import refusals
from bot.commands.replies import Reply, react, say
from bot.commands.request import CommandRequest, unpack_command
from bot.commands.route import COMMAND_JOB
from bot.commands.tools import Tools, bears
from bot.engine import Json, Turn
from bot.github.answers import Reaction
from bot.github.errors import GitHubError
from bot.github.models import IssueNumber, IssueState, NodeId
from bot.github.session import Session

_SLACK = timedelta(minutes=1)  # between GitHub's clock and ours


async def dead(turn: Turn, tools: Tools) -> None:
    """The handler of `dead.v1`: tells whoever gave the command. Automatic triggers have nobody who waits."""
    payload = turn.job.payload
    assert isinstance(payload, dict)
    original = payload["job"]
    assert isinstance(original, dict)
    if original["kind"] != COMMAND_JOB:
        return
    request = unpack_command(original["payload"])
    if request.comment.is_bot:
        return  # nor do bots wait
    session = tools.session(request.place)
    left = await turn.step("left", lambda: _left(session, tools, request, str(original["id"])))
    if left == _DONE:
        await turn.step("react", lambda: react(session, request.comment.node_id, Reaction.ROCKET))
        return
    reply = Reply(text=refusals.broke(str(payload["error"])))
    existing = NodeId(left) if isinstance(left, str) else None
    await say(turn, tools, session, request, reply, existing=existing)


_DONE = "done"


async def _left(session: Session, tools: Tools, request: CommandRequest, job: str) -> Json:
    """What the job left behind: `_DONE`, the node id of its comment, or nothing (also where that cannot be read)."""
    number = IssueNumber(request.place.number)
    try:
        own = await session.list_own_comments_since(number, request.comment.at - _SLACK)
        answered = [one for one in own if bears(one.body, f"{job}:comment", key=tools.key, place=request.place)]
        if answered and (await session.issue_now(number)).state is IssueState.CLOSED:
            return _DONE
    except GitHubError as error:
        tools.report("left-unknown", {"repository": request.place.full_name, "issue": number, "why": str(error)})
        return None
    begun = [one for one in own if bears(one.body, f"{job}:progress", key=tools.key, place=request.place)]
    mine = (*answered, *begun)
    return mine[0].node_id if mine else None
