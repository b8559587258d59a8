"""How often a host is asked: strangers write the questions, so this server must be nobody's amplifier.

One repository asks one host once a second on average, and ten times at once after a pause. A question that has to
wait for longer than is bearable is not asked, and counts for nothing.
Source: the generic cell rate algorithm, ITU-T I.371 annex A.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from bot.egress.exchange import Postponed
from bot.egress.rules import Pace

MOST_KEPT = 10_000

Key = tuple[int, str]
"""A repository's id and a host."""


class Pacer:
    """What has been asked lately, in memory. `clock` counts seconds from anywhere, `pause` waits for some."""

    def __init__(
        self, pace: Pace, clock: Callable[[], float], pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._pace = pace
        self._clock = clock
        self._pause = pause
        # When everything that was asked so far is paid for; in the order of the last question.
        self._paid: OrderedDict[Key, float] = OrderedDict()

    async def wait(self, key: Key) -> None:
        """Waits until the host may be asked; raises `Postponed` at once where that is too far off."""
        seconds = self._owed(key)
        if seconds > self._pace.patience.total_seconds():
            raise Postponed("not asked: this server paces itself, and too many questions to this host are waiting")
        self.charge(key)
        if seconds > 0:
            await self._pause(seconds)

    def charge(self, key: Key) -> None:
        """Counts a question that is not waited for: a redirect; the next one waits for both."""
        now = self._clock()
        self._paid[key] = max(self._paid.pop(key, now), now) + 1 / self._pace.per_second
        while len(self._paid) > MOST_KEPT:
            self._paid.popitem(last=False)

    def _owed(self, key: Key) -> float:
        now = self._clock()
        return self._paid.get(key, now) - now - (self._pace.burst - 1) / self._pace.per_second
