"""What was measured of the change, and what the policy states, in the answer."""

import pytest

from bot.assessment.document import Metrics
from bot.assessment.evidence import Outcome
from bot.assessment.policy import ImpactPolicy
from tests.assessment.samples import NOW, assess, finding
from tests.assessment.test_report import DAY, said


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        (Metrics(), None),
        (Metrics(commits=2), "**Measured** · 2 commits, no breaking-change marker\n"),
        (
            Metrics(commits=2, files=0, additions=0, deletions=1),
            "2 commits, 0 files (+0 −1), no breaking-change marker\n",
        ),
        (Metrics(pull_requests=(7,), commits=1, files=2), "**Measured** · 1 pull request (#7), 1 commit, 2 files, no"),
        (
            Metrics(commits=2, complete=False),
            "at least 2 commits, no breaking-change marker in the commits that were read\n",
        ),
        (Metrics(commits=2, complete=False, breaking=("a!: b",)), 'at least 1 breaking-change marker ("a!: b")'),
        (Metrics(commits=9, breaking=("a!: b",) * 5), "at least 5 breaking-change markers"),
        (Metrics(opened_at=NOW - DAY), "**Measured** · 24 h from opening to closing\n"),
        (Metrics(opened_at=NOW - DAY, closed_at=NOW), "**Measured** · 24 h from opening to closing\n"),
        (Metrics(opened_at=NOW + DAY), None),
        (Metrics(environment="prod_1", first_deployed_at=NOW, merged_at=NOW - DAY), "· 24 h from merge to `prod_1`\n"),
        (Metrics(commits=1, breaking=("feat!: x",)), '1 breaking-change marker ("feat!: x")'),
        (Metrics(commits=1, first_commit_at=NOW, merged_at=NOW), "0.0 s from first commit to merge"),
        (Metrics(commits=1, first_commit_at=NOW), "no breaking-change marker\n"),
        (Metrics(pull_requests=tuple(range(1, 9))), "8 pull requests (#1 #2 #3 #4 #5 #6 …)"),
    ],
)
def test_metrics(metrics: Metrics, words: str | None) -> None:
    """The change in numbers: what is known, no more."""
    text = said(assess((finding(),), metrics=metrics))
    assert words in text if words else "**Measured**" not in text


def test_an_issue_that_stays_open_has_no_age() -> None:
    """How long it has been open is told where that ends."""
    made = assess((finding("a", Outcome.FAIL),), metrics=Metrics(opened_at=NOW - DAY))
    assert "**Measured**" not in said(made)


def test_impact_only_where_stated() -> None:
    """An empty statement is no section, and a refusal shows none."""
    assert "Stated by policy" not in said(assess((finding(),), impact=ImpactPolicy(goal=" ")))
    stated = ImpactPolicy(goal="calm")
    assert "Stated by policy" in said(assess((finding(),), impact=stated))
    assert "Stated by policy" not in said(assess((finding("a", Outcome.FAIL),), impact=stated))
