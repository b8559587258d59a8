"""Steps that survive a crash, kept by DBOS: the one module that knows it.

Each run of a job is one DBOS workflow, started directly, so DBOS's queues (polled), its delayed start (swept
once a second) and its recovery (which frees the key while a job waits to be resumed) are not used: the book of
jobs does these. A lost run is cancelled, which fences whoever still executes it, and its finished steps are
carried into the next run by name; so a resumed job does not depend on the order of its steps, and a deploy may
change that order.
"""

import asyncio
import logging
import secrets
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID, error
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.engine.contract import AlreadyRunning, Json, StoreUnavailable
from bot.engine.jobs import Run

# Changing it would strand every run in flight; a changed workflow gets a new name instead.
APPLICATION_VERSION = "1"
WORKFLOW = "job.v1"
# A pool of one could hang on a nested checkout, a large one makes SQLite's writers fight.
POOL = 4
THREADS = 8

Body = Callable[[str], Awaitable[None]]


class NotStarted(Exception):
    """A run could not be begun; it did nothing."""


class _WalFull(sqlite3.Connection):
    """DBOS opens SQLite with the rollback journal: ten times slower on a slow disk."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # the driver's own signature
        super().__init__(*args, **kwargs)
        self.execute("pragma journal_mode=wal")
        self.execute("pragma synchronous=full")


class _Quiet(logging.Filter):
    """Drop what DBOS reports about things that the engine reports itself, and its adverts."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR and "asynchronous workflow" not in record.getMessage()


# DBOS is one per process and registers functions at import; the body is whichever engine runs now.
_bodies: list[Body] = []


@DBOS.workflow(name=WORKFLOW, max_recovery_attempts=1000)
async def _job(workflow: str) -> None:
    await _bodies[-1](workflow)


class Checkpoints:
    """DBOS, from launch to destruction. One at a time in a process."""

    def __init__(self, url: str, executor: str) -> None:
        self._config = _config(url, executor)
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine-dbos")

    @asynccontextmanager
    async def launched(self, body: Body) -> AsyncIterator[None]:
        """Open the database, with `body` as the one that runs workflows by their names; close it at the end.

        Raises `AlreadyRunning` in a process that has an engine.
        """
        if _bodies:
            raise AlreadyRunning("this process already runs an engine")
        _bodies.append(body)
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, self._launch)
            yield
        finally:
            # On the loop's own thread it would freeze the loop for seconds.
            await loop.run_in_executor(self._threads, DBOS.destroy)
            _bodies.remove(body)
            self._threads.shutdown()
            # DBOS made its own pool the loop's default one, and that is closed now.
            loop.set_default_executor(ThreadPoolExecutor())

    def _launch(self) -> None:
        logger = logging.getLogger("dbos")
        if not any(isinstance(known, _Quiet) for known in logger.filters):
            logger.addFilter(_Quiet())
        # DBOS prints on its own where it finds no handler; its lines belong into the log that everybody shares.
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        DBOS(config=self._config)
        DBOS.launch()

    async def start(self, run: Run) -> None:
        """Begin a run as a task of this loop; raises `NotStarted`, also for a name that was used before."""
        try:
            with SetWorkflowID(run.workflow, workflow_id_reuse_policy="reject"):
                await DBOS.start_workflow_async(_job, run.workflow)
        except (error.DBOSException, SQLAlchemyError) as trouble:
            raise NotStarted(str(trouble)) from trouble

    async def step(self, name: str, call: Callable[[], Awaitable[Json]]) -> Json:
        """Call and keep the result; only inside a run."""

        async def step() -> Json:
            return await call()

        return await DBOS.run_step_async({"name": name}, step)

    async def take(self, run: Run) -> dict[str, Json]:
        """Fence a run that was lost and return its finished steps by name; raises `StoreUnavailable`."""
        try:
            await DBOS.cancel_workflow_async(run.workflow)
            steps = await DBOS.list_workflow_steps_async(run.workflow)
        except (error.DBOSException, SQLAlchemyError) as trouble:
            raise StoreUnavailable(str(trouble)) from trouble
        return {step["function_name"]: cast("Json", step["output"]) for step in steps if step["error"] is None}

    async def forget(self, workflows: Iterable[str]) -> None:
        """Delete finished runs with their steps; raises `StoreUnavailable`."""
        try:
            await DBOS.delete_workflows_async(list(workflows))
        except (error.DBOSException, SQLAlchemyError) as trouble:
            raise StoreUnavailable(str(trouble)) from trouble


def executor_name(wanted: str | None) -> str:
    """A name no other process ever had: DBOS resumes on launch whatever bears the process's own name."""
    return f"{wanted or 'executor'}-{secrets.token_hex(6)}"


def sqlite_url(folder: Path) -> str:
    """Where DBOS keeps its file: apart from ours, so that the two do not wait for one lock."""
    return f"sqlite:///{folder / 'dbos.sqlite'}"


def _config(url: str, executor: str) -> DBOSConfig:
    config = DBOSConfig(
        name="resolution-bot",
        system_database_url=url,
        application_version=APPLICATION_VERSION,
        executor_id=executor,
        # Pickle, the default, would turn write access to the database into execution of code.
        serializer=DBOSPortableJSONSerializer(),
        sys_db_pool_size=POOL,
        max_executor_threads=THREADS,
        log_level="ERROR",
        # Nothing of ours waits for DBOS's notifications: no connection to listen on, and a short poll of nothing
        # so that the end of the process does not wait for it.
        use_listen_notify=False,
        notification_listener_polling_interval_sec=0.1,
    )
    if make_url(url).get_backend_name() == "sqlite":
        config["db_engine_kwargs"] = {"connect_args": {"factory": _WalFull}}
    return config
