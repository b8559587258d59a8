"""Only spans that were measured, and none that cannot be."""

from datetime import timedelta

import pytest

from bot.assessment.document import Metrics
from bot.assessment.lead_times import LONGEST_WORK, LeadTimes, in_words, lead_times, open_for
from tests.assessment.samples import NOW

HOUR = timedelta(hours=1)
START, MERGED, LIVE = NOW - 9 * HOUR, NOW - 3 * HOUR, NOW - HOUR
NOTHING = LeadTimes()


@pytest.mark.parametrize(
    ("metrics", "known"),
    [
        pytest.param(Metrics(), NOTHING, id="nothing"),
        pytest.param(Metrics(opened_at=START), NOTHING, id="open"),
        pytest.param(Metrics(opened_at=START, closed_at=NOW), LeadTimes(opened_to_closed=9 * HOUR), id="closed"),
        pytest.param(Metrics(opened_at=NOW, closed_at=START), NOTHING, id="closed-before-it-was-opened"),
        pytest.param(Metrics(merged_at=MERGED), NOTHING, id="merge-alone"),
        pytest.param(
            Metrics(first_commit_at=START, merged_at=MERGED), LeadTimes(first_commit_to_merge=6 * HOUR), id="merged"
        ),
        pytest.param(Metrics(first_commit_at=NOW, merged_at=MERGED), NOTHING, id="written-after-the-merge"),
        pytest.param(
            Metrics(first_commit_at=MERGED - LONGEST_WORK - HOUR, merged_at=MERGED, first_deployed_at=LIVE),
            LeadTimes(merge_to_deployment=2 * HOUR),
            id="written-by-a-machine-without-a-clock",
        ),
        pytest.param(
            Metrics(first_commit_at=START, first_deployed_at=LIVE),
            LeadTimes(first_commit_to_deployment=8 * HOUR),
            id="never-merged",
        ),
        pytest.param(
            Metrics(first_commit_at=START, merged_at=MERGED, first_deployed_at=LIVE),
            LeadTimes(
                first_commit_to_merge=6 * HOUR, first_commit_to_deployment=8 * HOUR, merge_to_deployment=2 * HOUR
            ),
            id="all",
        ),
        pytest.param(
            Metrics(first_commit_at=START, merged_at=LIVE, first_deployed_at=MERGED),
            LeadTimes(first_commit_to_merge=8 * HOUR),
            id="deployed-before-the-merge",
        ),
        pytest.param(
            Metrics(first_commit_at=START, merged_at=MERGED, deployed_at=LIVE),
            LeadTimes(first_commit_to_merge=6 * HOUR),
            id="runs-and-nobody-knows-when-it-first-did",
        ),
    ],
)
def test_what_lies_between(metrics: Metrics, known: LeadTimes) -> None:
    """Each span has two measured ends in the right order; what is absurd takes nothing else along."""
    assert lead_times(metrics) == known


ALL = Metrics(
    first_commit_at=START, merged_at=MERGED, first_deployed_at=LIVE, opened_at=START - 99 * HOUR, closed_at=NOW
)


@pytest.mark.parametrize(
    ("metrics", "said"),
    [
        (Metrics(), ()),
        (ALL, ("8 h from first commit to live", "2 h from merge to live", "4 days from opening to closing")),
        (Metrics(first_commit_at=START, merged_at=MERGED), ("6 h from first commit to merge",)),
        (
            Metrics(first_commit_at=START, merged_at=MERGED, complete=False),
            ("at least 6 h from first commit to merge",),
        ),
        (
            Metrics(first_commit_at=START, first_deployed_at=LIVE, complete=False),
            ("at least 8 h from first commit to live",),
        ),
    ],
    ids=["nothing", "all", "merged", "merged-and-not-all-seen", "live-and-not-all-seen"],
)
def test_in_words(metrics: Metrics, said: tuple[str, ...]) -> None:
    """The longest way that is known; "at least" where there may be an earlier commit."""
    assert in_words(metrics, "live") == said


@pytest.mark.parametrize(
    ("metrics", "age"),
    [
        (Metrics(), None),
        (Metrics(opened_at=START), 9 * HOUR),
        (Metrics(opened_at=START, closed_at=LIVE), None),
        (Metrics(opened_at=NOW + HOUR), None),
    ],
    ids=["unknown", "open", "closed", "from-the-future"],
)
def test_how_long_it_is_open(metrics: Metrics, age: timedelta | None) -> None:
    """Only while it is."""
    assert open_for(metrics, NOW) == age
