"""What is taken of a comment, by who wrote it and where: before his role is asked, and before anything is read. Pure.

Rules:
1. Bots are answered with assessments of issues alone: two that explain themselves to each other never end.
2. What cannot be read is said, whatever else is asked for: nothing is run then.
3. A pull request is assessed as a dry run, and takes nothing else but the help.
"""

from dataclasses import dataclass, replace

from bot.assessment import refusals
from bot.assessment.openlines import Block, OpenLine, says_more
from bot.assessment.reservations import reserved
from bot.commands.grammar import Assess, Command, Confirm, Help, all_readable, command_in, commands_in, merged
from bot.commands.replies import Reply, reply_to
from bot.commands.request import CommandRequest
from bot.commands.taking_back import Reopen, Unconfirm
from bot.commands.watch_words import Cancel


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Nobody is to be answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Helping:
    """The help alone is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusing:
    """Nothing of it is run, and this is said."""

    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewing:
    """A pull request is to be looked at as if it were merged."""

    asked: Assess

    @property
    def commands(self) -> tuple[Command, ...]:
        """What it takes a right for."""
        return (self.asked,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Commands on an issue; `asked` is the assessment among them, if there is one."""

    commands: tuple[Command, ...]
    asked: Assess | None


_AGAINST = Unconfirm | Reopen | Cancel
Taken = Nothing | Helping | Refusing | Previewing | Running


def taken(request: CommandRequest) -> Taken:
    """What to do about a comment."""
    commands = commands_in(request.comment.body)
    asked = merged(commands)
    if request.comment.is_bot:
        return Nothing() if asked is None or request.is_pull else Running(commands=(asked,), asked=asked)
    if not all_readable(commands):
        return Refusing(reply=reply_to(commands, on_pull=request.is_pull))
    if {type(one) for one in commands} == {Help}:
        return Helping()
    return _on_pull(asked) if request.is_pull else Running(commands=commands, asked=asked)


def only_asks(body: str) -> bool:
    """Is a comment no word against a closing: nothing but commands that we understand, or a confirmation of the fix?

    Commands have answers of their own. Whoever writes anything beside them has spoken, and so has who takes something
    back or means to stop us. Who confirms has said what he thinks, whatever he adds ("thanks!") but a reservation.
    """
    return confirms(body) or (_is_understood(body) and not _confirming(body) and not says_more(body, _blocks_of))


def confirms(body: str) -> bool:
    """Does a comment confirm the fix and hold nothing back (`bot.assessment.reservations`)?"""
    return _is_understood(body) and _confirming(body) and not reserved(body)


def _is_understood(body: str) -> bool:
    commands = commands_in(body)
    return bool(commands) and all_readable(commands) and not any(isinstance(one, _AGAINST) for one in commands)


def _confirming(body: str) -> bool:
    return any(isinstance(one, Confirm) for one in commands_in(body))


def _blocks_of(line: OpenLine) -> tuple[Block, ...] | None:
    """What belongs to a command besides its line; None where the line is none."""
    match command_in(line):
        case None:
            return None
        case Assess(blocks=blocks):
            return blocks
        case _:
            return ()


def _on_pull(asked: Assess | None) -> Taken:
    if asked is None:
        return Refusing(reply=Reply(text=refusals.only_on_issues()))
    if asked.blocks:
        return Refusing(reply=Reply(text=refusals.no_criteria_on_pulls()))
    return Previewing(asked=replace(asked, dry_run=True))
