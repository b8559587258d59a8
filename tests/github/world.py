"""A shop with a real git repository behind the simulator, and the gateway in front of it."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.github.credentials import load_app_key
from bot.github.gateway import Gateway
from bot.github.hosts import host
from bot.github.models import InstallationId, RepositoryRef
from bot.github.session import Session
from bot.github.transport import Exchange
from bot.simulator.testing import SimulatorHandle, running
from tests.recording import record

PERMISSIONS = ("actions", "checks", "contents", "deployments", "issues", "metadata", "pull_requests", "statuses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The simulator, a session in its repository, what was sent, and the two commits."""

    simulator: SimulatorHandle
    gateway: Gateway
    session: Session
    exchanges: list[Exchange]
    first: str
    second: str


def git(folder: Path, *words: str) -> str:
    config = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", *config, "-C", str(folder), *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def repository(folder: Path) -> tuple[str, str]:
    """Two commits on `trunk`: a fix that adds a file, with a link, a submodule, a binary and an LFS pointer around."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", "trunk")
    (folder / "docs").mkdir()
    (folder / "docs" / "a.md").write_text("one\n")
    (folder / "link").symlink_to("docs/a.md")
    (folder / "bin").write_bytes(b"\0\1\2")
    (folder / "big").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    (folder / ".github").mkdir()
    (folder / ".github" / "resolution.yml").write_text("version: 1\n")
    git(folder, "add", ".")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},lib")
    git(folder, "commit", "-qm", "first")
    (folder / "fix.py").write_text("fixed = True\n")
    git(folder, "add", "fix.py")
    git(folder, "commit", "-qm", "Fix it (#7)")
    return git(folder, "rev-parse", "HEAD^"), git(folder, "rev-parse", "HEAD")


def described(folder: Path, first: str, second: str) -> dict[str, Any]:
    """The world as the simulator takes it."""
    issue = {
        "number": 3,
        "title": "It breaks",
        "body": "- [ ] x",
        "labels": ["bug"],
        "comments": [{"author": "alice", "body": "/assess-resolution"}],
        "sub_issues": [4],
        "blocked_by": [5],
    }
    pull = {
        "number": 7,
        "title": "Fix it",
        "body": "Fixes #3",
        "state": "closed",
        "merged": True,
        "merge_commit_sha": second,
        "base": "trunk",
        "closes": [3],
    }
    shop = {
        "full_name": "acme/shop",
        "git": str(folder),
        "default_branch": "trunk",
        "head": second,
        "issues": [issue, {"number": 4, "title": "part"}, {"number": 5, "title": "before", "state": "closed"}],
        "pulls": [pull],
        "check_runs": [{"sha": second, "name": "ci", "status": "completed", "conclusion": "success"}],
        "deployments": [{"sha": second, "environment": "production"}],
        "collaborators": {"alice": "triage", "bob": "maintain"},
    }
    return {"app": {"id": 7, "slug": "resolution"}, "repositories": [shop], "tokens": {"ghp_carol": "carol"}}


@asynccontextmanager
async def shop(
    folder: Path,
    granted: dict[str, str] | None = None,
    *,
    beside: tuple[dict[str, Any], ...] = (),
    **changes: Any,
) -> AsyncIterator[Shop]:
    """`granted`: the app's permissions, all by default; `changes` are the repository's; `beside` are further ones."""
    first, second = repository(folder / "repository")
    world = described(folder / "repository", first, second)
    world["repositories"][0] |= changes
    world["repositories"] += beside
    world["app"] |= {"permissions": granted} if granted else {}
    exchanges: list[Exchange] = []
    async with running(world) as simulator:
        key = load_app_key(str(simulator.app_id), simulator.private_key)
        clock, found = (lambda: datetime.now(UTC)), simulator.world.repository("acme/shop")
        assert found is not None
        async with Gateway(host(simulator.url), key, clock, on_exchange=exchanges.append) as gateway:
            installation = InstallationId(simulator.installation_id("acme/shop"))
            ref = RepositoryRef(owner="acme", name="shop", id=found.id)
            yield Shop(
                simulator=simulator,
                gateway=gateway,
                session=gateway.session(installation, ref),
                exchanges=exchanges,
                first=first,
                second=second,
            )
        await record(simulator, f"github-{folder.parent.name}-{folder.name}")
