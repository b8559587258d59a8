"""The set of labels after a change, and which labels have to be made first."""

from dataclasses import replace

import pytest

from bot.actions.labels import LOOKS, labels_after, to_make, unmade
from bot.assessment.plan import Label
from bot.assessment.policy import LabelPolicy
from bot.github.labels import LabelNames
from bot.github.models import Unknown
from tests.actions.test_closing import OPEN

LABELS = LabelPolicy(resolved=("done", "verified"), pending="checking", wrong="wrong", hold=("hold",))


@pytest.mark.parametrize(
    ("present", "change", "after"),
    [
        (("bug",), Label(add=("done",), remove=("Bug",)), ("done",)),
        (("bug",), Label(add=("BUG",)), None),
        (("bug",), Label(remove=("absent",)), None),
        (("a", "b"), Label(add=("c",)), ("a", "b", "c")),
    ],
)
def test_whole_set_of_labels(present: tuple[str, ...], change: Label, after: tuple[str, ...] | None) -> None:
    """GitHub takes the whole set: others' labels are kept, nothing is sent where nothing changes."""
    assert after == labels_after(replace(OPEN, labels=present), change)


def test_unknown_labels_are_never_replaced() -> None:
    """What could not be read is not overwritten."""
    assert labels_after(replace(OPEN, labels=Unknown(reason="?")), Label(add=("done",))) is None


@pytest.mark.parametrize(
    ("known", "names"),
    [
        (LabelNames(names=(), complete=True), {"done", "verified", "checking", "wrong", "hold"}),
        (LabelNames(names=("Verified", "done", "wrong", "Hold"), complete=True), {"checking"}),
        (LabelNames(names=("Verified", "done"), complete=False), {"checking", "wrong", "hold"}),
        (Unknown(reason="?"), {"done", "verified", "checking", "wrong", "hold"}),
    ],
    ids=["none", "some", "more than were read", "unknown"],
)
def test_which_labels_are_missing(known: LabelNames | Unknown, names: set[str]) -> None:
    """All that have a role and that are not known to be there; names have no case."""
    assert names == set(unmade(LABELS, known))


@pytest.mark.parametrize(
    ("change", "closes", "made"),
    [
        (Label(), False, ()),
        (Label(add=("Checking",)), False, ("checking",)),
        (Label(add=("verified", "bug")), True, ("verified", "hold", "wrong")),
        (Label(remove=("checking",)), True, ("hold", "wrong")),
    ],
)
def test_labels_are_made_on_first_use(change: Label, closes: bool, made: tuple[str, ...]) -> None:
    """No sooner; and with a closing those by which people disagree."""
    missing = unmade(replace(LABELS, resolved=("verified",)), LabelNames(names=(), complete=True))
    assert made == to_make(missing, change, closes=closes)


def test_a_label_is_as_github_takes_it() -> None:
    """Six hex digits, and at most 100 characters."""
    for look in LOOKS.values():
        assert len(look.color) == 6
        assert int(look.color, 16) >= 0
        assert 0 < len(look.description) <= 100
