"""Making whole files stand on a branch, as one commit on top of whatever stands there.

Rules:
1. Files that stand there with the same content need no commit, so that doing it twice is once.
2. The branch is never forced: where it has moved on it is read again, a few times.
3. A file that is not as it was when the work was decided on was changed by somebody: it is left as it is.
4. Files that are to go are taken away by the same commit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.actions.trouble import as_write, before_write
from bot.assessment.evidence import Sha
from bot.engine import Json, Refused
from bot.github.branches import BranchView
from bot.github.commits import NewCommit, blob_id
from bot.github.errors import NotFound, Stale

TRIES = 4


class FileWriter(Protocol):
    """What this action needs of the gateway."""

    async def branch_view(self, branch: str | None, paths: Sequence[str]) -> BranchView:
        """The branch, and what stands at these paths."""
        ...

    async def create_branch(self, branch: str, at: Sha) -> None:
        """A new branch; that it exists is a success."""
        ...

    async def commit_files(self, new: NewCommit) -> Sha:
        """One commit; raises `Stale` where the branch has moved on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The files that are to stand on a branch, which begins at `start` where it is not there yet.

    `seen` are the object ids at their paths when this was decided on, None where nothing stood. `gone` are paths whose
    files are to go, if they are as they were seen.
    """

    branch: str
    start: Sha
    files: tuple[tuple[str, str], ...]
    seen: Mapping[str, str | None]
    headline: str
    body: str
    gone: tuple[str, ...] = ()


class Committing:
    """Commits files. The result has `sha`, the commit after which they stand there."""

    def __init__(self, writer: FileWriter, *, wanted: Wanted, clock: Callable[[], datetime]) -> None:
        self._writer = writer
        self._wanted = wanted
        self._clock = clock

    async def send(self) -> Json:
        """Branch and commit, whatever is missing; see `bot.engine.Write`."""
        wanted = self._wanted
        for _ in range(TRIES):
            view = await self._view()
            if view.head is None:
                with as_write():
                    await self._writer.create_branch(wanted.branch, wanted.start)
                continue
            if is_so(view, wanted):
                return {"sha": view.head}
            changed = clash(view, wanted)
            if changed is not None:
                raise Refused(None, f"somebody else writes {changed} on {wanted.branch} at this moment")
            sha = await self._commit(view, view.head)
            if sha is not None:
                return {"sha": sha}
        raise Refused(None, f"{wanted.branch} did not keep still: I tried {TRIES} times")

    async def find(self, since: datetime) -> Json | None:
        """The branch's head, if the files stand there by now."""
        del since  # what stands there stands there, whenever it came
        view = await self._view()
        return {"sha": view.head} if view.head is not None and is_so(view, self._wanted) else None

    async def _view(self) -> BranchView:
        wanted = self._wanted
        with before_write(self._clock, f"{wanted.branch} cannot be read"):
            return await self._writer.branch_view(wanted.branch, [*(path for path, _ in wanted.files), *wanted.gone])

    async def _commit(self, view: BranchView, head: Sha) -> Sha | None:
        """The commit; None where the branch has moved on, or cannot be seen yet since it is so new."""
        wanted = self._wanted
        new = NewCommit(
            repository=view.repository,
            branch=wanted.branch,
            on=head,
            headline=wanted.headline,
            body=wanted.body,
            files=missing(view, wanted.files),
            gone=left(view, wanted),
        )
        with as_write():
            try:
                return await self._writer.commit_files(new)
            except (Stale, NotFound):
                return None


def missing(view: BranchView, files: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The files that do not stand on the branch with this content. Pure."""
    there = {one.path: one.oid for one in view.paths}
    return tuple((path, content) for path, content in files if there.get(path) != blob_id(content))


def stands(view: BranchView, files: tuple[tuple[str, str], ...]) -> bool:
    """Do all files stand on the branch, with this content? Pure."""
    return not missing(view, files)


def left(view: BranchView, wanted: Wanted) -> tuple[str, ...]:
    """The files that are to go and still stand there as they were. Pure."""
    there = {one.path: one.oid for one in view.paths if one.oid is not None}
    return tuple(path for path in wanted.gone if path in there and there[path] == wanted.seen.get(path))


def is_so(view: BranchView, wanted: Wanted) -> bool:
    """Is the branch as it is wanted? Pure."""
    return stands(view, wanted.files) and not left(view, wanted)


def clash(view: BranchView, wanted: Wanted) -> str | None:
    """A path that is to be written and is not as it was, nor as it shall be; None where there is none. Pure."""
    to_write = {path for path, _ in missing(view, wanted.files)}
    changed = (one for one in view.paths if one.path in to_write and one.oid != wanted.seen.get(one.path))
    return next((one.path for one in changed), None)
