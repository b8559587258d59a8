"""The occurrences of patterns in a repository's archive, found while it streams in, within a budget.

Rules:
1. What was not looked at is named: binary files, Git LFS pointers, files above the limit. It is never "absent".
2. A budget that ran out stops the scan and is said; what was found until then stands.
3. Each file's occurrences are counted up to a limit, so that a file of one letter cannot eat the budget; once very
   many were counted in all, the files that follow count once each.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.scan.archive import Archive, Member, MemberKind
from bot.scan.globs import selector
from bot.scan.kinds import FileKind, comment_marks, is_comment, kind_of
from bot.scan.matching import Matcher, OutOfTime
from bot.scan.patterns import Pattern

LFS = b"version https://git-lfs.github.com/spec/v1\n"
LINES_KEPT = 20
BINARY_PROBE = 8000
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Stop(StrEnum):
    """Which budget ran out."""

    FILES = "files"
    BYTES = "bytes"
    TIME = "time"


class Unread(StrEnum):
    """Why a file's content was not looked at."""

    BINARY = "binary"
    LFS_POINTER = "Git LFS pointer"
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one scan may cost."""

    files: int = 200_000
    inflated_bytes: int = 4 << 30
    file_bytes: int = 10 << 20
    time: timedelta = timedelta(seconds=60)
    occurrences_a_file: int = 10_000
    occurrences: int = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for, and in which files (globs; an empty `include` means all)."""

    patterns: tuple[Pattern, ...]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHits:
    """A pattern's occurrences in one file. `lines` are the first ones, from 1; `count` is "at least" if `capped`."""

    path: str
    kind: FileKind
    count: int
    lines: tuple[int, ...]
    capped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """A file that the globs select and whose content was not looked at."""

    path: str
    why: Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """What one scan saw. `hits` has one entry a pattern, in order; `paths` are all files and links of the archive."""

    commit: str | None
    paths: frozenset[str]
    files_read: int
    bytes_read: int
    hits: tuple[tuple[FileHits, ...], ...]
    not_read: tuple[NotRead, ...]
    stopped: Stop | None


@dataclass(slots=True, kw_only=True)
class _Counts:
    files: int = 0
    bytes: int = 0
    members: int = 0
    occurrences: int = 0
    paths: set[str] = field(default_factory=set)
    not_read: list[NotRead] = field(default_factory=list)


class Scanner:
    """One scan. Feed it the archive's bytes; `stopped` says that it wants no more."""

    def __init__(self, search: Search, budget: Budget, clock: Callable[[], float]) -> None:
        self._matcher = Matcher(search.patterns, self._is_late)
        self._selects = selector(search.include, search.exclude)
        self._budget = budget
        self._clock = clock
        self._ends_at = clock() + budget.time.total_seconds()
        self._archive = Archive(budget.file_bytes)
        self._hits: tuple[list[FileHits], ...] = tuple([] for _ in search.patterns)
        self._counts = _Counts()
        self.stopped: Stop | None = None

    def feed(self, data: bytes) -> None:
        """Looks at what these bytes complete. Raises `ArchiveFault`, `PatternSetFailed`."""
        if self.stopped:
            return
        for member in self._archive.feed(data):
            self.look_at(member)
            if self.stopped:
                return
        # A file above the limit yields no member for many megabytes.
        self.stopped = self._overrun()

    def look_at(self, member: Member) -> None:
        """Looks at one file, wherever it comes from. Raises `PatternSetFailed`."""
        try:
            self._look_at(member)
        except OutOfTime:
            self.stopped = Stop.TIME
            return
        self.stopped = self._overrun()

    def finish(self) -> ScanResult:
        """Everything seen of a whole archive. Raises `ArchiveFault` where it is not whole."""
        if not self.stopped:
            self._archive.finish()
        return self.result()

    def result(self) -> ScanResult:
        """Everything seen so far."""
        return ScanResult(
            commit=self._archive.commit,
            paths=frozenset(self._counts.paths),
            files_read=self._counts.files,
            bytes_read=self._counts.bytes,
            hits=tuple(map(tuple, self._hits)),
            not_read=tuple(self._counts.not_read),
            stopped=self.stopped,
        )

    def _look_at(self, member: Member) -> None:
        counts = self._counts
        counts.members += 1
        counts.paths.add(member.path)
        if member.kind is not MemberKind.FILE or not self._selects(member.path):
            return
        text = readable(member.data)
        if isinstance(text, Unread):
            counts.not_read.append(NotRead(path=member.path, why=text))
            return
        counts.files += 1
        counts.bytes += member.size_bytes
        for index, offsets in self._matcher.found(text):
            limit = self._budget.occurrences_a_file if counts.occurrences < self._budget.occurrences else 1
            hits = tuple(hits_of(member.path, text, offsets, limit))
            counts.occurrences += sum(hit.count for hit in hits)
            self._hits[index].extend(hits)

    def _overrun(self) -> Stop | None:
        if self._counts.members > self._budget.files:
            return Stop.FILES
        if self._archive.inflated_bytes > self._budget.inflated_bytes:
            return Stop.BYTES
        return Stop.TIME if self._is_late() else None

    def _is_late(self) -> bool:
        return self._clock() > self._ends_at


def readable(data: bytes | None) -> bytes | Unread:
    """A file's content as bytes that can be searched, or why not. UTF-16 with its mark becomes UTF-8."""
    if data is None:
        return Unread.TOO_LARGE
    if data.startswith(UTF16_MARKS):
        return data.decode("utf-16", errors="replace").encode("utf-8", errors="replace")
    if data.startswith(LFS) and len(data) < 1024:
        return Unread.LFS_POINTER
    return Unread.BINARY if 0 in data[:BINARY_PROBE] else data


def hits_of(path: str, text: bytes, offsets: Iterator[int], limit: int) -> Iterator[FileHits]:
    """The occurrences in one file: those in comment lines, and the others. Nothing for no offsets."""
    kind, marks = kind_of(path), comment_marks(path)
    tallies: dict[FileKind, _Tally] = {}
    line, seen, total = 1, 0, 0
    for offset in offsets:
        line += text.count(b"\n", seen, offset)
        seen, total = offset, total + 1
        in_comment = bool(marks) and kind in {FileKind.CODE, FileKind.CONFIGURATION} and is_comment(text, offset, marks)
        tallies.setdefault(FileKind.COMMENTS if in_comment else kind, _Tally()).add(line)
        if total == limit:
            break
    if total == limit and kind not in tallies:
        # Not all were looked at: one of the rest may stand in code, and a doubt never hides an occurrence.
        tallies[kind] = _Tally(count=1, lines=[line])
    for tallied, tally in tallies.items():
        yield FileHits(path=path, kind=tallied, count=tally.count, lines=tuple(tally.lines), capped=total == limit)


@dataclass(slots=True, kw_only=True)
class _Tally:
    count: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        self.count += 1
        if len(self.lines) < LINES_KEPT and line not in self.lines[-1:]:
            self.lines.append(line)
