"""Labels on an issue, and how those look that the repository does not have yet.

Rules:
1. GitHub replaces the whole set of labels, so it is made from the freshest read.
2. A label that is used for the first time is made before it is put on, with a colour and a description: one that GitHub
   makes by itself is grey and says nothing.
3. Of a label that is not known to be there it is assumed that it is missing: making it twice is once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.assessment.plan import Label
from bot.assessment.policy import LabelPolicy
from bot.engine import Json
from bot.github.answers import IssueNow
from bot.github.labels import LabelNames
from bot.github.models import Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A label's colour, and what it says of itself: at most 100 characters (GitHub's limit)."""

    color: str
    description: str


RESOLVED, PENDING, WRONG, HOLD, FOLLOW_UP = "resolved", "pending", "wrong", "hold", "follow-up"
REGRESSION = "regression"
LOOKS: Mapping[str, Look] = {
    RESOLVED: Look(color="0e8a16", description="The evidence carries it: measured, and closed as completed"),
    PENDING: Look(color="fbca04", description="An assessment waits for something that is on its way"),
    WRONG: Look(color="d93f0b", description="The assessment is wrong: with this on it, I only advise by myself"),
    HOLD: Look(color="5319e7", description="Keep it open: with this on it, I do not close, whatever the evidence says"),
    REGRESSION: Look(color="b60205", description="It held when this was closed, and was measured as failing since"),
    FOLLOW_UP: Look(color="c5def5", description="Operational work that an assessment found left over elsewhere"),
}
"""By what the label is for."""
_FOR_PEOPLE = frozenset({WRONG, HOLD})
"""What people put on. GitHub lets nobody make a label who has less than write, so the first closing makes them."""


def unmade(labels: LabelPolicy, known: LabelNames | Unknown) -> dict[str, str]:
    """The policy's labels that the bot may have to make, by name: what each is for. Pure."""
    single = {labels.pending: PENDING, labels.wrong: WRONG, labels.regression: REGRESSION}
    many = dict.fromkeys(labels.resolved, RESOLVED) | dict.fromkeys(labels.hold, HOLD)
    uses = many | {name: use for name, use in single.items() if name is not None}
    return {name: use for name, use in uses.items() if isinstance(known, Unknown) or known.has(name) is not True}


def to_make(unmade: Mapping[str, str], change: Label, *, closes: bool) -> tuple[str, ...]:
    """Which of them a change needs. Whoever disagrees with a closing needs the labels that say so. Pure."""
    added = {name.casefold() for name in change.add}
    return tuple(name for name, use in unmade.items() if name.casefold() in added or (closes and use in _FOR_PEOPLE))


def labels_after(now: IssueNow, change: Label) -> tuple[str, ...] | None:
    """The whole set of labels after a change; None where nothing changes or the present set is not known."""
    if isinstance(now.labels, Unknown):
        return None
    removed = {name.casefold() for name in change.remove}
    kept = tuple(name for name in now.labels if name.casefold() not in removed)
    have = {name.casefold() for name in kept}
    after = (*kept, *(name for name in change.add if name.casefold() not in have))
    return None if after == now.labels else after


def dropped(wanted: tuple[str, ...], there: tuple[str, ...]) -> list[Json]:
    """The labels that GitHub left out without a word: it does so where we may not set them. Pure."""
    have = {name.casefold() for name in there}
    return [name for name in wanted if name.casefold() not in have]
