"""What probes read: `bot.probes.contract.Reader`, with the reads of one moment in one request and none made twice."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from copy import copy
from datetime import UTC, datetime
from functools import partial

import msgspec

from bot.assessment.evidence import Sha
from bot.assessment.policy import Role
from bot.github import parse, questions, wire
from bot.github.actions import ActionsReads
from bot.github.batches import Batch
from bot.github.contents import Opaque, OpaqueKind, PathContent, Tree
from bot.github.errors import NotFound
from bot.github.landmarks import Landmarks
from bot.github.listing import listed
from bot.github.models import (
    Authors,
    Background,
    Checks,
    CommitInfo,
    Deployment,
    Edit,
    IssueRef,
    NodeId,
    Pull,
    PullFile,
    RepositoryRef,
    Snapshot,
    SubIssues,
    Touch,
    Unknown,
    Version,
    Vote,
)
from bot.github.people import role
from bot.github.reachability import proven
from bot.github.remembered import Remembered
from bot.github.rollups import all_checks
from bot.github.runs import CheckOutput, JobLog, WorkflowJob, WorkflowRun
from bot.github.scopes import Scope
from bot.github.subissues import sub_issues
from bot.github.votes import votes

MOST_EDITS = 100
MOST_TEXTS = 300
MOST_TREES = 6
LARGEST_NUMBER = 2**31 - 1  # GraphQL's Int; numbers come from prose
RAW = "application/vnd.github.raw+json"


class _Compare(msgspec.Struct, frozen=True):
    status: str
    ahead_by: int = 1


class _Changed(msgspec.Struct, frozen=True):
    files: tuple[wire.WireRestFile, ...] = ()


class BatchedReader:
    """The reads of one assessment. The default branch is read where the snapshot saw it, whatever is pushed since.

    `pulls` are pull requests that are told as they are given.
    """

    def __init__(self, scope: Scope, snapshot: Snapshot, pulls: tuple[Pull, ...] = ()) -> None:
        self._line = scope.line
        self._scope = scope
        self._snapshot = snapshot
        self._given = {pull.number: pull for pull in pulls}
        self._repository = scope.repository
        self._batch = Batch(scope.line, scope.repository)
        self._actions = ActionsReads(scope)
        self._landmarks = Landmarks(scope, self._batch)
        self._commits: Remembered[str, CommitInfo | None] = Remembered()
        self._authors: Remembered[str, Authors | None] = Remembered()
        self._beyond: Remembered[tuple[str, Sha], int | None] = Remembered()
        self._contents: Remembered[tuple[str, str], PathContent] = Remembered(MOST_TEXTS)
        self._changes: Remembered[str, CommitInfo | None] = Remembered()
        self._pulls: Remembered[int, Pull | None] = Remembered()
        self._issues: Remembered[tuple[int, str], IssueRef | None] = Remembered()
        self._below: Remembered[bool, SubIssues] = Remembered()
        self._votes: Remembered[NodeId, tuple[Vote, ...]] = Remembered()
        self._roles: Remembered[str, Role] = Remembered()
        self._checks: Remembered[str, Checks | Unknown] = Remembered()
        self._trees: Remembered[Sha, Tree] = Remembered(MOST_TREES)
        self._newest: Remembered[datetime, CommitInfo | None] = Remembered()
        self._outlines: Remembered[str, Mapping[str, str] | None] = Remembered()
        self._edits: Remembered[int, tuple[Edit, ...]] = Remembered()
        self._changed: Remembered[Sha, tuple[PullFile, ...]] = Remembered()
        self._history = {commit.oid: commit for commit in snapshot.history}

    def beside(self, snapshot: Snapshot) -> "BatchedReader":
        """A reader for another issue, seen at the same head: what one has read the other need not, and what both ask at
        the same moment is one request.
        """
        if (snapshot.head, snapshot.repository) != (self._snapshot.head, self._snapshot.repository):
            raise ValueError("the other issue was not seen at the same commit of the same repository")
        other = copy(self)
        other._snapshot = snapshot  # noqa: SLF001 - of its own kind
        other._below = Remembered()  # noqa: SLF001
        return other

    async def commit(self, rev: str) -> CommitInfo | None:
        """The commit, also by a sha prefix of 7 or more; None if it exists nowhere in the repository."""
        pinned = self._pin(rev)
        if pinned is None:
            return None
        known = self._history.get(Sha(pinned))
        if known is not None:
            return known
        return await self._commits.get(pinned, lambda: self._batch.ask(questions.commit(pinned)))

    async def authors(self, sha: str) -> Authors | None:
        """Who wrote a commit, co-authors included; its sha may have 7 digits or more. None: there is no such commit."""
        if not questions.is_sha(sha):
            return None
        return await self._authors.get(sha.lower(), lambda: self._batch.ask(questions.authors(sha)))

    async def contains(self, base: str, sha: Sha) -> bool:
        """Is the commit `sha` reachable from `base`? Raises `NotFound` where there is no `base`."""
        pinned = self._pin(base)
        if pinned is None:
            raise NotFound(f"there is no revision {base!r}")
        told = proven(self._snapshot.history, Sha(pinned), sha)
        if told is not None and pinned in self._history:
            return told
        return await self._beyond.get((pinned, sha), lambda: self._compare(pinned, sha)) == 0

    async def beyond(self, base: str, sha: Sha) -> int | None:
        """How many commits `sha` has that `base` has not; None with nothing in common. Raises `NotFound` as above."""
        pinned = self._pin(base)
        if pinned is None:
            raise NotFound(f"there is no revision {base!r}")
        if pinned in self._history and proven(self._snapshot.history, Sha(pinned), sha):
            return 0
        return await self._beyond.get((pinned, sha), lambda: self._compare(pinned, sha))

    async def background(self, sha: Sha) -> Background | None:
        """How much a commit edits, and the pull requests that brought or hold it."""
        return await self._landmarks.background(sha)

    async def touches(self, path: str) -> tuple[Touch, ...]:
        """The newest 30 commits of the default branch that touched the path, merges left out."""
        head = self._snapshot.head
        if head is None or not path or not questions.is_path(path):
            return ()
        return await self._landmarks.touches(head, path)

    async def diff(self, base: Sha, sha: Sha) -> bytes | None:
        """What a commit changes against an ancestor, as git prints it; None where GitHub makes no diff of it."""
        return await self._landmarks.diff(base, sha)

    async def pull_diff(self, number: int) -> bytes | None:
        """What a pull request changes as a whole, as git prints it; None where GitHub makes no diff of it."""
        return await self._landmarks.pull_diff(number)

    async def releases(self) -> tuple[Version, ...]:
        """The releases, newest first, at most 100; drafts are none."""
        return await self._landmarks.releases()

    async def tags(self) -> tuple[Version, ...]:
        """The tags, the newest commit's first, at most 100."""
        return await self._landmarks.tags()

    async def deployments(self, environment: str | None) -> tuple[Deployment, ...] | Unknown:
        """The deployments of an environment (None: of all), newest first, at most 100."""
        return await self._landmarks.deployments(environment)

    async def content(self, rev: str, path: str) -> PathContent:
        """What stands at the path; None where nothing does, or where git can hold nothing."""
        pinned = self._pin(rev)
        if pinned is None or not questions.is_path(path):
            return None
        return await self._contents.get((pinned, path), lambda: self._content(pinned, path))

    async def last_change(self, path: str) -> CommitInfo | None:
        """The newest commit on the default branch that touched the path."""
        head = self._snapshot.head
        if head is None or not path or not questions.is_path(path):
            return None
        return await self._changes.get(path, lambda: self._batch.ask(questions.last_change(head, path)))

    async def newest(self, until: datetime) -> CommitInfo | None:
        """The newest commit of the default branch that is not younger than a moment."""
        head = self._snapshot.head
        if head is None:
            return None
        return await self._newest.get(until, lambda: self._batch.ask(questions.newest(head, until)))

    async def pull(self, number: int) -> Pull | None:
        """The pull request, or None."""
        if number in self._given:
            return self._given[number]
        if not 0 < number <= LARGEST_NUMBER:
            return None
        return await self._pulls.get(number, lambda: self._batch.ask(questions.pull(number)))

    async def issue(self, number: int, repository: str | None = None) -> IssueRef | None:
        """An issue of this repository (or `owner/name`), or None where it is absent or not visible."""
        if not 0 < number <= LARGEST_NUMBER:
            return None
        home = self._repository
        full_name = repository or home.full_name
        owner, _, name = full_name.partition("/")
        question = questions.issue(number)
        if full_name.lower() != home.full_name.lower():
            question = questions.issue_elsewhere(number, RepositoryRef(owner=owner, name=name))
        return await self._issues.get((number, full_name.lower()), lambda: self._batch.ask(question))

    async def votes(self, comment: NodeId) -> tuple[Vote, ...]:
        """The 👍 and 👎 on a comment by people, oldest first, the newest 100 of each."""
        return await self._votes.get(comment, lambda: self._batch.ask(votes(comment)))

    async def role(self, login: str) -> Role:
        """What somebody may do in this repository."""
        return await self._roles.get(login.lower(), lambda: role(self._scope, login))

    async def sub_issues(self, *, nested: bool) -> SubIssues:
        """The sub-issues of the issue under assessment, with `nested` also theirs, 500 at most."""
        number = self._snapshot.issue.number
        read = partial(sub_issues, self._batch, number, self._repository, nested=nested)
        return await self._below.get(nested, read)

    async def checks(self, rev: str) -> Checks | Unknown:
        """All checks of a commit."""
        pinned = self._pin(rev)
        if pinned is None:
            return Unknown(reason=f"there is no revision {rev!r}")
        if pinned == self._snapshot.head:
            return self._snapshot.head_checks
        return await self._checks.get(pinned, lambda: self._all_checks(pinned))

    async def tree(self, sha: Sha) -> Tree:
        """Every path at a commit. Raises `NotFound` where there is no such commit."""
        return await self._trees.get(sha, lambda: listed(self._line, self._at, sha))

    async def outline(self, rev: str) -> Mapping[str, str] | None:
        """What stands at the top of the tree: the object's hash by name, for folders of all that is below."""
        pinned = self._pin(rev)
        if pinned is None:
            return None
        return await self._outlines.get(pinned, lambda: self._batch.ask(questions.outline(pinned)))

    async def edits(self, count: int) -> tuple[Edit, ...]:
        """The lines that each of the newest `count` commits (at most 100) of the default branch edits, newest first."""
        head = self._snapshot.head
        if head is None or not 0 < count <= MOST_EDITS:
            return ()
        return await self._edits.get(count, lambda: self._batch.ask(questions.edits(head, count)))

    async def changed(self, sha: Sha) -> tuple[PullFile, ...]:
        """The files that a commit changes against its first parent, the first 300."""
        return await self._changed.get(sha, lambda: self._files(sha))

    async def workflow_runs(
        self,
        workflow: str,
        *,
        sha: Sha | None = None,
        branch: str | None = None,
        event: str | None = None,
        since: datetime | None = None,
    ) -> tuple[WorkflowRun, ...] | None:
        """The newest 100 runs of a workflow file, newest first; None where there is no such workflow."""
        created = f">={since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if since is not None else None
        filters = {"head_sha": sha, "branch": branch, "event": event, "created": created}
        return await self._actions.runs(workflow, {name: value for name, value in filters.items() if value is not None})

    async def workflow_run(self, run_id: int) -> WorkflowRun | None:
        """One run of a workflow, or None."""
        return await self._actions.run(run_id)

    async def workflow_jobs(self, run_id: int) -> tuple[WorkflowJob, ...]:
        """The first 100 jobs of a run's newest attempt."""
        return await self._actions.jobs(run_id)

    async def workflow_logs(self, run_id: int, job: str | None = None) -> tuple[JobLog, ...] | Unknown | None:
        """What a run's jobs by that name (`*` for anything) printed; None where there is no log (any more)."""
        return await self._actions.logs(run_id, job)

    async def check_outputs(self, sha: Sha, name: str) -> tuple[CheckOutput, ...]:
        """What the newest check runs of a name at a commit report, one for each app."""
        checks = self._snapshot.head_checks
        if sha == self._snapshot.head and not isinstance(checks, Unknown):
            sha = checks.sha  # the head's checks are those that the snapshot has, wherever they ran
        return await self._actions.outputs(sha, name)

    def tarball(self, sha: Sha) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The repository at a commit as GitHub's gzipped tarball, streamed. Two minutes for all of it."""
        return self._line.stream("/repos/{owner}/{repo}/tarball/{ref}", {**self._at, "ref": sha})

    @property
    def _at(self) -> dict[str, str]:
        return {"owner": self._repository.owner, "repo": self._repository.name}

    def _pin(self, rev: str) -> str | None:
        """The revision as we may send it; the default branch by the snapshot's own commit. None: there is none."""
        branch = self._snapshot.default_branch
        if rev == "HEAD" or (branch is not None and rev in {branch, f"refs/heads/{branch}"}):
            return self._snapshot.head
        if not questions.is_revision(rev):
            return None
        return rev.lower() if questions.is_sha(rev) else rev

    async def _compare(self, base: str, sha: Sha) -> int | None:
        """https://docs.github.com/en/rest/commits/commits#compare-two-commits"""
        try:
            compared = await self._scope.get(
                "/repos/{owner}/{repo}/compare/{basehead}{?per_page}",
                _Compare,
                basehead=f"{base}...{sha}",
                per_page=1,
            )
        except NotFound:
            # Absent, or nothing in common: neither is contained. An absent base was no question.
            if await self.commit(base) is None:
                raise
            return None
        return 0 if compared.status in {"identical", "behind"} else max(compared.ahead_by, 1)

    async def _content(self, rev: str, path: str) -> PathContent:
        found = await self._batch.ask(questions.content(rev, path))
        if not isinstance(found, questions.Truncated):
            return found
        raw = await self._line.fetch(
            "/repos/{owner}/{repo}/git/blobs/{sha}", {**self._at, "sha": found.oid}, accept=RAW
        )
        try:
            return questions.text_file(path, found.oid, raw.decode())
        except UnicodeDecodeError:
            return Opaque(path=path, kind=OpaqueKind.BINARY)

    async def _all_checks(self, rev: str) -> Checks | Unknown:
        first = await self._batch.ask(questions.checks(rev))
        if first is None:
            return Unknown(reason=f"there is no revision {rev!r}")
        return await all_checks(self._scope, first.sha, first.rollup, first.faults)

    async def _files(self, sha: Sha) -> tuple[PullFile, ...]:
        """https://docs.github.com/en/rest/commits/commits#get-a-commit"""
        told = await self._scope.get("/repos/{owner}/{repo}/commits/{ref}", _Changed, ref=sha)
        return tuple(parse.rest_file(file) for file in told.files)
