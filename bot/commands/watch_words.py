"""What stands behind `/resolution watch`, `unwatch` and `cancel`, read. Pure: words in, a value out."""

from dataclasses import dataclass
from datetime import timedelta

from bot.commands.audit_words import Wrong
from bot.commands.spans import span_in

LONGEST = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Look again at a closed issue: once after that time, or (None) when the policy says."""

    after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatch:
    """Do not look at it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """End what waits for the issue."""


Order = Watch | Unwatch | Cancel


def read_watch(words: tuple[str, ...]) -> Watch | Wrong:
    """The command, of the words behind it."""
    if not words:
        return Watch()
    after = span_in(words[0])
    if after is None or after > LONGEST:
        return Wrong(at=0, message=f"`{words[0][:60]}` is no time such as 24h, 7d or 2w, at most 90d")
    return Watch(after=after) if len(words) == 1 else _superfluous(words, 1)


def _superfluous(words: tuple[str, ...], at: int) -> Wrong:
    return Wrong(at=at, message=f"I don't know what to do with `{words[at][:60]}`")
