"""Where changes go, over the simulated GitHub and real git: squashed, rebased, picked, reverted, released, deployed."""

from pathlib import Path
from typing import Any

import pytest

from bot.assessment.evidence import Evidence, Outcome
from bot.probes.registry import by_kind
from bot.probes.runner import run

from .test_over_github import SHOP, asked, git, looking

LINES = [f"line {number}" for number in range(40)]


def write(folder: Path, message: str, **changed: str) -> str:
    """Commit `app.py` with some lines replaced (`l7="…"`), or other files (`docs="…"`)."""
    path = folder / "app.py"
    lines = path.read_text().splitlines() if path.exists() else list(LINES)
    for name, text in changed.items():
        if name.startswith("l"):
            lines[int(name[1:])] = text
        else:
            (folder / f"{name}.md").write_text(text)
    path.write_text("\n".join(lines) + "\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def project(tmp_path):
    """A start on main, then a branch `topic` with two commits beside it."""
    git(tmp_path, "init", "-q", "-b", "main")
    write(tmp_path, "Start")
    git(tmp_path, "checkout", "-q", "-b", "topic")
    write(tmp_path, "Write it", l10="ten")
    write(tmp_path, "Use it", l20="twenty")
    git(tmp_path, "checkout", "-q", "main")
    write(tmp_path, "Notes", docs="notes\n")
    return tmp_path


def world(project: Path, *pulls: dict[str, Any], **more: Any) -> dict[str, object]:
    issue = {"number": 1, "title": "It is wrong", "body": "See `app.py`."}
    return {"repositories": [{"full_name": SHOP, "git": str(project), "issues": [issue], "pulls": pulls, **more}]}


def merged(commit: str, commits: list[str], **more: Any) -> dict[str, Any]:
    plain = {"number": 2, "title": "Right", "merged": True, "merge_commit_sha": commit, "closes": [1]}
    return {**plain, "commits": commits, **more}


async def answer(over: dict[str, object], kind: str, **params: Any) -> Evidence:
    async with looking(over) as (context, _):
        (finding,) = await run((asked(kind, **params),), context, by_kind())
    return finding.evidence


def shas(project: Path, *revs: str) -> list[str]:
    return [git(project, "rev-parse", rev) for rev in revs]


async def test_a_commit_of_a_squashed_branch_is_there_with_the_whole(project):
    """The pull request's diff is the squash's."""
    git(project, "merge", "-q", "--squash", "topic")
    git(project, "commit", "-q", "-m", "Right (#2)")
    squash, first, second = shas(project, "main", "topic^", "topic")
    write(project, "Later", l0="zero")
    evidence = await answer(world(project, merged(squash, [first, second])), "commit", sha=first)
    assert evidence.outcome is Outcome.FAIL
    assert f"#2, of which it is a part, is there as `{squash[:7]}`, a squash (patch id)" in evidence.observed


async def test_the_only_commit_of_a_squashed_branch_is_the_same_change(project):
    """Under another name, and on other ground."""
    git(project, "checkout", "-q", "topic^")
    only = git(project, "rev-parse", "HEAD")
    git(project, "checkout", "-q", "main")
    git(project, "cherry-pick", only)
    git(project, "commit", "-q", "--amend", "-m", "Right (#2)")
    squash = git(project, "rev-parse", "main")
    evidence = await answer(world(project, merged(squash, [only])), "commit", sha=only, equivalent=True)
    told = f"the same change (patch id) is there as `{squash[:7]}`, a squash of #2, not reverted"
    assert (evidence.outcome, evidence.observed) == (Outcome.PASS, f"not on `main` itself; {told}")


async def test_a_rebased_commit_has_a_copy(project):
    """Each commit of the branch stands on main under another sha."""
    first, second = shas(project, "topic^", "topic")
    git(project, "cherry-pick", first, second)
    copied, last = shas(project, "main^", "main")
    evidence = await answer(world(project, merged(last, [first, second])), "commit", sha=first)
    assert evidence.observed.endswith(f"is there as `{copied[:7]}`, a rebased copy")


async def test_a_cherry_pick_is_known_from_its_message_and_its_change(project):
    """`-x` says where it came from; the patch id says that nothing was lost."""
    first = git(project, "rev-parse", "topic^")
    git(project, "cherry-pick", "-x", first)
    picked = git(project, "rev-parse", "main")
    evidence = await answer(world(project), "commit", sha=first[:9])
    assert evidence.observed.endswith(f"(patch id) is there as `{picked[:7]}`, a cherry-pick")


async def test_a_cherry_pick_that_lost_something_is_no_copy(project):
    """Whatever it says of itself."""
    first = git(project, "rev-parse", "topic^")
    write(project, f"Write it\n\n(cherry picked from commit {first})", l10="something else")
    evidence = await answer(world(project), "commit", sha=first)
    assert evidence.observed.startswith("the commit exists, but not on `main`")


@pytest.mark.parametrize("kind", ["commit", "pull"])
async def test_an_exact_inverse_is_a_revert_whatever_it_says(project, kind):
    """Although the same file was edited before and since."""
    git(project, "merge", "-q", "--squash", "topic")
    git(project, "commit", "-q", "-m", "Right (#2)")
    squash = git(project, "rev-parse", "main")
    write(project, "Edit", **{f"l{n}": f"edited {n}" for n in range(30, 38)})
    write(project, "Tidy up", l10="line 10", l20="line 20")
    tidy = git(project, "rev-parse", "main")
    params = {"sha": squash} if kind == "commit" else {"number": 2}
    evidence = await answer(world(project, merged(squash, [])), kind, **params)
    assert evidence.outcome is Outcome.FAIL
    assert f"`{tidy[:7]}` took it back exactly, without saying so (patch id)" in evidence.observed


async def test_a_pull_merged_to_another_branch_is_said_to_be_there(project):
    """Merged is not on main."""
    git(project, "checkout", "-q", "-b", "develop", "main")
    git(project, "merge", "-q", "--no-ff", "-m", "Merge pull request #2 from acme/topic", "topic")
    merge = git(project, "rev-parse", "develop")
    git(project, "checkout", "-q", "main")
    over = world(project, merged(merge, [], base="develop", head="topic"))
    evidence = await answer(over, "pull", number=2)
    assert (evidence.outcome, evidence.observed) == (Outcome.FAIL, "#2 is merged into `develop`, not on `main`")


async def test_a_pull_merged_to_another_branch_may_have_been_picked_to_main(project):
    """By one commit, with the whole change."""
    git(project, "checkout", "-q", "-b", "develop", "main")
    git(project, "merge", "-q", "--squash", "topic")
    git(project, "commit", "-q", "-m", "Right (#2)")
    squash = git(project, "rev-parse", "develop")
    git(project, "checkout", "-q", "main")
    write(project, "More notes", docs="more\n")
    git(project, "cherry-pick", "-x", squash)
    picked = git(project, "rev-parse", "main")
    over = world(project, merged(squash, shas(project, "topic^", "topic"), base="develop", head="topic"))
    evidence = await answer(over, "pull", number=2)
    told = f"the same change (patch id) is there as `{picked[:7]}`, a cherry-pick"
    assert evidence.observed == f"#2 is merged into `develop`, not on `main`; {told}"


VERSIONS = {
    "a release": ({"in_release": True}, Outcome.PASS, "in release `v1.1`"),
    "a release by name": ({"in_release": "v1.0"}, Outcome.FAIL, "release `v1.0` does not contain it"),
    "a draft is none": ({"in_release": "v9*"}, Outcome.MISSING, "no release is called `v9*`"),
    "a tag": ({"in_tag": True}, Outcome.PASS, "in tag `"),
    "a tag by pattern": ({"in_tag": "v1.*"}, Outcome.PASS, "in tag `v1.1`"),
}


@pytest.mark.parametrize("name", VERSIONS)
async def test_releases_and_tags_contain_what_came_before_them(project, name):
    """Annotated and plain tags, drafts, and the newest that contains it."""
    params, outcome, words = VERSIONS[name]
    git(project, "tag", "v1.0", "main^")
    fix = write(project, "Right", l10="ten")
    git(project, "tag", "-a", "-m", "one", "v1.1")
    write(project, "Later", l0="zero")
    git(project, "tag", "nightly")
    old = {"tag": "v1.0", "created_at": "2026-01-01T00:00:00Z"}
    releases = [old, {"tag": "v1.1"}, {"tag": "v9", "draft": True}]
    evidence = await answer(world(project, releases=releases), "commit", sha=fix, **params)
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed


PREVIEWS = [{"environment": f"preview-{number}", "sha": "main"} for number in range(25)]
DEPLOYMENTS = {
    "superseded by the fix": (["main~2", "main^"], [], Outcome.PASS),
    "rolled back": (["main^", "main~2"], [], Outcome.FAIL),
    "behind busy previews": (["main~2"], PREVIEWS, Outcome.PENDING),
    "the fix behind busy previews": (["main^"], PREVIEWS, Outcome.PASS),
}


@pytest.mark.parametrize("name", DEPLOYMENTS)
async def test_production_runs_what_was_deployed_last(project, name):
    """A newer deployment retires the older ones; previews do not hide them, and what lags behind is on its way."""
    production, more, outcome = DEPLOYMENTS[name]
    fix = write(project, "Right (#2)", l10="ten")
    write(project, "Later", l0="zero")
    deployments = [{"environment": "production", "sha": sha} for sha in production] + more
    over = world(project, merged(fix, []), deployments=deployments)
    evidence = await answer(over, "deployment", environment="production")
    assert evidence.outcome is outcome
    assert ("1 commit before the fix" in evidence.observed) is (outcome is not Outcome.PASS)


async def test_a_superseded_deployment_is_not_live_under_another_spelling(project):
    """Names of environments do not care for case."""
    fix = write(project, "Right (#2)", l10="ten")
    deployments = [{"environment": "Production", "sha": fix}, {"environment": "production", "sha": "main^"}]
    evidence = await answer(world(project, merged(fix, []), deployments=deployments), "deployment")
    assert (evidence.outcome, evidence.details) == (Outcome.FAIL, ())


STATES = {
    "in progress": (["in_progress"], Outcome.PENDING, "is in progress"),
    "queued": (["queued"], Outcome.PENDING, "is queued"),
    "failed": (["in_progress", "failure"], Outcome.FAIL, "1 commit before the fix"),
    "done": (["in_progress", "success"], Outcome.PASS, "contains the fix"),
}


@pytest.mark.parametrize("name", STATES)
async def test_a_deployment_counts_by_its_newest_state(name, project):
    """On its way, failed, or done."""
    states, outcome, words = STATES[name]
    fix = write(project, "Right (#2)", l10="ten")
    old = {"environment": "production", "sha": "main^"}
    new = {"environment": "production", "sha": fix, "statuses": [{"state": state} for state in states]}
    evidence = await answer(world(project, merged(fix, []), deployments=[old, new]), "deployment")
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed


async def test_without_the_permission_deployments_are_not_told(project):
    """Neither by the snapshot nor when asked for; everything else is."""
    over = {**world(project), "app": {"permissions": {"contents": "read", "issues": "read", "metadata": "read"}}}
    async with looking(over) as (context, _):
        told = await context.reader.deployments("production")
        assert await context.reader.releases() == ()
    assert "deployments: read" in told.reason
