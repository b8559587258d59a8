"""A confirmation that is taken back after an assessment has counted it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.document import Assessment
from bot.assessment.evidence import Finding, Outcome
from bot.assessment.report import render
from bot.assessment.taken_back import taken_back
from tests.assessment.samples import NOW, assess, criterion, evidence, finding

LATER = NOW + timedelta(minutes=5)


def confirmation(by: str = "carol", kind: str = "confirmation", outcome: Outcome = Outcome.PASS) -> Finding:
    """Somebody has confirmed it."""
    seen = evidence(outcome, observed=f"{by} commented `/confirm-fixed` at 15:00 UTC")
    return Finding(criterion=replace(criterion("confirmed"), kind=kind), evidence=seen)


def test_the_answer_says_so() -> None:
    """In the row of the criterion, beside what had counted; every other row stays."""
    before = assess((finding("ci"), confirmation()))
    after = taken_back(before, "Carol", at=LATER)
    assert after is not None
    assert "at 15:00 UTC, and took it back at 15:05 UTC" in render(after, evidence_url=None, marker="")
    assert (after.findings[0], after.verdict) == (before.findings[0], before.verdict)
    assert taken_back(after, "carol", at=LATER + timedelta(hours=1)) is None


@pytest.mark.parametrize(
    "before",
    [
        assess((confirmation("carola"),)),
        assess((confirmation(kind="check"),)),
        assess((confirmation(outcome=Outcome.FAIL),)),
    ],
    ids=["another-person", "another-kind", "did-not-count"],
)
def test_what_had_not_counted(before: Assessment) -> None:
    """Nothing is to be said of it."""
    assert taken_back(before, "carol", at=LATER) is None
