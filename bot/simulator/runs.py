"""Check suites, workflows and their runs: found or made, as GitHub groups them."""

from dataclasses import dataclass
from datetime import datetime

from bot.simulator.accounts import Account
from bot.simulator.entities import CheckRun, CheckSuite, CommitStatus, Repository, Workflow, WorkflowRun
from bot.simulator.world import World

ACTIONS_APP = "github-actions"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """What a workflow run is started with."""

    sha: str
    branch: str
    event: str
    actor: Account
    created_at: datetime
    title: str = ""


def find_suite(world: World, repository: Repository, sha: str, app: str, workflow: str | None = None) -> CheckSuite:
    """The suite of an app at a commit; of Actions there is one for each workflow run."""
    for suite in repository.check_suites:
        run = suite.workflow_run
        name = run.workflow.name if run else None
        if suite.sha == sha and suite.app == app and (workflow or name) == name:
            return suite
    if workflow:
        new = NewRun(
            sha=sha,
            branch=repository.default_branch,
            event="push",
            actor=repository.owner,
            created_at=world.clock(),
        )
        return start_run(world, find_workflow(world, repository, workflow, None), new).suite
    return _new_suite(world, repository, sha, app, repository.default_branch)


def find_workflow(world: World, repository: Repository, name: str, path: str | None) -> Workflow:
    """The workflow of a name or a path; made when it is not there."""
    for workflow in repository.workflows:
        if workflow.path == path or (name and workflow.name == name):
            return workflow
    path = path or f".github/workflows/{name.lower().replace(' ', '-')}.yml"
    name = name or path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    workflow = Workflow(repository=repository, id=world.ids.take(), name=name, path=path)
    repository.workflows.append(workflow)
    return workflow


def start_run(world: World, workflow: Workflow, new: NewRun) -> WorkflowRun:
    """A new run of a workflow, queued, with a suite of its own."""
    repository = workflow.repository
    suite = _new_suite(world, repository, new.sha, ACTIONS_APP, new.branch)
    number = 1 + sum(1 for run in repository.workflow_runs if run.workflow is workflow)
    run = WorkflowRun(
        workflow=workflow,
        id=world.ids.take(),
        number=number,
        sha=new.sha,
        branch=new.branch,
        event=new.event,
        status="queued",
        conclusion=None,
        created_at=new.created_at,
        updated_at=new.created_at,
        title=new.title or workflow.name,
        actor=new.actor,
        suite=suite,
    )
    suite.workflow_run = run
    repository.workflow_runs.append(run)
    return run


def latest_check_runs(repository: Repository, sha: str) -> list[CheckRun]:
    """The newest check run of each app and name at a commit, oldest id first."""
    newest: dict[tuple[str, str], CheckRun] = {}
    for run in repository.check_runs:
        if run.suite.sha != sha:
            continue
        key = (run.suite.app, run.name)
        if key not in newest or (run.started_at, run.id) >= (newest[key].started_at, newest[key].id):
            newest[key] = run
    return sorted(newest.values(), key=lambda run: run.id)


def _new_suite(world: World, repository: Repository, sha: str, app: str, branch: str) -> CheckSuite:
    suite = CheckSuite(
        repository=repository, id=world.ids.take(), sha=sha, app=app, branch=branch, created_at=world.clock()
    )
    repository.check_suites.append(suite)
    return suite


def latest_statuses(repository: Repository, sha: str) -> list[CommitStatus]:
    """The newest status of each context at a commit."""
    newest: dict[str, CommitStatus] = {}
    for status in repository.statuses:
        if status.sha == sha:
            newest[status.context] = status
    return sorted(newest.values(), key=lambda status: status.id)
