"""Events out of a stream of messages: which one a message is, and how far a wanted order of them came. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

import msgspec
from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from bot.probes.contract import Params
from bot.probes.values import Value, Wanted, compare, lookup, spelled

_SHORT = 4096
"""Characters in which any pattern is found or not within a hundredth of a second."""

EventName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class EventParams(Params):
    """An event that is known by a value in its JSON, or by a text that its message holds."""

    place: str | None = Field(
        default=None, alias="json", min_length=1, max_length=300, description="A value's place: `data.status`."
    )
    equals: str | bool | int | float | None = Field(default=None, description="The value.")
    matches: str | None = Field(default=None, max_length=256, description="An RE2 pattern that the value matches.")
    min: float | None = Field(default=None, description="The least number that the value may be.")
    max: float | None = Field(default=None, description="The greatest number that it may be.")
    contains: EventName | None = Field(default=None, description="Text that the message holds.")

    @model_validator(mode="after")
    def _asks_something_sensible(self) -> "EventParams":
        if self.place is None and self.contains is None:
            raise ValueError("an event needs `json` (a value's place) or `contains` (a text)")
        if self.place is None and self.wanted.asks:
            raise ValueError("`equals`, `matches`, `min` and `max` are about the value at `json`: name its place")
        self.wanted.check(self.place or "value")
        return self

    @property
    def wanted(self) -> Wanted:
        """What the value must be."""
        return Wanted(equals=self.equals, matches=self.matches, least=self.min, most=self.max)

    @property
    def words(self) -> str:
        """The event, for people."""
        said = [f"`{self.place}` {self.wanted.words}"] if self.place is not None else []
        said += [f"{spelled(self.contains)} in it"] if self.contains is not None else []
        return f"a message with {' and '.join(said)}"


def _kind_of(event: object) -> str:
    """A mapping's faults are told as those of a mapping, and never with "must be text" beside them."""
    return "mapping" if isinstance(event, dict | EventParams) else "text"


Event = Annotated[Annotated[EventName, Tag("text")] | Annotated[EventParams, Tag("mapping")], Discriminator(_kind_of)]


def event_words(event: Event) -> str:
    """An event, for people."""
    return spelled(event) if isinstance(event, str) else event.words


class End(StrEnum):
    """Why no more is listened to."""

    DONE = "done"
    LATE = "late"
    LEFT = "left"
    ELSE = "else"  # another message came, where none may
    TOO_MUCH = "too-much"


@dataclass(slots=True, kw_only=True)
class Course:
    """How a stream of messages goes, held against the events that are wanted in their order.

    `heard` are the messages' names with the seconds at which they came; `reached` counts the events that did.
    """

    wanted: tuple[Event, ...]
    at: str
    strict: bool
    heard: list[tuple[float, str]] = field(default_factory=list)
    reached: int = 0
    end: End = End.DONE
    why: str = ""
    seconds: float = 0.0

    @property
    def listens(self) -> bool:
        """Is there anything still to come?"""
        return self.end is End.DONE and self.reached < len(self.wanted)

    def is_costly(self, message: str) -> bool:
        """Is a pattern searched in a long message next? Then it is understood beside the event loop."""
        event = self.wanted[self.reached]
        return len(message) > _SHORT and not isinstance(event, str) and event.matches is not None

    def understood(self, message: str) -> tuple[str, bool]:
        """What a message is called, and whether it is the event that is wanted next. Changes nothing."""
        document = _read(message)
        return _name(message, document, self.at), _is(self.wanted[self.reached], message, document, self.at)

    def hear(self, message: str, seconds: float) -> None:
        """Takes the next message."""
        self.take(*self.understood(message), seconds)

    def take(self, name: str, is_wanted: bool, seconds: float) -> None:
        """Takes a message that was understood."""
        self.heard.append((seconds, name))
        if is_wanted:
            self.reached += 1
        elif self.strict:
            self.end = End.ELSE

    def stop(self, end: End, why: str = "") -> None:
        """No more is listened to."""
        self.end, self.why = end, why


def _read(message: str) -> Value | None:
    """The message as JSON; None where it is none."""
    try:
        document: Value = msgspec.json.decode(message)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    return document


def _is(event: Event, message: str, document: Value | None, at: str) -> bool:
    """Is this message that event?"""
    if isinstance(event, str):
        found = lookup(document, at) if document is not None else None
        if found is None:
            return event in {message.strip(), document if isinstance(document, str) else None}
        return compare(found.scalar, Wanted(equals=event)) is None
    if event.contains is not None and event.contains not in message:
        return False
    if event.place is None:
        return True
    found = lookup(document, event.place) if document is not None else None
    return found is not None and compare(found.scalar, event.wanted) is None


def _name(message: str, document: Value | None, at: str) -> str:
    """What a message is called: by the value that names it, or by itself."""
    found = lookup(document, at) if document is not None else None
    return spelled(found.scalar if found is not None else message)
