"""The time in which people may object to a closing that was announced, and what counts as an objection. Pure.

Rules:
1. With `close: {after: …}` a closing is announced first, whoever asks for it: whoever wants it at once closes by hand.
2. What was announced holds: a policy that is changed meanwhile makes it neither sooner nor later.
3. The reporter and everybody with triage may object, by a comment or by 👎 on the announcement. No bot ever does.
4. A comment of somebody whose account is gone counts: nobody can tell any more what he was.
5. An objection ends it. What was done against it by hand (a reopening, a hold) does as well, and so does whoever
   closes the issue meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

_MINUTE = timedelta(minutes=1)


class VetoKind(StrEnum):
    """How somebody objected."""

    BEFORE = "before"
    COMMENT = "comment"
    THUMB = "thumb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """An objection to an announced closing. `by` is a login, None where the account is gone; `url` is a comment's."""

    kind: VetoKind
    at: datetime
    by: str | None = None
    url: str | None = None

    @property
    def text(self) -> str:
        """In plain words; a login in it is foreign text."""
        who = self.by or "somebody whose account is gone"
        match self.kind:
            case VetoKind.BEFORE:
                return f"{who} had commented before I announced the closing, and I had not counted that yet"
            case VetoKind.COMMENT:
                return f"{who} commented after I had announced the closing"
            case VetoKind.THUMB:
                return f"{who} objected to the closing that I had announced (👎)"
            case _:
                assert_never(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grace:
    """How it stands with the time in which people may object: until when they may.

    `announced` is the moment from which on objections count, None where nothing is announced yet. `over`: the time is
    up. `heard` is False where it could not be read who objected.
    """

    until: datetime
    announced: datetime | None = None
    over: bool = False
    veto: Veto | None = None
    heard: bool = True


def forestalled(grace: Grace | None, *, is_open: bool, by: str | None) -> tuple[str, ...]:
    """What is said where somebody (his login) has closed what was announced to be closed; a login is foreign text."""
    if grace is None or grace.announced is None or is_open:
        return ()
    return (f"{by or 'somebody'} closed it before I did: nothing is announced any more.",)


def grace_from(now: datetime, after: timedelta | None) -> Grace | None:
    """The time that begins with an answer given now, to the full minute, as answers say it; None: closed at once."""
    if after is None:
        return None
    until = now + after
    beyond = timedelta(seconds=until.second, microseconds=until.microsecond)
    return Grace(until=until - beyond + (_MINUTE if beyond else timedelta(0)))
