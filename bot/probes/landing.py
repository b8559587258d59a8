"""What became of a change after it landed: is it on the default branch, was it taken out again, what is left of it.

Rules:
1. Ancestry, not existence: GitHub shows any branch's commit by its sha, so only "reachable from the default branch"
   counts.
2. A revert that was itself reverted does not count.
3. What commit messages say is checked against the files where it can be: a revert may not call itself one, and a
   change may have come back without a word. A commit that makes the exact inverse is a revert whatever it says.
4. A merge can drop what one of its sides did, without a commit that does it: so lines are counted along first parents
   alone, and compared at the head.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from bot.assessment.evidence import Detail, Sha
from bot.github.contents import PathContent, TextFile
from bot.github.models import CommitInfo, Edit, PullFile, Touch
from bot.probes.asking import both, together
from bot.probes.contract import Context, Reader
from bot.probes.inverses import inverse_of
from bot.probes.places import commit_detail, counted, short
from bot.probes.remains import Remains, remains
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
    """What became of a change, by which commit, and which of the compared files stand as they did before it.

    `edited`: in some of these only the lines stand so that the change was about, and others were edited.
    `faint` are files in which at least half of it is undone, or of what it added nothing is left.
    """

    fate: Fate
    by: CommitInfo | None = None
    compared: int = 0
    undone: tuple[str, ...] = ()
    edited: bool = False
    faint: tuple[str, ...] = ()
    empty: bool = False  # there was no change to begin with
    exact: bool = False  # undone by a commit that does not say so, known by its patch id

    @property
    def weak(self) -> bool:
        """Is so much of the change undone that what is left proves little?"""
        return self.empty or 2 * len(self.undone + self.faint) >= self.compared > 0


async def aftermath(context: Context, change: Change) -> Aftermath:
    """What became of a change that is reachable from the default branch.

    Reads at most `MOST_FILES` files at three commits; the head's tree too if one of them is gone.
    """
    head = context.snapshot.head
    files = weighty(change.files)
    revert = reverted_by(context.snapshot.history, change, context.snapshot.repository.full_name)
    if head is None or not files:
        return Aftermath(fate=Fate.REVERTED if revert else Fate.UNSEEN, by=revert)
    paths = tuple(file.path for file in files)
    later = context.snapshot.history[:1] != () and context.snapshot.history[0].oid != change.sha
    if revert is not None:
        back = await _all_there(context.reader, change, paths, head)
        return Aftermath(fate=Fate.REINSTATED if back else Fate.REVERTED, by=revert, compared=len(paths))
    after, touches = await both(
        _by_comparing(context.reader, change, paths, head), context.reader.touches(paths[0]) if later else _none()
    )
    if after.fate is Fate.REVERTED and not after.edited:
        return after
    inverted = await _but_inverted(context, change, after, touches)
    if inverted is None or (after.fate is Fate.REVERTED and inverted.fate is not Fate.REVERTED):
        return after
    return inverted


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
    back = inverse.back is not None or (head is not None and await _all_there(context.reader, change, paths, head))
    fate = Fate.REINSTATED if back else Fate.REVERTED
    return Aftermath(fate=fate, by=inverse.by, compared=after.compared, exact=True)


def undoing(after: Aftermath) -> str:
    """How a change was undone, in words that follow "but"."""
    if after.undone and after.edited:
        files = counted(after.compared, "file")
        return f"its effect is gone: {files} compared, all that it changed there is as before it"
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
    if after.faint and after.weak:
        gone = f"{len(after.undone + after.faint)} of {counted(after.compared, 'file')}"
        return f", but little or nothing of it is left in {gone}: proves little"
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
    undone = tuple(Detail(text=f"`{path}` stands as before it") for path in after.undone)
    return by + undone + tuple(Detail(text=f"`{path}` has little or nothing left of it") for path in after.faint)


async def stands_plainly(context: Context, commit: CommitInfo) -> bool:
    """Is it plain that what a commit of the default branch did still stands, without looking at its files?

    So it is where nothing at the top of the tree that it changed was changed since, or where too few lines were edited
    since to have undone it. One request, shared with others of the same moment. "No" means: look closer.
    """
    head = context.snapshot.head
    if head is None or not commit.parents:
        return False
    line = _first_parents(context.snapshot.history, head, commit.oid)
    place = {one.oid: at for at, one in enumerate(context.snapshot.history)}
    revs = (commit.parents[0], commit.oid, head)
    outlines, edits = await both(
        together(context.reader.outline(rev) for rev in revs),
        context.reader.edits(1 + max((place[sha] for sha in line), default=-1)),
    )
    return _untouched(*outlines) or _too_little_since(edits, line)


def _first_parents(history: tuple[CommitInfo, ...], head: Sha, sha: Sha) -> tuple[Sha, ...]:
    """From the head along first parents to a commit; nothing where it does not stand on that line, as far as known."""
    known = {commit.oid: commit for commit in history}
    line: list[Sha] = []
    at: Sha | None = head
    while at is not None and at in known:
        line.append(at)
        if at == sha:
            return tuple(line)
        at = next(iter(known[at].parents), None)
    return ()


_Outline = Mapping[str, str] | None


def _untouched(before: _Outline, after: _Outline, now: _Outline) -> bool:
    if before is None or after is None or now is None:
        return False
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    return bool(changed) and all(now.get(name) == after.get(name) for name in changed)


def _too_little_since(edits: tuple[Edit, ...], line: tuple[Sha, ...]) -> bool:
    """To undo a change, what it added must be deleted, and what it deleted added: here, not even a quarter was.

    `line` leads from the head to the change. GitHub counts a merge's lines against its first parent, so that along this
    line nothing is left out, and nothing is counted twice.
    """
    known = {edit.oid: edit for edit in edits}
    if not line or not all(sha in known for sha in line):
        return False
    *later, own = (known[sha] for sha in line)
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
    """Files in which the head has nothing of the change show that it was taken out, whatever was said."""
    reads = [(rev, path) for rev in (head, change.before, change.sha) for path in paths]
    contents = iter(await together(reader.content(rev, path) for rev, path in reads))
    now, before, after = ({path: next(contents) for path in paths} for _ in range(3))
    known = tuple(path for path in paths if _comparable(now[path]) and _comparable(before[path]))
    same = tuple(path for path in known if _oid(now[path]) == _oid(before[path]))
    gone = tuple(path for path in same if now[path] is None)
    taken = await _taken_away(reader, change.sha, gone, head) if gone else frozenset()
    left = {path: await _left(before[path], after[path], now[path]) for path in known if path not in same}
    lines = tuple(path for path in known if left.get(path) is Remains.NOTHING)
    faint = tuple(path for path in known if left.get(path) in {Remains.LITTLE, Remains.REWRITTEN})
    undone = tuple(path for path in same if path in taken or path not in gone) + lines
    compared = len(known) - len(gone) + len(taken)
    if not compared:
        return Aftermath(fate=Fate.UNSEEN)
    if not undone:
        return Aftermath(fate=Fate.STANDS, compared=compared, faint=faint)
    fate = Fate.REVERTED if len(undone) == compared else Fate.PARTLY_UNDONE
    by = await reader.last_change(undone[0]) if not lines else None
    return Aftermath(fate=fate, by=by, compared=compared, undone=undone, edited=bool(lines), faint=faint)


async def _left(before: PathContent, after: PathContent, now: PathContent) -> Remains:
    """What is left of the change in one file: asked of texts alone, and of files that are there by now."""
    if not isinstance(after, TextFile) or not isinstance(now, TextFile) or after.oid == now.oid:
        return Remains.SOMETHING
    was = before.text if isinstance(before, TextFile) else ""
    return await asyncio.to_thread(remains, was, after.text, now.text)  # some are megabytes long


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


async def _all_there(reader: Reader, change: Change, paths: tuple[str, ...], head: Sha) -> bool:
    """Does everything that the change did to these files stand at the head?"""
    reads = [(rev, path) for rev in (head, change.before, change.sha) for path in paths]
    contents = iter(await together(reader.content(rev, path) for rev, path in reads))
    now, before, after = ([next(contents) for _ in paths] for _ in range(3))
    return all([await _stands(*one) for one in zip(before, after, now, strict=True)])


async def _stands(before: PathContent, after: PathContent, now: PathContent) -> bool:
    if not _comparable(now) or not _comparable(after):
        return False
    return _oid(now) == _oid(after) or await _left(before, after, now) is Remains.EVERYTHING


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
