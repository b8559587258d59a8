"""Issues: read, make, change, lock; their sub-issues and blockers.

Source: https://docs.github.com/rest/issues
"""

from bot.simulator.auth import Kind, allowed
from bot.simulator.changes import (
    NewIssue,
    add_blocker,
    add_sub_issue,
    assign,
    check_writable,
    close_issue,
    edit_issue,
    lock,
    open_issue,
    reopen_issue,
    set_labels,
    unprocessable_link,
)
from bot.simulator.clock import parse_stamp
from bot.simulator.entities import Issue
from bot.simulator.refusals import forbidden, invalid, not_found
from bot.simulator.rest.call import Answer, Call, Operation, empty, ok, paged
from bot.simulator.shapes.issues import blocking
from bot.simulator.shapes.issues import issue as shape
from bot.simulator.world import World

_BASE = "/repos/{owner}/{repo}/issues"
_ONE = _BASE + "/{number:int}"
_NO_ASSIGNEES = ("none", "read")
_REASONS = ("completed", "not_planned", "duplicate", "reopened")


async def list_issues(call: Call) -> Answer:
    """The issues and pull requests, newest first."""
    state = call.query.get("state", "open")
    wanted = {name for name in call.query.get("labels", "").lower().split(",") if name}
    creator = call.query.get("creator", "").lower()
    since = parse_stamp(call.query["since"]) if "since" in call.query else None
    found = [
        issue
        for _, issue in sorted(call.repository.issues.items(), reverse=True)
        if not issue.deleted
        and issue.transferred_to is None
        and state in ("all", issue.state)
        and wanted <= {name.lower() for name in issue.label_names()}
        and creator in ("", issue.author.login.lower())
        and (since is None or issue.updated_at >= since)
    ]
    return paged(call, found, lambda issue: shape(call.world, issue))


async def create_issue(call: Call) -> Answer:
    """A new issue; labels and assignees of those without the right are silently dropped."""
    may_label = _may_triage(call)
    strangers = [login for login in call.body.texts("assignees") if call.repository.role_of(login) in _NO_ASSIGNEES]
    if may_label and strangers:
        raise invalid("Issue", "assignees", "invalid")
    new = NewIssue(
        title=call.body.text("title"),
        body=call.body.text("body", ""),
        labels=tuple(call.body.names("labels")) if may_label else (),
        assignees=tuple(call.body.texts("assignees")) if may_label else (),
        issue_type=call.body.maybe_text("type"),
    )
    return ok(shape(call.world, open_issue(call.world, call.repository, call.who, new)), 201)


async def get_issue(call: Call) -> Answer:
    """One issue."""
    return ok(shape(call.world, call.issue))


async def update_issue(call: Call) -> Answer:
    """Title, body, labels, assignees and state at once."""
    issue, body, world = call.issue, call.body, call.world
    check_writable(call.repository)
    may_triage = _may_triage(call)
    if not may_triage and issue.author is not call.who:
        raise forbidden("Must have admin rights to Repository.")
    state, reason = body.maybe_text("state"), body.maybe_text("state_reason")
    if state not in (None, "open", "closed"):
        raise invalid("Issue", "state", "invalid")
    if reason not in (None, *_REASONS):
        raise invalid("Issue", "state_reason", "invalid")
    edit_issue(world, issue, call.who, body.maybe_text("title"), body.maybe_text("body"))
    if body.has("type"):
        issue.issue_type = body.text("type")
    if may_triage and "labels" in body.value:
        set_labels(world, issue, call.who, body.names("labels"))
    if may_triage and "assignees" in body.value:
        assign(world, issue, call.who, body.texts("assignees"))
    if state == "closed":
        _close(world, call, issue, reason)
    if state == "open":
        reopen_issue(world, issue, call.who)
    return ok(shape(world, issue))


async def lock_issue(call: Call) -> Answer:
    """Lock the conversation."""
    lock(call.world, call.issue, call.who, locked=True)
    return empty()


async def unlock_issue(call: Call) -> Answer:
    """Unlock the conversation."""
    lock(call.world, call.issue, call.who, locked=False)
    return empty()


async def add_assignees(call: Call) -> Answer:
    """Put assignees on."""
    logins = [who.login for who in call.issue.assignees] + call.body.texts("assignees")
    assign(call.world, call.issue, call.who, list(dict.fromkeys(logins)))
    return ok(shape(call.world, call.issue), 201)


async def get_parent(call: Call) -> Answer:
    """The issue above."""
    if call.issue.parent is None:
        raise not_found()
    return ok(shape(call.world, call.issue.parent))


async def list_sub_issues(call: Call) -> Answer:
    """The issues below."""
    return paged(call, call.issue.children, lambda issue: shape(call.world, issue))


async def create_sub_issue(call: Call) -> Answer:
    """Put an issue, known by its database id, below this one."""
    child = _by_id(call, "sub_issue_id")
    add_sub_issue(call.world, call.issue, child, call.who, replace=call.body.flag("replace_parent"))
    return ok(shape(call.world, call.issue), 201)


async def remove_sub_issue(call: Call) -> Answer:
    """Take an issue out from below this one."""
    child = _by_id(call, "sub_issue_id")
    if child.parent is not call.issue:
        raise not_found()
    call.issue.children.remove(child)
    child.parent = None
    return ok(shape(call.world, call.issue))


async def list_blockers(call: Call) -> Answer:
    """The issues that this one waits for, closed ones too."""
    return paged(call, call.issue.blocked_by, lambda issue: shape(call.world, issue))


async def list_blocked(call: Call) -> Answer:
    """The issues that wait for this one."""
    return paged(call, blocking(call.world, call.issue), lambda issue: shape(call.world, issue))


async def create_blocker(call: Call) -> Answer:
    """Let this issue wait for another, known by its database id."""
    add_blocker(call.issue, _by_id(call, "issue_id"))
    return ok(shape(call.world, call.issue), 201)


async def remove_blocker(call: Call) -> Answer:
    """This issue no longer waits for another."""
    blocker = next((i for i in call.issue.blocked_by if i.id == call.number("issue_id")), None)
    if blocker is None:
        raise not_found()
    call.issue.blocked_by.remove(blocker)
    return ok(shape(call.world, call.issue))


def _may_triage(call: Call) -> bool:
    if call.actor.kind is Kind.INSTALLATION:
        return True
    return allowed(call.world, call.actor, call.repository, "issues:write", "triage")


def _close(world: World, call: Call, issue: Issue, reason: str | None) -> None:
    if reason == "reopened":
        raise invalid("Issue", "state_reason", "invalid")
    if issue.state == "closed":
        return  # a reason without a change of state is ignored
    if call.body.has("duplicate_issue_id"):
        issue.duplicate_of = _by_id(call, "duplicate_issue_id")
    close_issue(world, issue, call.who, reason)


def _by_id(call: Call, key: str) -> Issue:
    number = call.body.number(key)
    found = next((issue for issue in call.world.issues() if issue.id == number), None)
    if found is None or found.deleted:
        raise not_found()
    if found.pull is not None:
        raise unprocessable_link("Issue may not be a pull request")
    return found


OPERATIONS = (
    Operation(method="GET", path=_BASE, handler=list_issues, needs="issues:read"),
    Operation(method="POST", path=_BASE, handler=create_issue, needs="issues:write", role="read"),
    Operation(method="GET", path=_ONE, handler=get_issue, needs="issues:read|pull_requests:read"),
    Operation(method="PATCH", path=_ONE, handler=update_issue, needs="issues:write|pull_requests:write", role="read"),
    Operation(method="PUT", path=_ONE + "/lock", handler=lock_issue, needs="issues:write|pull_requests:write"),
    Operation(method="DELETE", path=_ONE + "/lock", handler=unlock_issue, needs="issues:write|pull_requests:write"),
    Operation(method="POST", path=_ONE + "/assignees", handler=add_assignees, needs="issues:write"),
    Operation(method="GET", path=_ONE + "/parent", handler=get_parent, needs="issues:read"),
    Operation(method="GET", path=_ONE + "/sub_issues", handler=list_sub_issues, needs="issues:read"),
    Operation(method="POST", path=_ONE + "/sub_issues", handler=create_sub_issue, needs="issues:write", role="triage"),
    Operation(method="DELETE", path=_ONE + "/sub_issue", handler=remove_sub_issue, needs="issues:write", role="triage"),
    Operation(method="GET", path=_ONE + "/dependencies/blocked_by", handler=list_blockers, needs="issues:read"),
    Operation(method="POST", path=_ONE + "/dependencies/blocked_by", handler=create_blocker, needs="issues:write"),
    Operation(
        method="DELETE",
        path=_ONE + "/dependencies/blocked_by/{issue_id:int}",
        handler=remove_blocker,
        needs="issues:write",
    ),
    Operation(method="GET", path=_ONE + "/dependencies/blocking", handler=list_blocked, needs="issues:read"),
)
