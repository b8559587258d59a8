"""Comments, reactions, labels and the timeline.

Source: https://docs.github.com/rest/issues/comments, /reactions, /issues/labels, /issues/timeline
"""

from bot.simulator.changes import (
    add_comment,
    add_labels,
    check_writable,
    delete_comment,
    edit_comment,
    react,
    remove_label,
    set_labels,
)
from bot.simulator.clock import parse_stamp
from bot.simulator.entities import Comment, Issue, Label
from bot.simulator.refusals import forbidden, invalid, not_found
from bot.simulator.rest.call import Answer, Call, Operation, empty, ok, paged
from bot.simulator.shapes import issues as shapes
from bot.simulator.shapes.repositories import label as label_shape
from bot.simulator.shapes.timeline import event as event_shape
from bot.simulator.shapes.timeline import timeline

_REPO = "/repos/{owner}/{repo}"
_ISSUE = _REPO + "/issues/{number:int}"
_COMMENT = _REPO + "/issues/comments/{comment_id:int}"
_TALK_READ = "issues:read|pull_requests:read"
_TALK_WRITE = "issues:write|pull_requests:write"
_LABEL_LIMIT = 50


async def list_comments(call: Call) -> Answer:
    """The comments of an issue, oldest first."""
    found = call.world.visible(call.issue)
    if since := call.query.get("since"):
        moment = parse_stamp(since)
        found = [each for each in found if each.updated_at >= moment]
    return paged(call, found, lambda each: shapes.comment(call.world, each))


async def create_comment(call: Call) -> Answer:
    """A new comment."""
    comment = add_comment(call.world, call.issue, call.who, call.body.text("body"), call.lag)
    return ok(shapes.comment(call.world, comment), 201)


async def get_comment(call: Call) -> Answer:
    """One comment."""
    return ok(shapes.comment(call.world, _comment(call)))


async def update_comment(call: Call) -> Answer:
    """New words for a comment."""
    comment = _comment(call)
    _check_own(call, comment)
    edit_comment(call.world, comment, call.who, call.body.text("body"))
    return ok(shapes.comment(call.world, comment))


async def remove_comment(call: Call) -> Answer:
    """The comment is deleted."""
    comment = _comment(call)
    _check_own(call, comment)
    delete_comment(call.world, comment, call.who)
    return empty()


async def list_reactions(call: Call) -> Answer:
    """The reactions to a comment."""
    content = call.query.get("content")
    found = [each for each in _comment(call).reactions if content in (None, each.content)]
    return paged(call, found, lambda each: shapes.reaction(call.world, each))


async def create_reaction(call: Call) -> Answer:
    """React to a comment: 201, or 200 where the same reaction was there."""
    return _react(call, _comment(call))


async def create_issue_reaction(call: Call) -> Answer:
    """React to an issue."""
    return _react(call, call.issue)


async def remove_reaction(call: Call) -> Answer:
    """Take a reaction back."""
    comment = _comment(call)
    found = next((r for r in comment.reactions if r.id == call.number("reaction_id")), None)
    if found is None:
        raise not_found()
    comment.reactions.remove(found)
    return empty()


async def list_issue_labels(call: Call) -> Answer:
    """The labels on an issue."""
    return paged(call, call.issue.labels, lambda each: label_shape(call.world, each))


async def add_issue_labels(call: Call) -> Answer:
    """Put labels on; the answer is the whole set."""
    check_writable(call.repository)
    add_labels(call.world, call.issue, call.who, call.body.names("labels"))
    return ok([label_shape(call.world, each) for each in call.issue.labels])


async def set_issue_labels(call: Call) -> Answer:
    """Exactly these labels."""
    check_writable(call.repository)
    set_labels(call.world, call.issue, call.who, call.body.names("labels"))
    return ok([label_shape(call.world, each) for each in call.issue.labels])


async def remove_issue_label(call: Call) -> Answer:
    """Take a label off."""
    check_writable(call.repository)
    label = call.repository.labels.get(call.path["name"].lower())
    if label is None:
        raise not_found("Label does not exist")
    remove_label(call.world, call.issue, call.who, label)
    return ok([label_shape(call.world, each) for each in call.issue.labels])


async def list_labels(call: Call) -> Answer:
    """The labels of the repository."""
    return paged(call, list(call.repository.labels.values()), lambda each: label_shape(call.world, each))


async def create_label(call: Call) -> Answer:
    """A new label; 422 ``already_exists`` where the name is taken."""
    name = call.body.text("name")
    if name.lower() in call.repository.labels:
        raise invalid("Label", "name", "already_exists")
    if len(name) > _LABEL_LIMIT:
        raise invalid("Label", "name", "custom", f"name is too long (maximum is {_LABEL_LIMIT} characters)")
    label = call.world.label(call.repository, name)
    label.color, label.description = call.body.text("color", "ededed"), call.body.maybe_text("description")
    return ok(label_shape(call.world, label), 201)


async def get_label(call: Call) -> Answer:
    """One label."""
    return ok(label_shape(call.world, _label(call)))


async def update_label(call: Call) -> Answer:
    """New name, colour or description of a label."""
    label = _label(call)
    if call.body.has("new_name"):
        del call.repository.labels[label.name.lower()]
        label.name = call.body.text("new_name")
        call.repository.labels[label.name.lower()] = label
    label.color = call.body.text("color", label.color)
    label.description = call.body.maybe_text("description") or label.description
    return ok(label_shape(call.world, label))


async def list_timeline(call: Call) -> Answer:
    """Comments and events of an issue, oldest first."""
    return paged(call, timeline(call.world, call.issue), lambda each: each)


async def list_events(call: Call) -> Answer:
    """The events of an issue, oldest first."""
    found = [each for each in (event_shape(call.world, e) for e in call.issue.events) if "id" in each]
    return paged(call, found, lambda each: each)


def _react(call: Call, subject: Comment | Issue) -> Answer:
    check_writable(call.repository)
    reaction, new = react(call.world, subject, call.who, call.body.text("content"))
    return ok(shapes.reaction(call.world, reaction), 201 if new else 200)


def _comment(call: Call) -> Comment:
    found = call.world.comment(call.repository, call.number("comment_id"))
    if found is None or found.issue.deleted:
        raise not_found()
    return found


def _label(call: Call) -> Label:
    found = call.repository.labels.get(call.path["name"].lower())
    if found is None:
        raise not_found()
    return found


def _check_own(call: Call, comment: Comment) -> None:
    """People change their own comments, writers and apps with the permission change any."""
    role = call.repository.role_of(call.who.login)
    if call.actor.token is None and comment.author is not call.who and role not in ("write", "maintain", "admin"):
        raise forbidden("Must have admin rights to Repository.")


OPERATIONS = (
    Operation(method="GET", path=_ISSUE + "/comments", handler=list_comments, needs=_TALK_READ),
    Operation(method="POST", path=_ISSUE + "/comments", handler=create_comment, needs=_TALK_WRITE, role="read"),
    Operation(method="GET", path=_COMMENT, handler=get_comment, needs=_TALK_READ),
    Operation(method="PATCH", path=_COMMENT, handler=update_comment, needs=_TALK_WRITE, role="read"),
    Operation(method="DELETE", path=_COMMENT, handler=remove_comment, needs=_TALK_WRITE, role="read"),
    Operation(method="GET", path=_COMMENT + "/reactions", handler=list_reactions, needs="issues:read"),
    Operation(method="POST", path=_COMMENT + "/reactions", handler=create_reaction, needs="issues:write", role="read"),
    Operation(
        method="DELETE",
        path=_COMMENT + "/reactions/{reaction_id:int}",
        handler=remove_reaction,
        needs="issues:write",
        role="read",
    ),
    Operation(
        method="POST", path=_ISSUE + "/reactions", handler=create_issue_reaction, needs="issues:write", role="read"
    ),
    Operation(method="GET", path=_ISSUE + "/labels", handler=list_issue_labels, needs=_TALK_READ),
    Operation(method="POST", path=_ISSUE + "/labels", handler=add_issue_labels, needs=_TALK_WRITE, role="triage"),
    Operation(method="PUT", path=_ISSUE + "/labels", handler=set_issue_labels, needs=_TALK_WRITE, role="triage"),
    Operation(
        method="DELETE",
        path=_ISSUE + "/labels/{name:path}",
        handler=remove_issue_label,
        needs=_TALK_WRITE,
        role="triage",
    ),
    Operation(method="GET", path=_ISSUE + "/timeline", handler=list_timeline, needs=_TALK_READ),
    Operation(method="GET", path=_ISSUE + "/events", handler=list_events, needs=_TALK_READ),
    Operation(method="GET", path=_REPO + "/labels", handler=list_labels, needs=_TALK_READ),
    Operation(method="POST", path=_REPO + "/labels", handler=create_label, needs=_TALK_WRITE),
    Operation(method="GET", path=_REPO + "/labels/{name:path}", handler=get_label, needs=_TALK_READ),
    Operation(method="PATCH", path=_REPO + "/labels/{name:path}", handler=update_label, needs=_TALK_WRITE),
)
