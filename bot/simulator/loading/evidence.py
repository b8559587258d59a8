"""Check runs, statuses, workflow runs and deployments out of ``world.json``."""

from datetime import timedelta

from bot.simulator.clock import wall_clock
from bot.simulator.deploying import retire_older
from bot.simulator.entities import CheckRun, CommitStatus, Deployment, DeploymentStatus, Release, Repository
from bot.simulator.loading.revisions import Revisions
from bot.simulator.reading import Place
from bot.simulator.runs import ACTIONS_APP, NewRun, find_suite, find_workflow, start_run
from bot.simulator.world import World

CHECK_STATUSES = ("queued", "in_progress", "completed", "waiting", "requested", "pending")
CONCLUSIONS = ("success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required", "stale")
STATES = ("success", "failure", "pending", "error")
DEPLOYMENT_STATES = ("success", "failure", "error", "inactive", "in_progress", "queued", "pending")
_AGO = timedelta(minutes=30)


def load_evidence(world: World, repository: Repository, root: Place, revisions: Revisions) -> None:
    """All that machines have said about commits of one repository."""
    for each in root.places("workflows"):
        workflow = find_workflow(world, repository, each.text("name", ""), each.maybe_text("path"))
        workflow.state = each.text("state", "active")
        workflow.dispatchable = each.flag("dispatchable", default=True)
        workflow.returns_run = each.flag("returns_run", default=True)
        conclusion = each.word("dispatch_conclusion", (*CONCLUSIONS, "none"), "success")
        workflow.dispatch_conclusion = None if conclusion == "none" else conclusion
        workflow.declared = True
    for each in root.places("workflow_runs"):
        _load_workflow_run(world, repository, each, revisions)
    for each in root.places("check_runs"):
        _load_check_run(world, repository, each, revisions)
    for each in root.places("statuses"):
        _load_status(world, repository, each, revisions)
    for each in root.places("deployments"):
        _load_deployment(world, repository, each, revisions)
    for each in root.places("releases"):
        _load_release(world, repository, each)
    for newer in repository.deployments:
        retire_older(world, newer)


def _load_check_run(world: World, repository: Repository, root: Place, revisions: Revisions) -> None:
    done = root.has("conclusion")
    status = root.word("status", CHECK_STATUSES, "completed")
    default = "success" if status == "completed" else ""
    conclusion = root.word("conclusion", CONCLUSIONS, default) if done or default else None
    started = root.moment("started_at", wall_clock() - _AGO)
    app = root.text("app", ACTIONS_APP)
    suite = find_suite(world, repository, revisions.at(root, "sha"), app, root.maybe_text("workflow"))
    repository.check_runs.append(
        CheckRun(
            suite=suite,
            id=world.ids.take(),
            name=root.text("name"),
            status=status,
            conclusion=conclusion if status == "completed" else None,
            started_at=started,
            completed_at=root.moment("completed_at", started + timedelta(minutes=5)) if status == "completed" else None,
            title=root.maybe_text("title"),
            summary=root.maybe_text("summary"),
            details_url=root.maybe_text("details_url"),
        )
    )


def _load_status(world: World, repository: Repository, root: Place, revisions: Revisions) -> None:
    repository.statuses.append(
        CommitStatus(
            repository=repository,
            id=world.ids.take(),
            sha=revisions.at(root, "sha"),
            context=root.text("context", "default"),
            state=root.word("state", STATES, "success"),
            creator=world.account(root.text("creator", repository.owner.login)),
            created_at=root.moment("created_at", wall_clock() - _AGO),
            description=root.maybe_text("description"),
            target_url=root.maybe_text("target_url"),
        )
    )


def _load_workflow_run(world: World, repository: Repository, root: Place, revisions: Revisions) -> None:
    status = root.word("status", CHECK_STATUSES, "completed")
    conclusion = root.word("conclusion", CONCLUSIONS, "success") if status == "completed" else None
    workflow = find_workflow(world, repository, root.text("name", "ci"), root.maybe_text("path"))
    created = root.moment("created_at", wall_clock() - _AGO)
    sha = revisions.at(root, "head_sha" if root.has("head_sha") else "sha")
    branch = root.text("head_branch", root.text("branch", repository.default_branch))
    new = NewRun(sha=sha, branch=branch, event=root.text("event", "push"), actor=repository.owner, created_at=created)
    run = start_run(world, workflow, new)
    run.status, run.conclusion = status, conclusion
    run.attempt = root.number("run_attempt", 1)
    run.title = root.text("display_title", run.title)
    run.log, run.logs = root.text("log", ""), root.pairs("logs")
    run.log_expired = root.flag("log_expired")
    run.fork = root.maybe_text("head_repository")


def _load_release(world: World, repository: Repository, root: Place) -> None:
    tag = root.text("tag")
    repository.releases.append(
        Release(
            id=world.ids.take(),
            tag=tag,
            name=root.text("name", tag),
            created_at=root.moment("created_at", wall_clock() - _AGO),
            draft=root.flag("draft"),
            prerelease=root.flag("prerelease"),
        )
    )


def _load_deployment(world: World, repository: Repository, root: Place, revisions: Revisions) -> None:
    creator = world.account(root.text("creator", repository.owner.login))
    created = root.moment("created_at", wall_clock() - _AGO)
    deployment = Deployment(
        repository=repository,
        id=world.ids.take(),
        sha=revisions.at(root, "sha"),
        ref=root.text("ref", repository.default_branch),
        environment=root.text("environment", "production"),
        creator=creator,
        created_at=created,
        task=root.text("task", "deploy"),
        description=root.maybe_text("description"),
    )
    state = Place(path=root.path, value={"state": root.value.get("state", root.value.get("status", "success"))})
    states = root.places("statuses") or [state]
    for each in states:
        created += timedelta(minutes=1)
        deployment.statuses.append(
            DeploymentStatus(
                id=world.ids.take(),
                state=each.word("state", DEPLOYMENT_STATES, "success"),
                creator=creator,
                created_at=each.moment("created_at", created),
                description=each.text("description", ""),
                environment_url=each.text("environment_url", ""),
                log_url=each.text("log_url", ""),
            )
        )
    repository.deployments.append(deployment)
