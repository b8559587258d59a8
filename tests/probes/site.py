"""A real server that is slow, flapping, huge, bombing, redirecting, or wants a token; and the way out to it."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.egress.exchange import Network
from bot.egress.grants import Allowance, Grants, Repositories, Secret
from bot.egress.names import Dns
from bot.egress.rules import EgressSettings
from bot.egress.wayout import Egress

KEY = "Bearer login-key-9f3a7c"
TOKEN = "tok-51c8/2d+7e=="


@dataclass
class Site:
    """What has been asked of it, and what it answers."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def network(self) -> Network:
        """A way out whose operator allows this server, and has a key for it."""
        mine = Repositories(ids=frozenset({7}))
        allowed = Allowance(repositories=mine, networks=(ip_network("127.0.0.1/32"),), ports=(self.port,))
        key = Secret(
            name="site-key",
            repositories=mine,
            origins=(("http", "127.0.0.1", self.port),),
            header="Authorization",
            value=KEY,
        )
        grants = Grants(allow=(allowed,), secrets=(key,))
        egress = Egress(settings=EgressSettings(), resolver=Dns(), on_refused=lambda *_: None, grants=grants)
        return egress.network(7, "acme/shop")

    async def answer(self, request: Request) -> Response:
        """By the path."""
        path = request.url.path
        self.asked.append(path)
        match path:
            case "/login":
                return await self._login(request)
            case "/ask":
                known = request.headers.get("authorization") == f"Bearer {TOKEN}"
                return JSONResponse(
                    {"answer": "pong", "echo": TOKEN} if known else {}, status_code=200 if known else 401
                )
            case "/form":
                fields = (await request.body()).decode()
                response = RedirectResponse("/home" if "user=probe" in fields else "/form?again", status_code=303)
                response.set_cookie("sid", TOKEN.rstrip("="), httponly=True)
                return response
            case "/home":
                signed_in = request.cookies.get("sid") == TOKEN.rstrip("=")
                return Response("welcome" if signed_in else "who?", status_code=200 if signed_in else 403)
            case _:
                return await self._plain(path)

    async def _login(self, request: Request) -> Response:
        body = await request.json()
        known = request.headers.get("authorization") == KEY and body == {"user": "probe"}
        return JSONResponse({"data": {"token": TOKEN}}) if known else JSONResponse({}, status_code=403)

    async def _plain(self, path: str) -> Response:
        if path == "/hangs":
            await self.closing.wait()
        if path == "/slow":
            await asyncio.sleep(0.4)
        turn = self.asked.count(path)
        made = PLAIN.get(path)
        return made(turn) if made else Response(status_code=404)


PLAIN = {
    "/health": lambda _: JSONResponse({"status": "ok"}, headers={"X-Version": "1.2"}),
    "/slow": lambda _: JSONResponse({"status": "ok"}),
    "/flapping": lambda turn: JSONResponse({}, status_code=503 if turn % 3 == 0 else 200),
    "/huge": lambda _: Response(b" " * (2 << 20) + b"end", media_type="text/plain"),
    "/bomb": lambda _: Response(gzip.compress(bytes(32 << 20)), headers={"Content-Encoding": "gzip"}),
    "/moved": lambda _: RedirectResponse("/health"),
    "/round": lambda _: RedirectResponse("/round"),
    "/inside": lambda _: RedirectResponse("http://127.0.0.2/"),
}


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    """The server on loopback, in this loop."""
    here = Site()
    app = Starlette(routes=[Route("/{path:path}", here.answer, methods=["GET", "HEAD", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.005)
        here.port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield here
        finally:
            here.closing.set()
            server.should_exit = True
