"""A thousand wake-ups that arrive together over HTTP: each is served, and none of them twice.

The handler is a stub that counts; `tests/journeys/test_woken_together.py` shows it with the real ones.
"""

import asyncio
import hmac
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.assessment import topics
from bot.assessment.evidence import Sha
from bot.commands.catalog import CATALOG
from bot.commands.route import router
from bot.engine import Engine, EngineSettings, Turn
from bot.web.app import WebDeps, create_web
from bot.web.pages import PageDeps
from bot.web.webhook import Intake
from tests.engine.world import engine, hurried, job, now, until
from tests.journeys.stage import SECRET, served_app

MANY, AT_ONCE, PATIENCE = 1_000, 32, 120.0
HOUR = timedelta(hours=1)
HOME = {"id": 7, "full_name": "acme/shop", "name": "shop", "owner": {"login": "acme", "type": "Organization"}}
SHA = "a" * 40


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> EngineSettings:
    """Both databases, with the pauses that people have."""
    url = request.getfixturevalue("database_url") if request.param == "postgres" else None
    return replace(hurried(tmp_path / "data", url), store_deadline=timedelta(seconds=30))


@dataclass(frozen=True, slots=True)
class Post:
    """The webhook, as GitHub calls it."""

    client: httpx.AsyncClient
    url: str

    async def send(self, event: str, payload: dict[str, object], guid: str) -> None:
        """One signed delivery, which is taken."""
        body = json.dumps(payload | {"repository": HOME, "installation": {"id": 1}}).encode()
        headers = {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": guid,
            "X-Hub-Signature-256": f"sha256={hmac.digest(SECRET.encode(), body, 'sha256').hex()}",
            "Content-Type": "application/json",
        }
        answer = await self.client.post(f"{self.url}/webhook", content=body, headers=headers)
        assert answer.status_code == 202, answer.text


@asynccontextmanager
async def listening(settings: EngineSettings, served: list[str]) -> AsyncIterator[tuple[Engine, Post]]:
    """The real engine behind the real way in; what is woken writes down that it was."""

    async def work(turn: Turn) -> None:
        served.append(turn.job.id)

    async with engine(settings, {"work": work}) as running:
        intake = Intake(
            secrets=(SECRET.encode(),),
            route=router(slug="resolution"),
            inbox=running.inbox,
            clock=now,
            report=lambda *_: None,
        )
        pages = PageDeps(
            archive=running.archive, healthy=running.healthy, signing_key=b"k" * 32, clock=now, commands=CATALOG
        )
        async with (
            served_app(create_web(WebDeps(intake=intake, pages=pages))) as url,
            httpx.AsyncClient(trust_env=False, timeout=30) as client,
        ):
            yield running, Post(client, url)


async def all_served(running: Engine, served: list[str]) -> None:
    """Wait until each was served, and then until nothing waits or runs: a second serving would be seen."""
    await until(lambda: len(served) >= MANY, PATIENCE)
    while (health := await running.healthy()).waiting or health.running:
        await asyncio.sleep(0.02)
    assert (set(Counter(served).values()), len(set(served)), health.parked) == ({1}, MANY, 0)


async def park(running: Engine, topic: str | None) -> None:
    """A thousand parked jobs, of a thousand issues: for one topic, or each for its own."""
    async with asyncio.TaskGroup() as group:
        for number in range(MANY):
            one = topics.workflow_run(number + 1) if topic is None else topic
            group.create_task(running.submit(job(f"j{number}", key=f"7/{number}", delay=HOUR, topics=(one,))))
    assert (await running.healthy()).parked == MANY


async def test_one_signal_for_all(settings: EngineSettings) -> None:
    """One check suite for which a thousand issues wait, delivered twice."""
    served: list[str] = []
    async with listening(settings, served) as (running, post):
        await park(running, topics.check_suite(7, Sha(SHA)))
        ended = {"action": "completed", "check_suite": {"id": 1, "head_sha": SHA, "status": "completed", "app": None}}
        async with asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(post.send("check_suite", ended, "one"))
        await all_served(running, served)


async def test_a_signal_for_each(settings: EngineSettings) -> None:
    """A thousand workflow runs that end at once, every tenth delivered twice."""
    served: list[str] = []
    turns = asyncio.Semaphore(AT_ONCE)

    async def end(number: int) -> None:
        run = {"id": number + 1, "path": ".github/workflows/suite.yml", "status": "completed", "head_sha": SHA}
        async with turns:
            await post.send("workflow_run", {"action": "completed", "workflow_run": run}, f"g{number}")

    async with listening(settings, served) as (running, post):
        await park(running, None)
        async with asyncio.TaskGroup() as group:
            for number in (*range(MANY), *range(0, MANY, 10)):
                group.create_task(end(number))
        await all_served(running, served)
