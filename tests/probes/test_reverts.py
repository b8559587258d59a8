"""What commit messages say about reverts."""

from datetime import timedelta

import pytest

from bot.assessment.evidence import Sha
from bot.probes.reverts import Change, number_in_title, reverted_by

from .world import NOW, Step, repo

SHA = Sha("85375b936" + "0" * 31)
CHANGE = Change(sha=SHA, before="", title="Package the module (#12)", number=12, files=())

SAYS = {
    "This reverts commit 85375b936.": True,
    f"Revert\n\nThis reverts commit {SHA}, reversing\nchanges made to {'1' * 40}.": True,
    f"Undo\n\nThis reverts commits {'1' * 40}, {'2' * 40} and 85375b936.": True,
    "revert 85375b936": True,
    "Revert: 85375b936": True,
    "revert(pkg)!: packaging\n\nRefs: 85375b936": True,
    "Revert\n\nReverts acme/shop#12": True,
    "Revert\n\nReverts ACME/Shop#12": True,
    "Revert\n\nReverts #12": True,
    "Reverts pull request #12": True,
    'Revert "Package the module"': True,
    'Revert "Package the module (#12)" (#13)': True,
    "This partially reverts commit 85375b936": False,
    "This reverts commit 85375b937.": False,
    "Revert\n\nReverts other/lib#12": False,
    "Revert\n\nReverts #123": False,
    'Revert "Package another module"': False,
    "Do not revert 85375b936": False,
    "Follow up on 85375b936": False,
    f'Revert "Package the module (#12)"\n\nThis reverts commit {"3" * 40}.': False,
    "": False,
}


@pytest.mark.parametrize("message", SAYS)
def test_a_revert_is_known_by_its_words(message):
    """By sha, by number, by git's own title; not by mentioning, not in part, not of something else."""
    at = repo(Step("Start"), Step("Package the module (#12)", sha=SHA), Step(message or " "))
    history = tuple(reversed(at.commits))
    assert (reverted_by(history, CHANGE, "acme/shop") is not None) is SAYS[message]


def test_a_commit_before_the_change_reverts_nothing():
    """The same words in an older commit mean an older landing."""
    at = repo(Step("Start"), Step("Reverts #12"), Step("Package the module (#12)", sha=SHA))
    assert reverted_by(tuple(reversed(at.commits)), CHANGE, "acme/shop") is None


def test_hostile_messages_are_read_in_bounded_time():
    """A hundred long messages made to be hard to match end."""
    texts = ("reverts " * 9000, "reverts 1234567, " * 4000, "revert: " + "a1b2c3d " * 8000, 'Revert "' * 9000)
    steps = [Step(f"{texts[place % 4]} {place}") for place in range(100)]
    history = tuple(reversed(repo(*steps, every=timedelta(minutes=1), last=NOW).commits))
    assert reverted_by(history, CHANGE, "acme/shop") is None


@pytest.mark.parametrize(
    ("message", "number"),
    [("Fix (#12)", 12), ("Merge pull request #12 from a/b\n\nFix", 12), ("Fix #12", None), ("Fix (#12) now", None)],
)
def test_the_pull_request_in_a_title(message, number):
    """As GitHub writes it into squash and merge commits."""
    assert number_in_title(message) == number
