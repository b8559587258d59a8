"""Searches of whole trees: shared by those who ask at the same moment, and never made twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.assessment.evidence import Sha
from bot.github.contents import TextFile, Tree, TreeEntry
from bot.github.errors import Unavailable
from bot.probes.trees import MOST_PATTERNS, Memory, Scans, Sought
from bot.scan.archive import ArchiveFault
from bot.scan.kinds import FileKind
from bot.scan.matching import PatternSetFailed
from bot.scan.patterns import Match, Pattern
from bot.scan.scanner import Budget, Search
from tests.scan.repos import chunks, commit, git, repository, tarball, tree

KINDS = tuple(FileKind)
FILES = {"a.py": "old new\n", "docs/b.md": "old\n", "c.js": "new\n"}


@dataclass
class Repository:
    """A real repository, and how often its tarball was asked for."""

    folder: Path
    tarballs: list[str] = field(default_factory=list)
    listings: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    held: asyncio.Event | None = None
    fault: Exception | None = None
    faults_left: int = 99
    broken: bool = False

    async def tree(self, sha: Sha) -> Tree:
        self.listings.append(sha)
        entries = [TreeEntry(path=path, mode=mode, sha="", size_bytes=0) for path, mode in tree(self.folder, sha)]
        return Tree(sha=sha, entries=tuple(entries), truncated=False)

    async def content(self, rev: str, path: str) -> TextFile:
        self.read.append(path)
        return TextFile(path=path, oid="", text=git(self.folder, "show", f"{rev}:{path}").decode())

    @asynccontextmanager
    async def tarball(self, sha: Sha) -> AsyncIterator[AsyncIterator[bytes]]:
        self.tarballs.append(sha)
        if self.held is not None:
            await self.held.wait()
        self.faults_left -= self.fault is not None
        if self.fault is not None and self.faults_left >= 0:
            raise self.fault
        yield chunks(tarball(self.folder, sha)[: 50 if self.broken else None])


@pytest.fixture
def shop(tmp_path) -> tuple[Repository, Sha]:
    return Repository(tmp_path), Sha(repository(tmp_path, FILES))


def sought(*texts: str, match: Match = Match.LITERAL, completely: bool = True, **where) -> Sought:
    patterns = tuple(Pattern(text=text, match=match) for text in texts)
    return Sought(search=Search(patterns=patterns, **where), kinds=KINDS, completely=completely)


def found(looked) -> list[list[str]]:
    return [[hit.path for hit in hits] for hits in looked.result.hits]


async def asked(scans: Scans, sha: Sha, *questions: Sought) -> list:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(scans.look(sha, question)) for question in questions]
    return [task.result() for task in tasks]


async def test_questions_of_one_moment_share_a_pass(shop):
    """One download, one listing, and an answer for each by its own globs."""
    there, sha = shop
    questions = (
        sought("old"),
        sought("old", exclude=("docs/",)),
        sought("new", "gone"),
        sought("new", include=("*.js",)),
    )
    answers = await asked(Scans(there), sha, *questions)
    assert [found(answer) for answer in answers] == [
        [["a.py", "docs/b.md"]],
        [["a.py"]],
        [["a.py", "c.js"], []],
        [["c.js"]],
    ]
    assert (len(there.tarballs), len(there.listings)) == (1, 1)
    assert all(answer.unsure is None for answer in answers)


async def test_commits_are_read_apart_and_at_once(shop):
    """Today and before the fix: two downloads that overlap."""
    there, before = shop
    now = Sha(commit(there.folder, {"a.py": "new\n"}))
    there.held, scans = asyncio.Event(), Scans(there)
    async with asyncio.TaskGroup() as group:
        looks = [group.create_task(scans.look(sha, sought("old"))) for sha in (now, before)]
        while len(there.tarballs) < 2:
            await asyncio.sleep(0.001)
        there.held.set()
    assert [found(look.result()) for look in looks] == [[["docs/b.md"]], [["a.py", "docs/b.md"]]]


async def test_an_expensive_expression_has_a_pass_to_itself(shop):
    """It cannot use up the time of the others."""
    there, sha = shop
    costly = [sought(f"[ab]*a[ab]{{150}}{letter}", match=Match.REGEX) for letter in "cd"]
    await asked(Scans(there), sha, *costly, sought("old"), sought("x{40}", match=Match.REGEX))
    assert len(there.tarballs) == 3


async def test_very_many_patterns_are_several_passes(shop):
    """As many as are matched well together share one."""
    there, sha = shop
    texts = [[f"p{number}-{other}" for other in range(20)] for number in range(MOST_PATTERNS // 20 + 1)]
    await asked(Scans(there), sha, *(sought(*some) for some in texts))
    assert len(there.tarballs) == 2


async def test_the_same_is_not_read_twice(shop):
    """Across assessments: a tree does not change. Another question, commit or repository is another matter."""
    (there, sha), memory = shop, Memory()
    first = await Scans(there, memory, repository=1).look(sha, sought("old"))
    again = await Scans(there, memory, repository=1).look(sha, sought("old"))
    assert (again, len(there.tarballs)) == (first, 1)
    await Scans(there, memory, repository=1).look(sha, sought("old", exclude=("docs/",)))
    await Scans(there, memory, repository=2).look(sha, sought("old"))
    await Scans(there, memory, repository=None).look(sha, sought("old"))
    await Scans(there, memory, repository=1).look(sha, sought("old", completely=False))
    await Scans(there, memory, repository=1).look(Sha(commit(there.folder, {"d": "1"})), sought("old"))
    assert len(there.tarballs) == 6


PARTIAL = {
    "a limit": ({}, Budget(files=1), "the limit on number of files was reached"),
    "a pointer": ({"x.py": "version https://git-lfs.github.com/spec/v1\n"}, Budget(), "1 file could not be looked at"),
}


@pytest.mark.parametrize("name", PARTIAL)
async def test_what_is_not_whole_is_not_remembered(name, shop):
    """Another time it may be."""
    files, budget, words = PARTIAL[name]
    (there, _), memory = shop, Memory()
    sha = Sha(commit(there.folder, {**files, "more.py": ""}))
    for _ in range(2):
        looked = await Scans(there, memory, repository=1, budget=budget).look(sha, sought("nothing"))
        assert words in looked.unsure
    assert len(there.tarballs) == 2


async def test_memory_is_bounded(shop):
    """The oldest answers go, and one that is as large as many is not kept."""
    (there, sha), memory = shop, Memory(most_bytes=12_000)
    scans = Scans(there, memory, repository=1)
    await asked(scans, sha, *(sought(f"t{number}") for number in range(9)), sought(*("old" for _ in range(20))))
    assert sum(memory.get(1, sha, sought(f"t{number}")) is not None for number in range(9)) == 6
    assert memory.get(1, sha, sought(*("old" for _ in range(20)))) is None


FAULTS = {"unavailable": (Unavailable("down"), False, Unavailable), "broken": (None, True, ArchiveFault)}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_reaches_everybody_who_asked(name, shop):
    """Each of those who share the pass hears of it, and the next moment tries again."""
    there, sha = shop
    there.fault, there.broken, kind = FAULTS[name]
    scans = Scans(there)
    answers = await asyncio.gather(*(scans.look(sha, sought(text)) for text in ("old", "new")), return_exceptions=True)
    assert [type(answer) for answer in answers] == [kind, kind]
    there.fault, there.broken = None, False
    assert found(await scans.look(sha, sought("new"))) == [["a.py", "c.js"]]


async def test_another_takes_over_where_the_first_gives_up(shop):
    """Whoever asked first reads for all; cancelled, it leaves nobody waiting."""
    there, sha = shop
    there.held, scans = asyncio.Event(), Scans(there)
    async with asyncio.TaskGroup() as group:
        first, second = (group.create_task(scans.look(sha, sought(text))) for text in ("old", "new"))
        while not there.tarballs:
            await asyncio.sleep(0.001)
        first.cancel()
        there.held.set()
    assert first.cancelled()
    assert found(second.result()) == [["a.py", "c.js"]]


async def test_a_set_that_needs_too_much_memory_is_halved(shop):
    """Each half may be small enough; a question that is too much alone is told so."""
    there, sha = shop
    there.fault, there.faults_left = PatternSetFailed("too many"), 1
    answers = await asked(Scans(there), sha, sought("old"), sought("new"), sought("gone"))
    assert [found(answer) for answer in answers] == [[["a.py", "docs/b.md"]], [["a.py", "c.js"]], [[]]]
    assert len(there.tarballs) == 3
    there.faults_left = 1
    with pytest.raises(PatternSetFailed):
        await Scans(there).look(sha, sought("old"))


async def test_what_the_tarball_leaves_out_is_read_for_those_who_ask_for_it(shop):
    """File by file, by each question's globs; who needs no certainty does without."""
    there, _ = shop
    sha = Sha(commit(there.folder, {".gitattributes": "hidden* export-ignore\n", "hidden.py": "old"}))
    wanted = [sought("old"), sought("old", include=("*.md",)), sought("old", completely=False)]
    answers = await asked(Scans(there), sha, *wanted)
    assert [len(found(answer)[0]) for answer in answers] == [3, 1, 2]
    assert there.read == ["hidden.py"]
