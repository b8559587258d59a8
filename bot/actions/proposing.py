"""Opening a pull request of ours: once, found again by its branch."""

from datetime import datetime
from typing import Protocol

from bot.actions.trouble import as_write
from bot.engine import Json
from bot.github.errors import Refused
from bot.github.proposals import NewProposal, Proposal


class Proposer(Protocol):
    """What this action needs of the gateway."""

    async def open_proposal(self, new: NewProposal) -> Proposal:
        """A new pull request."""
        ...

    async def proposals_from(self, branch: str) -> tuple[Proposal, ...]:
        """The pull requests from a branch, newest first."""
        ...


class Proposing:
    """Opens one pull request. The result has its `number` and `url`."""

    def __init__(self, proposer: Proposer, *, new: NewProposal) -> None:
        self._proposer = proposer
        self._new = new

    async def send(self) -> Json:
        """The one call; see `bot.engine.Write`. That one is open from this branch already is a success."""
        with as_write():
            try:
                return _made(await self._proposer.open_proposal(self._new))
            except Refused:
                found = await self._open()
                if found is None:
                    raise
                return _made(found)

    async def find(self, since: datetime) -> Json | None:
        """Our open pull request from this branch."""
        del since  # one is enough, whenever it was opened
        with as_write():
            found = await self._open()
        return None if found is None else _made(found)

    async def _open(self) -> Proposal | None:
        there = await self._proposer.proposals_from(self._new.head)
        return next((one for one in there if one.open and one.ours), None)


def _made(proposal: Proposal) -> Json:
    return {"number": proposal.number, "url": proposal.url}
