"""Who is alive, where several processes share one Postgres: each renews a lease, and the dead are taken over.

The database's clock decides, so the processes' clocks do not matter.
"""

import asyncio
from datetime import timedelta

from bot.engine.contract import StoreUnavailable
from bot.engine.database import Connection
from bot.engine.moments import span_ms
from bot.engine.recovery import Recovery
from bot.engine.store import Store
from bot.engine.worker import OnEvent

_NOW = "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)"
_RENEW = (
    f"insert into leases (executor, until) values (?, {_NOW} + ?)"  # noqa: S608 - constants only
    " on conflict (executor) do update set until = excluded.until"
)
# A turn without any lease behind it is a dead one too: its process may have died before the first renewal.
_DEAD = (
    "select distinct owner from jobs where state = 'running'"  # noqa: S608 - constants only
    f" and owner not in (select executor from leases where until >= {_NOW})"
)
_SWEEP = f"delete from leases where until < {_NOW} - ?"  # noqa: S608 - constants only


class Leases:
    """This process's sign of life, and its watch over the others'."""

    def __init__(self, owner: str, length: timedelta, store: Store, recovery: Recovery, on_event: OnEvent) -> None:
        self._owner = owner
        self._length = length
        self._store = store
        self._recovery = recovery
        self._on_event = on_event

    async def beat(self) -> None:
        """Renew, then take over what dead processes left. Raises `StoreUnavailable`."""
        for dead in await self._store.run(self._renew):
            taken = await self._recovery.take_over(dead)
            self._on_event("taken-over", {"from": dead, "jobs": taken})

    async def run(self) -> None:
        """Beat three times a lease until cancelled: a take-over that failed halfway is tried again."""
        while True:
            await asyncio.sleep(self._length.total_seconds() / 3)
            try:
                await self.beat()
            except StoreUnavailable as trouble:
                self._on_event("store-unavailable", {"where": "lease", "reason": str(trouble)})

    async def release(self) -> None:
        """Say good-bye, so that others need not wait for the lease to run out."""
        try:
            await self._store.run(lambda db: db.change("delete from leases where executor = ?", self._owner))
        except StoreUnavailable as trouble:
            self._on_event("store-unavailable", {"where": "lease", "reason": str(trouble)})

    def _renew(self, db: Connection) -> list[str]:
        length = span_ms(self._length)
        db.change(_RENEW, self._owner, length)
        db.change(_SWEEP, length)
        return [owner for (owner,) in db.rows(_DEAD)]
