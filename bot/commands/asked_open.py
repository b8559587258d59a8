"""Which of our reopenings a person had asked for: `/reopen` is his doing, what we do by ourselves is ours.

The issue's history tells both as ours; so it is remembered, by the closing that was undone.
"""

from datetime import datetime, timedelta

from bot.assessment.history import Asked
from bot.commands.tools import NoteStore
from bot.engine import Note

KIND = "asked-open"
LIFE = timedelta(days=3650)


async def asked_open(notes: NoteStore, key: str, now: datetime) -> tuple[Asked, ...]:
    """For the issue with this key. Raises `StoreUnavailable`."""
    kept = await notes.live(KIND, key, now)
    return tuple(Asked(closed_at=datetime.fromisoformat(note.name), by=str(note.value)) for note in kept)


async def remember(notes: NoteStore, key: str, asked: Asked, now: datetime) -> None:
    """We have reopened it for somebody. Raises `StoreUnavailable`."""
    name = asked.closed_at.isoformat()
    await notes.keep(Note(kind=KIND, place=key, name=name, value=asked.by, at=now, until=now + LIFE))
