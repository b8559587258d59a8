"""The words of durable work: what is accepted, what runs, what a handler and a write promise.

Nothing here touches a database, so callers and tests can import it freely.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeAlias, Union

# A recursive alias has to be a string inside `Union` until `type` statements (3.12).
Json: TypeAlias = Union[bool, int, float, str, list["Json"], dict[str, "Json"], None]  # noqa: UP007


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work that has to happen.

    `id` is the idempotency key: the same id is taken once for as long as finished jobs are kept.
    `kind` names the handler. Jobs with one `key` run one at a time, in the order of submission.
    `delay` counts from the submission. A `supersedable` job ends without doing anything when a newer job of its kind
    for its key arrives before it has written; a newer job with a longer delay does not count until it is due.
    A job with `topics` is parked until its delay is over or a signal for one of them comes, whichever is first.
    """

    id: str
    kind: str
    key: str
    payload: Json
    delay: timedelta = timedelta(0)
    supersedable: bool = False
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something happened that jobs may wait for: its `topics`, and the `scope` in which running jobs hear of it.

    `also` are further scopes in which it is heard.
    """

    topics: tuple[str, ...]
    scope: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook delivery: the job that it asks for, or the signal that it gives, or both.

    `guid` is GitHub's `X-GitHub-Delivery`, which a redelivery repeats. `dedup`, if given, names the command
    itself, so that two deliveries about one comment are one command. A delivery without a job leaves no trace
    where nobody waits for its signal.
    """

    guid: str
    dedup: str | None
    event: str
    installation: int
    job: Job | None
    received_at: datetime
    signal: Signal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A job that has not begun or goes on later: what it is, when it is due at the latest."""

    kind: str
    due_at: datetime
    payload: Json = None
    id: str = ""


class Write(Protocol):
    """One change to the outside world that can be found again."""

    async def send(self) -> Json:
        """Make the one call.

        Raises `Refused` when the other side surely did nothing and `UnknownOutcome` when it may have.
        """
        ...

    async def find(self, since: datetime) -> Json | None:
        """Read back: the result of our own earlier call since then, or None if there is none."""
        ...


class Turn(Protocol):
    """One run of a job, while it alone holds the turn of its key."""

    @property
    def job(self) -> Job:
        """The job as it was submitted, without its topics: it waits for nothing any more."""
        ...

    async def step(self, name: str, run: Callable[[], Awaitable[Json]]) -> Json:
        """Run once and keep the result: a resumed job gets it back without another call.

        Names are unique within a job. Steps that only read belong here; a change belongs in `write`.
        """
        ...

    async def write(self, name: str, write: Write) -> Json:
        """Change the outside world exactly once in effect, whatever crashes or times out.

        Raises `Refused` for a final refusal, which is kept like a result, `Later` for one that names a time,
        `UnknownOutcome` after several sends whose outcome stayed unknown. Who lets that through is dead at once: no run
        would get any further.
        """
        ...

    async def is_current(self) -> bool:
        """Whether no newer job of this kind has been submitted for this key."""
        ...

    async def has_written(self) -> bool:
        """Whether it has begun to change anything: then no other job of its key begins before it ends."""
        ...

    async def submit(self, job: Job) -> None:
        """Submit a follow-up; idempotent by its id. One whose topics this job has heard of is due at once."""
        ...

    async def listen(self, scope: str) -> None:
        """Hear every signal in the scope from now on, until this job ends: see `submit`.

        Whoever looks at the world and then parks a follow-up listens before he looks. Otherwise what happens in
        between would wake nobody.
        """
        ...

    async def retire(self, kind: str, before: datetime, *, only: Collection[str] | None = None) -> int:
        """End the other jobs of this kind that wait for this key and have not written: this one takes their place.

        Only those submitted `before` the moment from which on this one has looked at the world; with `only`, only
        those with one of these ids.
        """
        ...

    async def hasten(self, ids: Collection[str]) -> int:
        """Make due at once what of these is parked for this key: something has happened that it is to look at."""
        ...


Handler: TypeAlias = Callable[[Turn], Awaitable[None]]


class Later(Exception):
    """Free the turn and go on at `until` with every checkpoint kept."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"continue at {until.isoformat()}")
        self.until = until


class Refused(Exception):
    """The other side refused and did nothing. `retry_at` is when it may be asked again, None if never.

    A final one is the write's outcome: a resumed job is refused in the same words, and nobody is asked. Where it is not
    `kept`, the write is sent anew, and sees to its refusal itself.
    """

    def __init__(self, retry_at: datetime | None, reason: str, *, kept: bool = True) -> None:
        super().__init__(reason)
        self.retry_at = retry_at
        self.reason = reason
        self.kept = kept


class UnknownOutcome(Exception):
    """A timeout, a reset or a 5xx: the change may or may not have happened."""


class StoreUnavailable(Exception):
    """The database is locked, full or down: nothing was taken."""


class AlreadyRunning(Exception):
    """Another process works on this data directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `/readyz` tells: can the store be written, and how long has the oldest due job waited.

    `waiting` does not count those that are `parked` until something happens. `paused` counts the installations for
    which nothing is closed or reopened while too little can be measured, `paused_until` is the last of their ends.
    """

    writable: bool
    executor: str
    waiting: int
    running: int
    oldest_waiting: timedelta | None
    parked: int = 0
    paused: int = 0
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """How durable work is kept and paced.

    `data_dir` holds the SQLite files; with `database_url` (postgresql://…) everything lives there instead.
    `lag` bounds how long the other side may hide a finished write from a read. `poll_interval` is only the
    net under the wake-ups. `retry_delays` are the pauses before a failed job runs again; after the last one it
    is dead. `resume_limit` is how many crashes of the process one job may have been running in.
    """

    data_dir: Path
    database_url: str | None = field(default=None, repr=False)  # it holds a password
    lag: timedelta = timedelta(seconds=90)
    executor_id: str | None = None
    worker_concurrency: int = 20
    poll_interval: timedelta = timedelta(seconds=1)
    retention: timedelta = timedelta(days=30)
    retry_delays: tuple[timedelta, ...] = (timedelta(seconds=10), timedelta(seconds=60), timedelta(minutes=5))
    resume_limit: int = 20
    turn_limit: timedelta = timedelta(minutes=30)
    shortest_pause: timedelta = timedelta(seconds=1)
    shutdown_grace: timedelta = timedelta(seconds=20)
    store_deadline: timedelta = timedelta(seconds=5)
    lease: timedelta = timedelta(seconds=30)
