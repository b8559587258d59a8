"""What machines report: check runs and workflow runs, with the webhooks that follow."""

from dataclasses import dataclass, field

from bot.simulator.accounts import Account
from bot.simulator.entities import CheckRun, CheckSuite, Repository, WorkflowRun
from bot.simulator.git.history import commit_at
from bot.simulator.payloads import check_run_event, check_suite_event, workflow_run_event
from bot.simulator.runs import find_suite
from bot.simulator.shapes.checks import suite_state
from bot.simulator.shapes.commits import simple_commit
from bot.simulator.wire import Json
from bot.simulator.world import World

_NOTHING: Json = {
    "id": "0" * 40,
    "tree_id": "0" * 40,
    "message": "",
    "timestamp": "2020-01-01T00:00:00Z",
    "author": {"name": "nobody", "email": None},
    "committer": {"name": "nobody", "email": None},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCheck:
    """A check run as it is reported; without a conclusion it goes on."""

    sha: str
    name: str
    app: str
    status: str = "queued"
    conclusion: str | None = None
    workflow: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    details_url: str | None = None
    external_id: str = ""
    annotations: list[Json] = field(default_factory=list)


async def report_check(world: World, home: Repository, new: NewCheck, actor: Account) -> CheckRun:
    """A new check run; a finished one may finish its suite and its workflow run too."""
    suite = find_suite(world, home, new.sha, new.app, new.workflow)
    now = world.clock()
    run = CheckRun(
        suite=suite,
        id=world.ids.take(),
        name=new.name,
        status="completed" if new.conclusion else new.status,
        conclusion=new.conclusion,
        started_at=now,
        completed_at=now if new.conclusion else None,
        title=new.title,
        summary=new.summary,
        text=new.text,
        details_url=new.details_url,
        external_id=new.external_id,
        annotations=new.annotations,
    )
    home.check_runs.append(run)
    check_run_event(world, run, "created", actor)
    if new.conclusion:
        await finish_check(world, run, new.conclusion, actor)
    return run


async def finish_check(world: World, run: CheckRun, conclusion: str, actor: Account) -> None:
    """A check run has ended."""
    run.status, run.conclusion, run.completed_at = "completed", conclusion, world.clock()
    check_run_event(world, run, "completed", actor)
    suite = run.suite
    status, whole = suite_state(_runs(suite))
    if status != "completed":
        return
    check_suite_event(world, suite, await head_commit(suite.repository, suite.sha), actor)
    if suite.workflow_run is not None and suite.workflow_run.status != "completed":
        await finish_workflow_run(world, suite.workflow_run, whole or "neutral")


async def announce_workflow_run(world: World, run: WorkflowRun) -> None:
    """A workflow run was asked for."""
    workflow_run_event(world, run, await head_commit(run.workflow.repository, run.sha), "requested")


async def begin_workflow_run(world: World, run: WorkflowRun) -> None:
    """A workflow run begins to work."""
    run.status, run.updated_at = "in_progress", world.clock()
    workflow_run_event(world, run, await head_commit(run.workflow.repository, run.sha), "in_progress")


async def finish_workflow_run(world: World, run: WorkflowRun, conclusion: str) -> None:
    """A workflow run has ended."""
    run.status, run.conclusion, run.updated_at = "completed", conclusion, world.clock()
    head = await head_commit(run.workflow.repository, run.sha)
    workflow_run_event(world, run, head, "completed")


async def head_commit(home: Repository, sha: str) -> Json:
    """The commit as suites and runs carry it; an empty one where git has it not."""
    found = await commit_at(home.git, sha)
    return simple_commit(found) if found else _NOTHING


def _runs(suite: CheckSuite) -> list[CheckRun]:
    return [run for run in suite.repository.check_runs if run.suite is suite]
