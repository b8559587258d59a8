"""`docs/demo.md`: what it has people do works in the demo that it speaks of."""

import asyncio
import os
import re
import shlex
import subprocess
import sys
from asyncio.subprocess import create_subprocess_exec
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.cli.test_assessing import PROJECT

PATIENCE = 120.0
STEPS = [
    line
    for block in re.findall(r"```\n(.*?)```", (PROJECT / "docs/demo.md").read_text("utf-8"), re.DOTALL)
    for line in block.splitlines()
]


@asynccontextmanager
async def demo() -> AsyncIterator[tuple[str, Path]]:
    """`python -m bot demo --keep`, once it has played: the address that it prints, and its log."""
    environment = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "bot", "demo", "--keep"]
    process = await create_subprocess_exec(*command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    folder = ""
    try:
        while not (line := (await process.stdout.readline()).decode()).startswith("SIM="):
            assert line, "the demo has ended"
            folder = line.removeprefix("Data and logs: ").strip() if line.startswith("Data") else folder
        yield line.removeprefix("SIM=").strip(), Path(folder) / "servers.log"
    finally:
        process.terminate()
        await process.communicate()


async def do(client: httpx.AsyncClient, step: str) -> None:
    """A `curl -s $SIM/… -d '…'` of the page."""
    curl, silent, url, data, body = shlex.split(step)
    assert (curl, silent, data) == ("curl", "-s", "-d")
    (await client.post(url.removeprefix("$SIM"), content=body)).raise_for_status()


async def until(client: httpx.AsyncClient, holds: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until something is true of issue 12, as whoever looks at its page would."""
    while True:
        state = (await client.get("/_sim/state")).json()
        if holds(next(one for one in state["repositories"][0]["issues"] if one["number"] == 12)):
            return
        await asyncio.sleep(0.1)


def says(words: str) -> Callable[[dict[str, Any]], bool]:
    """Does a comment of the bot's have the words?"""
    return lambda issue: any(words in one["body"] for one in issue["comments"] if one["author"] == "resolution[bot]")


async def test_the_steps_lead_where_the_page_says() -> None:
    """Closed, broken, and reopened after two looks; announced, and closed a day later."""
    ahead, act, order, fail, first, second, later, mend, ask, day = STEPS
    async with (
        asyncio.timeout(PATIENCE),
        demo() as (url, log),
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        for step in (ahead, act, order):
            await do(client, step)
        await until(client, says("I look again"))
        for step in (fail, first):
            await do(client, step)
        await until(client, lambda _issue: '"event": "watched"' in log.read_text("utf-8"))
        await do(client, second)
        await until(client, lambda issue: issue["state"] == "open" and says("again")(issue))
        for step in (later, mend, ask):
            await do(client, step)
        await until(client, says("will be closed on"))
        # its job is left behind just after that is said, and a clock set ahead in between would make it late by an hour
        await until(client, lambda _issue: '"announced:' in log.read_text("utf-8"))
        await do(client, day)
        await until(client, lambda issue: issue["state"] == "closed")
