"""Refs, blobs, trees and commits written one by one.

Source: https://docs.github.com/rest/git
"""

from base64 import b64decode

from bot.simulator.changes import check_writable
from bot.simulator.git.history import compare
from bot.simulator.git.objects import parse_commit
from bot.simulator.git.writing import (
    ZERO,
    NewCommit,
    StaleHead,
    commit_tree,
    delete_ref,
    move_ref,
    write_blob,
    write_tree,
)
from bot.simulator.pushing import pushed, signature
from bot.simulator.refusals import unprocessable
from bot.simulator.rest.call import Answer, Call, Operation, empty, ok
from bot.simulator.rest.commits import check_not_empty, ref_shape, tree_shape
from bot.simulator.shapes import commits as shapes
from bot.simulator.shapes.repositories import api_url

_GIT = "/repos/{owner}/{repo}/git"


async def create_ref(call: Call) -> Answer:
    """A new branch or tag; 422 where the name is taken."""
    check_writable(call.repository)
    await check_not_empty(call)
    name, sha = call.body.text("ref"), call.body.text("sha")
    if not name.startswith("refs/") or name.count("/") < 2:
        raise unprocessable("Reference name must start with 'refs' and have at least two slashes.")
    sha = await _known(call, sha)
    try:
        await move_ref(call.repository.git, name, sha, ZERO)
    except StaleHead:
        raise unprocessable("Reference already exists") from None
    await pushed(call.world, call.repository, name, None, sha, call.who)
    return ok(await ref_shape(call, name, sha), 201)


async def update_ref(call: Call) -> Answer:
    """A ref moves; without ``force`` only forward."""
    check_writable(call.repository)
    name, sha = f"refs/{call.path['ref']}", call.body.text("sha")
    git = call.repository.git
    before = dict(await git.refs(name)).get(name)
    if before is None:
        raise unprocessable("Reference does not exist")
    sha = await _known(call, sha)
    stand = await compare(git, before, sha)
    if not call.body.flag("force") and (stand is None or stand.behind):
        raise unprocessable("Update is not a fast forward")
    await move_ref(git, name, sha, before)
    await pushed(call.world, call.repository, name, before, sha, call.who)
    return ok(await ref_shape(call, name, sha))


async def remove_ref(call: Call) -> Answer:
    """A ref goes away."""
    check_writable(call.repository)
    name = f"refs/{call.path['ref']}"
    if name not in dict(await call.repository.git.refs(name)):
        raise unprocessable("Reference does not exist")
    await delete_ref(call.repository.git, name)
    return empty()


async def create_blob(call: Call) -> Answer:
    """Bytes are stored."""
    content = call.body.text("content")
    data = b64decode(content) if call.body.text("encoding", "utf-8") == "base64" else content.encode()
    oid = await write_blob(call.repository.git, data)
    return ok({"sha": oid, "url": f"{api_url(call.world, call.repository)}/git/blobs/{oid}"}, 201)


async def create_tree(call: Call) -> Answer:
    """A tree is written, on top of another if told so."""
    rows = []
    for each in call.body.places("tree"):
        sha = each.maybe_text("sha")
        if each.has("content"):
            sha = await write_blob(call.repository.git, each.text("content").encode())
        rows.append((each.text("path"), each.text("mode", "100644"), sha))
    base = call.body.maybe_text("base_tree")
    known = await call.repository.git.resolve(base, "tree") if base else None
    if base and known is None:
        raise unprocessable("base_tree is not a valid tree oid")
    tree = await write_tree(call.repository.git, known, rows)
    return ok(await tree_shape(call, tree, tree, recursive=False), 201)


async def create_commit(call: Call) -> Answer:
    """A commit of a tree is written; no ref moves."""
    who, git = signature(call.world, call.who), call.repository.git
    tree = await git.resolve(call.body.text("tree"), "tree")
    parents = [await git.resolve(each) for each in call.body.texts("parents")]
    if tree is None:
        raise unprocessable("Tree SHA does not exist")
    if None in parents:
        raise unprocessable("Parent SHA does not exist or is not a commit object")
    new = NewCommit(
        parents=tuple(each for each in parents if each),
        files=(),
        message=call.body.text("message"),
        author=who,
        committer=who,
    )
    oid = await commit_tree(git, tree, new)
    raw = await git.lookup(oid)
    if raw is None:
        raise unprocessable("Commit was not written")
    return ok(shapes.git_commit(call.world, call.repository, parse_commit(raw)), 201)


async def _known(call: Call, sha: str) -> str:
    """The full hash of an object that is there."""
    raw = await call.repository.git.lookup(sha)
    if raw is None:
        raise unprocessable("Object does not exist")
    return raw.oid


_WRITE = "contents:write"
OPERATIONS = (
    Operation(method="POST", path=_GIT + "/refs", handler=create_ref, needs=_WRITE),
    Operation(method="PATCH", path=_GIT + "/refs/{ref:path}", handler=update_ref, needs=_WRITE),
    Operation(method="DELETE", path=_GIT + "/refs/{ref:path}", handler=remove_ref, needs=_WRITE),
    Operation(method="POST", path=_GIT + "/blobs", handler=create_blob, needs=_WRITE),
    Operation(method="POST", path=_GIT + "/trees", handler=create_tree, needs=_WRITE),
    Operation(method="POST", path=_GIT + "/commits", handler=create_commit, needs=_WRITE),
)
