"""A real git repository and a world over it, for the tests of the simulator."""

import subprocess
from pathlib import Path

WHO = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "init.defaultBranch=main")
REPO = "acme/shop"
SLUG = "/repos/acme/shop"
CI = "name: CI\non:\n  push:\n  workflow_dispatch:\njobs: {}\n"


def git(folder: Path, *arguments: str, at: int = 1_700_000_000) -> str:
    """Run git in a folder at a fixed time; the answer is what it printed."""
    when = f"@{at} +0000"
    done = subprocess.run(
        ["git", *WHO, *arguments],
        cwd=folder,
        env={"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, "HOME": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    return done.stdout.strip()


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def commit(folder: Path, message: str, files: dict[str, str | bytes], *, at: int) -> str:
    """Commit files; the answer is the hash."""
    write(folder, files)
    git(folder, "add", "-A", at=at)
    git(folder, "commit", "-q", "-m", message, at=at)
    return git(folder, "rev-parse", "HEAD")


def make_project(folder: Path) -> Path:
    """main: first → merge of `feature`; `side` stands beside; a tag on the first commit."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    start = {"README.md": "# Shop\n", "src/app.py": "print('hi')\n", ".github/workflows/ci.yml": CI}
    commit(
        folder,
        "First",
        {**start, "logo.bin": b"\0\1\2", ".gitattributes": "secret.txt export-ignore\n"},
        at=1_700_000_000,
    )
    (folder / "link").symlink_to("README.md")
    commit(folder, "Second\n\nwith a body", {"secret.txt": "s\n"}, at=1_700_000_100)
    git(folder, "tag", "-a", "v1", "-m", "one", at=1_700_000_100)
    git(folder, "checkout", "-q", "-b", "feature")
    commit(folder, "Fix the cart, fixes #2", {"src/cart.py": "cart = []\n"}, at=1_700_000_200)
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "-m", "Merge pull request #4", "feature", at=1_700_000_300)
    git(folder, "checkout", "-q", "-b", "side", "HEAD^1")
    commit(folder, "Beside", {"docs/side.md": "beside\n"}, at=1_700_000_400)
    git(folder, "checkout", "-q", "main")
    return folder


def world_over(project: Path) -> dict[str, object]:
    """One repository with two issues, three pull requests and evidence of every kind."""
    return {
        "repositories": [
            {
                "full_name": REPO,
                "git": str(project),
                "issues": [
                    {"number": 1, "title": "Cart", "labels": ["bug"], "author": "rae", "sub_issues": [2]},
                    {"number": 2, "title": "Total", "body": "- [x] done", "blocked_by": [1], "assignees": ["ann"]},
                    {"number": 3, "title": "Old", "state": "closed", "comments": [{"author": "ann", "body": "see #1"}]},
                ],
                "pulls": [
                    {"number": 4, "title": "Cart", "merged": True, "merge_commit_sha": "main", "closes": [2]},
                    {"number": 5, "title": "Side", "head": "side", "body": "Closes #1", "author": "ann"},
                    {"number": 6, "title": "Refs only", "head": "side", "body": "Refs #2", "state": "closed"},
                ],
                "check_runs": [{"sha": "main", "name": "tests", "conclusion": "success", "workflow": "CI"}],
                "statuses": [{"context": "deploy/preview", "state": "success"}],
                "deployments": [{"environment": "production", "sha": "main"}],
                "collaborators": {"ann": "maintain", "rae": "triage"},
            }
        ],
        "tokens": {"ann-token": "ann", "zoe-token": "zoe"},
    }
