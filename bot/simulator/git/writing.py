"""Commits made through the API: into the private repository only, never the given one.

Source: https://docs.github.com/graphql/reference/input-objects#createcommitonbranchinput
"""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.simulator.git.objects import Signature
from bot.simulator.git.store import GitError, GitStore

ZERO = "0" * 40
FILE_MODE = "100644"


class StaleHead(GitError):
    """The ref is no longer where the writer believed it to be; read it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCommit:
    """A commit to make: ``files`` maps a path to its new bytes, or to None to delete it."""

    parents: tuple[str, ...]
    files: tuple[tuple[str, bytes | None], ...]
    message: str
    author: Signature
    committer: Signature


async def make_commit(store: GitStore, new: NewCommit) -> str:
    """Write a commit on top of its first parent's tree; the answer is its hash."""
    rows = [(path, FILE_MODE, None if data is None else await write_blob(store, data)) for path, data in new.files]
    tree = await write_tree(store, new.parents[0] if new.parents else None, rows)
    return await commit_tree(store, tree, new)


async def commit_tree(store: GitStore, tree: str, new: NewCommit) -> str:
    """Write a commit that has exactly ``tree``; the answer is its hash."""
    parents = [part for parent in new.parents for part in ("-p", parent)]
    who = {
        "GIT_AUTHOR_NAME": new.author.name,
        "GIT_AUTHOR_EMAIL": new.author.email,
        "GIT_AUTHOR_DATE": _date(new.author.when),
        "GIT_COMMITTER_NAME": new.committer.name,
        "GIT_COMMITTER_EMAIL": new.committer.email,
        "GIT_COMMITTER_DATE": _date(new.committer.when),
    }
    out = await store.run("commit-tree", tree, *parents, stdin=new.message.encode() + b"\n", variables=who)
    return out.decode().strip()


async def write_tree(store: GitStore, base: str | None, rows: list[tuple[str, str, str | None]]) -> str:
    """Write a tree of (path, mode, hash) rows on top of ``base``; a hash of None removes the path."""
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        if base:
            await store.run("read-tree", base, variables=index)
        lines = b"".join(_row(path, mode, oid) for path, mode, oid in rows)
        await store.run("update-index", "-z", "--index-info", stdin=lines, variables=index)
        return (await store.run("write-tree", variables=index)).decode().strip()


async def move_ref(store: GitStore, name: str, new: str, old: str | None = None) -> None:
    """Let a ref point at ``new``; with ``old``, only if it still points there (ZERO: if absent)."""
    try:
        await store.run("update-ref", name, new, *([old] if old is not None else []))
    except GitError as error:
        raise StaleHead(str(error)) from error


async def delete_ref(store: GitStore, name: str) -> None:
    """Remove a ref."""
    await store.run("update-ref", "-d", name)


async def write_blob(store: GitStore, data: bytes) -> str:
    """Store bytes as a blob; the answer is its hash."""
    return (await store.run("hash-object", "-w", "--stdin", stdin=data)).decode().strip()


async def merged_tree(store: GitStore, base: str, head: str) -> str | None:
    """The tree of a merge of two commits; None on a conflict.

    A git older than 2.38 merges whole files only.
    """
    try:
        out = await store.run("merge-tree", "--write-tree", base, head)
    except GitError:
        return await _merged_by_file(store, base, head)
    return out.decode().split("\n", 1)[0]


async def _merged_by_file(store: GitStore, base: str, head: str) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        try:
            fork = (await store.run("merge-base", base, head)).decode().split()[0]
            await store.run("read-tree", "-i", "-m", "--aggressive", fork, base, head, variables=index)
            return (await store.run("write-tree", variables=index)).decode().strip()
        except (GitError, IndexError):
            return None


def _row(path: str, mode: str, oid: str | None) -> bytes:
    name = path.encode("utf-8", "surrogateescape")
    if oid is None:
        return b"0 " + ZERO.encode() + b"\t" + name + b"\0"
    return f"{mode} {oid}\t".encode() + name + b"\0"


def _date(when: datetime) -> str:
    return f"{int(when.timestamp())} {when:%z}"
