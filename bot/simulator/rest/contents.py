"""Files: read as JSON or raw, archives, and files written by the API.

Source: https://docs.github.com/rest/repos/contents
"""

import binascii
from base64 import b64decode

from bot.simulator.changes import check_writable
from bot.simulator.git.archive import folder_name, pack
from bot.simulator.git.history import list_tree
from bot.simulator.git.objects import SYMLINK_MODE, RawObject, TreeEntry, entry, parse_commit
from bot.simulator.git.writing import StaleHead
from bot.simulator.pushing import Change, commit_files
from bot.simulator.refusals import Refusal, not_found, unprocessable
from bot.simulator.rest.call import Answer, Call, Operation, ok
from bot.simulator.rest.commits import check_not_empty, encode_content
from bot.simulator.shapes.commits import git_commit
from bot.simulator.shapes.repositories import api_url
from bot.simulator.wire import Json

_REPO = "/repos/{owner}/{repo}"
_JSON_LIMIT = 1_000_000
_RAW_LIMIT = 100_000_000
_DIRECTORY_LIMIT = 1000
_ARCHIVES = {"tar.gz": "application/x-gzip", "zip": "application/zip"}


async def get_contents(call: Call) -> Answer:
    """A file, or the list of a folder; raw bytes and ``object`` by ``Accept``."""
    await check_not_empty(call)
    path, git = call.path["path"].strip("/"), call.repository.git
    revision = call.query.get("ref") or "HEAD"
    commit = await git.resolve(revision)
    if commit is None:
        raise not_found(f"No commit found for the ref {revision}")
    raw = await git.lookup(f"{commit}:{path}")
    if raw is None:
        raise not_found()
    accept = call.headers.get("accept", "")
    if raw.kind == "blob":
        return await _file(call, raw, path, commit)
    rows = (await list_tree(git, raw.oid, recursive=False))[:_DIRECTORY_LIMIT]
    prefix = f"{path}/" if path else ""
    listed = [_entry_shape(call, _below(prefix, each), size or 0, commit) for each, size in rows]
    if ".object" not in accept:
        return ok(listed)
    whole = entry(path=path, mode="40000", oid=raw.oid)
    return ok(_entry_shape(call, whole, 0, commit) | {"entries": listed})


async def get_tarball(call: Call) -> Answer:
    """Where the archive is: another host on GitHub, another path here."""
    return await _archive_at(call, "tar.gz")


async def get_zipball(call: Call) -> Answer:
    """The same as a zip."""
    return await _archive_at(call, "zip")


async def _archive_at(call: Call, kind: str) -> Answer:
    await check_not_empty(call)
    revision = call.path.get("ref") or "HEAD"
    commit = await call.repository.git.resolve(revision)
    if commit is None:
        raise not_found()
    root = call.world.url
    return Answer(status=302, headers={"Location": f"{root}/_codeload/{call.repository.full_name}/{kind}/{commit}"})


async def archive(call: Call) -> Answer:
    """The archive itself (codeload)."""
    kind, sha, full_name = call.path["kind"], call.path["sha"], call.repository.full_name
    if kind not in _ARCHIVES:
        raise not_found()
    data = await pack(call.repository.git, full_name, sha, kind)
    headers = {"Content-Disposition": f"attachment; filename={folder_name(full_name, sha)}.{kind}"}
    return Answer(body=data, headers=headers, media_type=_ARCHIVES[kind])


async def put_contents(call: Call) -> Answer:
    """Write one file as one commit: 201 new, 200 changed, 409 stale hash, 422 no hash."""
    check_writable(call.repository)
    body, path = call.body, call.path["path"].strip("/")
    branch = body.text("branch", call.repository.default_branch)
    message, content = body.text("message"), body.text("content")
    try:
        data = b64decode("".join(content.split()), validate=True)
    except binascii.Error as error:
        raise unprocessable("content is not valid Base64") from error
    git = call.repository.git
    if await git.resolve("HEAD") is not None and await git.resolve(f"refs/heads/{branch}") is None:
        raise not_found(f"Branch {branch} not found")
    present = await git.lookup(f"refs/heads/{branch}:{path}")
    _check_sha(path, present, body.maybe_text("sha"))
    change = Change(branch=branch, files=((path, data),), message=message, actor=call.who)
    try:
        oid = await commit_files(call.world, call.repository, change)
    except StaleHead as error:
        raise Refusal(409, f"is at a newer commit than expected: {error}") from error
    written = await git.lookup(f"{oid}:{path}")
    commit = await git.lookup(oid)
    if written is None or commit is None:
        raise not_found()
    file = entry(path=path, mode="100644", oid=written.oid)
    shape = git_commit(call.world, call.repository, parse_commit(commit))
    answer: Json = {"content": _entry_shape(call, file, len(data), branch), "commit": shape}
    return ok(answer, 200 if present else 201)


def _check_sha(path: str, present: RawObject | None, sha: str | None) -> None:
    if present is not None and sha is None:
        raise unprocessable('Invalid request.\n\n"sha" wasn\'t supplied.')
    if sha is not None and (present is None or present.oid != sha):
        raise Refusal(409, f"{path} does not match {sha}")


async def _file(call: Call, raw: RawObject, path: str, commit: str) -> Answer:
    accept = call.headers.get("accept", "")
    if len(raw.data) > _RAW_LIMIT:
        raise Refusal(403, "This API returns blobs up to 100 MB in size.", "FORBIDDEN")
    if ".raw" in accept:
        return Answer(body=raw.data, media_type="application/vnd.github.raw; charset=utf-8")
    small = len(raw.data) <= _JSON_LIMIT
    one = entry(path=path, mode=await _mode(call, commit, path), oid=raw.oid)
    shape = _entry_shape(call, one, len(raw.data), commit)
    if one.mode == SYMLINK_MODE:
        return ok(shape | {"type": "symlink", "target": raw.data.decode("utf-8", "replace")})
    return ok(shape | {"content": encode_content(raw.data) if small else "", "encoding": "base64" if small else "none"})


async def _mode(call: Call, commit: str, path: str) -> str:
    folder = await call.repository.git.resolve(commit, "tree")
    parent = path.rpartition("/")[0]
    tree = await call.repository.git.lookup(f"{commit}:{parent}") if parent else None
    rows = await list_tree(call.repository.git, tree.oid if tree else str(folder), recursive=False)
    name = path.rpartition("/")[2]
    return next((each.mode for each, _ in rows if each.path == name), "100644")


def _below(prefix: str, one: TreeEntry) -> TreeEntry:
    return TreeEntry(path=prefix + one.path, mode=one.mode, kind=one.kind, oid=one.oid)


def _entry_shape(call: Call, one: TreeEntry, size: int, revision: str) -> Json:
    api = api_url(call.world, call.repository)
    html = f"{call.world.url}/{call.repository.full_name}"
    kind = {"tree": "dir", "commit": "submodule"}.get(one.kind, "file")
    url = f"{api}/contents/{one.path}?ref={revision}"
    git_url = None if kind == "submodule" else f"{api}/git/{one.kind}s/{one.oid}"
    page = f"{html}/{'tree' if kind == 'dir' else 'blob'}/{revision}/{one.path}"
    return {
        "type": "symlink" if one.mode == SYMLINK_MODE else kind,
        "size": size,
        "name": one.name,
        "path": one.path,
        "sha": one.oid,
        "url": url,
        "git_url": git_url,
        "html_url": page,
        "download_url": f"{html}/raw/{revision}/{one.path}" if kind == "file" else None,
        "_links": {"self": url, "git": git_url, "html": page},
    }


_READ = "contents:read"
OPERATIONS = (
    Operation(method="GET", path=_REPO + "/contents/{path:path}", handler=get_contents, needs=_READ),
    Operation(method="GET", path=_REPO + "/contents", handler=get_contents, needs=_READ),
    Operation(method="PUT", path=_REPO + "/contents/{path:path}", handler=put_contents, needs="contents:write"),
    Operation(method="GET", path=_REPO + "/tarball/{ref:path}", handler=get_tarball, needs=_READ),
    Operation(method="GET", path=_REPO + "/tarball", handler=get_tarball, needs=_READ),
    Operation(method="GET", path=_REPO + "/zipball/{ref:path}", handler=get_zipball, needs=_READ),
)
