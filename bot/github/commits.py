"""One commit of whole files on top of a branch: never forced, refused where the branch has moved on.

https://docs.github.com/en/graphql/reference/mutations#createcommitonbranch
https://docs.github.com/en/rest/git/refs
"""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha1

import msgspec

from bot.assessment.evidence import Sha
from bot.github import wire
from bot.github.branches import declared, full_name
from bot.github.errors import Forbidden, NotFound, Refused
from bot.github.lines import decoded
from bot.github.queries import Document
from bot.github.scopes import Scope

_REF = "/repos/{owner}/{repo}/git/ref/{ref}"
_REFS = "/repos/{owner}/{repo}/git/refs"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCommit:
    """A commit to make: whole files by path, on a branch whose head is `on`. `repository` is `owner/name`."""

    repository: str
    branch: str
    on: Sha
    headline: str
    body: str
    files: tuple[tuple[str, str], ...]
    gone: tuple[str, ...] = ()


class _Made(wire.Wire, frozen=True):
    oid: str


class _Payload(wire.Wire, frozen=True):
    commit: _Made | None = None


class _Done(wire.Wire, frozen=True):
    create_commit_on_branch: _Payload | None = None


class _Ref(msgspec.Struct, frozen=True):
    ref: str


async def create_branch(scope: Scope, branch: str, at: Sha) -> None:
    """A new branch at a commit; that there is one of this name is a success, wherever it is."""
    try:
        await scope.send("POST", _REFS, {"ref": full_name(branch), "sha": at}, _Ref)
    except Forbidden as forbidden:
        raise await lacking(scope, "contents", forbidden) from forbidden
    except Refused as refused:
        try:
            await scope.get(_REF, _Ref, ref=f"heads/{branch}")
        except NotFound:
            raise refused from None


async def commit_files(scope: Scope, new: NewCommit) -> Sha:
    """Whole files as one commit. Raises `Stale` where the branch's head is another one: then nothing was done."""
    variables: dict[str, str] = {"repository": new.repository, "branch": new.branch, "on": new.on}
    variables |= {"headline": new.headline, "body": new.body}
    for number, (path, content) in enumerate(new.files):
        variables |= {f"p{number}": path, f"c{number}": b64encode(content.encode()).decode()}
    variables |= {f"g{number}": path for number, path in enumerate(new.gone)}
    told = await scope.line.ask(commit_of(len(new.files), len(new.gone)), variables)
    data = decoded(told, _Done)
    payload = data.create_commit_on_branch if data is not None else None
    if payload is not None and payload.commit is not None:
        return Sha(payload.commit.oid)
    error = told.faults.error(f"a commit on {new.branch}")
    if isinstance(error, Forbidden):
        raise await lacking(scope, "contents", error) from error
    raise error


async def lacking(scope: Scope, permission: str, forbidden: Forbidden) -> Forbidden:
    """The same refusal, which names the permission where it is known that it was not granted."""
    # An archived repository and a protected branch are forbidden as well: GitHub's own words say which.
    needed = f"{permission}: write" if await scope.line.bearer.lacks(permission) else forbidden.needed
    return Forbidden(str(forbidden), needed)


def blob_id(content: str) -> str:
    """The object id that git gives a file with this content: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects"""
    data = content.encode()
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def commit_of(count: int, gone: int = 0) -> Document:
    """The document that commits so many files, and takes so many away."""
    files = ", ".join(f"{{path: $p{number}, contents: $c{number}}}" for number in range(count))
    taken = ", ".join(f"{{path: $g{number}}}" for number in range(gone))
    deletions = f", deletions: [{taken}]" if gone else ""
    variables = [
        "$repository: String!",
        "$branch: String!",
        "$on: GitObjectID!",
        "$headline: String!",
        "$body: String!",
    ]
    variables += [*declared(count), *(f"$c{number}: Base64String!" for number in range(count))]
    variables += [f"$g{number}: String!" for number in range(gone)]
    return Document(
        name="commit files",
        writes=True,
        text=f"""mutation CommitFiles({", ".join(variables)}) {{
  createCommitOnBranch(input: {{
    branch: {{repositoryNameWithOwner: $repository, branchName: $branch}}, expectedHeadOid: $on,
    message: {{headline: $headline, body: $body}}, fileChanges: {{additions: [{files}]{deletions}}}
  }}) {{ commit {{ oid }} }}
}}""",
    )
