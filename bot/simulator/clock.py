"""The simulator's time: its only reader of the wall clock, and GitHub's way of writing times."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def wall_clock() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  a server lives in real time; worlds may bring a clock


@dataclass(slots=True)
class Clock:
    """A world's clock: the real one, and ahead of it by as much as somebody has set it."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """The present moment in this world."""
        return wall_clock() + self.ahead


def stamp(moment: datetime) -> str:
    """A moment as GitHub writes it: ISO 8601, whole seconds, UTC."""
    return moment.astimezone(UTC).strftime(_FORMAT)


def stamp_or_none(moment: datetime | None) -> str | None:
    """A moment as GitHub writes it, or null."""
    return stamp(moment) if moment else None


def parse_stamp(text: str) -> datetime:
    """The moment in an ISO 8601 text; one without a zone is taken as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
