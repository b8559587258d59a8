"""`simulate`: the simulated GitHub."""

import asyncio
import sys
from pathlib import Path


def run_simulator(world: Path, port: int) -> int:
    """The exit code of the simulated GitHub."""
    try:
        # Its GraphQL engine is a development package, and may not be there.
        from bot.simulator.loading import WorldError  # noqa: PLC0415
        from bot.simulator.server import serve as simulate  # noqa: PLC0415
    except ImportError as error:
        return _complain(f"{error.name} is missing: pip install --require-hashes -r requirements-dev.txt")
    try:
        asyncio.run(simulate(world, port, announce=lambda url: print(url, flush=True)))  # noqa: T201 - its one output
    except WorldError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"cannot listen on port {port}: {error.strerror}")
    except KeyboardInterrupt:
        return 0
    return 0


def _complain(text: str) -> int:
    print(text, file=sys.stderr)  # noqa: T201 - it has no log
    return 2
