"""A web side with a small inbox and archive in memory, and ways to talk to it: directly, and over real sockets."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from starlette.types import ASGIApp, Message

from bot.commands.catalog import offered
from bot.engine import Delivery, Health, Job, Signal, StoreUnavailable
from bot.github.events import IssueCommentEvent, Received, WorkflowRunEvent
from bot.signing.attesting import Attestor
from bot.web.app import WebDeps, create_web
from bot.web.pages import PageDeps
from bot.web.serving import Limits, Listen, serve
from bot.web.webhook import Intake, OnAnswer

NEW, OLD = b"new-secret", b"old-secret"
KEY = b"k" * 32
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GUID = "11111111-2222-3333-4444-555555555555"
COMMENT = {
    "action": "created",
    "installation": {"id": 1},
    "repository": {"id": 7, "full_name": "o/r"},
    "issue": {"number": 12},
    "comment": {"id": 5, "body": "/assess-resolution", "user": {"login": "ann", "id": 2, "type": "User"}},
    "sender": {"login": "ann", "id": 2, "type": "User"},
}


def signed(body: bytes, secret: bytes = NEW) -> str:
    """GitHub's signature of a body."""
    return "sha256=" + hmac.digest(secret, body, "sha256").hex()


def headers(body: bytes, **changes: str | None) -> list[tuple[bytes, bytes]]:
    """The headers of a good delivery, with changes (`content_type="…"`); None leaves one out."""
    given = {
        "host": "bot.test",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "x-github-event": "issue_comment",
        "x-github-delivery": GUID,
        "x-hub-signature-256": signed(body),
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return [(name.encode(), value.encode("latin-1")) for name, value in given.items() if value is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer as a client sees it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, str]:
        """The body as JSON."""
        found: dict[str, str] = json.loads(self.body)
        return found


HEALTHY = Health(writable=True, executor="a", waiting=0, running=0, oldest_waiting=None)


@dataclass(slots=True)
class World:
    """What stands behind the web side; tests look into it and set it."""

    seen: set[str] = field(default_factory=set)
    deliveries: list[Delivery] = field(default_factory=list)
    events: list[tuple[str, Mapping[str, str | int]]] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)
    awaited: set[str] = field(default_factory=set)
    broken: bool = False
    asked: int = 0
    now: datetime = NOW
    health: Health = HEALTHY
    on_answer: OnAnswer = lambda _event, _answer: None
    attestor: Attestor | None = None

    async def put(self, delivery: Delivery) -> bool:
        """The inbox."""
        if self.broken:
            raise StoreUnavailable("locked")
        if delivery.signal is not None:
            return bool(self.awaited.intersection(delivery.signal.topics))
        keys = {delivery.guid, delivery.dedup or delivery.guid}
        if keys & self.seen:
            return False
        self.seen |= keys
        self.deliveries.append(delivery)
        return True

    async def load(self, id: str) -> bytes | None:  # noqa: A002 - as the archive has it
        """The archive."""
        if self.broken:
            raise StoreUnavailable("locked")
        return self.documents.get(id)

    async def healthy(self) -> Health:
        """The engine's health."""
        self.asked += 1
        return self.health

    def app(self) -> ASGIApp:
        """The whole web side over this world."""
        intake = Intake(
            secrets=(NEW, OLD),
            route=route,
            inbox=self,
            clock=lambda: self.now,
            report=lambda name, values: self.events.append((name, values)),
            on_answer=self.on_answer,
        )
        pages = PageDeps(
            archive=self,
            healthy=self.healthy,
            signing_key=KEY,
            clock=lambda: self.now,
            commands=offered(),
            attestor=self.attestor,
        )
        return create_web(WebDeps(intake=intake, pages=pages))


def route(received: Received) -> Delivery | None:
    """Commands can matter, and ends of workflow runs."""
    payload = received.payload
    if isinstance(payload, WorkflowRunEvent):
        return Delivery(
            guid=received.guid,
            dedup=None,
            event=received.event,
            installation=1,
            job=None,
            received_at=received.received_at,
            signal=Signal(topics=(f"run:{payload.workflow_run.id}",), scope="7"),
        )
    if not isinstance(payload, IssueCommentEvent) or not payload.comment.body.startswith("/assess-resolution"):
        return None
    return Delivery(
        guid=received.guid,
        dedup=f"{payload.repository.id}/{payload.comment.id}",
        event=received.event,
        installation=payload.installation.id if payload.installation else 0,
        job=Job(id=f"comment-{payload.comment.id}", kind="command.v1", key="7/12", payload=None),
        received_at=received.received_at,
    )


async def call(
    app: ASGIApp,
    path: str = "/webhook",
    *,
    method: str = "POST",
    given: list[tuple[bytes, bytes]] | None = None,
    chunks: tuple[bytes, ...] = (b"",),
    cut_off: bool = False,
) -> Answered | None:
    """One request straight into the application; None where it gave no answer. `cut_off`: the client goes away."""
    left = list(chunks)
    sent: list[Message] = []
    raw, _, query = path.partition("?")

    async def receive() -> Message:
        if not left:
            return {"type": "http.disconnect"}
        part = left.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(left) or cut_off}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": raw,
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "headers": given or [],
        "server": ("bot.test", 80),
        "client": ("127.0.0.1", 1),
    }
    await app(scope, receive, send)
    if not sent:
        return None
    names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answered(status=sent[0]["status"], headers=names, body=body)


async def deliver(app: ASGIApp, body: bytes | None = None, **changes: str | None) -> Answered:
    """One delivery with good headers but for the changes."""
    sent = json.dumps(COMMENT).encode() if body is None else body
    answered = await call(app, given=headers(sent, **changes), chunks=(sent,))
    assert answered is not None
    return answered


SHORT = Limits(
    head=timedelta(seconds=0.3),
    request=timedelta(seconds=0.6),
    sweep=timedelta(seconds=0.05),
    grace=timedelta(seconds=1),
    connections=8,
)


@asynccontextmanager
async def served(app: ASGIApp, limits: Limits = SHORT) -> AsyncIterator[int]:
    """A real server on a free port of loopback."""
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        listen = Listen(host="127.0.0.1", port=0)
        group.create_task(serve(app, listen, on_listening=port.set_result, stop=stop, limits=limits))
        yield await port
        stop.set()
