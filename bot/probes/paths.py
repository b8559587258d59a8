"""Finding the file that somebody means: paths are written in many ways, and files move.

Rules:
1. A leading slash, a Windows path, `path:line`, the repository's own name in front: tried as they are meant.
2. A bare file name, or a path that lacks or has too many leading folders, is looked for in the whole listing; it
   counts only where exactly one file fits, and the answer says how it was found.
3. Nothing is called absent that was not looked at: not below a submodule or a link, not in a listing cut short.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bot.assessment.evidence import Sha
from bot.github.contents import Opaque, PathContent, TextFile, Tree
from bot.github.models import CommitInfo
from bot.probes.asking import both, together
from bot.probes.contract import Context

_DRIVE = re.compile(r"^[A-Za-z]:(?=[\\/])")
_LINE = re.compile(r"(?:(?::\d{1,7}){1,2}|#L\d{1,7}(?:-L?\d{1,7})?|\(\d{1,7}(?:,\d{1,7})?\))$")
_MOST_NEAR = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Something stands there. `how` says by what reading it was found, None where it was written as it is.

    `moved_by` is the commit that moved it there from the path that was written.
    """

    path: str
    content: PathContent
    how: str | None = None
    moved_by: CommitInfo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowhere:
    """Nothing stands there. `removed_by` is None where nothing ever did; `near` are files of the same name."""

    path: str
    removed_by: CommitInfo | None
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """It cannot be told, and `why`."""

    path: str
    why: str


Found = Place | Nowhere | Unseen


def spellings(text: str, repository_name: str = "") -> tuple[str, ...]:
    """The repository paths that a written path can mean, the most literal first; empty if it leaves the repository."""
    path = text.strip().strip("`'\"")
    tried = [path, _LINE.sub("", path)]
    tried = [spelling for written in tried for spelling in _slashes(written)]
    tried += [one.removeprefix(f"{repository_name}/") for one in tried if repository_name]
    return tuple(dict.fromkeys(one for one in tried if _inside(one)))


async def find(context: Context, text: str, *, gone: bool = False) -> Found:
    """The file or folder at the default branch's head that a written path means.

    Where it is expected to be `gone`, what is needed then is asked in the same moment.
    """
    head = context.snapshot.head
    tried = spellings(text, context.snapshot.repository.name)
    if head is None or not tried:
        return Unseen(path=text, why="it is not a path inside this repository")
    meant = spellings(text)[-1]
    reading = together(context.reader.content(head, path) for path in tried)
    ahead = together(_hidden_past_and_listing(context, head, (meant, *tried)) for _ in range(gone))
    contents, _ = await both(reading, ahead)
    for path, content in zip(tried, contents, strict=True):
        if content is not None:
            return Place(path=path, content=content, how=None if path == text.rstrip("/") else f"found as `{path}`")
    hidden, changes, tree = await _hidden_past_and_listing(context, head, (meant, *tried))
    if hidden is not None:
        return Unseen(path=meant, why=f"`{hidden.path}` is a {hidden.kind.value}; what lies behind it was not read")
    # The reading that the history knows is the one that is meant: a package may be called as its repository is.
    told = [(path, changed) for path, changed in changes.items() if changed is not None]
    return await _look_around(context, head, told[0] if told else (meant, None), tree)


async def _hidden_past_and_listing(
    context: Context, head: Sha, paths: tuple[str, ...]
) -> tuple[Opaque | None, Mapping[str, CommitInfo | None], Tree]:
    """What hides the first path, who last changed each of them, and the whole listing: asked in one moment."""
    names = tuple(dict.fromkeys(paths))
    changing = together(context.reader.last_change(path) for path in names)
    (hidden, changes), tree = await both(
        both(_hidden_behind(context, head, paths[0]), changing), context.reader.tree(head)
    )
    return hidden, dict(zip(names, changes, strict=True)), tree


async def _look_around(context: Context, head: Sha, meant: tuple[str, CommitInfo | None], tree: Tree) -> Found:
    """The whole listing, and the path's past: is it called or placed differently today?"""
    path, changed = meant
    others = _fitting(tree, path)
    if changed is not None:
        renamed = await _renamed_to(context, changed, tree, path)
        if renamed is not None:
            place = await _place(context, head, renamed, f"renamed to `{renamed}` by `{changed.oid[:7]}`")
            return replace(place, moved_by=changed) if isinstance(place, Place) else place
    elif len(others) == 1:
        return await _place(context, head, others[0], f"found as `{others[0]}`, the only file that fits")
    if tree.truncated and changed is None:
        return Unseen(path=path, why="GitHub cut the listing of files short")
    return Nowhere(path=path, removed_by=changed, near=(others or _same_name(tree, path))[:_MOST_NEAR])


async def _place(context: Context, head: Sha, path: str, how: str) -> Found:
    content = await context.reader.content(head, path)
    return Place(path=path, content=content, how=how) if content else Unseen(path=path, why="it could not be read")


async def _renamed_to(context: Context, changed: CommitInfo, tree: Tree, path: str) -> str | None:
    """Where the file went that a commit took away: to the only file that came in with it and is the same by content
    or by name. A copy that stood there before is no move.
    """
    before = f"{changed.oid}^1"
    last = await context.reader.content(before, path)
    if last is None:
        return None
    blob = last.oid if isinstance(last, TextFile) and last.text else None
    twins = tuple(entry.path for entry in tree.entries if entry.sha == blob)
    candidates = tuple(dict.fromkeys((*twins, *_same_name(tree, path))))[:_MOST_NEAR]
    stood, came = await both(
        together(context.reader.content(before, candidate) for candidate in candidates),
        together(context.reader.content(changed.oid, candidate) for candidate in candidates),
    )
    new = [one for one, was, now in zip(candidates, stood, came, strict=True) if was is None and now is not None]
    return new[0] if len(new) == 1 or (new and new[0] in twins) else None


async def _hidden_behind(context: Context, head: Sha, path: str) -> Opaque | None:
    """The submodule or link among the folders above a path, if there is one."""
    above = [str(parent) for parent in PurePosixPath(path).parents if str(parent) != "."]
    contents = await together(context.reader.content(head, parent) for parent in above)
    return next((content for content in contents if isinstance(content, Opaque)), None)


def _fitting(tree: Tree, path: str) -> tuple[str, ...]:
    """Files that the path can mean: more folders in front, fewer of them, or other capitals."""
    wanted = path.casefold()
    exact = tuple(entry.path for entry in tree.entries if entry.path.casefold() == wanted)
    if exact:
        return exact
    longer = tuple(entry.path for entry in tree.entries if entry.path.casefold().endswith(f"/{wanted}"))
    if longer:
        return longer
    parts = PurePosixPath(wanted).parts
    shorter = {"/".join(parts[start:]) for start in range(1, len(parts) - 1)}
    return tuple(entry.path for entry in tree.entries if entry.path.casefold() in shorter)


def _same_name(tree: Tree, path: str) -> tuple[str, ...]:
    name = PurePosixPath(path).name.casefold()
    return tuple(entry.path for entry in tree.entries if PurePosixPath(entry.path).name.casefold() == name)


def _slashes(path: str) -> tuple[str, ...]:
    """A path without drive, backslashes, leading slash or dot, and trailing slash."""
    plain = path
    if "\\" in path and "/" not in path:
        plain = _DRIVE.sub("", path).replace("\\", "/")
    return (plain.removeprefix("./").strip("/"),)


def path_fault(path: str) -> str | None:
    """What is wrong with a path in a policy, in plain words; None where nothing is."""
    plain = _DRIVE.sub("", path).replace("\\", "/")
    parts = plain.split("/")
    if ".." in parts:
        return "a path cannot leave the repository: write it without `..`"
    if any(part.lower() == ".git" for part in parts):
        return "`.git` is git's own, and in no commit: name a file of the repository"
    if plain.startswith("/") or plain != path.replace("\\", "/"):
        return f"a path begins at the top of the repository: write `{plain.strip('/')[:80]}`"
    return None if _inside(plain) else "this is no path in a repository: write it like `docs/guide.md`"


def _inside(path: str) -> bool:
    if not path or len(path) > 1000 or any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        return False
    return ".." not in path.split("/") and "" not in path.split("/")
