"""What we change at GitHub. Every answer brings the issue back as it is now, so that nothing is asked twice.

Rules:
1. A write is sent once. `Unavailable` means that it may have happened (unless `sent` is False).
2. A fault below a mutation's payload means that the write was done and only its answer is incomplete; a fault at the
   mutation itself means that it was not done.
3. What was wanted and is so already (label there, label gone, reaction there) is a success.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from bot.github import parse, wire
from bot.github.answers import IssueNow, Posted, Reaction, StateAnswer
from bot.github.errors import GitHubError, NotFound, Refused, Unavailable
from bot.github.faults import Faults
from bot.github.lines import decoded
from bot.github.models import Actor, IssueNumber, IssueState, NodeId
from bot.github.queries import COMMENT_CREATE, COMMENT_UPDATE, FINISH, MINIMIZE, NOW, REACT
from bot.github.scopes import Scope
from bot.github.snapshots import why_absent

ISSUE = "/repos/{owner}/{repo}/issues/{number}"
LABELS = f"{ISSUE}/labels"


class _NowRepository(wire.Wire, frozen=True):
    issue: wire.WireIssueNow | None = None


class _Now(wire.Wire, frozen=True):
    repository: _NowRepository | None = None


class _Node(wire.Wire, frozen=True):
    id: str
    url: str
    database_id: int | None = None


class _Edge(wire.Wire, frozen=True):
    node: _Node | None = None


class _Seen(wire.Wire, frozen=True):
    issue: wire.WireIssueNow | None = None


class _Created(wire.Wire, frozen=True):
    comment_edge: _Edge | None = None
    subject: msgspec.Raw = msgspec.Raw(b"null")


class _Updated(wire.Wire, frozen=True):
    posted: _Node | None = None
    seen: _Seen | None = None


class _Reacted(wire.Wire, frozen=True):
    subject: _Seen | None = None


class _Done(wire.Wire, frozen=True):
    """The answer to any of the mutations; a null payload means that it was not done."""

    add_comment: _Created | None = None
    update_issue_comment: _Updated | None = None
    add_reaction: _Reacted | None = None
    minimize_comment: dict[str, object] | None = None


class _Label(msgspec.Struct, frozen=True):
    name: str = ""


Labels = tuple[_Label, ...]


class _User(msgspec.Struct, frozen=True):
    login: str
    type: str = "User"


class _RestIssue(msgspec.Struct, frozen=True):
    number: int
    state: str
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: _User | None = None
    labels: tuple[_Label | str, ...] = ()


async def issue_now(scope: Scope, number: int) -> IssueNow:
    """The issue, read again."""
    told = await scope.ask(NOW, number=number)
    data = decoded(told, _Now)
    if data is None or data.repository is None:
        raise told.faults.error(f"the repository {scope.repository.full_name}")
    faults = told.faults.under("repository", "issue")
    if data.repository.issue is None:
        raise await why_absent(scope, number, faults)
    return parse.issue_now(data.repository.issue, faults, scope.line.wiring.clock())


async def react(scope: Scope, comment: NodeId, content: Reaction) -> None:
    """React to a comment; a reaction that is there already stays."""
    told = await scope.line.ask(REACT, {"comment": comment, "content": content})
    data = decoded(told, _Done)
    if data is None or data.add_reaction is None:
        raise _not_done("the comment", told.faults, "addReaction")


async def finish(scope: Scope, comment: NodeId, content: Reaction) -> IssueNow | None:
    """React, and read the comment's issue in the same request; None where it is not told."""
    told = await scope.line.ask(FINISH, {"comment": comment, "content": content})
    data = decoded(told, _Done)
    if data is None or data.add_reaction is None:
        raise _not_done("the comment", told.faults, "addReaction")
    subject = data.add_reaction.subject
    if subject is None or subject.issue is None:
        return None
    return parse.issue_now(
        subject.issue, told.faults.under("addReaction", "subject", "issue"), scope.line.wiring.clock()
    )


async def create_comment(scope: Scope, issue: NodeId, body: str) -> Posted:
    """A new comment under an issue or pull request. Never repeat it before looking for its marker."""
    told = await scope.line.ask(COMMENT_CREATE, {"subject": issue, "body": body})
    data = decoded(told, _Done)
    created = data.add_comment if data is not None else None
    edge = created.comment_edge if created is not None else None
    if created is None or edge is None or edge.node is None:
        raise _not_done("the comment", told.faults, "addComment")
    faults = told.faults.under("addComment", "subject")
    return _posted(edge.node, _subject(created.subject), faults, scope.line.wiring.clock())


async def update_comment(scope: Scope, comment: NodeId, body: str) -> Posted:
    """Our comment with another text. `NotFound`: somebody deleted it, so create it anew."""
    told = await scope.line.ask(COMMENT_UPDATE, {"comment": comment, "body": body})
    data = decoded(told, _Done)
    updated = data.update_issue_comment if data is not None else None
    if updated is None or updated.posted is None:
        raise _not_done("the comment", told.faults, "updateIssueComment")
    faults = told.faults.under("updateIssueComment", "seen", "issue")
    return _posted(updated.posted, updated.seen.issue if updated.seen else None, faults, scope.line.wiring.clock())


async def minimize(scope: Scope, comment: NodeId) -> None:
    """Fold a comment as outdated."""
    told = await scope.line.ask(MINIMIZE, {"comment": comment})
    data = decoded(told, _Done)
    if data is None or data.minimize_comment is None:
        raise _not_done("the comment", told.faults, "minimizeComment")


async def close_issue(scope: Scope, number: int, labels: tuple[str, ...] | None) -> StateAnswer:
    """Close as completed; with `labels`, in the same request make them the issue's set of labels."""
    return await _set_state(scope, number, {"state": "closed", "state_reason": "completed"}, labels)


async def reopen_issue(scope: Scope, number: int, labels: tuple[str, ...] | None) -> StateAnswer:
    """Open again; with `labels`, in the same request make them the issue's set of labels."""
    return await _set_state(scope, number, {"state": "open", "state_reason": "reopened"}, labels)


async def _set_state(
    scope: Scope, number: int, state: Mapping[str, str], labels: tuple[str, ...] | None
) -> StateAnswer:
    """https://docs.github.com/en/rest/issues/issues#update-an-issue."""
    body: dict[str, object] = dict(state)
    if labels is not None:
        body["labels"] = list(labels)
    told = await scope.send("PATCH", ISSUE, body, _RestIssue, number=number)
    return StateAnswer(
        number=IssueNumber(told.number),
        state=IssueState.CLOSED if told.state == "closed" else IssueState.OPEN,
        state_reason=parse.state_reason(told.state_reason),
        closed_at=told.closed_at,
        closed_by=_actor(told.closed_by),
        labels=_names(told.labels),
    )


async def set_labels(scope: Scope, number: int, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Make these the issue's labels; answers with what it has then."""
    if not labels:
        # By GitHub's description the list of labels is never empty there; as a part of the issue it may be.
        return _names((await scope.send("PATCH", ISSUE, {"labels": []}, _RestIssue, number=number)).labels)
    return _names(await scope.send("PUT", LABELS, {"labels": list(labels)}, Labels, number=number))


async def add_label(scope: Scope, number: int, label: str) -> tuple[str, ...]:
    """Add a label; answers with all that the issue has then."""
    return _names(await scope.send("POST", LABELS, {"labels": [label]}, Labels, number=number))


async def remove_label(scope: Scope, number: int, label: str) -> None:
    """Take a label off; that it is not there is a success."""
    try:
        await scope.send("DELETE", f"{LABELS}/{{label}}", {}, Labels, number=number, label=label)
    except NotFound:
        return


async def create_label(scope: Scope, name: str, color: str, description: str) -> None:
    """Create a label (`color`: six hex digits); that it exists is a success.

    https://docs.github.com/en/rest/issues/labels#create-a-label
    """
    body = {"name": name, "color": color, "description": description}
    try:
        await scope.send("POST", "/repos/{owner}/{repo}/labels", body, _Label)
    except Refused as refused:
        if "already_exists" not in refused.codes:
            raise


def _posted(node: _Node, issue: wire.WireIssueNow | None, faults: Faults, now: datetime) -> Posted:
    return Posted(
        node_id=NodeId(node.id),
        id=parse.comment_id(node.database_id, node.url),
        url=node.url,
        now=parse.issue_now(issue, faults, now) if issue is not None else None,
    )


def _subject(raw: msgspec.Raw) -> wire.WireIssueNow | None:
    """The issue that was commented on; None for a pull request, of which nothing was selected."""
    if bytes(raw) in {b"null", b"{}"}:
        return None
    try:
        return msgspec.json.decode(raw, type=wire.WireIssueNow)
    except msgspec.MsgspecError:
        return None  # the comment stands all the same


def _not_done(what: str, faults: Faults, field: str) -> GitHubError:
    """The error for a mutation without a payload."""
    here = tuple(fault for fault in faults.faults if fault.path in {(field,), (), None})
    if len(here) < len(faults.faults):
        return Unavailable(f"{what}: GitHub did it, but did not say how it is now")
    return Faults(faults=here).error(what)


def _actor(user: _User | None) -> Actor | None:
    """A REST user as GraphQL would name it."""
    if user is None:
        return None
    return Actor(login=user.login.removesuffix("[bot]"), is_bot=user.type == "Bot")


def _names(labels: tuple[_Label | str, ...]) -> tuple[str, ...]:
    return tuple(label if isinstance(label, str) else label.name for label in labels)
