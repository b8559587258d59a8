"""Searches of whole trees: all of one moment and commit share one download and one pass, and none is made twice.

Rules:
1. Whoever asks at the same moment about the same commit shares a pass; every question keeps its own globs and answer.
   Questions whose counted repeats are costly together are asked in passes of their own, so that an expensive
   expression cannot use up the time of the others.
2. What was seen of a commit never changes, so it is remembered across assessments: by the repository's id, the commit
   and the question. Only what was looked at completely is; and what one repository asked never answers another.
3. The repository is read as GitHub's tarball, checked against the tree that git itself lists: what the tarball leaves
   out is read file by file or named.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b
from typing import Protocol

from cachetools import LRUCache

from bot.assessment.evidence import Sha
from bot.assessment.wording import count as counted
from bot.github.contents import PathContent, TextFile, Tree
from bot.github.errors import GitHubError
from bot.probes.asking import both, together
from bot.scan.archive import ArchiveFault
from bot.scan.coverage import Coverage, coverage_of, merged, within
from bot.scan.globs import nearest_folder
from bot.scan.kinds import FileKind
from bot.scan.matching import PatternSetFailed
from bot.scan.patterns import Match, repeats_of
from bot.scan.scanner import Budget, ScanResult, Search, Stop
from bot.scan.streaming import scan, scan_texts

MOST_FETCHED = 20
MOST_PATTERNS = 200
"""In one pass."""
MOST_REPEATS = 100
"""Of several questions in one pass: expressions that cost more have one to themselves."""
PASSES_AT_ONCE = 3
BUDGET = Budget(time=timedelta(seconds=25))
WINDOW = timedelta(milliseconds=2)
MOST_WINDOWS = 5
REMEMBERED_BYTES = 64 << 20
_WEIGHT = 2_000  # of an answer without a hit, in bytes
_WEIGHT_OF_PLACE = 300
_SPENT = {
    Stop.TIME: "time",
    Stop.BYTES: "size",
    Stop.FILES: "number of files",
    Stop.HITS: "number of files with occurrences",
}


class TreeSource(Protocol):
    """What a search reads; see `bot.probes.contract.Reader`."""

    async def tree(self, sha: Sha) -> Tree:
        """Every path at a commit."""
        ...

    async def content(self, rev: str, path: str) -> PathContent:
        """What stands at the path."""
        ...

    def tarball(self, sha: Sha) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The repository at a commit as GitHub's gzipped tarball, streamed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A question to a tree: what is looked for, and the kinds of files that matter.

    `completely`: what the tarball leaves out is looked at as well, so that "nowhere" can be said.
    """

    search: Search
    kinds: tuple[FileKind, ...]
    completely: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one look at a commit saw. `unsure` says why "nowhere" cannot be said, or is None.

    `selected`: the globs select a file at all; `nearest`: where they do not, the existing folder nearest to them.
    """

    sha: Sha
    result: ScanResult
    coverage: Coverage
    unsure: str | None
    selected: bool = True
    nearest: str | None = None


class Memory:
    """What was seen of trees, across assessments: as many answers as fit into so many bytes."""

    def __init__(self, most_bytes: int = REMEMBERED_BYTES) -> None:
        self._answers: LRUCache[tuple[int, Sha, bytes], Looked] = LRUCache(most_bytes, _weight)

    def get(self, repository: int, sha: Sha, sought: Sought) -> Looked | None:
        """What was seen when the same was asked before."""
        return self._answers.get((repository, sha, _digest(sought)))

    def keep(self, repository: int, sought: Sought, looked: Looked) -> None:
        """Remembers an answer, if it is a complete one and not as large as all others together."""
        if looked.unsure is None and _weight(looked) <= self._answers.maxsize / 4:
            self._answers[repository, looked.sha, _digest(sought)] = looked


def _digest(sought: Sought) -> bytes:
    return blake2b(repr(sought).encode(), digest_size=16).digest()


def _weight(looked: Looked) -> int:
    """About so many bytes of memory."""
    coverage = looked.coverage
    named = (coverage.left_out, coverage.submodules, coverage.pointers, coverage.binary, coverage.too_large)
    places = sum(map(len, looked.result.hits)) + sum(map(len, named)) + len(looked.result.not_read)
    return _WEIGHT + _WEIGHT_OF_PLACE * places


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Asked:
    """A question that waits for its answer; None says: ask again."""

    sought: Sought
    landed: "asyncio.Future[Looked | None]"

    def settle(self, looked: Looked | None) -> None:
        if not self.landed.done():
            self.landed.set_result(looked)

    def fail(self, error: Exception) -> None:
        if not self.landed.done():
            self.landed.set_exception(error)


class Scans:
    """The searches of one assessment. `repository` is its id; without it, nothing is remembered."""

    def __init__(
        self,
        source: TreeSource,
        memory: Memory | None = None,
        *,
        repository: int | None = None,
        budget: Budget = BUDGET,
    ) -> None:
        self._source = source
        self._memory = memory
        self._repository = repository
        self._budget = budget
        self._open: dict[Sha, list[_Asked]] = {}
        self._places = asyncio.Semaphore(PASSES_AT_ONCE)

    async def look(self, sha: Sha, sought: Sought) -> Looked:
        """What is seen at a commit. Raises `ArchiveFault`, `PatternSetFailed`, `GitHubError`."""
        if self._memory is None or self._repository is None:
            return await self._look(sha, sought)
        looked = self._memory.get(self._repository, sha, sought)
        if looked is None:
            looked = await self._look(sha, sought)
            self._memory.keep(self._repository, sought, looked)
        return looked

    async def _look(self, sha: Sha, sought: Sought) -> Looked:
        """Like `bot.github.batches`: the first asker leads; where it is cancelled, another takes over."""
        while True:
            mine = _Asked(sought=sought, landed=asyncio.get_running_loop().create_future())
            waiting = self._open.setdefault(sha, [])
            waiting.append(mine)
            if len(waiting) == 1:
                await self._lead(sha, waiting)
            looked = await mine.landed
            if looked is not None:
                return looked

    async def _lead(self, sha: Sha, asked: list[_Asked]) -> None:
        try:
            await _all_here(asked)
            self._close(sha, asked)
            await together(self._pass(sha, some) for some in _passes(asked))
        finally:
            self._close(sha, asked)
            for one in asked:
                one.settle(None)  # no more than a late word to those who have their answer

    def _close(self, sha: Sha, asked: list[_Asked]) -> None:
        if self._open.get(sha) is asked:
            del self._open[sha]

    async def _pass(self, sha: Sha, asked: list[_Asked]) -> None:
        """One download, one pass, and an answer for each."""
        try:
            async with self._places:
                results, tree = await both(self._scanned(sha, asked), self._listed(sha, asked))
            missing = _missing(tree, results[0].paths) if tree else None
            answers = await together(
                self._told(sha, one.sought, result, missing if one.sought.completely else None)
                for one, result in zip(asked, results, strict=True)
            )
        except PatternSetFailed as error:
            if len(asked) == 1:
                return asked[0].fail(error)
            # Together they may need more memory than they get, and each half of them not.
            middle = len(asked) // 2
            await self._pass(sha, asked[:middle])
            return await self._pass(sha, asked[middle:])
        except (ArchiveFault, GitHubError) as error:
            for one in asked:
                one.fail(error)
            return None
        for one, looked in zip(asked, answers, strict=True):
            one.settle(looked)
        return None

    async def _scanned(self, sha: Sha, asked: list[_Asked]) -> tuple[ScanResult, ...]:
        async with self._source.tarball(sha) as chunks:
            return await scan(chunks, tuple(one.sought.search for one in asked), self._budget)

    async def _listed(self, sha: Sha, asked: list[_Asked]) -> Tree | None:
        return await self._source.tree(sha) if any(one.sought.completely for one in asked) else None

    async def _told(self, sha: Sha, sought: Sought, result: ScanResult, missing: "_Missing | None") -> Looked:
        """The answer to one question, with what the tarball leaves out."""
        coverage = Coverage()
        selected = result.files_read > 0 or bool(result.not_read)
        nearest = None if selected else nearest_folder(sought.search.include, result.paths)
        if missing is not None:
            everything = coverage_of(missing.entries, result, sought.search)
            selected = selected or bool(everything.left_out)
            coverage = within(everything, sought.kinds)
            if 0 < len(coverage.left_out) <= MOST_FETCHED and result.stopped is None:
                result = merged(result, await self._fetched(sha, sought.search, coverage.left_out))
                coverage = within(coverage_of(missing.entries, result, sought.search), sought.kinds)
        unsure = _unsure(sha, result, coverage, truncated=missing is not None and missing.truncated)
        # The paths of the whole tree have done their work, and nobody should hold on to them.
        result = replace(result, paths=frozenset())
        return Looked(sha=sha, result=result, coverage=coverage, unsure=unsure, selected=selected, nearest=nearest)

    async def _fetched(self, sha: Sha, search: Search, paths: tuple[str, ...]) -> ScanResult:
        """What stands in files that the tarball leaves out, read one by one."""
        contents = await together(self._source.content(sha, path) for path in paths)
        texts = {content.path: content.text.encode() for content in contents if isinstance(content, TextFile)}
        return await scan_texts(texts, search, self._budget)


async def _all_here(asked: list[_Asked]) -> None:
    """Waits while questions still arrive."""
    for _ in range(MOST_WINDOWS):
        known = len(asked)
        await asyncio.sleep(WINDOW.total_seconds())
        if len(asked) == known:
            return


def _passes(asked: list[_Asked]) -> list[list[_Asked]]:
    """The questions in as few passes as may be: the patterns of each are without fault together."""
    passes: list[list[_Asked]] = []
    for one in asked:
        fitting = next((some for some in passes if _fit((*some, one))), None)
        if fitting is None:
            passes.append([one])
        else:
            fitting.append(one)
    return passes


def _fit(asked: tuple[_Asked, ...]) -> bool:
    patterns = {pattern for one in asked for pattern in one.sought.search.patterns}
    repeats = sum(repeats_of(pattern.text) for pattern in patterns if pattern.match is Match.REGEX)
    return len(patterns) <= MOST_PATTERNS and repeats <= MOST_REPEATS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Missing:
    """What git lists and the archive does not have: (path, mode). `truncated`: git lists more than we were told."""

    entries: tuple[tuple[str, str], ...]
    truncated: bool


def _missing(tree: Tree, paths: frozenset[str]) -> _Missing:
    entries = tuple((entry.path, entry.mode) for entry in tree.entries if entry.path not in paths)
    return _Missing(entries=entries, truncated=tree.truncated)


def _unsure(sha: Sha, result: ScanResult, coverage: Coverage, *, truncated: bool) -> str | None:
    """Why "nowhere" may not be said, or None."""
    if result.stopped is not None:
        return f"the limit on {_SPENT[result.stopped]} was reached after {counted(result.files_read, 'file')}"
    if result.commit != sha:
        return "the tarball was made from another commit"
    if truncated:
        return "GitHub does not list the whole tree"
    if coverage.doubts:
        names = ", ".join(coverage.doubts[:3])
        more = f" and {len(coverage.doubts) - 3:,} more" if len(coverage.doubts) > 3 else ""
        return f"{counted(len(coverage.doubts), 'file')} could not be looked at ({names}{more})"
    return None
