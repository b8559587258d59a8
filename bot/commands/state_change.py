"""What closing and opening an issue have in common as steps: the look just before, and what came of it."""

from dataclasses import dataclass, replace

from bot.actions.comment import Upsert
from bot.actions.trouble import before_write
from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.commands.holding import HeldBack
from bot.commands.run import Run
from bot.engine import Json, Refused, UnknownOutcome, Write
from bot.github.answers import IssueNow
from bot.github.models import IssueNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of an issue's state: the write's name, what its result calls the wanted state, and how it may fail.

    `refused` has a place for GitHub's or our own reason, `unknown` and `ignored` are whole sentences.
    """

    action: ActionKind
    name: str
    wanted: str
    refused: str
    unknown: str
    ignored: str


async def look_again(run: Run, upsert: Upsert) -> IssueNow:
    """The issue as it was when our comment was written, a moment ago; read again where that was another process."""
    if upsert.now is not None:
        now, upsert.now = upsert.now, None
        return now
    with before_write(run.tools.clock, "the issue could not be read again"):
        return await run.session.issue_now(IssueNumber(run.place.number))


async def changed(run: Run, assessment: Assessment, change: Change, write: Write) -> tuple[Done, ...]:
    """Make the change; what was done of what was expected. Raises `bot.commands.holding.HeldBack`."""
    try:
        result = await run.turn.write(change.name, write)
    except HeldBack:
        raise
    except Refused as refused:
        return (Done(action=change.action, ending=Ending.REFUSED, text=change.refused.format(refused.reason)),)
    except UnknownOutcome:
        return (Done(action=change.action, ending=Ending.UNKNOWN, text=change.unknown),)
    assert isinstance(result, dict)
    if result[change.wanted] is not True:
        return (Done(action=change.action, ending=Ending.REFUSED, text=change.ignored),)
    return tuple(without(result["dropped"], done) for done in assessment.actions)


def without(dropped: Json, done: Done) -> Done:
    """Labels that GitHub dropped silently are said. Pure."""
    if done.action is not ActionKind.LABEL or not isinstance(dropped, list) or not dropped:
        return done
    names = ", ".join(str(name) for name in dropped)
    return replace(done, ending=Ending.REFUSED, text=f"GitHub did not set the labels {names}")
