"""What is said at most once a person, issue and day: that somebody may not, and the help to people without a say here.

Rules:
1. Every command is answered. From the second time on within 24 hours the reaction is the answer: whoever wants to
   make the bot talk gets one comment a day out of it.
2. Which time it was is decided once for each job, whatever crashes: its id is what is kept.
3. Whoever has a say here, or a tie to the issue, is told as often as he asks for help.
"""

from datetime import timedelta
from enum import StrEnum

from bot.assessment.policy import Role, at_least
from bot.commands.case import Case
from bot.commands.replies import Reply
from bot.engine import Json, Note

DAY = timedelta(hours=24)


class Once(StrEnum):
    """What is told once a day."""

    DENIAL = "denial"
    HELP = "help"


async def denied(case: Case, text: str) -> Reply:
    """Say why not; without words where this person was told so today: then the reaction is the answer."""
    return Reply(text=text if await is_first(case, Once.DENIAL) else "")


async def is_first(case: Case, what: Once) -> bool:
    """Is this the first time today that this person is told so on this issue? Remembers that it was."""
    return await case.turn.step(case.step(f"first {what}"), lambda: _first(case, what)) is True


def has_a_say(case: Case) -> bool:
    """A role from triage on, or a tie to the issue. In a public repository everybody holds read."""
    return at_least(case.role, Role.TRIAGE) or bool(case.ties)


async def _first(case: Case, what: Once) -> Json:
    now = case.tools.clock()
    note = Note(
        kind=what,
        place=case.request.place.key,
        name=case.login.lower(),
        # two commands of one comment are told the same
        value=case.turn.job.id,
        at=now,
        until=now + DAY,
    )
    return await case.tools.notes.first(note)
