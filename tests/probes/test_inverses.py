"""Reverts that do not call themselves so, while the same file is edited before and after."""

import pytest

from bot.assessment.evidence import Outcome, Reason, Sha
from bot.github.models import PullFile
from bot.probes.commit import PROBE as COMMIT
from bot.probes.pull import PROBE as PULL

from .world import MemoryReader, Step, ask, context, issue, pull, repo

FIX = Sha("85375b936" + "0" * 31)
TOP, MIDDLE, END = "\n".join("abcdefgh"), "\n".join("klmnop"), "\n".join("stuvwxyz")


def text(top: str = TOP, middle: str = MIDDLE, end: str = END) -> dict[str, str]:
    return {"a.py": f"{top}\n{middle}\n{end}"}


FIXED, AGAIN = "k\nl\nfixed\nn\no\np", "k\nl\nfixed at last\nn\no\np"
START, CHANGE = Step("Start", text()), Step("Correct it", text(middle=FIXED), sha=FIX)
EDIT = Step("Edit", text(top=f"more\n{TOP}", middle=FIXED))
UNDO = Step("Tidy", text(top=f"more\n{TOP}"), sha=Sha("d" * 40))
REDO = Step("Tidy again", text(top=f"more\n{TOP}", middle=FIXED))
SAID = Step(f"Back\n\nThis reverts commit {'d' * 40}.", REDO.files)

CASES = {
    "taken back": ((EDIT, UNDO), Outcome.FAIL, "`ddddddd` took it back exactly, without saying so (patch id)"),
    "taken back, and brought again": ((EDIT, UNDO, REDO), Outcome.PASS, "reverted once and back again"),
    "taken back, which was reverted": ((EDIT, UNDO, SAID), Outcome.PASS, "reverted once and back again"),
    "taken back twice": (
        (EDIT, UNDO, REDO, Step("Tidy for good", UNDO.files, sha=Sha("e" * 40))),
        Outcome.FAIL,
        "`eeeeeee` took it back exactly",
    ),
    "edited elsewhere": ((EDIT,), Outcome.PASS, "not reverted"),
    "mended": ((EDIT, Step("Mend", text(f"more\n{TOP}", AGAIN))), Outcome.PASS, "not reverted"),
}


@pytest.mark.parametrize("name", CASES)
async def test_an_exact_inverse_is_a_revert(name):
    """Whatever its message says, and whatever else was edited in the file."""
    later, outcome, words = CASES[name]
    at = repo(START, CHANGE, *later)
    evidence = await ask(COMMIT, context(at, reader=MemoryReader(at)), sha=FIX)
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed


@pytest.mark.parametrize("name", CASES)
async def test_a_pulls_exact_inverse_is_a_revert(name):
    """By the merge commit of the pull request."""
    later, outcome, words = CASES[name]
    at = repo(START, CHANGE, *later)
    files = (PullFile(path="a.py", additions=1, deletions=1, change="MODIFIED"),)
    merged = pull(merge_commit=FIX, files=files)
    evidence = await ask(PULL, context(at, about=issue(closing_pulls=(merged,))))
    assert (evidence.outcome, words in evidence.observed) == (outcome, True), evidence.observed


async def test_a_rebased_pull_is_taken_back_as_a_whole():
    """One commit that takes two back: the size is the pull request's own."""
    first = Step("First", text(end=f"{END}\nfirst"))
    second = Step("Second", text(middle=FIXED, end=f"{END}\nfirst"), sha=FIX)
    edit = Step("Edit", text(f"more\n{TOP}", FIXED, f"{END}\nfirst"))
    at = repo(START, first, second, edit, UNDO)
    rebased = pull(
        merge_commit=FIX,
        commit_count=2,
        commit_messages=("First", "Second"),
        files=(PullFile(path="a.py", additions=2, deletions=1, change="MODIFIED"),),
        additions=2,
        deletions=1,
    )
    evidence = await ask(PULL, context(at, about=issue(closing_pulls=(rebased,))))
    assert (evidence.outcome, evidence.reason) == (Outcome.FAIL, Reason.REVERTED)
    assert "`ddddddd` took it back exactly" in evidence.observed


async def test_diffs_are_read_only_where_a_commit_may_be_the_inverse():
    """Another number of lines cannot be it."""
    grown = Step("Grow", text(top=f"more\nand\nmore\n{TOP}", middle=AGAIN))
    at = repo(START, CHANGE, grown, Step("Shrink", text(middle=AGAIN)))
    reader = MemoryReader(at)
    evidence = await ask(COMMIT, context(at, reader=reader), sha=FIX)
    assert (evidence.outcome, "touches" in reader.asked, "diff" in reader.asked) == (Outcome.PASS, True, False)


class Mute(MemoryReader):
    """GitHub makes no diff: too large."""

    async def diff(self, base: Sha, sha: Sha) -> bytes | None:
        return None


async def test_without_diffs_the_lines_tell():
    """Which commit took it back is not known then."""
    at = repo(START, CHANGE, EDIT, UNDO)
    evidence = await ask(COMMIT, context(at, reader=Mute(at)), sha=FIX)
    gone = "its effect is gone: 1 file compared, all that it changed there is as before it"
    assert (evidence.outcome, evidence.observed) == (Outcome.FAIL, f"on `main`, but {gone}")
