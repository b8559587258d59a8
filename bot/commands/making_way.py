"""Takes the places of what waits at the issue, or makes way for it; which, `bot.commands.precedence` says."""

from datetime import datetime

from bot.assessment.policy import Policy
from bot.commands.precedence import GaveWay, Newcomer, places
from bot.commands.route import AGAIN_JOB, LINKED_JOB
from bot.commands.tools import Tools
from bot.engine import Turn


async def take_places(turn: Turn, tools: Tools, newcomer: Newcomer, policy: Policy, began: datetime) -> GaveWay | None:
    """What waits, and came before that moment, is answered by this turn; or it looks again, and this one makes way."""
    taken = places(newcomer, await tools.book.waiting(turn.job.key), policy)
    for kind in (AGAIN_JOB, LINKED_JOB):
        await turn.retire(kind, began, only=taken.retires)
    await turn.hasten(taken.hastens)
    return taken.gives_way
