"""Workflows: read, started, followed.

Source: https://docs.github.com/rest/actions/workflows, /actions/workflow-runs
"""

import operator
import re
from collections.abc import Callable
from datetime import datetime

from bot.simulator.clock import parse_stamp, stamp, stamp_or_none
from bot.simulator.entities import Workflow, WorkflowRun
from bot.simulator.joblogs import job_names, jobs_of, location
from bot.simulator.refusals import not_found, unprocessable
from bot.simulator.reporting import announce_workflow_run, begin_workflow_run, finish_workflow_run, head_commit
from bot.simulator.rest.call import Answer, Call, Operation, cut, empty, ok, paged
from bot.simulator.runs import NewRun, find_workflow, start_run
from bot.simulator.shapes import checks as shapes
from bot.simulator.shapes.repositories import api_url
from bot.simulator.triggers import check_inputs, trigger_of
from bot.simulator.wire import Json

_ACTIONS = "/repos/{owner}/{repo}/actions"
_WORKFLOW = _ACTIONS + "/workflows/{workflow_id}"
_RUN = _ACTIONS + "/runs/{run_id:int}"
_FOLDER = ".github/workflows/"
_NAME = re.compile(r"^name:\s*['\"]?(.+?)['\"]?\s*$", re.MULTILINE)
_RUN_SECONDS = 0.05
_COMPARED: dict[str, Callable[[datetime, datetime], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


async def list_workflows(call: Call) -> Answer:
    """The workflows."""
    return paged(call, call.repository.workflows, lambda each: shapes.workflow(call.world, each), wrap="workflows")


async def get_workflow(call: Call) -> Answer:
    """One workflow, by id or file name."""
    return ok(shapes.workflow(call.world, await _workflow(call)))


async def dispatch(call: Call) -> Answer:
    """Start a workflow: 200 with the run where details are asked for (and given), else 204."""
    workflow, body = await _workflow(call), call.body
    ref = body.text("ref").removeprefix("refs/heads/").removeprefix("refs/tags/")
    sha = await call.repository.git.resolve(ref)
    if sha is None:
        raise unprocessable(f"No ref found for: {ref}")
    await _check_startable(call, workflow, ref)
    new = NewRun(sha=sha, branch=ref, event="workflow_dispatch", actor=call.who, created_at=call.world.clock())
    run = start_run(call.world, workflow, new)
    await announce_workflow_run(call.world, run)

    async def end() -> None:
        if workflow.dispatch_conclusion:
            await begin_workflow_run(call.world, run)
            await finish_workflow_run(call.world, run, workflow.dispatch_conclusion)

    call.world.later(_RUN_SECONDS, end)
    if not (body.flag("return_run_details") and workflow.returns_run):
        return empty()
    api = api_url(call.world, call.repository)
    html = f"{call.world.url}/{call.repository.full_name}/actions/runs/{run.id}"
    return ok({"workflow_run_id": run.id, "run_url": f"{api}/actions/runs/{run.id}", "html_url": html})


async def list_runs(call: Call) -> Answer:
    """The runs, newest first: of one workflow or of all."""
    workflow = await _workflow(call) if "workflow_id" in call.path else None
    found = [run for run in reversed(call.repository.workflow_runs) if _wanted(call, run, workflow)]
    page, headers = cut(call, found)
    shaped = [await _shape(call, run) for run in page]
    return Answer(body={"total_count": len(found), "workflow_runs": shaped}, headers=headers)


async def get_run(call: Call) -> Answer:
    """One run."""
    return ok(await _shape(call, _run(call)))


async def list_jobs(call: Call) -> Answer:
    """The jobs of a run: its check runs, or one of the workflow's name."""
    run = _run(call)
    jobs = [
        _job(call, run, each.name, each.id) | {"status": each.status, "conclusion": each.conclusion}
        for each in jobs_of(run)
    ] or [_job(call, run, name, run.id + place) for place, name in enumerate(job_names(run))]
    return paged(call, jobs, lambda each: each, wrap="jobs")


async def get_logs(call: Call) -> Answer:
    """Where the log is."""
    return Answer(status=302, headers={"Location": location(call.world, _run(call))})


async def cancel_run(call: Call) -> Answer:
    """End a run."""
    run = _run(call)
    if run.status != "completed":
        await finish_workflow_run(call.world, run, "cancelled")
    return ok({}, 202)


def _wanted(call: Call, run: WorkflowRun, workflow: Workflow | None) -> bool:
    query = call.query
    state = query.get("status")
    return (
        workflow in (None, run.workflow)
        and query.get("branch") in (None, run.branch)
        and query.get("event") in (None, run.event)
        and query.get("head_sha") in (None, run.sha)
        and state in (None, run.status, run.conclusion)
        and _is_within(run, query.get("created", ""))
    )


def _is_within(run: WorkflowRun, created: str) -> bool:
    """Whether a run fits the filter by time: `>=T`, `<=T`, `>T`, `<T`, `T..T` or a day."""
    first, dots, last = created.partition("..")
    at, word = run.created_at, created.lstrip("<>=")
    if dots:
        return parse_stamp(first) <= at <= parse_stamp(last)
    for sign, holds in _COMPARED.items():
        if created.startswith(sign):
            return holds(at, parse_stamp(word))
    return stamp(at).startswith(created)


async def _check_startable(call: Call, workflow: Workflow, ref: str) -> None:
    """Raise the refusal for a workflow that cannot be started by hand on a branch, or not with these inputs."""
    home, inputs = call.repository, call.body.place("inputs").value
    on_default = await home.git.lookup(f"HEAD:{workflow.path}")
    if on_default is None and not workflow.declared:
        raise not_found()
    raw = await home.git.lookup(f"{ref}:{workflow.path}") or on_default
    trigger = trigger_of(raw.data.decode("utf-8", "replace")) if raw is not None else None
    if not workflow.dispatchable or (raw is not None and trigger is None):
        raise unprocessable("Workflow does not have 'workflow_dispatch' trigger")
    if trigger is not None:
        check_inputs(trigger, inputs)


async def _workflow(call: Call) -> Workflow:
    asked = call.path["workflow_id"]
    for each in call.repository.workflows:
        if asked in (str(each.id), each.path, each.path.rsplit("/", 1)[-1]):
            return each
    raw = await call.repository.git.lookup(f"HEAD:{_FOLDER}{asked}")
    if raw is None or raw.kind != "blob":
        raise not_found()
    text = raw.data.decode("utf-8", "replace")
    name = _NAME.search(text)
    return find_workflow(call.world, call.repository, name[1] if name else asked, _FOLDER + asked)


def _run(call: Call) -> WorkflowRun:
    number = call.number("run_id")
    found = next((run for run in call.repository.workflow_runs if run.id == number), None)
    if found is None:
        raise not_found()
    return found


async def _shape(call: Call, run: WorkflowRun) -> Json:
    return shapes.workflow_run(call.world, run, await head_commit(call.repository, run.sha))


def _job(call: Call, run: WorkflowRun, name: str, number: int) -> Json:
    api = api_url(call.world, call.repository)
    done = run.updated_at if run.status == "completed" else None
    return {
        "id": number,
        "run_id": run.id,
        "run_url": f"{api}/actions/runs/{run.id}",
        "run_attempt": run.attempt,
        "node_id": f"J_{number}",
        "head_sha": run.sha,
        "url": f"{api}/actions/jobs/{number}",
        "html_url": f"{call.world.url}/{call.repository.full_name}/actions/runs/{run.id}/job/{number}",
        "status": run.status,
        "conclusion": run.conclusion,
        "created_at": stamp(run.created_at),
        "started_at": stamp(run.created_at),
        "completed_at": stamp_or_none(done),
        "name": name,
        "check_run_url": f"{api}/check-runs/{number}",
        "labels": [],
        "runner_id": None,
        "runner_name": None,
        "runner_group_id": None,
        "runner_group_name": None,
        "workflow_name": run.workflow.name,
        "head_branch": run.branch,
    }


_READ = "actions:read"
OPERATIONS = (
    Operation(method="GET", path=_ACTIONS + "/workflows", handler=list_workflows, needs=_READ),
    Operation(method="GET", path=_WORKFLOW, handler=get_workflow, needs=_READ),
    Operation(method="GET", path=_WORKFLOW + "/runs", handler=list_runs, needs=_READ),
    Operation(method="POST", path=_WORKFLOW + "/dispatches", handler=dispatch, needs="actions:write"),
    Operation(method="GET", path=_ACTIONS + "/runs", handler=list_runs, needs=_READ),
    Operation(method="GET", path=_RUN, handler=get_run, needs=_READ),
    Operation(method="GET", path=_RUN + "/jobs", handler=list_jobs, needs=_READ),
    Operation(method="GET", path=_RUN + "/logs", handler=get_logs, needs=_READ),
    Operation(method="POST", path=_RUN + "/cancel", handler=cancel_run, needs="actions:write"),
)
