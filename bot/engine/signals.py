"""Signals: who waits for which topic, and who has heard of one while he was at work. Each function is one unit of work.

Rules:
1. A signal makes the parked jobs of its topics due at once. What nobody waits for leaves no trace.
2. A running job that listens in one of a signal's scopes keeps its topics, so that a follow-up which it parks for one
   of them afterwards is due at once: nothing is lost between its look at the world and its parking.
3. A job that has ended waits for nothing and has heard of nothing.
"""

from datetime import datetime

from bot.engine.contract import Job, Signal
from bot.engine.database import Connection
from bot.engine.moments import to_ms


def wait(db: Connection, job: Job) -> None:
    """Write down what a parked job waits for."""
    for topic in job.topics:
        db.change("insert into waits (topic, job) values (?, ?) on conflict do nothing", topic, job.id)


def listen(db: Connection, scope: str, job: str) -> None:
    """The running job hears every signal of the scope from now on."""
    db.change("insert into ears (scope, job) values (?, ?) on conflict do nothing", scope, job)


def tell(db: Connection, signal: Signal, now: datetime) -> bool:
    """Pass a signal on. True: somebody who was parked is due now."""
    scopes = (signal.scope, *signal.also)
    listeners = db.rows(f"select distinct job from ears where scope in {_marks(scopes)}", *scopes)  # noqa: S608 - question marks only
    if listeners:
        # One of them may be parking a follow-up in another process: whoever comes second has to see the first.
        db.exclusive()
    for (job,) in listeners:
        for topic in signal.topics:
            db.change("insert into heard (job, topic) values (?, ?) on conflict do nothing", job, topic)
    at, woken = to_ms(now), 0
    for (job,) in db.rows(f"select distinct job from waits where topic in {_marks(signal.topics)}", *signal.topics):  # noqa: S608 - question marks only
        woken += db.change("update jobs set state = 'waiting', due_at = ? where id = ? and state = 'parked'", at, job)
        db.change("delete from waits where job = ?", job)
    return woken > 0


def was_heard(db: Connection, job: str, topics: tuple[str, ...]) -> bool:
    """Whether the running job has heard of one of the topics since it began to listen."""
    found = db.rows(f"select 1 from heard where job = ? and topic in {_marks(topics)} limit 1", job, *topics)  # noqa: S608 - question marks only
    return bool(found)


def forget(db: Connection, job: str) -> None:
    """The job has ended."""
    db.change("delete from waits where job = ?", job)
    db.change("delete from ears where job = ?", job)
    db.change("delete from heard where job = ?", job)


def _marks(topics: tuple[str, ...]) -> str:
    return f"({', '.join('?' for _ in topics)})" if topics else "(null)"
