"""Questions about history: comparison, logs, changed files, trees. Answers are frozen values."""

import re
from dataclasses import dataclass

from bot.simulator.git.objects import Commit, RawObject, TreeEntry, entry, parse_commit, parse_tag
from bot.simulator.git.store import GitError, GitStore

CHANGES = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied"}
_TREE_LINE = re.compile(rb"^(\d+) (\w+) ([0-9a-f]+)\s+(\d+|-)\t(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How two commits stand to each other: what ``head`` has that ``base`` has not, and back."""

    base: str
    head: str
    merge_base: str
    ahead: int
    behind: int

    @property
    def status(self) -> str:
        """GitHub's word: ``identical``, ``ahead``, ``behind`` or ``diverged``."""
        if self.base == self.head or not (self.ahead or self.behind):
            return "identical"
        if not self.behind:
            return "ahead"
        return "diverged" if self.ahead else "behind"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file between two trees; counts are lines."""

    path: str
    status: str
    additions: int
    deletions: int
    oid: str | None
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRequest:
    """Which commits a log is asked for; dates in git's own wording."""

    start: str
    path: str | None = None
    since: str | None = None
    until: str | None = None
    author: str | None = None


async def compare(store: GitStore, base: str, head: str) -> Comparison | None:
    """How ``head`` stands to ``base`` (both full hashes); None without a common ancestor."""
    try:
        merge_base = (await store.run("merge-base", base, head)).decode().split()[0]
    except (GitError, IndexError):
        return None
    counted = await store.run("rev-list", "--left-right", "--count", f"{base}...{head}")
    behind, ahead = (int(n) for n in counted.split())
    return Comparison(base=base, head=head, merge_base=merge_base, ahead=ahead, behind=behind)


async def commits_between(store: GitStore, base: str, head: str) -> tuple[Commit, ...]:
    """The commits that ``head`` has and ``base`` has not, oldest first."""
    out = await store.run("rev-list", "--reverse", f"{base}..{head}")
    return await _commits(store, out.decode().split())


async def log(store: GitStore, request: LogRequest) -> tuple[str, ...]:
    """The hashes of a log, newest first. A path's history does not follow renames, as on GitHub."""
    arguments = ["rev-list", request.start]
    if request.since:
        arguments.append(f"--since={request.since}")
    if request.until:
        arguments.append(f"--until={request.until}")
    if request.author:
        arguments.append(f"--author={request.author}")
    if request.path:
        arguments += ["--", f":(top,literal){request.path}"]
    return tuple((await store.run(*arguments)).decode().split())


async def changes(store: GitStore, base: str | None, head: str) -> tuple[FileChange, ...]:
    """The files that differ between two commits; without ``base``, all files of ``head``."""
    ends = (base, head) if base else ("--root", head)
    options = ("-r", "-z", "-M", "--no-commit-id", "--raw", "--numstat", "--no-abbrev")
    out = await store.run("diff-tree", *options, *ends)
    return _parse_changes(out.decode("utf-8", "surrogateescape"))


async def diff_text(store: GitStore, base: str | None, head: str) -> bytes:
    """The diff between two commits as git prints it; without ``base``, all of ``head`` is new."""
    if base is None:
        return await store.run("diff-tree", "-p", "-M", "--no-commit-id", "--root", head)
    return await store.run("diff-tree", "-p", "-M", base, head)


async def ordered_refs(store: GitStore, prefix: str, order: object) -> tuple[tuple[str, str], ...]:
    """The refs under a prefix as (name, hash), in the order of a ``RefOrder``."""
    if not isinstance(order, dict):
        return await store.refs(prefix)
    found = await (_dated_refs(store, prefix) if order.get("field") == "TAG_COMMIT_DATE" else store.refs(prefix))
    return found[::-1] if order.get("direction") == "DESC" else found


async def _dated_refs(store: GitStore, prefix: str) -> tuple[tuple[str, str], ...]:
    """By the date of the commit, the oldest first."""
    if not prefix.startswith("refs/"):
        return ()  # a name from outside must never be read as an option
    wanted = "%(refname) %(objectname) %(committerdate:unix) %(*committerdate:unix)"
    out = await store.run("for-each-ref", f"--format={wanted}", prefix)
    rows = [line.split() for line in out.decode().splitlines()]
    return tuple((name, oid) for name, oid, *_ in sorted(rows, key=lambda row: (int(row[-1]), row[0])))


async def commit_at(store: GitStore, revision: str) -> Commit | None:
    """The commit that a revision stands for."""
    raw = await store.lookup(f"{revision}^{{commit}}")
    return parse_commit(raw) if raw else None


async def peel_tag(store: GitStore, raw: RawObject) -> RawObject | None:
    """The object behind an annotated tag, as deep as it goes."""
    while raw.kind == "tag":
        target = await store.lookup(parse_tag(raw).target)
        if target is None:
            return None
        raw = target
    return raw


async def list_tree(store: GitStore, tree: str, *, recursive: bool) -> tuple[tuple[TreeEntry, int | None], ...]:
    """The entries of a tree with the sizes in bytes of its blobs."""
    flags = ("-r", "-t") if recursive else ()
    out = await store.run("ls-tree", "-z", "--long", *flags, tree)
    rows = (_TREE_LINE.match(line) for line in out.split(b"\0") if line)
    return tuple(
        (
            entry(path=m[5].decode("utf-8", "surrogateescape"), mode=m[1].decode(), oid=_text(m[3])),
            None if m[4] == b"-" else int(m[4]),
        )
        for m in rows
        if m
    )


async def branches_holding(store: GitStore, sha: str) -> tuple[str, ...]:
    """The branches from which a commit can be reached."""
    out = await store.run("for-each-ref", f"--contains={sha}", "--format=%(refname)", "refs/heads")
    return tuple(line.removeprefix("refs/heads/") for line in out.decode().splitlines())


async def _commits(store: GitStore, oids: list[str]) -> tuple[Commit, ...]:
    found = [await store.lookup(oid) for oid in oids]
    return tuple(parse_commit(raw) for raw in found if raw)


def _text(value: bytes) -> str:
    return value.decode()


def _parse_changes(text: str) -> tuple[FileChange, ...]:
    """Join ``--raw`` (kind, hash) with ``--numstat`` (lines), both NUL-separated."""
    parts = text.split("\0")
    kinds: dict[str, tuple[str, str | None, str | None]] = {}
    counts: dict[str, tuple[int, int]] = {}
    at = 0
    while at < len(parts) and parts[at]:
        if parts[at].startswith(":"):
            _, _, _, oid, kind = parts[at].split(" ")
            moved = kind[0] in "RC"
            path = parts[at + 2] if moved else parts[at + 1]
            present = None if kind[0] == "D" else oid
            kinds[path] = (kind[0], present, parts[at + 1] if moved else None)
            at += 3 if moved else 2
            continue
        plus, minus, path = parts[at].split("\t", 2)
        step = 1 if path else 3
        counts[path or parts[at + 2]] = (_count(plus), _count(minus))
        at += step
    return tuple(
        FileChange(
            path=path,
            status=CHANGES.get(kind, "changed"),
            additions=counts.get(path, (0, 0))[0],
            deletions=counts.get(path, (0, 0))[1],
            oid=oid,
            previous=previous,
        )
        for path, (kind, oid, previous) in sorted(kinds.items())
    )


def _count(text: str) -> int:
    return 0 if text == "-" else int(text)
