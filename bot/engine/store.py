"""The one writer of our tables: a thread that commits what is waiting together.

A unit is a function of the connection. Up to `BATCH` units that wait share one transaction and one sync to
the disk, so a burst of deliveries costs a few syncs rather than one each; a unit's result is handed out only
after the commit. Reads go the same way: they are short, and one connection is never in its own way.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeAlias, TypeVar

from bot.engine.contract import StoreUnavailable
from bot.engine.database import Connection, DatabaseTrouble, Dialect

BATCH = 256

T = TypeVar("T")
# Units of different results wait in one queue.
_Unit: TypeAlias = tuple[Callable[[Connection], Any], "Future[Any]"]


class Store:
    """Runs units of database work on its own thread, in the order in which they came."""

    def __init__(self, dialect: Dialect, deadline: float) -> None:
        self._dialect = dialect
        self._deadline = deadline
        self._queue: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._serve, name="engine-store", daemon=True)
        self._thread.start()

    async def run(self, unit: Callable[[Connection], T]) -> T:
        """Run `unit` in a transaction and return its result after the commit.

        Raises `StoreUnavailable` if the database fails or the deadline passes; a unit that has not begun by
        then never runs. What the unit itself raises undoes the unit and comes out here.
        """
        future: Future[T] = Future()
        self._queue.put((unit, future))
        try:
            async with asyncio.timeout(self._deadline):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise StoreUnavailable(f"no answer from the database in {self._deadline:g} s") from error
        except DatabaseTrouble as error:
            raise StoreUnavailable(str(error)) from error

    def close(self) -> None:
        """Finish what waits, then close the connection. Blocks; call it off the loop."""
        self._queue.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (batch := self._collect()) is not None:
            self._commit(batch)
        self._drop()

    def _collect(self) -> list[_Unit] | None:
        first = self._queue.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < BATCH:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch
            if item is None:
                self._queue.put(None)
                return batch
            batch.append(item)
        return batch

    def _commit(self, batch: list[_Unit]) -> None:
        try:
            connection = self._begun()
        except DatabaseTrouble as error:
            for _, future in batch:
                if future.set_running_or_notify_cancel():
                    future.set_exception(error)
            return
        # Only now: whoever gave up while we waited for the lock was told that nothing happened.
        self._transact(connection, [item for item in batch if item[1].set_running_or_notify_cancel()])

    def _transact(self, connection: Connection, batch: list[_Unit]) -> None:
        try:
            results = [unit(connection) for unit, _ in batch]
            connection.commit()
        except BaseException as error:  # noqa: BLE001 - whatever a unit raises belongs to its caller
            connection.rollback()
            if isinstance(error, DatabaseTrouble) and error.lost:
                self._drop()
            self._one_by_one(batch, error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)

    def _one_by_one(self, batch: list[_Unit], error: BaseException) -> None:
        """One bad unit must not fail its neighbours: each gets its own transaction."""
        if len(batch) == 1:
            batch[0][1].set_exception(error)
            return
        for item in batch:
            try:
                connection = self._begun()
            except DatabaseTrouble as trouble:
                item[1].set_exception(trouble)
            else:
                self._transact(connection, [item])

    def _begun(self) -> Connection:
        """A connection inside a transaction; one that died while idle is replaced once."""
        if self._connection is not None:
            try:
                self._connection.begin()
            except DatabaseTrouble as error:
                if not error.lost:
                    raise
                self._drop()
            else:
                return self._connection
        self._connection = self._dialect.connect()
        self._connection.begin()
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
