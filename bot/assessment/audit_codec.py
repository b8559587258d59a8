"""An audit as a JSON document, and its state while it goes on: JSON lines, the first says what is audited. Pure.

Rules:
1. A line is one issue. What follows the last line's end was cut off in the middle of writing, and does not count.
2. A state counts only for the repository and the policy that it was begun with.
"""

from dataclasses import dataclass

import msgspec

from bot.assessment.audit import SCHEMA, Asked, Audit, Entry


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a state: whose issues, by which rules (their digest), and whether GitHub was asked."""

    audit: int
    repository: str
    policy: str
    offline: bool = False


class NotAState(ValueError):
    """The bytes are no state that this audit can go on with; the message says why, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a state holds. `length` is how many of its bytes count."""

    entries: tuple[Entry, ...]
    length: int


def encode(audit: Audit) -> bytes:
    """The document, indented, with a line's end."""
    return msgspec.json.format(msgspec.json.encode(audit), indent=2) + b"\n"


def schema() -> bytes:
    """The JSON Schema (2020-12) of the document, indented, with a line's end."""
    description = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Audit document, version {SCHEMA}",
        **msgspec.json.schema(Audit),
    }
    return msgspec.json.format(msgspec.json.encode(description), indent=2) + b"\n"


def head_of(asked: Asked) -> Head:
    """What a state's first line says."""
    return Head(audit=SCHEMA, repository=asked.repository, policy=asked.policy or "", offline=asked.offline)


def line(one: Head | Entry) -> bytes:
    """One line of a state."""
    return msgspec.json.encode(one) + b"\n"


def read_state(text: bytes, asked: Asked) -> State:
    """What was found before; nothing where its first line was not even written. Raises `NotAState`."""
    lines = text.split(b"\n")[:-1]
    if not lines:
        return State(entries=(), length=0)
    try:
        head = msgspec.json.decode(lines[0], type=Head)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotAState("it is no state of an audit") from error
    if head.audit != SCHEMA:
        raise NotAState("it was written by another version of this program")
    if head.repository.lower() != asked.repository.lower():
        raise NotAState(f"it is about {head.repository}, not about {asked.repository}")
    if head.policy != asked.policy:
        raise NotAState(f"it was begun with another policy ({head.policy}; now it is {asked.policy})")
    if head.offline is not asked.offline:
        raise NotAState("it was begun offline" if head.offline else "it was begun with GitHub's answers")
    entries = tuple(_entry(one, number) for number, one in enumerate(lines[1:], 2))
    return State(entries=entries, length=sum(len(one) + 1 for one in lines))


def _entry(text: bytes, number: int) -> Entry:
    try:
        return msgspec.json.decode(text, type=Entry)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotAState(f"line {number} is no issue of an audit") from error
