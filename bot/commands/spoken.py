"""Which comments are no word against a closing, by what they say and what their writers said later. Pure.

Rules:
1. A comment of nothing but commands has an answer of its own, and who confirms has said what he thinks; see
   `bot.commands.intake.only_asks`.
2. A person's newest word counts: who confirms settles what he said himself before, also what he took back or asked to
   stop. What others said stands.
3. A confirmation that somebody else has edited settles nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.commands.intake import confirms, only_asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A comment. `login` is None where the account is gone; `own`: nobody else has changed it, as far as known."""

    id: int
    at: datetime
    login: str | None
    body: str
    own: bool = True


def unopposed(said: Iterable[Words]) -> frozenset[int]:
    """The comments (ids) that are no word against a closing."""
    comments = tuple(said)
    newest: dict[str, tuple[datetime, int]] = {}
    for one in comments:
        if one.login is not None and one.own and confirms(one.body):
            name = one.login.lower()
            newest[name] = max(newest.get(name, (one.at, one.id)), (one.at, one.id))
    settled = (one for one in comments if one.login is not None and _is_settled(one, newest.get(one.login.lower())))
    return frozenset((*(one.id for one in comments if only_asks(one.body)), *(one.id for one in settled)))


def _is_settled(one: Words, by: tuple[datetime, int] | None) -> bool:
    return by is not None and (one.at, one.id) < by
