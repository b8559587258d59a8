"""An announced closing that was called off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.calling_off import called_off
from bot.assessment.document import ActionKind, Done, Ending, IssueState
from bot.assessment.grace import Grace
from bot.assessment.policy import LabelPolicy
from bot.assessment.report import render
from bot.assessment.withholding import WithheldReason
from tests.assessment.samples import BY_ANN, NOW, OPEN, POLICY, Setting, assess, finding

ANNOUNCED = assess(
    (finding("ci"),),
    Setting(
        policy=replace(POLICY, grace=timedelta(hours=24), labels=LabelPolicy(pending="soon")),
        trigger=BY_ANN,
        standing=replace(OPEN, grace=Grace(until=NOW + timedelta(hours=24))),
    ),
)
DONE = (
    Done(action=ActionKind.LABEL, ending=Ending.DONE, text="label soon added"),
    Done(action=ActionKind.ANNOUNCE, ending=Ending.DONE, text="closing announced"),
)


@pytest.mark.parametrize("label", ["soon", None])
def test_nothing_is_promised(label: str | None) -> None:
    """Neither in the plan nor in what was done; the label is told where it came off."""
    after = called_off(replace(ANNOUNCED, actions=DONE), "ann did", unlabelled=label)
    assert (after.plan.announces, [one.reason for one in after.plan.withheld]) == (None, [WithheldReason.CALLED_OFF])
    assert [one.text for one in after.actions] == ([] if label is None else ["label soon removed"])
    assert after.findings == ANNOUNCED.findings


@pytest.mark.parametrize(
    ("state", "head"),
    [
        (IssueState(), "### ✅ Resolved: left open, its closing was called off · "),
        (IssueState(open=False, closed_as="completed"), "### ✅ Resolved: already closed, verified · "),
        (IssueState(open=False, closed_as="not_planned"), "### ✅ Resolved: left closed as not planned · "),
    ],
)
def test_the_first_line(state: IssueState, head: str) -> None:
    """It tells how the issue stands by then."""
    after = replace(called_off(ANNOUNCED, "ann did", unlabelled=None), state=state)
    assert render(after, evidence_url=None, marker="").startswith(head)
