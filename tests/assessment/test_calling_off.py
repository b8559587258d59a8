"""An announced closing that was called off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.assessment.calling_off import called_off, promises
from bot.assessment.document import ActionKind, Assessment, Done, Ending, IssueState
from bot.assessment.evidence import Outcome, Wait
from bot.assessment.grace import Grace
from bot.assessment.plan import Close
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
    after = called_off(replace(ANNOUNCED, state=state), "ann did", unlabelled=None)
    text = render(after, evidence_url=None, marker="")
    assert text.startswith(head)
    assert ("closes it with `/assess-resolution`" in text) is state.open


WAITING = assess(
    (
        finding("ci"),
        finding("asked", Outcome.PENDING, waits_for=Wait(what="carol to confirm", until=NOW, topics=("t",))),
    ),
    Setting(policy=replace(POLICY, labels=LabelPolicy(pending="soon")), trigger=BY_ANN, standing=OPEN),
)


@pytest.mark.parametrize(
    ("state", "head"),
    [
        (IssueState(), "### ⏹️ No longer waited for: left open · 1 of 2 criteria not decided\n"),
        (
            IssueState(open=False, closed_as="completed"),
            "### ⏹️ Closed, but no longer waited for · 1 of 2 criteria not decided\n",
        ),
    ],
)
def test_an_answer_that_waited(state: IssueState, head: str) -> None:
    """It says that it does not go on, and names what nobody waits for any more; what was measured stays."""
    assert "**Waiting for** · carol to confirm" in render(WAITING, evidence_url=None, marker="")
    after = replace(called_off(replace(WAITING, actions=DONE[:1]), "ann ended it", unlabelled="soon"), state=state)
    text = render(after, evidence_url=None, marker="")
    assert text.startswith(head)
    assert "**No longer waited for** · carol to confirm: ann ended it; `/assess-resolution` asks anew." in text
    assert [one in text for one in ("Waiting for", "by myself", "added", "label soon removed")] == [False] * 3 + [True]


HELD = replace(
    ANNOUNCED,
    plan=replace(ANNOUNCED.plan, actions=(Close(),)),
    actions=(Done(action=ActionKind.CLOSE, ending=Ending.REFUSED, text="not closed for now: I go on by myself"),),
)


def test_a_closing_that_was_put_off() -> None:
    """It comes no more either, and is no failure."""
    text = render(called_off(HELD, "ann did", unlabelled=None), evidence_url=None, marker="")
    assert text.startswith("### ✅ Resolved: left open, its closing was called off · ")
    assert "by myself" not in text


@pytest.mark.parametrize(
    ("assessment", "expected"),
    [
        (ANNOUNCED, True),
        (WAITING, True),
        (HELD, True),
        (assess((finding("ci", Outcome.FAIL),), Setting(trigger=BY_ANN, standing=OPEN)), False),
        (called_off(WAITING, "ann did", unlabelled=None), False),
    ],
    ids=["announced", "waits", "put-off", "settled", "called-off"],
)
def test_what_promises(assessment: Assessment, expected: bool) -> None:
    """Only what says that it goes on is written anew."""
    assert promises(assessment) is expected
