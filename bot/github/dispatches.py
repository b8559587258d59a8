"""Starting a workflow, and finding the run again after a start whose outcome is unknown.

https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from bot.github.answers import AppIdentity
from bot.github.scopes import Scope

_WORKFLOW = "/repos/{owner}/{repo}/actions/workflows/{workflow}"


class _Started(msgspec.Struct, frozen=True):
    workflow_run_id: int


class _Account(msgspec.Struct, frozen=True):
    login: str


class _Run(msgspec.Struct, frozen=True):
    id: int
    created_at: datetime
    actor: _Account | None = None


class _Runs(msgspec.Struct, frozen=True):
    workflow_runs: tuple[_Run, ...]


async def dispatch(scope: Scope, workflow: str, ref: str, inputs: Mapping[str, str]) -> int | None:
    """Start a workflow file on a branch; the run's id. None: started, and GitHub did not say as which run (204).

    Not repeatable. `NotFound`: no such workflow on the default branch; `Refused`: it cannot be dispatched, or not with
    these inputs; `Forbidden`: the permission `actions: write` is missing.
    """
    body = {"ref": ref, "inputs": dict(inputs), "return_run_details": True}
    shape: Any = _Started | None  # no type checker takes a union for a class
    told: _Started | None = await scope.send("POST", f"{_WORKFLOW}/dispatches", body, shape, workflow=workflow)
    return told.workflow_run_id if told is not None else None


async def dispatched_since(
    scope: Scope, us: AppIdentity, workflow: str, since: datetime
) -> tuple[int, datetime] | None:
    """The first run of the workflow that we started since then, and when; None if there is none.

    Whatever the commit: the branch may have moved on just before the start.

    https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
    """
    told = await scope.get(
        f"{_WORKFLOW}/runs{{?event,created,per_page}}",
        _Runs,
        workflow=workflow,
        event="workflow_dispatch",
        created=f">={since.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        per_page=100,
    )
    ours = [run for run in told.workflow_runs if run.actor is not None and run.actor.login.lower() == us.login.lower()]
    first = min(ours, key=lambda run: (run.created_at, run.id), default=None)
    return (first.id, first.created_at) if first is not None else None
