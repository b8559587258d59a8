"""The world of the two hand-written assessments that this product replaces: a repository, a service, a tracker."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from websockets.asyncio.server import ServerConnection, serve

from tests.journeys.repository import Shas, commit, git
from tests.journeys.stage import world

EVENTS = ("agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed")
MIGRATED = 24
SCRIPT = """\
import pathlib
files = list(pathlib.Path("services").rglob("*.py"))
bad = [file for file in files if ".staging.example.ai" in file.read_text()]
print(f"compliance: {100 - 100 * len(bad) / len(files):.1f}%")
"""


def history(folder: Path, at: "Service") -> Shas:
    """A domain that is migrated in many files, a module that was missing, a script that counts; then the policy."""
    git(folder.parent, "init", "--quiet", "--initial-branch=main", str(folder))
    old = {f"services/s{n}.py": f'URL = "https://s{n}.staging.example.ai"\n' for n in range(MIGRATED)}
    start = commit(folder, {**old, "scripts/check_architecture_compliance.py": SCRIPT}, "Start")
    new = {path: text.replace(".staging", "") for path, text in old.items()}
    more = {"shared/domain_config.py": "DOMAIN = 'example.ai'\n", "app/services/monitoring/__init__.py": "OK = True\n"}
    fix = commit(folder, {**new, **more}, "Package the monitoring module, one domain for all")
    head = commit(folder, {".github/resolution.yml": policy(at, fix)}, "Say what must hold")
    git(folder, "checkout", "--quiet", "-b", "later", start)
    unmerged = commit(folder, {"services/later.py": "LATER = True\n"}, "Later")
    git(folder, "checkout", "--quiet", "main")
    return Shas(folder=folder, start=start, fix=fix, head=head, unmerged=unmerged)


def seeds_world(shas: Shas, *, related: str = "completed", compliance: float = 98.7) -> dict[str, Any]:
    """The tracker: the issue, the infrastructure issue that it rests on, CI, workflows, a deployment."""
    quiet, broken = "42 passed\n", "No module named 'app.services.monitoring'\n42 failed\n"
    return world(
        shas,
        issues=[
            {
                "number": 1,
                "title": "containers do not start",
                "body": "No module named 'app.services.monitoring'.",
                "labels": ["actively-being-worked-on"],
                "author": "carol",
            },
            {
                "number": 3,
                "title": "infrastructure",
                "body": "VPC and load balancer.",
                "state": "closed",
                "state_reason": related,
            },
        ],
        pulls=[
            {
                "number": 2,
                "title": "Package the monitoring module",
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
            {"sha": shas.head, "name": "mission-critical", "conclusion": "success"},
        ],
        workflow_runs=[
            _run("architecture", shas.start, "compliance: 91.2%\n"),
            _run("architecture", shas.head, f"compliance: {compliance}%\n"),
            _run("suite", shas.start, broken),
            _run("suite", shas.head, quiet),
        ],
        deployments=[{"sha": shas.head, "environment": "staging", "state": "success"}],
    )


def _run(name: str, sha: str, log: str) -> dict[str, Any]:
    path = f".github/workflows/{name}.yml"
    return {"name": name, "path": path, "sha": sha, "conclusion": "success", "log": log}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The running service: its ports. `tls` has a certificate that nobody knows."""

    http: int
    events: int
    tls: int

    @property
    def ports(self) -> str:
        """For `PROBE_PORTS`."""
        return f"80,443,{self.http},{self.events},{self.tls}"


@asynccontextmanager
async def service(*, events: tuple[str, ...] = EVENTS, healthy: bool = True) -> AsyncIterator[Service]:
    """A service with a health page, a login, an agent that answers, its events, and TLS."""
    certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(certificate)
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
        asyncio.TaskGroup() as group,
    ):
        group.create_task(server.serve([socket]))
        http, ws, tls = (one.getsockname()[1] for one in (socket, *socketed.sockets, *secured.sockets))
        try:
            yield Service(http=http, events=ws, tls=tls)
        finally:
            server.should_exit = True


def _site(*, healthy: bool) -> Starlette:
    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok" if healthy else "degraded"}, status_code=200 if healthy else 503)

    async def login(request: Request) -> Response:
        known = (await request.json()).get("user") == "golden"
        return JSONResponse({"token": "t0ken-of-the-path"} if known else {}, status_code=200 if known else 401)

    async def answer(request: Request) -> Response:
        let_in = request.headers.get("x-session") == "t0ken-of-the-path"
        return JSONResponse({"answer": "42"} if let_in else {}, status_code=200 if let_in else 401)

    return Starlette(
        routes=[Route("/health", health), Route("/login", login, methods=["POST"]), Route("/answer", answer)]
    )


def policy(at: Service, fix: str) -> str:
    """Everything that the two assessments claim, as questions."""
    return f"""\
version: 1
claims: off
labels: {{resolved: [development-complete], remove: [actively-being-worked-on]}}
business_impact: {{segment: Platform, goal: operational stability, revenue: "$500K+ ARR"}}
criteria:
  - {{id: packaging, title: The monitoring module is packaged, commit: '{fix[:9]}'}}
  - {{id: domain-module, file: shared/domain_config.py}}
  - id: migrated
    title: One domain everywhere
    code: {{absent: .staging.example.ai, include: ["services/**"]}}
  - {{id: breadth, title: The migration touched the whole tree, changes: {{files: {MIGRATED}}}}}
  - {{id: suite, title: The mission-critical suite is green, check: mission-critical}}
  - id: compliance
    title: The architecture is compliant
    workflow: {{workflow: architecture.yml, number: {{pattern: 'compliance: ([0-9.]+)%', min: 98}}}}
  - {{id: script, title: The architecture script agrees,
     command: {{run: compliance, number: {{pattern: 'compliance: ([0-9.]+)%', min: 98}}}}}}
  - id: no-module-error
    title: The module is found at start
    logs: {{workflow: {{file: suite.yml, absent: No module named}}}}
  - id: health
    title: The system is healthy
    http: {{url: 'http://127.0.0.1:{at.http}/health', json: {{at: status, equals: ok}}, samples: 2}}
  - id: events
    title: All five critical events arrive
    websocket: {{url: 'ws://127.0.0.1:{at.events}/', send: [{{ask: six times seven}}], expect: [{", ".join(EVENTS)}]}}
  - id: golden-path
    title: Users log in and get answers
    journey:
      steps:
        - {{name: log in, method: POST, url: 'http://127.0.0.1:{at.http}/login', body: {{user: golden}},
           capture: {{token: {{json: token}}}}}}
        - {{name: ask, url: 'http://127.0.0.1:{at.http}/answer', headers: {{X-Session: '{{token}}'}},
           json: {{at: answer, equals: "42"}}}}
  - {{id: infrastructure, title: The infrastructure issue is resolved, issue: 3}}
  - {{id: staging, title: The fix runs in staging, deployment: staging}}
  - {{id: compatible, title: Nothing breaks, pull: {{breaking: false}}}}
  - {{id: listening, title: The gateway listens, tcp: {{host: 127.0.0.1, port: {at.events}}}}}
  - {{id: certificate, title: The certificate is deployed, scope: operational,
     tls: {{host: 127.0.0.1, port: {at.tls}}}}}
"""


OPERATOR = """\
version: 1
commands:
  - name: compliance
    repositories: [acme/service]
    run: [/usr/bin/python3, scripts/check_architecture_compliance.py]
    seconds: 20
"""
