"""Answers that were had before: within one assessment nothing is asked twice."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from bot.github.flights import Flights

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Answers by key; failures are asked for again."""

    def __init__(self) -> None:
        self._answers: dict[K, tuple[V]] = {}
        self._flights: Flights[K, tuple[V]] = Flights()

    async def get(self, key: K, fetch: Callable[[], Awaitable[V]]) -> V:
        """The answer, fetched once."""
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = await self._flights.share(key, lambda: _wrapped(fetch))
        return answer[0]


async def _wrapped(fetch: Callable[[], Awaitable[V]]) -> tuple[V]:
    return (await fetch(),)
