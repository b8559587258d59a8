"""The demo's servers in one process: a simulated GitHub, and the bot, which goes by its clock.

`python -m bot.cli.demo_server WORLD PORT`, with the bot's settings in the environment. Setting that clock ahead
(`POST /_sim/clock`) wakes what waits. A server that is started by `serve` has no clock that can be set.
"""

import asyncio
import sys
from pathlib import Path

from bot.app import Seams, log_to_stderr, running
from bot.settings import Settings, environment, from_env
from bot.web.serving import Listen, serve


async def both(settings: Settings, world_path: Path, port: int) -> None:
    """Serve both until a signal; `port` is the simulated GitHub's. Raises `ImportError`."""
    # Its GraphQL engine is a development package, and may not be there.
    from bot.simulator.loading import load_world, unload_world  # noqa: PLC0415
    from bot.simulator.runtime import create_simulator  # noqa: PLC0415
    from bot.simulator.server import serving  # noqa: PLC0415

    world = load_world(world_path)
    try:
        async with (
            serving(create_simulator(world), port=port),
            running(settings, Seams(clock=world.clock)) as parts,
        ):
            await serve(parts.web, Listen(host=settings.host, port=settings.port), on_listening=lambda _port: None)
    finally:
        await unload_world(world)


if __name__ == "__main__":
    settings = from_env(environment())
    log_to_stderr(settings.log_level.value)
    # not uvloop: its pipes end with a child that has not read all, and the simulated GitHub has many of git
    asyncio.run(both(settings, Path(sys.argv[1]), int(sys.argv[2])))
