"""What an audit was asked for on the command line, understood."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.cli.assessing import policy_from
from bot.config.load import Broken, Loaded
from bot.github.models import RepositoryRef

_REPOSITORY = re.compile(r"(?:https?://[^/\s]+/)?(?P<owner>[\w-]+)/(?!\.{1,2}/?\Z)(?P<name>[\w.-]+?)(?:\.git)?/?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command line's arguments."""

    repository: str
    since: str | None
    limit: int
    as_json: bool
    html: Path | None
    policy: Path | None
    resume: Path | None
    wait: bool
    git: Path | None = None
    issues: Path | None = None


class Unfit(Exception):
    """It cannot be done as asked; the text says why and what to do, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A checkout and a file of issues, in the place of GitHub."""

    git: Path
    issues: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The arguments, understood. `local` is None where GitHub is asked."""

    repository: RepositoryRef
    since: datetime | None
    asked: Asked
    policy: Loaded | None
    local: Local | None = None

    @property
    def state(self) -> Path:
        """Where it stands: beside the output, unless a file was named."""
        if self.asked.resume is not None:
            return self.asked.resume
        if self.asked.html is not None:
            return self.asked.html.with_suffix(".jsonl")
        return Path(f"audit-{self.repository.owner}-{self.repository.name}.jsonl")


def understood(asked: Asked, err: Console) -> Order:
    """The order. Raises `Unfit`."""
    match = _REPOSITORY.match(asked.repository)
    if match is None:
        raise Unfit(f"{asked.repository!r} is no repository: write OWNER/REPO")
    if (asked.git is None) is not (asked.issues is None):
        raise Unfit("--git PATH and --issues FILE belong together")
    local = None if asked.git is None or asked.issues is None else Local(git=asked.git, issues=asked.issues)
    since = moment(asked.since) if asked.since is not None else None
    policy = policy_from(asked.policy, err)
    if isinstance(policy, Broken):
        raise Unfit(f"{asked.policy}: it cannot be used")
    order = Order(
        repository=RepositoryRef(owner=match["owner"], name=match["name"]),
        since=since,
        asked=asked,
        policy=policy,
        local=local,
    )
    if asked.resume is None and order.state.exists():
        raise Unfit(f"{order.state} is there: go on with it by --resume {order.state}, or delete it")
    return order


def moment(text: str) -> datetime:
    """A day, or a moment of one, in UTC where it names no zone. Raises `Unfit`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unfit(f"{text!r} is no day: write it as 2026-01-31") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
