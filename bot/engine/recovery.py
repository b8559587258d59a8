"""Work whose process is gone: its turns are taken over with their finished steps."""

from collections.abc import Mapping

from bot.engine import jobs
from bot.engine.checkpoints import Checkpoints
from bot.engine.contract import EngineSettings, Job, Json
from bot.engine.database import Connection
from bot.engine.jobs import Again, Run
from bot.engine.turn import Tools
from bot.engine.worker import Worker


class Recovery:
    """Puts the jobs of dead processes back into the book."""

    def __init__(self, settings: EngineSettings, tools: Tools, checkpoints: Checkpoints, worker: Worker) -> None:
        self._settings = settings
        self._tools = tools
        self._checkpoints = checkpoints
        self._worker = worker

    async def take_over_all(self) -> int:
        """Take over every turn in the book: right only where no other process can be alive."""
        taken = 0
        for owner in await self._tools.store.run(jobs.owners):
            taken += await self.take_over(owner)
        return taken

    async def take_over(self, owner: str) -> int:
        """Let the jobs of a dead process go on where they were; safe to repeat and to race.

        Returns how many were taken. Raises `StoreUnavailable`.
        """
        taken = 0
        for run in await self._tools.store.run(lambda db: jobs.running_of(db, owner)):
            taken += await self._take(run, owner)
        return taken

    async def _take(self, run: Run, owner: str) -> bool:
        # Fenced first: a process that was only asleep must not finish a step that is not carried.
        finished = run.carried | await self._checkpoints.take(run)
        return await self._tools.store.run(lambda db: self._put_back(db, run, owner, finished))

    def _put_back(self, db: Connection, run: Run, owner: str, finished: Mapping[str, Json]) -> bool:
        now = self._tools.clock()
        if run.resumes >= self._settings.resume_limit:
            reason = f"the process ended {run.resumes + 1} times while this job was running"
            heir: Job | None = self._worker.heir_of(run, reason)
            return jobs.give_up(db, run, owner, heir, now)
        again = Again(at=now, carried=dict(finished), failures=run.failures, resumes=run.resumes + 1)
        return jobs.put_back(db, run, owner, again, now)
