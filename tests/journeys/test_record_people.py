"""Learning documents and people: what they merged, closed, changed or made themselves is theirs."""

import pytest

from bot.simulator.changes import close_issue, edit_issue
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, world, write_policy
from tests.journeys.test_record import (
    ALARM,
    BRANCH,
    RECORDING,
    STRAIGHT,
    SUMMARY,
    assessed,
    change,
    closed_again,
    files,
    ours,
    proposals,
)
from tests.journeys.waiting import home


async def test_what_a_person_closed_is_not_proposed_again(on_stage: Staging, shas: Shas) -> None:
    """The same stays closed; what is new has a pull request of its own."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, RECORDING)
        (one,) = proposals(stage.github)
        close_issue(stage.github.world, one, stage.github.world.account("bob"))
        same = await closed_again(stage)
        assert proposals(stage.github) == [one]
        await change(stage, ALARM)
        new = await closed_again(stage)
        (first, second) = proposals(stage.github)
    assert f"no learning document written: `#{one.number}` proposed the same, and was closed unmerged" in same
    assert f"learning document in `#{second.number}`" in new
    assert (first.state, second.pull.head) == ("closed", f"{BRANCH}-2")


async def test_an_older_one_opened_again(on_stage: Staging, shas: Shas) -> None:
    """The newest open one is gone on with, and the answer names the other."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, RECORDING)
        (one,) = proposals(stage.github)
        close_issue(stage.github.world, one, stage.github.world.account("bob"))
        await change(stage, ALARM)
        await closed_again(stage)
        await stage.github.control("reopen", repo=REPO, issue=one.number, login="bob")
        await change(stage, {"ops/alarm.yml": None})
        answer = await closed_again(stage)
        (_, two) = proposals(stage.github)
        counts = [len(await ours(stage.github, branch)) for branch in (BRANCH, f"{BRANCH}-2")]
    said = f"learning document updated in `#{two.number}`; `#{one.number}` is older and open as well: close it"
    assert (said in answer, counts) == (True, [1, 2])


@pytest.mark.parametrize("squash", [False, True])
async def test_its_merge_sets_nothing_off(on_stage: Staging, shas: Shas, squash: bool) -> None:
    """No assessment, no preview; the same is not proposed again, and what is new has another branch."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, RECORDING + "preview: true\n")
        (one,) = proposals(stage.github)
        before = len(stage.events)
        await stage.github.control("merge", repo=REPO, pull=one.number, squash=squash)
        await stage.quiet()
        heard = [fields for event, fields in stage.events[before:] if event in {"delivery", "assessed", "previewed"}]
        same = await closed_again(stage)
        await change(stage, ALARM)
        new = await closed_again(stage)
        second = proposals(stage.github)[-1]
        assert second.pull.trial[2] is not None  # it can be merged
    assert (heard, "learning document" in same) == ([], False)
    assert (second.pull.head, f"learning document in `#{second.number}`" in new) == (f"{BRANCH}-2", True)


async def test_a_file_that_people_changed_stays(on_stage: Staging, shas: Shas) -> None:
    """On the pull request's branch: their words win, and the answer says whose they are."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, RECORDING)
        (one,) = proposals(stage.github)
        await change(stage, {SUMMARY: "Mine.\n", **ALARM}, BRANCH)
        await change(stage, ALARM)
        answer = await closed_again(stage)
        assert len(await ours(stage.github)) == 1
    assert f"bob changed `{SUMMARY}` in `#{one.number}`, so it stays" in answer


async def test_other_commits_of_people_stay_below(on_stage: Staging, shas: Shas) -> None:
    """Where the files are still ours, the new commit goes on top; words that people wrote are kept."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, RECORDING)
        (one,) = proposals(stage.github)
        edit_issue(stage.github.world, one, stage.github.world.account("bob"), None, f"Wait for me.\r\n\r\n{one.body}")
        await change(stage, {"docs/more.md": "More.\n"}, BRANCH)
        await change(stage, ALARM)
        await closed_again(stage)
        assert (len(await ours(stage.github)), "docs/more.md" in await files(stage.github)) == (2, True)
    assert (one.body.startswith("Wait for me."), "`resolved-with-follow-ups`" in one.body) == (True, True)


MOVED = "record: {mode: %s, format: markdown, learning: 'docs/{slug}-{number}.md', summary: 'docs/s-{number}.md'}"


@pytest.mark.parametrize(
    ("policy", "branch"), [(RECORDING, BRANCH), (STRAIGHT, "main")], ids=["pull-request", "branch"]
)
async def test_what_moved_is_not_there_twice(on_stage: Staging, shas: Shas, policy: str, branch: str) -> None:
    """After another title, and after other paths, there is one document of ours; what people changed stays."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, policy)
        before = await files(stage.github, branch)
        issue, carol = home(stage.github).issues[1], stage.github.world.account("carol")
        edit_issue(stage.github.world, issue, carol, "A wholly other title", None)
        await closed_again(stage)
        renamed = await files(stage.github, branch)
        await change(stage, {SUMMARY: "Mine.\n"}, branch)
        mode = "pull-request" if policy is RECORDING else "branch"
        await write_policy(stage, policy.replace(f"record: {mode}", MOVED % mode))
        await closed_again(stage)
        moved = await files(stage.github, branch)
        assert len(await ours(stage.github, branch)) == 3
    assert [path for path in renamed if "learnings" in path] == ["SPEC/learnings/issue_1_a_wholly_other_title.xml"]
    assert {path for path in moved - before if "resolution.yml" not in path} == {
        "docs/a_wholly_other_title-1.md",
        "docs/s-1.md",
    }
    assert (SUMMARY in moved, any("learnings" in path for path in moved)) == (True, False)


async def test_what_moved_after_a_merge(on_stage: Staging, shas: Shas) -> None:
    """The next pull request proposes to take the old file away."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, RECORDING)
        (one,) = proposals(stage.github)
        await stage.github.control("merge", repo=REPO, pull=one.number, squash=True)
        await stage.quiet()
        issue, carol = home(stage.github).issues[1], stage.github.world.account("carol")
        edit_issue(stage.github.world, issue, carol, "A wholly other title", None)
        await closed_again(stage)
        there = await files(stage.github, f"{BRANCH}-2")
    assert [path for path in there if "learnings" in path] == ["SPEC/learnings/issue_1_a_wholly_other_title.xml"]


async def test_a_file_of_people_on_the_branch(on_stage: Staging, shas: Shas) -> None:
    """Straight to the branch: a summary that somebody wrote by hand is not overwritten; a proposal may change it."""
    async with on_stage(world(shas)) as stage:
        await change(stage, {SUMMARY: "By hand.\n"})
        straight = await assessed(stage, STRAIGHT)
        assert await ours(stage.github, "main") == []
        proposed = await assessed(stage, RECORDING)
    assert f"bob changed `{SUMMARY}` on main, so it stays" in straight
    assert "learning document in `#" in proposed


async def test_a_branch_that_people_made(on_stage: Staging, shas: Shas) -> None:
    """One of our name with somebody's work on it is left alone."""
    async with on_stage(world(shas, branches={BRANCH: shas.unmerged})) as stage:
        answer = await assessed(stage, RECORDING)
        assert (await ours(stage.github), proposals(stage.github)) == ([], [])
    assert f"ann has commits on {BRANCH}, which is kept for me; rename or delete that branch" in answer


@pytest.mark.parametrize(
    ("record", "there", "said"),
    [
        ("{mode: branch, branch: lessons}", {}, "there is no branch lessons; create it, or change `record.branch`"),
        ("pull-request", {f"{SUMMARY}/a.md": "x"}, f"at `{SUMMARY}` stands a folder on main"),
        ("branch", {"SPEC": "a file"}, "leads through SPEC, which is no folder on main"),
    ],
    ids=["no-branch", "folder", "through-a-file"],
)
async def test_where_nothing_can_stand(
    on_stage: Staging, shas: Shas, record: str, there: dict[str, str | None], said: str
) -> None:
    """A clear answer, and nothing is written anywhere."""
    async with on_stage(world(shas)) as stage:
        await change(stage, {**there, "docs/x.md": "x"})
        answer = await assessed(stage, RECORDING.replace("record: pull-request", f"record: {record}"))
        assert (await ours(stage.github, "--all"), proposals(stage.github)) == ([], [])
    assert "no learning document written: " in answer
    assert said in answer


async def test_through_a_link(on_stage: Staging, shas: Shas) -> None:
    """A folder that is a symbolic link may lead out: nothing is written through it."""
    async with on_stage(world(shas)) as stage:
        await _link(stage, "SPEC", "../elsewhere")
        answer = await assessed(stage, STRAIGHT)
    assert "leads through SPEC, which is no folder on main" in answer


async def test_another_default_branch(on_stage: Staging, shas: Shas) -> None:
    """Asked anew at each writing: one that was renamed is proposed to by its new name."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, RECORDING)
        head = await home(stage.github).git.resolve("refs/heads/main")
        await home(stage.github).git.run("update-ref", "refs/heads/trunk", str(head))
        await home(stage.github).git.run("symbolic-ref", "HEAD", "refs/heads/trunk")
        home(stage.github).default_branch = "trunk"
        await assessed(stage)
        (one,) = proposals(stage.github)
    assert one.pull.base == "trunk"


async def _link(stage: Stage, path: str, target: str) -> None:
    git = home(stage.github).git
    blob = (await git.run("hash-object", "-w", "--stdin", stdin=target.encode())).decode().strip()
    tree = await git.run("ls-tree", "main")
    made = await git.run("mktree", stdin=tree + f"120000 blob {blob}\t{path}\n".encode())
    who = {f"GIT_{role}_{part}": "bob@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    commit = await git.run("commit-tree", made.decode().strip(), "-p", "main", stdin=b"Link\n", variables=who)
    await git.run("update-ref", "refs/heads/main", commit.decode().strip())


@pytest.mark.parametrize(("policy", "branch"), [(RECORDING, BRANCH), (STRAIGHT, "main")], ids=["proposed", "straight"])
async def test_what_a_person_deleted_stays_away(on_stage: Staging, shas: Shas, policy: str, branch: str) -> None:
    """It is not put back by what was found anew; the answer says whose doing that is."""
    async with on_stage(world(shas)) as stage:
        await assessed(stage, policy)
        await stage.github.control(
            "commit", repo=REPO, branch=branch, files={SUMMARY: None}, message="Not here [skip ci]", author="bob"
        )
        await change(stage, ALARM)
        answer = await closed_again(stage)
        left = await files(stage.github, branch)
    assert f"bob deleted {SUMMARY}" in answer.replace("`", "")
    assert SUMMARY not in left
