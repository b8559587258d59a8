"""Real repositories and the tarballs that git makes of them, with GitHub's top folder."""

import io
import subprocess
import tarfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from bot.scan.patterns import Pattern
from bot.scan.scanner import Budget, Scanner, ScanResult, Search

PLENTY = Budget()
TOP = "acme-shop-1234567"
IDENTITY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false")


def git(folder: Path, *args: str) -> bytes:
    return subprocess.run(["git", *IDENTITY, *args], cwd=folder, check=True, capture_output=True).stdout


def repository(folder: Path, files: Mapping[str, bytes | str]) -> str:
    """A repository with one commit of these files; gives the commit's sha."""
    folder.mkdir(exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    return commit(folder, files)


def commit(folder: Path, files: Mapping[str, bytes | str]) -> str:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    git(folder, "add", "-A", "--force")
    git(folder, "commit", "-q", "-m", "files")
    return git(folder, "rev-parse", "HEAD").decode().strip()


def tarball(folder: Path, rev: str = "HEAD") -> bytes:
    return git(folder, "archive", "--format=tar.gz", f"--prefix={TOP}/", rev)


def tree(folder: Path, rev: str = "HEAD") -> list[tuple[str, str]]:
    """The (path, mode) pairs of a commit."""
    lines = git(folder, "ls-tree", "-r", "-z", rev).decode().split("\0")
    return [(line.partition("\t")[2], line[:6]) for line in lines if line]


def scanned(data: bytes, *patterns: Pattern | str, budget: Budget = PLENTY, step: int = 1 << 20, **where) -> ScanResult:
    """One scan of a tarball, fed in steps of so many bytes."""
    asked = tuple(Pattern(text=one) if isinstance(one, str) else one for one in patterns)
    scanner = Scanner((Search(patterns=asked, **where),), budget, clock=lambda: 0.0)
    for at in range(0, len(data), step):
        scanner.feed(data[at : at + step])
    return scanner.finish()[0]


async def chunks(data: bytes, step: int = 65536) -> AsyncIterator[bytes]:
    for at in range(0, len(data), step):
        yield data[at : at + step]


def crafted(*members: tuple[tarfile.TarInfo | str, bytes], kind: int = tarfile.PAX_FORMAT, **about) -> bytes:
    """A gzipped tar made by hand; a member is a header or a path, and content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=kind, **about) as tar:
        for header, content in members:
            info = tarfile.TarInfo(f"{TOP}/{header}") if isinstance(header, str) else header
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()
