"""The commit probe: ancestry, not existence."""

import pytest
from pydantic import ValidationError

from bot.assessment.evidence import Outcome, Reason, Sha
from bot.github.models import PullFile
from bot.probes.commit import PROBE, CommitParams

from .world import MemoryReader, Step, ask, context, issue, oid, pull, repo

FIX = Sha("85375b936" + "0" * 31)
START = Step("Start", {"a.py": "old"})
FIXED = Step("Package the module", {"a.py": "new"}, sha=FIX)

CASES = {
    "at the head": ((START, FIXED), "85375b936", Outcome.PASS, Reason.HOLDS, "on `main`, not reverted"),
    "older": ((START, FIXED, Step("More", {"b.py": "1"})), "85375b936", Outcome.PASS, Reason.HOLDS, "not reverted"),
    "capitals": ((START, FIXED), "85375B936", Outcome.PASS, Reason.HOLDS, "on `main`"),
    "nowhere": ((START,), "85375b936", Outcome.FAIL, Reason.NOT_FOUND, "no such commit in this repository"),
    "on another branch": (
        (START, Step("Package", sha=FIX, side=True)),
        "85375b936",
        Outcome.FAIL,
        Reason.NOT_REACHABLE,
        "the commit exists, but not on `main`",
    ),
    "reverted by its short sha": (
        (START, FIXED, Step("Back out\n\nThis reverts commit 85375b936.", {"a.py": "old"})),
        "85375b936",
        Outcome.FAIL,
        Reason.REVERTED,
        "reverted it",
    ),
    "reverted in conventional words": (
        (START, FIXED, Step("revert: packaging\n\nRefs: 85375b936", {"a.py": "old"})),
        "85375b936",
        Outcome.FAIL,
        Reason.REVERTED,
        "reverted it",
    ),
    "reverted by title": (
        (START, FIXED, Step('Revert "Package the module"', {"a.py": "old"})),
        "85375b936",
        Outcome.FAIL,
        Reason.REVERTED,
        "reverted it",
    ),
    "reverted without a word": (
        (START, FIXED, Step("Tidy", {"a.py": "old"})),
        "85375b936",
        Outcome.FAIL,
        Reason.REVERTED,
        "its effect is gone: 1 file compared",
    ),
    "partly reverted": (
        (START, FIXED, Step("This partially reverts commit 85375b936", {"a.py": "newer"})),
        "85375b936",
        Outcome.PASS,
        Reason.HOLDS,
        "not reverted",
    ),
    "half of it undone": (
        (START, Step("F", {"a.py": "new", "b.py": "1"}, sha=FIX), Step("Tidy", {"a.py": "old"})),
        "85375b936",
        Outcome.PASS,
        Reason.VACUOUS,
        "but 1 of 2 files stand as before it: proves little",
    ),
    "a third of it undone": (
        (START, Step("F", {"a.py": "new", "b.py": "1", "c.py": "1"}, sha=FIX), Step("Tidy", {"a.py": "old"})),
        "85375b936",
        Outcome.PASS,
        Reason.HOLDS,
        "but 1 of 3 files stand as before it",
    ),
    "reverted and landed again": (
        (
            START,
            FIXED,
            Step("This reverts commit 85375b936", {"a.py": "old"}),
            Step("Second try", {"a.py": "new"}),
        ),
        "85375b936",
        Outcome.PASS,
        Reason.HOLDS,
        "reverted once and back again",
    ),
    "empty repository": ((), "85375b936", Outcome.MISSING, Reason.NOTHING_TO_MEASURE, "no commit yet"),
}


@pytest.mark.parametrize("name", CASES)
async def test_a_commit_counts_where_it_is_on_the_branch_and_stands(name):
    """It exists, it is reachable, and nothing took it out again."""
    steps, sha, outcome, reason, words = CASES[name]
    evidence = await ask(PROBE, context(repo(*steps)), sha=sha)
    assert (outcome, reason) == (evidence.outcome, evidence.reason)
    assert words in evidence.observed


async def test_nowhere_says_where_it_looked():
    """ "No such commit" names all branches and tags as the place."""
    evidence = await ask(PROBE, context(repo(START)), sha="85375b936")
    assert evidence.source.place == "all branches and tags"


async def test_the_evidence_links_to_the_commit():
    """The link goes to the commit itself, with its whole sha."""
    evidence = await ask(PROBE, context(repo(START, FIXED)), sha="85375b936")
    assert evidence.source.url == f"https://github.example/acme/shop/commit/{FIX}"


async def test_an_ambiguous_prefix_is_no_commit():
    """Two commits with the same first digits: neither is meant."""
    steps = (START, *(Step(str(n), sha=Sha("abcdef12" + str(n) * 32)) for n in (1, 2)))
    evidence = await ask(PROBE, context(repo(*steps)), sha="abcdef12")
    assert evidence.reason is Reason.NOT_FOUND


PLAIN = {
    "the head": (START, FIXED),
    "nothing came near it": (START, FIXED, Step("More", {"docs/b.md": "1\n" * 9})),
    "too little was edited since": (
        START,
        Step("F", {"app/a.py": "\n".join("abcdefgh")}, sha=FIX),
        Step("More", {"app/a.py": "\n".join("abcdefgi")}),
    ),
}


@pytest.mark.parametrize("name", PLAIN)
async def test_what_plainly_stands_costs_one_moment(name):
    """No file is read where the tops of the trees, or the size of what followed, settle it."""
    reader = MemoryReader(at := repo(*PLAIN[name]))
    evidence = await ask(PROBE, context(at, reader=reader), sha=FIX)
    assert (evidence.decisive, evidence.observed) == (True, "on `main`, not reverted")
    assert set(reader.asked) == {"contains", "outline", "edits"}


@pytest.mark.parametrize("later", [(), (Step("More", {"b.py": "1"}),)], ids=["head", "older"])
async def test_a_commit_that_changes_nothing_proves_nothing(later):
    """An empty commit may say what it likes."""
    evidence = await ask(PROBE, context(repo(START, Step("Fix it", sha=FIX), *later)), sha=FIX)
    assert (evidence.outcome, evidence.decisive) == (Outcome.PASS, False)
    assert "it changes no file: proves little" in evidence.observed


async def test_the_last_commit_of_a_rebase_is_compared_with_the_state_before_all_of_it():
    """Files of the earlier commits are no less part of the change because the last one found them there."""
    at = repo(START, Step("Write it", {"b.py": "1"}), Step("Use it", {"a.py": "new"}, sha=FIX), Step("More"))
    files = tuple(PullFile(path=path, additions=1, deletions=0, change="MODIFIED") for path in ("a.py", "b.py"))
    rebased = pull(merge_commit=FIX, files=files, commit_count=2, commit_messages=("Write it", "Use it"))
    evidence = await ask(PROBE, context(at, about=issue(closing_pulls=(rebased,))), sha=FIX)
    assert (evidence.decisive, evidence.observed) == (True, "on `main`, not reverted")


async def test_files_come_from_the_pull_request_where_there_is_one():
    """A closing pull request says which files changed: no tree is read."""
    at = repo(START, FIXED, Step("Tidy", {"a.py": "old"}))
    files = (PullFile(path="a.py", additions=1, deletions=1, change="MODIFIED"),)
    reader = MemoryReader(at)
    linked = issue(closing_pulls=(pull(merge_commit=FIX, files=files),))
    evidence = await ask(PROBE, context(at, reader=reader, about=linked), sha=FIX)
    assert evidence.reason is Reason.REVERTED
    assert "tree" not in reader.asked


async def test_files_come_from_the_pull_request_that_the_title_names():
    """GitHub writes the number into squash commits."""
    at = repo(START, Step("Package (#9)", {"a.py": "new"}), Step("Tidy", {"a.py": "old"}))
    sha = oid((1, "Package (#9)"))
    files = (PullFile(path="a.py", additions=1, deletions=1, change="MODIFIED"),)
    reader = MemoryReader(at, pulls=(pull(9, merge_commit=Sha(sha), files=files),))
    evidence = await ask(PROBE, context(at, reader=reader), sha=sha)
    assert evidence.reason is Reason.REVERTED
    assert "tree" not in reader.asked


async def test_trees_are_not_read_where_that_is_not_wanted():
    """`net_effect: false` saves the requests, and the answer does not claim to have compared."""
    at = repo(START, FIXED, Step("Tidy", {"a.py": "old"}))
    reader = MemoryReader(at)
    evidence = await ask(PROBE, context(at, reader=reader), sha=FIX, net_effect=False)
    assert (evidence.outcome, evidence.observed) == (
        Outcome.PASS,
        "on `main`, no revert seen (its files were not compared)",
    )
    assert "tree" not in reader.asked


TWINS = {
    "rebased": ((Step("Package it", {"a.py": "n"}),), (), oid((1, "Package it"))),
    "squashed": (
        (Step("Packaging (#12)", {"a.py": "n"}),),
        (pull(merge_commit=Sha("c" * 40), commit_messages=("Package it",)),),
        "c" * 40,
    ),
    "none": ((Step("Other"),), (), None),
}


@pytest.mark.parametrize("name", TWINS)
async def test_a_branchs_commit_points_to_its_twin(name):
    """Squash and rebase change shas: the answer names the commit that stands for it."""
    steps, pulls, twin = TWINS[name]
    at = repo(START, *steps, Step("Package it", sha=FIX, side=True))
    evidence = await ask(PROBE, context(at, about=issue(closing_pulls=pulls)), sha=FIX)
    named = f"Name `{twin[:7]}`" if twin else "Merge it, or name the commit that stands for it"
    assert evidence.reason is Reason.NOT_REACHABLE
    assert named in evidence.remedy


@pytest.mark.parametrize("sha", ["", "abc123", "g" * 8, "a" * 41, "main", "abc1234^", "-abc1234", "abc1234\n"])
def test_only_shas_are_asked_for(sha):
    """What git could read as something else than a sha never reaches it."""
    with pytest.raises(ValidationError):
        CommitParams(sha=sha)
