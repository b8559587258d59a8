"""What the breaker counts, shared by all processes: moments booked for what is done, answers of probes, pauses.

The rules are `bot.assessment.breaker`'s. Each method is one unit of work, in which no other process takes part, so a
limit holds exactly and a pause begins and ends once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.assessment.breaker import LATE, Act, Limits, Pause, Tally, booked, counts_from, next_pause
from bot.engine.database import Connection
from bot.engine.moments import from_ms, to_ms
from bot.engine.store import Store

KEPT = timedelta(days=1)
"""How long what is over is kept at most: longer than any window that is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """Who wants to do what where. `name` is the same in every run and every look of one asking."""

    act: Act
    repository: int
    name: str


class Turned(StrEnum):
    """What answers have changed."""

    PAUSED = "paused"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """It paused or resumed just now; `pause` is the one that has begun or ended."""

    turned: Turned
    pause: Pause


class Counts:
    """The breaker's counts. Every method raises `StoreUnavailable`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def book(self, booking: Booking, limit: int, now: datetime) -> datetime:
        """The moment at which it may be done: now, or later. Who has one that is not over keeps it."""
        return await self._store.run(lambda db: _book(db, booking, limit, now))

    async def give_back(self, booking: Booking) -> None:
        """It is not done: the moment is free."""
        sql = "delete from acts where kind = ? and repository = ? and name = ?"
        await self._store.run(lambda db: db.change(sql, *_key(booking)))

    async def heard(self, installation: int, tally: Tally, limits: Limits, now: datetime) -> Change | None:
        """Count answers; what they have changed."""
        return await self._store.run(lambda db: _heard(db, installation, tally, limits, now))

    async def pause(self, installation: int) -> Pause | None:
        """The pause of an installation, also while it is on trial."""
        return await self._store.run(lambda db: _pause(db, installation))


def pauses(db: Connection, now: datetime) -> tuple[int, datetime | None]:
    """How many installations pause, and until when at least the last of them.

    One whose pause is over is on trial, maybe for a day where nobody asks for anything: that is no pause.
    """
    ((number, until),) = db.rows("select count(*), max(until) from pauses where until > ?", to_ms(now))
    return number, None if until is None else from_ms(until)


def drop_old(db: Connection, now: datetime, most: int) -> int:
    """Delete some of what is over; how many rows that were."""
    before = to_ms(now - KEPT)
    old = db.rows("select kind, repository, name from acts where at < ? limit ?", before, most)
    sql = "delete from acts where kind = ? and repository = ? and name = ? and at < ?"
    dropped = sum(db.change(sql, *key, before) for key in old)
    stale = db.rows("select distinct installation from answers where at < ? limit ?", before, most)
    dropped += sum(_forget(db, installation, before) for (installation,) in stale)
    # nothing has waited for its end, else somebody would have asked by now
    return dropped + db.change("delete from pauses where until < ?", before)


def _book(db: Connection, booking: Booking, limit: int, now: datetime) -> datetime:
    db.exclusive()
    key = _key(booking)
    own = db.rows("select at from acts where kind = ? and repository = ? and name = ?", *key)
    if own and from_ms(own[0][0]) > now - LATE:
        return from_ms(own[0][0])
    others = db.rows(
        "select at from acts where kind = ? and repository = ? and name <> ? order by at desc limit 1 offset ?",
        *key,
        limit - 1,
    )
    at = booked(from_ms(others[0][0]) if others else None, now)
    db.change(
        "insert into acts (kind, repository, name, at) values (?, ?, ?, ?)"
        " on conflict (kind, repository, name) do update set at = excluded.at",
        *key,
        to_ms(at),
    )
    return at


def _heard(db: Connection, installation: int, tally: Tally, limits: Limits, now: datetime) -> Change | None:
    db.exclusive()
    db.change(
        "insert into answers (installation, at, answers, errors) values (?, ?, ?, ?)",
        installation,
        to_ms(now),
        tally.answers,
        tally.errors,
    )
    before = _pause(db, installation)
    since = counts_from(before, now, limits)
    after = next_pause(before, _since(db, installation, since), now, limits)
    if after == before:
        _forget(db, installation, to_ms(min(since, now - limits.window)))
        return None
    # from here on it is counted anew
    _forget(db, installation, to_ms(now) + 1)
    if after is None:
        assert before is not None  # they differ
        db.change("delete from pauses where installation = ?", installation)
        return Change(turned=Turned.RESUMED, pause=before)
    _keep(db, installation, after)
    return Change(turned=Turned.PAUSED, pause=after) if before is None else None


def _since(db: Connection, installation: int, since: datetime) -> Tally:
    sql = "select coalesce(sum(answers), 0), coalesce(sum(errors), 0) from answers where installation = ? and at >= ?"
    ((answers, errors),) = db.rows(sql, installation, to_ms(since))
    return Tally(answers=int(answers), errors=int(errors))


def _pause(db: Connection, installation: int) -> Pause | None:
    found = db.rows("select since, until, answers, errors from pauses where installation = ?", installation)
    if not found:
        return None
    since, until, answers, errors = found[0]
    return Pause(since=from_ms(since), until=from_ms(until), tally=Tally(answers=answers, errors=errors))


def _keep(db: Connection, installation: int, pause: Pause) -> None:
    db.change(
        "insert into pauses (installation, since, until, answers, errors) values (?, ?, ?, ?, ?)"
        " on conflict (installation) do update set since = excluded.since, until = excluded.until,"
        " answers = excluded.answers, errors = excluded.errors",
        installation,
        to_ms(pause.since),
        to_ms(pause.until),
        pause.tally.answers,
        pause.tally.errors,
    )


def _forget(db: Connection, installation: int, before: int) -> int:
    return db.change("delete from answers where installation = ? and at < ?", installation, before)


def _key(booking: Booking) -> tuple[str, int, str]:
    return booking.act.value, booking.repository, booking.name
