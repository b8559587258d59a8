"""A small repository in memory: real trees and ancestry, no network, and a reader over it."""

import hashlib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.assessment.evidence import Criterion, CriterionId, Evidence, Sha
from bot.assessment.policy import Role
from bot.egress.exchange import (
    Blocked,
    Connection,
    EgressError,
    Fetch,
    NamedServer,
    RecordKind,
    Records,
    Request,
    Response,
    ServerKind,
    Unsendable,
)
from bot.egress.rules import NOT_REACHABLE
from bot.github.contents import Folder, Opaque, PathContent, TextFile, Tree, TreeEntry
from bot.github.models import (
    Actor,
    Checks,
    CommitInfo,
    Edit,
    Issue,
    IssueNumber,
    IssueRef,
    IssueState,
    NodeId,
    Pull,
    PullFile,
    PullState,
    RepositoryRef,
    Snapshot,
    SubIssues,
    Unknown,
    Vote,
)
from bot.probes.contract import Context, Fix, Params, Probe, Question
from bot.probes.fix import fix_of

from .actions import MemoryActions
from .landmarks import MemoryLandmarks

NOW = datetime(2025, 9, 16, 12, tzinfo=UTC)
URL = "https://github.example/acme/shop"
Files = Mapping[str, str | Opaque]


def oid(text: object) -> str:
    """A stable sha for a content."""
    return hashlib.sha1(repr(text).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Step:
    """One commit: what it says and which files it sets (None removes). `side` commits are not on the branch."""

    message: str
    files: Mapping[str, str | Opaque | None] = field(default_factory=dict)
    side: bool = False
    sha: Sha | None = None
    second_parent: Sha | None = None


@dataclass(frozen=True)
class Repo:
    """Commits oldest first, with the whole tree at each."""

    commits: tuple[CommitInfo, ...] = ()
    trees: Mapping[str, Files] = field(default_factory=dict)
    branch: tuple[Sha, ...] = ()  # oldest first
    truncated: bool = False

    @property
    def head(self) -> Sha | None:
        return self.branch[-1] if self.branch else None

    def sha(self, message: str) -> Sha:
        """The commit whose message starts so."""
        return next(commit.oid for commit in self.commits if commit.message.startswith(message))


def repo(*steps: Step, every: timedelta = timedelta(hours=1), last: datetime = NOW - timedelta(hours=1)) -> Repo:
    """A history out of steps; the last commit is at `last`."""
    commits: list[CommitInfo] = []
    trees: dict[str, Files] = {}
    branch: list[Sha] = []
    for place, step in enumerate(steps):
        sha = step.sha or Sha(oid((place, step.message)))
        parents = (*branch[-1:], *filter(None, (step.second_parent,)))
        at = last - every * (len(steps) - 1 - place)
        commits.append(CommitInfo(oid=sha, message=step.message, committed_at=at, parents=parents))
        merged = {**(trees[branch[-1]] if branch else {}), **step.files}
        trees[sha] = {path: text for path, text in merged.items() if text is not None}
        if not step.side:
            branch.append(sha)
    return Repo(commits=tuple(commits), trees=trees, branch=tuple(branch))


@dataclass(frozen=True)
class MemoryReader(MemoryActions, MemoryLandmarks):
    """`Reader` over a repository in memory; `asked` counts what was read."""

    repo: Repo
    pulls: tuple[Pull, ...] = ()
    issues: Mapping[tuple[str | None, int], IssueRef] = field(default_factory=dict)
    check_runs: Mapping[str, Checks | Unknown] = field(default_factory=dict)
    reactions: Mapping[str, tuple[Vote, ...]] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    below: Mapping[bool, SubIssues] = field(default_factory=dict)

    async def commit(self, rev: str) -> CommitInfo | None:
        self.asked.append("commit")
        found = [commit for commit in self.repo.commits if commit.oid.startswith(rev)]
        return found[0] if len(found) == 1 else None

    async def content(self, rev: str, path: str) -> PathContent:
        self.asked.append("content")
        return self._at(self._tree(rev), path)

    async def last_change(self, path: str) -> CommitInfo | None:
        self.asked.append("last_change")
        trees, by_sha = self.repo.trees, {commit.oid: commit for commit in self.repo.commits}
        pairs = zip(self.repo.branch, (None, *self.repo.branch), strict=False)
        touched = [new for new, old in pairs if self._at(trees[new], path) != self._at(trees[old] if old else {}, path)]
        return by_sha[touched[-1]] if touched else None

    async def newest(self, until: datetime) -> CommitInfo | None:
        self.asked.append("newest")
        by_sha = {commit.oid: commit for commit in self.repo.commits}
        older = [by_sha[sha] for sha in self.repo.branch if by_sha[sha].committed_at <= until]
        return older[-1] if older else None

    async def pull(self, number: int) -> Pull | None:
        self.asked.append("pull")
        return next((pull for pull in self.pulls if pull.number == number), None)

    async def issue(self, number: int, repository: str | None = None) -> IssueRef | None:
        self.asked.append("issue")
        return self.issues.get((repository, number))

    async def sub_issues(self, *, nested: bool) -> SubIssues:
        self.asked.append("sub_issues")
        return self.below[nested]

    async def votes(self, comment: NodeId) -> tuple[Vote, ...]:
        self.asked.append("votes")
        return self.reactions.get(comment, ())

    async def role(self, login: str) -> Role:
        self.asked.append("role")
        return self.roles.get(login, Role.NONE)

    async def checks(self, rev: str) -> Checks | Unknown:
        self.asked.append("checks")
        return self.check_runs.get(rev, Checks(sha=Sha(rev), checks=()))

    async def tree(self, sha: Sha) -> Tree:
        self.asked.append("tree")
        entries = tuple(
            TreeEntry(path=path, mode="100644", sha=oid(text), size_bytes=1)
            for path, text in sorted(self._tree(sha).items())
        )
        return Tree(sha=sha, entries=entries, truncated=self.repo.truncated)

    async def outline(self, rev: str) -> Mapping[str, str] | None:
        self.asked.append("outline")
        top: dict[str, list[object]] = {}
        for path, text in sorted(self._tree(rev).items()):
            top.setdefault(path.partition("/")[0], []).append((path, text))
        return {name: oid(below) for name, below in top.items()}

    async def edits(self, count: int) -> tuple[Edit, ...]:
        self.asked.append("edits")
        return tuple(self._edit(sha) for sha in reversed(self.repo.branch[-count:] if count else ()))

    async def changed(self, sha: Sha) -> tuple[PullFile, ...]:
        self.asked.append("changed")
        before, after = self._tree(f"{sha}^1"), self._tree(sha)
        paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        return tuple(
            PullFile(path=path, additions=1, deletions=0, change="MODIFIED" if path in before else "ADDED")
            for path in paths
        )

    def _edit(self, sha: Sha) -> Edit:
        before, after = self._lines(f"{sha}^1"), self._lines(sha)
        return Edit(oid=sha, additions=len(after - before), deletions=len(before - after))

    def _lines(self, rev: str) -> set[tuple[str, str]]:
        return {(path, line) for path, text in self._tree(rev).items() for line in str(text).splitlines()}

    @asynccontextmanager
    async def tarball(self, sha: Sha) -> Iterator[bytes]:  # type: ignore[override]
        raise NotImplementedError(sha)
        yield b""

    def _tree(self, rev: str) -> Files:
        sha = rev.removesuffix("^1")
        if rev != sha:
            parents = next((commit.parents for commit in self.repo.commits if commit.oid == sha), ())
            return self.repo.trees[parents[0]] if parents else {}
        return self.repo.trees.get(sha, {})

    def _at(self, tree: Files, path: str) -> PathContent:
        if path in tree:
            held = tree[path]
            return held if isinstance(held, Opaque) else TextFile(path=path, oid=oid(held), text=held)
        below = tuple(sorted({one[len(path) + 1 :].partition("/")[0] for one in tree if one.startswith(f"{path}/")}))
        return Folder(path=path, names=below) if below else None


def issue(**changes: object) -> Issue:
    """The issue under assessment."""
    plain = Issue(
        node_id=NodeId("I_1"),
        id=1,
        number=IssueNumber(1278),
        url=f"{URL}/issues/1278",
        title="Staging domains are wrong",
        body="",
        state=IssueState.OPEN,
        state_reason=None,
        created_at=NOW - timedelta(days=400),
        closed_at=None,
        locked=False,
        author=Actor(login="ann"),
        editor=None,
        labels=(),
        assignees=(),
        sub_issues=(),
        sub_issue_total=0,
        blocked_by=(),
        closing_pulls=(),
        timeline=(),
        comments=(),
        comment_total=0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def pull(number: int = 12, **changes: object) -> Pull:
    """A pull request, merged into main unless told otherwise."""
    plain = Pull(
        number=number,
        repository="acme/shop",
        url=f"{URL}/pull/{number}",
        title="Correct the domains",
        body="Fixes #1278",
        state=PullState.MERGED,
        is_draft=False,
        merged_at=NOW - timedelta(hours=2),
        base="main",
        head="fix-domains",
        author=Actor(login="bob"),
        merge_commit=None,
        changed_files=1,
        commit_count=1,
        commit_messages=("Correct the domains",),
        files=(PullFile(path="app/domains.py", additions=3, deletions=1, change="MODIFIED"),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def ref(number: int = 5, **changes: object) -> IssueRef:
    """A related issue, closed as completed unless told otherwise."""
    plain = IssueRef(
        number=number,
        title=f"Issue {number}",
        state=IssueState.CLOSED,
        state_reason=None,
        repository="acme/shop",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


async def nobody_answers(request: Request) -> Response:
    raise EgressError(request.url)


@dataclass(frozen=True)
class HttpOnly:
    """A way out whose HTTP is a function of the test; everything else is refused."""

    http: Fetch = nobody_answers
    trust: ssl.SSLContext = field(default_factory=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    async def fetch(self, request: Request) -> Response:
        return await self.http(request)

    async def connect(self, host: str, port: int, *, within: timedelta) -> Connection:
        raise Blocked(NOT_REACHABLE)

    async def records(self, name: str, kind: RecordKind, *, within: timedelta) -> Records:
        raise Blocked(NOT_REACHABLE)

    def server(self, name: str) -> NamedServer | None:
        return None

    def servers(self, kind: ServerKind) -> tuple[str, ...]:
        return ()

    def secret_fault(self, name: str, url: str) -> str | None:
        return f"there is no secret named {name!r} for this repository"

    def secret_headers(self, names: tuple[str, ...], url: str, given: tuple[tuple[str, str], ...] = ()):
        if names:
            raise Unsendable(self.secret_fault(names[0], url))
        return ()

    def scrub(self, text: str) -> str:
        return text


def context(
    at: Repo = Repo(),
    *,
    reader: MemoryReader | None = None,
    about: Issue | None = None,
    fix: Fix | None = None,
    head_checks: Checks | Unknown | None = None,
) -> Context:
    """What a probe gets. The fix follows from the closing pull requests unless it is given."""
    by_sha = {commit.oid: commit for commit in at.commits}
    snapshot = Snapshot(
        repository=RepositoryRef(owner="acme", name="shop", id=7),
        url=URL,
        is_private=False,
        is_archived=False,
        default_branch="main" if at.branch else None,
        head=at.head,
        history=tuple(by_sha[sha] for sha in reversed(at.branch)),
        policy_file=None,
        head_checks=head_checks or Checks(sha=at.head or Sha(""), checks=()),
        deployments=(),
        issue=about or issue(),
        fetched_at=NOW,
    )
    return Context(
        snapshot=snapshot,
        reader=reader or MemoryReader(at),
        network=HttpOnly(),
        fix=fix or fix_of(snapshot),
        now=NOW,
    )


def question(probe: Probe, *, ask_before: bool = True, **params: object) -> Question:
    """A question to a probe."""
    criterion = Criterion(id=CriterionId("c"), title="The criterion", category="Any", kind=probe.kind)
    return Question(criterion=criterion, params=made(probe, **params), ask_before=ask_before)


def made(probe: Probe, **params: object) -> Params:
    """A probe's parameters."""
    return probe.params.model_validate(params)


async def ask(probe: Probe, where: Context, *, ask_before: bool = True, **params: object) -> Evidence:
    """A probe's answer."""
    return await probe.ask(question(probe, ask_before=ask_before, **params), where)
