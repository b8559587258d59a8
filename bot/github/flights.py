"""One flight per key: whoever asks while the answer is being fetched waits for that same answer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from bot.github.errors import GitHubError

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Flights(Generic[K, V]):
    """Fetches under way. The first asker does the work in its own task; nothing runs in the background."""

    def __init__(self) -> None:
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}

    async def share(self, key: K, fetch: Callable[[], Awaitable[V]]) -> V:
        """The result of `fetch`, run once for all who ask now; a `GitHubError` reaches all of them.

        Where the one who fetches is cancelled, another asker takes over.
        """
        while key in self._waiting:
            landed: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
            self._waiting[key].append(landed)
            shared = await landed
            if shared is not None:
                return shared
        waiting = self._waiting[key] = []
        try:
            value = await fetch()
        except GitHubError as error:
            for landed in self._land(key, waiting):
                landed.set_exception(error)
            raise
        except BaseException:
            for landed in self._land(key, waiting):
                landed.set_result(None)
            raise
        for landed in self._land(key, waiting):
            landed.set_result(value)
        return value

    def _land(self, key: K, waiting: list[asyncio.Future[V | None]]) -> list[asyncio.Future[V | None]]:
        del self._waiting[key]
        return [landed for landed in waiting if not landed.done()]
