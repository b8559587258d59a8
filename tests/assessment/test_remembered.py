"""What an answer notes of what people did against us."""

from dataclasses import replace

import pytest

from bot.assessment.history import Contradiction, ContradictionKind
from bot.assessment.policy import Role
from bot.assessment.remembered import remembered
from bot.assessment.trigger import Trigger, TriggerKind
from bot.assessment.withholding import Standing, Withheld, WithheldReason
from tests.assessment.samples import BY_ANN, NOW, OPEN, flags

MERGE = Trigger(kind=TriggerKind.MERGE, by="bob", pull=7)
REOPENED = Contradiction(kind=ContradictionKind.REOPENED, at=NOW, by="carol")
HELD = Contradiction(kind=ContradictionKind.HELD, at=NOW, by="tim", label="On-Hold")


@pytest.mark.parametrize(
    ("trigger", "standing", "note"),
    [
        (BY_ANN, OPEN, None),
        (BY_ANN, replace(OPEN, contradiction=REOPENED), "this command settles that"),
        (flags(dry_run=True), replace(OPEN, contradiction=REOPENED), "by myself I only advise here"),
        (BY_ANN, replace(OPEN, contradiction=REOPENED, role=Role.READ), "by myself I only advise here"),
        (MERGE, replace(OPEN, contradiction=REOPENED), "by myself I only advise here"),
        (
            MERGE,
            replace(OPEN, contradiction=replace(REOPENED, kind=ContradictionKind.CLOSED_AGAIN)),
            "by myself I leave it alone",
        ),
    ],
)
def test_the_record_knows_who_contradicted(trigger: Trigger, standing: Standing, note: str | None) -> None:
    """As a note, unless the answer gives it as its reason."""
    notes = remembered((), trigger, Role.TRIAGE, standing)
    assert [note in one for one in notes] == ([] if note is None else [True])
    told = (Withheld(reason=WithheldReason.CONTRADICTED, text=""),)
    assert remembered(told, trigger, Role.TRIAGE, standing) == ()


def test_a_label_that_is_on_still() -> None:
    """No command settles that: it has to come off; nothing where the answer gives it as its reason."""
    held = replace(OPEN, labels=("on-hold",), contradiction=HELD)
    told = (Withheld(reason=WithheldReason.HELD, text=""),)
    assert remembered(told, BY_ANN, Role.TRIAGE, held) == ()
    assert remembered((), BY_ANN, Role.TRIAGE, held) == (
        "tim put the label `On-Hold` on it, and no person took it off: it stays open until somebody with triage does.",
    )
