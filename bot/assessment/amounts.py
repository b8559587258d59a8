"""What a change amounts to, in words: the same in the comment, on the page and in the record. Pure.

Rules:
1. What nobody measured is not said: None is no number, and where no commit was read there is no "none" of them either.
2. Where GitHub showed only a part of the commits, what is counted in them is "at least", and what was not found was not
   found "in the commits that were read". Files and lines GitHub counts itself: they are as they are.
"""

from dataclasses import dataclass

from bot.assessment.document import MARKERS_KEPT, Metrics
from bot.assessment.wording import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number that was measured; `least`: there may be more."""

    number: int
    least: bool = False

    @property
    def words(self) -> str:
        """`7`, `at least 7`, `none`, `none in the commits that were read`."""
        return f"{self._least}{self.number:,}" if self.number else f"none{self._among}"

    def of(self, one: str) -> str:
        """`at least 7 commits`, `no commit`; `one` is what is counted, in the singular."""
        return f"{self._least}{count(self.number, one)}" if self.number else f"no {one}{self._among}"

    @property
    def _least(self) -> str:
        return "at least " if self.least else ""

    @property
    def _among(self) -> str:
        return " in the commits that were read" if self.least else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What was measured of a change. None: there is nothing to say."""

    pulls: Amount | None = None
    commits: Amount | None = None
    files: Amount | None = None
    breaking: Amount | None = None


def amounts(metrics: Metrics) -> Amounts:
    """What of these metrics can be said."""
    pulls, breaking = metrics.pull_requests, metrics.breaking
    found = 0 if breaking is None else len(breaking)
    may_be_more = not metrics.complete or found >= MARKERS_KEPT
    return Amounts(
        pulls=None if pulls is None else Amount(number=len(pulls)),
        commits=Amount(number=metrics.commits, least=not metrics.complete) if metrics.commits else None,
        files=None if metrics.files is None else Amount(number=metrics.files),
        breaking=Amount(number=found, least=may_be_more)
        if breaking is not None and (pulls or metrics.commits)
        else None,
    )
