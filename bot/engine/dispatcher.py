"""From the book to the workers: gives out turns as soon as there is one to give."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from bot.engine import jobs
from bot.engine.checkpoints import NotStarted
from bot.engine.contract import EngineSettings, StoreUnavailable
from bot.engine.database import Connection
from bot.engine.jobs import Again, Run
from bot.engine.turn import Tools
from bot.engine.worker import OnEvent
from bot.groups import Group

_BACKOFF = (0.1, 0.5, 2.0, 5.0)


class Dispatcher:
    """Claims due jobs and starts them; `wake` is set by every submission and every end of a run."""

    def __init__(
        self,
        settings: EngineSettings,
        tools: Tools,
        wake: asyncio.Event,
        start: Callable[[Run], Awaitable[None]],
        on_event: OnEvent,
    ) -> None:
        self._settings = settings
        self._tools = tools
        self._start = start
        self._on_event = on_event
        self._wake = wake
        self._idle = asyncio.Event()
        self._idle.set()
        self._runs: dict[str, Run] = {}
        # Whether a claim may have been committed without our having seen its answer.
        self._in_doubt = False
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def execute(self, workflow: str, work: Callable[[Run], Awaitable[None]]) -> None:
        """The body of a workflow: run what was claimed under this name, then give the slot back."""
        run = self._runs.get(workflow)
        task = asyncio.current_task()
        if run is None or task is None:
            return
        self._tasks[workflow] = task
        try:
            await work(run)
        finally:
            self._tasks.pop(workflow, None)
            self._release(workflow)

    async def run(self) -> None:
        """Give out turns until cancelled."""
        troubles = 0
        while True:
            self._wake.clear()
            if len(self._runs) >= self._settings.worker_concurrency:
                # No look at the book before a worker is free; its end wakes us.
                await self._wake.wait()
                continue
            try:
                runs, due = await self._tools.store.run(partial(self._claim, known=frozenset(self._runs)))
            except StoreUnavailable as trouble:
                self._on_event("store-unavailable", {"where": "dispatch", "reason": str(trouble)})
                self._in_doubt = True
                await asyncio.sleep(_BACKOFF[min(troubles, len(_BACKOFF) - 1)])
                troubles += 1
                continue
            troubles = 0
            self._in_doubt = False
            await self._start_all(runs)
            await self._sleep(due)

    async def stop(self, grace: float) -> None:
        """Let running turns finish for `grace` seconds, then cancel them: each hands its job back."""
        # Claimed but not begun when the end came: their workflows find nothing to do.
        unbegun = [run for workflow, run in self._runs.items() if workflow not in self._tasks]
        for run in unbegun:
            self._release(run.workflow)
        for run in unbegun:
            await self._give_back(run, timedelta(0))
        await self._until_idle(grace)
        for task in list(self._tasks.values()):
            task.cancel()
        await self._until_idle(self._settings.store_deadline.total_seconds())

    async def _until_idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()

    def _claim(self, db: Connection, known: frozenset[str]) -> tuple[list[Run], datetime | None]:
        free = self._settings.worker_concurrency - len(known)
        runs = jobs.claim(db, self._tools.owner, free, self._tools.clock())
        if self._in_doubt:
            claimed = known.union(run.workflow for run in runs)
            runs += [run for run in jobs.running_of(db, self._tools.owner) if run.workflow not in claimed]
        return runs, jobs.next_due(db)

    async def _start_all(self, runs: list[Run]) -> None:
        for run in runs:
            self._runs[run.workflow] = run
            self._idle.clear()
        async with Group() as group:
            for run in runs:
                group.create_task(self._start_one(run))

    async def _start_one(self, run: Run) -> None:
        try:
            await self._start(run)
        except NotStarted as error:
            self._on_event("start-failed", {"job": run.job.id, "reason": str(error)})
            await self._give_back(run, self._settings.store_deadline)

    async def _give_back(self, run: Run, pause: timedelta) -> None:
        """A claimed run that did not begin goes back into the book."""
        now = self._tools.clock()
        again = Again(at=now + pause, carried=run.carried, failures=run.failures, resumes=run.resumes)
        self._release(run.workflow)
        try:
            await self._tools.store.run(lambda db: jobs.put_back(db, run, self._tools.owner, again, now))
        except StoreUnavailable:
            self._in_doubt = True

    def _release(self, workflow: str) -> None:
        self._runs.pop(workflow, None)
        if not self._runs:
            self._idle.set()
        self._wake.set()

    async def _sleep(self, due: datetime | None) -> None:
        pause = self._settings.poll_interval.total_seconds()
        ahead = 0.0 if due is None else (due - self._tools.clock()).total_seconds()
        # A job that is due by now waits for its key or for a worker, and both wake us.
        if ahead > 0:
            pause = min(pause, ahead)
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._wake.wait()
