"""The timeline of an issue as REST gives it."""

from datetime import datetime

from bot.simulator.clock import stamp
from bot.simulator.entities import EventKind, TimelineEvent
from bot.simulator.entities import Issue as IssueEntity
from bot.simulator.ids import node_id
from bot.simulator.shapes.issues import comment, issue
from bot.simulator.shapes.people import account
from bot.simulator.shapes.repositories import api_url
from bot.simulator.wire import Json
from bot.simulator.world import World


def timeline(world: World, one: IssueEntity) -> list[Json]:
    """Comments and events, oldest first."""
    rows: list[tuple[datetime, int, Json]] = [(e.created_at, e.id, event(world, e)) for e in one.events]
    for each in world.visible(one):
        shape = comment(world, each) | {"event": "commented", "actor": account(world, each.author)}
        rows.append((each.created_at, each.id, shape))
    return [shape for _, _, shape in sorted(rows, key=lambda row: row[:2])]


def event(world: World, one: TimelineEvent) -> Json:
    """One event. A cross-reference has no id, as on GitHub."""
    at = stamp(one.created_at)
    if one.kind is EventKind.CROSS_REFERENCED and one.other is not None:
        return {
            "event": one.kind.value,
            "actor": account(world, one.actor),
            "created_at": at,
            "updated_at": at,
            "source": {"type": "issue", "issue": issue(world, one.other)},
        }
    api = api_url(world, one.issue.repository)
    shape: Json = {
        "id": one.id,
        "node_id": node_id("EV", one.issue.repository.id, one.id),
        "url": f"{api}/issues/events/{one.id}",
        "actor": account(world, one.actor),
        "event": one.kind.value,
        "commit_id": one.commit,
        "commit_url": f"{api}/commits/{one.commit}" if one.commit else None,
        "created_at": at,
        "performed_via_github_app": None,
    }
    return shape | _more(world, one)


def _more(world: World, one: TimelineEvent) -> Json:
    if one.kind in (EventKind.CLOSED, EventKind.REOPENED):
        return {"state_reason": one.state_reason}
    if one.label is not None:
        return {"label": {"name": one.label.name, "color": one.label.color}}
    if one.kind is EventKind.RENAMED:
        return {"rename": {"from": one.rename[0], "to": one.rename[1]}}
    if one.kind is EventKind.LOCKED:
        return {"lock_reason": None}
    if one.kind is EventKind.SUB_ISSUE_ADDED and one.other is not None:
        return {"sub_issue": issue(world, one.other)}
    if one.kind is EventKind.ASSIGNED:
        return {"assignee": account(world, one.actor)}
    return {}
