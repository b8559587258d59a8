"""Revisions named in ``world.json``: resolved all at once, since each call of git costs."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.simulator.git.store import resolve_now
from bot.simulator.reading import Place

AGE = timedelta(days=30)
_KEYS = {"sha", "head_sha", "head", "base", "merge_commit_sha", "ref", "commits", "commit"}
_FULL = re.compile(r"^[0-9a-f]{40}$")
ZERO = "0" * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisions:
    """The commits behind the revisions that a repository's part of the file names."""

    directory: Path
    known: dict[str, str | None]

    def find(self, revision: str) -> str | None:
        """The commit of a revision; a full hash that exists nowhere stands for itself."""
        if revision not in self.known:
            self.known[revision] = resolve_now(self.directory, [revision])[0]
        found = self.known[revision]
        return found or (revision if _FULL.match(revision) else None)

    def at(self, root: Place, key: str, default: str | None = None) -> str:
        """The commit that a key names; the tip of the default branch where it is absent."""
        revision = root.text(key, default or "HEAD")
        found = self.find(revision)
        if found is None and not root.has(key):
            return ZERO
        if found is None:
            raise root.fault(key, f"{revision!r} names no commit of that repository")
        return found


def mentioned_revisions(directory: Path, root: Place, tip: str | None) -> dict[str, str | None]:
    """Every revision that the part of one repository mentions, with its commit or None."""
    if tip is None:
        return {"HEAD": None}
    names = {"HEAD"}
    for key in ("check_runs", "statuses", "deployments", "workflow_runs", "pulls", "issues"):
        for each in root.places(key):
            names |= _named(each)
    listed = sorted(name for name in names if "\n" not in name)
    return dict(zip(listed, resolve_now(directory, listed), strict=True))


def _named(root: Place) -> set[str]:
    found: set[str] = set()
    for key in _KEYS & set(root.value):
        value = root.value[key]
        found |= {value} if isinstance(value, str) else set()
        found |= {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()
    if isinstance(merge := root.value.get("merge_commit_sha"), str):
        found |= {f"{merge}^1", f"{merge}^2"}
    return found
