"""When somebody with the right to close an issue last asked for it: that settles what contradicted us before."""

from datetime import datetime, timedelta

from bot.commands.tools import NoteStore
from bot.engine import Note

KIND = "commanded"
LIFE = timedelta(days=3650)


async def commanded_at(notes: NoteStore, key: str, now: datetime) -> datetime | None:
    """For the issue with this key; None where nobody has, or it is forgotten. Raises `StoreUnavailable`."""
    note = await notes.read(KIND, key, "", now)
    return None if note is None else note.at


async def remember(notes: NoteStore, key: str, at: datetime) -> None:
    """Somebody with the right has asked for it. Raises `StoreUnavailable`."""
    await notes.keep(Note(kind=KIND, place=key, name="", value=None, at=at, until=at + LIFE))
