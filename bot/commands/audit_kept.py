"""What is kept of an audit while it goes on: that it runs, which issues it looks at, what it found.

Notes hold it, since it is of no use once the summary is written. What nobody fetches ends by itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from bot.assessment.audit import Asked, Entry
from bot.commands.request import AuditRequest
from bot.commands.tools import NoteStore
from bot.engine import Json, Note
from bot.github.closures import Closure

RUNS_FOR = timedelta(days=2)
"""An audit of which nothing was heard for so long does not run any more."""
_KEPT_FOR = timedelta(days=7)
_RUNNING, _PART = "audit-running", "audit-part"
_LIST = "list"
_MOST_REASONS = 3
_LONGEST = 300  # characters of what was seen; the page of the command line has all of it


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """An audit that goes on: its first job, who asked for it where and when."""

    root: str
    by: str
    url: str
    at: datetime


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be looked at, the newest closings first. `more`: GitHub has more than were listed."""

    asked: Asked
    closures: tuple[Closure, ...]
    more: bool = False


class Kept:
    """What is kept of one audit. Every method raises `bot.engine.StoreUnavailable`."""

    def __init__(self, notes: NoteStore, request: AuditRequest) -> None:
        self._notes = notes
        self._root = request.root
        self._repository = repository_key(request.place.repository_id)

    async def begin(self, running: Running, now: datetime) -> Running:
        """The audit that runs here now: this one, unless another one does."""
        note = _running(self._repository, running, now)
        if await self._notes.first(note):
            return running
        other = await self._notes.read(_RUNNING, self._repository, "", now)
        return running if other is None else msgspec.convert(other.value, Running)

    async def goes_on(self, now: datetime) -> None:
        """It is still at work."""
        note = await self._notes.read(_RUNNING, self._repository, "", now)
        if note is not None:
            await self._notes.keep(_running(self._repository, msgspec.convert(note.value, Running), now))

    async def keep_list(self, listed: Listed, now: datetime) -> None:
        """What is to be looked at."""
        await self._keep(_LIST, msgspec.to_builtins(listed), now)

    async def listed(self, now: datetime) -> Listed | None:
        """What is to be looked at; None where that is not known any more."""
        note = await self._notes.read(_PART, self._root, _LIST, now)
        return None if note is None else msgspec.convert(note.value, Listed)

    async def add(self, name: str, entries: Sequence[Entry], now: datetime) -> None:
        """Some more of what was found; the same name again replaces it."""
        await self._keep(name, msgspec.to_builtins([in_short(one) for one in entries]), now)

    async def entries(self, now: datetime) -> tuple[Entry, ...]:
        """All that was found until now."""
        notes = await self._notes.live(_PART, self._root, now)
        parts = [msgspec.convert(one.value, tuple[Entry, ...]) for one in notes if one.name != _LIST]
        return tuple(entry for part in parts for entry in part)

    async def end(self, now: datetime) -> None:
        """Forget all of it: another one may begin."""
        for note in await self._notes.live(_PART, self._root, now):
            await self._notes.remove(_PART, self._root, note.name)
        running = await self._notes.read(_RUNNING, self._repository, "", now)
        if running is not None and msgspec.convert(running.value, Running).root == self._root:
            await self._notes.remove(_RUNNING, self._repository, "")

    async def _keep(self, name: str, value: Json, now: datetime) -> None:
        note = Note(kind=_PART, place=self._root, name=name, value=value, at=now, until=now + _KEPT_FOR)
        await self._notes.keep(note)


def repository_key(repository_id: int) -> str:
    """One audit of a repository at a time; the id survives renames."""
    return f"{repository_id}/audit"


def in_short(entry: Entry) -> Entry:
    """As much of an entry as a summary says. Pure."""
    reasons = [
        msgspec.structs.replace(one, observed=one.observed[:_LONGEST], title=one.title[:_LONGEST])
        for one in entry.reasons[:_MOST_REASONS]
    ]
    return msgspec.structs.replace(entry, reasons=tuple(reasons), remains=entry.remains[:_MOST_REASONS])


def _running(repository: str, running: Running, now: datetime) -> Note:
    value: Json = msgspec.to_builtins(running)
    return Note(kind=_RUNNING, place=repository, name="", value=value, at=now, until=now + RUNS_FOR)
