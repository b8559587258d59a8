"""The same change under another sha, over a repository in memory."""

import pytest

from bot.assessment.evidence import Outcome, Reason, Sha
from bot.probes.commit import PROBE

from .landmarks import Landmarks
from .world import MemoryReader, Repo, Step, ask, context, pull, repo

ASIDE = Sha("85375b936" + "0" * 31)
START = Step("Start", {"a.py": "one\ntwo", "b.py": "b"})
NEW = {"a.py": "one\ntwo\nthree"}
SIDE = Step("Package it", NEW, sha=ASIDE, side=True)


def here(at: Repo, **landmarks) -> MemoryReader:
    return MemoryReader(at, landmarks=Landmarks(**landmarks))


COPIES = {
    "rebased": (Step("Package it", NEW), "a rebased copy"),
    "squashed": (Step("Packaging (#12)", NEW), "a squash of #12"),
    "picked": (Step(f"Package it\n\n(cherry picked from commit {ASIDE})", NEW), "a cherry-pick"),
    "under another name": (Step("Tidy", NEW), "a copy under another message"),
}


@pytest.mark.parametrize("name", COPIES)
async def test_a_copy_on_the_branch_is_named(name):
    """The commit asked for is not there; what makes the same change is said, by its patch id."""
    step, how = COPIES[name]
    at = repo(START, SIDE, step, Step("More", {"a.py": "zero\none\ntwo\nthree"}))
    evidence = await ask(PROBE, context(at, reader=here(at)), sha=ASIDE)
    sha = at.branch[1][:7]
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, Reason.NOT_REACHABLE)
    assert evidence.observed == f"not on `main` itself; the same change (patch id) is there as `{sha}`, {how}"
    assert evidence.remedy == f"Name `{sha}`, which makes the same change."


async def test_a_copy_may_be_let_count():
    """Where the policy cares for the change and not for its sha."""
    at = repo(START, SIDE, Step("Packaging (#12)", NEW))
    evidence = await ask(PROBE, context(at, reader=here(at)), sha=ASIDE, equivalent=True)
    assert (evidence.outcome, evidence.decisive) == (Outcome.PASS, True)
    assert evidence.observed.endswith("a squash of #12, not reverted")


async def test_a_copy_that_was_reverted_does_not_count():
    """What became of it is looked at as if it had been named."""
    at = repo(START, SIDE, Step("Packaging (#12)", NEW), Step("Back\n\nReverts #12", START.files))
    evidence = await ask(PROBE, context(at, reader=here(at)), sha=ASIDE, equivalent=True)
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, Reason.REVERTED)


async def test_a_part_of_what_was_squashed_is_there_with_the_whole():
    """One commit of several has no copy; the pull request as a whole has."""
    second = Step("Use it", {**NEW, "b.py": "B"}, side=True)
    at = repo(START, SIDE, second, Step("Packaging (#12)", second.files))
    merged = at.branch[-1]
    whole = pull(12, merge_commit=merged, merge_parents=(at.branch[0],), commit_count=2)
    tip = at.sha("Use it")
    reader = here(at, origins={ASIDE: (whole,)}, whole={12: (at.branch[0], tip)})
    evidence = await ask(PROBE, context(at, reader=reader), sha=ASIDE)
    words = f"#12, of which it is a part, is there as `{merged[:7]}`, a squash (patch id)"
    assert evidence.observed == f"not on `main` itself; {words}"


async def test_a_squash_that_differs_is_not_taken_for_the_same():
    """Something was left out on the way."""
    at = repo(START, SIDE, Step("Packaging (#12)", {"a.py": "one\ntwo\nthree and more"}))
    merged = at.branch[-1]
    origin = pull(12, merge_commit=merged, merge_parents=(at.branch[0],))
    evidence = await ask(PROBE, context(at, reader=here(at, origins={ASIDE: (origin,)})), sha=ASIDE)
    assert evidence.observed.startswith("the commit exists, but not on `main`")


async def test_a_pull_merged_elsewhere_makes_no_copy():
    """Its merge commit is looked at only where it is on the default branch."""
    at = repo(START, SIDE, Step("Merge (#12)", {"a.py": "x"}, side=True), Step("Other", {"b.py": "c"}))
    origin = pull(12, merge_commit=at.sha("Merge"), merge_parents=(ASIDE,), base="dev")
    evidence = await ask(PROBE, context(at, reader=here(at, origins={ASIDE: (origin,)})), sha=ASIDE)
    assert evidence.observed.startswith("the commit exists, but not on `main`")


async def test_the_original_of_a_backport_is_found_by_its_name():
    """`git cherry-pick -x` writes down where it took the change from."""
    landed = Step("Package it", NEW, sha=Sha("c" * 40))
    picked = Step(f"Package it\n\n(cherry picked from commit {landed.sha})", NEW, sha=ASIDE, side=True)
    at = repo(START, landed, Step("Undo", START.files), picked, Step("More", {"c.py": "c"}))
    evidence = await ask(PROBE, context(at, reader=here(at)), sha=ASIDE)
    assert "is there as `ccccccc`, of which it is a cherry-pick" in evidence.observed


async def test_a_search_that_ended_early_says_so():
    """Thirty commits that touch the file are looked at."""
    later = tuple(Step(f"More {number}", {"a.py": f"{number}\n{number}"}) for number in range(31))
    at = repo(START, SIDE, Step("Packaging (#12)", NEW), *later)
    evidence = await ask(PROBE, context(at, reader=here(at)), sha=ASIDE)
    told = "no copy of it was found; only the newest 30 commits that touch `a.py` were looked at"
    assert told in [one.text for one in evidence.details]


async def test_nothing_is_like_an_empty_commit():
    """Two commits that change nothing make no common change."""
    at = repo(START, Step("Say it", sha=ASIDE, side=True), Step("Say it"))
    evidence = await ask(PROBE, context(at, reader=here(at)), sha=ASIDE)
    assert evidence.observed.startswith("the commit exists, but not on `main`")
