"""A private bare repository that borrows the objects of a given one.

The given repository is only read: the private one names its object store as an alternate and
keeps its own refs, so several simulated repositories may stand on one folder with different
heads, and commits made through the API never reach the folder of the user.
Source: https://git-scm.com/docs/gitrepository-layout (objects/info/alternates), git-cat-file.
"""

import asyncio
import os
import re
import shutil
import subprocess
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from bot.simulator.git.objects import RawObject

TIMEOUT_SECONDS = 60.0
_FOUND = re.compile(rb"^([0-9a-f]{40,64}) (commit|tree|blob|tag) (\d+)$")
_FULL_OID = re.compile(r"^[0-9a-f]{40}$")
_FIXED = re.compile(r"^[0-9a-f]{40}(:|\^|~|$)")
_CACHED_OBJECTS = 4096
_CACHED_BYTES = 1 << 20
_GIT = shutil.which("git") or "git"
_ENVIRONMENT = {
    "PATH": os.pathsep.join((str(Path(_GIT).parent), os.defpath)),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C.UTF-8",
    "HOME": os.devnull,
}


class GitError(Exception):
    """A git command failed; its text is what git said. A bug, or a request git cannot fulfil."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What was found in a repository that is to be read: objects, refs, where HEAD points."""

    objects: Path | None
    refs: tuple[tuple[str, str], ...]
    head_branch: str
    shallow: bytes = b""


class GitStore:
    """One private bare repository, read through one lasting ``git cat-file --batch``."""

    def __init__(self, directory: Path) -> None:
        """Wrap the bare repository in ``directory``; no process starts before the first read."""
        self.directory = directory
        self.writing = asyncio.Lock()
        self._reading = asyncio.Lock()
        self._batch: asyncio.subprocess.Process | None = None
        self._objects: OrderedDict[str, RawObject] = OrderedDict()
        self._oids: OrderedDict[str, str] = OrderedDict()

    async def run(self, *arguments: str, stdin: bytes = b"", variables: dict[str, str] | None = None) -> bytes:
        """The output of ``git ARGUMENTS``; raises GitError when it fails."""
        process = await asyncio.create_subprocess_exec(
            *_command(self.directory, arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT | (variables or {}),
        )
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                out, err = await process.communicate(stdin)
        except TimeoutError as error:
            process.kill()
            await process.wait()
            message = f"git {arguments[0]}: no end after {TIMEOUT_SECONDS:g} s"
            raise GitError(message) from error
        if process.returncode != 0:
            raise GitError(err.decode("utf-8", "replace").strip())
        return out

    async def lookup(self, expression: str) -> RawObject | None:
        """The object that a rev-parse expression names (``HEAD:path``, ``abc^1``); None if none."""
        known = self._oids.get(expression, expression)
        if known in self._objects:
            return self._objects[known]
        if not expression or "\n" in expression or "\0" in expression:
            return None
        async with self._reading:
            found = await self._asked(expression)
        if found is not None:
            self._remember(expression, found)
        return found

    async def resolve(self, revision: str, kind: str = "commit") -> str | None:
        """The hash of the commit (or other kind) that a revision stands for, tags peeled."""
        if ":" in revision:
            return None
        found = await self.lookup(f"{revision}^{{{kind}}}")
        return found.oid if found else None

    async def refs(self, prefix: str = "refs/") -> tuple[tuple[str, str], ...]:
        """All refs under a prefix, as (name, hash), sorted by name."""
        if not prefix.startswith("refs/"):
            return ()  # a name from outside must never be read as an option
        out = await self.run("for-each-ref", "--format=%(refname) %(objectname)", prefix)
        pairs = (line.partition(" ") for line in out.decode().splitlines())
        return tuple((name, oid) for name, _, oid in pairs)

    async def close(self) -> None:
        """End the reading process."""
        if self._batch is None:
            return
        process, self._batch = self._batch, None
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()

    async def _asked(self, expression: str) -> RawObject | None:
        done = False
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                found = await self._ask(expression)
            done = True
        finally:
            if not done and self._batch is not None:
                self._batch.kill()  # broken off in the middle of an answer: the next one starts anew
                self._batch = None
        return found

    async def _ask(self, expression: str) -> RawObject | None:
        process = await self._reader()
        if process.stdin is None or process.stdout is None:
            raise GitError("git cat-file: no pipes")
        process.stdin.write(expression.encode("utf-8", "surrogateescape") + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        match = _FOUND.match(line.rstrip(b"\n"))
        if not line:
            raise GitError("git cat-file ended")
        if match is None:
            return None
        size = int(match[3])
        data = (await process.stdout.readexactly(size + 1))[:size]
        return RawObject(oid=match[1].decode(), kind=match[2].decode(), data=data)

    async def _reader(self) -> asyncio.subprocess.Process:
        if self._batch is None or self._batch.returncode is not None:
            self._batch = await asyncio.create_subprocess_exec(
                *_command(self.directory, ("cat-file", "--batch")),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
            )
        return self._batch

    def _remember(self, expression: str, found: RawObject) -> None:
        if len(found.data) > _CACHED_BYTES:
            return
        self._objects[found.oid] = found
        if _FIXED.match(expression):
            self._oids[expression] = found.oid
        while len(self._objects) > _CACHED_OBJECTS:
            self._objects.popitem(last=False)
        while len(self._oids) > _CACHED_OBJECTS:
            self._oids.popitem(last=False)


def read_source(path: Path) -> Source:
    """What a repository on disk offers; raises GitError when it is none."""
    out = git_now(path, "rev-parse", "--git-common-dir", "--git-path", "objects")
    common, objects = ((path / line).resolve() for line in out.splitlines()[:2])
    listed = git_now(path, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags")
    refs = tuple((n, o) for n, _, o in (line.partition(" ") for line in listed.splitlines()))
    head = (common / "HEAD").read_text().strip()
    shallow = common / "shallow"
    branch = head.removeprefix("ref: refs/heads/")
    return Source(
        objects=objects,
        refs=refs,
        head_branch="main" if _FULL_OID.match(branch) else branch,
        shallow=shallow.read_bytes() if shallow.exists() else b"",
    )


def create_store(directory: Path, source: Source) -> GitStore:
    """A new private bare repository in ``directory`` over the objects of ``source``.

    Its refs are written by `point`.
    """
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    (directory / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    (directory / "HEAD").write_text(f"ref: refs/heads/{source.head_branch}\n")
    if source.objects is not None:
        (directory / "objects/info/alternates").write_text(f"{source.objects}\n")
    if source.shallow:
        (directory / "shallow").write_bytes(source.shallow)
    return GitStore(directory)


def point(store: GitStore, refs: dict[str, str], branch: str) -> None:
    """Write all refs of a fresh private repository and let HEAD name ``branch``."""
    lines = [f"{oid} {name}\n" for name, oid in sorted(refs.items())]
    (store.directory / "packed-refs").write_text("# pack-refs with: sorted\n" + "".join(lines))
    (store.directory / "HEAD").write_text(f"ref: refs/heads/{branch}\n")


def resolve_now(directory: Path, revisions: list[str]) -> list[str | None]:
    """The commits that revisions stand for, asked in one blocking call (used while loading)."""
    asked = [f"{r.strip()}^{{commit}}" if r.strip() else "-" for r in revisions]
    out = git_now(directory, "cat-file", "--batch-check=%(objectname)", stdin="".join(f"{a}\n" for a in asked))
    found = out.splitlines()
    return [line if _FULL_OID.match(line) else None for line in found]


def git_now(directory: Path, *arguments: str, stdin: str = "") -> str:
    """The output of a git command, waited for: only while loading, before anything is served."""
    try:
        done = subprocess.run(
            _command(directory, arguments),
            input=stdin.encode("utf-8", "surrogateescape"),
            capture_output=True,
            env=_ENVIRONMENT,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git {arguments[0]}: {error}") from error
    if done.returncode != 0:
        raise GitError(done.stderr.decode("utf-8", "replace").strip() or "git failed")
    return done.stdout.decode("utf-8", "surrogateescape")


def _command(directory: Path, arguments: tuple[str, ...]) -> list[str]:
    # the folder may belong to somebody else (a mounted checkout): it is only read
    return [_GIT, "-c", "safe.directory=*", "-C", str(directory), *arguments]
