"""A pull request as a whole, against the simulator: its ends, its files, and files at any commit."""

from pathlib import Path

import httpx
import pytest

from bot.assessment.evidence import Sha
from bot.github.errors import Forbidden, GitHubError, NotFound, Unavailable
from bot.github.models import PolicyFile

from .stand_in import StandIn, fault, ok, outcome, session
from .world import shop

PATH = ".github/resolution.yml"


async def test_an_open_pull_request(tmp_path: Path) -> None:
    """Its head, where it goes, and the merge that GitHub tries, whose files can be read."""
    async with shop(tmp_path) as one:
        made = await one.simulator.control("pull", title="P", head="topic", body="Fixes #3", files={PATH: "mode: x\n"})
        view = await one.session.pull_view(int(str(made["number"])))
        assert view.potential_merge is not None
        merged = await one.session.file_at(view.potential_merge, PATH)
        now = await one.session.file_at("HEAD", PATH)
    assert (view.head_sha, view.is_fork, view.is_open, view.conflicts) == (made["head_sha"], False, True, False)
    assert (view.pull.base, view.default_branch, [each.number for each in view.linked]) == ("trunk", "trunk", [3])
    assert [each.text for each in (merged, now) if each] == ["mode: x\n", "version: 1\n"]


async def test_a_fork(tmp_path: Path) -> None:
    """Its head is read in the repository that it asks to be merged into; on a conflict there is no merge."""
    async with shop(tmp_path) as one:
        made = await one.simulator.control("pull", head_repository="mallory/shop", files={PATH: "version: 2\n"})
        await one.simulator.control("commit", files={PATH: "version: 3\n"})
        view = await one.session.pull_view(int(str(made["number"])))
        file = await one.session.file_at(view.head_sha, PATH)
    assert (view.is_fork, view.potential_merge, file and file.text) == (True, None, "version: 2\n")
    assert view.conflicts


async def test_a_merged_pull_request(tmp_path: Path) -> None:
    """It is not open, and there is no merge to try."""
    async with shop(tmp_path) as one:
        view = await one.session.pull_view(7)
    assert (view.is_open, view.potential_merge, view.pull.merge_commit) == (False, None, Sha(one.second))


async def test_the_files_that_it_touches(tmp_path: Path) -> None:
    """All pages, in our words, with the old path of what was renamed."""
    many = {f"many/{number}.txt": f"{number}\n" for number in range(120)}
    async with shop(tmp_path) as one:
        files = {**many, "fix.py": None, "docs/a.md": None, "docs/b.md": "one\n", PATH: "version: 2\n"}
        made = await one.simulator.control("pull", head="topic", files=files)
        touched = await one.session.touched_files(int(str(made["number"])))
    told = {each.path: (each.change, each.previous) for each in touched}
    assert len(touched) == 123
    assert (told["fix.py"], told[PATH]) == (("DELETED", None), ("MODIFIED", None))
    assert told["docs/b.md"] == ("RENAMED", "docs/a.md")


@pytest.mark.parametrize(("path", "text"), [("bin", None), ("docs", "nothing"), ("none.yml", "nothing")])
async def test_what_is_no_text(tmp_path: Path, path: str, text: str | None) -> None:
    """A binary file has no text; a folder is no file."""
    async with shop(tmp_path) as one:
        file = await one.session.file_at(one.second, path)
    assert (file.text if file else "nothing") == text


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ok({"repository": None}, fault("NOT_FOUND", "repository")), NotFound),
        (ok({"repository": {"object": None}}, fault("FORBIDDEN", "repository", "object")), Forbidden),
        (httpx.Response(502), Unavailable),
    ],
    ids=["no-repository", "withheld", "away"],
)
async def test_a_file_that_is_withheld_is_not_absent(answer: httpx.Response, error: type[GitHubError]) -> None:
    """It is an error."""
    async with session(StandIn().graphql(answer)) as home:
        assert type(await outcome(home.file_at("main", PATH))) is error


async def test_the_shape_is_the_policy_files(tmp_path: Path) -> None:
    """Path, hash, size and text, as in a snapshot."""
    async with shop(tmp_path) as one:
        file = await one.session.file_at(one.first, PATH)
        snapshot = await one.session.snapshot(3)
    assert isinstance(file, PolicyFile)
    assert file == snapshot.policy_file
