"""Our check runs: made once, continued where a request of several was lost, found again by their external id."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from bot.actions.trouble import as_write
from bot.engine import Json, Refused, UnknownOutcome
from bot.github.check_runs import AT_ONCE, stands
from bot.github.reports import CheckReport, StandingCheck


class CheckWriter(Protocol):
    """What this action needs of the gateway."""

    async def check_create(self, report: CheckReport) -> StandingCheck:
        """A new check run with the first annotations."""
        ...

    async def check_update(self, check: int, report: CheckReport, sent: int) -> StandingCheck:
        """The check run with another report, of whose annotations `sent` arrived already."""
        ...

    async def check_find(self, report: CheckReport) -> StandingCheck | None:
        """Our check run with the report's external id at its commit."""
        ...


class Report:
    """Makes a check run of ours say this, in as many requests as its annotations take.

    `existing` is the check run that is to be changed, None for a new one. The result has `id` and `url`.
    """

    def __init__(self, writer: CheckWriter, report: CheckReport, *, existing: StandingCheck | None = None) -> None:
        self._writer = writer
        self._report = report
        self._before = existing.annotations if existing is not None else 0
        self._standing = existing
        self._sent = 0

    async def send(self) -> Json:
        """All that is missing; see `bot.engine.Write`. It goes on where `find` saw an earlier send break off."""
        if self._standing is None:
            with as_write():
                standing = await self._writer.check_create(self._report)
        else:
            with as_write():
                standing = await self._writer.check_update(self._standing.id, self._report, self._sent)
        for sent in range(self._sent + AT_ONCE, len(self._report.annotations), AT_ONCE):
            with _begun():
                standing = await self._writer.check_update(standing.id, self._report, sent)
        return _result(standing)

    async def find(self, since: datetime) -> Json | None:
        """Our check run, if it says all of this by now."""
        del since  # the external id is this work's alone, whenever it was
        with as_write():
            found = await self._writer.check_find(self._report)
        if found is None:
            return None
        self._standing, self._sent = found, max(found.annotations - self._before, 0)
        return _result(found) if stands(found, self._report, self._sent) else None


@contextmanager
def _begun() -> Iterator[None]:
    """Something of it stands already: a limit is an unknown outcome, so that the rest is joined to what stands."""
    try:
        with as_write():
            yield
    except Refused as refused:
        if refused.retry_at is None:
            raise
        raise UnknownOutcome(refused.reason) from refused


def _result(check: StandingCheck) -> Json:
    return {"id": check.id, "url": check.url}
