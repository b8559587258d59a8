"""Commits, trees, refs and changed files as REST gives them."""

from bot.simulator.clock import stamp
from bot.simulator.entities import Repository
from bot.simulator.git.history import FileChange
from bot.simulator.git.objects import Commit, Signature
from bot.simulator.ids import object_node_id
from bot.simulator.shapes.people import account
from bot.simulator.shapes.repositories import api_url
from bot.simulator.wire import Json
from bot.simulator.world import World

UNSIGNED: Json = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}


def commit(world: World, repository: Repository, one: Commit) -> Json:
    """A commit as ``/commits`` gives it."""
    url = f"{api_url(world, repository)}/commits/{one.oid}"
    html = f"{world.url}/{repository.full_name}/commit/{one.oid}"
    return {
        "sha": one.oid,
        "node_id": object_node_id("C", repository.id, one.oid),
        "commit": {
            "author": person(one.author),
            "committer": person(one.committer),
            "message": one.message,
            "tree": _tree_link(world, repository, one.tree),
            "url": f"{api_url(world, repository)}/git/commits/{one.oid}",
            "comment_count": 0,
            "verification": UNSIGNED,
        },
        "url": url,
        "html_url": html,
        "comments_url": f"{url}/comments",
        "author": _known(world, one.author),
        "committer": _known(world, one.committer),
        "parents": _parents(world, repository, one),
    }


def with_files(shape: Json, changed: tuple[FileChange, ...], files: list[Json]) -> Json:
    """A commit with its files and its sums, as ``/commits/{ref}`` gives it."""
    plus = sum(c.additions for c in changed)
    minus = sum(c.deletions for c in changed)
    return shape | {"stats": {"total": plus + minus, "additions": plus, "deletions": minus}, "files": files}


def git_commit(world: World, repository: Repository, one: Commit) -> Json:
    """A commit as ``/git/commits`` gives it."""
    return {
        "sha": one.oid,
        "node_id": object_node_id("C", repository.id, one.oid),
        "url": f"{api_url(world, repository)}/git/commits/{one.oid}",
        "html_url": f"{world.url}/{repository.full_name}/commit/{one.oid}",
        "author": person(one.author),
        "committer": person(one.committer),
        "tree": _tree_link(world, repository, one.tree),
        "message": one.message,
        "parents": _parents(world, repository, one),
        "verification": UNSIGNED,
    }


def simple_commit(one: Commit) -> Json:
    """A commit as check suites and workflow runs carry it."""
    return {
        "id": one.oid,
        "tree_id": one.tree,
        "message": one.message,
        "timestamp": stamp(one.committer.when),
        "author": {"name": one.author.name, "email": one.author.email},
        "committer": {"name": one.committer.name, "email": one.committer.email},
    }


def pushed_commit(world: World, repository: Repository, one: Commit, changed: tuple[FileChange, ...]) -> Json:
    """A commit as a push webhook carries it."""
    by_status: dict[str, list[str]] = {"added": [], "removed": [], "modified": []}
    for change in changed:
        by_status.get(change.status, by_status["modified"]).append(change.path)
    return {
        **simple_commit(one),
        **by_status,
        "distinct": True,
        "url": f"{world.url}/{repository.full_name}/commit/{one.oid}",
    }


def change(world: World, repository: Repository, sha: str, one: FileChange) -> Json:
    """One changed file (``diff-entry``); ``sha`` is the commit it was changed in."""
    html = f"{world.url}/{repository.full_name}"
    shape: Json = {
        "sha": one.oid,
        "filename": one.path,
        "status": one.status,
        "additions": one.additions,
        "deletions": one.deletions,
        "changes": one.additions + one.deletions,
        "blob_url": f"{html}/blob/{sha}/{one.path}",
        "raw_url": f"{html}/raw/{sha}/{one.path}",
        "contents_url": f"{api_url(world, repository)}/contents/{one.path}?ref={sha}",
    }
    return shape | ({"previous_filename": one.previous} if one.previous else {})


def ref(world: World, repository: Repository, name: str, oid: str, kind: str) -> Json:
    """A ref and what it points at."""
    return {
        "ref": name,
        "node_id": object_node_id("REF", repository.id, name),
        "url": f"{api_url(world, repository)}/git/{name}",
        "object": {"sha": oid, "type": kind, "url": f"{api_url(world, repository)}/git/{kind}s/{oid}"},
    }


def person(who: Signature) -> Json:
    """The name, address and time in a commit."""
    return {"name": who.name, "email": who.email, "date": stamp(who.when)}


def _known(world: World, who: Signature) -> Json | None:
    """GitHub matches a commit's address with an account; here the address names it or nobody."""
    login = who.email.removesuffix("@users.noreply.github.com").rpartition("+")[2]
    found = world.accounts.get(login.lower()) or world.accounts.get(who.name.lower())
    return account(world, found) if found else None


def _tree_link(world: World, repository: Repository, tree: str) -> Json:
    return {"sha": tree, "url": f"{api_url(world, repository)}/git/trees/{tree}"}


def _parents(world: World, repository: Repository, one: Commit) -> list[Json]:
    return [
        {
            "sha": parent,
            "url": f"{api_url(world, repository)}/commits/{parent}",
            "html_url": f"{world.url}/{repository.full_name}/commit/{parent}",
        }
        for parent in one.parents
    ]
