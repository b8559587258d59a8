"""What people do: comment, close, label, lock, edit; what owners do to roles and repositories."""

from datetime import timedelta

from bot.simulator import changes
from bot.simulator.control.asking import Action, actor, issue, pushed_change, repository
from bot.simulator.entities import ROLES, Comment, Issue
from bot.simulator.merging import MergeRequest, merge
from bot.simulator.payloads import installation_event, pull_event
from bot.simulator.pulled import pull_size
from bot.simulator.pulling import NewPull, open_pull, with_commit
from bot.simulator.reading import Place
from bot.simulator.refusals import not_found
from bot.simulator.runtime import Simulator
from bot.simulator.wire import Json


async def comment(sim: Simulator, body: Place) -> Json:
    """Somebody comments."""
    where = issue(sim.world, body)
    who = actor(sim.world, body, where.repository)
    made = changes.add_comment(sim.world, where, who, body.text("body"))
    return {"id": made.id, "node_id": made.node_id}


async def close(sim: Simulator, body: Place) -> Json:
    """Somebody closes an issue, or a pull request unmerged."""
    where = issue(sim.world, body)
    who = actor(sim.world, body, where.repository)
    was = where.state
    changes.close_issue(sim.world, where, who, body.text("reason", "completed"))
    await _tell_pull(sim, where, "closed", body, was)
    return {"state": where.state, "state_reason": where.state_reason}


async def reopen(sim: Simulator, body: Place) -> Json:
    """Somebody reopens an issue."""
    where = issue(sim.world, body)
    was = where.state
    changes.reopen_issue(sim.world, where, actor(sim.world, body, where.repository))
    await _tell_pull(sim, where, "reopened", body, was)
    return {"state": where.state, "state_reason": where.state_reason}


async def open_issue(sim: Simulator, body: Place) -> Json:
    """Somebody opens an issue."""
    home = repository(sim.world, body)
    new = changes.NewIssue(
        title=body.text("title"),
        body=body.text("body", ""),
        labels=tuple(body.texts("labels")),
        issue_type=body.maybe_text("type"),
    )
    made = changes.open_issue(sim.world, home, actor(sim.world, body, home), new)
    return {"number": made.number, "id": made.id, "node_id": made.node_id}


async def label(sim: Simulator, body: Place) -> Json:
    """Somebody puts labels on and takes labels off."""
    where = issue(sim.world, body)
    who = actor(sim.world, body, where.repository)
    changes.add_labels(sim.world, where, who, body.texts("add"))
    for name in body.texts("remove"):
        changes.remove_label(sim.world, where, who, sim.world.label(where.repository, name))
    return {"labels": where.label_names()}


async def lock(sim: Simulator, body: Place) -> Json:
    """Somebody locks or unlocks a conversation."""
    where = issue(sim.world, body)
    locked = body.flag("locked", default=True)
    changes.lock(sim.world, where, actor(sim.world, body, where.repository), locked=locked)
    return {"locked": where.locked}


async def edit(sim: Simulator, body: Place) -> Json:
    """Somebody changes the words of an issue or of a comment, or an issue's type."""
    if body.has("comment_id"):
        found = _comment(sim, body)
        who = actor(sim.world, body, found.issue.repository)
        changes.edit_comment(sim.world, found, who, body.text("body"))
        return {"id": found.id}
    where = issue(sim.world, body)
    who = actor(sim.world, body, where.repository)
    changed = changes.edit_issue(sim.world, where, who, body.maybe_text("title"), body.maybe_text("body"))
    if changed and where.pull is not None:
        pull_event(sim.world, where, "edited", who, await pull_size(where), {"changes": changed})
    if body.has("type"):
        where.issue_type = body.maybe_text("type")
    return {"number": where.number}


async def delete(sim: Simulator, body: Place) -> Json:
    """An issue, or a comment, is deleted."""
    if body.has("comment_id"):
        found = _comment(sim, body)
        changes.delete_comment(sim.world, found, actor(sim.world, body, found.issue.repository))
        return {}
    issue(sim.world, body).deleted = True
    return {}


async def react(sim: Simulator, body: Place) -> Json:
    """Somebody reacts to a comment."""
    found = _comment(sim, body)
    who = actor(sim.world, body, found.issue.repository)
    reaction, _ = changes.react(sim.world, found, who, body.text("content", "+1"))
    return {"id": reaction.id}


async def transfer(sim: Simulator, body: Place) -> Json:
    """An issue moves to another repository (``to``, as ``owner/name#7``)."""
    where = issue(sim.world, body)
    where.transferred_to = body.text("to")
    return {"transferred_to": where.transferred_to}


async def role(sim: Simulator, body: Place) -> Json:
    """Somebody gets another role."""
    home, login = repository(sim.world, body), body.text("login")
    sim.world.account(login)
    home.collaborators[login.lower()] = body.word("role", ROLES, "read")
    return {"login": login, "role": home.role_of(login)}


async def propose(sim: Simulator, body: Place) -> Json:
    """Somebody opens a pull request from a branch, or a ``head_repository``; ``files`` are committed to it before."""
    home, world = repository(sim.world, body), sim.world
    new = NewPull(
        title=body.text("title", "A change"),
        body=body.text("body", ""),
        head=body.text("head", "patch-1"),
        base=body.text("base", home.default_branch),
        draft=body.flag("draft"),
        fork=body.maybe_text("head_repository"),
    )
    if body.has("files") or new.fork:
        new = await with_commit(world, home, new, pushed_change(world, body, home, new.head))
    made = await open_pull(world, home, actor(world, body, home), new)
    return {"number": made.number, "node_id": made.node_id, "head_sha": made.pull.head_sha if made.pull else None}


async def merge_pull(sim: Simulator, body: Place) -> Json:
    """A pull request is merged; the issues that it closes are closed a moment later."""
    where = issue(sim.world, body, "pull")
    who = actor(sim.world, body, where.repository)
    request = MergeRequest(
        actor=who,
        sha=body.maybe_text("sha"),
        squash=body.text("method", "merge") == "squash",
        message=body.maybe_text("message"),
    )
    waiting = await merge(sim.world, where, request)

    async def close_them() -> None:
        for each in waiting:
            changes.close_issue(sim.world, each.issue, who, "completed", each.closer)

    if waiting:
        delay: timedelta = sim.world.close_delay
        sim.courier.later(delay.total_seconds(), close_them)
    sha = where.pull.merge_commit_sha if where.pull else None
    return {"sha": sha, "merged": True, "closes": [f"{c.issue.repository.full_name}#{c.issue.number}" for c in waiting]}


async def repository_settings(sim: Simulator, body: Place) -> Json:
    """A repository is archived, made private, loses its issues or the app."""
    home = repository(sim.world, body)
    home.archived = body.flag("archived", default=home.archived)
    home.private = body.flag("private", default=home.private)
    home.has_issues = body.flag("has_issues", default=home.has_issues)
    home.installed = body.flag("installed", default=home.installed)
    if body.has("permissions"):
        home.permissions = body.pairs("permissions")
    return {"full_name": home.full_name}


async def rename(sim: Simulator, body: Place) -> Json:
    """A repository gets another name; the old one redirects."""
    home, world = repository(sim.world, body), sim.world
    old, home.name = home.full_name, body.text("name")
    del world.repositories[old.lower()]
    world.repositories[home.full_name.lower()] = home
    world.moved[old.lower()] = home.full_name
    return {"full_name": home.full_name}


async def installation(sim: Simulator, body: Place) -> Json:
    """The installation is made, suspended, or what ``action`` says."""
    home = repository(sim.world, body)
    where, action = sim.world.installation(home.owner), body.text("action")
    if action in ("suspend", "unsuspend"):
        where.suspended_at = sim.world.clock() if action == "suspend" else None
    installation_event(sim.world, where, action)
    return {"id": where.id}


def _comment(sim: Simulator, body: Place) -> Comment:
    number = body.number("comment_id")
    found = next((each for each in sim.world.comments() if each.id == number), None)
    if found is None:
        raise not_found(f"comment_id: there is no comment {number}")
    return found


async def _tell_pull(sim: Simulator, where: Issue, action: str, body: Place, was: str) -> None:
    if where.pull is not None and where.state != was:
        size = await pull_size(where)
        pull_event(sim.world, where, action, actor(sim.world, body, where.repository), size)


ACTIONS: dict[str, Action] = {
    "close": close,
    "comment": comment,
    "delete": delete,
    "edit": edit,
    "installation": installation,
    "issue": open_issue,
    "label": label,
    "lock": lock,
    "merge": merge_pull,
    "pull": propose,
    "react": react,
    "rename": rename,
    "reopen": reopen,
    "repository": repository_settings,
    "role": role,
    "transfer": transfer,
}
