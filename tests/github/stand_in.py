"""A scripted GitHub behind httpx, a clock that is moved by hand, and a key that is made once."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.github.credentials import AppKey, PersonToken, Secret, load_app_key
from bot.github.errors import GitHubError
from bot.github.gateway import Gateway
from bot.github.hosts import GITHUB, host
from bot.github.models import InstallationId, RepositoryRef
from bot.github.session import Session
from bot.github.transport import Exchange

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHOP = RepositoryRef(owner="acme", name="shop", id=55)
INSTALLATION = InstallationId(9)
MINT = "/app/installations/9/access_tokens"

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Clock:
    """Noon, until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class StandIn:
    """Answers by method and path, in the order in which they were given; the last answer repeats."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self._rules: list[tuple[str, re.Pattern[str], list[Answer]]] = []
        self.minted = 0
        self.on("POST", MINT, self._mint)

    def on(self, method: str, path: str, *answers: Answer) -> "StandIn":
        self._rules.insert(0, (method, re.compile(path), list(answers)))
        return self

    def graphql(self, *answers: Answer) -> "StandIn":
        return self.on("POST", "/graphql", *answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        for method, path, answers in self._rules:
            if method == request.method and path.fullmatch(request.url.path):
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if isinstance(answer, Exception):
                    raise answer
                return answer(request) if callable(answer) else answer
        return httpx.Response(404, json={"message": "Not Found"})

    def sent(self, method: str, path: str) -> list[httpx.Request]:
        return [one for one in self.requests if one.method == method and re.fullmatch(path, one.url.path)]

    def _mint(self, _: httpx.Request) -> httpx.Response:
        self.minted += 1
        body = {"token": f"ghs_{self.minted}", "expires_at": "2026-11-21T13:00:00Z", "permissions": {}}
        return httpx.Response(201, json=body)


class Transport(httpx.AsyncBaseTransport):
    """A stand-in behind httpx; each answer takes some turns of the event loop, as a network would."""

    def __init__(self, github: StandIn) -> None:
        self.github = github
        self.running = 0
        self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            for _ in range(5):
                await asyncio.sleep(0)
            return self.github(request)
        finally:
            self.running -= 1


@cache
def pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@cache
def app_key() -> AppKey:
    return load_app_key("7", pem())


def ok(data: Any, *errors: Any, **headers: str) -> httpx.Response:
    """A GraphQL answer."""
    body = {"data": data} | ({"errors": list(errors)} if errors else {})
    return httpx.Response(200, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def fault(kind: str, *path: str | int) -> dict[str, Any]:
    return {"type": kind, "path": list(path), "message": "some words"}


@asynccontextmanager
async def gateway(
    github: StandIn | Transport,
    clock: Clock | None = None,
    exchanges: list[Exchange] | None = None,
    *,
    person: bool = False,
) -> AsyncIterator[Gateway]:
    credentials = PersonToken(token=Secret("ghp_person")) if person else app_key()
    told = exchanges if exchanges is not None else []
    transport = github if isinstance(github, Transport) else Transport(github)
    async with Gateway(
        host(GITHUB), credentials, clock or Clock(), on_exchange=told.append, transport=transport
    ) as one:
        yield one


async def outcome(work: Awaitable[object]) -> object:
    """What came of it: the value, or the error."""
    try:
        return await work
    except GitHubError as error:
        return error


@asynccontextmanager
async def session(github: StandIn | Transport, clock: Clock | None = None) -> AsyncIterator[Session]:
    async with gateway(github, clock) as one:
        yield one.session(INSTALLATION, SHOP)
