"""Resolvers of Issue, PullRequest, comments, reactions and the timeline."""

from collections.abc import Sequence

from bot.simulator.accounts import Account
from bot.simulator.closing import closing_issues, closing_pulls
from bot.simulator.entities import Comment, EventKind, Issue, Label, Repository, TimelineEvent
from bot.simulator.git.history import FileChange
from bot.simulator.graphql.context import Arguments, Info, connection, cut, listed
from bot.simulator.graphql.nodes import CommitNode, RefNode, commit_node, in_timeline
from bot.simulator.graphql.reactions import subject_reaction_groups, subject_reactions
from bot.simulator.graphql.repositories import repository_ref, state_of
from bot.simulator.ids import node_id, object_node_id
from bot.simulator.pulled import pull_commits, pull_files, try_merge
from bot.simulator.shapes.issues import blocking, dependencies_summary, sub_issues_summary
from bot.simulator.shapes.people import association

_CHANGES = {"added": "ADDED", "removed": "DELETED", "renamed": "RENAMED", "copied": "COPIED", "modified": "MODIFIED"}


def issue_labels(issue: Issue, info: Info, **arguments: object) -> Arguments:
    """The labels, as they were added."""
    return listed(info, issue.labels, arguments)


def issue_assignees(issue: Issue, info: Info, **arguments: object) -> Arguments:
    """The assignees."""
    return listed(info, issue.assignees, arguments)


def issue_comments(issue: Issue, info: Info, **arguments: object) -> Arguments:
    """The comments, oldest first; a lag may hide the newest."""
    return listed(info, info.context.world.visible(issue), arguments)


def issue_sub_issues(issue: Issue, info: Info, **arguments: object) -> Arguments:
    """The issues below."""
    return listed(info, issue.children, arguments)


def issue_sub_issues_summary(issue: Issue, _: Info) -> Arguments:
    """How many there are and how many are closed."""
    found = sub_issues_summary(issue)
    return {
        "total": found["total"],
        "completed": found["completed"],
        "percentCompleted": found["percent_completed"],
    }


def issue_blocked_by(issue: Issue, info: Info, **arguments: object) -> Arguments:
    """What this issue waits for, closed ones too; the newest link first."""
    return listed(info, list(reversed(issue.blocked_by)), arguments)


def issue_blocking(issue: Issue, info: Info, **arguments: object) -> Arguments:
    """What waits for this issue."""
    return listed(info, blocking(info.context.world, issue), arguments)


def issue_dependencies_summary(issue: Issue, info: Info) -> Arguments:
    """How many blockers and blocked there are."""
    found = dependencies_summary(info.context.world, issue)
    return {
        "blockedBy": found["blocked_by"],
        "blocking": found["blocking"],
        "totalBlockedBy": found["total_blocked_by"],
        "totalBlocking": found["total_blocking"],
    }


def issue_closing_pulls(
    issue: Issue,
    info: Info,
    *,
    includeClosedPrs: bool = False,  # noqa: N803  GitHub's argument name
    **arguments: object,
) -> Arguments:
    """The pull requests that close this issue; those closed unmerged only if asked for."""
    found = closing_pulls(info.context.world, issue)
    shown = [p for p in found if includeClosedPrs or p.state == "open" or (p.pull and p.pull.merged)]
    return listed(info, shown, arguments)


def issue_state_reason(issue: Issue, _: Info, *, enableDuplicate: bool = False) -> str | None:  # noqa: N803
    """Why it is closed; a duplicate shows as not planned unless asked for."""
    if issue.state_reason == "duplicate" and not enableDuplicate:
        return "NOT_PLANNED"
    return issue.state_reason.upper() if issue.state_reason else None


def issue_type(issue: Issue, _: Info) -> Arguments | None:
    """The type."""
    if issue.issue_type is None:
        return None
    return {
        "id": f"IT_{issue.issue_type}",
        "name": issue.issue_type,
        "color": "GRAY",
        "isEnabled": True,
        "description": None,
    }


def issue_timeline(issue: Issue, info: Info, **arguments: object) -> Arguments:
    """Comments and events, oldest first, of some kinds."""
    wanted = arguments.get("itemTypes")
    rows: list[Comment | TimelineEvent] = [e for e in issue.events if in_timeline(e)]
    rows += info.context.world.visible(issue)
    rows.sort(key=lambda row: (row.created_at, row.id))
    found = [row for row in rows if not isinstance(wanted, list) or _item_type(row) in wanted]
    return listed(info, found, arguments)


def _item_type(row: Comment | TimelineEvent) -> str:
    if isinstance(row, Comment):
        return "ISSUE_COMMENT"
    if row.kind is EventKind.RENAMED:
        return "RENAMED_TITLE_EVENT"
    return f"{row.kind.value.replace('-', '_').upper()}_EVENT"


def did_author(subject: Issue | Comment, info: Info) -> bool:
    """Whether the asker wrote it."""
    return subject.author is info.context.actor.account


def author_association(subject: Issue | Comment, _: Info) -> str:
    """How its author stands to the repository."""
    home = subject.repository if isinstance(subject, Issue) else subject.issue.repository
    return association(home, subject.author)


def comment_url(comment: Comment, info: Info) -> str:
    """The page of a comment."""
    return f"{info.context.world.url}/{comment.issue.path}#issuecomment-{comment.id}"


async def pull_commit_nodes(issue: Issue, info: Info, **arguments: object) -> Arguments:
    """The commits, oldest first."""
    page = cut(info, await pull_commits(issue), arguments)
    nodes = [
        {
            "commit": CommitNode(repository=issue.repository, commit=each),
            "id": object_node_id("PRC", issue.repository.id, each.oid),
            "pullRequest": issue,
            "url": f"{info.context.world.url}/{issue.path}/commits/{each.oid}",
        }
        for each in page.items
    ]
    return connection(page, nodes)


async def pull_file_nodes(issue: Issue, info: Info, **arguments: object) -> Arguments:
    """The changed files."""
    page = cut(info, await pull_files(issue), arguments)
    nodes = [
        {
            "path": each.path,
            "additions": each.additions,
            "deletions": each.deletions,
            "changeType": _CHANGES.get(each.status, "CHANGED"),
        }
        for each in page.items
    ]
    return connection(page, nodes)


async def pull_additions(issue: Issue, _: Info) -> int:
    """How many lines it adds."""
    return _sum(await pull_files(issue), "additions")


async def pull_deletions(issue: Issue, _: Info) -> int:
    """How many lines it takes away."""
    return _sum(await pull_files(issue), "deletions")


async def pull_changed_files(issue: Issue, _: Info) -> int:
    """How many files it changes."""
    return len(await pull_files(issue))


async def pull_merge_commit(issue: Issue, _: Info) -> CommitNode | None:
    """The commit that it was merged as."""
    sha = issue.pull.merge_commit_sha if issue.pull and issue.pull.merged else None
    return await commit_node(issue.repository, sha)


def pull_closing_issues(issue: Issue, info: Info, **arguments: object) -> Arguments:
    """The issues that it closes."""
    return listed(info, closing_issues(info.context.world, issue), arguments)


async def pull_potential_merge(issue: Issue, info: Info) -> CommitNode | None:
    """The merge that GitHub tries; null on a conflict, and once it is closed."""
    return await commit_node(issue.repository, await try_merge(info.context.world, issue))


async def pull_mergeable(issue: Issue, info: Info) -> str:
    """Whether it merges without a conflict."""
    if issue.state != "open":
        return "UNKNOWN"
    return "MERGEABLE" if await try_merge(info.context.world, issue) else "CONFLICTING"


async def pull_head_ref(issue: Issue, info: Info) -> RefNode | None:
    """The branch it comes from, while that is there and not a fork's."""
    if issue.pull is None or issue.pull.fork is not None:
        return None
    return await repository_ref(issue.repository, info, f"refs/heads/{issue.pull.head}")


def pull_head_repository(issue: Issue, info: Info) -> Repository | None:
    """The repository that it comes from; null for a fork that is not of this world."""
    fork = issue.pull.fork if issue.pull else None
    return info.context.world.repository(fork) if fork else issue.repository


async def pull_base_ref(issue: Issue, info: Info) -> RefNode | None:
    """The branch it goes to."""
    return await repository_ref(issue.repository, info, f"refs/heads/{issue.pull.base}") if issue.pull else None


async def event_commit(event: TimelineEvent, _: Info) -> CommitNode | None:
    """The commit of an event."""
    return await commit_node(event.issue.repository, event.commit)


async def event_closer(event: TimelineEvent, info: Info) -> object:
    """The pull request or the commit that closed."""
    return event.other or await event_commit(event, info)


def _sum(files: Sequence[FileChange], name: str) -> int:
    return sum(int(getattr(each, name)) for each in files)


def _crosses(event: TimelineEvent, _: Info) -> bool:
    return event.other is not None and event.other.repository is not event.issue.repository


def _author(subject: Issue | Comment, _: Info) -> Account:
    return subject.author


def _label_url(label: Label, info: Info) -> str:
    return f"{info.context.world.url}/{label.repository.full_name}/labels/{label.name}"


def _home(comment: Comment, _: Info) -> Repository:
    return comment.issue.repository


_TALK: dict[str, object] = {
    "activeLockReason": lambda _issue, _info: None,
    "assignees": issue_assignees,
    "author": _author,
    "authorAssociation": author_association,
    "bodyText": lambda subject, _info: subject.body,
    "closed": lambda issue, _info: issue.state == "closed",
    "comments": issue_comments,
    "labels": issue_labels,
    "reactionGroups": subject_reaction_groups,
    "reactions": subject_reactions,
    "resourcePath": lambda issue, _info: f"/{issue.path}",
    "state": lambda issue, _info: state_of(issue),
    "url": lambda issue, info: f"{info.context.world.url}/{issue.path}",
    "viewerCanReact": lambda _subject, _info: True,
    "viewerDidAuthor": did_author,
}
_EVENT: dict[str, object] = {
    "closable": lambda event, _info: event.issue,
    "commit": event_commit,
    "id": lambda event, _info: node_id("EV", event.issue.repository.id, event.id),
    "isCrossRepository": _crosses,
    "labelable": lambda event, _info: event.issue,
    "source": lambda event, _info: event.other,
    "stateReason": lambda event, _info, **_more: event.state_reason.upper() if event.state_reason else None,
    "subject": lambda event, _info: event.issue,
    "target": lambda event, _info: event.issue,
    "url": lambda event, info: f"{info.context.world.url}/{event.issue.path}#event-{event.id}",
}
RESOLVERS: dict[str, dict[str, object]] = {
    "Issue": _TALK
    | {
        "blockedBy": issue_blocked_by,
        "blocking": issue_blocking,
        "closedByPullRequestsReferences": issue_closing_pulls,
        "issueDependenciesSummary": issue_dependencies_summary,
        "issueType": issue_type,
        "milestone": lambda _issue, _info: None,
        "stateReason": issue_state_reason,
        "subIssues": issue_sub_issues,
        "subIssuesSummary": issue_sub_issues_summary,
        "timelineItems": issue_timeline,
    },
    "PullRequest": _TALK
    | {
        "additions": pull_additions,
        "baseRef": pull_base_ref,
        "baseRefName": lambda issue, _info: issue.pull.base,
        "baseRefOid": lambda issue, _info: issue.pull.base_sha,
        "changedFiles": pull_changed_files,
        "closingIssuesReferences": pull_closing_issues,
        "commits": pull_commit_nodes,
        "deletions": pull_deletions,
        "files": pull_file_nodes,
        "headRef": pull_head_ref,
        "headRefName": lambda issue, _info: issue.pull.head,
        "headRefOid": lambda issue, _info: issue.pull.head_sha,
        "headRepository": pull_head_repository,
        "isCrossRepository": lambda issue, _info: issue.pull.fork is not None,
        "isDraft": lambda issue, _info: issue.pull.draft,
        "mergeCommit": pull_merge_commit,
        "mergeable": pull_mergeable,
        "merged": lambda issue, _info: issue.pull.merged,
        "mergedAt": lambda issue, _info: issue.pull.merged_at,
        "mergedBy": lambda issue, _info: issue.pull.merged_by,
        "potentialMergeCommit": pull_potential_merge,
    },
    "IssueComment": {
        "author": _author,
        "authorAssociation": author_association,
        "bodyText": lambda comment, _info: comment.body,
        "isMinimized": lambda comment, _info: comment.minimized is not None,
        "minimizedReason": lambda comment, _info: comment.minimized.lower() if comment.minimized else None,
        "pullRequest": lambda comment, _info: comment.issue if comment.issue.pull else None,
        "reactionGroups": subject_reaction_groups,
        "reactions": subject_reactions,
        "repository": _home,
        "resourcePath": lambda comment, _info: f"/{comment.issue.path}#issuecomment-{comment.id}",
        "url": comment_url,
        "viewerCanReact": lambda _comment, _info: True,
        "viewerDidAuthor": did_author,
    },
    "Label": {
        "createdAt": lambda label, _info: label.repository.created_at,
        "url": _label_url,
    },
    "ClosedEvent": _EVENT | {"closer": event_closer},
    "ReopenedEvent": _EVENT,
    "CrossReferencedEvent": _EVENT
    | {
        "referencedAt": lambda event, _info: event.created_at,
        "willCloseTarget": lambda event, _info: event.will_close,
    },
    "ConnectedEvent": _EVENT | {"subject": lambda event, _info: event.other, "source": lambda e, _info: e.issue},
    "DisconnectedEvent": _EVENT | {"subject": lambda event, _info: event.other, "source": lambda e, _info: e.issue},
    "ReferencedEvent": _EVENT
    | {
        "commitRepository": lambda event, _info: event.issue.repository,
        "isDirectReference": lambda _event, _info: True,
    },
    "MarkedAsDuplicateEvent": _EVENT
    | {
        "canonical": lambda event, _info: event.other,
        "duplicate": lambda event, _info: event.issue,
    },
    "LabeledEvent": _EVENT,
    "UnlabeledEvent": _EVENT,
    "RenamedTitleEvent": _EVENT
    | {
        "currentTitle": lambda event, _info: event.rename[1],
        "previousTitle": lambda event, _info: event.rename[0],
    },
    "LockedEvent": _EVENT | {"lockReason": lambda _event, _info: None},
    "UnlockedEvent": _EVENT,
}
