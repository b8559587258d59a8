"""What became of a change after it landed: is it on the default branch, was it taken out again, what is left of it.

Rules:
1. Ancestry, not existence: GitHub shows any branch's commit by its sha, so only "reachable from the default branch"
   counts.
2. A revert that was itself reverted does not count.
3. What commit messages say is checked against the files where it can be: a revert may not call itself one, and a
   change may have come back without a word. A commit that makes the exact inverse is a revert whatever it says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from bot.assessment.evidence import Detail, Sha
from bot.github.models import CommitInfo, Edit, PathContent, PullFile, TextFile, Touch
from bot.probes.asking import both, together
from bot.probes.contract import Context, Reader
from bot.probes.inverses import inverse_of
from bot.probes.places import commit_detail, counted, short
from bot.probes.reverts import Change, reverted_by

MOST_FILES = 10
"""So many files of one change are compared at most: the ones that it changed most."""

_DOCUMENTS = frozenset({".md", ".rst", ".txt", ".adoc"})
_TEST_FOLDERS = frozenset({"test", "tests", "__tests__", "spec", "testdata"})


class Fate(StrEnum):
    """What became of a change."""

    STANDS = "stands"
    REINSTATED = "reinstated"  # reverted, and back again
    REVERTED = "reverted"
    PARTLY_UNDONE = "partly undone"
    UNSEEN = "unseen"  # its files could not be compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What became of a change, by which commit, and which of the compared files stand as they did before it."""

    fate: Fate
    by: CommitInfo | None = None
    compared: int = 0
    undone: tuple[str, ...] = ()
    empty: bool = False  # there was no change to begin with
    exact: bool = False  # undone by a commit that does not say so, known by its patch id

    @property
    def weak(self) -> bool:
        """Is so much of the change undone that what is left proves little?"""
        return self.empty or 2 * len(self.undone) >= self.compared > 0


async def aftermath(context: Context, change: Change) -> Aftermath:
    """What became of a change that is reachable from the default branch.

    Reads at most `MOST_FILES` files at two commits; the head's tree too if one of them is gone.
    """
    head = context.snapshot.head
    files = weighty(change.files)
    revert = reverted_by(context.snapshot.history, change, context.snapshot.repository.full_name)
    if head is None or not files:
        return Aftermath(fate=Fate.REVERTED if revert else Fate.UNSEEN, by=revert)
    paths = tuple(file.path for file in files)
    later = context.snapshot.history[:1] != () and context.snapshot.history[0].oid != change.sha
    if revert is not None:
        back = await _all_equal(context.reader, paths, head, change.sha)
        return Aftermath(fate=Fate.REINSTATED if back else Fate.REVERTED, by=revert, compared=len(paths))
    after, touches = await both(
        _by_comparing(context.reader, change, paths, head), context.reader.touches(paths[0]) if later else _none()
    )
    if after.fate is Fate.REVERTED:
        return after
    return await _but_inverted(context, change, after, touches) or after


async def _none() -> tuple[Touch, ...]:
    return ()


async def _but_inverted(
    context: Context, change: Change, after: Aftermath, touches: tuple[Touch, ...]
) -> Aftermath | None:
    """What became of a change that another one took back exactly; None where none did."""
    inverse = await inverse_of(context, change, touches)
    if inverse is None:
        return None
    head, paths = context.snapshot.head, tuple(file.path for file in weighty(change.files))
    back = inverse.back is not None or (head is not None and await _all_equal(context.reader, paths, head, change.sha))
    fate = Fate.REINSTATED if back else Fate.REVERTED
    return Aftermath(fate=fate, by=inverse.by, compared=after.compared, exact=True)


def undoing(after: Aftermath) -> str:
    """How a change was undone, in words that follow "but"."""
    if after.undone:
        by = f" (last changed by `{short(after.by.oid)}`)" if after.by else ""
        return f"its effect is gone: {counted(after.compared, 'file')} compared, all as before it{by}"
    if after.by is None:
        return "it was reverted"
    by = f"`{short(after.by.oid)}`"
    return f"{by} took it back exactly, without saying so (patch id)" if after.exact else f"{by} reverted it"


def ending(after: Aftermath) -> str:
    """What became of a change that still stands, in words that follow where it stands."""
    if after.empty:
        return ", but it changes no file: proves little"
    match after.fate:
        case Fate.REINSTATED:
            return ", reverted once and back again"
        case Fate.PARTLY_UNDONE:
            undone = f", but {len(after.undone)} of {counted(after.compared, 'file')} stand as before it"
            return f"{undone}: proves little" if after.weak else undone
        case Fate.UNSEEN:
            return ", no revert seen (its files were not compared)"
        case _:
            return ", not reverted"


def traces(context: Context, after: Aftermath) -> tuple[Detail, ...]:
    """The commit that undid a change, and the files that stand as before it."""
    by = (commit_detail(context, after.by),) if after.by else ()
    return by + tuple(Detail(text=f"`{path}` stands as before it") for path in after.undone)


async def stands_plainly(context: Context, commit: CommitInfo) -> bool:
    """Is it plain that what a commit of the default branch did still stands, without looking at its files?

    So it is where nothing at the top of the tree that it changed was changed since, or where too few lines were edited
    since to have undone it. One request, shared with others of the same moment. "No" means: look closer.
    """
    head = context.snapshot.head
    if head is None or not commit.parents:
        return False
    place = next((at for at, one in enumerate(context.snapshot.history) if one.oid == commit.oid), None)
    revs = (commit.parents[0], commit.oid, head)
    outlines, edits = await both(
        together(context.reader.outline(rev) for rev in revs),
        context.reader.edits(place + 1 if place is not None else 0),
    )
    return _untouched(*outlines) or _too_little_since(edits, commit.oid)


_Outline = Mapping[str, str] | None


def _untouched(before: _Outline, after: _Outline, now: _Outline) -> bool:
    if before is None or after is None or now is None:
        return False
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    return bool(changed) and all(now.get(name) == after.get(name) for name in changed)


def _too_little_since(edits: tuple[Edit, ...], sha: Sha) -> bool:
    """To undo a change, what it added must be deleted, and what it deleted added: here, not even a quarter was."""
    if not edits or edits[-1].oid != sha:
        return False
    *later, own = edits
    deleted, added = sum(one.deletions for one in later), sum(one.additions for one in later)
    return 4 * deleted < own.additions or 4 * added < own.deletions


def weighty(files: tuple[PullFile, ...]) -> tuple[PullFile, ...]:
    """The files that carry a change: code before tests before documents, the most changed first."""
    touched = tuple(file for file in files if file.change != "MODIFIED" or file.additions + file.deletions > 0)
    groups = (
        tuple(file for file in touched if not _is_document(file.path) and not _is_test(file.path)),
        tuple(file for file in touched if not _is_document(file.path)),
        touched,
    )
    chosen = next((group for group in groups if group), ())
    return tuple(sorted(chosen, key=lambda file: -(file.additions + file.deletions))[:MOST_FILES])


async def _by_comparing(reader: Reader, change: Change, paths: tuple[str, ...], head: Sha) -> Aftermath:
    """Files that stand at the head exactly as before the change show that it was taken out without saying so."""
    reads = [(head, path) for path in paths] + [(change.before, path) for path in paths]
    contents = await together(reader.content(rev, path) for rev, path in reads)
    now, before = contents[: len(paths)], contents[len(paths) :]
    known = [(path, a, b) for path, a, b in zip(paths, now, before, strict=True) if _comparable(a) and _comparable(b)]
    same = [(path, a) for path, a, b in known if _oid(a) == _oid(b)]
    gone = tuple(path for path, content in same if content is None)
    taken = await _taken_away(reader, change.sha, gone, head) if gone else frozenset()
    undone = tuple(path for path, content in same if content is not None or path in taken)
    compared = len(known) - len(gone) + len(taken)
    if not compared:
        return Aftermath(fate=Fate.UNSEEN)
    if not undone:
        return Aftermath(fate=Fate.STANDS, compared=compared)
    fate = Fate.REVERTED if len(undone) == compared else Fate.PARTLY_UNDONE
    by = await reader.last_change(undone[0])
    return Aftermath(fate=fate, by=by, compared=compared, undone=undone)


async def _taken_away(reader: Reader, sha: Sha, gone: tuple[str, ...], head: Sha) -> frozenset[str]:
    """Those of the paths that the change added and that live nowhere else now; none where that cannot be told."""
    tree = await reader.tree(head)
    if tree.truncated:
        return frozenset()
    blobs = {entry.sha for entry in tree.entries}
    names = {PurePosixPath(entry.path).name for entry in tree.entries}
    left = await together(reader.content(sha, path) for path in gone)
    return frozenset(
        path
        for path, content in zip(gone, left, strict=True)
        if isinstance(content, TextFile) and PurePosixPath(path).name not in names and content.oid not in blobs
    )


async def _all_equal(reader: Reader, paths: Iterable[str], first: Sha, second: Sha) -> bool:
    wanted = tuple(paths)
    contents = await together(reader.content(rev, path) for rev in (first, second) for path in wanted)
    pairs = zip(contents[: len(wanted)], contents[len(wanted) :], strict=True)
    return all(_comparable(one) and _comparable(other) and _oid(one) == _oid(other) for one, other in pairs)


def _comparable(content: PathContent) -> bool:
    return content is None or isinstance(content, TextFile)


def _oid(content: PathContent) -> str | None:
    return content.oid if isinstance(content, TextFile) else None


def _is_document(path: str) -> bool:
    at = PurePosixPath(path.lower())
    return at.suffix in _DOCUMENTS or at.name.startswith("changelog") or at.parts[0] in {"doc", "docs"}


def _is_test(path: str) -> bool:
    at = PurePosixPath(path.lower())
    named = at.name.startswith("test_") or at.stem.endswith(("_test", ".test", ".spec"))
    return named or not _TEST_FOLDERS.isdisjoint(at.parts[:-1])
