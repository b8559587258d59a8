"""Was everything looked at? The archive's paths against the commit's tree, as git itself lists it.

An archive leaves out what `export-ignore` marks, the content of submodules, and what Git LFS keeps elsewhere: a
pattern that is not in the archive is absent only where nothing was left out.
Source: https://git-scm.com/docs/gitattributes#_creating_an_archive
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.scan.globs import selector
from bot.scan.kinds import FileKind, kind_of
from bot.scan.scanner import NotRead, ScanResult, Search, Unread

SUBMODULE_MODE = "160000"
LINK_MODE = "120000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the globs select and the scan did not look at, by reason; all sorted paths."""

    left_out: tuple[str, ...] = ()  # in the tree, not in the archive
    submodules: tuple[str, ...] = ()
    pointers: tuple[str, ...] = ()
    binary: tuple[str, ...] = ()
    too_large: tuple[str, ...] = ()

    @property
    def doubts(self) -> tuple[str, ...]:
        """The paths that could hold what is searched: all but binary files and other repositories."""
        return (*self.left_out, *self.pointers, *self.too_large)


def coverage_of(tree: Iterable[tuple[str, str]], result: ScanResult, search: Search) -> Coverage:
    """What was not looked at. `tree` holds the (path, git mode) pairs of all blobs, links and submodules."""
    selects = selector(search.include, search.exclude)
    left_out: list[str] = []
    submodules: list[str] = []
    for path, mode in tree:
        if mode == SUBMODULE_MODE:
            # A submodule is another repository: any of its files might be meant.
            submodules.append(path)
        elif mode != LINK_MODE and path not in result.paths and selects(path):
            left_out.append(path)
    return Coverage(
        left_out=tuple(sorted(left_out)),
        submodules=tuple(sorted(submodules)),
        pointers=_paths(result.not_read, Unread.LFS_POINTER),
        binary=_paths(result.not_read, Unread.BINARY),
        too_large=_paths(result.not_read, Unread.TOO_LARGE),
    )


def within(coverage: Coverage, kinds: tuple[FileKind, ...]) -> Coverage:
    """The same for files of these kinds only."""

    def counted(paths: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(path for path in paths if kind_of(path) in kinds)

    return Coverage(
        left_out=counted(coverage.left_out),
        submodules=coverage.submodules,
        pointers=counted(coverage.pointers),
        binary=coverage.binary,
        too_large=counted(coverage.too_large),
    )


def merged(result: ScanResult, more: ScanResult) -> ScanResult:
    """The result with files that were read in another way; those that could not be read stay left out."""
    unread = {entry.path for entry in more.not_read}
    return ScanResult(
        commit=result.commit,
        paths=result.paths | (more.paths - unread),
        files_read=result.files_read + more.files_read,
        bytes_read=result.bytes_read + more.bytes_read,
        hits=tuple((*hits, *extra) for hits, extra in zip(result.hits, more.hits, strict=True)),
        not_read=result.not_read,
        stopped=result.stopped or more.stopped,
    )


def _paths(not_read: tuple[NotRead, ...], why: Unread) -> tuple[str, ...]:
    return tuple(sorted(entry.path for entry in not_read if entry.why is why))
