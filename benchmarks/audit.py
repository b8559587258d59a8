"""What an audit of a whole tracker costs: requests an issue, seconds, memory. The real command over the simulator.

    python -m benchmarks.audit [--issues 1000]

Every issue has a commit of its own. A third name it, its file or a pattern that is gone; a third name what is nowhere,
a third say nothing; a third has a merged pull request. Memory is the command's own highest RSS.
Everything runs on one machine, so GitHub's own time is that of the simulator.
"""

import argparse
import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.simulator.testing import running

PROJECT = Path(__file__).resolve().parents[1]
REPO = "acme/service"
START = datetime(2025, 1, 6, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issues", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), asked.issues))


async def measure(folder: Path, issues: int) -> None:
    git = folder / "service"
    shas = repository(git, issues)
    async with running(world(git, shas)) as github:
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "audit", REPO, "--json", "--limit", str(issues)),
            *("--resume", str(folder / "state.jsonl"), "--html", str(folder / "report.html")),
            cwd=PROJECT,
            env={"PATH": os.environ["PATH"], "GITHUB_API_URL": github.url, "GITHUB_TOKEN": "tok-ann"},
            stdout=subprocess.PIPE,
        )
        out, _ = await process.communicate()
        seconds = time.perf_counter() - started
        exchanges = await github.exchanges()
    document = json.loads(out)
    page = (folder / "report.html").stat().st_size
    # The greatest of all children; the simulator's git processes are far smaller than the command.
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    kinds = Counter(kind(one) for one in exchanges)
    print(f"issues              {len(document['issues'])}: {document['truth']}")
    print(f"seconds             {seconds:.1f} ({1000 * seconds / issues:.0f} ms an issue)")
    print(f"memory (RSS)        {memory:.0f} MiB; the document {len(out) / 1e6:.1f} MB, the page {page / 1e6:.1f} MB")
    print(f"requests            {len(exchanges)}, {len(exchanges) / issues:.3f} an issue")
    for name, count in kinds.most_common():
        print(f"  {count / issues:6.3f}  {name}")


def kind(exchange: object) -> str:
    """The method, and the path without what differs."""
    assert isinstance(exchange, dict)
    path = re.sub(r"[0-9a-f]{7,}|\b[0-9]+\b", "N", str(exchange["url"]).split(".com", 1)[-1].split("?")[0])
    named = re.search(r"(?:query|mutation) (\w+)", json.dumps(exchange))
    return f"{exchange['method']} {path}" + (f" {named[1]}" if named and path.endswith("graphql") else "")


def repository(git: Path, commits: int) -> list[str]:
    """A commit an issue: it adds a file, and takes a name out of another one."""
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(git)], check=True)
    lines = []
    for number in range(commits + 1):
        at = int((START + timedelta(hours=12 * number - 6)).timestamp())
        message, text = f"Add part {number}", f"PART = {number}\n"
        names = "".join(f"OLD_NAME_{left} = 1\n" for left in range(number + 1, min(number + 50, commits) + 1))
        lines += [f"commit refs/heads/main\nmark :{number + 1}\ncommitter bob <bob@example.com> {at} +0000"]
        lines += [f"data {len(message)}\n{message}\nM 100644 inline src/part_{number}.py\ndata {len(text)}\n{text}"]
        lines += [f"M 100644 inline src/names.py\ndata {len(names)}\n{names}"]
    git_do = ["git", "-C", str(git)]
    subprocess.run([*git_do, "fast-import", "--quiet"], check=True, input="\n".join(lines).encode() + b"\n")
    listed = subprocess.run([*git_do, "rev-list", "--reverse", "main"], check=True, capture_output=True, text=True)
    return listed.stdout.split()


def world(git: Path, shas: list[str]) -> dict[str, object]:
    """The simulator's world; the first commit is nobody's."""
    merged = {"state": "closed", "merged": True, "base": "main", "author": "bob"}
    made, pulls = [], []
    for number, sha in enumerate(shas[1:], 1):
        at = START + timedelta(hours=12 * number)
        said = (
            f"Created `src/part_{number}.py`, fixed in `{sha[:9]}`.",
            "Thanks, closing.",
            f"Fixed in `{sha[::-1][:9]}`.",
            f"`OLD_NAME_{number}` was removed everywhere.",
            "Looks good.",
            f"Created `src/absent_{number}.py`, done.",
        )
        text = said[number % len(said)]
        made.append(
            {
                "number": number,
                "title": f"Part {number} is missing",
                "body": "It should be there.\n\n- [x] add it\n",
                "author": "carol",
                "state": "closed",
                "closed_by": "ann",
                "created_at": (START - timedelta(days=1)).isoformat(),
                "closed_at": at.isoformat(),
                "comments": [{"author": "ann", "body": text, "created_at": at.isoformat()}],
            }
        )
        if number % 3 == 0:
            pulls.append(
                {
                    **merged,
                    "number": 100_000 + number,
                    "title": f"Add part {number}",
                    "merge_commit_sha": sha,
                    "merged_at": at.isoformat(),
                    "closes": [number],
                }
            )
    repository = {"full_name": REPO, "git": str(git), "head": "main", "issues": made, "pulls": pulls}
    repository["collaborators"] = {"ann": "maintain", "bob": "write"}
    app = {"id": 7, "slug": "resolution", "webhook_secret": "benchmark-secret-of-some-length"}
    return {"app": app, "repositories": [repository], "tokens": {"tok-ann": "ann"}}


if __name__ == "__main__":
    main()
