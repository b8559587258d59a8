"""Commits, comparisons, branches, refs, trees.

Source: https://docs.github.com/rest/commits, /git, /branches
"""

import json
from base64 import b64encode
from itertools import accumulate

from bot.simulator.git.history import (
    FileChange,
    LogRequest,
    changes,
    commit_at,
    commits_between,
    compare,
    diff_text,
    list_tree,
    log,
)
from bot.simulator.git.objects import Commit, parse_commit
from bot.simulator.git.store import GitError
from bot.simulator.ids import object_node_id
from bot.simulator.refusals import Refusal, not_found, unprocessable
from bot.simulator.rest.call import Answer, Call, Operation, cut, ok
from bot.simulator.shapes import commits as shapes
from bot.simulator.shapes.repositories import api_url
from bot.simulator.wire import Json

_REPO = "/repos/{owner}/{repo}"
_FILE_LIMIT = 300
_DIFF_LINES = 20_000
_TREE_LIMIT = 100_000
_TREE_BYTES = 7 << 20  # of a recursive listing, as JSON


async def check_not_empty(call: Call) -> None:
    """Raise the 409 that GitHub gives for everything git in a repository without commits."""
    if await call.repository.git.resolve("HEAD") is None:
        raise Refusal(409, "Git Repository is empty.", "UNPROCESSABLE")


async def find_commit(call: Call, revision: str) -> Commit:
    """The commit of a branch, a tag or a hash; 422 for a hash that is none, else 404."""
    await check_not_empty(call)
    found = await commit_at(call.repository.git, revision)
    if found is None:
        raise unprocessable(f"No commit found for SHA: {revision}")
    return found


async def list_commits(call: Call) -> Answer:
    """A log from a branch or a hash."""
    await check_not_empty(call)
    start = await call.repository.git.resolve(call.query.get("sha") or "HEAD")
    if start is None:
        raise not_found()
    request = LogRequest(
        start=start,
        path=call.query.get("path"),
        since=call.query.get("since"),
        until=call.query.get("until"),
        author=call.query.get("author"),
    )
    page, headers = cut(call, list(await log(call.repository.git, request)))
    found = [await call.repository.git.lookup(oid) for oid in page]
    body = [shapes.commit(call.world, call.repository, parse_commit(raw)) for raw in found if raw]
    return Answer(body=body, headers=headers)


async def get_commit(call: Call) -> Answer:
    """One commit with its files; only the hash for ``Accept: application/vnd.github.sha``."""
    one = await find_commit(call, call.path["ref"])
    if "vnd.github.sha" in call.headers.get("accept", ""):
        return Answer(body=one.oid.encode(), media_type="application/vnd.github.sha")
    if wants_diff(call):
        return diff_answer(await diff_text(call.repository.git, one.parents[0] if one.parents else None, one.oid))
    changed = await changes(call.repository.git, one.parents[0] if one.parents else None, one.oid)
    page, headers = cut(call, list(changed)) if "page" in call.query else (list(changed)[:_FILE_LIMIT], {})
    shape = shapes.commit(call.world, call.repository, one)
    return Answer(body=shapes.with_files(shape, changed, _files(call, one.oid, page)), headers=headers)


async def compare_commits(call: Call) -> Answer:
    """What ``head`` has that ``base`` has not: ``behind`` or ``identical`` means contained."""
    await check_not_empty(call)
    base_name, dots, head_name = call.path["basehead"].partition("...")
    ends = [await commit_at(call.repository.git, _own(call, name)) for name in (base_name, head_name)]
    base, head = ends
    if not dots or base is None or head is None:
        raise not_found()
    found = await compare(call.repository.git, base.oid, head.oid)
    if found is None:
        raise not_found(f"No common ancestor between {base_name} and {head_name}.")
    if wants_diff(call):
        return diff_answer(await diff_text(call.repository.git, found.merge_base, head.oid))
    merge_base = await find_commit(call, found.merge_base)
    page, headers = cut(call, list(await commits_between(call.repository.git, base.oid, head.oid)))
    changed = await changes(call.repository.git, found.merge_base, head.oid)
    url = f"{api_url(call.world, call.repository)}/compare/{base_name}...{head_name}"
    html = f"{call.world.url}/{call.repository.full_name}/compare/{base_name}...{head_name}"
    body: Json = {
        "url": url,
        "html_url": html,
        "permalink_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "base_commit": shapes.commit(call.world, call.repository, base),
        "merge_base_commit": shapes.commit(call.world, call.repository, merge_base),
        "status": found.status,
        "ahead_by": found.ahead,
        "behind_by": found.behind,
        "total_commits": found.ahead,
        "commits": [shapes.commit(call.world, call.repository, each) for each in page],
    }
    if call.query.get("page", "1") == "1":
        body["files"] = _files(call, head.oid, list(changed)[:_FILE_LIMIT])
    return Answer(body=body, headers=headers)


def wants_diff(call: Call) -> bool:
    """Whether the diff media type is asked for."""
    return ".diff" in call.headers.get("accept", "")


def diff_answer(diff: bytes) -> Answer:
    """A diff; 406 for one that is too long to be shown."""
    if diff.count(b"\n") > _DIFF_LINES:
        text = f"Sorry, the diff exceeded the maximum number of lines ({_DIFF_LINES})"
        raise Refusal(406, text)
    return Answer(body=diff, media_type="application/vnd.github.diff; charset=utf-8")


async def list_branches(call: Call) -> Answer:
    """The branches."""
    refs = await call.repository.git.refs("refs/heads/")
    page, headers = cut(call, list(refs))
    body = [
        {
            "name": name.removeprefix("refs/heads/"),
            "commit": {"sha": oid, "url": f"{api_url(call.world, call.repository)}/commits/{oid}"},
            "protected": name.removeprefix("refs/heads/") in call.repository.protected,
        }
        for name, oid in page
    ]
    return Answer(body=body, headers=headers)


async def get_branch(call: Call) -> Answer:
    """One branch."""
    name = call.path["branch"]
    one = await commit_at(call.repository.git, f"refs/heads/{name}")
    if one is None:
        raise not_found("Branch not found")
    url = f"{api_url(call.world, call.repository)}/branches/{name}"
    body: Json = {
        "name": name,
        "commit": shapes.commit(call.world, call.repository, one),
        "_links": {"self": url, "html": f"{call.world.url}/{call.repository.full_name}/tree/{name}"},
        "protected": name in call.repository.protected,
        "protection": {
            "enabled": name in call.repository.protected,
            "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []},
        },
        "protection_url": f"{url}/protection",
    }
    return ok(body)


async def get_ref(call: Call) -> Answer:
    """One ref."""
    await check_not_empty(call)
    name = f"refs/{call.path['ref']}"
    found = dict(await call.repository.git.refs(name)).get(name)
    if found is None:
        raise not_found()
    return ok(await ref_shape(call, name, found))


async def list_matching_refs(call: Call) -> Answer:
    """The refs that begin with a text."""
    start = f"refs/{call.path['ref']}"
    every = await call.repository.git.refs("refs/")
    return ok([await ref_shape(call, name, oid) for name, oid in every if name.startswith(start)])


async def ref_shape(call: Call, name: str, oid: str) -> Json:
    """A ref with the kind of what it points at."""
    raw = await call.repository.git.lookup(oid)
    return shapes.ref(call.world, call.repository, name, oid, raw.kind if raw else "commit")


async def get_git_commit(call: Call) -> Answer:
    """One commit as git has it."""
    raw = await call.repository.git.lookup(call.path["sha"])
    if raw is None or raw.kind != "commit":
        raise not_found()
    return ok(shapes.git_commit(call.world, call.repository, parse_commit(raw)))


async def get_tree(call: Call) -> Answer:
    """A tree; any value of ``recursive`` makes it recursive, as on GitHub."""
    await check_not_empty(call)
    tree = await call.repository.git.resolve(call.path["sha"], "tree")
    if tree is None:
        raise not_found()
    return ok(await tree_shape(call, tree, await _tree_name(call, tree), recursive="recursive" in call.query))


async def tree_shape(call: Call, tree: str, sha: str, *, recursive: bool) -> Json:
    """A tree under the hash that the answer is to give."""
    try:
        rows = await list_tree(call.repository.git, tree, recursive=recursive)
    except GitError as error:
        raise not_found() from error
    api = api_url(call.world, call.repository)
    entries: list[Json] = [
        {
            "path": entry.path,
            "mode": entry.mode,
            "type": entry.kind,
            "sha": entry.oid,
            **({"size": size} if size is not None else {}),
            **({"url": f"{api}/git/{entry.kind}s/{entry.oid}"} if entry.kind != "commit" else {}),
        }
        for entry, size in rows[:_TREE_LIMIT]
    ]
    url = f"{api}/git/trees/{tree}"
    fitting = _fitting(entries) if recursive else entries
    return {"sha": sha, "url": url, "tree": fitting, "truncated": len(rows) > len(fitting)}


def _fitting(entries: list[Json]) -> list[Json]:
    """As many entries as GitHub puts into one recursive listing."""
    ends = accumulate(len(json.dumps(entry)) for entry in entries)
    return entries[: sum(end <= _TREE_BYTES for end in ends)]


async def get_blob(call: Call) -> Answer:
    """A blob, in base64, or raw if asked."""
    raw = await call.repository.git.lookup(call.path["sha"])
    if raw is None or raw.kind != "blob":
        raise not_found()
    if ".raw" in call.headers.get("accept", ""):
        return Answer(body=raw.data, media_type="application/vnd.github.raw; charset=utf-8")
    body: Json = {
        "sha": raw.oid,
        "node_id": object_node_id("B", call.repository.id, raw.oid),
        "size": len(raw.data),
        "url": f"{api_url(call.world, call.repository)}/git/blobs/{raw.oid}",
        "content": encode_content(raw.data),
        "encoding": "base64",
    }
    return ok(body)


def encode_content(data: bytes) -> str:
    """Base64 in lines of 60 characters, as GitHub sends contents."""
    text = b64encode(data).decode()
    return "".join(f"{text[at : at + 60]}\n" for at in range(0, len(text), 60))


def _files(call: Call, sha: str, page: list[FileChange]) -> list[Json]:
    return [shapes.change(call.world, call.repository, sha, each) for each in page]


def _own(call: Call, name: str) -> str:
    """A revision without the ``owner:`` that may stand before it."""
    owner, colon, rest = name.partition(":")
    return rest if colon and owner.lower() == call.repository.owner.login.lower() else name


async def _tree_name(call: Call, tree: str) -> str:
    """GitHub answers with the commit's hash when the tree was asked for by a commit."""
    asked = call.path["sha"]
    raw = await call.repository.git.lookup(asked)
    return raw.oid if raw is not None and raw.kind == "commit" and raw.oid == asked else tree


_READ = "contents:read"
OPERATIONS = (
    Operation(method="GET", path=_REPO + "/commits", handler=list_commits, needs=_READ),
    Operation(method="GET", path=_REPO + "/commits/{ref:path}", handler=get_commit, needs=_READ),
    Operation(method="GET", path=_REPO + "/compare/{basehead:path}", handler=compare_commits, needs=_READ),
    Operation(method="GET", path=_REPO + "/branches", handler=list_branches, needs=_READ),
    Operation(method="GET", path=_REPO + "/branches/{branch:path}", handler=get_branch, needs=_READ),
    Operation(method="GET", path=_REPO + "/git/ref/{ref:path}", handler=get_ref, needs=_READ),
    Operation(method="GET", path=_REPO + "/git/matching-refs/{ref:path}", handler=list_matching_refs, needs=_READ),
    Operation(method="GET", path=_REPO + "/git/commits/{sha}", handler=get_git_commit, needs=_READ),
    Operation(method="GET", path=_REPO + "/git/trees/{sha:path}", handler=get_tree, needs=_READ),
    Operation(method="GET", path=_REPO + "/git/blobs/{sha}", handler=get_blob, needs=_READ),
)
