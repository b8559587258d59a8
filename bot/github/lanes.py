"""A lane per installation: its own small connection pool, its cache of ETags, its place in GitHub's limits.

Small pools, because httpcore looks at every connection on every call (1.8 ms at 30 concurrent calls on one pool).
Lanes are kept as long as they are among the last used; one that is in use is never closed.
"""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

import httpx
from cachetools import LRUCache

from bot.github.budgets import Budget
from bot.github.errors import RateLimited

EVERYTHING = "*"  # a secondary limit holds for all of an installation's requests

API_VERSION = "2022-11-28"
CONNECTIONS = 10
LANES = 64
ETAG_BYTES = 4_000_000


@cache
def _roots() -> ssl.SSLContext:
    """Whom all lanes trust, read once: it takes 25 ms of the loop's time, which a new lane must not cost everybody."""
    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that GitHub may tell us to use again (304, free of charge)."""

    etag: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, eq=False)
class Lane:
    """One installation's way to GitHub."""

    client: httpx.AsyncClient
    kept: LRUCache[tuple[str, str], Kept] = field(
        default_factory=lambda: LRUCache(ETAG_BYTES, getsizeof=lambda kept: len(kept.body))
    )
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)  # GitHub asks for one write at a time
    limits: dict[str, datetime] = field(default_factory=dict)
    budgets: dict[str, Budget] = field(default_factory=dict)
    strikes: int = 0
    in_use: int = 0

    def check(self, resource: str, now: datetime) -> None:
        """Raise `RateLimited` without a request where GitHub told us to wait."""
        for name in (EVERYTHING, resource):
            until = self.limits.get(name)
            if until is not None and now < until:
                raise RateLimited(until)
            self.limits.pop(name, None)


class Lanes:
    """The lanes in use and the last used ones."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None, size: int = LANES) -> None:
        self._transport = transport
        self._size = size
        self._lanes: OrderedDict[str, Lane] = OrderedDict()

    @asynccontextmanager
    async def use(self, name: str) -> AsyncIterator[Lane]:
        """The lane of that name, kept open at least until the end of the block."""
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(client=self._client())
        self._lanes.move_to_end(name)
        lane.in_use += 1
        try:
            yield lane
        finally:
            lane.in_use -= 1
            await self._trim()

    async def aclose(self) -> None:
        """Close every connection."""
        while self._lanes:
            _, lane = self._lanes.popitem()
            await lane.client.aclose()

    async def _trim(self) -> None:
        surplus = len(self._lanes) - self._size
        if surplus <= 0:
            return
        idle = [name for name, lane in self._lanes.items() if not lane.in_use][:surplus]
        for lane in [self._lanes.pop(name) for name in idle]:
            await lane.client.aclose()

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self._transport,
            verify=_roots(),
            headers={"X-GitHub-Api-Version": API_VERSION},
            timeout=httpx.Timeout(12, connect=5),
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            max_redirects=5,
        )
