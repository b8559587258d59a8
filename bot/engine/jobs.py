"""The book of jobs: who waits, who holds a key's turn, what comes next. Each function is one unit of work.

A job is `waiting`, then `running` under an owner, then `done` with an outcome, or `waiting` again for its
next run. One key has at most one running job, and the oldest due job of a key goes first. A job that has begun to write
and goes on later (a limit was hit) keeps its key meanwhile: whatever came after it would be written over by what it had
measured before. A job with topics is `parked` before it is `waiting`: nobody looks at its row until its time comes or a
signal does.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.engine import signals
from bot.engine.contract import Job, Json, Waiting
from bot.engine.database import Connection, Row, Value
from bot.engine.moments import from_ms, span_ms, to_ms

# A stored time this far ahead of the clock means that the clock was set back: then the job counts as due.
CLOCK_SLIP = timedelta(minutes=5)


class Outcome(StrEnum):
    """How a job ended."""

    FINISHED = "finished"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a job: what a worker is given. `carried` are the finished steps of earlier runs, by name."""

    job: Job
    number: int
    carried: dict[str, Json]
    failures: int
    resumes: int

    @property
    def workflow(self) -> str:
        """The name of this run in the engine library."""
        return f"{self.job.id}~{self.number}"


_COLUMNS = "id, kind, key, payload, delay, supersedable, run, carried, failures, resumes"


def _run(row: Row) -> Run:
    identity, kind, key, payload, delay, supersedable, number, carried, failures, resumes = row
    job = Job(
        id=identity,
        kind=kind,
        key=key,
        payload=json.loads(payload),
        delay=timedelta(milliseconds=delay),
        supersedable=bool(supersedable),
    )
    return Run(job=job, number=number, carried=json.loads(carried), failures=failures, resumes=resumes)


def add(db: Connection, job: Job, now: datetime, *, listener: str = "") -> bool:
    """Submit a job. False: this id was submitted before.

    With topics it is parked, unless the `listener`, the running job that submits it, has heard of one of them.
    """
    at = to_ms(now)
    if job.topics:
        db.exclusive()  # see `signals.tell`
    parked = bool(job.topics) and not signals.was_heard(db, listener, job.topics)
    new = db.change(
        "insert into jobs (id, kind, key, payload, delay, supersedable, state, due_at, queued_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
        job.id,
        job.kind,
        job.key,
        json.dumps(job.payload),
        span_ms(job.delay),
        int(job.supersedable),
        "parked" if parked else "waiting",
        at if job.topics and not parked else at + span_ms(job.delay),
        at,
    )
    if new and parked:
        signals.wait(db, job)
    return new == 1


# A newer job of the same kind overtakes once it is due, or at once if it was submitted with no longer a delay. One of
# another kind may turn out to do nothing: it says by itself whose place it takes (`retire`).
_OVERTAKEN = (
    "exists (select 1 from jobs n where n.key = j.key and n.kind = j.kind and n.seq > j.seq and n.cancelled = 0"
    " and (n.delay <= j.delay or n.due_at <= ?))"
)

_BEGUN = "exists (select 1 from intents i where i.job = {job}.id)"
_OVERTAKEN_RUN = f"select {_OVERTAKEN} from jobs j where id = ?"  # noqa: S608 - constants only
# The unary plus keeps SQLite on the index in order of submission, so that it stops at the limit.
_CLAIMABLE = (
    f"select {_COLUMNS}, (supersedable = 1 and {_OVERTAKEN} and not {_BEGUN.format(job='j')}) as stale"  # noqa: S608 - constants only
    " from jobs j where state = 'waiting' and (+due_at <= ? or +queued_at > ?)"
    " and not exists (select 1 from jobs r where r.state = 'running' and r.key = j.key)"
    " and not exists (select 1 from jobs e where e.state = 'waiting' and e.key = j.key and e.id <> j.id and case"
    f" when {_BEGUN.format(job='j')} then e.seq < j.seq and {_BEGUN.format(job='e')}"
    f" else {_BEGUN.format(job='e')} or (e.seq < j.seq and (e.due_at <= ? or e.queued_at > ?)) end)"
    " order by j.seq limit ?"
)
_RUNNING_OF = f"select {_COLUMNS} from jobs where state = 'running' and owner = ?"  # noqa: S608 - constants only


def claim(db: Connection, owner: str, free: int, now: datetime) -> list[Run]:
    """Give the turn of free keys to their oldest due jobs, at most `free` of them, and drop superseded ones."""
    db.exclusive()
    at = to_ms(now)
    slip = to_ms(now + CLOCK_SLIP)
    # Two statements: joined by `or`, SQLite would look at every parked job.
    db.change("update jobs set state = 'waiting' where state = 'parked' and due_at <= ?", at)
    db.change("update jobs set state = 'waiting' where state = 'parked' and queued_at > ?", slip)
    found = db.rows(_CLAIMABLE, at, at, slip, at, slip, free)
    taken = []
    stale_jobs = 0
    for *columns, stale in found:
        run = _run(tuple(columns))
        if stale:
            stale_jobs += 1
            _end(db, run.job.id, Outcome.SUPERSEDED, at)
            continue
        if db.change(
            "update jobs set state = 'running', owner = ? where id = ? and state = 'waiting'", owner, run.job.id
        ):
            taken.append(run)
    if stale_jobs:
        # Ending one may have freed its key for the next.
        taken += claim(db, owner, free - len(taken), now)
    return taken


def _end(db: Connection, job: str, outcome: Outcome, at: int) -> None:
    db.change(
        "update jobs set state = 'done', outcome = ?, finished_at = ?, owner = null, carried = '{}' where id = ?",
        outcome.value,
        at,
        job,
    )
    signals.forget(db, job)


def next_due(db: Connection) -> datetime | None:
    """When the next waiting or parked job becomes due; it may be in the past while its key is taken."""
    ((waiting,),) = db.rows("select min(due_at) from jobs where state = 'waiting'")
    ((parked,),) = db.rows("select min(due_at) from jobs where state = 'parked'")
    known = [due for due in (waiting, parked) if due is not None]
    return from_ms(min(known)) if known else None


def holds(db: Connection, run: Run, owner: str) -> bool:
    """Whether this run still has its turn: it was not given to another process, nor has it ended."""
    return bool(
        db.rows(
            "select 1 from jobs where id = ? and run = ? and owner = ? and state = 'running'",
            run.job.id,
            run.number,
            owner,
        )
    )


def is_cancelled(db: Connection, run: Run) -> bool:
    """Whether somebody asked for this job to end."""
    return bool(db.rows("select 1 from jobs where id = ? and cancelled = 1", run.job.id))


def is_overtaken(db: Connection, run: Run, now: datetime) -> bool:
    """Whether a newer job of the same kind for the same key counts by now."""
    ((overtaken,),) = db.rows(_OVERTAKEN_RUN, to_ms(now), run.job.id)
    return bool(overtaken)


def end(db: Connection, run: Run, owner: str, outcome: Outcome, now: datetime) -> bool:
    """End the job and free its key. False: the turn had been lost."""
    if not holds(db, run, owner):
        return False
    _end(db, run.job.id, outcome, to_ms(now))
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """How a job goes on after this run. `failures` and `resumes` are the new totals."""

    at: datetime
    carried: dict[str, Json]
    failures: int
    resumes: int


def put_back(db: Connection, run: Run, owner: str, again: Again, now: datetime) -> bool:
    """Free the key and let the job go on later with its checkpoints. False: the turn had been lost."""
    if not holds(db, run, owner):
        return False
    db.change(
        "update jobs set state = 'waiting', owner = null, run = run + 1, due_at = ?, queued_at = ?, carried = ?,"
        " failures = ?, resumes = ? where id = ?",
        to_ms(again.at),
        to_ms(now),
        json.dumps(again.carried),
        again.failures,
        again.resumes,
        run.job.id,
    )
    return True


def give_up(db: Connection, run: Run, owner: str, heir: Job | None, now: datetime) -> bool:
    """End the job as dead and submit the job that tells about it. False: the turn had been lost."""
    if not end(db, run, owner, Outcome.DEAD, now):
        return False
    if heir is not None:
        add(db, heir, now)
    return True


def cancel(db: Connection, key: str, now: datetime) -> int:
    """End what waits for this key, and mark what runs so that it makes no further write."""
    at = to_ms(now)
    waiting = [job for (job,) in db.rows("select id from jobs where key = ? and state in ('waiting', 'parked')", key)]
    for job in waiting:
        db.change("update jobs set cancelled = 1 where id = ?", job)
        _end(db, job, Outcome.CANCELLED, at)
    return len(waiting) + db.change("update jobs set cancelled = 1 where key = ? and state = 'running'", key)


def retire(
    db: Connection, run: Run, kind: str, before: datetime, now: datetime, *, only: Collection[str] | None = None
) -> int:
    """End the jobs of this kind, submitted before then, that wait for the key of `run` and have not begun to write.

    With `only`, only those with one of these ids.
    """
    rows = db.rows(
        "select id from jobs j where key = ? and kind = ? and state in ('waiting', 'parked') and id <> ?"
        " and queued_at <= ? and not exists (select 1 from intents i where i.job = j.id)",
        run.job.key,
        kind,
        run.job.id,
        to_ms(before),
    )
    found = [job for (job,) in rows if only is None or job in only]
    for job in found:
        _end(db, job, Outcome.SUPERSEDED, to_ms(now))
    return len(found)


def hasten(db: Connection, run: Run, ids: Collection[str], now: datetime) -> int:
    """Make due those with these ids that are parked for the key of `run`."""
    sql = "update jobs set state = 'waiting', due_at = ? where id = ? and key = ? and state = 'parked'"
    return sum(db.change(sql, to_ms(now), job, run.job.key) for job in ids)


def waiting(db: Connection, key: str) -> tuple[Waiting, ...]:
    """The jobs that wait for this key, parked or not."""
    found = db.rows(
        "select id, kind, due_at, payload from jobs where key = ? and state in ('waiting', 'parked') order by seq", key
    )
    return tuple(
        Waiting(id=job, kind=kind, due_at=from_ms(due), payload=json.loads(payload))
        for job, kind, due, payload in found
    )


def running_of(db: Connection, owner: str) -> list[Run]:
    """The runs that this process holds by the book."""
    return [_run(row) for row in db.rows(_RUNNING_OF, owner)]


def owners(db: Connection) -> list[str]:
    """Every process that holds a turn by the book."""
    return [owner for (owner,) in db.rows("select distinct owner from jobs where state = 'running'")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many jobs wait, are parked and run, and since when the oldest due one has been due."""

    waiting: int
    parked: int
    running: int
    oldest: datetime | None


def counts(db: Connection, now: datetime) -> Counts:
    """The book in numbers."""
    at: Value = to_ms(now)
    ((waiting, oldest),) = db.rows(
        "select count(*), min(case when due_at <= ? then due_at end) from jobs where state = 'waiting'", at
    )
    ((parked,),) = db.rows("select count(*) from jobs where state = 'parked'")
    ((running,),) = db.rows("select count(*) from jobs where state = 'running'")
    due = None if oldest is None else from_ms(oldest)
    return Counts(waiting=waiting, parked=parked, running=running, oldest=due)
