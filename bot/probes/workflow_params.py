"""What can be asked of a workflow: the parameters of the probe `workflow`, and how they fit together."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator

from bot.assessment.spans import span_of
from bot.assessment.watching import Subject
from bot.probes.contract import Aim, DispatchWanted, Params
from bot.probes.lasting import Lasting
from bot.probes.numbers import NumberParams
from bot.probes.runs import FILE, FILE_WORDS


class NumberFrom(StrEnum):
    """Where a number is read."""

    LOG = "log"
    SUMMARY = "summary"


class Wanted(StrEnum):
    """How a run should have ended; `any` where only its number counts."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEUTRAL = "neutral"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    ANY = "any"


class DispatchParams(Params):
    """A run that is started for this question, on the default branch."""

    inputs: dict[
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,99}$")],
        Annotated[str, StringConstraints(max_length=200)],
    ] = Field(default_factory=dict, max_length=10, description="The workflow's declared inputs, as texts.")
    within: Annotated[str, Lasting(most=timedelta(hours=24))] = Field(
        default="30m",
        description="How long the run may take, such as 30m or 2h: at least 1m and at most 1d.",
    )

    @property
    def patience(self) -> timedelta:
        """How long the run may take."""
        return span_of(self.within)


class WorkflowParams(Params):
    """Which workflow, which of its runs, and what must be true of it."""

    shorthand: ClassVar[str] = "workflow"
    only_after_merge: ClassVar[bool] = True
    outside: ClassVar[bool] = False
    subject: ClassVar[Subject] = Subject.BRANCH

    workflow: str = Field(pattern=FILE, description=FILE_WORDS)
    at: str = Field(
        default="head",
        pattern=r"^(head|latest|[0-9a-f]{7,40})$",
        description="`head`: the newest run at the default branch's head; `latest`: the newest on the default branch, "
        "if it has the fix; or a commit's sha.",
    )
    event: str | None = Field(
        default=None, pattern=r"^[a-z_]{1,50}$", description="Only runs by this event, such as `schedule`."
    )
    conclusion: Wanted = Field(
        default=Wanted.SUCCESS, strict=False, description="How the run ended; `any` where only the number counts."
    )
    number: NumberParams | None = Field(default=None, description="A number that the run has printed or reported.")
    job: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="Whose number it is: the job's name (`*` stands for anything); with `from: summary`, the check's. "
        "Without it, whichever job prints it last.",
    )
    source: NumberFrom = Field(
        default=NumberFrom.LOG,
        alias="from",
        strict=False,
        description="`log`: what the job has printed; `summary`: title, summary and text that the check run named by "
        "`job` reports. GitHub does not tell what is written to `$GITHUB_STEP_SUMMARY`: print it as well.",
    )
    dispatch: DispatchParams | None = Field(
        default=None, description="Start a run (`workflow_dispatch`), wait for its end, and look at that one."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> "WorkflowParams":
        if self.number is None and (self.job is not None or self.source is NumberFrom.SUMMARY):
            raise ValueError("`job` and `from` say where `number` is read: give `number`, or leave them out")
        if self.source is NumberFrom.SUMMARY and (self.job is None or "*" in self.job):
            raise ValueError("`from: summary` needs `job`, the name of the check that reports, without `*`")
        if self.conclusion is Wanted.ANY and self.number is None:
            raise ValueError("`conclusion: any` asks nothing without `number`")
        if self.dispatch is not None and (self.at != "head" or self.event is not None):
            raise ValueError("`dispatch` starts a run at the head, so leave out `at` and `event`")
        return self

    @property
    def aim(self) -> Aim:
        """Whom it is put to, and about which commit."""
        return Aim(at=self.at, past=True)

    @property
    def dispatches(self) -> DispatchWanted | None:
        """The run to start, where one is asked for."""
        if self.dispatch is None:
            return None
        inputs = tuple(sorted(self.dispatch.inputs.items()))
        return DispatchWanted(workflow=self.workflow, inputs=inputs, patience=self.dispatch.patience)

    @property
    def tells_of(self) -> Subject:
        """A run that is started for an assessment is not started again by itself."""
        return super().tells_of if self.dispatch is None else Subject.SETTLED

    @property
    def takes_long(self) -> bool:
        """Logs have to be fetched for a number."""
        return self.number is not None
