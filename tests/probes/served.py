"""Applications served on loopback for a test, and the way out of a repository whose operator has named them."""

import asyncio
from contextlib import asynccontextmanager

import uvicorn

from bot.egress.exchange import Network, ServerKind
from bot.egress.grants import Grants, Repositories, Server

from .loopback import LOOPBACK, loopback

MINE = Repositories(names=frozenset({"acme/shop"}))


@asynccontextmanager
async def served(app):
    """An application on a real server in this loop; gives its port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.005)
        try:
            yield server.servers[0].sockets[0].getsockname()[1]
        finally:
            server.should_exit = True


def to_server(port: int, kind: ServerKind, header: str, value: str) -> Network:
    """The way out to a server that is named `main`."""
    about = {"name": "main", "kind": kind, "url": f"http://127.0.0.1:{port}", "repositories": MINE}
    server = Server(**about, networks=(LOOPBACK,), header=header, value=value)
    return loopback(grants=Grants(servers=(server,)))
