"""What is remembered about a place for a time: waivers, who was told what today. Each has an end.

Rules:
1. A note is known by its kind, its place and its name; keeping it again replaces it.
2. After its end a note does not count, whether it is still in the database or not.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from bot.engine.contract import Json
from bot.engine.database import Connection, Row
from bot.engine.moments import from_ms, to_ms
from bot.engine.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that is remembered from `at` on, and no longer at `until`.

    The kind is the use case's own word; the place is mostly an issue's key; the name tells the notes of one kind at
    one place apart.
    """

    kind: str
    place: str
    name: str
    value: Json
    at: datetime
    until: datetime


_INSERT = (
    "insert into notes (kind, place, name, value, at, until) values (?, ?, ?, ?, ?, ?)"
    " on conflict (kind, place, name) do update"
    " set value = excluded.value, at = excluded.at, until = excluded.until"
)
_COLUMNS = "select kind, place, name, value, at, until from notes"


class Notes:
    """Notes by kind, place and name. Every method raises `StoreUnavailable`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(self, note: Note) -> None:
        """Remember it, in the place of an earlier one of its name."""
        await self._store.run(lambda db: db.change(_INSERT, *_values(note)))

    async def first(self, note: Note) -> bool:
        """Remember it unless one of its name counts already at `note.at`: is this the first before that one's end?

        Of many processes that ask at once, one is told yes. Whoever asks again with the same value (a resumed job
        that gives its own id) is told what he was told before.
        """

        def unit(db: Connection) -> bool:
            if db.change(f"{_INSERT} where notes.until <= excluded.at", *_values(note)):
                return True
            known = _read(db, note.kind, note.place, note.name, note.at)
            return known is not None and known.value == note.value

        return await self._store.run(unit)

    async def read(self, kind: str, place: str, name: str, now: datetime) -> Note | None:
        """The note of this name, if it counts now."""
        return await self._store.run(lambda db: _read(db, kind, place, name, now))

    async def live(self, kind: str, place: str, now: datetime) -> tuple[Note, ...]:
        """The notes of this kind at this place that count now, by name."""
        sql = f"{_COLUMNS} where kind = ? and place = ? and until > ? order by name"
        rows = await self._store.run(lambda db: db.rows(sql, kind, place, to_ms(now)))
        return tuple(_note(row) for row in rows)

    async def remove(self, kind: str, place: str, name: str) -> bool:
        """Forget it. False: there was none."""
        sql = "delete from notes where kind = ? and place = ? and name = ?"
        return await self._store.run(lambda db: db.change(sql, kind, place, name)) > 0


def drop_ended(db: Connection, now: datetime, most: int) -> int:
    """Delete some of the notes that have ended; how many that were."""
    ended = db.rows("select kind, place, name from notes where until <= ? order by until limit ?", to_ms(now), most)
    # the end is asked again: another process may have kept a new note of that name since
    sql = "delete from notes where kind = ? and place = ? and name = ? and until <= ?"
    return sum(db.change(sql, kind, place, name, to_ms(now)) for kind, place, name in ended)


def _values(note: Note) -> tuple[str, str, str, str, int, int]:
    return note.kind, note.place, note.name, json.dumps(note.value), to_ms(note.at), to_ms(note.until)


def _read(db: Connection, kind: str, place: str, name: str, now: datetime) -> Note | None:
    sql = f"{_COLUMNS} where kind = ? and place = ? and name = ? and until > ?"
    rows = db.rows(sql, kind, place, name, to_ms(now))
    return _note(rows[0]) if rows else None


def _note(row: Row) -> Note:
    kind, place, name, value, at, until = row
    return Note(kind=kind, place=place, name=name, value=json.loads(value), at=from_ms(at), until=from_ms(until))
