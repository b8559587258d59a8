"""Fixes that are in the history and not in the files, over real git: dropped by merges, undone piece by piece."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.assessment.evidence import Outcome

from .test_histories import answer, git, merged, world, write


@pytest.fixture
def project(tmp_path):
    """A start on main, without the branch."""
    git(tmp_path, "init", "-q", "-b", "main")
    write(tmp_path, "Start")
    write(tmp_path, "Notes", docs="notes\n")
    return tmp_path


def fixed(project: Path) -> str:
    return write(project, "Right (#2)", l10="ten", l11="eleven", l12="twelve")


def by_a_merge_of_main(project: Path) -> str:
    """A branch takes main in without its changes, and main goes on from there."""
    git(project, "checkout", "-q", "-b", "topic")
    write(project, "Topic", l30="thirty")
    git(project, "checkout", "-q", "main")
    fix = fixed(project)
    git(project, "checkout", "-q", "topic")
    git(project, "merge", "-q", "-s", "ours", "-m", "Merge branch 'main' into topic", "main")
    git(project, "checkout", "-q", "main")
    git(project, "merge", "-q", "--ff-only", "topic")
    return fix


def by_resolving_a_conflict(project: Path) -> str:
    """A merge whose result has neither side's lines, and an edit after it."""
    git(project, "checkout", "-q", "-b", "topic")
    write(project, "Topic", docs="more notes\n")
    git(project, "checkout", "-q", "main")
    fix = fixed(project)
    git(project, "merge", "-q", "--no-commit", "--no-ff", "topic")
    write(project, "Merge branch 'topic'", l10="line 10", l11="line 11", l12="line 12")
    write(project, "Later", l0="zero")
    return fix


def piece_by_piece(project: Path) -> str:
    """Each commit of a merged branch is reverted for itself, after an edit."""
    git(project, "checkout", "-q", "-b", "topic")
    parts = [write(project, "One", l10="ten"), write(project, "Two", l20="twenty")]
    git(project, "checkout", "-q", "main")
    git(project, "merge", "-q", "--no-ff", "-m", "Merge pull request #2 from acme/topic", "topic")
    fix = git(project, "rev-parse", "HEAD")
    write(project, "Later", l0="zero")
    for part in reversed(parts):
        git(project, "revert", "--no-edit", part)
    return fix


def along_with_something_else(project: Path) -> str:
    """One commit takes it back and does more."""
    fix = fixed(project)
    write(project, "Improve", l10="line 10", l11="line 11", l12="line 12", l30="thirty")
    return fix


WAYS: dict[str, Callable[[Path], str]] = {
    "a merge of main": by_a_merge_of_main,
    "a conflict": by_resolving_a_conflict,
    "piece by piece": piece_by_piece,
    "along with something else": along_with_something_else,
}


@pytest.mark.parametrize("kind", ["commit", "pull", "commit of no pull request"])
@pytest.mark.parametrize("way", WAYS)
async def test_a_fix_of_which_nothing_is_left_does_not_stand(project, way, kind):
    """Whatever took it out, and whatever else was edited in its file."""
    fix = WAYS[way](project)
    over = world(project) if kind.startswith("commit of") else world(project, merged(fix, []))
    asked = {"number": 2} if kind == "pull" else {"sha": fix}
    evidence = await answer(over, kind.partition(" ")[0], **asked)
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, "reverted"), evidence.observed
    assert "its effect is gone" in evidence.observed


async def test_a_fix_that_is_dated_ahead_is_reverted_all_the_same(project, monkeypatch):
    """By its date it stands before the commit that reverts it."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2040-01-01T00:00:00Z")
    fix = fixed(project)
    git(project, "checkout", "-q", "-b", "topic")
    write(project, "Beside", docs="beside\n")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    git(project, "checkout", "-q", "main")
    git(project, "revert", "--no-edit", fix)
    git(project, "merge", "-q", "--no-ff", "-m", "Merge topic", "topic")
    evidence = await answer(world(project), "commit", sha=fix)
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, "reverted"), evidence.observed


async def test_a_fix_that_came_back_without_a_word_stands(project):
    """It was reverted, made again, and its file edited since."""
    fix = fixed(project)
    git(project, "revert", "--no-edit", fix)
    write(project, "Another try", l10="ten", l11="eleven", l12="twelve", l30="thirty")
    evidence = await answer(world(project, merged(fix, [])), "pull", number=2)
    assert evidence.outcome is Outcome.PASS
    assert evidence.observed.endswith("reverted once and back again")


async def test_an_addition_of_which_nothing_is_left_proves_little(project):
    """Taken out or written anew: the lines do not tell."""
    (project / "new.py").write_text("one = 1\ntwo = 2\n")
    fix = write(project, "Right (#2)")
    (project / "new.py").write_text("three = 3\n")
    write(project, "Write it anew")
    evidence = await answer(world(project, merged(fix, [])), "pull", number=2)
    assert (evidence.outcome, evidence.decisive) == (Outcome.PASS, False)
    assert "little or nothing of it is left in 1 of 1 file: proves little" in evidence.observed


async def test_a_fix_that_is_mostly_undone_proves_little(project):
    """Two of three lines are as before."""
    fix = fixed(project)
    write(project, "Back out", l10="line 10", l11="line 11")
    evidence = await answer(world(project, merged(fix, [])), "pull", number=2)
    assert (evidence.outcome, evidence.decisive) == (Outcome.PASS, False)


async def test_a_branch_that_is_named_like_a_commit_is_not_that_commit(project):
    """Git takes a branch's name before a shortened sha."""
    fix = fixed(project)
    write(project, "Later", l0="zero")
    git(project, "branch", fix[:7], "main")
    green = {"sha": "main", "name": "tests", "conclusion": "success"}
    evidence = await answer(world(project, check_runs=[green]), "check", name="tests", at=fix[:7])
    assert evidence.outcome is not Outcome.PASS
