"""A closing that is watched, and how its journeys let time go by."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from tests.journeys.conftest import Staging
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, world, write_policy

POLICY = """\
version: 1
mode: act
claims: off
watch: [1h, 1d, 7d]
labels: {resolved: done, regression: regression}
criteria:
  - {id: packaged, title: The module is packaged, file: service/monitoring.py}
  - {id: notes, title: There are notes, file: docs/notes.md}
"""
HOUR, DAY, WEEK = timedelta(hours=1, minutes=1), timedelta(days=1, minutes=1), timedelta(days=7, minutes=1)
SOON = timedelta(minutes=21)
GONE: dict[str, str | None] = {"service/monitoring.py": None}
BACK: dict[str, str | None] = {"service/monitoring.py": "NAME = 'monitoring'\n"}


@asynccontextmanager
async def watched(on_stage: Staging, shas: Shas, policy: str = POLICY, **parts: Any) -> AsyncIterator[Stage]:
    """The issue is closed on evidence, and the first look is promised."""
    async with on_stage(world(shas, **parts)) as stage:
        await write_policy(stage, policy)
        await stage.command("/assess-resolution")
        yield stage


async def pushed(stage: Stage, files: dict[str, str | None]) -> None:
    """Somebody changes the default branch."""
    await stage.github.control("commit", repo=REPO, branch="main", files=files, message="Change", author="bob")


async def later(stage: Stage, ahead: timedelta) -> None:
    """Time goes by until the next look has ended; `ahead` counts from the closing."""
    seen = len(looks(stage))
    stage.clock.ahead = ahead
    while len(looks(stage)) == seen:
        await stage.idle()
    await stage.quiet()


def looks(stage: Stage) -> list[tuple[str, Any]]:
    """What the operator was told of the looks."""
    return [(name, fields) for name, fields in stage.events if name in {"watched", "watch-ended"}]


async def parked(stage: Stage) -> int:
    """How many jobs are parked."""
    return (await stage.parts.engine.healthy()).parked
