"""Opening a closed issue again: the last look before it, the one call, and what GitHub says afterwards.

Rules:
1. Opened only while it is still closed by the very closing that was judged, and unlocked: whatever a person has done to
   it in the meantime stays.
2. Labels and state go in one request, as with a closing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.actions.labels import dropped
from bot.actions.trouble import as_write
from bot.engine import Json
from bot.github.answers import IssueNow, StateAnswer
from bot.github.models import EventKind, IssueNumber, IssueState, StateReason, Unknown


def not_as_judged(now: IssueNow, *, closed_at: datetime) -> str | None:
    """Why the issue must not be opened any more, in plain words; None where it stands as it was judged. Pure.

    `closed_at` is the closing that was judged.
    """
    if now.state is not IssueState.CLOSED:
        return "it was reopened in the meantime"
    if now.state_reason not in {None, StateReason.COMPLETED} or now.closed_at != closed_at:
        return "it was closed anew in the meantime"
    return "it was locked in the meantime" if now.locked else None


class IssueWriter(Protocol):
    """What this action needs of the gateway."""

    async def reopen_issue(self, number: IssueNumber, labels: tuple[str, ...] | None) -> StateAnswer:
        """Opens it, and sets the labels where some are given."""
        ...

    async def issue_now(self, number: IssueNumber) -> IssueNow:
        """The issue read again."""
        ...

    async def login(self) -> str:
        """Our own login in REST."""
        ...


@dataclass(frozen=True, slots=True)
class Reopening:
    """The last look and the one call that opens; `ready` is as in `bot.actions.closing.Closing`."""

    writer: IssueWriter
    number: IssueNumber = field(kw_only=True)
    ready: Callable[[], Awaitable[tuple[str, ...] | None]] = field(kw_only=True)

    async def send(self) -> Json:
        """The one call; see `bot.engine.Write`."""
        labels = await self.ready()
        with as_write():
            answer = await self.writer.reopen_issue(self.number, labels)
        return {"open": answer.state is IssueState.OPEN, "dropped": dropped(labels or (), answer.labels)}

    async def find(self, since: datetime) -> Json | None:
        """Did we open it since then? Another's opening is none of ours: the next look says so."""
        with as_write():
            now, us = await self.writer.issue_now(self.number), await self.writer.login()
        if now.state is not IssueState.OPEN or isinstance(now.events, Unknown):
            return None
        opened = [one for one in now.events if one.kind is EventKind.REOPENED and one.at >= since]
        ours = any(one.actor is not None and one.actor.is_account(us) for one in opened)
        return {"open": True, "dropped": []} if ours else None
