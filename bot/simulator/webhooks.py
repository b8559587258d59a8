"""Webhooks on their way: signed, sent with a deadline, logged, never retried, as on GitHub.

Source: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
"""

import asyncio
import hmac
import json
import ssl
import uuid
from collections.abc import Awaitable, Callable
from functools import cache
from time import perf_counter

import httpx

from bot.simulator.deliveries import Delivery, Emission
from bot.simulator.world import World

DEADLINE_SECONDS = 10.0
WORKERS = 4
_BODY_LIMIT = 10_000
_HOOK_ID = 901


@cache
def roots() -> ssl.SSLContext:
    """Whom a client trusts, read once a process: to read them takes 25 ms, longer than a whole world needs."""
    return httpx.create_ssl_context(trust_env=False)


class Courier:
    """Delivers what the world emits, and does what is to be done a little later."""

    def __init__(self, world: World) -> None:
        """Bind to a world; nothing is sent before `run`."""
        self.world = world
        self._more = asyncio.Event()
        self._idle = asyncio.Event()
        self._busy = 0
        self._group: asyncio.TaskGroup | None = None
        self._tasks: list[asyncio.Task[None]] = []
        world.wake = self._more.set
        world.later = self.later

    async def start(self, group: asyncio.TaskGroup) -> None:
        """Start the workers inside a task group."""
        self._group = group
        self._client = httpx.AsyncClient(
            timeout=DEADLINE_SECONDS, verify=roots(), follow_redirects=False, trust_env=False
        )
        self._tasks = [group.create_task(self._work()) for _ in range(WORKERS)]

    async def stop(self) -> None:
        """End the workers; what is not sent by then is never sent."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        await self._client.aclose()

    def later(self, seconds: float, action: Callable[[], Awaitable[None]]) -> None:
        """Do something after a delay; `settled` waits for it."""
        if self._group is None:
            raise RuntimeError("the courier was not started")
        self._busy += 1
        self._tasks.append(self._group.create_task(self._delayed(seconds, action)))

    async def settled(self) -> None:
        """Wait until nothing is left to be sent or done."""
        while self.world.outbox or self._busy:
            self._idle.clear()
            await self._idle.wait()

    async def _delayed(self, seconds: float, action: Callable[[], Awaitable[None]]) -> None:
        try:
            await asyncio.sleep(seconds)
            await action()
        finally:
            self._done()

    async def _work(self) -> None:
        while True:
            while not self.world.outbox:
                self._more.clear()
                await self._more.wait()
            emission = self.world.outbox.popleft()
            self._busy += 1
            try:
                await self._deliver(emission)
            finally:
                self._done()

    def _done(self) -> None:
        self._busy -= 1
        self._idle.set()

    async def _deliver(self, emission: Emission) -> None:
        world = self.world
        number, guid = world.ids.take(), emission.guid or str(uuid.uuid4())
        body = json.dumps(emission.payload, ensure_ascii=False, separators=(",", ":")).encode()
        headers = _headers(world, emission, guid, body)
        at, started = world.clock(), perf_counter()
        answer, status = await self._send(world.app.webhook_url, body, headers)
        world.deliveries.append(
            Delivery(
                id=number,
                guid=guid,
                emission=emission,
                url=world.app.webhook_url or "",
                delivered_at=at,
                duration_seconds=perf_counter() - started,
                status_code=answer.status_code if answer is not None else 0,
                status=status,
                request_headers=headers,
                response_headers=dict(answer.headers) if answer is not None else {},
                response_body=answer.text[:_BODY_LIMIT] if answer is not None else "",
            )
        )

    async def _send(self, url: str | None, body: bytes, headers: dict[str, str]) -> tuple[httpx.Response | None, str]:
        if url is None:
            return None, "no webhook url"
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                answer = await self._client.post(url, content=body, headers=headers)
        except TimeoutError:
            return None, "timed out"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return None, "timed out" if isinstance(error, httpx.TimeoutException) else "failed to connect to host"
        return answer, "OK" if answer.is_success else f"Invalid HTTP Response: {answer.status_code}"


def sign(secret: str, body: bytes) -> str:
    """The value of ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()


def _headers(world: World, emission: Emission, guid: str, body: bytes) -> dict[str, str]:
    return {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/sim",
        "X-GitHub-Delivery": guid,
        "X-GitHub-Event": emission.event,
        "X-GitHub-Hook-ID": str(_HOOK_ID),
        "X-GitHub-Hook-Installation-Target-ID": str(world.app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        "X-Hub-Signature": "sha1=" + hmac.digest(world.app.webhook_secret.encode(), body, "sha1").hex(),
        "X-Hub-Signature-256": sign(world.app.webhook_secret, body),
    }
