"""Takes the places of what waits at the issue, makes way for it, or leaves it alone; see `bot.commands.precedence`."""

from datetime import datetime

from bot.assessment.policy import Policy
from bot.commands.guard_notes import put_away
from bot.commands.precedence import Beside, GaveWay, Newcomer, Places, beside, places
from bot.commands.request import AgainRequest, Errand, unpack
from bot.commands.route import AGAIN_JOB, LINKED_JOB
from bot.commands.tools import Tools
from bot.engine import Turn, Waiting
from bot.github.session import Session


async def take_places(
    turn: Turn, tools: Tools, session: Session, newcomer: Newcomer, policy: Policy, began: datetime
) -> GaveWay | None:
    """What waits, and came before that moment, is answered by this turn; or it looks again, and this one makes way."""
    waiting = await tools.book.waiting(turn.job.key)
    taken = places(newcomer, waiting, policy)
    for note in notes_of(waiting, taken):  # before its job is gone: where GitHub is silent the next try finds it again
        await put_away(tools, session, turn.job.key, note)
    for kind in (AGAIN_JOB, LINKED_JOB):
        await turn.retire(kind, began, only=taken.retires)
    await turn.hasten(taken.hastens)
    return taken.gives_way


def notes_of(waiting: tuple[Waiting, ...], taken: Places) -> tuple[str, ...]:
    """The notes (node ids) about a closing that ask for a confirmation which is asked for elsewhere now. Pure."""
    retired = (one for one in waiting if one.kind == AGAIN_JOB and one.id in taken.retires)
    requests = (unpack(one.payload, AgainRequest) for one in retired)
    return tuple(one.errand.comment for one in requests if one.guard is not None and one.errand.comment)


async def waiting_beside(turn: Turn, tools: Tools, errand: Errand | None) -> Beside:
    """The answers that somebody else waits for, which a mere look leaves as they are."""
    return beside(await tools.book.waiting(turn.job.key), errand)
