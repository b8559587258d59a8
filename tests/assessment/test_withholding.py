"""Reasons beside each other: what is said of them, and the next step."""

from dataclasses import replace

from bot.assessment.history import Contradiction, ContradictionKind
from bot.assessment.plan import plan
from bot.assessment.policy import Mode, Role
from bot.assessment.trigger import Trigger, TriggerKind
from tests.assessment.samples import NOW, OPEN, POLICY, sure, verdict

MERGE = Trigger(kind=TriggerKind.MERGE, by="bob", pull=7, refers_only=True)
HELD = Contradiction(kind=ContradictionKind.HELD, at=NOW, by="tim", label="On-Hold")
TAKE_OFF = "somebody with triage takes it off, then somebody with write asks with `/assess-resolution`"


def test_a_label_that_somebody_put_on() -> None:
    """One reason and one advice, which works: asking settles nothing as long as the label is on."""
    held = replace(OPEN, labels=("on-hold",), contradiction=HELD, newer=HELD)
    policy = replace(POLICY, permissions=replace(POLICY.permissions, close=Role.WRITE))
    made = plan(verdict(), sure(), trigger=MERGE, policy=policy, standing=held)
    assert [one.text for one in made.withheld] == [
        f"label `on-hold`, which tim put on it, holds it: {TAKE_OFF}",
        "pull request #7 only refers to it",
        "by myself I only advise here",
    ]


def test_one_advice_for_several_reasons() -> None:
    """What helps against all of them stands once, at the last."""
    standing = replace(OPEN, contradiction=HELD)  # a bot took the label off
    made = plan(verdict(), sure(), trigger=MERGE, policy=replace(POLICY, mode=Mode.ACT), standing=standing)
    assert [one.text for one in made.withheld] == [
        "pull request #7 only refers to it",
        f"{HELD.text}: somebody with triage closes it with `/assess-resolution`",
    ]
