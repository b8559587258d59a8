"""What probes read of a local checkout: commits, ancestry, trees and texts. All else is refused, and never guessed.

Rules:
1. A checkout does not know pull requests. A commit that is not on the branch may have landed as another one, so where
   it went cannot be told; one that is not there at all may stand in a branch that was never fetched. Only a checkout
   with the heads of pull requests knows that a commit is nowhere.
2. Everything that cannot be answered raises `Unavailable`: it becomes "cannot be checked".
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

from bot.assessment.evidence import Sha
from bot.assessment.policy import Role
from bot.cli.local_git import GitTrouble, LocalGit
from bot.github.contents import Folder, Opaque, OpaqueKind, PathContent, Tree, TreeEntry
from bot.github.errors import Unavailable
from bot.github.models import (
    Background,
    Checks,
    CommitInfo,
    Deployment,
    Edit,
    IssueRef,
    NodeId,
    Pull,
    PullFile,
    SubIssues,
    Touch,
    Unknown,
    Version,
    Vote,
)
from bot.github.questions import is_path, is_revision, is_sha, text_file
from bot.github.remembered import Remembered
from bot.github.runs import CheckOutput, JobLog, WorkflowJob, WorkflowRun

OFFLINE = "a local checkout does not tell that"
LARGEST_TEXT_BYTES = 4 << 20
MOST_TOUCHES = 30
_KEPT_TREES, _KEPT_TEXTS = 6, 300
_FORMAT = "--format=%x00%H%x01%P%x01%cI%x01%B%x02"
_SHOW = ("--no-ext-diff", "--no-textconv", "--no-color", "-M")
_CHANGES = {"A": "ADDED", "C": "COPIED", "D": "DELETED", "M": "MODIFIED", "R": "RENAMED", "T": "CHANGED"}


class LocalReader:
    """`bot.probes.contract.Reader` over a checkout. `issues` are those that the file told of."""

    def __init__(self, git: LocalGit, issues: Mapping[int, IssueRef]) -> None:
        self._git = git
        self._issues = issues
        self._oids: Remembered[str, Sha | None] = Remembered()
        self._commits: Remembered[Sha, CommitInfo] = Remembered()
        self._trees: Remembered[Sha, Tree] = Remembered(_KEPT_TREES)
        self._contents: Remembered[tuple[Sha, str], PathContent] = Remembered(_KEPT_TEXTS)

    async def commit(self, rev: str) -> CommitInfo | None:
        """The commit, also by a sha prefix; None only where the checkout can know that it is nowhere."""
        oid = await self._oid(rev)
        if oid is None:
            if is_sha(rev) and not self._git.has_pulls:
                raise Unavailable("it is not in this checkout, which does not have the branches of pull requests")
            return None
        return await self._commits.get(oid, lambda: self._commit(oid))

    async def contains(self, base: str, sha: Sha) -> bool:
        """Is the commit reachable from `base`?"""
        return await self._ask("merge-base", "--is-ancestor", sha, await self._known(base)) is not None

    async def beyond(self, base: str, sha: Sha) -> int | None:
        """How many commits `sha` has that `base` has not."""
        oid = await self._known(base)
        if await self._ask("merge-base", oid, sha) is None:
            return None
        return int(await self._must("rev-list", "--count", f"{oid}..{sha}"))

    async def background(self, sha: Sha) -> Background | None:
        """Not told: it is asked of commits that are not on the branch, and pull requests are not known here."""
        raise Unavailable("whether it landed by a pull request is not told by a local checkout")

    async def touches(self, path: str) -> tuple[Touch, ...]:
        """The newest 30 commits of the branch that touched the path, merges left out."""
        if not path or not is_path(path):
            return ()
        told = ("log", f"-{MOST_TOUCHES}", "--no-merges", "--full-diff", "--shortstat", *_SHOW, _FORMAT, self._git.head)
        found = (await self._must(*told, "--", path)).decode("utf-8", "replace")
        return tuple(Touch(commit=commit, edit=_edit(commit.oid, rest)) for commit, rest in _commits(found))

    async def diff(self, base: Sha, sha: Sha) -> bytes | None:
        """What a commit changes against an ancestor, as git prints it."""
        return await self._must("diff", *_SHOW, base, sha)

    async def pull_diff(self, number: int) -> bytes | None:
        """Not told."""
        raise Unavailable(OFFLINE)

    async def releases(self) -> tuple[Version, ...]:
        """Not told."""
        raise Unavailable(OFFLINE)

    async def tags(self) -> tuple[Version, ...]:
        """Not told: tags of a checkout may be anybody's."""
        raise Unavailable(OFFLINE)

    async def deployments(self, environment: str | None) -> tuple[Deployment, ...] | Unknown:
        """Not told."""
        return Unknown(reason=OFFLINE)

    async def content(self, rev: str, path: str) -> PathContent:
        """What stands at the path."""
        oid = await self._oid(rev)
        if oid is None or not is_path(path):
            return None
        return await self._contents.get((oid, path), lambda: self._content(oid, path))

    async def last_change(self, path: str) -> CommitInfo | None:
        """The newest commit of the branch that touched the path."""
        if not path or not is_path(path):
            return None
        return await self._first("log", "-1", _FORMAT, self._git.head, "--", path)

    async def newest(self, until: datetime) -> CommitInfo | None:
        """The newest commit of the branch that is not younger than a moment."""
        return await self._first("log", "-1", f"--before={until.astimezone(UTC).isoformat()}", _FORMAT, self._git.head)

    async def pull(self, number: int) -> Pull | None:
        """Not told."""
        raise Unavailable(OFFLINE)

    async def issue(self, number: int, repository: str | None = None) -> IssueRef | None:
        """An issue that the file tells of."""
        if repository is None and number in self._issues:
            return self._issues[number]
        raise Unavailable(OFFLINE)

    async def sub_issues(self, *, nested: bool) -> SubIssues:
        """Not told."""
        raise Unavailable(OFFLINE)

    async def votes(self, comment: NodeId) -> tuple[Vote, ...]:
        """Not told."""
        raise Unavailable(OFFLINE)

    async def role(self, login: str) -> Role:
        """Not told."""
        raise Unavailable(OFFLINE)

    async def checks(self, rev: str) -> Checks | Unknown:
        """Not told."""
        return Unknown(reason=OFFLINE)

    async def tree(self, sha: Sha) -> Tree:
        """Every path at a commit."""
        return await self._trees.get(sha, lambda: self._tree(sha))

    async def outline(self, rev: str) -> Mapping[str, str] | None:
        """What stands at the top of the tree: the object's hash by name."""
        oid = await self._oid(rev)
        if oid is None:
            return None
        return {entry.path: entry.sha for entry in _entries(await self._must("ls-tree", "-z", "-l", oid))}

    async def edits(self, count: int) -> tuple[Edit, ...]:
        """The lines that each of the newest commits of the branch edits, newest first."""
        told = ("log", f"-{count}", "--diff-merges=first-parent", "--shortstat", *_SHOW, _FORMAT, self._git.head)
        found = (await self._must(*told)).decode("utf-8", "replace")
        return tuple(_edit(commit.oid, rest) for commit, rest in _commits(found))

    async def changed(self, sha: Sha) -> tuple[PullFile, ...]:
        """The files that a commit changes against its first parent, the first 300."""
        told = ("show", "--format=", "--diff-merges=first-parent", "--raw", "--numstat", "-z", *_SHOW, sha)
        return _files((await self._must(*told)).decode("utf-8", "replace"))[:300]

    async def workflow_runs(
        self,
        workflow: str,
        *,
        sha: Sha | None = None,
        branch: str | None = None,
        event: str | None = None,
        since: datetime | None = None,
    ) -> tuple[WorkflowRun, ...] | None:
        """Not told."""
        raise Unavailable(OFFLINE)

    async def workflow_run(self, run_id: int) -> WorkflowRun | None:
        """Not told."""
        raise Unavailable(OFFLINE)

    async def workflow_jobs(self, run_id: int) -> tuple[WorkflowJob, ...]:
        """Not told."""
        raise Unavailable(OFFLINE)

    async def workflow_logs(self, run_id: int, job: str | None = None) -> tuple[JobLog, ...] | Unknown | None:
        """Not told."""
        return Unknown(reason=OFFLINE)

    async def check_outputs(self, sha: Sha, name: str) -> tuple[CheckOutput, ...]:
        """Not told."""
        raise Unavailable(OFFLINE)

    def tarball(self, sha: Sha) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The repository at a commit, packed as GitHub packs it."""
        return self._git.stream("archive", "--format=tar.gz", f"--prefix=local-{sha[:7]}/", sha)

    async def history(self, count: int) -> tuple[CommitInfo, ...]:
        """The newest commits of the branch."""
        found = await self._must("log", f"-{count}", _FORMAT, self._git.head)
        return tuple(commit for commit, _ in _commits(found.decode("utf-8", "replace")))

    async def _ask(self, *arguments: str) -> bytes | None:
        try:
            return await self._git.ask(*arguments)
        except GitTrouble as error:
            raise Unavailable(str(error)) from error

    async def _must(self, *arguments: str) -> bytes:
        try:
            return await self._git.must(*arguments)
        except GitTrouble as error:
            raise Unavailable(str(error)) from error

    async def _known(self, rev: str) -> Sha:
        oid = await self._oid(rev)
        if oid is None:
            raise Unavailable(f"there is no revision {rev!r} in this checkout")
        return oid

    async def _oid(self, rev: str) -> Sha | None:
        if rev in {"HEAD", self._git.branch, f"refs/heads/{self._git.branch}"}:
            return self._git.head
        return await self._oids.get(rev, lambda: self._resolved(rev)) if is_revision(rev) else None

    async def _resolved(self, rev: str) -> Sha | None:
        told = await self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
        lines = told.decode().split() if told else []
        return Sha(lines[-1]) if lines else None

    async def _commit(self, oid: Sha) -> CommitInfo:
        found = await self._first("log", "-1", _FORMAT, oid)
        if found is None:
            raise Unavailable(f"the commit {oid} cannot be read")
        return found

    async def _first(self, *arguments: str) -> CommitInfo | None:
        found = (await self._must(*arguments)).decode("utf-8", "replace")
        return next((commit for commit, _ in _commits(found)), None)

    async def _tree(self, sha: Sha) -> Tree:
        listed = _entries(await self._must("ls-tree", "-r", "-z", "-l", sha))
        return Tree(sha=sha, entries=listed, truncated=False)

    async def _content(self, oid: Sha, path: str) -> PathContent:
        listed = await self._must("ls-tree", "-z", "-l", oid, *(("--", path) if path else ()))
        if not path:
            return Folder(path="", names=tuple(entry.path for entry in _entries(listed)))
        found = next((entry for entry in _entries(listed) if entry.path == path), None)
        if found is None:
            return None
        if found.mode == "040000":
            below = _entries(await self._must("ls-tree", "-z", "-l", found.sha))
            return Folder(path=path, names=tuple(entry.path for entry in below))
        if found.mode in _OPAQUE:
            return Opaque(path=path, kind=_OPAQUE[found.mode])
        if found.size_bytes > LARGEST_TEXT_BYTES:
            return Opaque(path=path, kind=OpaqueKind.TOO_LARGE)
        raw = await self._must("cat-file", "blob", found.sha)
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            return Opaque(path=path, kind=OpaqueKind.BINARY)
        return Opaque(path=path, kind=OpaqueKind.BINARY) if "\0" in text else text_file(path, found.sha, text)


_OPAQUE = {"120000": OpaqueKind.SYMLINK, "160000": OpaqueKind.SUBMODULE}


def _entries(listed: bytes) -> tuple[TreeEntry, ...]:
    """What `ls-tree -z -l` prints: `mode type oid size<TAB>path`."""
    entries = []
    for line in listed.decode("utf-8", "replace").split("\0"):
        head, tab, path = line.partition("\t")
        if tab:
            mode, _, oid, size = head.split()
            entries.append(TreeEntry(path=path, mode=mode, sha=oid, size_bytes=int(size) if size.isdigit() else 0))
    return tuple(entries)


def _commits(told: str) -> tuple[tuple[CommitInfo, str], ...]:
    """The commits of a log in our format, and what git prints behind each."""
    found = []
    for part in told.split("\0")[1:]:
        head, _, rest = part.partition("\x02")
        oid, parents, at, message = head.split("\x01", 3)
        commit = CommitInfo(
            oid=Sha(oid),
            message=message.rstrip("\n"),
            committed_at=datetime.fromisoformat(at).astimezone(UTC),
            parents=tuple(Sha(parent) for parent in parents.split()),
        )
        found.append((commit, rest))
    return tuple(found)


def _edit(oid: Sha, stat: str) -> Edit:
    """`2 files changed, 3 insertions(+), 1 deletion(-)`."""
    counts = {"insertion": 0, "deletion": 0}
    for part in stat.split(","):
        words = part.split()
        for name in counts:
            if len(words) > 1 and words[1].startswith(name):
                counts[name] = int(words[0])
    return Edit(oid=oid, additions=counts["insertion"], deletions=counts["deletion"])


def _files(told: str) -> tuple[PullFile, ...]:
    """What `--raw --numstat -z` prints: `:… status` NUL path (NUL path), then `added<TAB>deleted<TAB>path`."""
    fields = iter(told.split("\0"))
    changes: dict[str, tuple[str, str | None]] = {}
    files = []
    for field in fields:
        line = field.strip("\n")
        if line.startswith(":"):
            status = line.rsplit(" ", 1)[-1][:1]
            first = next(fields)
            path, previous = (next(fields), first) if status in {"C", "R"} else (first, None)
            changes[path] = (_CHANGES.get(status, "CHANGED"), previous)
        elif line.count("\t") == 2:
            added, deleted, path = line.split("\t")
            if not path:
                next(fields)
                path = next(fields)
            change, previous = changes.get(path, ("MODIFIED", None))
            counts = (int(one) if one.isdigit() else 0 for one in (added, deleted))
            additions, deletions = counts
            files.append(
                PullFile(path=path, additions=additions, deletions=deletions, change=change, previous=previous)
            )
    return tuple(files)
