"""What every question that leaves goes by: the rules of its repository, the name servers, and a place among others."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from bot.egress.exchange import Blocked
from bot.egress.names import Resolver
from bot.egress.pace import Paces
from bot.egress.rules import NOT_REACHABLE, EgressSettings, Refusal

Refused = Callable[[str, str], None]
"""Called with the host and what was wrong, for the operator's log alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The rules for one repository. `turn` and `paces` are shared by all of them.

    `turn` bounds what is open at once; without `paces`, hosts are asked as fast as they answer.
    """

    settings: EgressSettings
    resolver: Resolver
    on_refused: Refused
    turn: asyncio.Semaphore
    paces: Paces | None = None
    repository_id: int = 0

    async def paced(self, host: str) -> None:
        """Waits until this host may be asked once more; raises `Postponed` where that is too far off."""
        if self.paces is not None:
            await self.paces.host(self.repository_id, host)

    async def paced_at(self, address: str, limits: Sequence[asyncio.Timeout] = ()) -> float:
        """Waits until this address may be connected to; raises `Postponed`. Gives the seconds that it took.

        Meanwhile these limits stand still: our own pace is nobody's slowness.
        """
        if self.paces is None:
            return 0.0
        clock = asyncio.get_running_loop().time
        began, ends = clock(), [limit.when() for limit in limits]
        for limit in limits:
            limit.reschedule(None)
        await self.paces.address(self.repository_id, address)
        waited = clock() - began
        for limit, end in zip(limits, ends, strict=True):
            limit.reschedule(None if end is None else end + waited)
        return waited

    def charge(self, host: str) -> None:
        """Counts a redirect to a host, which is not waited for."""
        if self.paces is not None:
            self.paces.charge(self.repository_id, host)

    @asynccontextmanager
    async def turned(self, host: str) -> AsyncIterator[None]:
        """Waits for a turn; inside, a `Refusal` is told to the operator, and becomes `Blocked` for everybody else."""
        async with self.turn:
            with self.told(host):
                yield

    @contextmanager
    def told(self, host: str) -> Iterator[None]:
        """Inside, a `Refusal` is told to the operator, and becomes `Blocked` for everybody else."""
        try:
            yield
        except Refusal as exc:
            self.on_refused(host, str(exc))
            raise Blocked(NOT_REACHABLE) from None
