"""The simulator inside a test: in the running event loop, on a free port, gone at the end."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import jwt

from bot.simulator.auth import mint
from bot.simulator.deliveries import Delivery
from bot.simulator.loading import load_world, unload_world
from bot.simulator.runtime import Simulator, create_simulator
from bot.simulator.server import serving
from bot.simulator.webhooks import roots
from bot.simulator.wire import Json
from bot.simulator.world import World

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorHandle:
    """A running simulator: where it is, what it holds, and short ways to drive it."""

    url: str
    simulator: Simulator
    client: httpx.AsyncClient

    @property
    def world(self) -> World:
        """The world itself, to look into."""
        return self.simulator.world

    @property
    def app_id(self) -> int:
        """The id of the simulated app."""
        return self.world.app.id

    @property
    def private_key(self) -> str:
        """The app's private key, in PEM form."""
        return self.world.app.private_key or ""

    @property
    def webhook_secret(self) -> str:
        """The secret that webhooks are signed with."""
        return self.world.app.webhook_secret

    def app_jwt(self) -> str:
        """A JWT of the app, valid for nine minutes."""
        now = self.world.clock()
        claims = {"iat": now - timedelta(seconds=60), "exp": now + timedelta(minutes=9), "iss": str(self.app_id)}
        return jwt.encode(claims, self.private_key, algorithm="RS256")

    def installation_id(self, full_name: str) -> int:
        """The installation that covers a repository."""
        found = self.world.repository(full_name)
        if found is None:
            raise LookupError(full_name)
        return self.world.installation(found.owner).id

    def token(self, full_name: str, **permissions: str) -> str:
        """An installation token for one repository: all that is granted, or just ``permissions``."""
        found = self.world.repository(full_name)
        if found is None:
            raise LookupError(full_name)
        where = self.world.installation(found.owner)
        return mint(self.world, where, [found], permissions or dict(self.world.app.permissions)).value

    def api(self, token: str) -> httpx.AsyncClient:
        """A client of the API with a token; whoever asks for it closes it."""
        scheme = "Bearer" if token.startswith("ey") else "token"
        return httpx.AsyncClient(
            base_url=self.url,
            headers={
                "Authorization": f"{scheme} {token}",
                "Accept": "application/vnd.github+json",
                "User-Agent": "simulator-tests",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            timeout=TIMEOUT_SECONDS,
            verify=roots(),
            trust_env=False,
        )

    async def control(self, action: str, /, **body: object) -> Json:
        """A control request, for example ``control("comment", repo=…, issue=1, login=…, body=…)``."""
        answer = await self.client.post(f"/_sim/{action}", json=body)
        answer.raise_for_status()
        found: Json = answer.json()
        return found

    async def comment(self, repo: str, issue: int, login: str, body: str) -> int:
        """Somebody comments; the answer is the comment's id."""
        made = await self.control("comment", repo=repo, issue=issue, login=login, body=body)
        return int(str(made["id"]))

    async def fault(self, effect: str, **rule: object) -> None:
        """Put one fault rule in force."""
        await self.control("faults", rules=[{"effect": effect, **rule}])

    async def state(self) -> Json:
        """What ``GET /_sim/state`` gives."""
        found: Json = (await self.client.get("/_sim/state")).json()
        return found

    async def exchanges(self) -> list[Json]:
        """The API requests so far, with their answers."""
        text = (await self.client.get("/_sim/exchanges")).text
        return [json.loads(line) for line in text.splitlines()]

    async def settled(self) -> None:
        """Wait until all webhooks are delivered and all that was to follow has followed."""
        await self.simulator.courier.settled()

    def deliveries(self, event: str = "") -> list[Delivery]:
        """The webhooks sent so far, oldest first, of one event or all."""
        return [each for each in self.world.deliveries if event in ("", each.emission.event)]


@asynccontextmanager
async def running(
    world: World | Mapping[str, object] | Path, *, webhook_url: str | None = None
) -> AsyncIterator[SimulatorHandle]:
    """A simulator of a world (or of what ``load_world`` takes), served while the block runs."""
    loaded = world if isinstance(world, World) else load_world(world)
    loaded.app.webhook_url = webhook_url or loaded.app.webhook_url
    simulator = create_simulator(loaded)
    try:
        async with (
            serving(simulator) as url,
            httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS, verify=roots(), trust_env=False) as client,
        ):
            yield SimulatorHandle(url=url, simulator=simulator, client=client)
    finally:
        await unload_world(loaded)
