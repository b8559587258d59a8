"""The engine's health, for all who ask: asking costs a write to the database."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.engine import Health, StoreUnavailable

READ_LIMIT = timedelta(seconds=5)
HEALTH_AGE = timedelta(seconds=1)


class Readiness:
    """Asks for the health at most once a second, however many ask."""

    def __init__(self, healthy: Callable[[], Awaitable[Health]]) -> None:
        self._healthy = healthy
        self._turn = asyncio.Lock()
        self._known: tuple[float, Health | None] | None = None

    async def health(self) -> Health | None:
        """The health, None where it could not be asked in time."""
        async with self._turn:
            now = asyncio.get_running_loop().time()
            if self._known is None or now - self._known[0] >= HEALTH_AGE.total_seconds():
                self._known = (now, await self._ask())
            return self._known[1]

    async def _ask(self) -> Health | None:
        try:
            async with asyncio.timeout(READ_LIMIT.total_seconds()):
                return await self._healthy()
        except (TimeoutError, StoreUnavailable):
            return None
