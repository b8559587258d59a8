"""An older answer is never written over a newer one, wherever the older one was held up."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world, write_policy

POLICY = """\
version: 1
mode: act
claims: off
criteria:
  - {id: packaged, file: service/monitoring.py}
  - {id: noted, file: docs/changes.md}
"""
LATER = {"title": "Later", "state": "open", "base": "main", "head": "later", "author": "bob", "body": "Part of #1."}
PULLS = [{"number": 2, **LATER}, {"number": 3, **LATER, "title": "Later still"}]

Trigger = Callable[[Stage, int], Awaitable[None]]
WRITES: dict[str, dict[str, Any]] = {
    "new-comment": {"operation": "addComment"},
    "edited-comment": {"operation": "updateIssueComment"},
    "reaction": {"operation": "Finish"},
    "closing": {"method": "PATCH", "path": "/issues/1$"},
}
EFFECTS = ("secondary-limit", "delay:0.4", "apply-then-500", "reset-before")


async def ask(stage: Stage, _: int) -> None:
    """Somebody with the right asks."""
    await stage.github.comment(REPO, 1, "ann", "/assess-resolution")


async def merge(stage: Stage, number: int) -> None:
    """A pull request that speaks of the issue is merged."""
    await stage.github.control("merge", repo=REPO, pull=number)


async def note(stage: Stage, text: str | None) -> None:
    """The second criterion holds from now on, or no longer."""
    await stage.github.control("commit", repo=REPO, files={"docs/changes.md": text}, message="Note", author="bob")


async def held_up(stage: Stage, fault: dict[str, Any], older: Trigger, newer: Trigger, text: str | None) -> None:
    """The older trigger is held up at its write, the world moves on, and the newer trigger comes."""
    await stage.github.control("faults", rules=[{"times": 1, **fault}])
    await older(stage, 2)
    await stage.applied()
    await note(stage, text)
    await newer(stage, 3)
    await stage.github.settled()
    stage.clock.ahead += timedelta(minutes=2)
    await stage.quiet()


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("write", ["new-comment", "edited-comment", "reaction"])
async def test_a_command_after_a_command(on_stage: Staging, shas: Shas, write: str, effect: str) -> None:
    """What the newer one found is what stands in the end, and its closing with it."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY)
        if write == "edited-comment":
            await stage.command("/assess-resolution")
        await held_up(stage, {"effect": effect, **WRITES[write]}, ask, ask, "x")
        issue = await stage.issue()
    (answer,) = answers(issue)
    assert (issue["state"], answer.splitlines()[0][:25]) == ("closed", "### ✅ Resolved: closed as")


PAIRS = {"command-merge": (ask, merge), "merge-command": (merge, ask), "merge-merge": (merge, merge)}


@pytest.mark.parametrize("effect", EFFECTS[:2])
@pytest.mark.parametrize("pair", PAIRS)
async def test_merges_and_commands(on_stage: Staging, shas: Shas, pair: str, effect: str) -> None:
    """Whatever set them off."""
    older, newer = PAIRS[pair]
    async with on_stage(world(shas, pulls=PULLS)) as stage:
        await write_policy(stage, POLICY)
        await held_up(stage, {"effect": effect, **WRITES["new-comment"]}, older, newer, "x")
        issue = await stage.issue()
    (answer,) = answers(issue)
    assert answer.startswith("### ✅ Resolved: closed" if newer is ask else "### ✅ Resolved: left open, it was only")


@pytest.mark.parametrize("effect", EFFECTS)
async def test_held_up_at_the_closing(on_stage: Staging, shas: Shas, effect: str) -> None:
    """Closed on what held then; the newer one says that it holds no longer."""
    async with on_stage(world(shas)) as stage:
        await write_policy(stage, POLICY)
        await note(stage, "x")
        await held_up(stage, {"effect": effect, **WRITES["closing"]}, ask, ask, None)
        issue = await stage.issue()
    (answer,) = answers(issue)
    assert answer.startswith("### ❌ Closed, but not resolved")
