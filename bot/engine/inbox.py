"""Taking deliveries: on the disk, once, before anybody is told that they were taken."""

from collections.abc import Callable

from bot.engine import jobs, signals
from bot.engine.contract import Delivery, Job
from bot.engine.database import Connection
from bot.engine.moments import to_ms
from bot.engine.store import Store


def take(db: Connection, delivery: Delivery, job: Job) -> bool:
    """Record the delivery with its job. False: its guid or its command was taken before."""
    new = db.change(
        "insert into inbox (guid, dedup, event, installation, job, received_at) values (?, ?, ?, ?, ?, ?)"
        " on conflict do nothing",
        delivery.guid,
        delivery.dedup,
        delivery.event,
        delivery.installation,
        job.id,
        to_ms(delivery.received_at),
    )
    return new == 1 and jobs.add(db, job, delivery.received_at)


class Inbox:
    """The durable way in; many puts at once share one commit."""

    def __init__(self, store: Store, wake: Callable[[], None]) -> None:
        self._store = store
        self._wake = wake

    async def put(self, delivery: Delivery) -> bool:
        """Take a delivery; when this returns, it survives a power cut.

        True: taken now. False: this guid, this dedup key or this job was taken before; or it is but a signal, and
        nobody was parked for it. Raises `StoreUnavailable` within the store's deadline.
        """

        def unit(db: Connection) -> tuple[bool, bool]:
            woken = delivery.signal is not None and signals.tell(db, delivery.signal, delivery.received_at)
            return delivery.job is not None and take(db, delivery, delivery.job), woken

        taken, woken = await self._store.run(unit)
        if taken or woken:
            self._wake()
        return taken if delivery.job is not None else woken
