"""Issues that somebody else closes, and what its journeys look at."""

import re
from datetime import timedelta
from typing import Any

from tests.journeys.comments import stable
from tests.journeys.repository import Shas
from tests.journeys.stage import REPO, Stage, answers, world

HOLDS = "criteria:\n  - {id: packaged, file: service/monitoring.py}\n"
FALLS = f"{HOLDS}  - {{id: guide, title: The guide is written, file: docs/guide.md}}\n"
ROBOT = "stale[bot]"
SETTLED = timedelta(hours=1, seconds=1)
"""When a closing is looked at on a stage that lets an hour go by before (`settling=3600`)."""
ISSUE = {"number": 1, "title": "monitoring is missing", "body": "Not packaged.", "author": "carol", "labels": ["bug"]}


def policy(guard: str, criteria: str = FALLS, more: str = "") -> str:
    """A policy with a guard."""
    return f"version: 1\nclaims: off\nguard: {guard}\nlabels: {{resolved: done}}\n{more}{criteria}"


def plain_world(shas: Shas, **parts: Any) -> dict[str, Any]:
    """One open issue, which a merged pull request has fixed."""
    return world(shas, **({"issues": [dict(ISSUE)]} | parts))


async def close(stage: Stage, login: str = "ann", reason: str = "completed") -> dict[str, Any]:
    """Somebody closes it, some seconds after all that went before, and all that follows has happened."""
    stage.clock.ahead += timedelta(seconds=5)
    await stage.github.control("close", repo=REPO, issue=1, login=login, reason=reason)
    await stage.quiet()
    return await stage.issue()


async def reopen(stage: Stage, login: str = "carol") -> None:
    """Somebody opens it again."""
    await stage.github.control("reopen", repo=REPO, issue=1, login=login)
    await stage.quiet()


def note(issue: dict[str, Any]) -> str:
    """The one thing that we said."""
    (said,) = answers(issue)
    return said


def shown(said: str) -> bytes:
    """A note as golden files hold it, without its last line, which tells of the run."""
    return stable(re.sub(r"\n*<sub>.*</sub>", "", said))


def looked(stage: Stage) -> list[str]:
    """What set off each assessment."""
    return [str(fields["trigger"]) for event, fields in stage.events if event == "assessed"]


def why_left(stage: Stage) -> list[str]:
    """Why closings were left alone."""
    return [str(fields["why"]) for event, fields in stage.events if event == "closing-left"]
