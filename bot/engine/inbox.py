"""Taking deliveries: on the disk, once, before anybody is told that they were taken."""

from collections.abc import Callable

from bot.engine import jobs
from bot.engine.contract import Delivery
from bot.engine.database import Connection
from bot.engine.moments import to_ms
from bot.engine.store import Store


def take(db: Connection, delivery: Delivery) -> bool:
    """Record the delivery with its job. False: its guid or its command was taken before."""
    new = db.change(
        "insert into inbox (guid, dedup, event, installation, job, received_at) values (?, ?, ?, ?, ?, ?)"
        " on conflict do nothing",
        delivery.guid,
        delivery.dedup,
        delivery.event,
        delivery.installation,
        delivery.job.id,
        to_ms(delivery.received_at),
    )
    return new == 1 and jobs.add(db, delivery.job, delivery.received_at)


class Inbox:
    """The durable way in; many puts at once share one commit."""

    def __init__(self, store: Store, wake: Callable[[], None]) -> None:
        self._store = store
        self._wake = wake

    async def put(self, delivery: Delivery) -> bool:
        """Take a delivery; when this returns, it survives a power cut.

        True: taken now. False: this guid, this dedup key or this job was taken before.
        Raises `StoreUnavailable` within the store's deadline.
        """
        taken = await self._store.run(lambda db: take(db, delivery))
        if taken:
            self._wake()
        return taken
