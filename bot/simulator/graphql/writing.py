"""Mutations that write to git: commits, refs, pull requests."""

from base64 import b64decode

from bot.simulator.changes import check_writable
from bot.simulator.entities import Repository
from bot.simulator.git.writing import ZERO, StaleHead, move_ref
from bot.simulator.graphql.context import Arguments, Info, refuse
from bot.simulator.graphql.mutations import check, subject
from bot.simulator.graphql.nodes import RefNode, commit_node
from bot.simulator.pulling import NewPull, open_pull
from bot.simulator.pushing import Change, commit_files, pushed


async def create_commit(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002  GitHub's argument name
    """Several files as one commit, if the branch still is where the writer believes it to be."""
    home, branch = await _branch(info, input["branch"])
    check(info, home, "contents:write")
    check_writable(home)
    _check_protection(home, branch)
    message, files = _object(input["message"]), _object(input.get("fileChanges"))
    changed = [(str(_object(each)["path"]), _content(each)) for each in _list(files.get("additions"))]
    gone = [(str(_object(each)["path"]), None) for each in _list(files.get("deletions"))]
    body = message.get("body")
    change = Change(
        branch=branch,
        files=(*changed, *gone),
        message=str(message["headline"]) + (f"\n\n{body}" if body else ""),
        actor=info.context.who,
        expected=str(input["expectedHeadOid"]),
    )
    try:
        oid = await commit_files(info.context.world, home, change)
    except StaleHead as error:
        raise refuse("STALE_DATA", str(error)) from error
    ref = RefNode(repository=home, full_name=f"refs/heads/{branch}", oid=oid)
    return {"commit": await commit_node(home, oid), "ref": ref}


async def create_ref(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """A new branch or tag."""
    home = await subject(info, input["repositoryId"], Repository)
    check(info, home, "contents:write")
    name, oid = str(input["name"]), str(input["oid"])
    known = await home.git.resolve(oid)
    if known is None or not name.startswith("refs/"):
        raise refuse("UNPROCESSABLE", "Object does not exist" if known is None else "Name is not a full ref")
    try:
        await move_ref(home.git, name, oid, ZERO)
    except StaleHead:
        raise refuse("UNPROCESSABLE", f'A ref named "{name}" already exists in the repository.') from None
    await pushed(info.context.world, home, name, None, oid, info.context.who)
    return {"ref": RefNode(repository=home, full_name=name, oid=oid)}


async def create_pull(_: object, info: Info, input: Arguments) -> Arguments:  # noqa: A002
    """A new pull request."""
    home = await subject(info, input["repositoryId"], Repository)
    check(info, home, "pull_requests:write", "read")
    new = NewPull(
        title=str(input["title"]),
        body=str(input.get("body") or ""),
        head=str(input["headRefName"]).rpartition(":")[2],
        base=str(input["baseRefName"]),
        draft=bool(input.get("draft")),
    )
    return {"pullRequest": await open_pull(info.context.world, home, info.context.who, new)}


async def _branch(info: Info, value: object) -> tuple[Repository, str]:
    given = _object(value)
    if given.get("id"):
        ref = await subject(info, given["id"], RefNode)
        return ref.repository, ref.full_name.removeprefix("refs/heads/")
    home = info.context.world.repository(str(given.get("repositoryNameWithOwner")))
    name = str(given.get("branchName")).removeprefix("refs/heads/")
    if home is None or await home.git.resolve(f"refs/heads/{name}") is None:
        raise refuse("NOT_FOUND", f"Could not resolve to a branch '{name}'.")
    return home, name


def _check_protection(home: Repository, branch: str) -> None:
    """Whoever has no leave to bypass it may not commit straight to a protected branch; nobody has it here."""
    if branch in home.protected:
        why = "Changes must be made through a pull request."
        raise refuse("UNPROCESSABLE", f"protected branch '{branch}' check failed:\n {why}")


def _content(addition: object) -> bytes:
    try:
        return b64decode(str(_object(addition)["contents"]), validate=True)
    except ValueError:
        raise refuse("UNPROCESSABLE", "contents is not valid Base64") from None


def _object(value: object) -> Arguments:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


RESOLVERS: dict[str, dict[str, object]] = {
    "Mutation": {
        "createCommitOnBranch": create_commit,
        "createPullRequest": create_pull,
        "createRef": create_ref,
    }
}
