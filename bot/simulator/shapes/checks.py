"""Check runs, statuses, workflows and deployments as REST and webhooks give them."""

from bot.simulator.clock import stamp, stamp_or_none
from bot.simulator.entities import (
    CheckRun,
    CheckSuite,
    CommitStatus,
    Deployment,
    DeploymentStatus,
    Repository,
    Workflow,
    WorkflowRun,
)
from bot.simulator.shapes.people import account, other_app
from bot.simulator.shapes.repositories import api_url, minimal
from bot.simulator.wire import Json
from bot.simulator.world import World


def check_run(world: World, one: CheckRun) -> Json:
    """A check run."""
    repository = one.suite.repository
    url = f"{api_url(world, repository)}/check-runs/{one.id}"
    html = f"{world.url}/{repository.full_name}/runs/{one.id}"
    return {
        "id": one.id,
        "node_id": one.node_id,
        "external_id": one.external_id,
        "head_sha": one.suite.sha,
        "name": one.name,
        "url": url,
        "html_url": html,
        "details_url": one.details_url or html,
        "status": one.status,
        "conclusion": one.conclusion,
        "started_at": stamp(one.started_at),
        "completed_at": stamp_or_none(one.completed_at),
        "output": {
            "title": one.title,
            "summary": one.summary,
            "text": one.text,
            "annotations_count": len(one.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": one.suite.id},
        "app": other_app(world, one.suite.app),
        "pull_requests": [],
    }


def check_run_in_webhook(world: World, one: CheckRun) -> Json:
    """A check run with its suite, as webhooks carry it."""
    suite = check_suite(world, one.suite)
    keys = ("after", "app", "before", "conclusion", "created_at", "head_branch", "head_sha", "id")
    more = ("node_id", "pull_requests", "status", "updated_at", "url")
    return check_run(world, one) | {"check_suite": {key: suite[key] for key in keys + more}}


def check_suite(world: World, one: CheckSuite) -> Json:
    """A check suite; ``head_commit`` and ``repository`` are added by whoever has them."""
    url = f"{api_url(world, one.repository)}/check-suites/{one.id}"
    runs = [run for run in one.repository.check_runs if run.suite is one]
    status, conclusion = suite_state(runs)
    return {
        "id": one.id,
        "node_id": one.node_id,
        "head_branch": one.branch,
        "head_sha": one.sha,
        "status": status,
        "conclusion": conclusion,
        "url": url,
        "before": None,
        "after": one.sha,
        "pull_requests": [],
        "app": other_app(world, one.app),
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.created_at),
        "latest_check_runs_count": len(runs),
        "check_runs_url": f"{url}/check-runs",
    }


def suite_state(runs: list[CheckRun]) -> tuple[str, str | None]:
    """Status and conclusion of a suite, which follow from its runs."""
    if not runs:
        return "queued", None
    if any(run.status != "completed" for run in runs):
        return "in_progress", None
    worst = ("action_required", "timed_out", "cancelled", "failure", "success", "neutral", "skipped")
    found = {run.conclusion for run in runs}
    return "completed", next((word for word in worst if word in found), "neutral")


def status(world: World, one: CommitStatus) -> Json:
    """A commit status."""
    return {
        "url": f"{api_url(world, one.repository)}/statuses/{one.sha}",
        "avatar_url": None,
        "id": one.id,
        "node_id": one.node_id,
        "state": one.state,
        "description": one.description,
        "target_url": one.target_url,
        "context": one.context,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.created_at),
        "creator": account(world, one.creator),
    }


def workflow(world: World, one: Workflow) -> Json:
    """A workflow."""
    html = f"{world.url}/{one.repository.full_name}"
    created = stamp(one.repository.created_at)
    return {
        "id": one.id,
        "node_id": one.node_id,
        "name": one.name,
        "path": one.path,
        "state": one.state,
        "created_at": created,
        "updated_at": created,
        "url": f"{api_url(world, one.repository)}/actions/workflows/{one.id}",
        "html_url": f"{html}/blob/{one.repository.default_branch}/{one.path}",
        "badge_url": f"{html}/workflows/{one.name}/badge.svg",
    }


def workflow_run(world: World, one: WorkflowRun, head_commit: Json | None) -> Json:
    """A run of a workflow."""
    repository = one.workflow.repository
    api = api_url(world, repository)
    url = f"{api}/actions/runs/{one.id}"
    paths = {"jobs_url": "/jobs", "logs_url": "/logs", "artifacts_url": "/artifacts"}
    paths |= {"cancel_url": "/cancel", "rerun_url": "/rerun"}
    return {
        "id": one.id,
        "name": one.workflow.name,
        "node_id": one.node_id,
        "check_suite_id": one.suite.id,
        "check_suite_node_id": one.suite.node_id,
        "head_branch": one.branch,
        "head_sha": one.sha,
        "path": one.workflow.path,
        "run_number": one.number,
        "run_attempt": one.attempt,
        "event": one.event,
        "display_title": one.title,
        "status": one.status,
        "conclusion": one.conclusion,
        "workflow_id": one.workflow.id,
        "url": url,
        "html_url": f"{world.url}/{repository.full_name}/actions/runs/{one.id}",
        "pull_requests": [],
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "run_started_at": stamp(one.created_at),
        "actor": account(world, one.actor),
        "triggering_actor": account(world, one.actor),
        **{key: url + path for key, path in paths.items()},
        "check_suite_url": f"{api}/check-suites/{one.suite.id}",
        "previous_attempt_url": None,
        "workflow_url": f"{api}/actions/workflows/{one.workflow.id}",
        "head_commit": head_commit,
        "repository": minimal(world, repository),
        "head_repository": _head_repository(world, one),
    }


def _head_repository(world: World, one: WorkflowRun) -> Json:
    """Where the code of a run is: in the repository, or in somebody's fork."""
    shape = minimal(world, one.workflow.repository)
    if one.fork is None:
        return shape
    owner, _, name = one.fork.partition("/")
    return shape | {
        "id": one.workflow.repository.id + 1,
        "name": name,
        "full_name": one.fork,
        "owner": account(world, world.account(owner)),
    }


def deployment(world: World, one: Deployment) -> Json:
    """A deployment."""
    url = _deployment_url(world, one.repository, one)
    latest = one.statuses[-1].created_at if one.statuses else one.created_at
    return {
        "url": url,
        "id": one.id,
        "node_id": one.node_id,
        "sha": one.sha,
        "ref": one.ref,
        "task": one.task,
        "payload": {},
        "original_environment": one.environment,
        "environment": one.environment,
        "description": one.description,
        "creator": account(world, one.creator),
        "created_at": stamp(one.created_at),
        "updated_at": stamp(latest),
        "statuses_url": f"{url}/statuses",
        "repository_url": api_url(world, one.repository),
        "transient_environment": False,
        "production_environment": one.environment == "production",
        "performed_via_github_app": None,
    }


def deployment_status(world: World, one: Deployment, state: DeploymentStatus) -> Json:
    """One state of a deployment."""
    url = _deployment_url(world, one.repository, one)
    return {
        "url": f"{url}/statuses/{state.id}",
        "id": state.id,
        "node_id": state.node_id,
        "state": state.state,
        "creator": account(world, state.creator),
        "description": state.description,
        "environment": one.environment,
        "target_url": state.log_url,
        "created_at": stamp(state.created_at),
        "updated_at": stamp(state.created_at),
        "deployment_url": url,
        "repository_url": api_url(world, one.repository),
        "environment_url": state.environment_url,
        "log_url": state.log_url,
        "performed_via_github_app": None,
    }


def _deployment_url(world: World, repository: Repository, one: Deployment) -> str:
    return f"{api_url(world, repository)}/deployments/{one.id}"
