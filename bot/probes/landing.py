"""What became of a change after it landed: is it on the default branch, was it taken out again, what is left of it.

Rules:
1. Ancestry, not existence: GitHub shows any branch's commit by its sha, so only "reachable from the default branch"
   counts.
2. A revert that was itself reverted does not count.
3. What commit messages say is checked against the files where it can be: a revert may not call itself one, and a
   change may have come back without a word.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from bot.assessment.evidence import Sha
from bot.github.models import CommitInfo, Edit, PathContent, PullFile, TextFile
from bot.probes.asking import both, together
from bot.probes.contract import Context, Reader

MOST_FILES = 10
"""So many files of one change are compared at most: the ones that it changed most."""

_MOST_READ = 8_000
_MOST_NAMED = 100
_SHA = r"[0-9a-f]{7,40}"
_BY_SHA = re.compile(
    r"(?:(?<!partially )(?<!partly )\breverts|^revert:?) (?:commits? |merge )?"
    rf"({_SHA}(?:(?:, and |, | and ){_SHA})*)\b",
    re.IGNORECASE | re.MULTILINE,
)
_CONVENTIONAL = re.compile(r"revert(?:\([^)\n]{0,80}\))?!?:", re.IGNORECASE)
_BY_NUMBER = re.compile(r"\breverts (?:pull request )?([\w.-]{1,100}/[\w.-]{1,100})?#(\d{1,9})\b", re.IGNORECASE)
_BY_TITLE = re.compile(r'(revert|reapply) "(.{1,400})"(?: \(#\d{1,9}\))?', re.IGNORECASE)
_DOCUMENTS = frozenset({".md", ".rst", ".txt", ".adoc"})
_TEST_FOLDERS = frozenset({"test", "tests", "__tests__", "spec", "testdata"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that landed as `sha`, on top of `before` (any expression that git resolves)."""

    sha: Sha
    before: str
    title: str | None
    number: int | None
    files: tuple[PullFile, ...]


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

    @property
    def weak(self) -> bool:
        """Is so much of the change undone that what is left proves little?"""
        return self.empty or 2 * len(self.undone) >= self.compared > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reverts:
    """What one commit says that it reverts."""

    shas: tuple[str, ...]
    numbers: frozenset[int]
    title: str | None

    def means(self, target: Change) -> bool:
        """Is the target one of them?"""
        if target.number in self.numbers or any(target.sha.startswith(sha) for sha in self.shas):
            return True
        return self.title is not None and target.title in {self.title, f"{self.title} (#{target.number})"}


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
    if revert is not None:
        back = await _all_equal(context.reader, paths, head, change.sha)
        return Aftermath(fate=Fate.REINSTATED if back else Fate.REVERTED, by=revert, compared=len(paths))
    return await _by_comparing(context.reader, change, paths, head)


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


def reverted_by(history: tuple[CommitInfo, ...], change: Change, repository: str) -> CommitInfo | None:
    """The commit that says it reverts the change and that still counts; `history` is newest first."""
    standing: list[tuple[CommitInfo, _Reverts]] = []
    for commit in history:
        if commit.oid == change.sha:
            break
        number = number_in_title(commit.message)
        target = Change(sha=commit.oid, before="", title=_first_line(commit.message), number=number, files=())
        if not any(reverts.means(target) for _, reverts in standing):
            standing.append((commit, _reverts(commit.message, repository)))
    return next((commit for commit, reverts in standing if reverts.means(change)), None)


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


def _reverts(message: str, repository: str) -> _Reverts:
    """What a commit's message says that it reverts: shas and numbers, or else the title that git quotes."""
    text = message[:_MOST_READ]
    shas = [sha for match in _BY_SHA.finditer(text) for sha in re.findall(_SHA, match[1].lower())]
    if _CONVENTIONAL.match(text):
        shas += re.findall(rf"\b{_SHA}\b", text.lower())
    numbers = [int(number) for where, number in _BY_NUMBER.findall(text) if where.lower() in {"", repository.lower()}]
    title = None if shas or numbers else _quoted_title(text)
    return _Reverts(shas=tuple(dict.fromkeys(shas))[:_MOST_NAMED], numbers=frozenset(numbers), title=title)


def _quoted_title(message: str) -> str | None:
    """Git's own wording: `Revert "<title>"`, and `Reapply "<title>"` for a revert of that revert."""
    match = _BY_TITLE.fullmatch(_first_line(message))
    if match is None:
        return None
    return match[2] if match[1].lower() == "revert" else f'Revert "{match[2]}"'


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0].strip()


def number_in_title(message: str) -> int | None:
    """The pull request that GitHub names in the first line of a merge or squash commit."""
    line = _first_line(message)
    match = re.search(r"\(#(\d{1,9})\)$", line) or re.match(r"Merge pull request #(\d{1,9}) ", line)
    return int(match[1]) if match else None


def _is_document(path: str) -> bool:
    at = PurePosixPath(path.lower())
    return at.suffix in _DOCUMENTS or at.name.startswith("changelog") or at.parts[0] in {"doc", "docs"}


def _is_test(path: str) -> bool:
    at = PurePosixPath(path.lower())
    named = at.name.startswith("test_") or at.stem.endswith(("_test", ".test", ".spec"))
    return named or not _TEST_FOLDERS.isdisjoint(at.parts[:-1])
