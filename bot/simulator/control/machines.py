"""What machines do: checks, deployments, workflow runs, pushes; raw webhooks; faults; the clock."""

import re
from datetime import timedelta

from bot.simulator.clock import Clock, stamp
from bot.simulator.control.asking import Action, actor, issue, pushed_change, repository
from bot.simulator.deliveries import Emission
from bot.simulator.deploying import retire_older
from bot.simulator.entities import (
    CheckRun,
    CommitStatus,
    Deployment,
    DeploymentStatus,
    Repository,
    WorkflowRun,
)
from bot.simulator.git.history import commit_at
from bot.simulator.git.writing import ZERO, delete_ref, move_ref
from bot.simulator.loading.evidence import CONCLUSIONS, DEPLOYMENT_STATES, STATES
from bot.simulator.payloads import (
    deployment_status_event,
    emit,
    send,
)
from bot.simulator.pushing import commit_files, push_to_pull
from bot.simulator.reading import Place
from bot.simulator.refusals import not_found, unprocessable
from bot.simulator.reporting import (
    NewCheck,
    announce_workflow_run,
    begin_workflow_run,
    finish_check,
    finish_workflow_run,
    report_check,
)
from bot.simulator.runs import ACTIONS_APP, NewRun, find_workflow, start_run
from bot.simulator.runtime import Simulator
from bot.simulator.shapes.checks import status as status_shape
from bot.simulator.shapes.commits import commit as commit_shape
from bot.simulator.wire import Json
from bot.simulator.world import World

_AHEAD = re.compile(r"([1-9][0-9]{0,2})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


async def check(sim: Simulator, body: Place) -> Json:
    """A check run ends (or starts, without a conclusion); with an `id`, one that is there ends."""
    home, world = repository(sim.world, body), sim.world
    if body.has("id"):
        there = _check_at(home, body)
        await finish_check(world, there, body.word("conclusion", CONCLUSIONS, "success"), actor(world, body, home))
        return {"id": there.id, "check_suite": there.suite.id, "sha": there.suite.sha}
    sha = await _sha(home, body)
    conclusion = body.word("conclusion", CONCLUSIONS, "success") if body.has("conclusion") else None
    new = NewCheck(
        sha=sha,
        name=body.text("name"),
        app=body.text("app", ACTIONS_APP),
        status=body.text("status", "in_progress"),
        conclusion=conclusion,
        workflow=body.maybe_text("workflow"),
        title=body.maybe_text("title"),
        summary=body.maybe_text("summary"),
    )
    run = await report_check(world, home, new, actor(world, body, home))
    return {"id": run.id, "check_suite": run.suite.id, "sha": sha}


def _check_at(home: Repository, body: Place) -> CheckRun:
    number = body.number("id")
    found = next((run for run in home.check_runs if run.id == number), None)
    if found is None:
        raise not_found(f"id: there is no check run {number}")
    if found.status == "completed":
        raise unprocessable(f"id: check run {number} has ended already")
    return found


async def status(sim: Simulator, body: Place) -> Json:
    """A commit status is set."""
    home, world = repository(sim.world, body), sim.world
    who = actor(world, body, home)
    one = CommitStatus(
        repository=home,
        id=world.ids.take(),
        sha=await _sha(home, body),
        context=body.text("context", "default"),
        state=body.word("state", STATES, "success"),
        creator=who,
        created_at=world.clock(),
        description=body.maybe_text("description"),
    )
    home.statuses.append(one)
    commit = await commit_at(home.git, one.sha)
    shape: Json = status_shape(world, one) | {"sha": one.sha, "name": home.full_name, "branches": []}
    shape["commit"] = commit_shape(world, home, commit) if commit else {}
    emit(world, home, "status", None, shape, who)
    return {"id": one.id}


async def workflow_run(sim: Simulator, body: Place) -> Json:
    """A workflow run ends, or with a `status` goes on; with an `id`, one that is there."""
    home, world = repository(sim.world, body), sim.world
    status = body.word("status", ("queued", "in_progress", "completed"), "completed")
    run = _run_at(home, body) if body.has("id") else await _new_run(world, home, body)
    run.log, run.logs = body.text("log", run.log), body.pairs("logs") or run.logs
    run.log_expired = body.flag("log_expired")
    if run.status == "queued" and status != "queued":
        await begin_workflow_run(world, run)
    if status == "completed":
        await finish_workflow_run(world, run, body.word("conclusion", CONCLUSIONS, "success"))
    return {"id": run.id, "sha": run.sha}


def _run_at(home: Repository, body: Place) -> WorkflowRun:
    number = body.number("id")
    found = next((run for run in home.workflow_runs if run.id == number), None)
    if found is None:
        raise not_found(f"id: there is no workflow run {number}")
    return found


async def _new_run(world: World, home: Repository, body: Place) -> WorkflowRun:
    workflow = find_workflow(world, home, body.text("name", "ci"), body.maybe_text("path"))
    new = NewRun(
        sha=await _sha(home, body),
        branch=body.text("branch", home.default_branch),
        event=body.text("event", "push"),
        actor=actor(world, body, home),
        created_at=world.clock(),
    )
    run = start_run(world, workflow, new)
    run.fork = body.maybe_text("head_repository")
    await announce_workflow_run(world, run)
    return run


async def deployment(sim: Simulator, body: Place) -> Json:
    """Something is deployed, or a deployment (``id``) gets another state."""
    home, world = repository(sim.world, body), sim.world
    who, now = actor(world, body, home), world.clock()
    found = next((d for d in home.deployments if body.has("id") and d.id == body.number("id")), None)
    if found is None:
        found = Deployment(
            repository=home,
            id=world.ids.take(),
            sha=await _sha(home, body),
            ref=body.text("ref", home.default_branch),
            environment=body.text("environment", "production"),
            creator=who,
            created_at=now,
        )
        home.deployments.append(found)
    found.statuses.append(
        DeploymentStatus(
            id=world.ids.take(),
            state=body.word("state", DEPLOYMENT_STATES, "success"),
            creator=who,
            created_at=now,
            environment_url=body.text("environment_url", ""),
        )
    )
    deployment_status_event(world, found, who)
    retire_older(world, found)
    return {"id": found.id, "sha": found.sha}


async def commit(sim: Simulator, body: Place) -> Json:
    """Somebody pushes a commit, to a branch or to that of a ``pull``: ``files`` maps paths to texts, null deletes."""
    home, world = repository(sim.world, body), sim.world
    target = issue(world, body, "pull") if body.has("pull") else None
    branch = target.pull.head if target and target.pull else body.text("branch", home.default_branch)
    change = pushed_change(world, body, home, branch)
    if target is not None:
        return {"sha": await push_to_pull(world, target, change)}
    return {"sha": await commit_files(world, home, change)}


async def rename_default_branch(sim: Simulator, body: Place) -> Json:
    """The default branch gets another name."""
    home, name = repository(sim.world, body), body.text("name")
    old = f"refs/heads/{home.default_branch}"
    tip = await home.git.resolve(old)
    if tip is not None:
        await move_ref(home.git, f"refs/heads/{name}", tip, ZERO)
    await home.git.run("symbolic-ref", "HEAD", f"refs/heads/{name}")
    if tip is not None:
        await delete_ref(home.git, old)
    for each in home.pulls():
        if each.pull and each.pull.base == home.default_branch:
            each.pull.base = name
    home.default_branch = name
    return {"default_branch": name}


async def deliver(sim: Simulator, body: Place) -> Json:
    """Any webhook, signed and delivered as it is given."""
    payload = dict(body.place("payload").value)
    action = payload.get("action")
    emission = Emission(
        event=body.text("event"),
        action=action if isinstance(action, str) else None,
        payload=payload,
        guid=body.maybe_text("guid"),
    )
    send(sim.world, emission)
    return {}


async def redeliver(sim: Simulator, body: Place) -> Json:
    """Deliver again, under the same guid: the delivery with ``id``, else the newest."""
    number = body.number("id", 0)
    for each in reversed(sim.world.deliveries):
        if number in (0, each.id):
            send(sim.world, each.again())
            return {"guid": each.guid}
    raise unprocessable("there is no such delivery")


async def faults(sim: Simulator, body: Place) -> Json:
    """Put fault rules in force; an empty list clears them."""
    return {"rules": sim.faults.set(body)}


async def clock(sim: Simulator, body: Place) -> Json:
    """Set the world's clock ahead, by as much as `ahead` says: `90m`, `1h`, `7d`. It never goes back."""
    ours = sim.world.clock
    if not isinstance(ours, Clock):
        raise unprocessable("this world goes by a clock of whoever runs it")
    found = _AHEAD.fullmatch(body.text("ahead"))
    if found is None:
        raise body.fault("ahead", "must be a time such as 90m, 1h or 7d, at most 999d")
    ours.ahead += int(found[1]) * _UNITS[found[2]]
    return {"now": stamp(ours()), "ahead_seconds": int(ours.ahead.total_seconds())}


async def settle(sim: Simulator, _body: Place) -> Json:
    """Wait until all webhooks are delivered and all that was to follow has followed."""
    await sim.courier.settled()
    return {}


async def _sha(home: Repository, body: Place) -> str:
    revision = body.text("sha", "HEAD")
    found = await home.git.resolve(revision)
    if found is None:
        raise unprocessable(f"sha: {revision!r} names no commit of {home.full_name}")
    return found


ACTIONS: dict[str, Action] = {
    "check": check,
    "clock": clock,
    "commit": commit,
    "deliver": deliver,
    "deployment": deployment,
    "faults": faults,
    "redeliver": redeliver,
    "rename_default_branch": rename_default_branch,
    "settle": settle,
    "status": status,
    "workflow_run": workflow_run,
}
