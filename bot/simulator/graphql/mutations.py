"""Mutations: each finds its subject by node id, checks the right, and changes the world."""

from typing import TypeVar

from bot.simulator import changes
from bot.simulator.auth import allowed, visible
from bot.simulator.entities import Comment, Issue, Label, Repository
from bot.simulator.graphql.context import Arguments, Info, forbidden, refuse
from bot.simulator.graphql.nodes import find_node, home_of
from bot.simulator.graphql.reactions import REACTIONS
from bot.simulator.refusals import Refusal

T = TypeVar("T")
_TALK = "issues:write|pull_requests:write"


async def subject(info: Info, value: object, kinds: type[T]) -> T:
    """The thing of a node id, of the wanted kind; NOT_FOUND otherwise."""
    found = await find_node(info.context.world, str(value))
    if not isinstance(found, kinds) or _gone(found):
        raise refuse("NOT_FOUND", f"Could not resolve to a node with the global id of '{value}'.")
    if not visible(info.context.actor, standing_in(found)):
        raise refuse("NOT_FOUND", f"Could not resolve to a node with the global id of '{value}'.")
    return found


def _gone(found: object) -> bool:
    """Deleted or moved away, with everything that stood in it."""
    issue = found.issue if isinstance(found, Comment) else found
    return isinstance(issue, Issue) and (issue.deleted or bool(issue.transferred_to))


def standing_in(found: object) -> Repository:
    """The repository in which something stands that is to be changed."""
    home = home_of(found)
    if home is None:
        raise refuse("UNPROCESSABLE", "nothing that stands in a repository")
    return home


def check(info: Info, found: object, needs: str, role: str = "") -> None:
    """Raise FORBIDDEN where the asker lacks the permission (or, a person, the role)."""
    context = info.context
    if not allowed(context.world, context.actor, standing_in(found), needs, role):
        raise forbidden()


async def add_reaction(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002  GitHub's argument name
    """React to a comment or an issue."""
    found = await _reactable(info, input["subjectId"])
    check(info, found, "issues:write", "read")
    reaction, _new = changes.react(info.context.world, found, info.context.who, REACTIONS[str(input["content"])])
    return {"reaction": reaction, "subject": found}


async def remove_reaction(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Take one's own reaction back."""
    found = await _reactable(info, input["subjectId"])
    check(info, found, "issues:write", "read")
    content = REACTIONS[str(input["content"])]
    mine = [r for r in found.reactions if r.author is info.context.who and r.content == content]
    if not mine:
        raise refuse("NOT_FOUND", "Could not find the reaction.")
    found.reactions.remove(mine[0])
    return {"reaction": mine[0], "subject": found}


async def add_comment(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Comment on an issue or a pull request."""
    found = await subject(info, input["subjectId"], Issue)
    check(info, found, _TALK, "read")
    context = info.context
    comment = changes.add_comment(context.world, found, context.who, str(input["body"]), context.lag)
    return {"commentEdge": {"node": comment, "cursor": "MQ=="}, "subject": found}


async def update_comment(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """New words for a comment."""
    found = await subject(info, input["id"], Comment)
    check(info, found, _TALK, "read")
    _check_own(info, found)
    changes.edit_comment(info.context.world, found, info.context.who, str(input["body"]))
    return {"issueComment": found}


async def delete_comment(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Delete a comment."""
    found = await subject(info, input["id"], Comment)
    check(info, found, _TALK, "read")
    _check_own(info, found)
    changes.delete_comment(info.context.world, found, info.context.who)
    return {}


async def minimize_comment(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Hide a comment, for a reason."""
    found = await subject(info, input["subjectId"], Comment)
    check(info, found, _TALK)
    found.minimized = str(input["classifier"])
    return {"minimizedComment": found}


async def unminimize_comment(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Show a comment again."""
    found = await subject(info, input["subjectId"], Comment)
    check(info, found, _TALK)
    found.minimized = None
    return {"unminimizedComment": found}


async def add_labels(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Put labels, known by their node ids, on."""
    found = await subject(info, input["labelableId"], Issue)
    check(info, found, _TALK, "triage")
    names = [label.name for label in await _labels(info, input["labelIds"])]
    changes.add_labels(info.context.world, found, info.context.who, names)
    return {"labelable": found}


async def remove_labels(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Take labels off; those that are not there do not matter."""
    found = await subject(info, input["labelableId"], Issue)
    check(info, found, _TALK, "triage")
    for label in await _labels(info, input["labelIds"]):
        if label in found.labels:
            changes.remove_label(info.context.world, found, info.context.who, label)
    return {"labelable": found}


async def close_issue(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Close an issue."""
    found = await subject(info, input["issueId"], Issue)
    _check_author_or(info, found)
    if found.pull is not None:
        raise refuse("UNPROCESSABLE", "Could not resolve to an Issue.")
    if input.get("duplicateIssueId"):
        found.duplicate_of = await subject(info, input["duplicateIssueId"], Issue)
    reason = str(input.get("stateReason") or "COMPLETED").lower()
    changes.close_issue(info.context.world, found, info.context.who, reason)
    return {"issue": found}


async def reopen_issue(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Open an issue again."""
    found = await subject(info, input["issueId"], Issue)
    _check_author_or(info, found)
    changes.reopen_issue(info.context.world, found, info.context.who)
    return {"issue": found}


async def create_issue(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """A new issue, below another if told so."""
    home = await subject(info, input["repositoryId"], Repository)
    check(info, home, "issues:write", "read")
    parent = await subject(info, input["parentIssueId"], Issue) if input.get("parentIssueId") else None
    labels = await _labels(info, input.get("labelIds") or [])
    new = changes.NewIssue(
        title=str(input["title"]),
        body=str(input.get("body") or ""),
        labels=tuple(label.name for label in labels),
    )
    made = changes.open_issue(info.context.world, home, info.context.who, new)
    if parent is not None:
        changes.add_sub_issue(info.context.world, parent, made, info.context.who)
    return {"issue": made}


async def update_issue(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Title, body, labels and state at once."""
    found = await subject(info, input["id"], Issue)
    _check_author_or(info, found)
    world, who = info.context.world, info.context.who
    title, body, state = input.get("title"), input.get("body"), input.get("state")
    changes.edit_issue(world, found, who, _maybe(title), _maybe(body))
    if input.get("labelIds") is not None:
        names = [label.name for label in await _labels(info, input["labelIds"])]
        changes.set_labels(world, found, who, names)
    if state == "CLOSED":
        changes.close_issue(world, found, who)
    if state == "OPEN":
        changes.reopen_issue(world, found, who)
    return {"issue": found}


async def add_sub_issue(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Put an issue below another."""
    parent = await subject(info, input["issueId"], Issue)
    check(info, parent, "issues:write", "triage")
    if input.get("subIssueId"):
        child = await subject(info, input["subIssueId"], Issue)
    else:
        child = _by_url(info, str(input.get("subIssueUrl")))
    changes.add_sub_issue(info.context.world, parent, child, info.context.who, replace=bool(input.get("replaceParent")))
    return {"issue": parent, "subIssue": child}


async def remove_sub_issue(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """Take an issue out from below another."""
    parent = await subject(info, input["issueId"], Issue)
    check(info, parent, "issues:write", "triage")
    child = await subject(info, input["subIssueId"], Issue)
    if child.parent is parent:
        parent.children.remove(child)
        child.parent = None
    return {"issue": parent, "subIssue": child}


async def _reactable(info: Info, value: object) -> Comment | Issue:
    found = await find_node(info.context.world, str(value))
    if isinstance(found, Comment):
        return await subject(info, value, Comment)
    return await subject(info, value, Issue)


def _check_own(info: Info, comment: Comment) -> None:
    """People change their own comments; writers and apps with the permission change any."""
    mine = comment.author is info.context.who or info.context.actor.token is not None
    if not mine:
        check(info, comment, _TALK, "write")


def _check_author_or(info: Info, issue: Issue) -> None:
    if info.context.actor.token is None and issue.author is info.context.who:
        return
    check(info, issue, _TALK, "triage")


async def _labels(info: Info, values: object) -> list[Label]:
    return [await subject(info, each, Label) for each in (values if isinstance(values, list) else [])]


def _by_url(info: Info, url: str) -> Issue:
    path = url.partition("://")[2].partition("/")[2]
    found = next((issue for issue in info.context.world.issues() if issue.path == path), None)
    if found is None:
        raise Refusal(404, f"Could not resolve to an Issue with the URL '{url}'.", "NOT_FOUND")
    return found


def _maybe(value: object) -> str | None:
    return value if isinstance(value, str) else None


RESOLVERS: dict[str, dict[str, object]] = {
    "Mutation": {
        "addComment": add_comment,
        "addLabelsToLabelable": add_labels,
        "addReaction": add_reaction,
        "addSubIssue": add_sub_issue,
        "closeIssue": close_issue,
        "createIssue": create_issue,
        "deleteIssueComment": delete_comment,
        "minimizeComment": minimize_comment,
        "removeLabelsFromLabelable": remove_labels,
        "removeReaction": remove_reaction,
        "removeSubIssue": remove_sub_issue,
        "reopenIssue": reopen_issue,
        "unminimizeComment": unminimize_comment,
        "updateIssue": update_issue,
        "updateIssueComment": update_comment,
    }
}
