"""What the jobs of a workflow run have printed: read, cleaned, and searched for an error that should be gone."""

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from bot.assessment.evidence import Detail, Evidence, Measure, Outcome, Reason
from bot.github.models import Unknown
from bot.github.runs import Conclusion, WorkflowJob, WorkflowRun
from bot.probes.contract import Context, Params
from bot.probes.one_or_more import OrOne
from bot.probes.places import branch_of, counted, empty_repository, listed
from bot.probes.runs import (
    FILE,
    FILE_WORDS,
    LONGEST,
    at_run,
    at_workflow,
    end_of,
    ending,
    has_ended,
    has_fix,
    is_broken,
    named,
    run_before,
    trusted,
)
from bot.scan.matching import Matcher, OutOfTime, PatternSetFailed
from bot.scan.patterns import Match, Pattern, patterns_fault

PATIENCE = timedelta(seconds=8)
_MOST_SHOWN = 5
_LONGEST_LINE = 200
_STAMP = re.compile(rb"^(?:\xef\xbb\xbf)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z ?", re.MULTILINE)
_COMMAND = re.compile(rb"^\x1b\[36;1m[^\n]*\n?", re.MULTILINE)
_COLOUR = re.compile(rb"\x1b\[[0-9;]{0,20}[A-Za-z]")


class JobLogParams(Params):
    """Which workflow's log, and what must no longer stand in it."""

    file: str = Field(pattern=FILE, description=FILE_WORDS)
    absent: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1, max_length=256)], ...],
        OrOne(),
        Field(min_length=1, max_length=20, strict=False),
    ] = Field(description="Texts that no line may hold any longer.")
    match: Match = Field(default=Match.LITERAL, strict=False, description="`literal`, `word` or `regex` (RE2).")
    ignore_case: bool = Field(default=False, description="Upper and lower case are the same.")
    job: str | None = Field(
        default=None, min_length=1, max_length=200, description="Only this job's log; `*` stands for anything."
    )

    @model_validator(mode="after")
    def _can_be_searched(self) -> "JobLogParams":
        if fault := patterns_fault(self.patterns):
            raise ValueError(fault)
        return self

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """What is looked for."""
        return tuple(Pattern(text=text, match=self.match, ignore_case=self.ignore_case) for text in self.absent)

    @property
    def place(self) -> str:
        """Where it is looked for, in words."""
        return f"`{self.file}`'s log" + (f" (job `{self.job}`)" if self.job else "")

    @property
    def words(self) -> str:
        """What is looked for, in words."""
        return listed(tuple(f"`{text}`" for text in self.absent), limit=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What the jobs printed, without times, colours and the commands themselves. `cut`: only the end of it is here."""

    text: bytes
    jobs: tuple[str, ...]
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unprinted:
    """Why there is nothing to read, as evidence says it."""

    outcome: Outcome
    reason: Reason
    observed: str
    remedy: str | None = None


async def printed_by(context: Context, run: WorkflowRun, job: str | None) -> Printed | Unprinted:
    """What a run's jobs by that name (None: all) have printed."""
    logs = await context.reader.workflow_logs(run.id, job)
    if logs is None:
        return Unprinted(
            outcome=Outcome.MISSING,
            reason=Reason.NOTHING_TO_MEASURE,
            observed=f"the log of {named(run)} is not there (any more)",
            remedy="Run the workflow again.",
        )
    if isinstance(logs, Unknown):
        return Unprinted(outcome=Outcome.ERROR, reason=Reason.TOO_LARGE, observed=f"{named(run)}: {logs.reason}")
    if not logs:
        ran = await context.reader.workflow_jobs(run.id)
        return Unprinted(
            outcome=Outcome.MISSING,
            reason=Reason.NOTHING_TO_MEASURE,
            observed=f"{named(run)} has no log of {f'a job `{job}`' if job else 'any job'}",
            remedy=_job_to_name(ran, job),
        )
    text = await asyncio.to_thread(lambda: b"\n".join(cleaned(log.text) for log in logs))
    return Printed(text=text, jobs=tuple(log.job for log in logs), cut=any(log.cut for log in logs))


def _job_to_name(ran: tuple[WorkflowJob, ...], job: str | None) -> str:
    names = listed(tuple(f"`{one.name}`" for one in ran))
    if job is None or not ran:
        return "Run the workflow again, so that a job prints something."
    return f"Name one of its jobs: {names}." if len(ran) > 1 else f"Name its job: {names}."


def cleaned(log: bytes) -> bytes:
    """A log without the runner's times, colours, and the commands that it repeats before it runs them."""
    return _COLOUR.sub(b"", _COMMAND.sub(b"", _STAMP.sub(b"", log.replace(b"\r\n", b"\n"))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """How many lines hold a pattern, and the first of them, cut short."""

    count: int
    shown: tuple[str, ...]


async def lines_with(text: bytes, patterns: tuple[Pattern, ...]) -> Lines:
    """The lines that hold a pattern. Raises `OutOfTime` after 8 s, `PatternSetFailed`."""
    late = monotonic() + PATIENCE.total_seconds()
    return await asyncio.to_thread(_lines_with, text, Matcher(patterns, lambda: monotonic() > late))


def _lines_with(text: bytes, matcher: Matcher) -> Lines:
    starts = {text.rfind(b"\n", 0, offset) + 1 for _, offsets in matcher.found(text) for offset in offsets}
    first = sorted(starts)[:_MOST_SHOWN]
    shown = (text[start : start + _LONGEST_LINE].partition(b"\n")[0].decode("utf-8", "replace") for start in first)
    return Lines(count=len(starts), shown=tuple(" ".join(line.split()) for line in shown))


async def gone_from_log(params: JobLogParams, context: Context, *, ask_before: bool) -> Evidence:
    """The evidence whether the newest ended run with the fix prints the error no longer."""
    asked = Evidence(
        outcome=Outcome.MISSING,
        reason=Reason.NOTHING_TO_MEASURE,
        expected=f"no line of {params.place} holds {params.words}",
        observed="",
        source=at_workflow(context, params.file),
    )
    if context.snapshot.head is None:
        return empty_repository(context, expected=asked.expected)
    runs = await context.reader.workflow_runs(params.file, branch=context.snapshot.default_branch)
    if runs is None:
        return replace(asked, observed=f"there is no workflow `{params.file}`", remedy="Correct the file's name.")
    if not (own := trusted(runs, context)):
        return replace(
            asked, observed=f"it never ran on {branch_of(context)}", remedy=f"Let `{params.file}` run there."
        )
    with_fix = await has_fix(context, own[0].head_sha)
    if with_fix is False:
        return replace(
            asked,
            source=at_run(context, own[0]),
            observed=f"its newest run is older than the fix ({named(own[0])})",
            remedy=f"Let the workflow run on {branch_of(context)} again.",
        )
    evidence = await _judged(replace(asked, source=at_run(context, own[0])), own[0], params, context)
    if evidence.outcome is not Outcome.PASS or not ask_before:
        return evidence
    return await _with_before(evidence, params, context)


async def _judged(asked: Evidence, run: WorkflowRun, params: JobLogParams, context: Context) -> Evidence:
    if not has_ended(run):
        return replace(
            asked,
            outcome=Outcome.PENDING,
            reason=Reason.STILL_RUNNING,
            observed=f"{named(run)} has not ended ({run.status.replace('_', ' ')})",
            waits_for=end_of(run, context.now + LONGEST),
        )
    printed = await printed_by(context, run, params.job)
    if isinstance(printed, Unprinted):
        return replace(
            asked,
            outcome=printed.outcome,
            reason=printed.reason,
            observed=printed.observed,
            remedy=printed.remedy,
        )
    try:
        lines = await lines_with(printed.text, params.patterns)
    except PatternSetFailed as failed:
        return replace(asked, outcome=Outcome.ERROR, reason=Reason.BAD_QUESTION, observed=str(failed))
    except OutOfTime:
        observed = f"the log could not be searched within {PATIENCE.total_seconds():.0f} s"
        return replace(asked, outcome=Outcome.ERROR, reason=Reason.TIMED_OUT, observed=observed)
    found = replace(asked, measures=(Measure(name="lines", value=lines.count, unit="lines"),))
    if lines.count:
        return replace(
            found,
            outcome=Outcome.FAIL,
            reason=Reason.DOES_NOT_HOLD,
            observed=f"{counted(lines.count, 'line')} of {named(run)}",
            details=tuple(Detail(text=line, url=run.url) for line in lines.shown),
        )
    if printed.cut:
        observed = f"not in the last 10 MiB of the log of {named(run)}; what stands before was not looked at"
        return replace(found, outcome=Outcome.ERROR, reason=Reason.NOT_LOOKED_AT, observed=observed)
    if run.conclusion is not Conclusion.SUCCESS:
        observed = f"not in the log of {named(run)}, but that run ended as {ending(run)}: it may not have come so far"
        return replace(found, observed=observed, remedy="Let the workflow run to its end.")
    # A text that nobody saw there before may never have been printed at all.
    observed = f"0 lines of {named(run)}"
    return replace(found, outcome=Outcome.PASS, reason=Reason.HOLDS, observed=observed, decisive=False)


async def _with_before(evidence: Evidence, params: JobLogParams, context: Context) -> Evidence:
    """The same search in the newest log before the fix: "14 lines → 0"."""
    run = await run_before(context, params.file)
    if run is None:
        return evidence
    printed = await printed_by(context, run, params.job)
    if isinstance(printed, Unprinted):
        return evidence
    try:
        lines = await lines_with(printed.text, params.patterns)
    except (OutOfTime, PatternSetFailed):
        return evidence
    if lines.count:
        return replace(evidence, before=counted(lines.count, "line"), decisive=True, seen_failing=True)
    if is_broken(run) or printed.cut:
        return evidence
    observed = f"{evidence.observed} (and was so before: proves little)"
    return replace(evidence, before="0 lines", reason=Reason.VACUOUS, observed=observed)
