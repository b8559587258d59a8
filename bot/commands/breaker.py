"""The breaker as a run of the recipe meets it: what is held back until when, and what the operator hears of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from bot.assessment.breaker import Hold, Limits, Why, counted, retry_at
from bot.assessment.evidence import Finding
from bot.engine import Booking, Change, Counts, Json, Turned


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """The counts, what the operator allows, and how he is told. Every method raises `bot.engine.StoreUnavailable`."""

    counts: Counts
    limits: Limits
    report: Callable[[str, Mapping[str, Json]], None]

    async def heard(self, installation: int, findings: Iterable[Finding], now: datetime) -> None:
        """Count what probes have answered; the operator is told where that pauses acting, or ends a pause."""
        change = await self.counts.heard(installation, counted(findings), self.limits, now)
        if change is not None:
            self.report(f"acting-{change.turned.value}", _told(installation, change, now))

    async def hold(self, installation: int, booking: Booking, now: datetime) -> Hold | None:
        """Why and until when it is not done; None: it may be done now, and counts."""
        pause = await self.counts.pause(installation)
        until = retry_at(pause, now, self.limits, lot=lot_of(booking.name))
        if until is not None:
            await self.counts.give_back(booking)
            return Hold(until=until, why=Why.ERRORS)
        limit = self.limits.of(booking.act)
        at = now if limit is None else await self.counts.book(booking, limit, now)
        return None if at <= now else Hold(until=at, why=Why.HOUR)

    async def give_back(self, booking: Booking) -> None:
        """It is not done for another reason: it does not count."""
        await self.counts.give_back(booking)


def lot_of(name: str) -> float:
    """A number from 0 to 1 that is somebody's own and always the same."""
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest()) / 2**32


def _told(installation: int, change: Change, now: datetime) -> dict[str, Json]:
    pause = change.pause
    if change.turned is Turned.RESUMED:
        return {"installation": installation, "seconds": round((now - pause.since).total_seconds())}
    return {
        "installation": installation,
        "answers": pause.tally.answers,
        "errors": pause.tally.errors,
        "until": pause.until.isoformat(),
    }
