"""Answers that were had before: within one assessment nothing is asked twice.

Many assessments may share their answers; then only the last used ones are kept, for they would fill the memory.
"""

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache

from bot.github.flights import Flights

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST = 5_000
"""More than one assessment ever asks."""


class Remembered(Generic[K, V]):
    """Answers by key, the last used `most` of them; failures are asked for again."""

    def __init__(self, most: int = MOST) -> None:
        self._answers: LRUCache[K, tuple[V]] = LRUCache(most)
        self._flights: Flights[K, tuple[V]] = Flights()

    async def get(self, key: K, fetch: Callable[[], Awaitable[V]]) -> V:
        """The answer, fetched once."""
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = await self._flights.share(key, lambda: _wrapped(fetch))
        return answer[0]


async def _wrapped(fetch: Callable[[], Awaitable[V]]) -> tuple[V]:
    return (await fetch(),)
