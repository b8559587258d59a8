"""The occurrences of patterns in a repository's archive, found while it streams in, within a budget.

Rules:
1. Many searches share one pass; each has its own globs, its own count of files and its own answer.
2. What was not looked at is named: binary files, Git LFS pointers, files above the limit. It is never "absent".
3. A budget that ran out stops the scan and is said; what was found until then stands.
4. Each file's occurrences are counted up to a limit, so that a file of one letter cannot eat the budget; once very
   many were counted for a pattern, the files that follow count once each. A search that found more files than can be
   kept ends there, and the others go on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.scan.archive import Archive, Member, MemberKind
from bot.scan.attributes import NAME, Attributes
from bot.scan.hits import FileHits, hits_of
from bot.scan.kinds import RUNNING, FileKind, is_generated, kind_of
from bot.scan.matching import PIECE, Matcher, OutOfTime
from bot.scan.patterns import Pattern
from bot.scan.selection import Selection

LFS = b"version https://git-lfs.github.com/spec/v1\n"
LARGEST_POINTER = 1024
BINARY_PROBE = 8000
_FILE = MemberKind.FILE  # looked up once: this is asked for every file of a tree
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Stop(StrEnum):
    """Which budget ran out."""

    FILES = "files"
    BYTES = "bytes"
    TIME = "time"
    HITS = "hits"


class Unread(StrEnum):
    """Why a file's content was not looked at."""

    BINARY = "binary"
    LFS_POINTER = "Git LFS pointer"
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one scan may cost. `occurrences` are counted for each pattern, `hits` are kept for all searches together."""

    files: int = 200_000
    inflated_bytes: int = 4 << 30
    file_bytes: int = 10 << 20
    time: timedelta = timedelta(seconds=60)
    occurrences_a_file: int = 10_000
    occurrences: int = 200_000
    hits: int = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for, and in which files (globs; an empty `include` means all)."""

    patterns: tuple[Pattern, ...]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """A file that the globs select and whose content was not looked at."""

    path: str
    why: Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """What one search saw. `hits` has one entry a pattern, in order; `paths` are all files and links of the archive."""

    commit: str | None
    paths: frozenset[str]
    files_read: int
    bytes_read: int
    hits: tuple[tuple[FileHits, ...], ...]
    not_read: tuple[NotRead, ...]
    stopped: Stop | None


_Waiting = tuple[str, bytes, frozenset[int]]
"""A text that waits to be searched with its neighbours: path, content, the searches that it belongs to."""


class _Text(NamedTuple):
    """A text in which something was found."""

    path: str
    data: bytes
    kind: FileKind


@dataclass(slots=True)
class _Read:
    """What was read of the files that belong to the same searches."""

    searches: frozenset[int]
    files: int = 0
    bytes: int = 0
    not_read: list[NotRead] = field(default_factory=list)


class _Findings:
    """What was found for every search. A pattern that several searches ask for is looked for once."""

    def __init__(self, searches: tuple[Search, ...], budget: Budget) -> None:
        self._budget = budget
        owners: dict[Pattern, list[tuple[int, list[FileHits]]]] = {}
        self.hits: tuple[tuple[list[FileHits], ...], ...] = tuple(tuple([] for _ in one.patterns) for one in searches)
        for number, search in enumerate(searches):
            for pattern, hits in zip(search.patterns, self.hits[number], strict=True):
                owners.setdefault(pattern, []).append((number, hits))
        self.patterns = tuple(owners)
        self._owners = tuple(owners.values())
        self._occurrences = [0] * len(self.patterns)
        self._kept = [0] * len(searches)
        self.full: set[int] = set()

    def take(self, index: int, text: _Text, offsets: Iterator[int], searches: frozenset[int]) -> None:
        """The occurrences of a pattern in a text, for those of the searches that asked for it."""
        wanted = [(number, hits) for number, hits in self._owners[index] if number in searches - self.full]
        if not wanted:
            return
        left = self._occurrences[index] < self._budget.occurrences
        found = tuple(hits_of(text.path, text.data, offsets, text.kind, self._budget.occurrences_a_file if left else 1))
        self._occurrences[index] += sum(hit.count for hit in found)
        for number, hits in wanted:
            hits.extend(found)
            self._kept[number] += len(found)
        if found and sum(self._kept) > self._budget.hits:
            share = self._budget.hits // len(self._kept)
            self.full.update(number for number, kept in enumerate(self._kept) if kept > share)


class Scanner:
    """One pass for several searches, whose patterns together must be without fault.

    Feed it the archive's bytes; `stopped` says that it wants no more.
    """

    def __init__(self, searches: tuple[Search, ...], budget: Budget, clock: Callable[[], float]) -> None:
        self._budget = budget
        self._clock = clock
        self._ends_at = clock() + budget.time.total_seconds()
        self._found = _Findings(searches, budget)
        self._matcher = Matcher(self._found.patterns, self._is_late)
        self._selection = Selection(tuple((search.include, search.exclude) for search in searches))
        self._attributes = Attributes()
        self._archive = Archive(budget.file_bytes)
        self._read: dict[int, _Read] = {}
        self._paths: set[str] = set()
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = 0
        self.stopped: Stop | None = None

    def give_up(self) -> None:
        """Nobody waits for the answer any more: it ends at the next look at the clock, whoever feeds it."""
        self._ends_at = float("-inf")

    def feed(self, data: bytes) -> None:
        """Looks at what these bytes complete. Raises `ArchiveFault`, `PatternSetFailed`."""
        if self.stopped:
            return
        for member in self._archive.feed(data):
            self.look_at(member)
            if self.stopped:
                break
        self._search()  # also where nothing waits: a file above the limit yields no member for many megabytes

    def look_at(self, member: Member) -> None:
        """Takes one file, wherever it comes from. Every file of a tree passes here. Raises `PatternSetFailed`."""
        path, data = member.path, member.data
        self._paths.add(path)
        if member.kind is not _FILE:
            return
        if path.endswith(NAME) and data is not None:
            self._attributes.add(path, data)
        read = self._of(path)
        if read is None:
            return
        text = readable(data)
        if isinstance(text, Unread):
            read.not_read.append(NotRead(path=path, why=text))
            return
        size = len(text) + 1
        if self._waiting_bytes + size > PIECE or len(self._paths) > self._budget.files:
            self._search()
        read.files += 1
        read.bytes += size - 1
        self._waiting.append((path, text, read.searches))
        self._waiting_bytes += size

    def _of(self, path: str) -> "_Read | None":
        """What is read for the searches that a path belongs to; None where there is none."""
        group = self._selection.of(path)
        read = self._read.get(group)
        if read is None:
            read = self._read[group] = _Read(self._selection.groups[group])
        return read if read.searches else None

    def finish(self) -> tuple[ScanResult, ...]:
        """Everything seen of a whole archive, one answer a search. Raises `ArchiveFault` where it is not whole."""
        if not self.stopped:
            self._archive.finish()
        return self.results()

    def results(self) -> tuple[ScanResult, ...]:
        """Everything seen so far, one answer a search. Raises `PatternSetFailed`."""
        self._search()
        paths = frozenset(self._paths)
        return tuple(self._result(number, hits, paths) for number, hits in enumerate(self._found.hits))

    def _result(self, number: int, hits: tuple[list[FileHits], ...], paths: frozenset[str]) -> ScanResult:
        read = [one for one in self._read.values() if number in one.searches]
        return ScanResult(
            commit=self._archive.commit,
            paths=paths,
            files_read=sum(one.files for one in read),
            bytes_read=sum(one.bytes for one in read),
            hits=tuple(tuple(sorted(one, key=lambda hit: hit.path)) for one in hits),
            not_read=tuple(entry for one in read for entry in one.not_read),
            stopped=self.stopped or (Stop.HITS if number in self._found.full else None),
        )

    def _search(self) -> None:
        """Looks at the texts that wait, as one."""
        texts, self._waiting, self._waiting_bytes = self._waiting, [], 0
        try:
            for index, place, offsets in self._matcher.found_in([data for _, data, _ in texts]):
                path, data, searches = texts[place]
                self._found.take(index, _Text(path, data, self._kind_of(path, data)), offsets, searches)
        except OutOfTime:
            self.stopped = Stop.TIME
        self.stopped = self.stopped or self._overrun()

    def _kind_of(self, path: str, data: bytes) -> FileKind:
        kind = self._attributes.kind_of(path)
        if kind is not None:
            return kind
        kind = kind_of(path)
        return FileKind.GENERATED if kind in RUNNING and is_generated(data) else kind

    def _overrun(self) -> Stop | None:
        if len(self._paths) > self._budget.files:
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
    if data.startswith(LFS) and len(data) < LARGEST_POINTER:
        return Unread.LFS_POINTER
    return Unread.BINARY if data.find(0, 0, BINARY_PROBE) >= 0 else data
