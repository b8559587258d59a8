"""Webhook payloads: what is sent for each event, in GitHub's shape.

Source: https://docs.github.com/webhooks/webhook-events-and-payloads
"""

from bot.simulator.accounts import Account
from bot.simulator.deliveries import Emission
from bot.simulator.entities import CheckRun, CheckSuite, Comment, Deployment, Issue, Repository, WorkflowRun
from bot.simulator.shapes import checks, issues, pulls
from bot.simulator.shapes.people import account, installation
from bot.simulator.shapes.pulls import PullSize
from bot.simulator.shapes.repositories import in_webhook
from bot.simulator.wire import Json
from bot.simulator.world import Installation, World


def emit(world: World, repository: Repository, event: str, action: str | None, body: Json, sender: Account) -> None:
    """Queue a webhook about a repository, unless the app is not installed there or did not subscribe."""
    where = world.installation(repository.owner)
    if not repository.installed or event not in world.app.events or where.suspended_at is not None:
        return
    payload: Json = ({"action": action} if action else {}) | body
    payload |= {
        "repository": in_webhook(world, repository),
        "sender": account(world, sender),
        "installation": {"id": where.id, "node_id": f"MDIzOk{where.id}"},
    }
    send(world, Emission(event=event, action=action, payload=payload, installation=where.id, repository=repository.id))


def send(world: World, emission: Emission) -> None:
    """Queue a webhook as it is."""
    world.outbox.append(emission)
    world.wake()


def issue_event(world: World, one: Issue, action: str, sender: Account, extra: Json | None = None) -> None:
    """``issues`` with an action; labels of a pull request have no event here."""
    if one.pull is None:
        emit(world, one.repository, "issues", action, {"issue": issues.issue(world, one)} | (extra or {}), sender)


def comment_event(world: World, one: Comment, action: str, sender: Account, extra: Json | None = None) -> None:
    """``issue_comment`` with an action."""
    body: Json = {"issue": issues.issue(world, one.issue), "comment": issues.comment(world, one)}
    emit(world, one.issue.repository, "issue_comment", action, body | (extra or {}), sender)


def pull_event(
    world: World, one: Issue, action: str, sender: Account, size: PullSize, extra: Json | None = None
) -> None:
    """``pull_request`` with an action; ``extra`` is what it tells besides: where the head was, what was changed."""
    if one.pull is None:
        return
    body: Json = {"number": one.number, "pull_request": pulls.full_pull(world, one, one.pull, size)}
    emit(world, one.repository, "pull_request", action, body | (extra or {}), sender)


def check_run_event(world: World, run: CheckRun, action: str, sender: Account) -> None:
    """``check_run`` with an action."""
    body: Json = {"check_run": checks.check_run_in_webhook(world, run)}
    emit(world, run.suite.repository, "check_run", action, body, sender)


def check_suite_event(world: World, suite: CheckSuite, head_commit: Json, sender: Account) -> None:
    """``check_suite.completed``."""
    body: Json = {"check_suite": checks.check_suite(world, suite) | {"head_commit": head_commit}}
    emit(world, suite.repository, "check_suite", "completed", body, sender)


def workflow_run_event(world: World, run: WorkflowRun, head_commit: Json, action: str) -> None:
    """``workflow_run`` with an action."""
    shape = checks.workflow_run(world, run, head_commit)
    body: Json = {"workflow_run": shape, "workflow": checks.workflow(world, run.workflow)}
    emit(world, run.workflow.repository, "workflow_run", action, body, run.actor)


def deployment_status_event(world: World, one: Deployment, sender: Account) -> None:
    """``deployment_status.created`` for the newest state."""
    state = checks.deployment_status(world, one, one.statuses[-1])
    body: Json = {"deployment": checks.deployment(world, one), "deployment_status": state}
    body |= {"check_run": None, "workflow": None, "workflow_run": None}
    emit(world, one.repository, "deployment_status", "created", body, sender)


def installation_event(world: World, where: Installation, action: str) -> None:
    """``installation`` with an action: always sent, nobody subscribes to it."""
    repositories = [
        {
            "id": r.id,
            "node_id": r.node_id,
            "name": r.name,
            "full_name": r.full_name,
            "private": r.private,
        }
        for r in world.installed(where)
    ]
    payload: Json = {
        "action": action,
        "installation": installation(world, where),
        "repositories": repositories,
        "requester": None,
        "sender": account(world, where.account),
    }
    send(world, Emission(event="installation", action=action, payload=payload, installation=where.id))
