"""How long from the webhook to the closed issue, and how many requests: the real server process over the simulator.

    python -m benchmarks.assessment [--issues 30] [--at-once 1]

Prints the median and the spread of the times from sending the comment to the closed issue, and the requests to GitHub
for each assessment. Everything runs on one machine, so GitHub's own time is that of the simulator.
"""

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.cli import demo_world
from bot.simulator.testing import SimulatorHandle, running

PROJECT = Path(__file__).resolve().parents[1]
REPO = "acme/service"
LIMIT = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issues", type=int, default=30)
    parser.add_argument("--at-once", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), asked.issues, asked.at_once))


async def measure(folder: Path, issues: int, at_once: int) -> None:
    git = demo_world.repository(folder / "none", folder)
    done = demo_world.deed(git)
    assert done is not None
    body = f"Created `{done.path}`, fixed in `{done.sha[:9]}`. CI is green.\n\n/assess-resolution"
    async with running(world(git, done, issues + 1)) as github, server(github, folder):
        await closed(github, issues + 1, body)  # warms up: token, imports, caches
        await asyncio.sleep(0.5)  # its last requests
        before = len(await github.exchanges())
        started = time.perf_counter()
        places = asyncio.Semaphore(at_once)

        async def one(number: int) -> float:
            async with places:
                return await closed(github, number, body)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(number)) for number in range(1, issues + 1)]
        wall = time.perf_counter() - started
        await asyncio.sleep(0.5)  # the last reactions
        exchanges = (await github.exchanges())[before:]
    times = sorted(task.result() * 1000 for task in tasks)
    kinds = Counter(
        f"{one['method']} {re.sub(r'[0-9]+', 'N', str(one['url']).split('.com', 1)[-1])}" for one in exchanges
    )
    print(f"issues closed        {issues}, {at_once} at once, {issues / wall:.1f} a second")
    print(f"comment to closed    p50 {statistics.median(times):.0f} ms, min {times[0]:.0f}, max {times[-1]:.0f}")
    print(f"requests per closing {len(exchanges) / issues:.2f}")
    for kind, count in kinds.most_common():
        print(f"  {count / issues:5.2f}  {kind}")


async def closed(github: SimulatorHandle, number: int, body: str) -> float:
    """Seconds from the comment to the closed issue."""
    repository = github.world.repository(REPO)
    assert repository is not None
    issue = repository.issues[number]
    started = time.perf_counter()
    await github.comment(REPO, number, "ann", body)
    async with asyncio.timeout(LIMIT):
        while issue.state == "open":
            await asyncio.sleep(0.002)
    return time.perf_counter() - started


def world(git: Path, done: demo_world.Deed, issues: int) -> dict[str, object]:
    numbers = range(1, issues + 1)
    head = subprocess.run(["git", "-C", str(git), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    sha = head.stdout.strip()
    pull = {"state": "closed", "merged": True, "merge_commit_sha": done.sha, "base": "main", "author": "bob"}
    return {
        "app": {"id": 7, "slug": "resolution", "webhook_secret": "benchmark-secret-of-some-length"},
        "repositories": [
            {
                "full_name": REPO,
                "git": str(git),
                "head": "main",
                "issues": [
                    {"number": number, "title": f"Part {number} is missing", "body": "- [x] add it", "author": "carol"}
                    for number in numbers
                ],
                "pulls": [
                    {
                        **pull,
                        "number": 1000 + number,
                        "title": done.subject,
                        "body": f"Fixes #{number}",
                        "closes": [number],
                    }
                    for number in numbers
                ],
                "check_runs": [{"sha": sha, "name": "unit", "status": "completed", "conclusion": "success"}],
                "collaborators": {"ann": "maintain", "bob": "write"},
            }
        ],
    }


@asynccontextmanager
async def server(github: SimulatorHandle, folder: Path) -> AsyncIterator[int]:
    """The bot as its own process, of this number."""
    environment = {
        "PATH": os.environ["PATH"],
        "GITHUB_API_URL": github.url,
        "GITHUB_APP_ID": str(github.app_id),
        "GITHUB_PRIVATE_KEY": github.private_key,
        "GITHUB_WEBHOOK_SECRET": github.webhook_secret,
        "DATA_DIR": str(folder / "data"),
        "HOST": "127.0.0.1",
        "PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", cwd=PROJECT, env=environment, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    try:
        while not (found := re.search(rb'"port": (\d+)', await process.stderr.readline())):
            assert process.returncode is None
        github.world.app.webhook_url = f"http://127.0.0.1:{int(found[1])}/webhook"
        drain = asyncio.create_task(process.stderr.read())
        del drain
        yield process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


if __name__ == "__main__":
    main()
