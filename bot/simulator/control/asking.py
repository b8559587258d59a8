"""What a control request names, found in the world; whatever is not there is a 404 in one line."""

from collections.abc import Awaitable, Callable

from bot.simulator.accounts import Account
from bot.simulator.entities import Issue, Repository
from bot.simulator.pushing import Change
from bot.simulator.reading import Place
from bot.simulator.refusals import not_found
from bot.simulator.runtime import Simulator
from bot.simulator.wire import Json
from bot.simulator.world import World

Action = Callable[[Simulator, Place], Awaitable[Json]]


def repository(world: World, body: Place) -> Repository:
    """The repository under ``repo``; it may be left out where the world has only one."""
    if not body.has("repo") and len(world.repositories) == 1:
        return next(iter(world.repositories.values()))
    name = body.text("repo")
    found = world.repository(name)
    if found is None:
        raise not_found(f"repo: there is no repository {name!r}")
    return found


def issue(world: World, body: Place, key: str = "issue") -> Issue:
    """The issue or pull request whose number stands under a key."""
    home, number = repository(world, body), body.number(key)
    found = home.issues.get(number)
    if found is None:
        raise not_found(f"{key}: there is no #{number} in {home.full_name}")
    return found


def pushed_change(world: World, body: Place, home: Repository, branch: str) -> Change:
    """The commit that a request describes: ``files`` by path, null deletes; by ``author``, else by ``login``."""
    files = body.place("files")
    texts = {path: files.maybe_text(path) for path in files.value}
    return Change(
        branch=branch,
        files=tuple((path, None if text is None else text.encode()) for path, text in texts.items()),
        message=body.text("message", "A commit"),
        actor=world.account(body.text("author", body.text("login", home.owner.login))),
    )


def actor(world: World, body: Place, home: Repository) -> Account:
    """Who acts: the account under ``login``, else the owner of the repository."""
    return world.account(body.text("login", home.owner.login))
