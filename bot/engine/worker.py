"""What happens to a job around its handler: every way a run can end, and that each end reaches the book."""

import asyncio
import hashlib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.engine import jobs
from bot.engine.contract import EngineSettings, Handler, Job, Json, Later, StoreUnavailable, UnknownOutcome
from bot.engine.database import Connection
from bot.engine.jobs import Again, Outcome, Run
from bot.engine.turn import RunningTurn, Tools, TurnOver, Why

DEAD = "dead.v1"
# Between attempts to write down how a run ended while the database is away.
_BACKOFF = (0.1, 0.5, 2.0, 5.0)

OnEvent: TypeAlias = Callable[[str, Mapping[str, Json]], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """The job is over."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Paused:
    """The job goes on at that time; this is no failure."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """The handler raised what nobody expected. `hopeless`: running it again would come to the same."""

    error: BaseException
    hopeless: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """Another process has the turn now: nothing to write down."""


Ending: TypeAlias = Ended | Paused | Failed | Lost


class Worker:
    """Runs handlers and writes down how each run ended."""

    def __init__(
        self, settings: EngineSettings, handlers: Mapping[str, Handler], tools: Tools, on_event: OnEvent
    ) -> None:
        self._settings = settings
        self._handlers = handlers
        self._tools = tools
        self._on_event = on_event

    async def work(self, run: Run) -> None:
        """Run the job's handler to one of its ends; a cancelled task hands its job back at once."""
        turn = RunningTurn(run, self._tools)
        try:
            ending = await self._end_of(turn)
        except asyncio.CancelledError:
            soon = self._tools.clock() + self._settings.shortest_pause
            await self._settle(run, Paused(soon), turn.finished)
            raise
        await self._settle(run, ending, turn.finished)

    def heir_of(self, run: Run, reason: str) -> Job | None:
        """The job that tells the user about a dead one; None if nobody would handle it, or it died itself."""
        job = run.job
        if job.kind == DEAD or DEAD not in self._handlers:
            return None
        payload: Json = {
            "job": {"id": job.id, "kind": job.kind, "key": job.key, "payload": job.payload},
            "error": error_id(run),
            "reason": reason,
        }
        return Job(id=f"{job.id}!dead", kind=DEAD, key=job.key, payload=payload)

    async def _end_of(self, turn: RunningTurn) -> Ending:
        try:
            handler = self._handlers[turn.job.kind]
            async with asyncio.timeout(self._settings.turn_limit.total_seconds()):
                await handler(turn)
        except (Exception, TurnOver, BaseExceptionGroup) as error:  # noqa: BLE001 - a job must always reach an end
            return self._ending(error)
        return Ended(Outcome.FINISHED)

    def _ending(self, error: BaseException) -> Ending:
        now = self._tools.clock()
        match error:
            case TurnOver(why=Why.LOST):
                return Lost()
            case TurnOver(why=Why.CANCELLED):
                return Ended(Outcome.CANCELLED)
            case TurnOver():
                return Ended(Outcome.SUPERSEDED)
            case Later(until=until):
                return Paused(max(until, now + self._settings.shortest_pause))
            case StoreUnavailable():
                return Paused(now + max(self._settings.store_deadline, self._settings.shortest_pause))
            case BaseExceptionGroup():
                return self._ending_of_group(error)
            case UnknownOutcome():
                # the write has been sent and looked for as often as it may be, and that is kept
                return Failed(error, hopeless=True)
            case _:
                return Failed(error)

    def _ending_of_group(self, group: BaseExceptionGroup[BaseException]) -> Ending:
        """A group counts as its gravest member: a fault, then a turn that is over, then the longest pause."""
        endings = [self._ending(error) for error in group.exceptions]
        failed = [ending for ending in endings if isinstance(ending, Failed)]
        if failed:
            return Failed(group, hopeless=any(ending.hopeless for ending in failed))
        pauses = [ending.until for ending in endings if isinstance(ending, Paused)]
        if len(pauses) == len(endings):
            return Paused(max(pauses))
        return next(ending for ending in endings if not isinstance(ending, Paused))

    async def _settle(self, run: Run, ending: Ending, finished: dict[str, Json]) -> None:
        match ending:
            case Lost():
                held = False
            case Ended(outcome):
                held = await self._insist(lambda db: self._end(db, run, outcome))
            case Paused(until):
                again = Again(at=until, carried=finished, failures=run.failures, resumes=run.resumes)
                held = await self._insist(lambda db: self._put_back(db, run, again))
            case Failed():
                held = await self._fail(run, ending, finished)
        if not held:
            self._on_event("turn-lost", _fields(run))

    async def _fail(self, run: Run, failed: Failed, finished: dict[str, Json]) -> bool:
        fields, error = dict(_fields(run)), failed.error
        fields["error"] = error_id(run)
        fields["traceback"] = "".join(traceback.format_exception(error))
        delays = self._settings.retry_delays
        if failed.hopeless or run.failures >= len(delays):
            self._on_event("job-dead", fields)
            return await self._insist(lambda db: self._give_up(db, run, f"{type(error).__name__}: {error}"))
        delay: timedelta = delays[run.failures]
        fields["retry_seconds"] = delay.total_seconds()
        self._on_event("job-failed", fields)
        again = Again(at=self._tools.clock() + delay, carried=finished, failures=run.failures + 1, resumes=run.resumes)
        return await self._insist(lambda db: self._put_back(db, run, again))

    def _end(self, db: Connection, run: Run, outcome: Outcome) -> bool:
        return jobs.end(db, run, self._tools.owner, outcome, self._tools.clock())

    def _put_back(self, db: Connection, run: Run, again: Again) -> bool:
        if jobs.is_cancelled(db, run):
            return self._end(db, run, Outcome.CANCELLED)
        return jobs.put_back(db, run, self._tools.owner, again, self._tools.clock())

    def _give_up(self, db: Connection, run: Run, reason: str) -> bool:
        return jobs.give_up(db, run, self._tools.owner, self.heir_of(run, reason), self._tools.clock())

    async def _insist(self, unit: Callable[[Connection], bool]) -> bool:
        """Until it is written down the key stays taken, so there is nothing better to do than to go on trying."""
        attempt = 0
        while True:
            try:
                return await self._tools.store.run(unit)
            except StoreUnavailable as trouble:
                self._on_event("store-unavailable", {"where": "settle", "reason": str(trouble)})
            await asyncio.sleep(_BACKOFF[min(attempt, len(_BACKOFF) - 1)])
            attempt += 1


def error_id(run: Run) -> str:
    """The short id under which a person finds this failure in the log."""
    return hashlib.sha256(run.workflow.encode()).hexdigest()[:12]


def _fields(run: Run) -> Mapping[str, Json]:
    return {"job": run.job.id, "kind": run.job.kind, "key": run.job.key, "run": run.number}
