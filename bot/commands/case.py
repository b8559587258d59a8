"""What a use case works with that answers a command with a text of its own: who gave it, where, with which role."""

from dataclasses import dataclass

from bot.assessment.policy import Role
from bot.assessment.report import LIMIT
from bot.commands.grammar import commands_in
from bot.commands.replies import Where
from bot.commands.request import CommandRequest
from bot.commands.rights import Tie, ties
from bot.commands.tools import Tools
from bot.engine import Turn
from bot.github.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command of a comment. `number` is its place among the comment's commands: names of steps begin with it."""

    turn: Turn
    tools: Tools
    session: Session
    request: CommandRequest
    role: Role
    number: int = 0

    @property
    def login(self) -> str:
        """Who gave it."""
        return self.request.comment.login

    @property
    def ties(self) -> frozenset[Tie]:
        """How he stands to the issue."""
        return ties_of(self.request)

    @property
    def where(self) -> Where:
        """Where the answer goes."""
        return Where(place=self.request.place, issue_node=self.request.issue_node)

    @property
    def room(self) -> int:
        """How many characters its answer may take: one comment holds the answers to all commands of one."""
        return LIMIT // max(1, len(commands_in(self.request.comment.body)))

    def step(self, name: str) -> str:
        """The name of one of its steps: no other command of the same comment has it."""
        return f"{self.number} {name}"


def ties_of(request: CommandRequest) -> frozenset[Tie]:
    """How the one who commented stands to the issue."""
    return ties(request.comment.login, author=request.issue_author, assignees=request.assignees)
