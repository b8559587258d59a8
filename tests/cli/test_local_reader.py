"""A local checkout as probes read it: the same answers as GitHub's where git knows them, and no guess elsewhere."""

import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.assessment.evidence import Sha
from bot.cli.local_git import GitTrouble, opened
from bot.cli.local_reader import LocalReader
from bot.github.contents import Folder, Opaque, OpaqueKind, TextFile
from bot.github.errors import Unavailable
from bot.github.models import IssueRef, IssueState, StateReason, Unknown
from bot.probes.contract import Reader
from bot.probes.trees import Scans, Sought
from bot.scan.kinds import FileKind
from bot.scan.patterns import Match, Pattern
from bot.scan.scanner import Search
from tests.cli.closed_world import START, Git, build
from tests.journeys.repository import commit, git

CLOSED = IssueRef(number=4, title="", state=IssueState.CLOSED, state_reason=StateReason.COMPLETED, repository="a/b")


@pytest.fixture(scope="module")
def shas(tmp_path_factory: pytest.TempPathFactory) -> Git:
    made = build(tmp_path_factory.mktemp("git") / "service")
    (made.folder / "link").symlink_to("README.md")
    (made.folder / "picture").write_bytes(b"\x89PNG\0\1")
    git(made.folder, "add", "link", "picture")
    head = commit(made.folder, {"docs/moved.md": "Notes\n"}, "Add a link, a picture and a note\n\nWith a body.")
    return Git(
        folder=made.folder, start=made.start, fix=made.fix, undone=made.undone, head=head, unmerged=made.unmerged
    )


@pytest.fixture
async def reader(shas: Git) -> AsyncIterator[LocalReader]:
    async with opened(shas.folder) as found:
        yield LocalReader(found, {4: CLOSED})


def typed(reader: LocalReader) -> Reader:
    """It is one."""
    return reader


async def test_commits(reader: LocalReader, shas: Git) -> None:
    """By a whole sha, a prefix, a branch or a parent's name; with message, parents and time."""
    found = await typed(reader).commit(shas.fix[:9])
    assert found is not None
    assert (found.oid, found.parents, found.message) == (shas.fix, (shas.start,), "Package the monitoring module")
    assert found.committed_at == START + timedelta(days=3)
    assert [one.oid for one in await reader.history(2)] == [shas.head, (await reader.commit("main^1")).oid]  # type: ignore[union-attr]
    assert (await reader.commit("HEAD")).oid == shas.head  # type: ignore[union-attr]
    assert await reader.commit("no-such-branch") is None
    assert await reader.commit("--help") is None


async def test_a_commit_that_is_not_there(reader: LocalReader, shas: Git) -> None:
    """Whether it is nowhere only a checkout with the heads of pull requests knows."""
    with pytest.raises(Unavailable, match="not in this checkout"):
        await reader.commit("85375b936")
    git(shas.folder, "update-ref", "refs/pull/7/head", shas.unmerged)
    try:
        async with opened(shas.folder) as found:
            assert await LocalReader(found, {}).commit("85375b936") is None
    finally:
        git(shas.folder, "update-ref", "-d", "refs/pull/7/head")


async def test_ancestry(reader: LocalReader, shas: Git) -> None:
    """What contains what, and by how much something is ahead."""
    assert [await reader.contains("main", Sha(one)) for one in (shas.fix, shas.unmerged)] == [True, False]
    assert [await reader.beyond("main", Sha(one)) for one in (shas.fix, shas.unmerged)] == [0, 1]
    with pytest.raises(Unavailable):
        await reader.contains("no-such-branch", Sha(shas.fix))


async def test_contents(reader: LocalReader, shas: Git) -> None:
    """Texts, folders, what is not looked at, and what is not there."""
    text = await reader.content("HEAD", "src/monitoring.py")
    assert isinstance(text, TextFile)
    assert text.text == "NAME = 'monitoring'\n"
    assert await reader.content("HEAD", "src") == Folder(path="src", names=("app.py", "monitoring.py"))
    assert await reader.content("HEAD", "link") == Opaque(path="link", kind=OpaqueKind.SYMLINK)
    assert await reader.content("HEAD", "picture") == Opaque(path="picture", kind=OpaqueKind.BINARY)
    assert await reader.content(shas.start, "src/monitoring.py") is None
    assert await reader.content("HEAD", "../secret") is None
    assert isinstance(await reader.content("HEAD", ""), Folder)


async def test_trees(reader: LocalReader, shas: Git) -> None:
    """Every path with its mode and size; the top with its hashes."""
    tree = await reader.tree(Sha(shas.head))
    assert {(one.path, one.mode) for one in tree.entries} >= {("link", "120000"), ("src/app.py", "100644")}
    outline = await reader.outline("HEAD")
    assert outline is not None
    assert set(outline) == {"README.md", "docs", "link", "picture", "src"}
    assert await reader.outline("no-such-branch") is None


async def test_what_changed_a_path(reader: LocalReader, shas: Git) -> None:
    """The newest commit, all of them with what they edit in all, and the newest before a moment."""
    last = await reader.last_change("src/cache.py")
    assert last is not None
    assert last.message.startswith('Revert "Add the cache"')
    touches = await reader.touches("src/app.py")
    assert [(one.commit.oid, one.edit.additions, one.edit.deletions) for one in touches] == [
        (shas.fix, 1, 1),
        (shas.start, 3, 0),
    ]
    newest = await reader.newest(START + timedelta(days=3, hours=1))
    assert newest is not None
    assert newest.oid == shas.fix
    assert (await reader.touches(""), await reader.last_change("nowhere")) == ((), None)


async def test_what_a_commit_changes(reader: LocalReader, shas: Git) -> None:
    """Its files with their kind of change, its lines, and the diff itself."""
    files = {one.path: (one.change, one.additions, one.deletions) for one in await reader.changed(Sha(shas.fix))}
    assert files == {"src/monitoring.py": ("ADDED", 1, 0), "src/app.py": ("MODIFIED", 0, 1)}
    edits = await reader.edits(5)
    assert (edits[-1].oid, edits[-1].additions) == (shas.start, 3)
    diff = await reader.diff(Sha(shas.start), Sha(shas.fix))
    assert diff is not None
    assert b"+NAME = 'monitoring'" in diff


async def test_renames_are_known(tmp_path: Path) -> None:
    """With the old path, as GitHub tells them."""
    made = build(tmp_path / "service")
    git(made.folder, "mv", "README.md", "LIESMICH.md")
    moved = commit(made.folder, {"x.md": "x\n"}, "Move it")
    async with opened(made.folder) as found:
        files = {one.path: (one.change, one.previous) for one in await LocalReader(found, {}).changed(Sha(moved))}
    assert files == {"LIESMICH.md": ("RENAMED", "README.md"), "x.md": ("ADDED", None)}


async def test_a_tree_is_searched_as_githubs_is(reader: LocalReader, shas: Git) -> None:
    """The archive has the form that the scanner reads."""
    search = Search(patterns=(Pattern(text="OLD_TOKEN", match=Match.WORD),))
    looked = await Scans(reader).look(Sha(shas.head), Sought(search=search, kinds=tuple(FileKind)))
    assert [hit.path for hits in looked.result.hits for hit in hits] == ["src/app.py"]


async def test_what_a_checkout_does_not_know(reader: LocalReader, shas: Git) -> None:
    """It is refused or unknown, and never empty; issues are those of the file."""
    asked: list[Any] = [
        lambda: reader.pull(7),
        lambda: reader.issue(5),
        lambda: reader.issue(4, "other/place"),
        lambda: reader.background(Sha(shas.unmerged)),
        lambda: reader.pull_diff(7),
        reader.releases,
        reader.tags,
        lambda: reader.role("ann"),
        lambda: reader.sub_issues(nested=False),
        lambda: reader.workflow_runs("ci.yml"),
        lambda: reader.workflow_jobs(1),
        lambda: reader.check_outputs(Sha(shas.head), "ci"),
    ]
    for ask in asked:
        with pytest.raises(Unavailable):
            await ask()
    assert await reader.issue(4) == CLOSED
    assert isinstance(await reader.checks("HEAD"), Unknown)
    assert isinstance(await reader.deployments(None), Unknown)


async def test_nothing_of_the_checkout_is_run(tmp_path: Path) -> None:
    """Neither hooks nor what its configuration names: monitors, filters, pagers, aliases, diff programs."""
    made = build(tmp_path / "service")
    trap, mark = tmp_path / "trap.sh", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    trap.chmod(trap.stat().st_mode | stat.S_IEXEC)
    commit(made.folder, {".gitattributes": "* filter=trap diff=trap\n"}, "Attributes")
    keys = ("core.fsmonitor", "core.pager", "diff.external", "filter.trap.smudge", "diff.trap.textconv", "alias.log")
    for key in keys:
        git(made.folder, "config", key, f"!{trap}" if key == "alias.log" else str(trap))
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        (made.folder / ".git" / "hooks" / hook).write_text(trap.read_text())
        (made.folder / ".git" / "hooks" / hook).chmod(0o755)
    mark.unlink(missing_ok=True)
    async with opened(made.folder) as found:
        reader = LocalReader(found, {})
        await reader.diff(Sha(made.start), Sha(made.fix))
        await reader.touches("src/app.py")
        await reader.history(5)
        async with reader.tarball(found.head) as chunks:
            assert sum([len(chunk) async for chunk in chunks]) > 0
    assert not mark.exists()


@pytest.mark.parametrize("kind", ["no checkout", "nothing", "empty", "shallow"])
async def test_what_cannot_be_read(tmp_path: Path, shas: Git, kind: str) -> None:
    """One line says why."""
    place = tmp_path / "place"
    if kind != "nothing":
        place.mkdir()
    if kind == "empty":
        git(place, "init", "--quiet")
    if kind == "shallow":
        git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{shas.folder}", str(tmp_path / "other"))
        place = tmp_path / "other"
    with pytest.raises(GitTrouble) as trouble:
        async with opened(place):
            pass
    assert len(str(trouble.value).splitlines()) == 1


async def test_the_default_branch_is_origins(tmp_path: Path, shas: Git) -> None:
    """Whatever is checked out; and a worktree is read like any other."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(shas.folder), str(clone))
    git(clone, "checkout", "--quiet", "-b", "mine", shas.start)
    git(clone, "worktree", "add", "--quiet", str(tmp_path / "tree"), shas.start)
    for place in (clone, tmp_path / "tree"):
        async with opened(place) as found:
            assert (found.branch, found.head, found.has_pulls) == ("main", shas.head, False)
