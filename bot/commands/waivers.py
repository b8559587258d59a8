"""The waivers of an issue, as notes: one a criterion.

A note stays for a while after its waiver has ended, so that answers can say so.
"""

from datetime import datetime, timedelta

import msgspec

from bot.assessment.waiver import Waiver
from bot.commands.tools import NoteStore
from bot.engine import Note

KIND = "waiver"
SPOKEN_OF = timedelta(days=30)


async def waivers_of(notes: NoteStore, key: str, now: datetime) -> tuple[Waiver, ...]:
    """The waivers of the issue with this key, also those that ended a while ago. Raises `StoreUnavailable`."""
    return tuple(_read(note) for note in await notes.live(KIND, key, now))


async def waiver_of(notes: NoteStore, key: str, criterion: str, now: datetime) -> Waiver | None:
    """The waiver of one criterion, also if it ended a while ago. Raises `StoreUnavailable`."""
    note = await notes.read(KIND, key, criterion, now)
    return None if note is None else _read(note)


async def keep(notes: NoteStore, key: str, waiver: Waiver) -> None:
    """Give it, in the place of an earlier one. Raises `StoreUnavailable`."""
    await notes.keep(
        Note(
            kind=KIND,
            place=key,
            name=waiver.criterion,
            value=msgspec.to_builtins(waiver),
            at=waiver.at,
            until=waiver.until + SPOKEN_OF,
        )
    )


async def forget(notes: NoteStore, key: str, criterion: str) -> None:
    """Take it back. Raises `StoreUnavailable`."""
    await notes.remove(KIND, key, criterion)


def _read(note: Note) -> Waiver:
    return msgspec.convert(note.value, Waiver)
