"""Patch ids: what a change does, whatever its sha, its message and its place in the files are. Pure.

The id is the one that `git patch-id --stable` prints for a diff: files are hashed one by one without line numbers and
white space, and summed, so that their order does not matter (https://git-scm.com/docs/git-patch-id). Two commits with
one id make the same change; a squash, a rebase and a cherry-pick without conflicts keep it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

_SPACE = b" \t\n\r"
_BINARY = (b"Binary files ", b"GIT binary patch")
_INDEX = re.compile(rb"index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(.*)", re.DOTALL)
_PAIRS = (
    (b"old mode ", b"new mode "),
    (b"rename from ", b"rename to "),
    (b"--- ", b"+++ "),
)
"""Header lines of which the one says what was, and the other what is."""
_APPEARS, _GOES = b"new file mode ", b"deleted file mode "

_Section = list[bytes]


def patch_id(diff: bytes) -> str | None:
    """The stable patch id of a diff as 40 hex digits; None where it changes nothing."""
    return _identified(_sections(diff))


def inverse_id(diff: bytes) -> str | None:
    """The patch id of what takes this change back exactly; None where nothing is changed, or a file was copied."""
    turned = [_turned(section) for section in _sections(diff)]
    whole = [section for section in turned if section is not None]
    return _identified(whole) if len(whole) == len(turned) else None


def _sections(diff: bytes) -> list[_Section]:
    """The diff's lines, file by file; each file begins with its line `diff --git`."""
    sections: list[_Section] = []
    for line in diff.split(b"\n"):
        if line.startswith(b"diff "):
            sections.append([])
        if sections and line:
            sections[-1].append(line)
    return sections


def _identified(sections: Iterable[_Section]) -> str | None:
    total, length, hashed = 0, 0, hashlib.sha1(usedforsecurity=False)
    ended, after_binary = False, False
    for section in sections:
        if ended:
            total, hashed = _added(total, hashed.digest()), hashlib.sha1(usedforsecurity=False)
        binary = any(line.startswith(_BINARY) for line in section[:10])
        # Git does not hash the first line of a file that follows a binary one.
        for part in _hashed(section[1:] if after_binary else section, binary=binary):
            hashed.update(part)
            length += len(part)
        # A file of which only the mode or the name changes is hashed together with the next one: so git does it.
        ended = not binary and any(line.startswith(b"@@ -") for line in section)
        if binary:
            total, hashed = _added(total, hashed.digest()), hashlib.sha1(usedforsecurity=False)
        after_binary = binary
    if not length:
        return None
    return _added(total, hashed.digest()).to_bytes(20, "little").hex()


def _added(total: int, digest: bytes) -> int:
    return (total + int.from_bytes(digest, "little")) % (1 << 160)


def _hashed(section: _Section, *, binary: bool) -> Iterator[bytes]:
    """What git hashes of one file's diff."""
    names = b""
    for line in section:
        index = _INDEX.match(line)
        if index is not None:
            names = index[1] + index[2]
        elif binary and line.startswith(_BINARY):
            yield names
            return
        elif not line.startswith((b"@@ -", b"\\ ")):
            yield line.partition(b"\0")[0].translate(None, _SPACE)


def _turned(section: _Section) -> _Section | None:
    """The diff of one file, backwards; None where that is no diff of one file."""
    if any(line.startswith(b"copy from ") for line in section[:10]):
        return None
    start = next((at for at, line in enumerate(section) if line.startswith(b"@@ -")), len(section))
    return [*_turned_header(section[:start]), *_turned_body(section[start:])]


def _turned_header(header: _Section) -> _Section:
    lines = [_turned_line(line) for line in header]
    for was, becomes in _PAIRS:
        first = next((at for at, line in enumerate(lines) if line.startswith(was)), None)
        second = next((at for at, line in enumerate(lines) if line.startswith(becomes)), None)
        if first is None or second is None:
            continue
        old, new = lines[first].removeprefix(was), lines[second].removeprefix(becomes)
        lines[first], lines[second] = was + _side(new, b"a"), becomes + _side(old, b"b")
        if was == b"rename from ":
            lines[0] = b"diff --git " + _prefixed(new, b"a/") + b" " + _prefixed(old, b"b/")
    return lines


def _turned_line(line: bytes) -> bytes:
    if line.startswith(_APPEARS):
        return _GOES + line.removeprefix(_APPEARS)
    if line.startswith(_GOES):
        return _APPEARS + line.removeprefix(_GOES)
    index = _INDEX.match(line)
    return b"index " + index[2] + b".." + index[1] + index[3] if index is not None else line


def _side(name: bytes, side: bytes) -> bytes:
    """`a/x` as `b/x` or the other way round, quoted or not; other texts as they are."""
    return re.sub(rb'\A("?)[ab]/', rb"\1" + side + b"/", name)


def _prefixed(name: bytes, prefix: bytes) -> bytes:
    """A name as it stands in the first line of a diff: git quotes the prefix along with the name."""
    return b'"' + prefix + name[1:] if name.startswith(b'"') else prefix + name


def _turned_body(body: _Section) -> Iterator[bytes]:
    """Hunks backwards: where lines are replaced, those that go still stand before those that come."""
    gone: list[bytes] = []
    come: list[bytes] = []
    for line in body:
        if line.startswith(b"-"):
            come.append(b"+" + line[1:])
        elif line.startswith(b"+"):
            gone.append(b"-" + line[1:])
        elif not line.startswith(b"\\ "):
            yield from (*gone, *come, line)
            gone, come = [], []
    yield from (*gone, *come)
