"""A gzipped tar as `git archive` makes it, walked as it arrives; nothing is ever written to disk.

Rules:
1. Only what git writes is understood: files, symbolic links, folders, pax headers, GNU long names. Anything else
   (hard links, devices, `..`, a bad checksum, two top folders) means that this is not what was asked for: a fault.
2. An archive that ends early is a fault, never a shorter archive.
3. A file larger than the limit is named, and its content is passed over.

Sources: POSIX.1-2017 pax interchange format, https://www.gnu.org/software/tar/manual/html_node/Standard.html,
git-archive (the commit's id stands in the first global header's `comment`).
"""

import struct
import zlib
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from isal import isal_zlib
from isal.igzip_lib import IsalError

BLOCK = 512
MAX_EXTENDED_BYTES = 1 << 20
MAX_PATH = 4096
INFLATED_PIECE = 256 << 10
"""Larger ones fall out of the processor's cache before they are walked."""
_ZERO = bytes(BLOCK)
_SPACES = 8 * ord(" ")
_SLASH = ord("/")
_ANY_TOP = b"\0"  # no path begins with it


class ArchiveFault(Exception):
    """This is not an archive that git made, or not the whole of it; the text says what is wrong."""


class MemberKind(StrEnum):
    """What stands at a path of the archive."""

    FILE = "file"
    LINK = "symbolic link"


class Member(NamedTuple):
    """A path of the archive, without the top folder. `data` is None for links and for files above the limit.

    `target` is where a link says that it leads: anything may stand there.

    A tuple, because there is one for every file of a tree: a frozen dataclass takes four times as long to make.
    """

    path: str
    kind: MemberKind
    size_bytes: int
    data: bytes | None
    executable: bool = False
    target: str | None = None


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
        self._held: list[bytes] = []
        self._missing = 0  # so many bytes until the file that began is whole
        self._skip = 0
        self._top = _ANY_TOP
        self._sums: dict[bytes, int] = {}  # of checksums as they are written: few, and slow to read
        self._extended: dict[str, str] = {}
        self.comment: str | None = None
        self.ended = False

    def feed(self, piece: bytes) -> Iterator[Member]:
        if self.ended:
            return
        if self._skip:
            passed = min(self._skip, len(piece))
            self._skip -= passed
            piece = piece[passed:]
        if self._skip:
            return
        self._held.append(piece)
        self._missing -= len(piece)
        if self._missing > 0:
            return
        buffer = b"".join(self._held) if len(self._held) > 1 else piece
        at, end, limit = 0, len(buffer), self._max_file_bytes
        while end - at >= BLOCK:
            plain = self._plain(buffer, at, end)
            if plain:
                yield plain
                at += BLOCK + plain.size_bytes + -plain.size_bytes % BLOCK
                continue
            if buffer.startswith(_ZERO, at):
                self.ended = True
                break
            kind, declared, path, rights = _header(buffer, at)
            start = at + BLOCK
            size = self._size_of(kind, declared)
            is_held = size <= limit or kind in _EXTENDED
            following = start + size + -size % BLOCK
            if following > end and is_held:
                self._missing = following - end
                break
            at = following
            held = buffer[start : start + size] if is_held else None
            if not size and kind == b"2":
                held = buffer[start - 355 : start - 255].partition(b"\0")[0]  # the header's field for a link's target
            member = self._member((kind, size, path, rights), held)
            if member:
                yield member
        # `at` may lie behind the buffer's end: a file above the limit is passed over without being held.
        self._skip = max(0, at - end)
        self._held = [] if self.ended else [buffer[at:]]

    def _plain(self, buffer: bytes, at: int, end: int) -> Member | None:
        """The file that begins here, if it is one as nearly all of a tree are: written by git, wholly at hand, nothing
        odd about its path. None where a closer look is needed. Every file of a tree passes here.
        """
        name, rights, size_text, checksum, kind, prefix = _PLAIN.unpack_from(buffer, at)
        if kind != b"0" or prefix or self._extended or not name.startswith(self._top):
            return None
        start = at + BLOCK
        try:
            size = int(size_text, 8)
            declared = self._sums.get(checksum) or self._sums.setdefault(checksum, int(checksum, 8) + sum(checksum))
        except ValueError:
            return None
        stop = start + size
        path = name.partition(b"\0")[0]
        if not start <= stop + -size % BLOCK <= end or size > self._max_file_bytes or b"//" in path or b"/." in path:
            return None
        total = zlib.adler32(buffer[at:start]) & 0xFFFF  # see `_header`
        if (total - 1 + _SPACES - declared) % 65521 or path[-1] == _SLASH:
            return None
        relative = str(path[len(self._top) :], "utf-8", "replace")
        return Member(relative, MemberKind.FILE, size, buffer[start:stop], rights & 1 == 1)

    def _size_of(self, kind: bytes, declared: int) -> int:
        if kind in _EXTENDED:
            if declared > MAX_EXTENDED_BYTES:
                raise ArchiveFault("an extended header is too large")
            return declared
        if kind not in _FILES:
            return 0
        return int(self._extended["size"]) if "size" in self._extended else declared

    def _member(self, header: tuple[bytes, int, bytes, int], data: bytes | None) -> Member | None:
        kind, size, written, rights = header
        if kind in _EXTENDED:
            self._extend(kind, data or b"")
            return None
        path = self._relative(self._extended.get("path") or _text(written))
        target = self._extended.get("linkpath") or _text(data or b"")
        self._extended = {}
        if kind == b"5" or path is None:
            return None
        if kind in _FILES:
            return Member(path, MemberKind.FILE, size, data, rights & 1 == 1)
        if kind != b"2":
            raise ArchiveFault(f"{path!r} is neither a file, a folder nor a symbolic link")
        return Member(path, MemberKind.LINK, 0, None, target=target)

    def _extend(self, kind: bytes, data: bytes) -> None:
        match kind:
            case b"g":
                self.comment = _pax(data).get("comment", self.comment)
            case b"x":
                self._extended.update(_pax(data))
            case b"L":
                self._extended["path"] = _text(data.rstrip(b"\0"))
            case _:  # "K"
                self._extended["linkpath"] = _text(data.rstrip(b"\0"))

    def _relative(self, path: str) -> str | None:
        """The path below the top folder; None for the top folder itself."""
        parts = path.rstrip("/").split("/")
        if len(path) > MAX_PATH or any(part in {"", ".", ".."} for part in parts):
            raise ArchiveFault(f"{path[:100]!r} is no path that git writes")
        top = parts[0].encode() + b"/"
        if self._top == _ANY_TOP:
            self._top = top
        if top != self._top:
            raise ArchiveFault("the archive has two top folders")
        return "/".join(parts[1:]) or None


_FILES = (b"0", b"\0", b"7")
_EXTENDED = (b"g", b"x", b"L", b"K")


_FIELDS = struct.Struct("100s4xB19x12s12x8s1s100x6s82x155s12x")
"""Name, the owner's digit of the rights (odd: may be run), size, checksum, kind, magic, prefix."""


_PLAIN = struct.Struct("100s4xB19x11s13x7sx1s188xB166x")
"""Name, the owner's digit of the rights, size and checksum as git writes them, kind, the prefix's first byte."""


def _header(buffer: bytes, at: int) -> tuple[bytes, int, bytes, int]:
    """Kind, declared size, path and owner's digit of the rights of the header at an offset. Raises `ArchiveFault`."""
    name, rights, size, checksum, kind, magic, prefix = _FIELDS.unpack_from(buffer, at)
    # The checksum is the sum of the header's bytes, with spaces in its own place. adler32's lower half is a sum plus
    # one, modulo 65521, and costs a twentieth of summing in Python; a wrong sum passes with a chance of 1 in 65521.
    total = zlib.adler32(buffer[at : at + BLOCK]) & 0xFFFF
    if (total - 1 - sum(checksum) + _SPACES - _number(checksum)) % 65521:
        raise ArchiveFault("a header's checksum is wrong")
    path = name.partition(b"\0")[0]
    if prefix[0] and magic == b"ustar\0":
        path = prefix.partition(b"\0")[0] + b"/" + path
    return kind, _number(size), path, rights


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")


def _number(raw: bytes) -> int:
    """Octal text, or GNU's base-256 for what octal cannot hold."""
    try:
        number = int(raw.strip(b" \0") or b"0", 8)
    except ValueError as exc:
        if raw[0] == 0x80:
            return int.from_bytes(raw[1:], "big")
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


_PAX_KEYS = (b"path", b"linkpath", b"size", b"comment")
