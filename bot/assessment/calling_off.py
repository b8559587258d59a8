"""A closing that was announced and is called off: the same assessment, without what it had promised. Pure.

Rules:
1. What was measured stays; only what would have followed from it goes.
2. The first line says so, for it had said when the issue will be closed.
"""

from dataclasses import replace

from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.assessment.plan import Announce, Label
from bot.assessment.withholding import Withheld, WithheldReason

_PROMISED = frozenset({ActionKind.ANNOUNCE, ActionKind.LABEL})  # with an announcement goes its own label alone


def called_off(assessment: Assessment, why: str, *, unlabelled: str | None) -> Assessment:
    """The assessment as it is now: `why` in plain words, and the label that was taken off."""
    plan = assessment.plan
    text = f"{why}: somebody with {assessment.close_role} closes it with `/assess-resolution`"
    kept = tuple(one for one in assessment.actions if one.action not in _PROMISED)
    off = () if unlabelled is None else (_off(unlabelled),)
    return replace(
        assessment,
        plan=replace(
            plan,
            actions=tuple(one for one in plan.actions if not isinstance(one, Announce | Label)),
            withheld=(*plan.withheld, Withheld(reason=WithheldReason.CALLED_OFF, text=text)),
        ),
        actions=(*kept, *off),
    )


def _off(label: str) -> Done:
    return Done(action=ActionKind.LABEL, ending=Ending.DONE, text=f"label {label} removed")
