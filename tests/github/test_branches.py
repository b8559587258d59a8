"""Branches as they are, commits on them, and pull requests from them: against the simulated GitHub."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.assessment.evidence import Sha
from bot.github.branches import At, PathAt
from bot.github.commits import NewCommit, blob_id
from bot.github.errors import Forbidden, Refused, Stale, Unavailable
from bot.github.proposals import NewProposal

from .stand_in import StandIn, fault, ok, outcome, session
from .world import PERMISSIONS, git, shop

US = "resolution[bot]"
READ_ONLY = dict.fromkeys(PERMISSIONS, "read") | {"issues": "write"}


def commit(branch: str, on: str, *files: tuple[str, str]) -> NewCommit:
    """A commit of these files."""
    return NewCommit(repository="acme/shop", branch=branch, on=Sha(on), headline="Learn", body="more", files=files)


async def test_what_stands_at_paths(tmp_path: Path) -> None:
    """Files, folders, links and submodules are told apart, and what leads through something that is no folder."""
    paths = ("docs/a.md", "docs", "link", "link/x", "lib", "fix.py/x", "new/deep/x")
    async with shop(tmp_path) as one:
        view = await one.session.branch_view(None, paths)
        oid = git(tmp_path / "repository", "rev-parse", "HEAD:docs/a.md")
    assert (view.repository, view.default, view.branch, view.head) == ("acme/shop", "trunk", "trunk", one.second)
    assert [(each.at, each.behind) for each in view.paths] == [
        (At.FILE, None),
        (At.FOLDER, None),
        (At.LINK, None),
        (At.NOTHING, "link"),
        (At.SUBMODULE, None),
        (At.NOTHING, "fix.py"),
        (At.NOTHING, None),
    ]
    assert view.paths[0].oid == oid == blob_id("one\n")


async def test_a_branch_that_is_not_there(tmp_path: Path) -> None:
    """It has no head, and nothing stands there; the default branch is told all the same."""
    async with shop(tmp_path) as one:
        view = await one.session.branch_view("side", ("docs/a.md",))
    assert (view.default, view.branch, view.head, view.paths) == ("trunk", "side", None, (PathAt(path="docs/a.md"),))


async def test_an_empty_repository(tmp_path: Path) -> None:
    """There is no default branch."""
    empty: dict[str, Any] = {"full_name": "acme/empty", "archived": True}
    async with shop(tmp_path, beside=(empty,)) as one:
        ref = one.session.repository
        other = one.gateway.session(None, type(ref)(owner="acme", name="empty", id=0))
        view = await other.branch_view(None, ("a",))
    assert (view.archived, view.default, view.head) == (True, None, None)


async def test_one_commit(tmp_path: Path) -> None:
    """On a branch that is made for it: whole files, by us; the branch may be made twice."""
    async with shop(tmp_path) as one:
        await one.session.create_branch("side", Sha(one.second))
        await one.session.create_branch("side", Sha(one.first))
        made = await one.session.commit_files(commit("side", one.second, ("a/b.md", "ü\n"), ("fix.py", "")))
        view = await one.session.branch_view("side", ("a/b.md", "fix.py"))
        last = await one.session.last_changes(made, ("a/b.md", "docs/a.md", "never"))
    assert (view.head, [each.oid for each in view.paths]) == (made, [blob_id("ü\n"), blob_id("")])
    assert [(each.path, each.author, each.ours) for each in last] == [
        ("a/b.md", US, True),
        ("docs/a.md", "A", False),
    ]
    assert last[0].message.rstrip() == "Learn\n\nmore"


async def test_a_head_that_has_moved_on(tmp_path: Path) -> None:
    """Nothing is done, and that is told apart from everything else."""
    async with shop(tmp_path) as one:
        assert type(await outcome(one.session.commit_files(commit("trunk", one.first, ("x", "y"))))) is Stale
        assert (await one.session.branch_view(None, ())).head == one.second


async def test_who_else_is_ahead(tmp_path: Path) -> None:
    """Of what a branch has before its base: nobody where it is only ours, else whoever it is."""
    async with shop(tmp_path) as one:
        await one.session.create_branch("side", Sha(one.second))
        alone = await one.session.others_ahead("trunk", "side")
        await one.session.commit_files(commit("side", one.second, ("x", "y")))
        ours = await one.session.others_ahead("trunk", "side")
        await one.simulator.control("commit", branch="side", files={"z": "1"}, author="bob")
        assert (alone, ours, await one.session.others_ahead("trunk", "side")) == ((), (), ("bob",))
        for number in range(30):
            await one.simulator.control("commit", branch="side", files={"z": f"{number}"}, author=US)
        assert "somebody" in await one.session.others_ahead("trunk", "side")


async def test_proposed_and_found_again(tmp_path: Path) -> None:
    """By its branch, whatever its state; one from a fork's branch of that name is another."""
    async with shop(tmp_path) as one:
        await one.session.create_branch("side", Sha(one.second))
        await one.session.commit_files(commit("side", one.second, ("x", "y")))
        new = NewProposal(head="side", base="trunk", title="Learn", body="b")
        made = await one.session.open_proposal(new)
        again = await outcome(one.session.open_proposal(new))
        await one.simulator.control("pull", head="side", head_repository="acme/fork", files={"f": "1"})
        edited = await one.session.edit_proposal(made.number, {"body": "other"})
        (found,) = await one.session.proposals_from("side")
        assert await one.session.proposals_from("elsewhere") == ()
    assert (made.open, made.ours, made.merged, made.body) == (True, True, False, "b")
    assert type(again) is Refused
    assert (edited.body, found) == ("other", edited)


async def test_what_is_not_granted(tmp_path: Path) -> None:
    """It is told before anything is sent, and by the refusal itself; reading goes on."""
    async with shop(tmp_path, READ_ONLY) as one:
        lacking = await one.session.may_not_write("contents", "pull_requests")
        refused = [
            await outcome(one.session.create_branch("side", Sha(one.second))),
            await outcome(one.session.commit_files(commit("trunk", one.second, ("x", "y")))),
            await outcome(one.session.open_proposal(NewProposal(head="a", base="trunk", title="t", body="b"))),
            await outcome(one.session.edit_proposal(7, {"body": "b"})),
        ]
        assert (await one.session.branch_view(None, ())).head == one.second
    assert lacking == ("contents", "pull_requests")
    needed = [each.needed for each in refused if isinstance(each, Forbidden)]
    assert needed == ["contents: write", "contents: write", "pull_requests: write", "pull_requests: write"]


async def test_all_is_granted(tmp_path: Path) -> None:
    """Nothing lacks; the strong token is minted only for that, and everyday's stays weak."""
    async with shop(tmp_path) as one:
        await one.session.branch_view(None, ())
        minted = [each for each in one.exchanges if each.path.endswith("/access_tokens")]
        assert await one.session.may_not_write("contents", "pull_requests") == ()
        again = [each for each in one.exchanges if each.path.endswith("/access_tokens")]
    assert (len(minted), len(again)) == (1, 2)


async def test_a_protected_branch(tmp_path: Path) -> None:
    """It is refused with GitHub's words."""
    async with shop(tmp_path, protected=["trunk"]) as one:
        refused = await outcome(one.session.commit_files(commit("trunk", one.second, ("x", "y"))))
    assert (type(refused), "protected branch 'trunk'" in str(refused)) == (Refused, True)


@pytest.mark.parametrize("field", ["defaultBranchRef", "ref"])
async def test_what_is_withheld_is_not_missing(field: str) -> None:
    """A branch that could not be read is an error, not a branch that is not there."""
    told = {"repository": {"nameWithOwner": "acme/shop", "isArchived": False, "defaultBranchRef": None, "ref": None}}
    github = StandIn().graphql(ok(told, fault("FORBIDDEN", "repository", field)))
    async with session(github) as one:
        assert type(await outcome(one.branch_view("side", ()))) is Forbidden


@pytest.mark.parametrize("call", ["branch_view", "last_changes", "others_ahead"])
async def test_no_repository(call: str) -> None:
    """An answer without data says nothing about branches."""
    github = StandIn().graphql(ok(None)).on("GET", "/app$", httpx.Response(200, json={"id": 7, "slug": "resolution"}))
    head = Sha("a" * 40)
    arguments: dict[str, tuple[Any, ...]] = {
        "branch_view": (None, ()),
        "last_changes": (head, ("a",)),
        "others_ahead": ("main", "side"),
    }
    async with session(github) as one:
        assert type(await outcome(getattr(one, call)(*arguments[call]))) is Unavailable


async def test_a_branch_that_is_refused() -> None:
    """Where there is none of that name afterwards, the refusal stands."""
    github = StandIn().on("POST", "/repos/acme/shop/git/refs", httpx.Response(422, json={"message": "No"}))
    async with session(github) as one:
        assert type(await outcome(one.create_branch("side", Sha("a" * 40)))) is Refused
