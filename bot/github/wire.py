"""The shapes of GitHub's GraphQL answers as they arrive: only the fields that `queries` asks for.

Words that GitHub may add to (conclusions, reasons) stay plain text here; `parse` maps them.
Everything that a missing permission or a failing part can take away is optional.
"""

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from bot.github.models import IssueState, PullState

T = TypeVar("T")


class Wire(msgspec.Struct, frozen=True, rename="camel"):
    """What all shapes share: camelCase names on the wire."""


class PageInfo(Wire, frozen=True):
    """Where the next page starts, and whether there is one before, which ends where this one starts."""

    has_next_page: bool = False
    has_previous_page: bool = False
    start_cursor: str | None = None
    end_cursor: str | None = None


class Connection(Wire, Generic[T], frozen=True):
    """A page of a list. A node is null where it may not be read."""

    nodes: tuple[T | None, ...] | None = ()
    total_count: int = 0
    page_info: PageInfo = PageInfo()


class WireActor(Wire, frozen=True):
    """Who did it."""

    login: str
    kind: str = msgspec.field(name="__typename", default="User")


class Named(Wire, frozen=True):
    """Something of which we take the name."""

    name: str


class WireUser(Wire, frozen=True):
    """Somebody by login."""

    login: str


class WireRepositoryName(Wire, frozen=True):
    """A repository by its full name."""

    name_with_owner: str


class Oid(Wire, frozen=True):
    """A git object."""

    oid: str


class WireGitActor(Wire, frozen=True):
    """Whom git names; the account is None where the address belongs to none."""

    user: WireUser | None = None


class WireCommit(Wire, frozen=True):
    """A commit."""

    oid: str
    message: str
    committed_date: datetime
    parents: Connection[Oid]
    author: WireGitActor | None = None


class WireMergeCommit(Wire, frozen=True):
    """What a merge put on the base branch."""

    oid: str
    parents: Connection[Oid] = Connection()


class WireMessage(Wire, frozen=True):
    """A commit's message, and who wrote it when."""

    oid: str
    message: str
    authored_date: datetime
    author: WireGitActor | None = None


class WirePullCommit(Wire, frozen=True):
    """A commit of a pull request."""

    commit: WireMessage


class WirePullFile(Wire, frozen=True):
    """A changed file."""

    path: str
    additions: int
    deletions: int
    change_type: str


class WirePull(Wire, frozen=True):
    """A pull request."""

    number: int
    url: str
    title: str
    body: str
    state: PullState
    is_draft: bool
    merged_at: datetime | None
    base_ref_name: str
    head_ref_name: str
    additions: int
    deletions: int
    changed_files: int
    repository: WireRepositoryName
    author: WireActor | None = None
    merge_commit: WireMergeCommit | None = None
    commits: Connection[WirePullCommit] = Connection()
    files: Connection[WirePullFile] | None = None


class WireRestFile(msgspec.Struct, frozen=True):
    """A changed file by REST."""

    filename: str
    status: str
    additions: int = 0
    deletions: int = 0
    previous_filename: str | None = None


class WireIssueRef(Wire, frozen=True):
    """Another issue."""

    number: int
    title: str
    state: IssueState
    state_reason: str | None
    repository: WireRepositoryName
    database_id: int | None = None
    viewer_did_author: bool = False
    author: WireActor | None = None


class WireComment(Wire, frozen=True):
    """An issue comment."""

    id: str
    url: str
    body: str
    created_at: datetime
    viewer_did_author: bool
    is_minimized: bool
    database_id: int | None = None
    author: WireActor | None = None
    editor: WireActor | None = None


class WireSubject(Wire, frozen=True):
    """An issue, pull request or commit that an event points to."""

    kind: str = msgspec.field(name="__typename")
    number: int | None = None
    oid: str | None = None
    repository: WireRepositoryName | None = None


class WireEvent(Wire, frozen=True):
    """Any of the timeline events that we look at, told apart by `kind`."""

    kind: str = msgspec.field(name="__typename")
    created_at: datetime | None = None
    actor: WireActor | None = None
    state_reason: str | None = None
    will_close_target: bool = False
    source: WireSubject | None = None
    subject: WireSubject | None = None
    commit: Oid | None = None
    commit_repository: WireRepositoryName | None = None
    closer: WireSubject | None = None
    canonical: WireSubject | None = None
    label: Named | None = None


class WireApp(Wire, frozen=True):
    """The app behind a check run."""

    slug: str


class WireWorkflowRun(Wire, frozen=True):
    """The workflow run behind a check suite."""

    workflow: Named


class WireSuite(Wire, frozen=True):
    """A check suite."""

    app: WireApp | None = None
    workflow_run: WireWorkflowRun | None = None


class WireContext(Wire, frozen=True):
    """A check run or a commit status, told apart by `kind`."""

    kind: str = msgspec.field(name="__typename")
    database_id: int | None = None
    name: str | None = None
    status: str | None = None
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    details_url: str | None = None
    check_suite: WireSuite | None = None
    context: str | None = None
    state: str | None = None
    target_url: str | None = None
    created_at: datetime | None = None
    creator: WireActor | None = None


class WireRollup(Wire, frozen=True):
    """All checks of a commit."""

    contexts: Connection[WireContext]


class WireHead(Wire, frozen=True):
    """The commit at the default branch's tip."""

    oid: str
    status_check_rollup: WireRollup | None = None
    history: Connection[WireCommit] = Connection()


class WireBranch(Wire, frozen=True):
    """The default branch."""

    name: str
    target: WireHead | None = None


class WireDeploymentStatus(Wire, frozen=True):
    """What a deployment last said."""

    environment_url: str | None = None


class WireDeployment(Wire, frozen=True):
    """A deployment."""

    commit_oid: str
    state: str | None
    created_at: datetime
    environment: str | None = None
    latest_status: WireDeploymentStatus | None = None


class WireEntry(Wire, frozen=True):
    """An entry of a folder. `mode` is git's, as a decimal number."""

    name: str = ""
    mode: int = 0
    type: str = ""
    oid: str = ""


class WireObject(Wire, frozen=True):
    """Any git object, told apart by `kind`."""

    kind: str = msgspec.field(name="__typename")
    oid: str
    text: str | None = None
    byte_size: int = 0
    is_binary: bool | None = None
    is_truncated: bool = False
    entries: tuple[WireEntry, ...] | None = None


class WireSubIssues(Wire, frozen=True):
    """How many sub-issues there are."""

    total: int


class WireIssue(Wire, frozen=True):
    """The issue under assessment."""

    id: str
    number: int
    url: str
    title: str
    body: str
    state: IssueState
    state_reason: str | None
    created_at: datetime
    closed_at: datetime | None
    locked: bool
    database_id: int | None = None
    author: WireActor | None = None
    editor: WireActor | None = None
    last_edited_at: datetime | None = None
    issue_type: Named | None = None
    labels: Connection[Named] | None = None
    assignees: Connection[WireUser] | None = None
    sub_issues_summary: WireSubIssues | None = None
    sub_issues: Connection[WireIssueRef] | None = None
    blocked_by: Connection[WireIssueRef] | None = None
    closed_by_pull_requests_references: Connection[WirePull] | None = None
    timeline_items: Connection[WireEvent] | None = None
    history: Connection[WireEvent] | None = None
    labelling: Connection[WireEvent] | None = None
    comments: Connection[WireComment] | None = None


class WireTip(Wire, frozen=True):
    """A branch by its newest commit alone."""

    target: Oid | None = None


class WireAbove(Wire, frozen=True):
    """The organisation's `.github` repository."""

    name_with_owner: str
    default_branch_ref: WireTip | None = None
    policy: WireObject | None = None


class WireOwner(Wire, frozen=True):
    """Whose repository it is."""

    repository: WireAbove | None = None


class WireRepository(Wire, frozen=True):
    """The repository under assessment."""

    name_with_owner: str
    url: str
    is_private: bool
    is_archived: bool
    database_id: int | None = None
    policy: WireObject | None = None
    owner: WireOwner | None = None
    labels: Connection[Named] | None = None
    default_branch_ref: WireBranch | None = None
    deployments: Connection[WireDeployment] | None = None


class WireIssueNow(Wire, frozen=True):
    """What is read again after each write."""

    id: str
    number: int
    state: IssueState
    state_reason: str | None
    closed_at: datetime | None
    locked: bool
    labels: Connection[Named] | None = None
    comments: Connection[WireComment] | None = None
    timeline_items: Connection[WireEvent] | None = None
