"""Does the issue carry these labels, one of some, and none of others?"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator

from bot.assessment.evidence import Evidence, Outcome, Reason
from bot.assessment.wording import listing
from bot.github.models import Unknown
from bot.probes.contract import Context, Manual, Params, Question
from bot.probes.places import at_issue, not_told

LabelName = Annotated[str, StringConstraints(min_length=1, max_length=50)]


class LabelParams(Params):
    """Which labels must be there, and which must not. Case does not matter to GitHub."""

    outside: ClassVar[bool] = False

    present: tuple[LabelName, ...] = Field(
        default=(), max_length=20, strict=False, description="Labels that the issue must carry."
    )
    any_of: tuple[LabelName, ...] = Field(
        default=(), max_length=20, strict=False, description="Labels of which it must carry at least one."
    )
    absent: tuple[LabelName, ...] = Field(
        default=(), max_length=20, strict=False, description="Labels that it must not carry."
    )

    @model_validator(mode="after")
    def _asks_something(self) -> "LabelParams":
        if not self.present and not self.any_of and not self.absent:
            message = "name at least one label under `present`, `any_of` or `absent`"
            raise ValueError(message)
        wanted = {name.casefold() for name in (*self.present, *self.any_of)}
        both = wanted & {name.casefold() for name in self.absent}
        if both:
            message = f"`{min(both)}` cannot be wanted and absent"
            raise ValueError(message)
        return self


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, LabelParams)
    source = at_issue(context, "this issue's labels")
    expected = "; ".join(
        words
        for words in (
            f"carries {_names(params.present)}" if params.present else "",
            f"carries {_names(params.any_of, last='or')}" if params.any_of else "",
            f"does not carry {_names(params.absent)}" if params.absent else "",
        )
        if words
    )
    labels = context.snapshot.issue.labels
    if isinstance(labels, Unknown):
        return not_told(labels, expected=expected, source=source)
    carried = {label.casefold() for label in labels}
    chosen = tuple(name for name in params.any_of if name.casefold() in carried)
    lacking = tuple(name for name in params.present if name.casefold() not in carried)
    unwanted = tuple(name for name in params.absent if name.casefold() in carried)
    faults = [f"lacks {_names(lacking)}"] if lacking else []
    faults += [f"lacks {_names(params.any_of, last='or')}"] if params.any_of and not chosen else []
    faults += [f"still carries {_names(unwanted)}"] if unwanted else []
    return Evidence(
        outcome=Outcome.FAIL if faults else Outcome.PASS,
        reason=Reason.DOES_NOT_HOLD if faults else Reason.HOLDS,
        expected=expected,
        observed="; ".join(faults) or _seen(params, (*params.present, *chosen)),
        source=source,
        # The absence of a label is the state of nearly every issue: it holds something open, it proves nothing.
        decisive=bool(faults) or bool(params.present or params.any_of),
        remedy="Somebody with triage can change the labels." if faults else None,
    )


def _seen(params: LabelParams, carried: tuple[str, ...]) -> str:
    """What holds, in words."""
    if carried:
        return f"carries {_names(tuple(dict.fromkeys(carried)))}"
    return "does not carry it" if len(params.absent) == 1 else "carries none of them"


def _names(labels: tuple[str, ...], last: str = "and") -> str:
    return listing([f"`{label}`" for label in labels], last=last)


_MANUAL = Manual(
    question="Does the issue carry the labels that it should, and none that it should not?",
    example="- id: signed_off\n  title: QA has signed off\n  label: {present: [qa-approved], absent: [blocked]}\n",
    outcomes=(
        (Outcome.PASS, "All wanted labels are there, one of `any_of` is, no unwanted one is."),
        (Outcome.FAIL, "A wanted label is lacking, or every one of `any_of`, or an unwanted one is there."),
        (Outcome.ERROR, "GitHub does not tell."),
    ),
)


@dataclass(frozen=True, slots=True)
class LabelProbe:
    """The issue's labels."""

    kind: str = "label"
    params: type[Params] = LabelParams
    limit: timedelta = timedelta(seconds=5)
    slow: bool = False
    heavy: bool = False
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about the labels."""
        return await _ask(question, context)


PROBE = LabelProbe()
