"""From the wire to our models: pure, tolerant of words that GitHub adds, strict about what is not known.

Rules:
1. A part that GitHub withheld is `Unknown`, with the reason that its own fault gives. Its neighbours are untouched.
2. A node that is null under a fault makes its list `Unknown`: a list that silently lacks an entry would be a claim.
3. A node that is null without a fault (deleted, hidden) is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from bot.assessment.evidence import Sha
from bot.github import wire
from bot.github.answers import IssueNow
from bot.github.faults import Faults, Step
from bot.github.labels import LabelNames
from bot.github.models import (
    Actor,
    Authors,
    Check,
    CheckState,
    Comment,
    CommitInfo,
    Deployment,
    EventKind,
    Issue,
    IssueNumber,
    IssueRef,
    NodeId,
    PolicyFile,
    Pull,
    PullFile,
    PullState,
    StateReason,
    TimelineEvent,
    Unknown,
)

T = TypeVar("T")
V = TypeVar("V")

_CONCLUSIONS: Mapping[str, CheckState] = {
    "SUCCESS": CheckState.SUCCESS,
    "NEUTRAL": CheckState.NEUTRAL,
    "SKIPPED": CheckState.NEUTRAL,
    "CANCELLED": CheckState.CANCELLED,
    "STALE": CheckState.CANCELLED,
}
_STATUSES: Mapping[str, CheckState] = {
    "SUCCESS": CheckState.SUCCESS,
    "PENDING": CheckState.RUNNING,
    "EXPECTED": CheckState.RUNNING,
}
_EVENTS: Mapping[str, EventKind] = {
    "ClosedEvent": EventKind.CLOSED,
    "ReopenedEvent": EventKind.REOPENED,
    "ReferencedEvent": EventKind.REFERENCED,
    "CrossReferencedEvent": EventKind.CROSS_REFERENCED,
    "ConnectedEvent": EventKind.CONNECTED,
    "DisconnectedEvent": EventKind.DISCONNECTED,
    "MarkedAsDuplicateEvent": EventKind.MARKED_DUPLICATE,
    "LabeledEvent": EventKind.LABELED,
    "UnlabeledEvent": EventKind.UNLABELED,
}


def listed(
    connection: wire.Connection[T] | None, faults: Faults, read: Callable[[T], V | None], *path: Step
) -> tuple[V, ...] | Unknown:
    """The entries of a list at `path` below `faults`, or why it is not known in full. `read` may leave one out."""
    if connection is None or connection.nodes is None:
        return faults.under(*path).unknown()
    withheld = faults.under(*path, "nodes")
    for index, node in enumerate(connection.nodes):
        if node is None and withheld.under(index).faults:
            return withheld.under(index).unknown()
    read_nodes = (read(node) for node in connection.nodes if node is not None)
    return tuple(value for value in read_nodes if value is not None)


def entries(connection: wire.Connection[T] | None) -> tuple[T, ...]:
    """What can be read of a list whose completeness a total beside it tells."""
    nodes = connection.nodes if connection is not None else None
    return tuple(node for node in nodes or () if node is not None)


def actor(one: wire.WireActor | None) -> Actor | None:
    """Who it was; None for a deleted account."""
    return Actor(login=one.login, is_bot=one.kind == "Bot") if one is not None else None


def state_reason(text: str | None) -> StateReason | None:
    """Why an issue is in its state, as far as we know the word."""
    upper = (text or "").upper()
    return StateReason(upper) if upper in StateReason.__members__ else None


def commit(one: wire.WireCommit) -> CommitInfo:
    """A commit with its parents, first parent first."""
    return CommitInfo(
        oid=Sha(one.oid),
        message=one.message,
        committed_at=_utc(one.committed_date),
        parents=tuple(Sha(parent.oid) for parent in entries(one.parents)),
        author=_login(one.author),
    )


def authors(one: wire.WireCommit, writers: wire.Connection[wire.WireGitActor]) -> Authors:
    """A commit with all who wrote it."""
    found = entries(writers)
    logins = tuple(login for writer in found if (login := _login(writer)) is not None)
    return Authors(commit=commit(one), logins=logins, complete=len(found) >= writers.total_count)


def _login(one: wire.WireGitActor | None) -> str | None:
    return one.user.login if one is not None and one.user is not None else None


def pull(one: wire.WirePull) -> Pull:
    """A pull request."""
    merge = one.merge_commit
    return Pull(
        number=one.number,
        repository=one.repository.name_with_owner,
        url=one.url,
        title=one.title,
        body=one.body,
        state=one.state,
        is_draft=one.is_draft,
        merged_at=_utc(one.merged_at) if one.merged_at else None,
        base=one.base_ref_name,
        head=one.head_ref_name,
        author=actor(one.author),
        # An open pull request has a trial merge; only what was really merged counts.
        merge_commit=Sha(merge.oid) if merge is not None and one.state == PullState.MERGED else None,
        merge_parents=tuple(Sha(parent.oid) for parent in entries(merge.parents)) if merge is not None else (),
        additions=one.additions,
        deletions=one.deletions,
        changed_files=one.changed_files,
        commit_count=one.commits.total_count,
        commit_messages=tuple(node.commit.message for node in entries(one.commits)),
        commit_shas=tuple(Sha(node.commit.oid) for node in entries(one.commits)),
        commit_authors=tuple(
            dict.fromkeys(login for node in entries(one.commits) if (login := _login(node.commit.author)) is not None)
        ),
        first_commit_at=min((_utc(node.commit.authored_date) for node in entries(one.commits)), default=None),
        files=tuple(
            PullFile(path=file.path, additions=file.additions, deletions=file.deletions, change=file.change_type)
            for file in entries(one.files)
        ),
    )


def rest_file(one: wire.WireRestFile) -> PullFile:
    """A changed file, in GraphQL's words."""
    return PullFile(
        path=one.filename,
        additions=one.additions,
        deletions=one.deletions,
        change="DELETED" if one.status == "removed" else one.status.upper(),
        previous=one.previous_filename,
    )


def issue_ref(one: wire.WireIssueRef) -> IssueRef:
    """A linked issue."""
    return IssueRef(
        number=one.number,
        title=one.title,
        state=one.state,
        state_reason=state_reason(one.state_reason),
        repository=one.repository.name_with_owner,
        id=one.database_id or 0,
        # a person who looks with his own token wrote his issues as well, and those are no tickets
        by_us=one.viewer_did_author and one.author is not None and one.author.kind == "Bot",
    )


def comment(one: wire.WireComment) -> Comment:
    """An issue comment. Ids that outgrew GraphQL's 32-bit numbers are taken from the comment's own link."""
    return Comment(
        node_id=NodeId(one.id),
        id=comment_id(one.database_id, one.url),
        url=one.url,
        body=one.body,
        created_at=_utc(one.created_at),
        author=actor(one.author),
        by_us=one.viewer_did_author,
        is_minimized=one.is_minimized,
        editor=actor(one.editor),
    )


def comment_id(database_id: int | None, url: str) -> int:
    """A comment's number: as told, else the end of `…#issuecomment-123`; 0 if neither tells."""
    if database_id:
        return database_id
    digits = url.rpartition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def event(one: wire.WireEvent) -> TimelineEvent | None:
    """A timeline event; None for a kind that we did not ask for."""
    kind = _EVENTS.get(one.kind)
    if kind is None or one.created_at is None:
        return None
    subject = one.source or one.subject or one.canonical or one.closer
    is_commit = one.closer is not None and one.closer.kind == "Commit"
    repository = subject.repository if subject is not None else one.commit_repository
    return TimelineEvent(
        kind=kind,
        at=_utc(one.created_at),
        actor=actor(one.actor),
        state_reason=state_reason(one.state_reason),
        commit=_closing_commit(one) if is_commit else (Sha(one.commit.oid) if one.commit is not None else None),
        subject=subject.number if subject is not None else None,
        subject_is_pull=subject is not None and subject.kind == "PullRequest",
        subject_repository=repository.name_with_owner if repository is not None else None,
        will_close=one.will_close_target,
        label=one.label.name if one.label is not None else None,
    )


def _closing_commit(one: wire.WireEvent) -> Sha | None:
    return Sha(one.closer.oid) if one.closer is not None and one.closer.oid else None


def checks(contexts: tuple[wire.WireContext, ...]) -> tuple[Check, ...]:
    """Check runs and statuses on one scale, the newest of each (app, workflow, name)."""
    newest: dict[tuple[str, str | None, str], tuple[tuple[datetime, int], Check]] = {}
    for context in contexts:
        check = _run(context) if context.kind == "CheckRun" else _status(context)
        if check is None:
            continue
        key = (check.app, check.workflow, check.name)
        at = context.started_at or context.created_at or context.completed_at or datetime.min.replace(tzinfo=UTC)
        rank = (_utc(at), context.database_id or 0)
        if key not in newest or newest[key][0] <= rank:
            newest[key] = (rank, check)
    return tuple(check for _, check in newest.values())


def _run(one: wire.WireContext) -> Check | None:
    if one.name is None:
        return None
    suite = one.check_suite
    run = suite.workflow_run if suite is not None else None
    done = one.status == "COMPLETED"
    return Check(
        name=one.name,
        app=suite.app.slug if suite is not None and suite.app is not None else "",
        # An unknown conclusion is a failure: a word that we do not know must not pass.
        state=_CONCLUSIONS.get(one.conclusion or "", CheckState.FAILURE) if done else CheckState.RUNNING,
        url=one.details_url,
        finished_at=_utc(one.completed_at) if done and one.completed_at is not None else None,
        workflow=run.workflow.name if run is not None else None,
    )


def _status(one: wire.WireContext) -> Check | None:
    if one.context is None:
        return None
    state = _STATUSES.get(one.state or "", CheckState.FAILURE)
    done = state is not CheckState.RUNNING
    return Check(
        name=one.context,
        app=one.creator.login if one.creator is not None else "",
        state=state,
        url=one.target_url,
        finished_at=_utc(one.created_at) if done and one.created_at is not None else None,
    )


def deployment(one: wire.WireDeployment) -> Deployment:
    """A deployment."""
    return Deployment(
        environment=one.environment or "",
        sha=Sha(one.commit_oid),
        active=one.state == "ACTIVE",
        state=(one.state or "").lower(),
        created_at=_utc(one.created_at),
        url=one.latest_status.environment_url if one.latest_status is not None else None,
    )


def policy_file(one: wire.WireObject | None, path: str) -> PolicyFile | None:
    """The policy file, if there is a file at its path."""
    if one is None or one.kind != "Blob":
        return None
    text = one.text if not one.is_truncated else None
    return PolicyFile(path=path, oid=one.oid, size_bytes=one.byte_size, text=text)


def organisation_file(one: wire.WireAbove, path: str) -> PolicyFile | None:
    """The policy file in an organisation's `.github` repository, if there is one."""
    found = policy_file(one.policy, path)
    branch = one.default_branch_ref
    head = branch.target if branch is not None else None
    commit = Sha(head.oid) if head is not None else None
    return replace(found, repository=one.name_with_owner, commit=commit) if found is not None else None


def label_names(one: wire.Connection[wire.Named] | None, faults: Faults) -> LabelNames | Unknown:
    """The repository's labels; `faults` count their paths from the repository."""
    names = listed(one, faults, _name, "labels")
    if isinstance(names, Unknown):
        return names
    return LabelNames(names=names, complete=one is not None and len(names) >= one.total_count)


def issue(one: wire.WireIssue, faults: Faults) -> Issue:
    """The issue with all that is linked to it; `faults` count their paths from the issue."""
    return Issue(
        node_id=NodeId(one.id),
        id=one.database_id or 0,
        number=IssueNumber(one.number),
        url=one.url,
        title=one.title,
        body=one.body,
        state=one.state,
        state_reason=state_reason(one.state_reason),
        created_at=_utc(one.created_at),
        closed_at=_utc(one.closed_at) if one.closed_at else None,
        locked=one.locked,
        author=actor(one.author),
        editor=actor(one.editor),
        labels=listed(one.labels, faults, _name, "labels"),
        assignees=tuple(user.login for user in entries(one.assignees)),
        sub_issues=listed(one.sub_issues, faults, issue_ref, "subIssues"),
        sub_issue_total=one.sub_issues_summary.total if one.sub_issues_summary is not None else 0,
        issue_type=one.issue_type.name if one.issue_type is not None else None,
        body_edited_at=_utc(one.last_edited_at) if one.last_edited_at else None,
        blocked_by_total=one.blocked_by.total_count if one.blocked_by is not None else 0,
        blocked_by=listed(one.blocked_by, faults, issue_ref, "blockedBy"),
        closing_pulls=listed(one.closed_by_pull_requests_references, faults, pull, "closedByPullRequestsReferences"),
        timeline=listed(one.timeline_items, faults, event, "timelineItems"),
        history=_history(one, faults),
        history_complete=all(
            part is not None and not part.page_info.has_previous_page for part in (one.history, one.labelling)
        ),
        comments=listed(one.comments, faults, comment, "comments"),
        comment_total=one.comments.total_count if one.comments is not None else 0,
    )


def _history(one: wire.WireIssue, faults: Faults) -> tuple[TimelineEvent, ...] | Unknown:
    """Closings, reopenings and labels, in their order."""
    changes = listed(one.history, faults, event, "history")
    labels = listed(one.labelling, faults, event, "labelling")
    if isinstance(changes, Unknown) or isinstance(labels, Unknown):
        return changes if isinstance(changes, Unknown) else labels
    return tuple(sorted((*changes, *labels), key=lambda told: told.at))


def issue_now(one: wire.WireIssueNow, faults: Faults, read_at: datetime) -> IssueNow:
    """The issue as read again; `faults` count their paths from the issue."""
    return IssueNow(
        node_id=NodeId(one.id),
        number=IssueNumber(one.number),
        state=one.state,
        state_reason=state_reason(one.state_reason),
        closed_at=_utc(one.closed_at) if one.closed_at else None,
        locked=one.locked,
        labels=listed(one.labels, faults, _name, "labels"),
        comments=listed(one.comments, faults, comment, "comments"),
        comment_total=one.comments.total_count if one.comments is not None else 0,
        events=listed(one.timeline_items, faults, event, "timelineItems"),
        read_at=read_at,
    )


def _name(one: wire.Named) -> str:
    return one.name


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
