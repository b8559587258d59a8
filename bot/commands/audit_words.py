"""What stands behind `/resolution audit`, read. Pure: words in, a value out."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.commands.catalog import LIMIT, SINCE, STATE

DEFAULT_LIMIT = 100
MOST = 100_000
"""What counts of what anybody writes; the operator allows less."""
_AGO = re.compile(r"([1-9][0-9]{0,3})([dw])\Z")
_DAYS = {"d": 1, "w": 7}
_BOUNDED = "I look at as many as whoever runs me allows"
_NAMES = ", ".join(flag.usage for flag in (SINCE, LIMIT, STATE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Audit the closed issues: those closed since a day or for so long, at most `limit`, the newest closings first."""

    since: date | timedelta | None = None
    limit: int = DEFAULT_LIMIT

    def begins(self, now: datetime) -> datetime | None:
        """The moment since when; None: from the first closing on."""
        match self.since:
            case timedelta():
                return now - self.since
            case date():
                return datetime.combine(self.since, time(), UTC)
            case None:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """So many words from that place on (`at`) cannot be read. `instead`: what to write in their place."""

    at: int
    message: str
    hint: str | None = None
    words: int = 1
    instead: str | None = None


def read_audit(words: tuple[str, ...]) -> Audit | Wrong:
    """The command, of the words behind it. A value stands behind `=` or is the next word."""
    since: date | timedelta | None = None
    limit = DEFAULT_LIMIT
    rest = iter(enumerate(words))
    for at, word in rest:
        name, equals, given = re.sub(r"\A[—–]", "--", word).partition("=")
        if name.lower() not in {SINCE.name, LIMIT.name, STATE.name}:
            return Wrong(at=at, message=f"I don't know what to do with `{word[:60]}`", hint=f"there is {_NAMES}")
        spot, value = (at, given) if equals else next(rest, (at, ""))
        match name.lower():
            case SINCE.name:
                since = _since(value)
                if since is None:
                    return Wrong(
                        at=spot, message=f"`{SINCE.name}` needs a day such as 2026-01-31, or a time such as 30d"
                    )
            case LIMIT.name:
                limit = min(int(value), MOST) if re.fullmatch(r"[0-9]{1,9}", value) else 0
                if limit < 1:
                    return Wrong(at=spot, message=f"`{LIMIT.name}` needs a number, 1 or more", hint=_BOUNDED)
            case _:
                if value.lower() != "closed":
                    return Wrong(at=spot, message="only closed issues are audited", hint=f"write {STATE.usage}")
    return Audit(since=since, limit=limit)


def _since(text: str) -> date | timedelta | None:
    ago = _AGO.match(text.lower())
    if ago is not None:
        return timedelta(days=int(ago[1]) * _DAYS[ago[2]])
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:
        return None
