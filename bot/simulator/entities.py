"""What the simulated GitHub knows: accounts, repositories, issues, checks, deployments.

These are the only mutable values of the project. They hold state and answer questions about
themselves; every change goes through `changes` so that events and webhooks follow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.simulator.accounts import Account
from bot.simulator.git.store import GitStore
from bot.simulator.ids import node_id

ROLES = ("none", "read", "triage", "write", "maintain", "admin")


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Label:
    """A label of a repository."""

    repository: Repository
    id: int
    name: str
    color: str = "ededed"
    description: str | None = None

    @property
    def node_id(self) -> str:
        """The label's node id."""
        return node_id("LA", self.repository.id, self.id)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Reaction:
    """One account's reaction; ``content`` in REST's words (``+1``, ``eyes``)."""

    id: int
    author: Account
    content: str
    created_at: datetime

    @property
    def node_id(self) -> str:
        """The reaction's node id."""
        return node_id("REA", self.id)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Comment:
    """A comment on an issue or a pull request."""

    issue: Issue
    id: int
    author: Account
    body: str
    created_at: datetime
    updated_at: datetime
    visible_at: datetime
    editor: Account | None = None
    last_edited_at: datetime | None = None
    minimized: str | None = None
    reactions: list[Reaction] = field(default_factory=list)

    @property
    def node_id(self) -> str:
        """The comment's node id."""
        return node_id("IC", self.issue.repository.id, self.id)


class EventKind(StrEnum):
    """The timeline events that the simulator keeps, in REST's words."""

    CLOSED = "closed"
    REOPENED = "reopened"
    LABELED = "labeled"
    UNLABELED = "unlabeled"
    CROSS_REFERENCED = "cross-referenced"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    REFERENCED = "referenced"
    MERGED = "merged"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    ASSIGNED = "assigned"
    MARKED_AS_DUPLICATE = "marked_as_duplicate"
    SUB_ISSUE_ADDED = "sub_issue_added"
    RENAMED = "renamed"


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class TimelineEvent:
    """Something that happened to an issue."""

    issue: Issue
    id: int
    kind: EventKind
    actor: Account
    created_at: datetime
    commit: str | None = None
    other: Issue | None = None
    label: Label | None = None
    state_reason: str | None = None
    will_close: bool = False
    rename: tuple[str, str] = ("", "")


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Pull:
    """What a pull request has beyond an issue; ``trial`` is base, head and the merge of both (None: a conflict)."""

    base: str
    head: str
    base_sha: str
    head_sha: str
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: Account | None = None
    merge_commit_sha: str | None = None
    closes: list[Issue] = field(default_factory=list)
    commits: tuple[str, ...] = ()
    fork: str | None = None
    trial: tuple[str, str, str | None] | None = None

    @property
    def merged(self) -> bool:
        """Whether it was merged."""
        return self.merged_at is not None


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Issue:
    """An issue; a pull request is one too, and then ``pull`` is set."""

    repository: Repository
    id: int
    number: int
    title: str
    body: str
    author: Account
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: Account | None = None
    editor: Account | None = None
    last_edited_at: datetime | None = None
    locked: bool = False
    deleted: bool = False
    transferred_to: str | None = None
    issue_type: str | None = None
    duplicate_of: Issue | None = None
    parent: Issue | None = None
    labels: list[Label] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    children: list[Issue] = field(default_factory=list)
    blocked_by: list[Issue] = field(default_factory=list)
    events: list[TimelineEvent] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    pull: Pull | None = None

    @property
    def node_id(self) -> str:
        """The issue's or the pull request's node id."""
        return node_id("PR" if self.pull else "I", self.repository.id, self.id)

    @property
    def path(self) -> str:
        """The path of its page, without the host."""
        return f"{self.repository.full_name}/{'pull' if self.pull else 'issues'}/{self.number}"

    def label_names(self) -> list[str]:
        """The names of its labels, in the order they were added."""
        return [label.name for label in self.labels]


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class CheckSuite:
    """The check runs of one app (and one workflow run) at one commit."""

    repository: Repository
    id: int
    sha: str
    app: str
    branch: str | None
    created_at: datetime
    workflow_run: WorkflowRun | None = None

    @property
    def node_id(self) -> str:
        """The check suite's node id."""
        return node_id("CS", self.repository.id, self.id)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class CheckRun:
    """One check run; words in lower case, as REST gives them."""

    suite: CheckSuite
    id: int
    name: str
    status: str
    conclusion: str | None
    started_at: datetime
    completed_at: datetime | None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    details_url: str | None = None
    external_id: str = ""
    annotations: list[dict[str, object]] = field(default_factory=list)

    @property
    def node_id(self) -> str:
        """The check run's node id."""
        return node_id("CR", self.suite.repository.id, self.id)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class CommitStatus:
    """One commit status (the older kind of check)."""

    repository: Repository
    id: int
    sha: str
    context: str
    state: str
    creator: Account
    created_at: datetime
    description: str | None = None
    target_url: str | None = None

    @property
    def node_id(self) -> str:
        """The status's node id."""
        return node_id("SC", self.repository.id, self.id)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Workflow:
    """A workflow file."""

    repository: Repository
    id: int
    name: str
    path: str
    state: str = "active"
    dispatchable: bool = True
    returns_run: bool = True
    declared: bool = False
    dispatch_conclusion: str | None = "success"

    @property
    def node_id(self) -> str:
        """The workflow's node id."""
        return node_id("W", self.repository.id, self.id)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class WorkflowRun:
    """One run of a workflow."""

    workflow: Workflow
    id: int
    number: int
    sha: str
    branch: str
    event: str
    status: str
    conclusion: str | None
    created_at: datetime
    updated_at: datetime
    title: str
    actor: Account
    suite: CheckSuite
    attempt: int = 1
    log: str = ""
    logs: dict[str, str] = field(default_factory=dict)
    log_expired: bool = False
    fork: str | None = None

    @property
    def node_id(self) -> str:
        """The run's node id."""
        return node_id("WFR", self.workflow.repository.id, self.id)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class DeploymentStatus:
    """One state of a deployment."""

    id: int
    state: str
    creator: Account
    created_at: datetime
    description: str = ""
    environment_url: str = ""
    log_url: str = ""

    @property
    def node_id(self) -> str:
        """The deployment status's node id."""
        return node_id("DES", self.id)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Deployment:
    """One deployment, with its states oldest first."""

    repository: Repository
    id: int
    sha: str
    ref: str
    environment: str
    creator: Account
    created_at: datetime
    task: str = "deploy"
    description: str | None = None
    statuses: list[DeploymentStatus] = field(default_factory=list)

    @property
    def node_id(self) -> str:
        """The deployment's node id."""
        return node_id("DE", self.repository.id, self.id)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Release:
    """A release: a tag with a name."""

    id: int
    tag: str
    name: str
    created_at: datetime
    draft: bool = False
    prerelease: bool = False


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Repository:
    """One repository with all that hangs on it."""

    id: int
    owner: Account
    name: str
    git: GitStore
    default_branch: str
    created_at: datetime
    private: bool = False
    archived: bool = False
    has_issues: bool = True
    installed: bool = True
    permissions: dict[str, str] | None = None
    protected: set[str] = field(default_factory=set)
    labels: dict[str, Label] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    collaborators: dict[str, str] = field(default_factory=dict)
    check_suites: list[CheckSuite] = field(default_factory=list)
    check_runs: list[CheckRun] = field(default_factory=list)
    statuses: list[CommitStatus] = field(default_factory=list)
    workflows: list[Workflow] = field(default_factory=list)
    workflow_runs: list[WorkflowRun] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)

    @property
    def node_id(self) -> str:
        """The repository's node id."""
        return node_id("R", self.id)

    @property
    def full_name(self) -> str:
        """``owner/name``."""
        return f"{self.owner.login}/{self.name}"

    def role_of(self, login: str) -> str:
        """The role that a login holds here; whoever is no collaborator reads a public repository."""
        if login.lower() == self.owner.login.lower():
            return "admin"
        return self.collaborators.get(login.lower(), "none" if self.private else "read")

    def next_number(self) -> int:
        """The number of the next issue or pull request."""
        return max(self.issues, default=0) + 1

    def pulls(self) -> list[Issue]:
        """The pull requests, by number."""
        return [i for _, i in sorted(self.issues.items()) if i.pull and not i.deleted]

    def plain_issues(self) -> list[Issue]:
        """The issues that are no pull requests, by number."""
        return [i for _, i in sorted(self.issues.items()) if not i.pull and not i.deleted]
