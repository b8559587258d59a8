"""A tracker of 30 closed issues of all kinds over a real git repository, from January to June 2025."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.journeys.repository import commit, git

REPO = "acme/service"
START = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
TOKENS = {"tok-ann": "ann", "tok-dora": "dora", "tok-stranger": "stranger"}
LONG_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """The commits that the issues speak of."""

    folder: Path
    start: str
    fix: str
    undone: str
    head: str
    unmerged: str


def build(folder: Path) -> Git:
    """A fix that stands, one that was reverted, and a branch that was never merged."""
    git(folder.parent, "init", "--quiet", "--initial-branch=main", str(folder))
    before = START - timedelta(days=2)
    first = {"README.md": "# Service\n", "src/app.py": 'HOST = "api.staging.example.com"\nOLD_TOKEN = 1\n'}
    start = commit(folder, first, "Start", before)
    made = {"src/monitoring.py": "NAME = 'monitoring'\n", "src/app.py": "OLD_TOKEN = 1\n"}
    fix = commit(folder, made, "Package the monitoring module", START + timedelta(days=3))
    undone = commit(folder, {"src/cache.py": "SIZE = 1\n"}, "Add the cache", START + timedelta(days=4))
    git(folder, "rm", "--quiet", "src/cache.py")
    revert = f'Revert "Add the cache"\n\nThis reverts commit {undone}.'
    head = commit(folder, {"docs/notes.md": "Notes\n"}, revert, START + timedelta(days=5))
    git(folder, "checkout", "--quiet", "-b", "later", start)
    unmerged = commit(folder, {"src/later.py": "LATER = True\n"}, "Prepare", START + timedelta(days=3))
    git(folder, "checkout", "--quiet", "main")
    return Git(folder=folder, start=start, fix=fix, undone=undone, head=head, unmerged=unmerged)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of closing: what an audit says of it, and what of the world makes it so."""

    name: str
    standing: str
    issue: dict[str, Any] = field(default_factory=dict)
    said: str | None = None
    late: str | None = None  # said days after the closing
    pull: dict[str, Any] | None = None


def kinds(shas: Git) -> tuple[Kind, ...]:
    """Fifteen kinds; the sixteenth and seventeenth claim nothing."""
    merged = {"merged": True, "merge_commit_sha": shas.fix, "title": "Package the monitoring module"}
    files = "Created `src/monitoring.py`"
    return (
        Kind(name="merged", standing="holds", pull=merged),
        Kind(name="named", standing="holds", said=f"{files} in `{shas.fix[:9]}`, fixed."),
        Kind(name="gone", standing="holds", said="`api.staging.example.com` was removed everywhere.", pull=merged),
        Kind(name="nowhere", standing="does-not-hold", said="Fixed in `85375b936`."),
        Kind(name="unmerged", standing="does-not-hold", said=f"Fixed in `{shas.unmerged[:9]}`."),
        Kind(name="reverted", standing="does-not-hold", said=f"Fixed in `{shas.undone[:9]}`."),
        Kind(name="absent", standing="does-not-hold", said="Created `src/absent.py`, done.", pull=merged),
        Kind(name="still", standing="does-not-hold", said="`OLD_TOKEN` was removed everywhere.", pull=merged),
        Kind(name="unticked", standing="does-not-hold", issue={"body": "- [x] one\n- [ ] two\n"}, pull=merged),
        Kind(
            name="taken-back", standing="does-not-hold", said=f"Fixed in `{shas.fix[:9]}`, docs are not included yet."
        ),
        Kind(name="open-pull", standing="does-not-hold", pull={"head_sha": shas.unmerged, "title": "Later"}),
        Kind(name="silent", standing="cannot-be-checked"),
        Kind(name="thanks", standing="cannot-be-checked", said="Thanks!"),
        Kind(name="late", standing="cannot-be-checked", late="Fixed in `85375b936`."),
        Kind(name="bot", standing="holds", issue={"closed_by": "helper[bot]"}, pull=merged),
        Kind(name="not-planned", standing="", issue={"state_reason": "not_planned"}),
        Kind(name="duplicate", standing="", issue={"state_reason": "duplicate"}),
    )


def expected(shas: Git, count: int = 30) -> dict[int, str]:
    """What an audit says of each issue that claims to be completed, by its number."""
    return {number: kind.standing for number, kind in _numbered(shas, count) if kind.standing}


def _numbered(shas: Git, count: int) -> Iterator[tuple[int, Kind]]:
    every = kinds(shas)
    return ((number, every[(number - 1) % len(every)]) for number in range(1, count + 1))


def world(shas: Git, count: int = 30) -> dict[str, Any]:
    """The simulator's world."""
    issues, pulls = [], []
    for number, kind in _numbered(shas, count):
        at = START + timedelta(days=5 * number)
        issue: dict[str, Any] = {"number": number, "title": f"{kind.name} <b>{number}</b>", "author": "carol"}
        issue |= {"state": "closed", "closed_by": "ann", "created_at": START.isoformat(), "closed_at": at.isoformat()}
        said = [{"author": "ann", "body": kind.said, "created_at": at.isoformat()}] if kind.said else []
        late = (at + LONG_AFTER).isoformat()
        said += [{"author": "ann", "body": kind.late, "created_at": late}] if kind.late else []
        issues.append(issue | {"comments": said} | kind.issue)
        if kind.pull is not None:
            pull = {"number": 1000 + number, "author": "bob", "closes": [number], "base": "main", "body": ""}
            pulls.append(pull | {"merged_at": at.isoformat(), "created_at": START.isoformat()} | kind.pull)
    repository = {
        "full_name": REPO,
        "git": str(shas.folder),
        "default_branch": "main",
        "head": "main",
        "issues": [*issues, {"number": 900, "title": "Still open", "author": "carol"}],
        "pulls": pulls,
        "check_runs": [
            {"sha": sha, "name": "unit", "status": "completed", "conclusion": conclusion, "app": "ci"}
            for sha, conclusion in ((shas.fix, "success"), (shas.head, "failure"))
        ],
        "collaborators": {"ann": "triage", "bob": "write", "dora": "read"},
    }
    app = {"id": 7, "slug": "resolution", "webhook_secret": "a-secret-of-twenty-chars-or-more"}
    return {"app": app, "repositories": [repository], "tokens": TOKENS}
