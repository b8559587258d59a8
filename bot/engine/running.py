"""The engine as the rest of the program holds it, from start to stop."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import datetime
from pathlib import Path

from bot.engine import jobs, schema
from bot.engine.archive import Archive
from bot.engine.breaker import Counts, pauses
from bot.engine.checkpoints import Checkpoints, executor_name, sqlite_url
from bot.engine.contract import AlreadyRunning, EngineSettings, Handler, Health, Job, StoreUnavailable, Waiting
from bot.engine.database import Connection, DatabaseTrouble, Dialect, PostgresDialect, SqliteDialect
from bot.engine.dispatcher import Dispatcher
from bot.engine.inbox import Inbox
from bot.engine.leases import Leases
from bot.engine.moments import span_ms
from bot.engine.notes import Notes
from bot.engine.precedents import Precedents
from bot.engine.recovery import Recovery
from bot.engine.retention import Retention
from bot.engine.store import Store
from bot.engine.turn import Tools
from bot.engine.worker import OnEvent, Worker
from bot.groups import Group

_FILE = "bot.sqlite"


class Engine:
    """Durable work: what is submitted here happens, once, whatever crashes."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self.inbox = Inbox(tools.store, tools.wake)
        self.archive = Archive(tools.store)
        self.notes = Notes(tools.store)
        self.precedents = Precedents(tools.store)
        self.counts = Counts(tools.store)

    async def submit(self, job: Job) -> None:
        """Submit a job; the same id again changes nothing. Raises `StoreUnavailable`."""
        now = self._tools.clock()
        if await self._tools.store.run(lambda db: jobs.add(db, job, now)):
            self._tools.wake()

    async def cancel(self, key: str) -> int:
        """End what waits for this key; what runs makes no further write. Returns how many jobs that were.

        Raises `StoreUnavailable`.
        """
        now = self._tools.clock()
        return await self._tools.store.run(lambda db: jobs.cancel(db, key, now))

    async def waiting(self, key: str) -> tuple[Waiting, ...]:
        """What waits for this key, in the order of submission; what runs is not among it. Raises `StoreUnavailable`."""
        return await self._tools.store.run(lambda db: jobs.waiting(db, key))

    async def healthy(self) -> Health:
        """Write once for real, and measure the queue; never raises."""
        now = self._tools.clock()

        def unit(db: Connection) -> tuple[jobs.Counts, int, datetime | None]:
            schema.probe(db)
            return jobs.counts(db, now), *pauses(db, now)

        try:
            counted, paused, paused_until = await self._tools.store.run(unit)
        except StoreUnavailable:
            return Health(writable=False, executor=self._tools.owner, waiting=0, running=0, oldest_waiting=None)
        return Health(
            writable=True,
            executor=self._tools.owner,
            waiting=counted.waiting,
            running=counted.running,
            oldest_waiting=None if counted.oldest is None else now - counted.oldest,
            parked=counted.parked,
            paused=paused,
            paused_until=paused_until,
        )


@asynccontextmanager
async def running_engine(
    settings: EngineSettings,
    handlers: Mapping[str, Handler],
    *,
    clock: Callable[[], datetime],
    on_event: OnEvent,
) -> AsyncIterator[Engine]:
    """Run the engine while the context is open; enter and leave it in one task.

    Raises `AlreadyRunning` if another process works on the data directory and `StoreUnavailable` if the
    database cannot be opened.
    """
    executor = executor_name(settings.executor_id)
    dialect, dbos_url = _databases(settings)
    wake = asyncio.Event()
    async with _open_store(dialect, settings) as store:
        checkpoints = Checkpoints(dbos_url, executor)
        tools = Tools(store=store, keeper=checkpoints, owner=executor, clock=clock, lag=settings.lag, wake=wake.set)
        worker = Worker(settings, handlers, tools, on_event)
        dispatcher = Dispatcher(settings, tools, wake, checkpoints.start, on_event)
        recovery = Recovery(settings, tools, checkpoints, worker)
        retention = Retention(settings.retention, store, checkpoints)
        async with (
            checkpoints.launched(lambda workflow: dispatcher.execute(workflow, worker.work)),
            _alone(recovery)
            if settings.database_url is None
            else _among_others(Leases(executor, settings.lease, store, recovery, on_event)),
            _background(retention.run(clock, on_event)),
            _pumping(dispatcher, settings),
        ):
            yield Engine(tools)


def kept_document(settings: EngineSettings, id: str) -> bytes | None:  # noqa: A002 - the document's own word
    """A finished document by its id, read beside a server that may be running; for programs without a loop.

    Raises `StoreUnavailable`; no database is made where there is none.
    """
    if settings.database_url is None and not (settings.data_dir / _FILE).is_file():
        raise StoreUnavailable(f"{settings.data_dir} holds no database")
    dialect, _ = _databases(settings)
    try:
        with closing(dialect.connect()) as connection:
            found = connection.rows("select document from archive where id = ?", id)
    except DatabaseTrouble as error:
        raise StoreUnavailable(str(error)) from error
    return bytes(found[0][0]) if found else None


@asynccontextmanager
async def _open_store(dialect: Dialect, settings: EngineSettings) -> AsyncIterator[Store]:
    loop = asyncio.get_running_loop()
    with _data_dir(settings):
        try:
            await loop.run_in_executor(None, schema.create, dialect)
        except DatabaseTrouble as error:
            raise StoreUnavailable(str(error)) from error
        store = Store(dialect, settings.store_deadline.total_seconds())
        try:
            yield store
        finally:
            await loop.run_in_executor(None, store.close)


@asynccontextmanager
async def _alone(recovery: Recovery) -> AsyncIterator[None]:
    """The lock on the folder says that nobody else is alive."""
    await recovery.take_over_all()
    yield


@asynccontextmanager
async def _among_others(leases: Leases) -> AsyncIterator[None]:
    await leases.beat()
    try:
        async with _background(leases.run()):
            yield
    finally:
        await leases.release()


@asynccontextmanager
async def _background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run beside the context until it closes; an unexpected error in it ends the context, never silently."""
    inside: BaseException | None = None
    async with Group() as group:
        task = group.create_task(work)
        try:
            yield
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - kept out of the group, so that it arrives as it was raised
            inside = error
        finally:
            task.cancel()
    if inside is not None:
        raise inside


@asynccontextmanager
async def _pumping(dispatcher: Dispatcher, settings: EngineSettings) -> AsyncIterator[None]:
    """Give out turns; at the end let running ones finish, and hand back those that do not in time."""
    try:
        async with _background(dispatcher.run()):
            yield
    finally:
        await dispatcher.stop(settings.shutdown_grace.total_seconds())


def _databases(settings: EngineSettings) -> tuple[Dialect, str]:
    busy = span_ms(settings.store_deadline)
    if settings.database_url is None:
        return SqliteDialect(settings.data_dir / _FILE, busy), sqlite_url(settings.data_dir)
    # Platforms still hand out the scheme `postgres`, and SQLAlchemy's own spelling names a driver.
    _, _, rest = settings.database_url.partition("://")
    url = f"postgresql://{rest}"
    return PostgresDialect(url, busy), url


@contextmanager
def _data_dir(settings: EngineSettings) -> Iterator[None]:
    """The folder, ours alone while SQLite lives in it: a second process would resume this one's work."""
    folder: Path = settings.data_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.database_url is not None:
        yield
        return
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(f"another process works on {folder}") from error
        yield
    finally:
        os.close(handle)
