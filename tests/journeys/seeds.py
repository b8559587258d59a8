"""The world of the two hand-written assessments that this product replaces: a repository, a service, a tracker."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from websockets.asyncio.server import ServerConnection, serve

from bot.app import now
from tests.journeys.repository import Shas, commit, git
from tests.journeys.stage import world
from tests.probes.loki_server import Entry, loki

EVENTS = ("agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed")
MIGRATED = 24
SCRIPT = """\
import pathlib
files = list(pathlib.Path("services").rglob("*.py"))
bad = [file for file in files if ".staging.example.com" in file.read_text()]
print(f"compliance: {100 - 100 * len(bad) / len(files):.1f}%")
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What may be otherwise than the assessments say. `left` files still name the old domain; without `done` the fix
    brought no module, breaks something, left the deployment as it was, and runs nowhere.
    """

    related: str = "completed"
    compliance: float = 98.7
    left: int = 0
    suite: str = "success"
    done: bool = True


AS_CLAIMED = About()
NOTHING_HOLDS = About(related="not_planned", compliance=97.9, left=3, suite="failure", done=False)


def before_policy(folder: Path, about: About = AS_CLAIMED) -> Shas:
    """A domain that is migrated in many files, a module that was missing, a script that counts, how it is deployed."""
    git(folder.parent, "init", "--quiet", "--initial-branch=main", str(folder))
    old = {f"services/s{n}.py": f'URL = "https://s{n}.staging.example.com"\n' for n in range(MIGRATED)}
    new = {path: text.replace(".staging", "") for path, text in old.items()}
    old["services/s0.py"] += "import os\nKEY = os.environ['KEY']\nclass LegacySocketManager: ...\n"
    script = {"scripts/check_architecture_compliance.py": SCRIPT}
    start = commit(folder, {**old, **script, **_deployed(60, "/")}, "Start", now() - timedelta(hours=72))
    modules = {
        "shared/domain_config.py": "DOMAIN = 'example.com'\n",
        "app/services/monitoring/__init__.py": "OK = True\n",
    }
    moved = dict(list(new.items())[about.left :])
    done = {**modules, **_deployed(600, "/health")} if about.done else {}
    says = "Package the monitoring module, one domain for all"
    fix = commit(folder, {**moved, **done}, says, now() - timedelta(hours=26))
    git(folder, "checkout", "--quiet", "-b", "later", start)
    unmerged = commit(folder, {"services/later.py": "LATER = True\n"}, "Later")
    git(folder, "checkout", "--quiet", "main")
    return Shas(folder=folder, start=start, fix=fix, head=fix, unmerged=unmerged)


def _deployed(seconds: int, health: str) -> dict[str, str]:
    """How it is deployed. The load balancer's time is somebody else's: it stays as it was."""
    return {
        "deploy/service.yml": f"database:\n  timeout_seconds: {seconds}\n",
        "deploy/load-balancer.yml": f"timeoutSec: 30\nhealthCheck: {{requestPath: {health}}}\n",
    }


def with_policy(shas: Shas, policy: str) -> Shas:
    """The same with a policy at the head."""
    head = commit(shas.folder, {".github/resolution.yml": policy}, "Say what must hold")
    return replace(shas, head=head)


def seeds_world(shas: Shas, about: About = AS_CLAIMED, *, label: str = "bug") -> dict[str, Any]:
    """The tracker: the issue, the infrastructure issue that it rests on, CI, workflows, a deployment."""
    quiet, broken = "42 passed\n", "No module named 'app.services.monitoring'\n42 failed\n"
    return world(
        shas,
        issues=[
            {
                "number": 1,
                "title": "containers do not start",
                "body": "No module named 'app.services.monitoring'.",
                "labels": [label, "actively-being-worked-on"],
                "author": "carol",
            },
            {
                "number": 3,
                "title": "infrastructure",
                "body": "Connector and load balancer.",
                "state": "closed",
                "state_reason": about.related,
            },
        ],
        pulls=[
            {
                "number": 2,
                "title": "Package the monitoring module" if about.done else "fix!: package the monitoring module",
                "body": "Fixes #1.",
                "state": "closed",
                "merged": True,
                "merge_commit_sha": shas.fix,
                "base": "main",
                "author": "bob",
                "closes": [1],
            }
        ],
        check_runs=[
            {"sha": shas.start, "name": "mission-critical", "conclusion": "failure"},
            {"sha": shas.head, "name": "mission-critical", "conclusion": about.suite},
            {"sha": shas.head, "name": "environment-detection", "conclusion": about.suite},
        ],
        workflow_runs=[
            _run("architecture", shas.start, "compliance: 91.2%\n"),
            _run("architecture", shas.head, f"compliance: {about.compliance}%\n"),
            _run("suite", shas.start, broken),
            _run("suite", shas.head, quiet if about.done else broken),
        ],
        deployments=[{"sha": shas.head if about.done else shas.start, "environment": "staging", "state": "success"}],
        collaborators={"ann": "write", "bob": "write", "dora": "triage"},
    )


def _run(name: str, sha: str, log: str) -> dict[str, Any]:
    path = f".github/workflows/{name}.yml"
    return {"name": name, "path": path, "sha": sha, "conclusion": "success", "log": log}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The running service: its ports. `tls` has a certificate that nobody knows, `logs` is its Loki."""

    http: int
    events: int
    tls: int
    logs: int

    @property
    def ports(self) -> str:
        """For `PROBE_PORTS`."""
        return f"80,443,{self.http},{self.events},{self.tls}"


@asynccontextmanager
async def service(*, events: tuple[str, ...] = EVENTS, healthy: bool = True, errors: int = 0) -> AsyncIterator[Service]:
    """A service with a health page, a login, an agent that answers, its events, TLS, and logs with so many errors."""
    certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA(organization_name="an example").issue_cert("127.0.0.1").configure_cert(certificate)
    config = uvicorn.Config(_site(healthy=healthy), port=0, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    socket = config.bind_socket()

    async def talk(connection: ServerConnection) -> None:
        async for _ in connection:
            for event in events:
                await connection.send(json.dumps({"type": event}))

    async with (
        serve(talk, "127.0.0.1", 0) as socketed,
        serve(talk, "127.0.0.1", 0, ssl=certificate) as secured,
        loki(*_logged(errors), instead={}) as (_, logs),
        asyncio.TaskGroup() as group,
    ):
        group.create_task(server.serve([socket]))
        http, ws, tls = (one.getsockname()[1] for one in (socket, *socketed.sockets, *secured.sockets))
        try:
            yield Service(http=http, events=ws, tls=tls, logs=logs)
        finally:
            server.should_exit = True


def _logged(errors: int) -> list[Entry]:
    """A line every 40 minutes: until the fix came all of them are errors, since then only the newest so many."""
    newest = now() - timedelta(minutes=5)
    lines = [Entry(at=newest - timedelta(minutes=40 * ago), line="served", app="service") for ago in range(78)]
    broken = [replace(one, line="infrastructure error: no connector") for one in lines]
    return [*broken[:errors], *lines[errors:39], *broken[39:]]


def _site(*, healthy: bool) -> Starlette:
    async def health(_: Request) -> Response:
        said = {"status": "ok" if healthy else "degraded", "database": "reachable" if healthy else "unknown"}
        return JSONResponse(said, status_code=200 if healthy else 503)

    async def login(request: Request) -> Response:
        known = (await request.json()).get("user") == "golden"
        return JSONResponse({"token": "t0ken-of-the-path"} if known else {}, status_code=200 if known else 401)

    async def answer(request: Request) -> Response:
        let_in = request.headers.get("x-session") == "t0ken-of-the-path"
        said = {"answer": "42" if healthy else "try again later"}
        return JSONResponse(said if let_in else {}, status_code=200 if let_in else 401)

    return Starlette(
        routes=[Route("/health", health), Route("/login", login, methods=["POST"]), Route("/answer", answer)]
    )
