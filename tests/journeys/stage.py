"""The whole product on a stage: the real server and engine on SQLite, and a simulated GitHub over a real repository."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.app import Running, Seams, now, running
from bot.commands.request import issue_key
from bot.engine import EngineSettings, Json
from bot.settings import from_env
from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from bot.web.serving import Listen, serve
from tests.journeys.repository import Shas
from tests.recording import record

REPO = "acme/service"
POLICY_PATH = ".github/resolution.yml"
FINAL = {"rocket", "+1", "-1", "confused"}
PATIENCE = 30.0


@dataclass(slots=True)
class Clock:
    """The bot's clock: the real one, and ahead of it by as much as a journey wants."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """The time as the bot sees it."""
        return now() + self.ahead


@dataclass(slots=True)
class Stage:
    """What a journey does and sees. `restart` ends the server and begins it again on the same data."""

    github: SimulatorHandle
    parts: Running
    url: str
    clock: "Clock"
    restart: Callable[[], Awaitable[None]]
    events: list[tuple[str, Mapping[str, Json]]] = field(default_factory=list)

    async def command(self, body: str, *, issue: int = 1, login: str = "ann") -> dict[str, Any]:
        """Comment, wait for the final reaction, and answer with the issue as it is then."""
        comment = await self.github.comment(REPO, issue, login, body)
        return await self.answered(comment, issue=issue)

    async def answered(self, comment: int, *, issue: int = 1) -> dict[str, Any]:
        """Wait until the comment has its final reaction and nothing is under way any more."""

        def done(seen: dict[str, Any]) -> bool:
            return bool(reactions(seen, comment) & FINAL)

        await self.until(done, issue=issue)
        await self.quiet()
        return await self.issue(issue)

    async def late_command(self, body: str, *, login: str = "ann") -> dict[str, Any]:
        """A comment whose webhook is held back: the delivery, to be sent by `send` once the world has moved on."""
        hook, self.github.world.app.webhook_url = self.github.world.app.webhook_url, None
        await self.github.comment(REPO, 1, login, body)
        self.github.world.app.webhook_url = hook
        created = [one for one in self.github.deliveries("issue_comment") if one.emission.action == "created"]
        payload: dict[str, Any] = created[-1].emission.payload  # type: ignore[assignment]
        return payload

    async def send(self, payload: Mapping[str, Any]) -> None:
        """Deliver it now, and wait for what follows."""
        await self.github.control("deliver", event="issue_comment", payload=payload)
        await self.quiet()

    async def until(self, condition: Any, *, issue: int = 1) -> dict[str, Any]:
        """Wait for something to be true of an issue."""
        async with asyncio.timeout(PATIENCE):
            while not condition(seen := await self.issue(issue)):
                await asyncio.sleep(0.02)
            return seen

    async def idle(self) -> None:
        """Wait until no job runs; some may wait."""
        async with asyncio.timeout(PATIENCE):
            while (await self.parts.engine.healthy()).running:
                await asyncio.sleep(0.02)

    async def applied(self) -> None:
        """Wait until the fault that was put in force has struck."""
        async with asyncio.timeout(PATIENCE):
            while not self.github.simulator.faults.rules[-1].applied:
                await asyncio.sleep(0.01)

    async def heard(self, event: str, times: int) -> None:
        """Wait until the operator was told of an event so many times."""
        async with asyncio.timeout(PATIENCE):
            while len([name for name, _ in self.events if name == event]) < times:
                await asyncio.sleep(0.02)

    async def submitted(self, kind: str, *, issue: int = 1) -> None:
        """Wait until a job of this kind waits for the issue."""
        repository = self.github.world.repository(REPO)
        assert repository is not None
        key = issue_key(repository.id, issue)
        async with asyncio.timeout(PATIENCE):
            while kind not in {one.kind for one in await self.parts.engine.waiting(key)}:
                await asyncio.sleep(0.02)

    async def quiet(self) -> None:
        """Wait until all webhooks are delivered and no job waits or runs; some may be parked."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.github.settled()
                health = await self.parts.engine.healthy()
                if health.waiting == 0 and health.running == 0:
                    return
                await asyncio.sleep(0.02)

    async def rested(self) -> None:
        """Wait until all is quiet, and nothing that is parked at the first issue is due."""
        repository = self.github.world.repository(REPO)
        assert repository is not None
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.quiet()
                if await self._nothing_due(issue_key(repository.id, 1)):
                    await self.quiet()  # what had become due just before the look is being done
                    if await self._nothing_due(issue_key(repository.id, 1)):
                        return
                await asyncio.sleep(0.02)

    async def _nothing_due(self, key: str) -> bool:
        return all(one.due_at > self.clock() for one in await self.parts.engine.waiting(key))

    async def issue(self, number: int = 1) -> dict[str, Any]:
        """The issue, or the pull request, as the simulated GitHub has it."""
        state: Any = await self.github.state()
        repository = next(one for one in state["repositories"] if one["full_name"] == REPO)
        return next(one for one in (*repository["issues"], *repository["pulls"]) if one["number"] == number)


async def write_policy(stage: Stage, text: str, *, message: str = "Policy [skip ci]") -> None:
    """`commit_policy` on a stage."""
    await commit_policy(stage.github, text, message=message)


async def commit_policy(github: SimulatorHandle, text: str, *, message: str = "Policy [skip ci]") -> None:
    """Commit the policy file; by default so that whatever asks for CI does not wait for it to begin there."""
    await github.control("commit", repo=REPO, files={POLICY_PATH: text}, message=message, author="bob")


def reactions(issue: Mapping[str, Any], comment: int) -> set[str]:
    """The reactions on one of its comments."""
    found = [one for one in issue["comments"] if one["id"] == comment]
    return {reaction["content"] for one in found for reaction in one["reactions"]}


def answers(issue: Mapping[str, Any]) -> list[str]:
    """The bodies of our comments that are not minimised, oldest first."""
    return [one["body"] for one in issue["comments"] if one["author"] == "resolution[bot]" and not one["minimized"]]


def world(shas: Shas, **parts: Any) -> dict[str, Any]:
    """A world with one repository; `parts` replace its keys."""
    repository: dict[str, Any] = {
        "full_name": REPO,
        "git": str(shas.folder),
        "default_branch": "main",
        "head": "main",
        "issues": [
            {
                "number": 1,
                "title": "monitoring is missing from the image",
                "body": "`service/monitoring.py` is not packaged.\n\n- [x] package it\n",
                "labels": ["bug"],
                "author": "carol",
            }
        ],
        "pulls": [
            {
                "number": 2,
                "title": "Package the monitoring module",
                "body": "Adds `service/monitoring.py`. Fixes #1.",
                "state": "closed",
                "merged": True,
                "merge_commit_sha": shas.fix,
                "base": "main",
                "author": "bob",
                "closes": [1],
            }
        ],
        "check_runs": [
            {"sha": shas.head, "name": "unit", "status": "completed", "conclusion": "success", "app": "github-actions"}
        ],
        "collaborators": {"ann": "triage", "bob": "write", "dora": "read"},
    }
    return {"app": {"id": 7, "slug": "resolution", "webhook_secret": SECRET}, "repositories": [repository | parts]}


SECRET = "a-secret-of-twenty-chars-or-more"


def environment(github: SimulatorHandle, folder: Path, **more: str) -> dict[str, str]:
    """The server's settings for a simulated GitHub."""
    return {
        "GITHUB_API_URL": github.url,
        "GITHUB_APP_ID": str(github.app_id),
        "GITHUB_PRIVATE_KEY": github.private_key,
        "GITHUB_WEBHOOK_SECRET": github.webhook_secret,
        "DATA_DIR": str(folder / "data"),
        "HOST": "127.0.0.1",
        "PORT": "0",
        "WRITE_LAG_SECONDS": "1",
        "PUBLIC_URL": "https://bot.example.com",
        "PROBE_ALLOW_NETWORKS": "127.0.0.0/8",
        **more,
    }


def _paced(settings: EngineSettings, *, retry: timedelta) -> EngineSettings:
    """Short pauses; and a clock that a journey sets ahead is looked at soon."""
    return replace(settings, poll_interval=timedelta(milliseconds=100), retry_delays=(retry,) * 3)


@asynccontextmanager
async def staged(
    folder: Path, made: Mapping[str, Any], *, name: str, settling: float = 0.3, retry: float = 0.2, **settings: str
) -> AsyncIterator[Stage]:
    """Both servers, joined. At the end every exchange is recorded for the contract check, where one is wanted."""
    async with simulator(made) as github:
        events: list[tuple[str, Mapping[str, Json]]] = []
        clock = github.world.clock = Clock()  # one time for both, or tokens made later are from a future
        seams = Seams(
            clock=clock,
            settling=timedelta(seconds=settling),
            paced=partial(_paced, retry=timedelta(seconds=retry)),
            on_event=lambda event, fields: events.append((event, dict(fields))),
        )
        async with AsyncExitStack() as house:

            async def opened() -> Running:
                wanted = from_env(environment(github, folder, **settings))
                return await house.enter_async_context(running(wanted, seams))

            async def door(scope: Scope, receive: Receive, send: Send) -> None:
                await stage.parts.web(scope, receive, send)

            async def restart() -> None:
                hook, github.world.app.webhook_url = github.world.app.webhook_url, None
                await house.aclose()
                stage.parts, github.world.app.webhook_url = await opened(), hook

            parts = await opened()
            async with served_app(door) as url:
                github.world.app.webhook_url = f"{url}/webhook"
                stage = Stage(github=github, parts=parts, url=url, clock=clock, restart=restart, events=events)
                yield stage
                await stage.quiet()
        await record(github, name)


@asynccontextmanager
async def served(parts: Running) -> AsyncIterator[str]:
    """The web side on a free port."""
    async with served_app(parts.web) as url:
        yield url


@asynccontextmanager
async def served_app(app: ASGIApp) -> AsyncIterator[str]:
    """An application on a free port."""
    loop = asyncio.get_running_loop()
    listening: asyncio.Future[int] = loop.create_future()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(serve(app, Listen(host="127.0.0.1", port=0), on_listening=listening.set_result))
        try:
            yield f"http://127.0.0.1:{await listening}"
        finally:
            task.cancel()


async def get(url: str) -> httpx.Response:
    """One GET without a proxy."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        return await client.get(url)
