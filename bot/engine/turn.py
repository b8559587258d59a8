"""One run of a job as its handler sees it: checkpoints, and writes that happen once in effect."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, assert_never

from bot.engine import intents, jobs, signals
from bot.engine.contract import Job, Json, Later, Refused, UnknownOutcome, Write
from bot.engine.database import Connection
from bot.engine.intents import Denied, Finished, Hopeless, Intent, Look, Move, Postponed, Send, Wait
from bot.engine.jobs import Run
from bot.engine.store import Store


class Why(StrEnum):
    """Why a turn ends in the middle."""

    LOST = "lost"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class TurnOver(BaseException):
    """The turn ends here. Like a cancellation it is no error, and no handler should catch it."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class Keeper(Protocol):
    """Keeps the results of steps."""

    async def step(self, name: str, call: Callable[[], Awaitable[Json]]) -> Json:
        """Call and keep the result."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What every turn of one engine works with."""

    store: Store
    keeper: Keeper
    owner: str
    clock: Callable[[], datetime]
    lag: timedelta
    wake: Callable[[], None]


class RunningTurn:
    """`Turn` over the store and the checkpoints."""

    def __init__(self, run: Run, tools: Tools) -> None:
        self._run = run
        self._tools = tools
        self._begun: set[str] = set()
        self.finished: dict[str, Json] = dict(run.carried)

    @property
    def job(self) -> Job:
        """The job as it was submitted; see `Turn.job`."""
        return self._run.job

    async def step(self, name: str, run: Callable[[], Awaitable[Json]]) -> Json:
        """Run once and keep the result; see `Turn.step`. Raises `ValueError` for a name used twice."""
        if name in self._begun:
            raise ValueError(f"the step name {name!r} is used twice in one job")
        self._begun.add(name)
        if name not in self.finished:
            self.finished[name] = await self._tools.keeper.step(name, run)
        return self.finished[name]

    async def is_current(self) -> bool:
        """Whether no newer job has been submitted for this key; raises `StoreUnavailable`."""
        now = self._tools.clock()
        return not await self._tools.store.run(lambda db: jobs.is_overtaken(db, self._run, now))

    async def has_written(self) -> bool:
        """Whether it has begun to change anything; see `Turn.has_written`. Raises `StoreUnavailable`."""
        return await self._tools.store.run(lambda db: intents.any_of(db, self.job.id))

    async def submit(self, job: Job) -> None:
        """Submit a follow-up; see `Turn.submit`. A cancelled job has none. Raises `StoreUnavailable`."""
        now = self._tools.clock()

        def unit(db: Connection) -> bool:
            if jobs.is_cancelled(db, self._run):
                raise TurnOver(Why.CANCELLED)
            return jobs.add(db, job, now, listener=self.job.id)

        if await self._tools.store.run(unit):
            self._tools.wake()

    async def listen(self, scope: str) -> None:
        """Hear the signals of a scope; see `Turn.listen`. Raises `StoreUnavailable`."""
        await self._tools.store.run(lambda db: signals.listen(db, scope, self.job.id))

    async def retire(self, kind: str, before: datetime, *, only: Collection[str] | None = None) -> int:
        """Take the place of what waits; see `Turn.retire`. Raises `StoreUnavailable`."""
        now = self._tools.clock()
        return await self._tools.store.run(lambda db: jobs.retire(db, self._run, kind, before, now, only=only))

    async def hasten(self, ids: Collection[str]) -> int:
        """Make due what is parked; see `Turn.hasten`. Raises `StoreUnavailable`."""
        now = self._tools.clock()
        hastened = await self._tools.store.run(lambda db: jobs.hasten(db, self._run, ids, now))
        if hastened:
            self._tools.wake()
        return hastened

    async def write(self, name: str, write: Write) -> Json:
        """Change the outside world exactly once in effect; see `Turn.write`."""
        while True:
            move, intent = await self._tools.store.run(lambda db: self._next(db, name))
            match move:
                case Finished(result):
                    return result
                case Postponed(until):
                    raise Later(until)
                case Denied(reason):
                    raise Refused(None, reason)
                case Hopeless():
                    raise UnknownOutcome(f"the write {name!r} was sent {intents.SENDS} times without an answer")
                case Wait(until):
                    await asyncio.sleep(max(0.0, (until - self._tools.clock()).total_seconds()))
                case Look(since):
                    await self._look(name, write, intent, since)
                case Send():
                    await self._send(name, write, intent)
                case _:
                    assert_never(move)

    def _next(self, db: Connection, name: str) -> tuple[Move, Intent]:
        """Decide under the fence; what is about to be sent is recorded in the same transaction."""
        now = self._tools.clock()
        if not jobs.holds(db, self._run, self._tools.owner):
            raise TurnOver(Why.LOST)
        known = intents.load(db, self.job.id, name)
        move = intents.decide(known, now, self._tools.lag)
        if not isinstance(move, Send):
            return move, known or intents.sent(None, now)
        if jobs.is_cancelled(db, self._run):
            raise TurnOver(Why.CANCELLED)
        untouched = self.job.supersedable and not intents.any_of(db, self.job.id)
        if untouched and jobs.is_overtaken(db, self._run, now):
            raise TurnOver(Why.SUPERSEDED)
        intent = intents.sent(known, now)
        intents.save(db, self.job.id, name, intent)
        return move, intent

    async def _send(self, name: str, write: Write, intent: Intent) -> None:
        try:
            result = await write.send()
        except Refused as refusal:
            await self._save(name, _after(intent, refusal))
            if refusal.retry_at is not None:
                raise Later(refusal.retry_at) from refusal
            raise
        except UnknownOutcome:
            # It stays `sent`: the next decision waits for the lag and looks.
            return
        await self._save(name, intents.done(intent, result))

    async def _look(self, name: str, write: Write, intent: Intent, since: datetime) -> None:
        try:
            found = await write.find(since)
        except Refused as refusal:
            if refusal.retry_at is None:
                raise  # what was sent may have happened: it is no outcome, and the next run looks again
            raise Later(refusal.retry_at) from refusal
        except UnknownOutcome as outage:
            # Not knowing is no absence. An outage may last: it must not hold a worker.
            raise Later(self._tools.clock() + self._tools.lag) from outage
        await self._save(name, intents.not_found(intent) if found is None else intents.done(intent, found))

    async def _save(self, name: str, intent: Intent) -> None:
        await self._tools.store.run(lambda db: intents.save(db, self.job.id, name, intent))


def _after(intent: Intent, refusal: Refused) -> Intent:
    """What is kept of a write that was refused before anything happened. Pure."""
    if refusal.retry_at is None and refusal.kept:
        return intents.denied(intent, refusal.reason)
    return intents.refused(intent, refusal.retry_at)
