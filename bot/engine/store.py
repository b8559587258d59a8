"""The one writer of our tables: a thread that commits what is waiting together.

A unit is a function of the connection. Up to `BATCH` units that wait share one transaction and one sync to
the disk, so a burst of deliveries costs a few syncs rather than one each; a unit's result is handed out only
after the commit. Reads go the same way: they are short, and one connection is never in its own way.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias, TypeVar

from bot.engine.contract import StoreUnavailable
from bot.engine.database import Connection, DatabaseTrouble, Dialect

BATCH = 256

T = TypeVar("T")
# Units of different results wait in one queue.
_Unit: TypeAlias = tuple[Callable[[Connection], Any], "asyncio.Future[Any]"]
# A unit's future with its result, or with the error that it is to raise.
_Answer: TypeAlias = tuple["asyncio.Future[Any]", Any, BaseException | None]


class Store:
    """Runs units of database work on its own thread, in the order in which they came; belongs to one loop."""

    def __init__(self, dialect: Dialect, deadline: float) -> None:
        self._dialect = dialect
        self._deadline = deadline
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._serve, name="engine-store", daemon=True)
        self._thread.start()

    async def run(self, unit: Callable[[Connection], T]) -> T:
        """Run `unit` in a transaction and return its result after the commit.

        Raises `StoreUnavailable` if the database fails or the deadline passes; a unit that has not begun by
        then never runs. What the unit itself raises undoes the unit and comes out here.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put((unit, future))
        try:
            async with asyncio.timeout(self._deadline):
                return await future
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
            self._answer([(future, None, error) for _, future in batch])
            return
        # Only now: whoever gave up while we waited for the lock was told that nothing happened.
        wanted = [item for item in batch if not item[1].cancelled()]
        if wanted:
            self._answer(self._transact(connection, wanted))
        else:
            connection.rollback()

    def _transact(self, connection: Connection, batch: list[_Unit]) -> list[_Answer]:
        try:
            results = [unit(connection) for unit, _ in batch]
            connection.commit()
        except BaseException as error:  # noqa: BLE001 - whatever a unit raises belongs to its caller
            connection.rollback()
            if isinstance(error, DatabaseTrouble) and error.lost:
                self._drop()
            return self._one_by_one(batch) if len(batch) > 1 else [(batch[0][1], None, error)]
        return [(future, result, None) for (_, future), result in zip(batch, results, strict=True)]

    def _one_by_one(self, batch: list[_Unit]) -> list[_Answer]:
        """One bad unit must not fail its neighbours: each gets its own transaction."""
        answers: list[_Answer] = []
        for item in batch:
            try:
                connection = self._begun()
            except DatabaseTrouble as trouble:
                answers.append((item[1], None, trouble))
            else:
                answers += self._transact(connection, [item])
        return answers

    def _answer(self, answers: list[_Answer]) -> None:
        # The loop is woken once for the whole batch; a loop that is closed by now has nobody who waits.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_hand_out, answers)

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


def _hand_out(answers: list[_Answer]) -> None:
    for future, result, error in answers:
        if future.done():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
