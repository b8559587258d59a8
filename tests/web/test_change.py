"""The change as rows of its page: what was measured apart from what is stated."""

from datetime import timedelta

import pytest

from bot.assessment.document import Metrics
from bot.assessment.policy import ImpactPolicy
from bot.web.change import Row, measured, stated
from tests.assessment.samples import NOW, assess, finding

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("metrics", "rows"),
    [
        (None, ()),
        (Metrics(), ()),
        (Metrics(commits=2), (("Commits", "2"), ("Breaking-change markers", "none"))),
        (
            Metrics(commits=2, complete=False),
            (("Commits", "at least 2"), ("Breaking-change markers", "none in the commits that were read")),
        ),
        (
            Metrics(
                pull_requests=(7, 9), commits=3, files=1816, additions=2104, deletions=3, breaking=("feat!: a", "b!: c")
            ),
            (
                ("Pull requests", "#7 #9"),
                ("Commits", "3"),
                ("Files", "1,816"),
                ("Lines", "+2,104 −3"),
                ("Breaking-change markers", "2: feat!: a · b!: c"),
            ),
        ),
        (
            Metrics(opened_at=NOW - 2 * DAY, closed_at=NOW),
            (
                ("Opened", "2026-11-19 15:00 UTC"),
                ("Closed", "2026-11-21 15:00 UTC"),
                ("Took", "2 days from opening to closing"),
            ),
        ),
        (
            Metrics(deployed_at=NOW, environment="live"),
            (("Runs in live since", "2026-11-21 15:00 UTC"),),
        ),
        (Metrics(environment="live"), (("Runs in", "live"),)),
    ],
    ids=["none", "nothing", "a-named-fix", "not-all-seen", "pull-requests", "closed", "runs", "runs-since-whenever"],
)
def test_measured(metrics: Metrics | None, rows: tuple[Row, ...]) -> None:
    """Only what is known has a row."""
    assert measured(assess((finding(),), metrics=metrics)) == rows


def test_more_markers_than_are_kept() -> None:
    """Where the list is full there may be more."""
    rows = dict(measured(assess((finding(),), metrics=Metrics(commits=9, breaking=tuple("abcde")))))
    assert rows["Breaking-change markers"] == "at least 5: a · b · c · d · e"


@pytest.mark.parametrize(
    ("impact", "rows"),
    [
        (None, ()),
        (ImpactPolicy(segment="Platform", goal=" "), (("Segment", "Platform"),)),
        (ImpactPolicy(revenue="$1", value="trust"), (("Revenue", "$1"), ("Value", "trust"))),
    ],
    ids=["none", "one", "two"],
)
def test_stated(impact: ImpactPolicy | None, rows: tuple[Row, ...]) -> None:
    """What the policy says, and nothing for what it leaves empty."""
    assert stated(assess((finding(),), impact=impact)) == rows
