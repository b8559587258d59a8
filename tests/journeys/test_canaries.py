"""Canaries: secrets with distinctive values go through a whole run, and must come out nowhere."""

import asyncio
import json
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.simulator.testing import SimulatorHandle
from bot.simulator.testing import running as simulator
from tests.cli.test_assessing import bot
from tests.journeys.repository import Shas
from tests.journeys.stage import FINAL, REPO, answers, environment, get, reactions, world

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
WEBHOOK_SECRET = "canary-of-the-webhook-0123456789"
SIGNING_KEY = "canary-of-the-signing-key-0123456789"
DATABASE_PASSWORD = "canary-of-the-database"
PASTED = "ghp_canaryPastedByAPerson0123456789"
COMMAND = f"Created `service/monitoring.py`; all 12 jobs now use `{PASTED}`.\n\n/assess-resolution"


@asynccontextmanager
async def server(github: SimulatorHandle, folder: Path, log: Path) -> AsyncIterator[tuple[str, str]]:
    """A real server process at its most talkative; its URL and that of its numbers. What it writes goes to `log`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        metrics = free.getsockname()[1]
    settings = environment(github, folder, LOG_LEVEL="DEBUG", SIGNING_KEY=SIGNING_KEY, METRICS_PORT=str(metrics))
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=PROJECT, env={"PATH": os.environ["PATH"], **settings},
            stdout=out, stderr=out,
        )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            while not (port := re.search(r'"port": (\d+), "event": "listening"', log.read_text())):
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.05)
        url = f"http://127.0.0.1:{port[1]}"
        github.world.app.webhook_url = f"{url}/webhook"
        yield url, f"http://127.0.0.1:{metrics}/metrics"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def told(github: SimulatorHandle, url: str, metrics: str) -> dict[str, str]:
    """Everything that people and operators may see after one command amid trouble, by where it is seen."""
    await github.fault("status:500", nth=3, times=1)
    comment = await github.comment(REPO, 1, "ann", COMMAND)
    async with asyncio.timeout(PATIENCE):
        while not reactions(issue := await the_issue(github), comment) & FINAL:
            await asyncio.sleep(0.05)
    link = answers(issue)[0].split("](https://bot.example.com")[-1].split(")")[0]
    pages = [await get(url + path) for path in ("/", "/readyz", link, link.replace("?", ".json?"))]
    assert [page.status_code for page in pages] == [200, 200, 200, 200]
    async with httpx.AsyncClient(trust_env=False) as client:
        forged = await client.post(
            f"{url}/webhook", content=b"{}", headers={"x-hub-signature-256": "sha256=" + "0" * 64}
        )
    return {
        "comments": "\n".join(answers(issue)),
        "pages": "\n".join(page.text for page in (*pages, forged)),
        "metrics": (await get(metrics)).text,
        "exchanges": json.dumps(await github.exchanges()),
    }


async def the_issue(github: SimulatorHandle) -> dict[str, Any]:
    state: Any = await github.state()
    return next(one for one in state["repositories"][0]["issues"] if one["number"] == 1)


def canaries(github: SimulatorHandle) -> dict[str, str]:
    """The secrets of a run, by their names: ours, and those that GitHub gave us."""
    key = [line for line in github.private_key.splitlines() if len(line) > 40]
    minted = [value for value in github.world.tokens if value.startswith("ghs_")]
    assert key
    assert minted
    return {
        "webhook secret": WEBHOOK_SECRET,
        "signing key": SIGNING_KEY,
        **{f"private key, line {number}": line for number, line in enumerate(key)},
        **{f"installation token {number}": value for number, value in enumerate(minted)},
    }


async def test_no_secret_comes_out(tmp_path: Path, shas: Shas) -> None:
    """Neither our secrets nor GitHub's tokens stand in logs, comments, pages, documents, records or on disk."""
    made = world(shas)
    made["app"]["webhook_secret"] = WEBHOOK_SECRET
    log = tmp_path / "log"
    async with simulator(made) as github:
        async with server(github, tmp_path, log) as (url, metrics):
            seen = await told(github, url, metrics)
        secrets = canaries(github)
    seen["log"] = log.read_text()
    seen["disk"] = "".join(file.read_text("latin-1") for file in (tmp_path / "data").iterdir())
    assert '"event": "delivery"' in seen["log"]
    assert all(json.loads(line) for line in seen["log"].splitlines())
    leaks = [f"{name} in {where}" for name, value in secrets.items() for where, text in seen.items() if value in text]
    assert leaks == []
    # A person may paste a token into a comment, which GitHub shows and our database keeps; we do not repeat it.
    assert [where for where in ("comments", "pages", "log", "metrics") if PASTED in seen[where]] == []
    assert 'resolution_bot_deliveries_total{event="issue_comment",outcome="accepted"} 1.0' in seen["metrics"]
    assert [name for name in ("acme", "service", "ann", "carol") if name in seen["metrics"]] == []


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://bot:{}@127.0.0.1:1/none", id="nobody-there"),
        pytest.param("postgresql://bot:{}@127.0.0.1:1/none?nonsense=1", id="unknown-option"),
        pytest.param("postgresql://bot:{}@[::1/none", id="malformed"),
        pytest.param("postgresql://bot:{}/x@127.0.0.1/none", id="not-encoded"),
        pytest.param("postgresql://127.0.0.1:1/none?user=bot&password={}", id="as-an-option"),
    ],
)
async def test_the_database_password_is_not_told(tmp_path: Path, shas: Shas, url: str) -> None:
    """A database that cannot be reached is one line, without its password and without a traceback."""
    async with simulator(world(shas)) as github:
        settings = environment(github, tmp_path, DATABASE_URL=url.format(DATABASE_PASSWORD))
        done = await bot("serve", **settings)
    assert done.code == 2
    assert DATABASE_PASSWORD not in done.out + done.err
    assert "Traceback" not in done.err


LIBRARY = """
import logging
from bot.app import log_to_stderr
log_to_stderr("INFO")
try:
    raise ValueError("password=%s")
except ValueError:
    logging.getLogger("dbos").exception("SQL failed: %%s", ["postgresql://bot:%s@db/x"])
"""


async def test_libraries_are_logged_as_we_are() -> None:
    """What a library logs is one JSON object a line, too, with its traceback, and redacted."""
    code = LIBRARY % (DATABASE_PASSWORD + "1", DATABASE_PASSWORD)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=PROJECT, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE):
        _, err = await process.communicate()
    line = json.loads(err)
    assert (line["level"], line["logger"]) == ("error", "dbos")
    assert "ValueError" in line["exception"]
    assert DATABASE_PASSWORD not in err.decode()
