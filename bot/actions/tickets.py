"""Filing a ticket: one call, found again by its mark, so that there is one ticket whatever happens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.actions.trouble import as_write
from bot.engine import Json
from bot.github.errors import Refused
from bot.github.filed import FiledIssue, FiledIssues, NewIssue


class TicketWriter(Protocol):
    """What this action needs of the gateway."""

    async def file_issue(self, new: NewIssue) -> FiledIssue:
        """A new issue."""
        ...

    async def filed_issues(self, above: int, since: datetime | None = None) -> FiledIssues:
        """Our own issues with greater numbers, and changed since then."""
        ...


class Filing:
    """Files one issue. `parent` is the issue that it is left over from; `mine` recognises its mark in a body."""

    def __init__(self, writer: TicketWriter, *, parent: int, new: NewIssue, mine: Callable[[str], bool]) -> None:
        self._writer = writer
        self._parent = parent
        self._new = new
        self._mine = mine

    async def send(self) -> Json:
        """The one call; see `bot.engine.Write`."""
        with as_write():
            return self._made(await self._file())

    async def find(self, since: datetime) -> Json | None:
        """The issue with this mark, if GitHub has one."""
        with as_write():
            filed = await self._writer.filed_issues(self._parent, since)
        found = next((one for one in filed.issues if self._mine(one.body)), None)
        return None if found is None else self._made(found)

    async def _file(self) -> FiledIssue:
        try:
            return await self._writer.file_issue(self._new)
        except Refused:
            if not self._new.assignees:
                raise
            # One who cannot be assigned has the whole issue refused, and the issue is what matters. Who can be is put
            # on it afterwards, in a call of its own.
            return await self._writer.file_issue(replace(self._new, assignees=()))

    def _made(self, issue: FiledIssue) -> Json:
        new = self._new
        dropped: list[Json] = [*missing(new.labels, issue.labels)]
        unassigned: list[Json] = [*missing(new.assignees, issue.assignees)]
        return {
            "number": issue.number,
            "id": issue.id,
            "url": issue.url,
            "dropped": dropped,
            "unassigned": unassigned,
        }


def missing(wanted: tuple[str, ...], there: tuple[str, ...]) -> list[str]:
    """What is wanted and not there; names have no case."""
    have = {name.casefold() for name in there}
    return [name for name in wanted if name.casefold() not in have]
