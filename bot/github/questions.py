"""The questions that probes may ask, as GraphQL selections with what to make of each answer.

Paths and revisions come from prose: they are variables, never text of the query, and what could be read as another
expression (`HEAD:path`, `@{1}`, `..`) is no revision here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from bot.assessment.evidence import Sha
from bot.github import parse, wire
from bot.github.batches import Question, Reply, Variable
from bot.github.contents import Folder, Opaque, OpaqueKind, PathContent, TextFile
from bot.github.errors import Refused
from bot.github.faults import Faults
from bot.github.models import Authors, CommitInfo, Edit, IssueRef, Pull, RepositoryRef
from bot.github.queries import COMMIT, CONTEXTS, ISSUE_REF, OBJECT, PULL

SYMLINK, SUBMODULE = 0o120000, 0o160000
LFS = "version https://git-lfs.github.com/spec/"
LARGEST_TEXT = 5_000_000

_HEX = re.compile(r"[0-9a-fA-F]{7,40}\Z")
_REV = re.compile(r"[\w.+#%=,/-]+(?:[\^~]\d*)*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncated:
    """A text file of which GraphQL gives only the beginning."""

    path: str
    oid: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """A commit's checks as they arrived; `faults` count their paths from the rollup."""

    sha: Sha
    rollup: wire.WireRollup | None
    faults: Faults


class _Object(wire.Wire, frozen=True):
    oid: str | None = None
    message: str | None = None
    committed_date: datetime | None = None
    parents: wire.Connection[wire.Oid] | None = None
    status_check_rollup: wire.WireRollup | None = None
    history: wire.Connection[wire.WireCommit] | None = None
    author: wire.WireGitActor | None = None
    authors: wire.Connection[wire.WireGitActor] | None = None
    file: wire.WireEntry | None = None
    target: "_Object | None" = None


class _Tree(wire.Wire, frozen=True):
    entries: tuple[wire.WireEntry, ...] | None = None


class _Outlined(wire.Wire, frozen=True):
    tree: _Tree | None = None


class _Edit(wire.Wire, frozen=True):
    oid: str
    additions: int
    deletions: int


class _Edited(wire.Wire, frozen=True):
    history: wire.Connection[_Edit] | None = None


class _Elsewhere(wire.Wire, frozen=True):
    issue: wire.WireIssueRef | None = None


def is_sha(rev: str) -> bool:
    """Could it be a commit's sha, whole or abbreviated?"""
    return _HEX.match(rev) is not None


def is_revision(rev: str) -> bool:
    """Is it one revision and nothing else: no path, no range, no reflog, no option?"""
    return (
        len(rev) <= 255
        and _REV.match(rev) is not None
        and ".." not in rev
        and "//" not in rev
        and not rev.startswith(("-", "/", "."))
        and not rev.endswith(("/", ".", ".lock"))
    )


def is_path(path: str) -> bool:
    """Can git hold something at this path? The empty path is the root. Raises `Refused` for control characters."""
    if any(ord(char) < 32 or ord(char) == 127 for char in path) or len(path) > 4096:
        raise Refused("a path with control characters cannot be asked for", 422)
    return path == "" or all(part not in {"", ".", "..", ".git"} for part in path.split("/"))


def commit(rev: str) -> Question[CommitInfo | None]:
    """The commit of a revision; tags lead to their commit."""
    of = "__typename oid ... on Commit { ...CommitPart }"

    def read(reply: Reply) -> CommitInfo | None:
        found = reply.value("", _Object)
        while found is not None and found.target is not None:
            found = found.target
        if found is None or found.oid is None or found.message is None or found.committed_date is None:
            return None
        # A branch may be named like a commit: what was asked as a sha must be that sha.
        if is_sha(rev) and not found.oid.startswith(rev.lower()):
            return None
        parents = found.parents or wire.Connection()
        return parse.commit(wire.WireCommit(found.oid, found.message, found.committed_date, parents, found.author))

    return Question(
        selection=f"§: object(expression: $§rev) {{ {of} ... on Tag {{ target {{ {of} "
        f"... on Tag {{ target {{ {of} }} }} }} }} }}",
        variables=(Variable(name="rev", type="String!", value=rev.lower() if is_sha(rev) else rev),),
        fragments=(COMMIT,),
        read=read,
    )


def authors(sha: str) -> Question[Authors | None]:
    """Who wrote a commit, by its sha, abbreviated or not; None where there is no such commit."""

    def read(reply: Reply) -> Authors | None:
        found = reply.value("", _Object)
        if found is None or found.oid is None or not found.oid.startswith(sha.lower()):
            return None  # or a branch is named like a commit, as above
        if found.message is None or found.committed_date is None or found.authors is None:
            return None
        parents = found.parents or wire.Connection()
        one = wire.WireCommit(found.oid, found.message, found.committed_date, parents, found.author)
        return parse.authors(one, found.authors)

    return Question(
        selection="§: object(expression: $§rev) { oid ... on Commit { ...CommitPart "
        "authors(first: 20) { totalCount nodes { user { login } } } } }",
        variables=(Variable(name="rev", type="String!", value=sha.lower()),),
        fragments=(COMMIT,),
        read=read,
    )


def content(rev: str, path: str) -> Question[PathContent | Truncated]:
    """What stands at a path. The tree's own entry is asked for as well, since it alone tells links and submodules."""

    def read(reply: Reply) -> PathContent | Truncated:
        found = reply.value("", wire.WireObject)
        mode = _mode(reply) if path else 0
        if mode == SUBMODULE or (found is not None and found.kind == "Commit"):
            return Opaque(path=path, kind=OpaqueKind.SUBMODULE)
        if found is None:
            return None
        if mode == SYMLINK:
            return Opaque(path=path, kind=OpaqueKind.SYMLINK)
        return _read_object(path, found)

    at = Variable(name="at", type="String!", value=f"{rev}:{path}")
    if not path:
        return Question(selection=_AT, variables=(at,), fragments=(OBJECT,), read=read)
    return Question(
        selection=f"{_AT} {_ENTRY}",
        variables=(
            at,
            Variable(name="rev", type="String!", value=rev),
            Variable(name="path", type="String!", value=path),
        ),
        fragments=(OBJECT,),
        read=read,
    )


_AT = "§: object(expression: $§at) { ...ObjectPart }"
_ENTRY = "§e: object(expression: $§rev) { ... on Commit { file(path: $§path) { mode type } } }"


def _mode(reply: Reply) -> int:
    """Git's mode of the path; 0 where the tree's entry is not told (then it is taken for an ordinary file)."""
    if reply.within("e").faults:
        return 0
    holder = reply.value("e", _Object)
    entry = holder.file if holder is not None else None
    if entry is None:
        return 0
    return SUBMODULE if entry.type == "commit" else entry.mode


def _read_object(path: str, found: wire.WireObject) -> PathContent | Truncated:
    if found.entries is not None:
        return Folder(path=path, names=tuple(entry.name for entry in found.entries))
    if found.byte_size > LARGEST_TEXT:
        return Opaque(path=path, kind=OpaqueKind.TOO_LARGE)
    if found.is_binary or (found.text is None and found.byte_size):
        return Opaque(path=path, kind=OpaqueKind.BINARY)
    if found.is_truncated:
        return Truncated(path=path, oid=found.oid, size_bytes=found.byte_size)
    return text_file(path, found.oid, found.text or "")


def text_file(path: str, oid: str, text: str) -> TextFile | Opaque:
    """A file's text, unless it only points to where the content is."""
    if text.startswith(LFS):
        return Opaque(path=path, kind=OpaqueKind.LFS_POINTER)
    return TextFile(path=path, oid=oid, text=text)


def last_change(head: Sha, path: str) -> Question[CommitInfo | None]:
    """The newest commit up to `head` that touched the path."""

    def read(reply: Reply) -> CommitInfo | None:
        found = reply.value("", _Object)
        commits = parse.entries(found.history) if found is not None else ()
        return parse.commit(commits[0]) if commits else None

    return Question(
        selection="§: object(expression: $§head) { ... on Commit { "
        "history(first: 1, path: $§path) { nodes { ...CommitPart } } } }",
        variables=(
            Variable(name="head", type="String!", value=head),
            Variable(name="path", type="String!", value=path),
        ),
        fragments=(COMMIT,),
        read=read,
    )


def newest(head: Sha, until: datetime) -> Question[CommitInfo | None]:
    """The newest commit up to `head` that is not younger than a moment."""

    def read(reply: Reply) -> CommitInfo | None:
        found = reply.value("", _Object)
        commits = parse.entries(found.history) if found is not None else ()
        return parse.commit(commits[0]) if commits else None

    return Question(
        selection="§: object(expression: $§head) { ... on Commit { "
        "history(first: 1, until: $§until) { nodes { ...CommitPart } } } }",
        variables=(
            Variable(name="head", type="String!", value=head),
            Variable(name="until", type="GitTimestamp!", value=until.isoformat()),
        ),
        fragments=(COMMIT,),
        read=read,
    )


def outline(rev: str) -> Question[Mapping[str, str] | None]:
    """The hashes of what stands at the top of a commit's tree, by name; None where there is no such commit."""

    def read(reply: Reply) -> Mapping[str, str] | None:
        found = reply.value("", _Outlined)
        if found is None or found.tree is None or found.tree.entries is None:
            return None
        return MappingProxyType({entry.name: entry.oid for entry in found.tree.entries})

    return Question(
        selection="§: object(expression: $§rev) { ... on Commit { tree { entries { name oid } } } }",
        variables=(Variable(name="rev", type="String!", value=rev),),
        fragments=(),
        read=read,
    )


def edits(head: Sha, count: int) -> Question[tuple[Edit, ...]]:
    """How many lines each of the newest commits up to `head` edits."""

    def read(reply: Reply) -> tuple[Edit, ...]:
        found = reply.value("", _Edited)
        commits = parse.entries(found.history) if found is not None else ()
        return tuple(Edit(oid=Sha(one.oid), additions=one.additions, deletions=one.deletions) for one in commits)

    return Question(
        selection="§: object(expression: $§head) { ... on Commit { "
        "history(first: $§count) { nodes { oid additions deletions } } } }",
        variables=(
            Variable(name="head", type="String!", value=head),
            Variable(name="count", type="Int!", value=count),
        ),
        fragments=(),
        read=read,
    )


def pull(number: int) -> Question[Pull | None]:
    """A pull request of this repository."""

    def read(reply: Reply) -> Pull | None:
        found = reply.value("", wire.WirePull)
        return parse.pull(found) if found is not None else None

    return Question(
        selection="§: pullRequest(number: $§number) { ...PullPart }",
        variables=(Variable(name="number", type="Int!", value=number),),
        fragments=(PULL,),
        read=read,
    )


def issue(number: int) -> Question[IssueRef | None]:
    """An issue of this repository."""

    def read(reply: Reply) -> IssueRef | None:
        found = reply.value("", wire.WireIssueRef)
        return parse.issue_ref(found) if found is not None else None

    return Question(
        selection="§: issue(number: $§number) { ...IssueRefPart }",
        variables=(Variable(name="number", type="Int!", value=number),),
        fragments=(ISSUE_REF,),
        read=read,
    )


def issue_elsewhere(number: int, repository: RepositoryRef) -> Question[IssueRef | None]:
    """An issue of another repository, as far as it is visible."""

    def read(reply: Reply) -> IssueRef | None:
        found = reply.value("", _Elsewhere)
        if found is None or found.issue is None:
            return None
        return parse.issue_ref(found.issue)

    return Question(
        selection="§: repository(owner: $§owner, name: $§name) { issue(number: $§number) { ...IssueRefPart } }",
        variables=(
            Variable(name="owner", type="String!", value=repository.owner),
            Variable(name="name", type="String!", value=repository.name),
            Variable(name="number", type="Int!", value=number),
        ),
        fragments=(ISSUE_REF,),
        read=read,
        elsewhere=True,
    )


def checks(rev: str) -> Question[Rollup | None]:
    """The first page of a commit's checks; None where there is no such commit."""

    def read(reply: Reply) -> Rollup | None:
        found = reply.value("", _Object)
        if found is None or found.oid is None or (is_sha(rev) and not found.oid.startswith(rev.lower())):
            return None  # or a branch is named like a commit, as above
        faults = reply.within("", "statusCheckRollup")
        return Rollup(sha=Sha(found.oid), rollup=found.status_check_rollup, faults=faults)

    return Question(
        selection="§: object(expression: $§rev) { oid ... on Commit { "
        "statusCheckRollup { contexts(first: 100) { ...ContextsPart } } } }",
        variables=(Variable(name="rev", type="String!", value=rev),),
        fragments=(CONTEXTS,),
        read=read,
    )
