"""A gzipped tar as `git archive` makes it, walked as it arrives; nothing is ever written to disk.

Rules:
1. Only what git writes is understood: files, symbolic links, folders, pax headers, GNU long names. Anything else
   (hard links, devices, `..`, a bad checksum, two top folders) means that this is not what was asked for: a fault.
2. An archive that ends early is a fault, never a shorter archive.
3. A file larger than the limit is named, and its content is passed over.

Sources: POSIX.1-2017 pax interchange format, https://www.gnu.org/software/tar/manual/html_node/Standard.html,
git-archive (the commit's id stands in the first global header's `comment`).
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from isal import isal_zlib
from isal.igzip_lib import IsalError

BLOCK = 512
MAX_EXTENDED_BYTES = 1 << 20
MAX_PATH = 4096
INFLATED_PIECE = 1 << 20
_ZERO = bytes(BLOCK)
_SPACES = b" " * 8


class ArchiveFault(Exception):
    """This is not an archive that git made, or not the whole of it; the text says what is wrong."""


class MemberKind(StrEnum):
    """What stands at a path of the archive."""

    FILE = "file"
    LINK = "symbolic link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A path of the archive, without the top folder. `data` is None for links and for files above the limit."""

    path: str
    kind: MemberKind
    size_bytes: int
    data: bytes | None


class Archive:
    """Feed it the gzipped bytes as they come; it gives the members as they are complete."""

    def __init__(self, max_file_bytes: int) -> None:
        self._inflater = isal_zlib.decompressobj(31)
        self._walk = _Walk(max_file_bytes)
        self.inflated_bytes = 0

    @property
    def commit(self) -> str | None:
        """The commit that the archive says it was made from."""
        return self._walk.comment

    def feed(self, data: bytes) -> Iterator[Member]:
        """The members that these bytes complete. Raises `ArchiveFault`."""
        while data:
            try:
                piece = self._inflater.decompress(data, INFLATED_PIECE)
            except IsalError as exc:  # type: ignore[misc]  # isal's stub calls the class an instance
                raise ArchiveFault("the compressed data is broken") from exc
            self.inflated_bytes += len(piece)
            yield from self._walk.feed(piece)
            data = self._inflater.unconsumed_tail
            if not piece and (self._inflater.eof or not data):
                return

    def finish(self) -> None:
        """Says that no more bytes come. Raises `ArchiveFault` where some are missing."""
        if not self._inflater.eof or not self._walk.ended:
            raise ArchiveFault("the archive ends early")


class _Walk:
    def __init__(self, max_file_bytes: int) -> None:
        self._max_file_bytes = max_file_bytes
        self._buffer = b""
        self._skip = 0
        self._top: str | None = None
        self._extended: dict[str, str] = {}
        self.comment: str | None = None
        self.ended = False

    def feed(self, piece: bytes) -> Iterator[Member]:
        if self._skip:
            passed = min(self._skip, len(piece))
            self._skip -= passed
            piece = piece[passed:]
        if self._skip:
            return
        buffer = self._buffer + piece if self._buffer else piece
        at = 0
        while not self.ended and len(buffer) - at >= BLOCK:
            block = buffer[at : at + BLOCK]
            if block == _ZERO:
                self.ended = True
                break
            header = _read_header(block)
            start, size = at + BLOCK, self._size_of(header)
            following = start + -(-size // BLOCK) * BLOCK
            if following > len(buffer) and self._is_held(header, size):
                break
            member = self._member(header, buffer[start : start + size] if self._is_held(header, size) else None, size)
            if member:
                yield member
            at = following
        # `at` may lie behind the buffer's end: a file above the limit is passed over without being held.
        self._skip = max(0, at - len(buffer))
        self._buffer = b"" if self.ended else buffer[at:]

    def _is_held(self, header: "_Header", size: int) -> bool:
        return header.type in _EXTENDED or size <= self._max_file_bytes

    def _size_of(self, header: "_Header") -> int:
        if header.type in _EXTENDED:
            if header.size > MAX_EXTENDED_BYTES:
                raise ArchiveFault("an extended header is too large")
            return header.size
        size = int(self._extended["size"]) if "size" in self._extended else header.size
        return size if header.type in _FILES else 0

    def _member(self, header: "_Header", data: bytes | None, size: int) -> Member | None:
        if header.type in _EXTENDED:
            self._extend(header.type, data or b"")
            return None
        path = self._relative(self._extended.get("path", header.path))
        self._extended = {}
        if header.type == b"5" or path is None:
            return None
        if header.type == b"2":
            return Member(path=path, kind=MemberKind.LINK, size_bytes=0, data=None)
        if header.type not in _FILES:
            raise ArchiveFault(f"{path!r} is neither a file, a folder nor a symbolic link")
        return Member(path=path, kind=MemberKind.FILE, size_bytes=size, data=data)

    def _extend(self, kind: bytes, data: bytes) -> None:
        match kind:
            case b"g":
                self.comment = _pax(data).get("comment", self.comment)
            case b"x":
                self._extended.update(_pax(data))
            case b"L":
                self._extended["path"] = _text(data.rstrip(b"\0"))
            case _:
                return  # "K", the target of a link: not looked at

    def _relative(self, path: str) -> str | None:
        """The path below the top folder; None for the top folder itself."""
        parts = path.rstrip("/").split("/")
        if len(path) > MAX_PATH or any(part in {"", ".", ".."} for part in parts):
            raise ArchiveFault(f"{path[:100]!r} is no path that git writes")
        if self._top is None:
            self._top = parts[0]
        if parts[0] != self._top:
            raise ArchiveFault("the archive has two top folders")
        return "/".join(parts[1:]) or None


_FILES = (b"0", b"\0", b"7")
_EXTENDED = (b"g", b"x", b"L", b"K")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    path: str
    size: int
    type: bytes


def _read_header(block: bytes) -> _Header:
    # The checksum is the sum of the header's bytes. adler32's lower half is that sum plus one, modulo 65521, and
    # costs a twentieth of summing in Python; a wrong sum passes with a chance of 1 in 65521.
    declared = _number(block[148:156])
    if zlib.adler32(block[:148] + _SPACES + block[156:]) & 0xFFFF != (declared + 1) % 65521:
        raise ArchiveFault("a header's checksum is wrong")
    name, prefix = _field(block[:100]), b""
    if block[257:263] == b"ustar\0":
        prefix = _field(block[345:500])
    return _Header(
        path=_text(prefix + b"/" + name if prefix else name),
        size=_number(block[124:136]),
        type=block[156:157],
    )


def _field(raw: bytes) -> bytes:
    return raw.partition(b"\0")[0]


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")


def _number(raw: bytes) -> int:
    """Octal text, or GNU's base-256 for what octal cannot hold."""
    if raw[0] == 0x80:
        return int.from_bytes(raw[1:], "big")
    digits = raw.strip(b" \0")
    try:
        number = int(digits or b"0", 8)
    except ValueError as exc:
        raise ArchiveFault("a header holds a number that is none") from exc
    if number < 0:
        raise ArchiveFault("a header holds a negative number")
    return number


def _pax(data: bytes) -> dict[str, str]:
    """`<length> <key>=<value>\\n`, repeated; only the keys that matter here. Raises `ArchiveFault`."""
    found: dict[str, str] = {}
    at = 0
    while at < len(data):
        digits, space, _ = data[at : at + 20].partition(b" ")
        if not space or not digits.isdigit():
            raise ArchiveFault("an extended header is broken")
        end = at + int(digits)
        record = data[at + len(digits) + 1 : end]
        key, equals, value = record.partition(b"=")
        if end > len(data) or not equals or not value.endswith(b"\n"):
            raise ArchiveFault("an extended header is broken")
        if key in _PAX_KEYS:
            found[key.decode("ascii")] = _text(value[:-1])
        at = end
    if not found.get("size", "0").isdecimal() or len(found.get("size", "0")) > 19:
        raise ArchiveFault("an extended header holds a size that is none")
    return found


_PAX_KEYS = (b"path", b"size", b"comment")
