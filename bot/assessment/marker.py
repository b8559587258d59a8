"""Our hidden mark at the end of what we write: how we find our own comment again.

A mark counts only in what our own app wrote (the caller checks the author), only as the last line, and only for the
repository and issue it was made for: its HMAC-SHA256 covers both, so that a mark copied elsewhere is void. A ticket's
mark is the first line of our part of it, since people write round that (`bot.assessment.tickets`).
"""

import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from urllib.parse import quote, unquote

from bot.assessment.verdict import VerdictKind


class MarkKind(StrEnum):
    """What the marked text is."""

    PROGRESS = "progress"
    ASSESSMENT = "assessment"
    REFUSAL = "refusal"
    PREVIEW = "preview"
    TICKET = "ticket"
    AUDIT = "audit"
    REFERENCE = "reference"
    RECORD = "record"
    GUARD = "guard"
    PROMISE = "promise"
    REGRESSION = "regression"
    LOOK = "look"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a marker carries. `write` is the key of the write that made it; the same write has the same key."""

    kind: MarkKind
    write: str
    verdict: VerdictKind | None = None
    assessment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a mark is valid: GitHub's database id of the repository, and the issue's number."""

    repository_id: int
    issue: int


MARKED = "<!-- resolution-bot: "
"""How every mark begins, ours or forged: a text that holds it is no statement of a person."""

_MARK = re.compile(
    r"<!-- resolution-bot: v1 kind=(?P<kind>[a-z-]+) verdict=(?P<verdict>[a-z-]*) assessment=(?P<assessment>\S*)"
    r" write=(?P<write>\S+) mac=(?P<mac>[0-9a-f]{64}) -->"
)


def comment_marker(mark: Mark, *, key: bytes, place: Place) -> str:
    """The mark as an HTML comment on one line, to be the last line of a text.

    Raises ValueError for an empty key or write.
    """
    if not key or not mark.write:
        raise ValueError("a marker needs a key and a write")
    return f"<!-- resolution-bot: v1 {_fields(mark)} mac={_mac(mark, key=key, place=place)} -->"


def read_marker(body: str, *, key: bytes, place: Place) -> Mark | None:
    """The mark at the end of a text; None where there is none, or none made by us for this place."""
    return read_mark(body.rstrip().rpartition("\n")[2], key=key, place=place)


def read_mark(line: str, *, key: bytes, place: Place) -> Mark | None:
    """The mark that a line is; None where it is none, or none made by us for this place."""
    found = _MARK.fullmatch(line)
    if found is None or not key:
        return None
    try:
        mark = Mark(
            kind=MarkKind(found["kind"]),
            write=unquote(found["write"]),
            verdict=VerdictKind(found["verdict"]) if found["verdict"] else None,
            assessment=unquote(found["assessment"]) or None,
        )
    except ValueError:
        return None
    return mark if hmac.compare_digest(_mac(mark, key=key, place=place), found["mac"]) else None


def kind_of(body: str) -> MarkKind | None:
    """What a text of ours is, by the mark at its end. Nothing is verified: only for what GitHub says is ours."""
    found = _MARK.fullmatch(body.rstrip().rpartition("\n")[2])
    return MarkKind(found["kind"]) if found is not None and found["kind"] in set(MarkKind) else None


def _fields(mark: Mark) -> str:
    # A double hyphen could end an HTML comment early in old parsers, so hyphens are encoded as well.
    assessment, write = (quote(text or "", safe="").replace("-", "%2D") for text in (mark.assessment, mark.write))
    return f"kind={mark.kind} verdict={mark.verdict or ''} assessment={assessment} write={write}"


def _mac(mark: Mark, *, key: bytes, place: Place) -> str:
    text = f"v1 repository={place.repository_id} issue={place.issue} {_fields(mark)}"
    return hmac.new(key, text.encode(), sha256).hexdigest()
