"""How long it took: from opening to closing, from the first commit and the merge to where people use it. Pure.

Rules:
1. Only what lies between two moments that were both measured.
2. A span that runs backwards is none: a clock was wrong, or the two moments are not of one story, as with a deployment
   from before the merge. What such a moment would be a part of is left out as well.
3. A commit carries the time of the machine that it was written on. A first commit from many years before the merge is
   such a machine's word, and no work of years.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.assessment.document import Metrics
from bot.assessment.wording import span

LONGEST_WORK = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTimes:
    """The spans that are known. To a deployment is to the first one of the environment that had the whole fix."""

    opened_to_closed: timedelta | None = None
    first_commit_to_merge: timedelta | None = None
    first_commit_to_deployment: timedelta | None = None
    merge_to_deployment: timedelta | None = None


def lead_times(metrics: Metrics) -> LeadTimes:
    """What the times of the metrics amount to."""
    first, merged, deployed = metrics.first_commit_at, metrics.merged_at, metrics.first_deployed_at
    to_merge, after_merge = _work(first, merged), _between(merged, deployed)
    if merged is not None and after_merge is None:
        deployed = None
    return LeadTimes(
        opened_to_closed=_between(metrics.opened_at, metrics.closed_at),
        first_commit_to_merge=to_merge,
        first_commit_to_deployment=_work(first, deployed) if merged is None or to_merge is not None else None,
        merge_to_deployment=after_merge,
    )


def open_for(metrics: Metrics, now: datetime) -> timedelta | None:
    """How long an issue that is not closed has been open."""
    return _between(metrics.opened_at, now) if metrics.closed_at is None else None


def in_words(metrics: Metrics, environment: str) -> tuple[str, ...]:
    """The spans in words, the same in every answer; `environment` as it is to be written there."""
    times = lead_times(metrics)
    # the first of the commits that GitHub showed may not be the first
    least = "" if metrics.complete else "at least "
    said: list[str] = []
    if times.first_commit_to_deployment is not None:
        said.append(f"{least}{span(times.first_commit_to_deployment)} from first commit to {environment}")
    elif times.first_commit_to_merge is not None:
        said.append(f"{least}{span(times.first_commit_to_merge)} from first commit to merge")
    if times.merge_to_deployment is not None:
        said.append(f"{span(times.merge_to_deployment)} from merge to {environment}")
    if times.opened_to_closed is not None:
        said.append(f"{span(times.opened_to_closed)} from opening to closing")
    return tuple(said)


def _between(begin: datetime | None, end: datetime | None) -> timedelta | None:
    return end - begin if begin is not None and end is not None and end >= begin else None


def _work(first: datetime | None, end: datetime | None) -> timedelta | None:
    took = _between(first, end)
    return took if took is not None and took <= LONGEST_WORK else None
