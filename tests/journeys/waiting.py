"""A repository whose policy starts a workflow and waits for its end, and what its journeys look at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from bot.simulator.entities import EventKind, Repository, TimelineEvent
from bot.simulator.testing import SimulatorHandle
from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, world, write_policy

POLICY = """\
version: 1
claims: off
watch: []
criteria:
  - id: packaged
    file: service/monitoring.py
  - id: suite
    title: The architecture is compliant
    workflow:
      workflow: suite.yml
      number: {pattern: 'compliance: ([0-9.]+)%', min: 98}
      dispatch: {within: 30m}
"""
GOOD, BAD = "compliance: 98.7%\n", "compliance: 97.9%\n"
COMMAND = "Packaged `service/monitoring.py`.\n\n/assess-resolution"
ISSUE = {"number": 1, "title": "monitoring is missing", "body": "Not packaged.", "author": "carol", "labels": ["bug"]}
_GRANTS = {
    "metadata": "read",
    "issues": "write",
    "contents": "write",
    "pull_requests": "write",
    "checks": "read",
    "statuses": "read",
    "deployments": "read",
}


def suite_world(shas: Shas, *, tells: bool = True, may_start: bool = True) -> dict[str, Any]:
    """A world with a workflow that goes on until it is ended; `tells`: GitHub answers with the run."""
    suite = {
        "name": "suite",
        "path": ".github/workflows/suite.yml",
        "returns_run": tells,
        "dispatch_conclusion": "none",
    }
    made = world(shas, workflows=[suite], issues=[ISSUE], check_runs=[])
    made["app"]["permissions"] = _GRANTS | {"actions": "write" if may_start else "read"}
    return made


def labelled_often(github: SimulatorHandle, times: int) -> None:
    """Somebody has put a label on the issue and taken it off, again and again: so many events, and then as it was."""
    issue = home(github).issues[1]
    bug = next(one for one in issue.labels if one.name == "bug")
    template = TimelineEvent(
        issue=issue,
        id=1,
        kind=EventKind.LABELED,
        actor=github.world.account("bob"),
        created_at=issue.created_at,
        label=bug,
    )
    kinds = (EventKind.LABELED, EventKind.UNLABELED)
    at = max([issue.created_at, *(one.created_at for one in issue.events)])
    issue.events.extend(replace(template, id=1 + n, kind=kinds[n % 2], created_at=at) for n in range(times))


def home(github: SimulatorHandle) -> Repository:
    """The repository as the simulated GitHub holds it."""
    found = github.world.repository(REPO)
    assert found is not None
    return found


def runs(github: SimulatorHandle) -> list[int]:
    """The runs that were started, oldest first."""
    return [run.id for run in home(github).workflow_runs if run.event == "workflow_dispatch"]


async def end(github: SimulatorHandle, log: str = GOOD, conclusion: str = "success", *, run: int | None = None) -> None:
    """End a run: the first that was started, or the one given."""
    number = run or runs(github)[0]
    await github.control("workflow_run", repo=REPO, id=number, conclusion=conclusion, log=log)


@asynccontextmanager
async def asked(
    on_stage: Staging, made: dict[str, Any], policy: str = POLICY, login: str = "bob"
) -> AsyncIterator[tuple[Stage, int]]:
    """The command is given and answered for now; its comment's id."""
    async with on_stage(made) as stage:
        await write_policy(stage, policy)
        comment = await stage.github.comment(REPO, 1, login, COMMAND)
        await stage.answered(comment)
        yield stage, comment


async def parked(stage: Stage) -> int:
    """How many jobs are parked."""
    return (await stage.parts.engine.healthy()).parked


async def ended(stage: Stage, log: str = GOOD, conclusion: str = "success", *, run: int | None = None) -> None:
    """End a run, and wait for what follows."""
    await end(stage.github, log, conclusion, run=run)
    await stage.quiet()
