"""A local checkout, read by git without network, hooks, or anything that its configuration could start.

Rules:
1. The checkout itself is asked only where its objects are and what its refs say. All else is read through a private
   bare repository that borrows those objects: no configuration, hook or filter of the checkout is ever in force.
2. Nothing is fetched: no protocol is allowed, and a missing object is an error.

Source: https://git-scm.com/docs/gitrepository-layout (objects/info/alternates), https://git-scm.com/docs/git.
"""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.assessment.evidence import Sha

PATIENCE_SECONDS = 60.0
_CHUNK = 1 << 16
_PULL = re.compile(r"(?:^|/)pull/\d+(?:/head)?$")
_REF = "%(objectname) %(refname)"
_GIT = shutil.which("git") or "git"
_ENVIRONMENT = {
    "PATH": os.pathsep.join((str(Path(_GIT).parent), os.defpath)),
    "HOME": os.devnull,
    "LC_ALL": "C.UTF-8",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}


class GitTrouble(Exception):
    """Git cannot be asked; the text is one plain line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalGit:
    """A private repository over a checkout's objects. `head` is the newest commit of `branch`.

    `has_pulls`: the checkout has the heads of pull requests as well (`git fetch origin 'refs/pull/*:refs/pull/*'`).
    """

    folder: Path
    branch: str
    head: Sha
    has_pulls: bool = False

    async def ask(self, *arguments: str) -> bytes | None:
        """What git prints; None where it says no (exit code 1). Raises `GitTrouble`."""
        code, out, err = await _run(self.folder, arguments)
        if code == 0:
            return out
        if code == 1:
            return None
        raise GitTrouble(_said(arguments, err))

    async def must(self, *arguments: str) -> bytes:
        """What git prints. Raises `GitTrouble`."""
        out = await self.ask(*arguments)
        if out is None:
            raise GitTrouble(_said(arguments, b"it found nothing"))
        return out

    @asynccontextmanager
    async def stream(self, *arguments: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """What git prints, as it comes."""
        process = await asyncio.create_subprocess_exec(
            *_line(self.folder, arguments),
            env=_ENVIRONMENT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            assert process.stdout is not None
            yield _chunks(process.stdout)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _chunks(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while chunk := await stream.read(_CHUNK):
        yield chunk


@asynccontextmanager
async def opened(checkout: Path) -> AsyncIterator[LocalGit]:
    """The checkout for reading. Its branch is what `origin` calls the default one, else the one that is checked out.

    Raises `GitTrouble`.
    """
    common = Path(await _line_of(checkout, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    if (common / "shallow").exists():
        raise GitTrouble(f"{checkout} is a shallow clone, which does not tell ancestry: git fetch --unshallow")
    form = await _line_of(checkout, "rev-parse", "--show-object-format")
    origin = await _asked(checkout, "rev-parse", "--abbrev-ref", "--verify", "--quiet", "refs/remotes/origin/HEAD")
    here = origin or await _line_of(checkout, "rev-parse", "--abbrev-ref", "HEAD")
    head = await _line_of(checkout, "rev-parse", "--verify", "--quiet", f"{here}^{{commit}}")
    refs = [line.split(" ") for line in (await _line_of(checkout, "for-each-ref", f"--format={_REF}")).splitlines()]
    with TemporaryDirectory(prefix="audit-git-") as scratch:
        folder = Path(scratch)
        await _line_of(folder, "init", "--quiet", "--bare", "--template=", f"--object-format={form}", ".")
        alternates = folder / "objects" / "info" / "alternates"
        alternates.parent.mkdir(exist_ok=True)
        alternates.write_text(f"{common / 'objects'}\n", "utf-8")
        heads = "refs/remotes/origin/" if origin else "refs/heads/"
        (folder / "packed-refs").write_text("".join(_packed(refs, heads)), "utf-8")
        branch = here.removeprefix("origin/") if origin else here
        has_pulls = any(_PULL.search(name) for _, name in refs)
        yield LocalGit(folder=folder, branch=branch, head=Sha(head), has_pulls=has_pulls)


def _packed(refs: list[list[str]], heads: str) -> Iterator[str]:
    """The branches and tags, as the private repository has them."""
    for oid, name in refs:
        if name.startswith(heads) and not name.endswith("/HEAD"):
            yield f"{oid} refs/heads/{name.removeprefix(heads)}\n"
        elif name.startswith("refs/tags/"):
            yield f"{oid} {name}\n"


async def _line_of(folder: Path, *arguments: str) -> str:
    found = await _asked(folder, *arguments)
    if found is None:
        raise GitTrouble(f"{folder} has no commit that could be looked at")
    return found


async def _asked(folder: Path, *arguments: str) -> str | None:
    code, out, err = await _run(folder, arguments)
    if code not in {0, 1}:
        raise GitTrouble(_said(arguments, err))
    return out.decode("utf-8", "replace").strip() if code == 0 else None


async def _run(folder: Path, arguments: tuple[str, ...]) -> tuple[int, bytes, bytes]:
    try:
        process = await asyncio.create_subprocess_exec(
            *_line(folder, arguments),
            env=_ENVIRONMENT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise GitTrouble(f"git cannot be started: {error.strerror}") from error
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            out, err = await process.communicate()
    except TimeoutError as error:
        raise GitTrouble(f"git {arguments[0]}: no end after {PATIENCE_SECONDS:g} s") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, out, err


def _line(folder: Path, arguments: tuple[str, ...]) -> tuple[str, ...]:
    safe = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "--no-pager", "--literal-pathspecs")
    return (_GIT, "-C", str(folder), *safe, *arguments)


def _said(arguments: tuple[str, ...], err: bytes) -> str:
    lines = err.decode("utf-8", "replace").strip().splitlines() or ["it failed"]
    return f"git {arguments[0]}: {lines[0].removeprefix('fatal: ')}"
