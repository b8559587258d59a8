"""Runs a piece of the lab in a process of its own."""

import asyncio
import json
import os
import sys


async def lab(name: str, *arguments: object, within: float = 60, **environment: str):
    """What the piece printed; its errors are the test's."""
    async with asyncio.timeout(within):
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-m", "tests.egress.lab", name, *map(str, arguments)),
            env={**os.environ, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await child.communicate()
        finally:
            if child.returncode is None:
                child.kill()
    assert child.returncode == 0, err.decode()
    return json.loads(out)
