"""Has an error gone from the logs since it was fixed?"""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import Field, model_validator

from bot.assessment.evidence import Evidence, Outcome
from bot.probes.contract import Context, Manual, Params, Question
from bot.probes.joblogs import JobLogParams, gone_from_log


class LogsParams(Params):
    """Whose logs, and what must no longer stand in them."""

    workflow: JobLogParams | None = Field(
        default=None, description="The log of a workflow's newest run on the default branch, if it has the fix."
    )

    @model_validator(mode="after")
    def _asks_somebody(self) -> "LogsParams":
        if self.workflow is None:
            raise ValueError("say whose logs: `workflow: {file: suite.yml, absent: …}`")
        return self

    @property
    def takes_long(self) -> bool:
        """Logs have to be fetched."""
        return True


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, LogsParams)
    assert params.workflow is not None
    return await gone_from_log(params.workflow, context, ask_before=question.ask_before)


_MANUAL = Manual(
    question="Is an error no longer in the logs since the fix?",
    example=(
        "- id: no_deadlock\n  title: The suite meets no deadlock any more\n"
        "  logs:\n    workflow: {file: suite.yml, job: integration, absent: 'deadlock detected'}\n"
    ),
    outcomes=(
        (Outcome.PASS, "No line holds it. It speaks for the fix where it stood in the log of the run before."),
        (Outcome.FAIL, "It still stands there, in so many lines."),
        (Outcome.PENDING, "The run has not ended; its end wakes the assessment."),
        (Outcome.MISSING, "No run with the fix, none that came to its end, or its log is gone."),
        (Outcome.ERROR, "The log is too large to be read whole or in time, or GitHub does not tell."),
    ),
)


@dataclass(frozen=True, slots=True)
class LogsProbe:
    """What programs have logged."""

    kind: str = "logs"
    params: type[Params] = LogsParams
    limit: timedelta = timedelta(seconds=45)
    slow: bool = False
    heavy: bool = True
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about an error in logs."""
        return await _ask(question, context)


PROBE = LogsProbe()
