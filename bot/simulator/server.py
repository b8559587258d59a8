"""The simulator as a running server."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import uvicorn
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from bot.simulator.front import create_app
from bot.simulator.loading import load_world, unload_world
from bot.simulator.runtime import Simulator, create_simulator

_FAREWELL_SECONDS = 2.0


@asynccontextmanager
async def serving(simulator: Simulator, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve inside the running event loop; gives the URL. A port of 0 is any free one.

    uvicorn's protocol without its server: no signal handlers, no polling, so that starting and
    stopping take milliseconds, and a connection can be cut when a fault asks for it.
    """
    state = ServerState()
    config = uvicorn.Config(
        create_app(simulator, partial(_cut, state)),
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        proxy_headers=False,
    )
    config.load()
    loop = asyncio.get_running_loop()
    protocol = partial(HttpToolsProtocol, config=config, server_state=state, app_state={})
    server = await loop.create_server(protocol, host, port)
    simulator.world.url = f"http://{host}:{server.sockets[0].getsockname()[1]}"
    # entered by hand: an error of the block must come out as it is, not inside a group
    group = asyncio.TaskGroup()
    await group.__aenter__()
    try:
        await simulator.courier.start(group)
        yield simulator.world.url
    finally:
        await simulator.courier.stop()
        await group.__aexit__(None, None, None)
        server.close()
        await _farewell(state)


async def serve(world_path: Path, port: int, *, announce: Callable[[str], None]) -> None:
    """Simulate the world in a file until cancelled or told to stop by a signal.

    Tells its URL through ``announce``. Raises WorldError (one line) if the file does not hold, and
    OSError if the port is taken.
    """
    world = load_world(world_path)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        async with serving(create_simulator(world), port=port) as url:
            announce(url)
            await stop.wait()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        await unload_world(world)


def _cut(state: ServerState, scope: Scope) -> None:
    """Abort the connection on which a request came."""
    for connection in list(state.connections):
        if getattr(connection, "scope", None) is scope:
            connection.transport.abort()


async def _farewell(state: ServerState) -> None:
    """Close idle connections, let the busy ones finish for a moment, then cut them."""
    for connection in list(state.connections):
        connection.shutdown()
    try:
        async with asyncio.timeout(_FAREWELL_SECONDS):
            await _gone(state)
    except TimeoutError:
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)


async def _gone(state: ServerState) -> None:
    while state.tasks or state.connections:
        if state.tasks:
            await asyncio.wait(state.tasks)
        await asyncio.sleep(0)
