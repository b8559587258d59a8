"""What is remembered of an issue's learning document: where its files stood, and of which closing it tells."""

from datetime import datetime, timedelta

import msgspec

from bot.assessment.document import Assessment, Ending
from bot.commands.tools import NoteStore
from bot.engine import Note

KIND = "record"
LIFE = timedelta(days=3650)
MOST_PATHS = 20
"""So many paths are remembered, the newest."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """`paths` are all that were ever written for the issue, oldest first; `closed_at` is the moment of the closing."""

    paths: tuple[str, ...] = ()
    closed_at: str | None = None


async def kept_record(notes: NoteStore, key: str, now: datetime) -> Kept | None:
    """For the issue with this key; None where none was ever written. Raises `StoreUnavailable`."""
    note = await notes.read(KIND, key, "", now)
    return None if note is None else msgspec.convert(note.value, Kept)


async def keep_record(notes: NoteStore, key: str, kept: Kept, now: datetime) -> None:
    """Remember it, in the place of an earlier one. Raises `StoreUnavailable`."""
    await notes.keep(Note(kind=KIND, place=key, name="", value=msgspec.to_builtins(kept), at=now, until=now + LIFE))


def tells_of(kept: Kept | None, assessment: Assessment) -> bool:
    """Is the record of this closing there, while the assessment only verifies it? Pure.

    What this assessment has closed itself is written anew. Where a moment is not known, the record stands.
    """
    done = assessment.close
    if kept is None or (done is not None and done.ending is Ending.DONE):
        return False
    closed_at = closing_of(assessment)
    return closed_at is None or kept.closed_at is None or kept.closed_at == closed_at


def with_written(kept: Kept | None, paths: tuple[str, ...], assessment: Assessment) -> Kept:
    """What is remembered once these files stand. Pure."""
    before = () if kept is None else kept.paths
    every = (*(path for path in before if path not in paths), *paths)
    return Kept(paths=every[-MOST_PATHS:], closed_at=closing_of(assessment))


def moved_from(kept: Kept | None, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Where files of the issue may stand that are not to stand there any more. Pure."""
    return () if kept is None else tuple(path for path in kept.paths if path not in paths)


def closing_of(assessment: Assessment) -> str | None:
    """When the issue was closed, as GitHub says."""
    metrics = assessment.metrics
    return None if metrics is None or metrics.closed_at is None else metrics.closed_at.isoformat()
