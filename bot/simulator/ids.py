"""Database ids and node ids, in the form GitHub gives them.

A node id is a prefix that names the kind, then base64 of a MessagePack array
``[0, owner id…, own id]``; clients must treat it as opaque, so only the shape matters.
Source: https://docs.github.com/graphql/guides/migrating-graphql-global-node-ids
"""

import base64
import re
import struct
from itertools import count

_COMMIT = re.compile(r"^(C|T|B|TA)_")
_FIXARRAY = 0x90
_UINT32 = 0xCE
_UINT64 = 0xCF
_STR8 = 0xD9
_UINT32_LIMIT = 1 << 32


class Ids:
    """Hands out database ids: rising, never reused, the same for the same order of asking."""

    def __init__(self, first: int = 4_000_001) -> None:
        """Start counting at ``first``."""
        self._next = count(first)

    def take(self) -> int:
        """The next unused id."""
        return next(self._next)


def node_id(prefix: str, *numbers: int) -> str:
    """The node id of a thing that is known by numbers, for example ``("I", repository, issue)``."""
    return f"{prefix}_{_encode(b''.join(_number(n) for n in numbers), len(numbers) + 1)}"


def object_node_id(prefix: str, repository: int, oid: str) -> str:
    """The node id of a git object: it carries the object's own hash."""
    text = oid.encode()
    return f"{prefix}_{_encode(_number(repository) + bytes([_STR8, len(text)]) + text, 3)}"


def read_object_node_id(value: str) -> tuple[int, str] | None:
    """The repository's id and the hash inside a git object's node id; None for anything else."""
    if not _COMMIT.match(value):
        return None
    text = value.split("_", 1)[1]
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        repository = struct.unpack_from(">I", raw, 3)[0]
        return int(repository), raw[9:].decode("ascii")
    except (ValueError, struct.error):
        return None


def _number(value: int) -> bytes:
    if value < _UINT32_LIMIT:
        return struct.pack(">BI", _UINT32, value)
    return struct.pack(">BQ", _UINT64, value)


def _encode(tail: bytes, items: int) -> str:
    raw = bytes([_FIXARRAY + items, 0]) + tail
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
