"""Where a learning document goes: which proposal is gone on with, and what stands in the way."""

from dataclasses import replace

import pytest

from bot.assessment.document import Done, Ending
from bot.assessment.evidence import Sha
from bot.commands.recording import (
    Choice,
    Finished,
    Free,
    Going,
    Standing,
    besides,
    blocked,
    choice_of,
    lacks,
    refused,
    standing_of,
    theirs,
)
from bot.github.branches import At, BranchView, LastChange, PathAt
from bot.github.proposals import Proposal

OPEN = Proposal(number=7, url="u", body="", open=True, merged=False, ours=True, author="resolution[bot]")
CLOSED = replace(OPEN, open=False)
MERGED = replace(CLOSED, merged=True)
HERS = replace(OPEN, ours=False, author="ann")
VIEW = BranchView(
    repository="o/r", archived=False, default="main", branch="main", head=Sha("a" * 40), paths=(PathAt(path="a/b"),)
)


@pytest.mark.parametrize(
    ("there", "standing"),
    [
        ((), Free()),
        (((OPEN, "same"),), Going(OPEN)),
        (((OPEN, "other"), (CLOSED, "same")), Going(OPEN)),
        (((CLOSED, "other"),), Finished()),
        (((MERGED, None),), Finished()),
        (((replace(HERS, open=False), "same"),), Finished()),
    ],
    ids=["none", "open", "opened-again", "closed", "merged", "somebody's"],
)
def test_how_it_goes_on(there: tuple[tuple[Proposal, str | None], ...], standing: object) -> None:
    """An open one is gone on with; after a finished one comes the next."""
    assert standing_of(there, "x", "same") == standing


@pytest.mark.parametrize(
    ("there", "ending", "said"),
    [
        ((CLOSED, "same"), Ending.REFUSED, "#7 proposed the same, and was closed unmerged"),
        ((MERGED, "same"), Ending.UNCHANGED, "unchanged since #7 was merged"),
        ((HERS, None), Ending.REFUSED, "ann opened #7 from x"),
    ],
    ids=["closed", "merged", "somebody's"],
)
def test_what_ends_it(there: tuple[Proposal, str | None], ending: Ending, said: str) -> None:
    """The same is not proposed twice, and nobody's pull request is taken over."""
    end = standing_of((there,), "x", "same")
    assert isinstance(end, Done)
    assert (end.ending, said in end.text) == (ending, True)


NEWER = Going(replace(OPEN, number=9))


@pytest.mark.parametrize(
    ("standings", "chosen"),
    [
        ([Free()], Choice(branch="1", standing=Free())),
        ([Finished(), Free()], Choice(branch="2", standing=Free())),
        ([Going(OPEN), Free()], Choice(branch="1", standing=Going(OPEN))),
        ([Going(OPEN), NEWER, Free()], Choice(branch="2", standing=NEWER, older=(7,))),
        ([Going(OPEN), Finished(), Free()], Choice(branch="1", standing=Going(OPEN))),
        ([NEWER, refused("no")], refused("no")),
        ([Finished()] * 9, refused("9 pull requests of this issue were merged or closed already")),
    ],
    ids=["none", "finished", "open", "two-open", "opened-again", "ended", "all-finished"],
)
def test_which_is_gone_on_with(standings: list[Standing], chosen: object) -> None:
    """The newest open one, else the next."""
    assert choice_of([(str(number), one) for number, one in enumerate(standings, 1)]) == chosen


def test_older_ones_are_named() -> None:
    """With what to do about them."""
    assert (besides(()), besides((4,))) == ("", "; #4 is older and open as well: close it")
    assert besides((4, 5)) == "; #4 and #5 are older and open as well: close them"


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (replace(VIEW, archived=True), "the repository is archived"),
        (replace(VIEW, default=None, head=None), "the repository is empty"),
        (replace(VIEW, head=None), "there is no branch main; create it, or change `record.branch` in the policy"),
        (replace(VIEW, paths=(PathAt(path="a/b", behind="a"),)), "`a/b` leads through a, which is no folder on main"),
        (replace(VIEW, paths=(PathAt(path="a", at=At.LINK),)), "at `a` stands a symbolic link on main"),
        (replace(VIEW, paths=(PathAt(path="a", at=At.SUBMODULE),)), "at `a` stands a submodule on main"),
    ],
)
def test_what_stands_in_the_way(view: BranchView, said: str) -> None:
    """Said in plain words; it fits into the answer."""
    end = blocked(view)
    assert end is not None
    assert (end.ending, end.text) == (Ending.REFUSED, f"no learning document written: {said}")


@pytest.mark.parametrize("at", [At.NOTHING, At.FILE])
def test_nothing_in_the_way(at: At) -> None:
    """A file, or room for one."""
    assert blocked(replace(VIEW, paths=(PathAt(path="a", at=at),))) is None


def test_whose_file_it_is() -> None:
    """Ours may be written again, somebody else's stays."""
    ours = LastChange(path="a", author="resolution[bot]", ours=True, message="m")
    end = theirs((ours, replace(ours, path="b", author="ann", ours=False)), "on main", there=frozenset({"b"}))
    assert theirs((ours,), "on main", there=frozenset()) is None
    assert end is not None
    assert "ann changed `b` on main, so it stays" in end.text


def test_what_is_not_granted() -> None:
    """By the names that GitHub's settings have; all of it fits into the answer."""
    end = lacks(("contents", "pull_requests"))
    assert "this app lacks contents: write and pull requests: write" in end.text
    assert len(end.text) <= 240
