"""Merging: the branch moves, the pull request is told, linked issues close a moment later."""

import pytest

from bot.simulator.entities import EventKind, Issue
from bot.simulator.testing import SimulatorHandle
from tests.simulator.projects import REPO


def issue(sim: SimulatorHandle, number: int) -> Issue:
    home = sim.world.repository(REPO)
    assert home is not None
    return home.issues[number]


async def test_a_merge_closes_what_is_linked(sim: SimulatorHandle) -> None:
    """A closing keyword in the body closes the issue shortly after, with the pull as closer."""
    answer = await sim.control("merge", repo=REPO, pull=5, login="ann")
    assert (answer["closes"], issue(sim, 1).state) == (["acme/shop#1"], "open")
    await sim.settled()
    closing = next(e for e in issue(sim, 1).events if e.kind is EventKind.CLOSED)
    assert (issue(sim, 1).state, issue(sim, 1).state_reason, closing.actor.login) == ("closed", "completed", "ann")
    assert closing.other is issue(sim, 5)
    told = [f"{each.emission.event}.{each.emission.action}" for each in sim.deliveries()]
    assert told == ["push.None", "pull_request.closed", "issues.closed"]


async def test_a_merge_moves_the_branch(sim: SimulatorHandle) -> None:
    """The merge commit has the old tip and the head as parents, and is the new tip."""
    git = issue(sim, 5).repository.git
    before = await git.resolve("main")
    sha = (await sim.control("merge", pull=5))["sha"]
    assert sha == await git.resolve("main")
    assert before == await git.resolve(f"{sha}^1")
    assert await git.resolve("side") == await git.resolve(f"{sha}^2")
    assert await git.lookup("main:docs/side.md") is not None


async def test_a_squash_has_one_parent(sim: SimulatorHandle) -> None:
    """Squashing makes a commit with the title and the number, whose tree is the merged one."""
    sha = (await sim.control("merge", pull=5, method="squash"))["sha"]
    git = issue(sim, 5).repository.git
    raw = await git.lookup(str(sha))
    assert raw is not None
    assert b"Side (#5)" in raw.data
    assert await git.resolve(f"{sha}^2") is None


async def test_only_the_default_branch_closes(sim: SimulatorHandle) -> None:
    """A keyword in a pull request to another branch closes nothing."""
    pull = issue(sim, 5).pull
    assert pull is not None
    pull.base = "feature"
    assert (await sim.control("merge", pull=5))["closes"] == []


async def test_refs_do_not_close(sim: SimulatorHandle) -> None:
    """`Refs #2` is a cross-reference that will not close."""
    await sim.control("reopen", issue=6)
    assert (await sim.control("merge", pull=6))["closes"] == []
    crossed = [e for e in issue(sim, 2).events if e.kind is EventKind.CROSS_REFERENCED and e.other is issue(sim, 6)]
    assert [each.will_close for each in crossed] == [False]


async def test_a_keyword_in_a_pushed_commit_closes(sim: SimulatorHandle) -> None:
    """A commit on the default branch closes by keyword, with the commit as closer."""
    sha = (await sim.control("commit", files={"x": "x"}, message="Fixes #1", author="ann"))["sha"]
    await sim.settled()
    closing = next(e for e in issue(sim, 1).events if e.kind is EventKind.CLOSED)
    assert ("closed", sha) == (issue(sim, 1).state, closing.commit)


@pytest.mark.parametrize("pull", [4, 6, 1], ids=["merged", "closed", "no pull request"])
async def test_what_cannot_be_merged(sim: SimulatorHandle, pull: int) -> None:
    """Merged, closed, or no pull request at all: refused, nothing changes."""
    answer = await sim.client.post("/_sim/merge", json={"repo": REPO, "pull": pull})
    assert answer.status_code in (405, 422)
    assert not sim.world.deliveries


async def test_conflicts_are_refused(sim: SimulatorHandle) -> None:
    """Two different texts of one file do not merge."""
    await sim.control("commit", files={"docs/side.md": "otherwise\n"})
    answer = await sim.client.post("/_sim/merge", json={"repo": REPO, "pull": 5})
    assert (answer.status_code, answer.json()["message"]) == (405, "Pull Request has merge conflicts")


async def test_a_given_merge_commit_is_used(sim: SimulatorHandle) -> None:
    """A merge commit that is there already becomes the tip, where it is ahead."""
    git = issue(sim, 5).repository.git
    ready = await sim.control("commit", branch="side", files={"y": "y"})
    await git.run("update-ref", "refs/heads/main", f"{ready['sha']}^1")
    answer = await sim.control("merge", pull=5, sha=ready["sha"])
    assert ready["sha"] == answer["sha"] == await git.resolve("main")
