"""The tickets of an issue, as notes: a number for each criterion. GitHub has the truth; this spares a look there."""

from datetime import datetime, timedelta

from bot.commands.tools import NoteStore
from bot.engine import Note

KIND = "ticket"
LIFE = timedelta(days=3650)


async def known_numbers(notes: NoteStore, key: str, now: datetime) -> dict[str, int]:
    """The tickets of the issue with this key, by criterion. Raises `StoreUnavailable`."""
    return {note.name: note.value for note in await notes.live(KIND, key, now) if isinstance(note.value, int)}


async def keep_number(notes: NoteStore, key: str, criterion: str, number: int, now: datetime) -> None:
    """Remember a criterion's ticket. Raises `StoreUnavailable`."""
    await notes.keep(Note(kind=KIND, place=key, name=criterion, value=number, at=now, until=now + LIFE))
