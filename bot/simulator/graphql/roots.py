"""Resolvers of Query and of accounts."""

from datetime import UTC, datetime

from bot.simulator.accounts import Account, AccountKind
from bot.simulator.auth import visible
from bot.simulator.clock import stamp
from bot.simulator.entities import Issue, Repository
from bot.simulator.graphql.context import Arguments, Info, refuse
from bot.simulator.graphql.nodes import find_node, home_of


def query_repository(
    _: object,
    info: Info,
    owner: str,
    name: str,
    *,
    followRenames: bool = True,  # noqa: N803  GitHub's argument name
) -> Repository:
    """The repository, unless it is absent or not to be seen."""
    world = info.context.world
    full_name = f"{owner}/{name}"
    if followRenames:
        full_name = world.moved.get(full_name.lower(), full_name)
    found = world.repository(full_name)
    if found is None or not visible(info.context.actor, found):
        text = f"Could not resolve to a Repository with the name '{owner}/{name}'."
        raise refuse("NOT_FOUND", text)
    return found


def owner_repository(
    owner: Account,
    info: Info,
    name: str,
    *,
    followRenames: bool = True,  # noqa: N803  GitHub's argument name
) -> Repository:
    """A repository of an account, as the query for it by both names."""
    return query_repository(owner, info, owner.login, name, followRenames=followRenames)


def query_viewer(_: object, info: Info) -> Account:
    """Who asks."""
    return info.context.who


def query_user(_: object, info: Info, login: str) -> Account:
    """The account of a login."""
    found = info.context.world.accounts.get(login.lower())
    if found is None or found.kind is AccountKind.BOT:
        raise refuse("NOT_FOUND", f"Could not resolve to a User with the login of '{login}'.")
    return found


async def query_node(_: object, info: Info, id: str) -> object:  # noqa: A002  GitHub's argument name
    """Whatever has a node id."""
    found = await find_node(info.context.world, id)
    home = home_of(found)
    hidden = home is not None and not visible(info.context.actor, home)
    if found is None or hidden or (isinstance(found, Issue) and found.deleted):
        raise refuse("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'")
    return found


async def query_nodes(_: object, info: Info, ids: list[str]) -> list[object]:
    """Whatever has these node ids."""
    found = [await find_node(info.context.world, each) for each in ids]
    homes = [home_of(each) for each in found]
    actor = info.context.actor
    return [each if home is None or visible(actor, home) else None for each, home in zip(found, homes, strict=True)]


def query_rate_limit(_: object, info: Info, **_more: object) -> Arguments:
    """What is left, as of before this query."""
    context = info.context
    state = context.world.limits.state(context.actor.budget, "graphql", context.world.clock())
    return {
        "cost": context.price.points,
        "nodeCount": context.price.nodes,
        "limit": state["limit"],
        "used": state["used"] + 1,
        "remaining": max(state["remaining"] - 1, 0),
        "resetAt": _epoch(state["reset"]),
    }


def _epoch(seconds: int) -> str:
    return stamp(datetime.fromtimestamp(seconds, UTC))


RESOLVERS: dict[str, dict[str, object]] = {
    "Query": {
        "repository": query_repository,
        "viewer": query_viewer,
        "user": query_user,
        "node": query_node,
        "nodes": query_nodes,
        "rateLimit": query_rate_limit,
    },
}
for _name in ("Bot", "Organization", "User"):
    RESOLVERS[_name] = {
        "avatarUrl": lambda who, info, **_more: f"{info.context.world.url}/avatars/{who.id}",
        "databaseId": lambda who, _info: who.id,
        "email": lambda _who, _info: "",
        "login": lambda who, _info: who.short_login,
        "name": lambda who, _info: who.short_login,
        "resourcePath": lambda who, _info: f"/{who.short_login}",
        "url": lambda who, info: f"{info.context.world.url}/{who.short_login}",
    }
for _name in ("Organization", "User"):
    RESOLVERS[_name]["repository"] = owner_repository
RESOLVERS["User"]["login"] = lambda who, _info: who.login  # an app that asks who it is hears ``slug[bot]``
