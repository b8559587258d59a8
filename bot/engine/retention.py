"""Forgetting: what is finished long ago goes, in small bites, so that nothing waits behind it.

GUIDs stay at least as long as GitHub may deliver them again. Notes go when they have ended, and so do the breaker's
counts. Archived documents stay, and so do precedents; of those that were forgotten the mark goes.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bot.engine import breaker
from bot.engine.checkpoints import Checkpoints
from bot.engine.contract import StoreUnavailable
from bot.engine.database import Connection
from bot.engine.moments import to_ms
from bot.engine.notes import drop_ended
from bot.engine.precedents import drop_gone
from bot.engine.store import Store
from bot.engine.worker import OnEvent

SHORTEST_FOR_GUIDS = timedelta(days=30)
BATCH = 200
FIRST = timedelta(minutes=1)
EVERY = timedelta(hours=1)


class Retention:
    """Deletes finished jobs with their runs and intents, old deliveries, notes that have ended, and marks."""

    def __init__(self, keep: timedelta, store: Store, checkpoints: Checkpoints) -> None:
        self._keep = keep
        self._store = store
        self._checkpoints = checkpoints

    async def run(
        self,
        clock: Callable[[], datetime],
        on_event: OnEvent,
        *,
        first: timedelta = FIRST,
        every: timedelta = EVERY,
    ) -> None:
        """Prune again and again until cancelled."""
        pause = first
        while True:
            await asyncio.sleep(pause.total_seconds())
            pause = every
            try:
                on_event("pruned", {"rows": await self.prune(clock())})
            except StoreUnavailable as trouble:
                on_event("store-unavailable", {"where": "retention", "reason": str(trouble)})

    async def prune(self, now: datetime) -> int:
        """Delete everything that is old by now; returns how many jobs, deliveries, notes and counts that were.

        Raises `StoreUnavailable`.
        """
        before = to_ms(now - self._keep)
        total = 0
        while old := await self._store.run(lambda db: _old_jobs(db, before)):
            # The runs first: a job whose row is gone could be submitted again under the same names.
            await self._checkpoints.forget([f"{job}~{n}" for job, last in old for n in range(last + 1)])
            names = [job for job, _ in old]
            total += await self._store.run(partial(_drop_jobs, names=names))
        received = to_ms(now - max(self._keep, SHORTEST_FOR_GUIDS))
        while dropped := await self._store.run(lambda db: _drop_deliveries(db, received)):
            total += dropped
        while ended := await self._store.run(lambda db: drop_ended(db, now, BATCH)):
            total += ended
        while gone := await self._store.run(lambda db: drop_gone(db, before, BATCH)):
            total += gone
        while over := await self._store.run(lambda db: breaker.drop_old(db, now, BATCH)):
            total += over
        return total


def _old_jobs(db: Connection, before: int) -> list[tuple[str, int]]:
    rows = db.rows(
        "select id, run from jobs where state = 'done' and finished_at < ? order by finished_at limit ?",
        before,
        BATCH,
    )
    return [(job, run) for job, run in rows]


def _drop_jobs(db: Connection, names: list[str]) -> int:
    for name in names:
        db.change("delete from intents where job = ?", name)
        db.change("delete from jobs where id = ?", name)
    return len(names)


def _drop_deliveries(db: Connection, before: int) -> int:
    return db.change(
        "delete from inbox where guid in (select guid from inbox where received_at < ? limit ?)", before, BATCH
    )
