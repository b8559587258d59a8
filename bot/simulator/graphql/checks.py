"""Resolvers of rollups, check runs and suites, workflow runs, statuses and deployments."""

from bot.simulator.entities import CheckRun, CheckSuite, CommitStatus, Deployment, DeploymentStatus, WorkflowRun
from bot.simulator.graphql.context import Arguments, Info, listed
from bot.simulator.graphql.nodes import CommitNode, RefNode, RollupNode, commit_node
from bot.simulator.ids import object_node_id
from bot.simulator.runs import latest_check_runs
from bot.simulator.shapes.checks import suite_state
from bot.simulator.shapes.people import other_app

_FAILED = {"failure", "timed_out", "cancelled", "action_required", "startup_failure", "stale"}


def rollup_state(node: RollupNode, _: Info) -> str:
    """The worst of all: failure, error, pending, success."""
    words = {each.state for each in node.statuses}
    words |= {_run_word(each) for each in node.runs}
    return next(w for w in ("failure", "error", "pending", "success") if w in words).upper()


def _run_word(run: CheckRun) -> str:
    if run.status != "completed":
        return "pending"
    return "failure" if run.conclusion in _FAILED else "success"


def rollup_contexts(node: RollupNode, info: Info, **arguments: object) -> Arguments:
    """Check runs, then statuses."""
    shaped = listed(info, [*node.runs, *node.statuses], arguments)
    return shaped | {"checkRunCount": len(node.runs), "statusContextCount": len(node.statuses)}


async def rollup_commit(node: RollupNode, _: Info) -> CommitNode | None:
    """The commit."""
    return await commit_node(node.repository, node.sha)


def status_context(node: RollupNode, _: Info, name: str) -> CommitStatus | None:
    """The status of a context."""
    return next((each for each in node.statuses if each.context == name), None)


def status_state(node: RollupNode, _: Info) -> str:
    """The worst of the statuses."""
    words = {each.state for each in node.statuses}
    return next(w for w in ("failure", "error", "pending", "success") if w in words).upper()


async def subject_commit(node: CommitStatus | CheckSuite, _: Info) -> CommitNode | None:
    """The commit of a status or a suite."""
    return await commit_node(node.repository, node.sha)


def run_url(run: CheckRun, info: Info) -> str:
    """The page of a check run."""
    return f"{info.context.world.url}/{run.suite.repository.full_name}/runs/{run.id}"


def suite_app(suite: CheckSuite, info: Info) -> Arguments:
    """The app that reports."""
    app = other_app(info.context.world, suite.app)
    return {
        "id": app["node_id"],
        "databaseId": app["id"],
        "slug": suite.app,
        "name": app["name"],
        "url": app["html_url"],
    }


def suite_runs(suite: CheckSuite, info: Info, **arguments: object) -> Arguments:
    """The check runs of a suite; by default the newest of each name."""
    wanted = arguments.get("filterBy")
    criteria = wanted if isinstance(wanted, dict) else {}
    every = [run for run in suite.repository.check_runs if run.suite is suite]
    if criteria.get("checkType") != "ALL":
        newest = latest_check_runs(suite.repository, suite.sha)
        every = [run for run in every if run in newest]
    name = criteria.get("checkName")
    return listed(info, [run for run in every if name in (None, run.name)], arguments)


def _suite_words(suite: CheckSuite) -> tuple[str, str | None]:
    return suite_state([run for run in suite.repository.check_runs if run.suite is suite])


def suite_status(suite: CheckSuite, _: Info) -> str:
    """The status, which follows from the runs."""
    run = suite.workflow_run
    word, _conclusion = _suite_words(suite)
    return (run.status if run and word == "queued" else word).upper()


def suite_conclusion(suite: CheckSuite, _: Info) -> str | None:
    """The conclusion, which follows from the runs."""
    _word, conclusion = _suite_words(suite)
    run = suite.workflow_run
    found = conclusion or (run.conclusion if run else None)
    return found.upper() if found else None


def workflow_run_url(run: WorkflowRun, info: Info) -> str:
    """The page of a workflow run."""
    return f"{info.context.world.url}/{run.workflow.repository.full_name}/actions/runs/{run.id}"


def deployment_latest(node: Deployment, _: Info) -> DeploymentStatus | None:
    """The newest state."""
    return node.statuses[-1] if node.statuses else None


def deployment_state(node: Deployment, info: Info) -> str:
    """The state: that of the newest status, a success being called active."""
    latest = deployment_latest(node, info)
    word = latest.state if latest else "pending"
    return "ACTIVE" if word == "success" else word.upper()


async def deployment_commit(node: Deployment, _: Info) -> CommitNode | None:
    """The commit that was deployed."""
    return await commit_node(node.repository, node.sha)


async def deployment_ref(node: Deployment, _: Info) -> RefNode | None:
    """The branch or tag it was deployed from, while that exists."""
    for name, oid in await node.repository.git.refs("refs/"):
        if name in (f"refs/heads/{node.ref}", f"refs/tags/{node.ref}"):
            return RefNode(repository=node.repository, full_name=name, oid=oid)
    return None


def deployment_statuses(node: Deployment, info: Info, **arguments: object) -> Arguments:
    """The states, newest first."""
    return listed(info, list(reversed(node.statuses)), arguments)


def _upper(name: str) -> object:
    def read(source: object, _info: Info) -> str | None:
        found = getattr(source, name)
        return found.upper() if found else None

    return read


RESOLVERS: dict[str, dict[str, object]] = {
    "StatusCheckRollup": {
        "commit": rollup_commit,
        "contexts": rollup_contexts,
        "id": lambda node, _info: object_node_id("SCR", node.repository.id, node.sha),
        "state": rollup_state,
    },
    "Status": {
        "context": status_context,
        "contexts": lambda node, _info: list(node.statuses),
        "id": lambda node, _info: object_node_id("STA", node.repository.id, node.sha),
        "state": status_state,
    },
    "StatusContext": {"commit": subject_commit, "state": _upper("state")},
    "CheckRun": {
        "checkSuite": lambda run, _info: run.suite,
        "conclusion": _upper("conclusion"),
        "detailsUrl": lambda run, info: run.details_url or run_url(run, info),
        "externalId": lambda run, _info: run.external_id,
        "repository": lambda run, _info: run.suite.repository,
        "status": _upper("status"),
        "url": run_url,
    },
    "CheckSuite": {
        "app": suite_app,
        "branch": lambda _suite, _info: None,
        "checkRuns": suite_runs,
        "commit": subject_commit,
        "conclusion": suite_conclusion,
        "status": suite_status,
        "updatedAt": lambda suite, _info: suite.created_at,
        "url": lambda suite, info: f"{info.context.world.url}/{suite.repository.full_name}/suites/{suite.id}",
    },
    "WorkflowRun": {
        "checkSuite": lambda run, _info: run.suite,
        "displayTitle": lambda run, _info: run.title,
        "runAttempt": lambda run, _info: run.attempt,
        "runNumber": lambda run, _info: run.number,
        "url": workflow_run_url,
    },
    "Workflow": {
        "resourcePath": lambda one, _info: f"/{one.repository.full_name}/actions/workflows/{one.path.rsplit('/')[-1]}",
        "state": _upper("state"),
        "url": lambda one, info: f"{info.context.world.url}/{one.repository.full_name}/actions/workflows/{one.id}",
    },
    "Deployment": {
        "commit": deployment_commit,
        "commitOid": lambda node, _info: node.sha,
        "latestEnvironment": lambda node, _info: node.environment,
        "latestStatus": deployment_latest,
        "originalEnvironment": lambda node, _info: node.environment,
        "ref": deployment_ref,
        "state": deployment_state,
        "statuses": deployment_statuses,
        "updatedAt": lambda node, _info: node.statuses[-1].created_at if node.statuses else node.created_at,
    },
    "DeploymentStatus": {
        "environmentUrl": lambda state, _info: state.environment_url or None,
        "logUrl": lambda state, _info: state.log_url or None,
        "state": _upper("state"),
        "updatedAt": lambda state, _info: state.created_at,
    },
}
