"""How did a workflow's run end on the default branch, and what number did it print? It may be started for that.

GitHub tells no job summaries (`$GITHUB_STEP_SUMMARY`): a number is read from a job's log, or from what a check run
reports. A dispatched run is started by somebody else, before: this probe only looks at it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.assessment.evidence import Detail, Evidence, Outcome, Reason, Sha, Wait
from bot.assessment.topics import workflow_of, workflow_run
from bot.github.runs import Conclusion, WorkflowRun
from bot.probes.contract import Context, Dispatched, Manual, Params, Question
from bot.probes.joblogs import Printed, printed_by
from bot.probes.numbers import PATIENCE, NumberParams, Reading, compare, number_in
from bot.probes.places import branch_of, empty_repository, short
from bot.probes.runs import (
    LONGEST,
    at_run,
    at_workflow,
    begins,
    end_of,
    ending,
    has_ended,
    has_fix,
    job_detail,
    may_begin,
    named,
    reporters,
    run_before,
    took,
    trusted,
)
from bot.probes.workflow_params import NumberFrom, Wanted, WorkflowParams
from bot.scan.matching import OutOfTime

_SKEW = timedelta(seconds=5)  # GitHub's times are whole seconds, by its own clock
_MOST_JOBS = 5
_SAYS_NOTHING = frozenset({Conclusion.CANCELLED, Conclusion.SKIPPED, Conclusion.STALE, Conclusion.ACTION_REQUIRED})


async def _ask(question: Question, context: Context) -> Evidence:
    params = question.params
    assert isinstance(params, WorkflowParams)
    expected = _expected(params, context)
    if context.snapshot.head is None:
        return empty_repository(context, expected=expected)
    asked = Evidence(
        outcome=Outcome.MISSING,
        reason=Reason.NOTHING_TO_MEASURE,
        expected=expected,
        observed="",
        source=at_workflow(context, params.workflow),
    )
    if params.dispatch is None:
        found = await _found(asked, params, context)
    else:
        found = await _dispatched(asked, params, context.dispatched.get(question.criterion.id), context)
    if isinstance(found, Evidence):
        return found
    asked = replace(asked, source=at_run(context, found), measures=took(found))
    if not has_ended(found):
        return _running(asked, found, context.now + LONGEST)
    answer = (await _judged(asked, found, params, context)).evidence
    if answer.outcome is Outcome.FAIL and found.conclusion is not Conclusion.SUCCESS:
        return await _with_jobs(answer, found, context)
    if answer.outcome is not Outcome.PASS or not question.ask_before:
        return answer
    return await _with_before(answer, asked, params, context)


def _expected(params: WorkflowParams, context: Context) -> str:
    where = {"head": branch_of(context), "latest": f"its newest run on {branch_of(context)}"}
    by = f" by `{params.event}`" if params.event else ""
    words = f"`{params.workflow}`{by} ends as {params.conclusion.value.replace('_', ' ')}"
    if params.conclusion is Wanted.ANY:
        words = f"`{params.workflow}`{by} ends"
    if params.number is not None:
        words += f", and `{params.number.pattern}` gives {params.number.words}"
    started = ", started for this" if params.dispatch else ""
    return f"{words} on {where.get(params.at, f'`{short(params.at)}`')}{started}"


async def _found(asked: Evidence, params: WorkflowParams, context: Context) -> WorkflowRun | Evidence:
    """The run to judge, or why there is none."""
    sha = await _sha(params, context)
    if params.at != "latest" and sha is None:
        return replace(asked, observed=f"there is no commit `{params.at}`", remedy="Correct the sha.")
    branch = context.snapshot.default_branch if sha is None else None
    runs = await context.reader.workflow_runs(params.workflow, sha=sha, branch=branch, event=params.event)
    if runs is None:
        observed = f"there is no workflow `{params.workflow}`"
        return replace(asked, observed=observed, remedy="Correct the name of the file in `.github/workflows`.")
    own = trusted(runs, context, params.event)
    if not own and sha is not None and may_begin(sha, context):
        topic, what = workflow_of(_repository(context), params.workflow), f"the workflow `{params.workflow}`"
        observed = f"it did not run at `{short(sha)}` yet"
        wait = Wait(topics=(topic,), what=begins(what, sha), until=context.now + LONGEST)
        return replace(asked, outcome=Outcome.PENDING, reason=Reason.STILL_RUNNING, observed=observed, waits_for=wait)
    if not own:
        where = f"`{short(sha)}`" if sha is not None else branch_of(context)
        remedy = f"Let `{params.workflow}` run on {branch_of(context)}" + (
            ", or ask `at: latest`." if params.at == "head" else "."
        )
        return replace(asked, observed=f"it did not run at {where}", remedy=remedy)
    newest = own[0]
    if params.at == "latest" and await has_fix(context, newest.head_sha) is False:
        return replace(
            asked,
            source=at_run(context, newest),
            observed=f"its newest run is older than the fix ({named(newest)})",
            remedy=f"Let `{params.workflow}` run on {branch_of(context)} again.",
        )
    return newest


async def _sha(params: WorkflowParams, context: Context) -> Sha | None:
    """The commit that is asked about; None for the newest run wherever it was."""
    match params.at:
        case "latest":
            return None
        case "head":
            return context.snapshot.head
        case prefix:
            commit = await context.reader.commit(prefix)
            return commit.oid if commit is not None else None


async def _dispatched(
    asked: Evidence, params: WorkflowParams, made: Dispatched | None, context: Context
) -> WorkflowRun | Evidence:
    """The run that was started for this question, or why there is none."""
    if made is None:
        remedy = "Ask without the dry run, by somebody with write access."
        return replace(asked, observed="it would be started; a dry run starts nothing", remedy=remedy)
    if made.refused is not None:
        observed = f"`{params.workflow}` could not be started: {made.refused}"
        remedy = (
            f"Let somebody with the role write ask again, and see that `{params.workflow}` has `on: workflow_dispatch`."
        )
        return replace(asked, outcome=Outcome.ERROR, reason=Reason.UNAVAILABLE, observed=observed, remedy=remedy)
    run = await _started(params, made, context)
    if run is not None and await has_fix(context, run.head_sha) is False:
        return replace(
            asked,
            source=at_run(context, run),
            observed=f"it was started before the fix came ({named(run)})",
            remedy=f"Ask again: `{params.workflow}` is started anew then.",
        )
    if run is not None and has_ended(run):
        return run
    if context.now >= made.until:
        observed = f"{named(run)} did not end in time" if run else "the run that was started was not seen in time"
        source = at_run(context, run) if run else asked.source
        late = replace(asked, outcome=Outcome.ERROR, reason=Reason.TIMED_OUT, observed=observed, source=source)
        return replace(late, remedy=_longer(params, run))
    if run is not None:
        return _running(replace(asked, source=at_run(context, run)), run, made.until)
    topic = workflow_run(made.run) if made.run is not None else workflow_of(_repository(context), params.workflow)
    return replace(
        asked,
        outcome=Outcome.PENDING,
        reason=Reason.STILL_RUNNING,
        observed="it was started, and its run is not to be seen yet",
        waits_for=Wait(topics=(topic,), what=f"the workflow `{params.workflow}`", until=made.until),
    )


def _longer(params: WorkflowParams, run: WorkflowRun | None) -> str:
    what = f"why {named(run)} takes so long" if run is not None else f"whether `{params.workflow}` has started"
    within = f"`within: {params.dispatch.within}`" if params.dispatch is not None else "`within`"
    return f"See {what}, or give it longer than {within}."


def _repository(context: Context) -> int:
    return context.snapshot.repository.id


async def _started(params: WorkflowParams, made: Dispatched, context: Context) -> WorkflowRun | None:
    if made.run is not None:
        return await context.reader.workflow_run(made.run)
    runs = await context.reader.workflow_runs(params.workflow, event="workflow_dispatch", since=made.at - _SKEW)
    # Whatever the commit: the branch may have moved on just before the start. Later ones are somebody else's.
    known = reversed(trusted(runs or (), context, "workflow_dispatch"))
    return next((run for run in known if made.by is None or _same_login(run.actor, made.by)), None)


def _same_login(one: str | None, other: str) -> bool:
    return one is not None and one.lower() == other.lower()


def _running(asked: Evidence, run: WorkflowRun, until: datetime) -> Evidence:
    return replace(
        asked,
        outcome=Outcome.PENDING,
        reason=Reason.STILL_RUNNING,
        observed=f"{named(run)} has not ended ({ending(run)})",
        remedy=f"Ask again when {named(run)} has ended.",
        waits_for=end_of(run, until),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """The evidence about an ended run, and in few words what was seen."""

    evidence: Evidence
    seen: str


async def _judged(asked: Evidence, run: WorkflowRun, params: WorkflowParams, context: Context) -> _Judged:
    end = ending(run)
    fits = run.conclusion is not None and run.conclusion.value == params.conclusion.value
    if run.conclusion in _SAYS_NOTHING and not fits:
        observed = f"{named(run)} ended as {end}, so it says nothing"
        return _Judged(evidence=replace(asked, observed=observed, remedy=f"Let {named(run)} run to its end."), seen=end)
    number = await _number(asked, run, params.number, params, context) if params.number is not None else None
    if not fits and params.conclusion is not Wanted.ANY:
        return _ended_wrong(asked, run, number)
    if number is None:
        passed = replace(asked, outcome=Outcome.PASS, reason=Reason.HOLDS, observed=end)
        return _Judged(evidence=passed, seen=end)
    if isinstance(number, Evidence):
        return _Judged(evidence=number, seen=end)
    assert params.number is not None
    fault = compare(number, params.number)
    return _Judged(
        evidence=replace(
            asked,
            outcome=Outcome.FAIL if fault else Outcome.PASS,
            reason=Reason.DOES_NOT_HOLD if fault else Reason.HOLDS,
            observed=fault or f"{number.words} ({end})",
            details=(_line(number, run),),
            measures=(*number.measures, *asked.measures),
        ),
        seen=number.words,
    )


def _ended_wrong(asked: Evidence, run: WorkflowRun, number: Reading | Evidence | None) -> _Judged:
    """The evidence about a run that ended otherwise than wanted, with its number if it printed one."""
    end = ending(run)
    wrong = replace(
        asked,
        outcome=Outcome.FAIL,
        reason=Reason.DOES_NOT_HOLD,
        observed=end,
        remedy=f"Make `{run.file}` end well on the default branch, or run it again if it is flaky.",
    )
    if not isinstance(number, Reading):
        return _Judged(evidence=wrong, seen=end)
    told = replace(wrong, observed=f"{end}, {number.words}", measures=(*number.measures, *asked.measures))
    return _Judged(evidence=replace(told, details=(_line(number, run),)), seen=number.words)


async def _with_jobs(answer: Evidence, run: WorkflowRun, context: Context) -> Evidence:
    """The evidence about a failed run with the jobs that ended as it did."""
    jobs = await context.reader.workflow_jobs(run.id)
    broken = tuple(job_detail(job) for job in jobs if job.conclusion is run.conclusion)
    return replace(answer, details=(*answer.details, *broken[:_MOST_JOBS]))


def _line(number: Reading, run: WorkflowRun) -> Detail:
    more = f" (the last of {number.matches:,} matches)" if number.matches > 1 else ""
    return Detail(text=f"“{number.line}”{more}", url=run.url)


async def _number(
    asked: Evidence, run: WorkflowRun, wanted: NumberParams, params: WorkflowParams, context: Context
) -> Reading | Evidence:
    """The number that the run printed or reported, or why there is none."""
    if params.source is NumberFrom.SUMMARY:
        text: bytes | str | Evidence = await _reported(asked, run, params, context)
        place = f"what the check `{params.job}` reports"
    else:
        text = await _logged(asked, run, params, context)
        place = f"the log of {named(run)}"
    if isinstance(text, Evidence):
        return text
    try:
        reading = await number_in(text, wanted)
    except OutOfTime:
        observed = f"{place} could not be searched within {PATIENCE.total_seconds():.0f} s"
        return replace(asked, outcome=Outcome.ERROR, reason=Reason.TIMED_OUT, observed=observed)
    if reading is None:
        observed, remedy = f"nothing in {place} matches `{wanted.pattern}`", "Correct the pattern, or print the number."
        return replace(asked, observed=observed, remedy=remedy)
    if reading.value is None:
        details = (_line(reading, run),)
        return replace(asked, observed=compare(reading, wanted) or "", remedy="Print a plain number.", details=details)
    return reading


async def _reported(asked: Evidence, run: WorkflowRun, params: WorkflowParams, context: Context) -> str | Evidence:
    name = params.job or ""
    outputs = await context.reader.check_outputs(run.head_sha, name)
    if not outputs:
        observed = f"no check `{name}` ran on `{short(run.head_sha)}`"
        return replace(asked, observed=observed, remedy="Correct `job`, or read the number from the log.")
    if (several := reporters(outputs)) is not None:
        remedy = "Ask the probe `check` with `app`, which says whose number counts."
        return replace(asked, outcome=Outcome.ERROR, reason=Reason.BAD_QUESTION, observed=several, remedy=remedy)
    return "\n".join(output.words for output in outputs)


async def _logged(asked: Evidence, run: WorkflowRun, params: WorkflowParams, context: Context) -> bytes | Evidence:
    printed = await printed_by(context, run, params.job)
    if isinstance(printed, Printed):
        return printed.text
    return replace(
        asked,
        outcome=printed.outcome,
        reason=printed.reason,
        observed=printed.observed,
        remedy=printed.remedy,
    )


async def _with_before(answer: Evidence, asked: Evidence, params: WorkflowParams, context: Context) -> Evidence:
    """The same question at the newest run before the fix: "91.2 % → 98.7 %"."""
    if params.at not in {"head", "latest"}:
        return answer
    run = await run_before(context, params.workflow, params.event)
    if run is None:
        return answer
    then = await _judged(asked, run, params, context)
    match then.evidence.outcome:
        case Outcome.FAIL:
            return replace(answer, before=then.seen, seen_failing=True)
        case Outcome.PASS:
            observed = f"{answer.observed} (and was so before: proves little)"
            return replace(answer, before=then.seen, decisive=False, reason=Reason.VACUOUS, observed=observed)
        case _:
            return answer


_MANUAL = Manual(
    question="Did the workflow's run end well on the default branch, and is the number that it printed as wanted?",
    example=(
        "- id: compliance\n  title: The architecture is compliant\n"
        "  workflow:\n    workflow: architecture.yml\n    job: compliance\n"
        "    number: {pattern: 'compliance: ([0-9.]+)%', min: 98}\n    dispatch: {within: 30m}\n"
    ),
    outcomes=(
        (Outcome.PASS, "The run ended as wanted, and its number is as wanted."),
        (Outcome.FAIL, "It ended otherwise, or the number is not as wanted."),
        (Outcome.PENDING, "It has not ended; its end wakes the assessment."),
        (
            Outcome.MISSING,
            "It did not run there or was cancelled, is older than the fix, printed no number, or is not started dry.",
        ),
        (Outcome.ERROR, "It could not be started, did not end in time, several apps report, or GitHub does not tell."),
    ),
)


@dataclass(frozen=True, slots=True)
class WorkflowProbe:
    """Runs of a workflow."""

    kind: str = "workflow"
    params: type[Params] = WorkflowParams
    limit: timedelta = timedelta(seconds=45)
    slow: bool = False
    heavy: bool = False
    manual: Manual = _MANUAL

    async def ask(self, question: Question, context: Context) -> Evidence:
        """The evidence about one run of a workflow."""
        return await _ask(question, context)


PROBE = WorkflowProbe()
