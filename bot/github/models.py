"""What we read from GitHub, as frozen values: only the fields that somebody uses.

`Unknown` stands where GitHub would not tell (a permission is missing, a part failed). It is never "no" and never
"passed": whoever reads a `T | Unknown` has to say what not knowing means.
Field names follow GitHub's GraphQL API: https://docs.github.com/en/graphql/reference
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.assessment.evidence import Sha
from bot.github.labels import LabelNames

InstallationId = NewType("InstallationId", int)
IssueNumber = NewType("IssueNumber", int)
NodeId = NewType("NodeId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """GitHub did not tell; `reason` says why, in plain words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryRef:
    """A repository by name; `id` is GitHub's database id, which survives renames."""

    owner: str
    name: str
    id: int = 0

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody on GitHub. For an app, `login` is its slug (GraphQL's form, without `[bot]`)."""

    login: str
    is_bot: bool = False

    def is_account(self, login: str) -> bool:
        """Is it the account with this login in REST's form, where an app is `slug[bot]`?"""
        name = login.removesuffix("[bot]")
        return self.is_bot == (name != login) and self.login.removesuffix("[bot]").lower() == name.lower()


class IssueState(StrEnum):
    """Open or closed."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class StateReason(StrEnum):
    """Why an issue is in its state."""

    COMPLETED = "COMPLETED"
    NOT_PLANNED = "NOT_PLANNED"
    DUPLICATE = "DUPLICATE"
    REOPENED = "REOPENED"


class PullState(StrEnum):
    """Open, closed without merging, or merged."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    MERGED = "MERGED"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRef:
    """Another issue as a link shows it. `repository` is `owner/name`; `by_us`: this app filed it."""

    number: int
    title: str
    state: IssueState
    state_reason: StateReason | None
    repository: str
    id: int = 0
    by_us: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubIssues:
    """Sub-issues as far as they could be read, and how many there are."""

    issues: tuple[IssueRef, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitInfo:
    """A commit. `message` is the whole message; `parents` are full shas, first parent first.

    `author` is the login of the account that git's author belongs to, None where there is none.
    """

    oid: Sha
    message: str
    committed_at: datetime
    parents: tuple[Sha, ...]
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authors:
    """Who wrote a commit, co-authors included: the logins of accounts that its addresses belong to.

    `complete`: these are all.
    """

    commit: CommitInfo
    logins: tuple[str, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """How many lines a commit adds and deletes; a merge, against its first parent."""

    oid: Sha
    additions: int
    deletions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PullFile:
    """A file that a pull request or a commit changes. `previous` is its old path, as far as REST tells it."""

    path: str
    additions: int
    deletions: int
    change: str  # ADDED, CHANGED, COPIED, DELETED, MODIFIED, RENAMED
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A pull request. `merge_commit` is what GitHub put on the base branch, None while unmerged.

    `files` and `commit_messages` hold the first 100; the totals say whether that is all. `commit_shas` are of the same
    commits, `commit_authors` the logins of those who wrote them. `first_commit_at` is when the earliest of them was
    written, by the clock of whoever wrote it: rebasing does not change that.
    """

    number: int
    repository: str
    url: str
    title: str
    body: str
    state: PullState
    is_draft: bool
    merged_at: datetime | None
    base: str
    head: str
    author: Actor | None
    merge_commit: Sha | None
    merge_parents: tuple[Sha, ...] = ()
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0
    commit_count: int = 0
    commit_messages: tuple[str, ...] = ()
    files: tuple[PullFile, ...] = ()
    commit_authors: tuple[str, ...] = ()
    commit_shas: tuple[Sha, ...] = ()
    first_commit_at: datetime | None = None


class CheckState(StrEnum):
    """A check's state, conclusions of check runs and states of commit statuses joined into one scale."""

    SUCCESS = "success"
    FAILURE = "failure"  # failure, error, timed_out, startup_failure, action_required
    CANCELLED = "cancelled"  # cancelled, stale
    NEUTRAL = "neutral"  # neutral, skipped
    RUNNING = "running"  # queued, in_progress, waiting, requested, pending, expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check run or commit status; `app` is the app's slug, or the status creator's login."""

    name: str
    app: str
    state: CheckState
    url: str | None
    finished_at: datetime | None
    workflow: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """All checks of one commit, newest per (app, name). `complete` is False where some could not be read."""

    sha: Sha
    checks: tuple[Check, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A deployment; `active` is GitHub's own word that it is the environment's live one."""

    environment: str
    sha: Sha
    active: bool
    state: str
    created_at: datetime
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """An issue comment; `by_us` means that this app wrote it (GitHub's viewerDidAuthor)."""

    node_id: NodeId
    id: int
    url: str
    body: str
    created_at: datetime
    author: Actor | None
    by_us: bool
    is_minimized: bool
    editor: Actor | None = None  # who edited it last


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A person's 👍 (`up`) or 👎 on a comment."""

    login: str
    up: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A comment as far as it matters who said what when. `login` is None where the account is gone."""

    id: int
    login: str | None
    is_bot: bool
    body: str
    created_at: datetime
    updated_at: datetime
    url: str = ""


class EventKind(StrEnum):
    """The timeline events that we look at."""

    CLOSED = "closed"
    REOPENED = "reopened"
    REFERENCED = "referenced"
    CROSS_REFERENCED = "cross-referenced"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    MARKED_DUPLICATE = "marked-duplicate"
    LABELED = "labeled"
    UNLABELED = "unlabeled"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """Something that happened to the issue. `subject` is the referring issue's or pull request's number."""

    kind: EventKind
    at: datetime
    actor: Actor | None
    state_reason: StateReason | None = None
    commit: Sha | None = None
    subject: int | None = None
    subject_is_pull: bool = False
    subject_repository: str | None = None
    will_close: bool = False
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """The issue under assessment, with all that GitHub links to it."""

    node_id: NodeId
    id: int
    number: IssueNumber
    url: str
    title: str
    body: str
    state: IssueState
    state_reason: StateReason | None
    created_at: datetime
    closed_at: datetime | None
    locked: bool
    author: Actor | None
    editor: Actor | None
    labels: tuple[str, ...] | Unknown
    assignees: tuple[str, ...]
    sub_issues: tuple[IssueRef, ...] | Unknown
    sub_issue_total: int
    blocked_by: tuple[IssueRef, ...] | Unknown
    closing_pulls: tuple[Pull, ...] | Unknown
    timeline: tuple[TimelineEvent, ...] | Unknown
    comments: tuple[Comment, ...] | Unknown
    comment_total: int
    blocked_by_total: int = 0
    issue_type: str | None = None
    history: tuple[TimelineEvent, ...] | Unknown = ()  # closed, reopened, labels put on and taken off
    history_complete: bool = True  # nothing was before them
    body_edited_at: datetime | None = None  # with no `editor`, whoever edited it has no account any more


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """A candidate policy file at the default branch's head. `text` is None for binary or oversized content.

    `repository` (`owner/name`) is told of an organisation's file, `commit` of one that stands elsewhere than at the
    head of the repository that is looked at.
    """

    path: str
    oid: str
    size_bytes: int
    text: str | None
    repository: str | None = None
    commit: Sha | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything of one GraphQL answer: the issue and its repository at one moment.

    `head` is None in an empty repository. `history` is the default branch's newest commits (at most 100), so that
    most reachability questions need no further request. `organisation_file` is None where there is none, and for the
    organisation's own `.github`. `supposed`: it is as it would be after a merge that nobody has made.
    """

    repository: RepositoryRef
    url: str
    is_private: bool
    is_archived: bool
    default_branch: str | None
    head: Sha | None
    history: tuple[CommitInfo, ...]
    policy_file: PolicyFile | None
    head_checks: Checks | Unknown
    deployments: tuple[Deployment, ...] | Unknown
    issue: Issue
    fetched_at: datetime
    label_names: LabelNames | Unknown = Unknown(reason="it was not asked")
    organisation_file: PolicyFile | Unknown | None = None
    supposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A commit that touched a path, with how much it edits in all."""

    commit: CommitInfo
    edit: Edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Where a commit comes from: how much it edits, and the pull requests (at most 5) that brought or hold it."""

    edit: Edit
    pulls: tuple[Pull, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A release or a tag by its tag's name; `commit` is None where the tag is gone or is none of a commit."""

    name: str
    commit: Sha | None
    url: str | None = None
    prerelease: bool = False
