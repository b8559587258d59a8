"""What does taking a delivery cost? CPU per request of the webhook, beside bare uvicorn and, if it is there, Probot.

    python benchmarks/intake.py [--seconds 3] [--repeat 3] [--concurrency 32]
    PROBOT_DIR=/path/with/node_modules python benchmarks/intake.py

All servers get the same signed deliveries (14 kB, no command in them) over keep-alive connections on loopback, each on
a core of its own where there are two, in shuffled order. CPU per request, from the scheduler's own accounting, is the
number to trust: it hardly moves when other programs share the machine; requests per second do.
"""

import argparse
import asyncio
import contextlib
import hmac
import json
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.commands.catalog import CATALOG
from bot.engine import Delivery, Health
from bot.github.events import Received
from bot.web.app import WebDeps, create_web
from bot.web.pages import PageDeps
from bot.web.serving import Listen, run, serve
from bot.web.webhook import Intake

SECRET = b"a-secret-for-measuring"
WARM_UP = 2.0  # seconds; Node looks half again as slow without it
PROBOT = """
import { run } from "probot";
import { generateKeyPairSync } from "node:crypto";
const pem = { type: "pkcs8", format: "pem" };
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, privateKeyEncoding: pem,
  publicKeyEncoding: { type: "spki", format: "pem" } });
await run((app) => { app.on("issue_comment.created", async (context) => {
  if (!context.payload.comment.body.startsWith("/assess-resolution")) return; }); },
  { env: { ...process.env, HOST: "127.0.0.1", APP_ID: "1", PRIVATE_KEY: privateKey, NODE_ENV: "production",
    LOG_LEVEL: "fatal" } });
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A server: how it is started, with which environment, and where its webhook is."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    path: str = "/webhook"
    folder: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run: CPU in microseconds a request, and requests a second."""

    cpu: float
    rate: float


def delivery() -> bytes:
    """A comment's delivery of about 14 kB: GitHub's many links, with only a few fields that anybody reads."""
    links = {f"{name}_url": f"https://api.github.com/repos/octo/shop/{name}{{/sha}}" for name in _NAMES}
    user = {"login": "octocat", "id": 1, "type": "User", "site_admin": False, **links}
    payload = {
        "action": "created",
        "issue": {"number": 12, "title": "Spelling", "state": "open", "user": user, "labels": [], **links},
        "comment": {"id": 5, "body": "You are totally right! " * 120, "user": user, **links},
        "repository": {"id": 7, "full_name": "octo/shop", "owner": user, **links},
        "sender": user,
        "installation": {"id": 1},
    }
    return json.dumps(payload, indent=1).encode()


_NAMES = (
    "keys",
    "hooks",
    "forks",
    "teams",
    "trees",
    "tags",
    "blobs",
    "refs",
    "events",
    "pulls",
    "labels",
    "merges",
    "milestones",
    "notifications",
    "releases",
    "deployments",
)


def request(path: str, port: int, body: bytes) -> bytes:
    """The delivery as bytes on the wire, with the headers that GitHub sends."""
    signature = hmac.digest(SECRET, body, "sha256").hex()
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: GitHub-Hookshot/d3a1f2c\r\nAccept: */*\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"X-GitHub-Delivery: 00000000-0000-4000-8000-000000000000\r\nX-GitHub-Event: issue_comment\r\n"
        f"X-GitHub-Hook-ID: 1\r\nX-Hub-Signature: sha1={'0' * 40}\r\nX-Hub-Signature-256: sha256={signature}\r\n\r\n"
    ).encode() + body


async def load(port: int, raw: bytes, *, concurrency: int, seconds: float) -> int:
    """Send the same request over and over; how many were answered with 2xx. Raises on any other answer."""
    ends = time.monotonic() + seconds

    async def client() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        done = 0
        while time.monotonic() < ends:
            writer.write(raw)
            head = await reader.readuntil(b"\r\n\r\n")
            if head[9:10] != b"2":
                raise RuntimeError(head.decode())
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            done += 1
        writer.close()
        return done

    async with asyncio.TaskGroup() as group:
        clients = [group.create_task(client()) for _ in range(concurrency)]
    return sum(task.result() for task in clients)


def cpu_seconds(pid: int) -> float:
    """The CPU that all threads of a process have used."""
    return sum(int(thread.read_text().split()[0]) for thread in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


@contextlib.asynccontextmanager
async def started(contender: Contender, port: int, raw: bytes) -> AsyncIterator[int]:
    """The server's process, once it answers."""
    environment = {**os.environ, **contender.environment, "PORT": str(port)}
    pin = ("taskset", "-c", "0") if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else ()
    process = await asyncio.create_subprocess_exec(
        *pin, *(part.format(port=port) for part in contender.command), env=environment, cwd=contender.folder
    )
    try:
        async with asyncio.timeout(30):
            while not await answers(port, raw):
                await asyncio.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def answers(port: int, raw: bytes) -> bool:
    """Is the server up?"""
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        await load(port, raw, concurrency=1, seconds=0.01)
        return True
    return False


async def measure(contender: Contender, port: int, concurrency: int, seconds: float) -> Measured:
    """One run of one server."""
    raw = request(contender.path, port, delivery())
    async with started(contender, port, raw) as pid:
        await load(port, raw, concurrency=concurrency, seconds=WARM_UP)
        before, began = cpu_seconds(pid), time.monotonic()
        done = await load(port, raw, concurrency=concurrency, seconds=seconds)
        return Measured(
            cpu=(cpu_seconds(pid) - before) / done * 1e6,
            rate=done / (time.monotonic() - began),
        )


def contenders() -> tuple[Contender, ...]:
    """This bot, bare uvicorn, and Probot where `PROBOT_DIR` names a folder in which it is installed."""
    own = (sys.executable, str(Path(__file__)), "--child")
    found = [
        Contender(name="bot", command=(*own, "bot", "{port}"), environment={}),
        Contender(name="bare uvicorn", command=(*own, "bare", "{port}"), environment={}),
    ]
    folder, node = os.environ.get("PROBOT_DIR"), shutil.which("node")
    if folder and node:
        command = (node, "--input-type=module", "-e", PROBOT.replace("{", "{{").replace("}", "}}"))
        environment = {"WEBHOOK_SECRET": SECRET.decode()}
        path = "/api/github/webhooks"
        found.append(Contender(name="Probot", command=command, environment=environment, path=path, folder=Path(folder)))
    return tuple(found)


def child(kind: str, port: int) -> None:
    """Be one of the servers."""
    app = bare if kind == "bare" else full()
    run(serve(app, Listen(host="127.0.0.1", port=port), on_listening=lambda _: None))


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, say ok."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


class Nothing:
    """An inbox and an archive that are never asked: no delivery here matters."""

    async def put(self, delivery: Delivery) -> bool:
        """Never called."""
        raise NotImplementedError

    async def load(self, id: str) -> bytes | None:  # noqa: A002 - the document's own word
        """Never called."""
        raise NotImplementedError

    async def healthy(self) -> Health:
        """Never called."""
        raise NotImplementedError


def full() -> ASGIApp:
    """The whole web side."""

    def route(received: Received) -> Delivery | None:
        if received.event != "issue_comment" or received.action != "created":
            raise NotImplementedError
        return None

    def clock() -> datetime:
        return datetime.now(UTC)

    nothing = Nothing()
    intake = Intake(secrets=(SECRET,), route=route, inbox=nothing, clock=clock, report=lambda *_: None)
    pages = PageDeps(archive=nothing, healthy=nothing.healthy, signing_key=b"k" * 32, clock=clock, commands=CATALOG)
    return create_web(WebDeps(intake=intake, pages=pages))


def table(results: Mapping[str, list[Measured]]) -> str:
    """Medians, and how much less CPU the bot needs than each of the others."""
    cpu = {name: statistics.median(run.cpu for run in runs) for name, runs in results.items()}
    lines = [f"{'':14} {'CPU µs/request':>15} {'requests/s':>11} {'CPU, bot = 1':>13}"]
    for name, runs in results.items():
        rate = statistics.median(run.rate for run in runs)
        lines.append(f"{name:14} {cpu[name]:15.1f} {rate:11.0f} {cpu[name] / cpu['bot']:13.2f}")
    return "\n".join(lines)


def main() -> None:
    """Measure all of them, interleaved, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--child", nargs=2, metavar=("KIND", "PORT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child[0], int(asked.child[1]))
        return
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {1})  # beside the server, not on its core
    results: dict[str, list[Measured]] = {contender.name: [] for contender in contenders()}
    for number in range(asked.repeat):
        for contender in random.sample(contenders(), len(contenders())):
            port = 18_200 + number * 10 + list(results).index(contender.name)
            results[contender.name].append(asyncio.run(measure(contender, port, asked.concurrency, asked.seconds)))
    print(f"{len(delivery())} bytes, {asked.concurrency} connections, median of {asked.repeat}")
    print(table(results))


if __name__ == "__main__":
    main()
