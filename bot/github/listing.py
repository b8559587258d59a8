"""Every path at a commit: in one request, and folder by folder where GitHub cuts that short.

GitHub's recursive listing ends at 100,000 entries or 7 MB, which a tree of some 30,000 files can have.
Source: https://docs.github.com/en/rest/git/trees#get-a-tree
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bot.assessment.evidence import Sha
from bot.github.contents import Tree, TreeEntry
from bot.github.errors import GitHubError, RateLimited, Refused, Unavailable
from bot.github.lines import Line
from bot.groups import Group

URL = "/repos/{owner}/{repo}/git/trees/{sha}"
MOST_REQUESTS = 200
AT_ONCE = 8


class _Entry(msgspec.Struct, frozen=True):
    path: str
    mode: str
    type: str
    sha: str
    size: int = 0


class _Listing(msgspec.Struct, frozen=True):
    tree: tuple[_Entry, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class _Below:
    """What is below a folder, its paths from the top; `whole` is False where something may be missing."""

    entries: tuple[TreeEntry, ...]
    whole: bool


async def listed(line: Line, at: Mapping[str, str], sha: Sha) -> Tree:
    """The tree of a commit in the repository `at`. Raises `GitHubError`."""
    try:
        below = await _Lister(line, at).below(sha, "")
    except Refused as refused:
        if refused.status == 409:  # an empty repository
            return Tree(sha=sha, entries=(), truncated=False)
        raise
    return Tree(sha=sha, entries=below.entries, truncated=not below.whole)


class _Lister:
    def __init__(self, line: Line, at: Mapping[str, str]) -> None:
        self._line = line
        self._at = at
        self._left = MOST_REQUESTS
        self._places = asyncio.Semaphore(AT_ONCE)

    async def below(self, sha: str, folder: str) -> _Below:
        everything = await self._asked(sha, recursive=True)
        if everything is None or not everything.truncated:
            return _Below(_files(everything, folder), whole=everything is not None)
        here = await self._asked(sha, recursive=False)
        if here is None or here.truncated:
            return _Below(_files(everything, folder), whole=False)
        folders = [entry for entry in here.tree if entry.type == "tree"]
        async with Group() as group:
            tasks = [group.create_task(self._tried(entry.sha, f"{folder}{entry.path}/")) for entry in folders]
        parts = [task.result() for task in tasks]
        faults = [part for part in parts if isinstance(part, GitHubError)]
        if faults:
            raise next((fault for fault in faults if isinstance(fault, RateLimited)), faults[0])
        found = [part for part in parts if isinstance(part, _Below)]
        entries = (*_files(here, folder), *(entry for part in found for entry in part.entries))
        return _Below(entries, whole=all(part.whole for part in found))

    async def _tried(self, sha: str, folder: str) -> "_Below | GitHubError":
        # As a value, since a group of tasks would wrap it.
        try:
            return await self.below(sha, folder)
        except GitHubError as error:
            return error

    async def _asked(self, sha: str, *, recursive: bool) -> _Listing | None:
        """One listing; None where enough was asked."""
        if not self._left:
            return None
        self._left -= 1
        async with self._places:
            if recursive:
                raw = await self._line.fetch(URL + "{?recursive}", {**self._at, "sha": sha, "recursive": "1"})
            else:  # any value would make it recursive
                raw = await self._line.fetch(URL, {**self._at, "sha": sha})
        # A listing has up to 100,000 entries: away from the event loop.
        return await asyncio.to_thread(_read, raw)


def _read(raw: bytes) -> _Listing:
    try:
        return msgspec.json.decode(raw, type=_Listing)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unavailable("GitHub's answer is not what it should be") from error


def _files(listing: _Listing | None, folder: str) -> tuple[TreeEntry, ...]:
    return tuple(
        TreeEntry(path=f"{folder}{entry.path}", mode=entry.mode, sha=entry.sha, size_bytes=entry.size)
        for entry in (listing.tree if listing else ())
        if entry.type != "tree"
    )
