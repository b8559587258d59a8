"""A small real git repository for the journeys: a fix merged to `main`, a branch that is not, a revert."""

import os
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Shas:
    """The commits that the journeys speak of."""

    folder: Path
    start: str
    fix: str
    head: str
    unmerged: str


def build(folder: Path) -> Shas:
    """The repository, made by git itself."""
    git(folder.parent, "init", "--quiet", "--initial-branch=main", str(folder))
    start = commit(
        folder, {"README.md": "# Service\n", "service/config.py": 'HOST = "api.staging.example.com"\n'}, "Start"
    )
    fix = commit(
        folder,
        {"service/monitoring.py": "NAME = 'monitoring'\n", "service/config.py": 'HOST = "api.example.com"\n'},
        "Package the monitoring module",
    )
    head = commit(folder, {"docs/notes.md": "Notes\n"}, "Take notes")
    git(folder, "checkout", "--quiet", "-b", "later", start)
    unmerged = commit(folder, {"service/later.py": "LATER = True\n"}, "Prepare what comes later")
    git(folder, "checkout", "--quiet", "main")
    return Shas(folder=folder, start=start, fix=fix, head=head, unmerged=unmerged)


def commit(folder: Path, files: dict[str, str], message: str, at: datetime | None = None) -> str:
    """Write the files and commit them, now or at another time; the sha."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        git(folder, "add", path)
    who = ("-c", "user.name=ann", "-c", "user.email=ann@example.com")
    git(folder, *who, "commit", "--quiet", "-m", message, at=at)
    return git(folder, "rev-parse", "HEAD").strip()


def git(folder: Path, *arguments: str, at: datetime | None = None) -> str:
    """What git prints; `at` is when it believes that it is."""
    dated = {} if at is None else {"GIT_AUTHOR_DATE": at.isoformat(), "GIT_COMMITTER_DATE": at.isoformat()}
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **dated},
    )
    return done.stdout
