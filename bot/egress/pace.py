"""How often a host is asked: strangers write the questions, so this server must be nobody's amplifier.

One repository asks one host once a second on average, and ten times at once after a pause. Names are cheap, and
redirects lead anywhere, so addresses have a pace as well: one for each repository, and one for all of them together. A
question that has to wait for longer than is bearable is not asked, and counts for nothing.
Source: the generic cell rate algorithm, ITU-T I.371 annex A.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from ipaddress import ip_address, ip_network

from bot.egress.exchange import Postponed
from bot.egress.rules import EgressSettings, Pace

MOST_KEPT = 10_000

Key = tuple[int, str]
"""A repository's id, 0 for all of them, and a host or an address."""


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


class Paces:
    """The paces that all ways out share: of hosts, and of the addresses behind them."""

    def __init__(self, settings: EgressSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._hosts = Pacer(settings.pace, clock)
        self._addresses = Pacer(settings.pace_of_address, clock)
        self._all = Pacer(settings.pace_of_all, clock)

    async def host(self, repository_id: int, host: str) -> None:
        """Waits until the repository may ask the host; raises `Postponed`."""
        await self._hosts.wait((repository_id, host))

    def charge(self, repository_id: int, host: str) -> None:
        """Counts a redirect to a host."""
        self._hosts.charge((repository_id, host))

    async def address(self, repository_id: int, address: str) -> None:
        """Waits until the repository may connect to the address; raises `Postponed`."""
        place = _neighbours(address)
        await self._addresses.wait((repository_id, place))
        await self._all.wait((0, place))


def _neighbours(address: str) -> str:
    """An address as it is paced: of IPv6 the whole subnet, in which one host may have any number of addresses."""
    return str(ip_network((address, 64), strict=False)) if ip_address(address).version == 6 else address
