"""The flags that an assessment was asked for with. Pure."""

from bot.assessment.evidence import CriterionId
from bot.assessment.trigger import Flags
from bot.commands.grammar import Assess, commands_in, merged
from bot.commands.request import AgainRequest, CommandRequest


def flags_of(asked: Assess) -> Flags:
    """The flags of a command."""
    return Flags(
        dry_run=asked.dry_run,
        no_close=asked.no_close,
        only=tuple(CriterionId(name) for name in asked.only),
        profile=asked.profile,
    )


def flags_in(request: CommandRequest) -> Flags:
    """Those of the command that the comment gives."""
    asked = merged(commands_in(request.comment.body))
    return Flags() if asked is None else flags_of(asked)


def flags_again(request: AgainRequest) -> Flags:
    """Those of what goes on; nobody but who gives a command has any."""
    return Flags() if request.command is None else flags_in(request.command)
