"""What every question that leaves goes by: the rules of its repository, the name servers, and a place among others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.egress.exchange import Blocked
from bot.egress.names import Resolver
from bot.egress.rules import NOT_REACHABLE, EgressSettings, Refusal

Refused = Callable[[str, str], None]
"""Called with the host and what was wrong, for the operator's log alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The rules for one repository. `turn` is shared by all of them: it bounds the sockets that are open at once."""

    settings: EgressSettings
    resolver: Resolver
    on_refused: Refused
    turn: asyncio.Semaphore

    @asynccontextmanager
    async def turned(self, host: str) -> AsyncIterator[None]:
        """Waits for a turn; inside, a `Refusal` is told to the operator, and becomes `Blocked` for everybody else."""
        async with self.turn:
            try:
                yield
            except Refusal as exc:
                self.on_refused(host, str(exc))
                raise Blocked(NOT_REACHABLE) from None
