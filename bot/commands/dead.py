"""A job that broke again and again gets a last word: silence is a defect."""

from bot.assessment import refusals
from bot.commands.replies import Reply, say
from bot.commands.request import unpack_command
from bot.commands.route import COMMAND_JOB
from bot.commands.tools import Tools
from bot.engine import Turn


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
    reply = Reply(text=refusals.broke(str(payload["error"])))
    await say(turn, tools, tools.session(request.place), request, reply)
