"""Issues, comments and reactions as REST and webhooks give them."""

from collections import Counter

from bot.simulator.accounts import AccountKind
from bot.simulator.clock import stamp, stamp_or_none
from bot.simulator.entities import Comment, Issue, Reaction
from bot.simulator.shapes.people import account, account_or_none, app, association
from bot.simulator.shapes.repositories import api_url, label
from bot.simulator.wire import Json
from bot.simulator.world import World

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


def issue(world: World, one: Issue) -> Json:
    """An issue, or the issue side of a pull request."""
    url = f"{api_url(world, one.repository)}/issues/{one.number}"
    shape: Json = {
        "url": url,
        "repository_url": api_url(world, one.repository),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": f"{world.url}/{one.path}",
        "id": one.id,
        "node_id": one.node_id,
        "number": one.number,
        "title": one.title,
        "user": account(world, one.author),
        "labels": [label(world, each) for each in one.labels],
        "state": one.state,
        "state_reason": one.state_reason,
        "locked": one.locked,
        "active_lock_reason": None,
        "assignee": account_or_none(world, one.assignees[0] if one.assignees else None),
        "assignees": [account(world, each) for each in one.assignees],
        "milestone": None,
        "comments": len(world.visible(one)),
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "closed_at": stamp_or_none(one.closed_at),
        "closed_by": account_or_none(world, one.closed_by),
        "author_association": association(one.repository, one.author),
        "body": one.body,
        "type": _type(one),
        "performed_via_github_app": _via_app(world, one.author.login),
        "reactions": reaction_rollup(f"{url}/reactions", one.reactions),
    }
    if one.pull:
        return shape | {"draft": one.pull.draft, "pull_request": _pull_links(world, one)}
    return shape | {
        "sub_issues_summary": sub_issues_summary(one),
        "issue_dependencies_summary": dependencies_summary(world, one),
    }


def comment(world: World, one: Comment) -> Json:
    """A comment."""
    url = f"{api_url(world, one.issue.repository)}/issues/comments/{one.id}"
    return {
        "url": url,
        "html_url": f"{world.url}/{one.issue.path}#issuecomment-{one.id}",
        "issue_url": f"{api_url(world, one.issue.repository)}/issues/{one.issue.number}",
        "id": one.id,
        "node_id": one.node_id,
        "user": account(world, one.author),
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "author_association": association(one.issue.repository, one.author),
        "body": one.body,
        "reactions": reaction_rollup(f"{url}/reactions", one.reactions),
        "performed_via_github_app": _via_app(world, one.author.login),
    }


def reaction(world: World, one: Reaction) -> Json:
    """One reaction."""
    return {
        "id": one.id,
        "node_id": one.node_id,
        "user": account(world, one.author),
        "content": one.content,
        "created_at": stamp(one.created_at),
    }


def reaction_rollup(url: str, reactions: list[Reaction]) -> Json:
    """How many reactions of each kind there are."""
    counted = Counter(each.content for each in reactions)
    return {"url": url, "total_count": len(reactions)} | {kind: counted[kind] for kind in REACTIONS}


def sub_issues_summary(one: Issue) -> Json:
    """How many sub-issues there are and how many are closed."""
    total = len(one.children)
    done = sum(1 for child in one.children if child.state == "closed")
    return {"total": total, "completed": done, "percent_completed": done * 100 // total if total else 0}


def blocking(world: World, one: Issue) -> list[Issue]:
    """The issues that wait for this one."""
    return [other for other in world.issues() if one in other.blocked_by]


def dependencies_summary(world: World, one: Issue) -> Json:
    """How many issues block this one and are blocked by it; the plain counts are of open ones."""
    held = blocking(world, one)
    return {
        "blocked_by": sum(1 for other in one.blocked_by if other.state == "open"),
        "blocking": sum(1 for other in held if other.state == "open"),
        "total_blocked_by": len(one.blocked_by),
        "total_blocking": len(held),
    }


def _pull_links(world: World, one: Issue) -> Json:
    html = f"{world.url}/{one.path}"
    return {
        "url": f"{api_url(world, one.repository)}/pulls/{one.number}",
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "merged_at": stamp_or_none(one.pull.merged_at if one.pull else None),
    }


def _type(one: Issue) -> Json | None:
    if one.issue_type is None:
        return None
    return {
        "id": sum(one.issue_type.encode()),
        "node_id": f"IT_{one.issue_type}",
        "name": one.issue_type,
        "description": None,
        "color": "gray",
        "is_enabled": True,
    }


def _via_app(world: World, login: str) -> Json | None:
    own = world.app.account
    return app(world) if own.kind is AccountKind.BOT and login == own.login else None
