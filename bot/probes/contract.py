"""What a probe is: one kind of question asked of the world. It gathers evidence and never judges.

A probe gets a `Reader`, never a writer: a probe that changes GitHub does not type-check. It never raises for what
the world does (that is evidence: `ERROR` with a reason); the runner turns what escapes it into evidence as well.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from bot.assessment.evidence import Criterion, CriterionId, Evidence, Outcome, Sha
from bot.assessment.policy import Role
from bot.assessment.watching import Subject
from bot.egress.exchange import Network
from bot.github.contents import PathContent, Tree
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
    Snapshot,
    SubIssues,
    Touch,
    Unknown,
    Version,
    Vote,
)
from bot.github.runs import CheckOutput, JobLog, WorkflowJob, WorkflowRun
from bot.probes.trees import Scans
from bot.sandbox.command import Command, RanOver


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Whom or what a question is put to, in plain words; people are told so who ask what would be asked.

    `at` is the commit that it is about: `head` (of the default branch), `latest` (the newest there is), or a revision;
    None where it is about how things are now. `past`: the time before the fix can be asked about as well.
    """

    whom: str = "GitHub"
    at: str | None = None
    past: bool = False


class Params(BaseModel):
    """A probe's typed parameters: its section of the policy's schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    only_after_merge: ClassVar[bool] = False
    outside: ClassVar[bool]
    """No default: whoever adds a probe says it, or `asks_outside`; without it the registry refuses the probe."""
    subject: ClassVar[Subject] = Subject.SETTLED
    """Of what it tells: what is settled once and for all is not asked again after a closing."""

    @property
    def asks_outside(self) -> bool:
        """Is anything but GitHub asked, by way of what the operator granted to the repository?"""
        return self.outside

    @property
    def tells_of(self) -> Subject:
        """What may fall back after a closing, and must contain the fix for that to be a regression."""
        pinned = self.subject is Subject.BRANCH and self.aim.at not in {None, "head", "latest"}
        return Subject.SETTLED if pinned else self.subject

    @property
    def waits_for_merge(self) -> bool:
        """Can it only be answered once the fix is merged?

        So it is with what runs somewhere, with the default branch's own runs, with releases and with people's word;
        and with what would run the code, which nobody with rights has looked at before that.
        """
        return self.only_after_merge

    @property
    def aim(self) -> Aim:
        """Whom the question is put to, and about which commit."""
        return Aim()

    @property
    def dispatches(self) -> "DispatchWanted | None":
        """The workflow run that has to be started before the question can be answered; None for nearly all."""
        return None

    @property
    def takes_long(self) -> bool:
        """Is this question worth a progress line, whatever its probe's others are?"""
        return False

    @property
    def elsewhere(self) -> str | None:
        """The other repository (`owner/name`) whose issues it is about, if it is about any."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchWanted:
    """A workflow run to start: the workflow's file name (`suite.yml`), the declared inputs, how long it may take."""

    workflow: str
    inputs: tuple[tuple[str, str], ...]
    patience: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    """A workflow run that this assessment has started, before it measured anything.

    `run` is None where GitHub did not tell the run's id: then it is the first `workflow_dispatch` run since `at` that
    was set off `by` us (our login; None where it is not known). `refused` says why none was started. It is waited for
    `until` then.
    """

    at: datetime
    until: datetime
    run: int | None = None
    by: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A criterion with its probe's parameters. `ask_before`: also ask at the commit before the fix, where one can."""

    criterion: Criterion
    params: Params
    ask_before: bool = True


class Reader(Protocol):
    """What probes may read of the repository under assessment. Reads of one moment are sent as one request.

    Every method raises `bot.github.errors.GitHubError` where GitHub cannot be asked. `rev` is a sha, a branch or
    anything that git's rev-parse takes (`sha^1`).
    """

    async def commit(self, rev: str) -> CommitInfo | None:
        """The commit, also by a sha prefix of 7 or more; None if it exists nowhere in the repository."""
        ...

    async def contains(self, base: str, sha: Sha) -> bool:
        """Is the commit `sha` reachable from `base`?"""
        ...

    async def beyond(self, base: str, sha: Sha) -> int | None:
        """How many commits `sha` has that `base` has not: 0 where it contains it; None with nothing in common."""
        ...

    async def background(self, sha: Sha) -> Background | None:
        """How much a commit edits, and the pull requests that brought or hold it."""
        ...

    async def touches(self, path: str) -> tuple[Touch, ...]:
        """The newest 30 commits of the default branch that touched the path, merges left out."""
        ...

    async def diff(self, base: Sha, sha: Sha) -> bytes | None:
        """What a commit changes against an ancestor, as git prints it; None where GitHub makes no diff of it."""
        ...

    async def pull_diff(self, number: int) -> bytes | None:
        """What a pull request changes as a whole, as git prints it; None where GitHub makes no diff of it."""
        ...

    async def releases(self) -> tuple[Version, ...]:
        """The releases, newest first, at most 100; drafts are none."""
        ...

    async def tags(self) -> tuple[Version, ...]:
        """The tags, the newest commit's first, at most 100."""
        ...

    async def deployments(self, environment: str | None) -> tuple[Deployment, ...] | Unknown:
        """The deployments of an environment (None: of all), newest first, at most 100."""
        ...

    async def content(self, rev: str, path: str) -> PathContent:
        """What stands at the path."""
        ...

    async def last_change(self, path: str) -> CommitInfo | None:
        """The newest commit on the default branch that touched the path (added, changed or removed it)."""
        ...

    async def newest(self, until: datetime) -> CommitInfo | None:
        """The newest commit of the default branch that is not younger than a moment."""
        ...

    async def pull(self, number: int) -> Pull | None:
        """The pull request, or None."""
        ...

    async def issue(self, number: int, repository: str | None = None) -> IssueRef | None:
        """An issue of this repository (or `owner/name`), or None where it is absent or not visible."""
        ...

    async def sub_issues(self, *, nested: bool) -> SubIssues:
        """The sub-issues of the issue under assessment, with `nested` also theirs, 500 at most."""
        ...

    async def votes(self, comment: NodeId) -> tuple[Vote, ...]:
        """The 👍 and 👎 on a comment by people, oldest first, the newest 100 of each."""
        ...

    async def role(self, login: str) -> Role:
        """What somebody may do in this repository."""
        ...

    async def checks(self, rev: str) -> Checks | Unknown:
        """All checks of a commit."""
        ...

    async def tree(self, sha: Sha) -> Tree:
        """Every path at a commit."""
        ...

    async def outline(self, rev: str) -> Mapping[str, str] | None:
        """What stands at the top of the tree: the object's hash by name, for folders of all that is below."""
        ...

    async def edits(self, count: int) -> tuple[Edit, ...]:
        """The lines that each of the newest `count` commits (at most 100) of the default branch edits, newest first."""
        ...

    async def changed(self, sha: Sha) -> tuple[PullFile, ...]:
        """The files that a commit changes against its first parent, the first 300."""
        ...

    async def workflow_runs(
        self,
        workflow: str,
        *,
        sha: Sha | None = None,
        branch: str | None = None,
        event: str | None = None,
        since: datetime | None = None,
    ) -> tuple[WorkflowRun, ...] | None:
        """The newest 100 runs of a workflow file, newest first; None where there is no such workflow.

        By `branch` also runs of a fork's branch of that name are told.
        """
        ...

    async def workflow_run(self, run_id: int) -> WorkflowRun | None:
        """One run of a workflow, or None."""
        ...

    async def workflow_jobs(self, run_id: int) -> tuple[WorkflowJob, ...]:
        """The first 100 jobs of a run's newest attempt."""
        ...

    async def workflow_logs(self, run_id: int, job: str | None = None) -> tuple[JobLog, ...] | Unknown | None:
        """What a run's jobs by that name (`*` for anything) printed; None where there is no log (any more).

        `Unknown` where it is too large to be read.
        """
        ...

    async def check_outputs(self, sha: Sha, name: str) -> tuple[CheckOutput, ...]:
        """What the newest check runs of a name at a commit report, one for each app."""
        ...

    def tarball(self, sha: Sha) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The repository at a commit as GitHub's gzipped tarball, streamed."""
        ...


class Commands(Protocol):
    """The commands that the operator has named, as far as one repository may run them."""

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""
        ...

    def command(self, name: str) -> Command | None:
        """The command of that name; None where this repository has none."""
        ...

    async def run(
        self, command: Command, sha: Sha, tarball: AbstractAsyncContextManager[AsyncIterator[bytes]]
    ) -> RanOver:
        """What comes of it over the tree at a commit.

        Raises `bot.sandbox.command.NoSandbox`, `bot.sandbox.checkout.TooLarge`, `bot.scan.archive.ArchiveFault`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """The change that is said to fix the issue: merge commits newest first, and the commit before the oldest one.

    `before` is None where no fix is known: then nothing can be asked of the time before it.
    `paths` are the files that it changes.
    """

    commits: tuple[Sha, ...]
    before: Sha | None
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What every probe of one assessment shares. `now` was read once.

    `scans` lets questions about the same tree share one pass; without it each reads for itself.
    `dispatched` are the workflow runs that this assessment has started, by their criterion. `commands` is None where
    the operator has named none at all. `promised` is until when an earlier look has promised to wait.
    `confirm_role` is the weakest role that confirms a fix, besides the reporter.
    """

    snapshot: Snapshot
    reader: Reader
    network: Network
    fix: Fix
    now: datetime
    scans: Scans | None = None
    dispatched: Mapping[CriterionId, Dispatched] = field(default_factory=lambda: MappingProxyType({}))
    commands: Commands | None = None
    promised: Mapping[CriterionId, datetime] = field(default_factory=lambda: MappingProxyType({}))
    confirm_role: Role = Role.TRIAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """A probe's entry in the catalogue: what it asks, an example in policy YAML, and what each outcome means."""

    question: str
    example: str
    outcomes: tuple[tuple[Outcome, str], ...]


class Probe(Protocol):
    """One kind of question. Each module of `bot.probes` that has one exposes it as `PROBE`."""

    kind: str
    params: type[Params]
    manual: Manual
    limit: timedelta
    slow: bool  # worth a progress line: it reads much, or waits
    heavy: bool  # it holds a connection to the outside or a tarball, so only so many run at once

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence for one question."""
        ...
