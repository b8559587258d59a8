"""Numbers, counts, times and lists in words, the same everywhere in the answers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 file`, `2,309 files`; `many` for plurals that do not just add an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listing(items: Sequence[str], *, last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def after_merges(pulls: Sequence[int]) -> str:
    """`after the merge of #2`, `after the merges of #2 and #3`."""
    return f"after the {'merge' if len(pulls) == 1 else 'merges'} of {listing([f'#{pull}' for pull in pulls])}"


def span(duration: timedelta) -> str:
    """A duration in its largest sensible unit: `12.4 s`, `5 min`, `1 h`, `75 min`, `19 h`, `9 days`."""
    seconds = max(0.0, duration.total_seconds())
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 60 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90 and minutes != 60:
        return f"{minutes} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} days"


def moment(at: datetime, *, seen_from: datetime) -> str:
    """A time in UTC, with its date unless that is the day it is seen from: `14:02 UTC`, `2026-11-20 14:02 UTC`."""
    at, seen_from = at.astimezone(UTC), seen_from.astimezone(UTC)
    return at.strftime("%H:%M UTC" if at.date() == seen_from.date() else "%Y-%m-%d %H:%M UTC")


def dated(at: datetime) -> str:
    """A time in UTC with its date, for what is read later: `2026-11-20 14:02 UTC`."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def brief(digest: str) -> str:
    """A policy's fingerprint as answers show it: its first eight characters."""
    return digest[:8]


def short(sha: str) -> str:
    """A commit's first seven characters."""
    return sha[:7]
