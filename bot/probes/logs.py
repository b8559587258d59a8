"""Has an error gone from the logs since it was fixed?"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from pydantic import Field, model_validator

from bot.assessment.evidence import Evidence, Outcome
from bot.assessment.watching import Subject
from bot.egress.exchange import ServerKind
from bot.probes.contract import Aim, Context, Manual, Params, Question
from bot.probes.joblogs import JobLogParams, gone_from_log
from bot.probes.lokilogs import LokiParams, gone_from_loki
from bot.probes.servers import whom


class LogsParams(Params):
    """Whose logs, and what must no longer stand in them."""

    only_after_merge: ClassVar[bool] = True
    subject: ClassVar[Subject] = Subject.SERVICE

    workflow: JobLogParams | None = Field(
        default=None, description="The log of a workflow's newest run on the default branch, if it has the fix."
    )
    loki: LokiParams | None = Field(
        default=None, description="The logs that a Loki keeps which the operator has named, since the fix was deployed."
    )

    @model_validator(mode="after")
    def _asks_somebody(self) -> "LogsParams":
        if (self.workflow is None) == (self.loki is None):
            raise ValueError("say whose logs: either `workflow: {file: suite.yml, absent: …}` or `loki: {query: …}`")
        return self

    @property
    def asks_outside(self) -> bool:
        """A workflow's log is GitHub's."""
        return self.loki is not None

    @property
    def tells_of(self) -> Subject:
        """A workflow's log is about the branch, a Loki's about what runs."""
        return Subject.SERVICE if self.loki is not None else Subject.BRANCH

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        if self.loki is not None:
            return Aim(whom=whom(self.loki.server, ServerKind.LOKI), past=True)
        return Aim(at="latest", past=True)

    @property
    def takes_long(self) -> bool:
        """Logs have to be fetched."""
        return True


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, LogsParams)
    if params.loki is not None:
        return await gone_from_loki(params.loki, context, ask_before=question.ask_before)
    assert params.workflow is not None
    return await gone_from_log(params.workflow, context, ask_before=question.ask_before)


_MANUAL = Manual(
    question="Is an error no longer in the logs since the fix?",
    example=(
        "- id: no_deadlock\n  title: The suite meets no deadlock any more\n"
        "  logs:\n    workflow: {file: suite.yml, job: integration, absent: 'deadlock detected'}\n"
    ),
    outcomes=(
        (Outcome.PASS, "No line holds it. It speaks for the fix where lines held it before, for as long in a Loki."),
        (Outcome.FAIL, "It still stands there, in so many lines."),
        (Outcome.PENDING, "The run has not ended, the fix is being deployed, or too little time has passed since."),
        (Outcome.MISSING, "No run with the fix, its log is gone, it is not deployed, or nothing at all was logged."),
        (Outcome.ERROR, "The log is too large to be read whole or in time, or nobody tells."),
        (Outcome.MISCONFIGURED, "There is no such Loki for this repository, or it refuses the query, and says why."),
    ),
)


@dataclass(frozen=True, slots=True)
class LogsProbe:
    """What programs have logged."""

    kind: str = "logs"
    params: type[Params] = LogsParams
    limit: timedelta = timedelta(seconds=130)
    slow: bool = False
    heavy: bool = True
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about an error in logs."""
        return await _ask(question, context)


PROBE = LogsProbe()
