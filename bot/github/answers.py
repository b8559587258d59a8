"""What GitHub tells after we did something, and who we are there. All values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.assessment.evidence import Sha
from bot.github.models import (
    Actor,
    Comment,
    IssueNumber,
    IssueState,
    NodeId,
    PolicyFile,
    Pull,
    PullState,
    StateReason,
    TimelineEvent,
    Unknown,
)


class Reaction(StrEnum):
    """The reactions that we leave, by GitHub's GraphQL names."""

    EYES = "EYES"
    ROCKET = "ROCKET"
    THUMBS_UP = "THUMBS_UP"
    THUMBS_DOWN = "THUMBS_DOWN"
    CONFUSED = "CONFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppIdentity:
    """Who this app is: its id, its slug (the login in GraphQL), and its bot's login in REST."""

    id: int
    slug: str
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueNow:
    """An issue read again: the last 20 comments, and the last 20 times it was closed or reopened."""

    node_id: NodeId
    number: IssueNumber
    state: IssueState
    state_reason: StateReason | None
    closed_at: datetime | None
    locked: bool
    labels: tuple[str, ...] | Unknown
    comments: tuple[Comment, ...] | Unknown
    comment_total: int
    events: tuple[TimelineEvent, ...] | Unknown
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A comment that stands now. `now` is the issue read in the same request; None under a pull request."""

    node_id: NodeId
    id: int
    url: str
    now: IssueNow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateAnswer:
    """The issue as GitHub answers to its closing or opening.

    Labels that we may not set are missing here without an error.
    """

    number: IssueNumber
    state: IssueState
    state_reason: StateReason | None
    closed_at: datetime | None
    closed_by: Actor | None
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedIssue:
    """An issue that a merged pull request closes (`closes`) or only refers to."""

    number: IssueNumber
    repository: str
    closes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFiles:
    """The policy files that hold for a repository: its own, and its organisation's (`Unknown`: that is not told)."""

    own: PolicyFile | None
    above: PolicyFile | Unknown | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullView:
    """A pull request with the issues that GitHub says it closes. Keywords in texts are not joined here.

    `potential_merge` is the commit of the merge that GitHub tries beforehand: None on a conflict (`conflicts`), once it
    is closed, or as long as it is not made. After a push it may still be that of the head before.
    """

    pull: Pull
    linked: tuple[LinkedIssue, ...]
    default_branch: str | None
    head_sha: Sha
    potential_merge: Sha | None = None
    is_fork: bool = False
    conflicts: bool = False

    @property
    def is_open(self) -> bool:
        """Neither closed nor merged."""
        return self.pull.state is PullState.OPEN
