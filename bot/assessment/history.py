"""What people did to an issue against the bot, by the issue's own history: a person always wins. Pure.

Rules:
1. A person's reopening contradicts every closing before it, until a person closes the issue himself. What closes it by
   itself (a bot, a merged pull request's keyword) takes nothing back.
2. So does our own reopening: whether somebody asked for it or a regression was seen, the next closing is a person's.
   One that a person had asked for is as good as his own.
3. A person who closes the issue again after we had reopened it by ourselves has the last word for good: nothing is
   reopened, guarded or watched there any more.
4. A label that holds the issue open, put on by a person, counts until a person takes it off; a bot's hand does not.
5. An objection to a closing that was announced counts as well, until a person closes the issue himself.
6. Somebody with the right to close who asks for a closing settles what was before (but for rule 3).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never


class Hand(StrEnum):
    """Whose doing it was."""

    PERSON = "person"
    BOT = "bot"
    OURS = "ours"


class Happening(StrEnum):
    """What of an issue's history matters here."""

    CLOSED = "closed"
    REOPENED = "reopened"
    HELD = "held"
    RELEASED = "released"
    VETOED = "vetoed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event. `by` is a login, None for a deleted account, which counts as a person's.

    `by_itself`: a merged pull request or a pushed commit closed it, whoever's it was. `label` is that of a hold.
    `asked`: it was ours, and `by` had asked us for it.
    """

    what: Happening
    at: datetime
    hand: Hand
    by: str | None = None
    by_itself: bool = False
    label: str = ""
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody had us undo a closing: when that had been, as the issue's history has it, and who."""

    closed_at: datetime
    by: str


class ContradictionKind(StrEnum):
    """How somebody contradicted."""

    REOPENED = "reopened"
    REOPENED_BY_US = "reopened-by-us"
    REOPENED_THROUGH_US = "reopened-through-us"
    CLOSED_AGAIN = "closed-again"
    HELD = "held"
    VETOED = "vetoed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Why the bot only advises here by itself: what was done, by whom and when."""

    kind: ContradictionKind
    at: datetime
    by: str | None = None
    label: str = ""

    @property
    def for_good(self) -> bool:
        """Does no command settle it?"""
        return self.kind is ContradictionKind.CLOSED_AGAIN

    @property
    def text(self) -> str:
        """In plain words; a login in it is foreign text."""
        who = self.by or "somebody whose account is gone"
        match self.kind:
            case ContradictionKind.REOPENED:
                return f"{who} reopened it"
            case ContradictionKind.REOPENED_BY_US:
                return "I reopened it"
            case ContradictionKind.REOPENED_THROUGH_US:
                return f"{who} reopened it through me"
            case ContradictionKind.CLOSED_AGAIN:
                return f"{who} closed it again after I had reopened it"
            case ContradictionKind.HELD:
                return f"{who} put the label `{self.label}` on it, and no person took it off"
            case ContradictionKind.VETOED:
                return f"{who} objected to the closing that I had announced"
            case _:
                assert_never(self.kind)


def with_askers(happened: Iterable[Happened], asked: Iterable[Asked]) -> tuple[Happened, ...]:
    """The same history, in which each reopening of ours that somebody had asked for is by him.

    It is known by the closing that it undid: the newest one before it. One that nobody is known to have asked for is
    ours alone.
    """
    events, askers = tuple(happened), {one.closed_at: one.by for one in asked}
    closings = tuple(one.at for one in events if one.what is Happening.CLOSED)

    def told(one: Happened) -> Happened:
        if one.what is not Happening.REOPENED or one.hand is not Hand.OURS:
            return one
        undone = max((at for at in closings if at <= one.at), default=None)
        by = None if undone is None else askers.get(undone)
        return one if by is None else replace(one, by=by, asked=True)

    return tuple(told(one) for one in events)


def contradiction(happened: Iterable[Happened], *, commanded: datetime | None = None) -> Contradiction | None:
    """The contradiction that still counts, by the rules above; None where there is none.

    `commanded` is when somebody with the right to close last asked for it.
    """
    said: Contradiction | None = None
    held: dict[str, Contradiction] = {}
    for one in sorted(happened, key=lambda one: one.at):
        said = _after(said, one)
        if one.what is Happening.HELD and one.hand is Hand.PERSON:
            held[one.label.casefold()] = Contradiction(
                kind=ContradictionKind.HELD, at=one.at, by=one.by, label=one.label
            )
        elif one.what is Happening.RELEASED and one.hand is Hand.PERSON:
            held.pop(one.label.casefold(), None)
    counting = [one for one in (said, *held.values()) if one is not None and _counts(one, commanded)]
    return max(counting, key=lambda one: (one.for_good, one.at), default=None)


def objected(happened: Iterable[Happened], *, since: datetime) -> bool:
    """Has anybody objected to what was said then: reopened it, through us or by himself, or had it held open?

    What came in the same second counts: GitHub's times have no parts of one, and nothing is closed before it is said.
    """
    return any(one.at >= since for one in happened if _objects(one))


def _objects(one: Happened) -> bool:
    match one.what, one.hand:
        case Happening.REOPENED, Hand.PERSON | Hand.OURS:
            return True
        case Happening.HELD, Hand.PERSON:
            return True
        case _:
            return False


def _after(said: Contradiction | None, one: Happened) -> Contradiction | None:
    """What stands after one event."""
    if said is not None and said.for_good:
        return said
    match one.what, one.hand:
        case Happening.REOPENED, Hand.PERSON:
            return Contradiction(kind=ContradictionKind.REOPENED, at=one.at, by=one.by)
        case Happening.REOPENED, Hand.OURS if one.asked:
            return Contradiction(kind=ContradictionKind.REOPENED_THROUGH_US, at=one.at, by=one.by)
        case Happening.REOPENED, Hand.OURS:
            return Contradiction(kind=ContradictionKind.REOPENED_BY_US, at=one.at)
        case Happening.VETOED, _:
            return Contradiction(kind=ContradictionKind.VETOED, at=one.at, by=one.by)
        case Happening.CLOSED, Hand.PERSON if not one.by_itself:
            ours = said is not None and said.kind is ContradictionKind.REOPENED_BY_US
            return Contradiction(kind=ContradictionKind.CLOSED_AGAIN, at=one.at, by=one.by) if ours else None
        case _:
            return said


def _counts(one: Contradiction, commanded: datetime | None) -> bool:
    return one.for_good or commanded is None or one.at > commanded
