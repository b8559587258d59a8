"""The demo's world: two issues over a real git repository, one whose claims hold there and one whose claims do not.

The second issue's claims are those of a real, hand-written closing statement. They hold nowhere here.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = "acme/resolution"
HOLDS = 12
HOLDS_NOT = 13
MAINTAINER = "ann"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A commit of the repository that created a file which is still there."""

    sha: str
    path: str
    subject: str


def repository(folder: Path, scratch: Path) -> Path:
    """`folder` if it is a git checkout with a usable history, else a small repository made in `scratch`."""
    if (folder / ".git").exists() and deed(folder) is not None:
        return folder
    return _small_repository(scratch / "repository")


def deed(git: Path) -> Deed | None:
    """The newest commit with a parent that added a Python file which still stands at HEAD, None if there is none."""
    log = _git(git, "log", "--first-parent", "-n", "60", "--no-merges", "--diff-filter=A", "--name-only",
               "--format=%x00%H%x01%P%x01%s")  # fmt: skip
    standing = set(_git(git, "ls-tree", "-r", "--name-only", "HEAD").splitlines())
    for entry in log.split("\0")[1:]:
        head, _, names = entry.partition("\n")
        sha, parents, subject = head.split("\x01", 2)
        path = next((name for name in names.split() if name.endswith(".py") and name in standing), None)
        if parents and path and not path.endswith("__init__.py"):
            return Deed(sha=sha, path=path, subject=subject)
    return None


def world(git: Path, *, webhook_url: str, secret: str, key: Path) -> dict[str, object]:
    """The simulator's world: see `docs/simulator.md`."""
    done = deed(git)
    if done is None:
        raise ValueError(f"{git} has no commit that created a file")
    head = _git(git, "rev-parse", "HEAD").strip()
    return {
        "app": {
            "id": 4711,
            "slug": "resolution",
            "webhook_url": webhook_url,
            "webhook_secret": secret,
            "private_key_path": str(key),
        },
        "repositories": [
            {
                "full_name": REPOSITORY,
                "git": str(git),
                "default_branch": "main",
                "head": head,
                "issues": [_holding_issue(done), _claiming_issue()],
                "pulls": [
                    {
                        "number": 11,
                        "title": done.subject,
                        "body": f"Adds `{done.path}`. Fixes #{HOLDS}.",
                        "state": "closed",
                        "merged": True,
                        "merge_commit_sha": done.sha,
                        "base": "main",
                        "author": "bob",
                        "closes": [HOLDS],
                    }
                ],
                "check_runs": [
                    {"sha": head, "name": name, "status": "completed", "conclusion": "success", "app": "github-actions"}
                    for name in ("lint", "unit-tests")
                ],
                "collaborators": {MAINTAINER: "maintain", "bob": "write", "carol": "read"},
            }
        ],
    }


def closing_comment(git: Path) -> str:
    """What the maintainer says of the issue whose claims hold."""
    done = deed(git)
    if done is None:
        raise ValueError(f"{git} has no commit that created a file")
    return (
        f"Done: created `{done.path}`, fixed in `{done.sha[:9]}`. CI is green and every task is ticked.\n\n"
        "/assess-resolution"
    )


CLAIMING_COMMENT = """\
Issue #1278's development work is 100 % complete and ready for closure.

- **Docker packaging regression resolved**: commit `85375b936` fixed the monitoring module packaging.
- **Domain configuration standardized**: 816 files updated across the entire codebase; created
  `/shared/domain_config.py` for canonical domain management.
- All mission-critical tests are passing.

/assess-resolution
"""


def _holding_issue(done: Deed) -> dict[str, object]:
    return {
        "number": HOLDS,
        "title": f"`{done.path}` is missing from the tree",
        "body": f"Startup fails without it.\n\n## Tasks\n\n- [x] add `{done.path}`\n- [x] make CI pass\n",
        "labels": ["bug", "actively-being-worked-on"],
        "author": "carol",
    }


def _claiming_issue() -> dict[str, object]:
    return {
        "number": HOLDS_NOT,
        "title": "Staging fails: container exits with code 3, WebSocket connections drop",
        "body": "No module named `netra_backend.app.services.monitoring`; the staging domains answer with TLS errors.",
        "labels": ["bug", "actively-being-worked-on"],
        "author": "carol",
    }


def _small_repository(folder: Path) -> Path:
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    for number, (path, text, subject) in enumerate(
        (
            ("README.md", "# Service\n", "Start"),
            ("service/health.py", 'STATUS = "ok"\n', "Answer health checks"),
            ("service/monitoring.py", 'NAME = "monitoring"\n', "Package the monitoring module"),
        )
    ):
        file = folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        _git(folder, "add", path)
        date = f"2026-01-0{number + 1}T12:00:00Z"
        _git(folder, "-c", "user.name=ann", "-c", "user.email=ann@example.com", "commit", "--quiet",
             "--date", date, "-m", subject)  # fmt: skip
    return folder


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, timeout=60)
    return done.stdout.decode("utf-8", "replace")
