"""Branches as they are: what stands at some of their paths, who changed it last, and what they have before others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from bot.assessment.evidence import Sha
from bot.github import wire
from bot.github.answers import AppIdentity
from bot.github.faults import Faults
from bot.github.lines import decoded
from bot.github.queries import Document
from bot.github.scopes import Scope

MOST_AHEAD = 30
"""Commits of a branch that are looked at; one that is further ahead has other people's."""
_TREE, _LINK, _SUBMODULE = 0o040000, 0o120000, 0o160000


class At(StrEnum):
    """What stands at a path."""

    NOTHING = "nothing"
    FILE = "a file"
    FOLDER = "a folder"
    LINK = "a symbolic link"
    SUBMODULE = "a submodule"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathAt:
    """A path of a commit: what stands there, with which object id; `behind` is a part of it that is no folder."""

    path: str
    at: At = At.NOTHING
    oid: str | None = None
    behind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchView:
    """A branch and some of its paths. `default` is None in an empty repository, `head` where there is no such branch.

    `repository` is its name as it is now.
    """

    repository: str
    archived: bool
    default: str | None
    branch: str | None
    head: Sha | None
    paths: tuple[PathAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastChange:
    """The last commit that changed a path: by whom (`ours`: by this app), and its message."""

    path: str
    author: str
    ours: bool
    message: str


class _Entry(msgspec.Struct, frozen=True):
    mode: int
    type: str
    oid: str


class _Branch(wire.Wire, frozen=True):
    name: str
    target: dict[str, str | _Entry | None] | None = None


class _Repository(wire.Wire, frozen=True, kw_only=True):
    name_with_owner: str
    is_archived: bool
    default_branch_ref: _Branch | None = None
    ref: _Branch | None = None


class _View(wire.Wire, frozen=True):
    repository: _Repository | None = None


class _Author(wire.Wire, frozen=True):
    name: str | None = None
    email: str | None = None


class _Commit(wire.Wire, frozen=True):
    author: _Author | None = None
    message: str = ""


class _At(wire.Wire, frozen=True):
    object: dict[str, wire.Connection[_Commit]] | None = None


class _History(wire.Wire, frozen=True):
    repository: _At | None = None


class _Comparison(wire.Wire, frozen=True):
    ahead_by: int
    commits: wire.Connection[_Commit]


class _Base(wire.Wire, frozen=True):
    compare: _Comparison | None = None


class _Bases(wire.Wire, frozen=True):
    ref: _Base | None = None


class _Compared(wire.Wire, frozen=True):
    repository: _Bases | None = None


COMPARE = Document(
    name="commits ahead",
    text=f"""query CommitsAhead($owner: String!, $name: String!, $base: String!, $branch: String!) {{
  repository(owner: $owner, name: $name) {{ ref(qualifiedName: $base) {{ compare(headRef: $branch) {{
    aheadBy commits(first: {MOST_AHEAD}) {{ nodes {{ message author {{ name email }} }} }}
  }} }} }}
}}""",
)


async def branch_view(scope: Scope, branch: str | None, paths: Sequence[str]) -> BranchView:
    """A branch (None: the default one) with what stands at these paths: one request."""
    every = tuple(dict.fromkeys(part for path in paths for part in (*_above(path), path)))
    variables = {f"p{number}": path for number, path in enumerate(every)}
    if branch is not None:
        variables["ref"] = full_name(branch)
    told = await scope.ask(view_of(len(every), default=branch is None), **variables)
    data = decoded(told, _View)
    repository = data.repository if data is not None else None
    if repository is None:
        raise told.faults.error(f"the repository {scope.repository.full_name}")
    default = repository.default_branch_ref
    _withheld(told.faults, "defaultBranchRef")
    found = default if branch is None else repository.ref
    _withheld(told.faults, "ref")
    target = found.target if found is not None and found.target is not None else {}
    entries = {
        path: entry for number, path in enumerate(every) if isinstance(entry := target.get(f"p{number}"), _Entry)
    }
    oid = target.get("oid")
    return BranchView(
        repository=repository.name_with_owner,
        archived=repository.is_archived,
        default=default.name if default is not None else None,
        branch=found.name if found is not None else branch,
        head=Sha(oid) if isinstance(oid, str) else None,
        paths=tuple(_path_at(path, entries) for path in paths),
    )


async def last_changes(scope: Scope, us: AppIdentity, head: Sha, paths: Sequence[str]) -> tuple[LastChange, ...]:
    """Who changed these paths last, up to a commit; nothing for a path that nobody ever changed."""
    variables = {f"p{number}": path for number, path in enumerate(paths)}
    told = await scope.ask(changes_of(len(paths)), head=head, **variables)
    data = decoded(told, _History)
    repository = data.repository if data is not None else None
    if repository is None or repository.object is None:
        raise told.faults.error(f"the history of {scope.repository.full_name}")
    histories = ((path, repository.object.get(f"p{number}")) for number, path in enumerate(paths))
    newest = ((path, one.nodes[0]) for path, one in histories if one is not None and one.nodes)
    return tuple(
        LastChange(path=path, author=_name(one), ours=_is_by(one, us), message=one.message)
        for path, one in newest
        if one is not None
    )


async def others_ahead(scope: Scope, us: AppIdentity, base: str, branch: str) -> tuple[str, ...]:
    """Who else has commits on a branch that its base has not; `somebody` where there are too many to look at."""
    told = await scope.ask(COMPARE, base=full_name(base), branch=branch)
    data = decoded(told, _Compared)
    repository = data.repository if data is not None else None
    compared = repository.ref.compare if repository is not None and repository.ref is not None else None
    if compared is None:
        raise told.faults.error(f"the comparison of {base} with {branch}")
    commits = [one for one in compared.commits.nodes or () if one is not None]
    others = [_name(one) for one in commits if not _is_by(one, us)]
    if compared.ahead_by > len(commits):
        others.append("somebody")
    return tuple(dict.fromkeys(others))


def view_of(count: int, *, default: bool) -> Document:
    """The document that asks for a branch and so many paths of it."""
    entries = " ".join(f"p{number}: file(path: $p{number}) {{ mode type oid }}" for number in range(count))
    tip = f"name target {{ ... on Commit {{ oid {entries} }} }}"
    branches = f"defaultBranchRef {{ {tip} }}"
    if not default:
        branches = f"defaultBranchRef {{ name }} ref(qualifiedName: $ref) {{ {tip} }}"
    variables = ["$owner: String!", "$name: String!", *declared(count), *([] if default else ["$ref: String!"])]
    return Document(
        name="branch view",
        text=f"""query BranchView({", ".join(variables)}) {{
  repository(owner: $owner, name: $name) {{ nameWithOwner isArchived {branches} }}
}}""",
    )


def changes_of(count: int) -> Document:
    """The document that asks who changed so many paths last."""
    asked = " ".join(
        f"p{number}: history(first: 1, path: $p{number}) {{ nodes {{ message author {{ name email }} }} }}"
        for number in range(count)
    )
    variables = ["$owner: String!", "$name: String!", "$head: GitObjectID!", *declared(count)]
    return Document(
        name="last changes",
        text=f"""query LastChanges({", ".join(variables)}) {{
  repository(owner: $owner, name: $name) {{ object(oid: $head) {{ ... on Commit {{ {asked} }} }} }}
}}""",
    )


def declared(count: int) -> list[str]:
    """So many paths as variables of a document."""
    return [f"$p{number}: String!" for number in range(count)]


def full_name(branch: str) -> str:
    """A branch as git names it."""
    return f"refs/heads/{branch}"


def _above(path: str) -> Iterable[str]:
    """The folders above a path, from the top."""
    parts = path.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts)))


def _path_at(path: str, entries: dict[str, _Entry]) -> PathAt:
    for part in _above(path):
        entry = entries.get(part)
        if entry is not None and entry.mode != _TREE:
            return PathAt(path=path, behind=part)
    entry = entries.get(path)
    if entry is None:
        return PathAt(path=path)
    at = {_TREE: At.FOLDER, _LINK: At.LINK, _SUBMODULE: At.SUBMODULE}.get(entry.mode, At.FILE)
    return PathAt(path=path, at=at, oid=entry.oid)


def _withheld(faults: Faults, field: str) -> None:
    """What could not be read is not taken for what is not there."""
    here = faults.under("repository", field)
    if here.faults:
        raise here.error("the branch")


def _name(commit: _Commit) -> str:
    author = commit.author
    return (author.name if author is not None else None) or "somebody"


def _is_by(commit: _Commit, us: AppIdentity) -> bool:
    """As far as git tells: GitHub puts an app's bot into its commits under this address.

    Whoever may push can write another's name into a commit; he could change the files as well.
    """
    email = (commit.author.email if commit.author is not None else None) or ""
    return f"+{us.login}@users.noreply.".lower() in email.lower()
