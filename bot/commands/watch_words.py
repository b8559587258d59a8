"""What stands behind `/resolution watch`, `unwatch` and `cancel`, read. Pure: words in, a value out."""

from dataclasses import dataclass
from datetime import timedelta

from bot.commands.audit_words import Wrong
from bot.commands.spans import Unfit, span_in

_USUAL = "24h"


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
    after = span_in(words)
    if isinstance(after, Unfit):
        return Wrong(at=0, words=after.words, message=after.message, instead=after.instead or _USUAL)
    if len(words) > 1:
        said = " ".join(words[1:])[:60]
        return Wrong(at=1, words=len(words) - 1, message=f"I don't know what to do with `{said}`", instead="")
    return Watch(after=after)
