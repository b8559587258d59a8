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
            claimed = [(unit, future) for unit, future in batch if future.set_running_or_notify_cancel()]
            if claimed:
                self._commit(claimed)
        if self._connection is not None:
            self._connection.close()

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
            results = self._transact([unit for unit, _ in batch])
        except BaseException as error:  # noqa: BLE001 - whatever a unit raises belongs to its caller
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            # One bad unit must not fail its neighbours: each gets its own transaction.
            for item in batch:
                self._commit([item])
            return
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)

    def _transact(self, units: list[Callable[[Connection], Any]]) -> list[Any]:
        connection = self._begun()
        try:
            results = [unit(connection) for unit in units]
            connection.commit()
        except BaseException as error:
            connection.rollback()
            if isinstance(error, DatabaseTrouble) and error.lost:
                self._drop()
            raise
        return results

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
