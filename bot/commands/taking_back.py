"""The commands by which people take something back: a confirmation, or the bot's closing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirm:
    """Take back what one has confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """Open the issue again. The reason is the rest of the line as written."""

    reason: str = ""
