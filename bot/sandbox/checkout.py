"""A tree's files on this machine's disk, for as long as a command looks at them.

Rules:
1. Only files, folders and symbolic links that stay inside are written, each at a path that is checked again here.
2. Links are written last, so that nothing is ever written through one.
3. The folder is private, and is removed in every case.
"""

import asyncio
import os
import posixpath
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import dropwhile
from pathlib import Path, PurePosixPath

from bot.sandbox.bubblewrap import INSIDE_UID, Ground

MOST_FILES = 100_000
DEEPEST = 100
"""Folders in each other: every one of them is an open descriptor while the tree is removed."""
MOST_BYTES = 256 << 20
LARGEST_FILE = 32 << 20
_BLOCK = 4096
_PREFIX = "resolution-bot-checkout-"
_ETC = {
    "passwd": f"sandbox:x:{INSIDE_UID}:{INSIDE_UID}::/tmp:/bin/sh\n",
    "group": f"sandbox:x:{INSIDE_UID}:\n",
    "hosts": "127.0.0.1 localhost sandbox\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


class TooLarge(Exception):
    """The tree has more files or bytes than are laid out here. The text says which."""


@dataclass(slots=True)
class Checkout:
    """A folder that is being filled. What takes time is the disk: call from a thread, one at a time."""

    folder: Path
    left_out: list[str] = field(default_factory=list)
    is_closed: bool = False
    _files: int = 0
    _bytes: int = 0
    _links: dict[str, str] = field(default_factory=dict)
    _folders: set[Path] = field(default_factory=set)

    @property
    def ground(self) -> Ground:
        """Where the files are, and how much room a copy of them needs."""
        return Ground(files=self.folder / "tree", size_bytes=self._bytes, etc=self.folder / "etc")

    def write(self, path: str, data: bytes | None, *, executable: bool = False) -> None:
        """A file; None for one whose content was too large to be held. Raises `TooLarge`, `ValueError`, `OSError`."""
        if data is None:
            raise TooLarge(f"`{path}` is larger than {LARGEST_FILE >> 20} MiB")
        target = self._place(path, len(data))
        self._make(target.parent)
        with target.open("xb") as file:  # exclusive: a path that is given twice is an error
            os.fchmod(file.fileno(), 0o755 if executable else 0o644)
            file.write(data)

    def link(self, path: str, target: str | None) -> None:
        """A symbolic link. One that leads outside, or whose target is not known, is left out.

        So is one that goes up after it went down: what it went through may be a link, too, and end anywhere.
        """
        self._place(path, 0)
        reached = posixpath.normpath(posixpath.join(posixpath.dirname(path), target or "/"))
        steps = [step for step in (target or "").split("/") if step not in {"", "."}]
        turns_back = ".." in [*dropwhile(lambda step: step == "..", steps)]
        if turns_back or reached.startswith(("/", "../")) or reached == "..":
            self.left_out.append(path)
        else:
            self._links[path] = target or ""

    def finish(self) -> None:
        """Writes the links, after which nothing more is written. Raises `ValueError`, `OSError`."""
        for path, target in self._links.items():
            if any(str(parent) in self._links for parent in PurePosixPath(path).parents):
                raise ValueError(f"{path[:100]!r} stands below a symbolic link")
            place = self.ground.files / path
            self._make(place.parent)
            place.symlink_to(target)

    def has(self, path: str) -> bool:
        """Is there a file at this path?"""
        plain = posixpath.normpath(path)
        return not plain.startswith(("/", "..")) and (self.ground.files / plain).is_file()

    def _make(self, folder: Path) -> None:
        """A folder that everybody can read, whatever the server's umask is."""
        if folder in self._folders or folder == self.ground.files:
            return
        self._make(folder.parent)
        self._count(0)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        self._folders.add(folder)

    def _place(self, path: str, size: int) -> Path:
        parts = path.split("/")
        if self.is_closed:
            raise ValueError("nobody waits for this checkout any more")
        if any(part in {"", ".", ".."} for part in parts) or "\0" in path:
            raise ValueError(f"{path[:100]!r} is no path inside a tree")
        if len(parts) > DEEPEST:
            raise TooLarge(f"`{path[:100]}…` stands in more than {DEEPEST - 1} folders")
        self._count(size)
        return self.ground.files.joinpath(*parts)

    def _count(self, size: int) -> None:
        self._files += 1
        # So much a copy takes in memory: whole pages, and one for the folder or the entry.
        self._bytes += -(-size // _BLOCK) * _BLOCK + _BLOCK
        if self._files > MOST_FILES:
            raise TooLarge(f"the tree has more than {MOST_FILES:,} files and folders")
        if self._bytes > MOST_BYTES:
            raise TooLarge(f"the tree takes more than {MOST_BYTES >> 20} MiB")


@asynccontextmanager
async def checkout(*, owner: int | None = None) -> AsyncIterator[Checkout]:
    """An empty checkout, removed at the end. `owner` is who else may read it, by id; only root can let somebody."""
    # Not in a thread: a cancellation in the middle of it would leave a folder that nobody knows.
    folder = _made(owner)
    files = Checkout(folder)
    try:
        yield files
    finally:
        files.is_closed = True
        # Shielded: the thread goes on even if nobody waits for it any more.
        await asyncio.shield(asyncio.to_thread(_removed, folder))


def _removed(folder: Path) -> None:
    for _ in range(3):  # a thread may still have written its last file
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def _made(owner: int | None) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    for name in ("tree", "etc"):
        (folder / name).mkdir()
        (folder / name).chmod(0o755)
    for name, text in _ETC.items():
        file = folder / "etc" / name
        file.write_text(text, encoding="ascii")
        file.chmod(0o644)
    if owner is not None:
        os.chown(folder, 0, owner)
        folder.chmod(0o750)
    return folder
