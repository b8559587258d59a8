"""What was to go on by itself is called off: the same assessment, without what it had promised. Pure.

It is a closing that was announced or put off, or an answer that waits.

Rules:
1. What was measured stays; only what would have followed from it goes.
2. The first line says so, for it had said when the issue will be closed, or what is waited for.
"""

from dataclasses import replace

from bot.assessment.document import ActionKind, Assessment, Done, Ending
from bot.assessment.plan import Announce, Close, Label
from bot.assessment.waits import awaited
from bot.assessment.withholding import Withheld, WithheldReason

_PROMISED = frozenset({ActionKind.ANNOUNCE, ActionKind.CLOSE, ActionKind.LABEL})  # their label alone goes with them


def promises(assessment: Assessment) -> bool:
    """Does it say that it goes on by itself?"""
    return assessment.plan.announces is not None or _put_off(assessment) or _waits(assessment)


def called_off(assessment: Assessment, why: str, *, unlabelled: str | None) -> Assessment:
    """The assessment as it is now: `why` in plain words, and the label that was taken off."""
    plan = assessment.plan
    alone = _waits(assessment) or not assessment.state.open
    text = why if alone else f"{why}: somebody with {assessment.close_role} closes it with {_ASSESS}"
    kept = tuple(one for one in assessment.actions if one.action not in _PROMISED)
    off = () if unlabelled is None else (_off(unlabelled),)
    return replace(
        assessment,
        plan=replace(
            plan,
            actions=tuple(one for one in plan.actions if not isinstance(one, Announce | Close | Label)),
            withheld=(*plan.withheld, Withheld(reason=WithheldReason.CALLED_OFF, text=text)),
        ),
        actions=(*kept, *off),
    )


_ASSESS = "`/assess-resolution`"


def _put_off(assessment: Assessment) -> bool:
    """Was its closing left for later? What GitHub refused looks alike; that is told by whether a job waits."""
    done = assessment.close
    return assessment.verdict.closes and done is not None and done.ending is Ending.REFUSED


def _waits(assessment: Assessment) -> bool:
    return bool(awaited(assessment.verdict, assessment.findings, assessment.trigger)) and not assessment.called_off


def _off(label: str) -> Done:
    return Done(action=ActionKind.LABEL, ending=Ending.DONE, text=f"label {label} removed")
