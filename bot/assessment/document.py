"""The assessment: everything of one run, as one value and as one JSON document.

The same document stands behind the comment, the web page, the command line and the record. Its schema is versioned;
keys are only ever appended. `codec` turns it into JSON and back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.assessment.confidence import Confidence
from bot.assessment.evidence import CriterionId, Finding, Sha
from bot.assessment.plan import Plan
from bot.assessment.policy import ImpactPolicy, Role
from bot.assessment.trigger import Trigger
from bot.assessment.verdict import Verdict
from bot.assessment.waiver import Waived
from bot.assessment.withholding import WithheldReason

SCHEMA: Final = 1
BUILT_IN = "built-in"
"""The policy source of repositories that have no policy file."""
MARKERS_KEPT: Final = 5
"""So many breaking-change markers are kept; there may be more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRef:
    """Which rules were used: a short fingerprint, and where they came from."""

    digest: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRef:
    """The set of criteria that was asked, and why it was that one, in plain words."""

    name: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """What the change amounts to, as GitHub shows it. Times are aware; None where not known, or where there is none.

    `commits` are those of the merged pull requests, or without any those that fix it by what was said. `files`,
    `additions` and `deletions` are told of pull requests only. `breaking` are the breaking-change markers in commits
    and titles, as written, the first `MARKERS_KEPT`. None is not "none": `pull_requests` that may not be read,
    `commits` and `breaking` where no commit of the fix was read. `complete` is False where GitHub showed only a part of
    the commits. What can be said of all that: `bot.assessment.amounts`.

    `first_commit_at` is by the clock of whoever wrote the commit, all other times are GitHub's; `merged_at` is the last
    merge. The fix runs in `environment` since `deployed_at` without a break, which is None where nobody saw that begin;
    `first_deployed_at` is when it was first deployed there. `opened_at` and `closed_at` are the issue's, `closed_at` is
    None while it is open. What lies between them: `bot.assessment.lead_times`.
    """

    pull_requests: tuple[int, ...] | None = ()
    commits: int | None = 0
    files: int | None = None
    additions: int | None = None
    deletions: int | None = None
    breaking: tuple[str, ...] | None = ()
    first_commit_at: datetime | None = None
    merged_at: datetime | None = None
    deployed_at: datetime | None = None
    environment: str | None = None
    complete: bool = True
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    first_deployed_at: datetime | None = None

    @property
    def deployed(self) -> bool:
        """Does the fix run somewhere, since whenever?"""
        return self.environment is not None or self.deployed_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """An issue that was closed on evidence before, and is like this one.

    `shared` says in plain words what both have, `closed_by` what closed that one, one short phrase each.
    """

    issue: int
    title: str
    url: str
    closed_at: datetime
    shared: tuple[str, ...]
    closed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """An issue of the same repository that has to do with this one; `shares` says in plain words what both have."""

    issue: int
    shares: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueState:
    """How the issue stood when the assessment began. `closed_as` is GitHub's state reason in lower case."""

    title: str = ""
    open: bool = True
    closed_as: str | None = None
    closed_by: str | None = None


class ActionKind(StrEnum):
    """The kinds of things that may be done."""

    SPEAK = "speak"
    OUTDATE = "outdate"
    LABEL = "label"
    CLOSE = "close"
    REOPEN = "reopen"
    ANNOUNCE = "announce"
    REACT = "react"
    TICKET = "ticket"
    RECORD = "record"
    REFERENCE = "reference"


class Ending(StrEnum):
    """How an action ended."""

    DONE = "done"  # and read back
    UNCHANGED = "unchanged"  # it was so already
    REFUSED = "refused"  # GitHub would not, or the last look before acting forbade it
    UNKNOWN = "unknown"  # sent, and nobody knows yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One action as it went. `text` says in plain words what happened; where refused: what happened instead."""

    action: ActionKind
    ending: Ending
    text: str
    url: str | None = None


class TicketState(StrEnum):
    """How a follow-up ticket stands."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The issue that was filed for an operational criterion."""

    criterion: CriterionId
    number: int
    url: str
    state: TicketState


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One run. `repository` is `owner/name`; `commit` is the assessed commit on `branch`.

    `actions` is empty until something was done. `out_of_scope` are items that the closing statement itself names as
    somebody else's. `more_claims` counts the claims beyond those that were looked into;
    `profile` is None where the policy's own criteria were asked. `close_role` is the role that closing needs here.
    `waivers` are those of the criteria that were asked, whether they count or not. `notes` are what the asker must know
    of the asking itself, as plain sentences. `tickets` are those of its operational criteria, as they stood afterwards.
    `watch` is when it is looked at again, after a closing. `foreseen` is what would be done after a closing that a dry
    run leaves out, in plain words.
    `labels` are the issue's but for those that the policy has a role for, `paths` the files that the fix changed (a
    bounded part of them), `similar` issues like it.
    `related` are issues that it has to do with by what was asked, by its pull requests, or by what blocked it.
    """

    id: str
    repository: str
    issue: int
    trigger: Trigger
    commit: Sha | None
    policy: PolicyRef
    verdict: Verdict
    confidence: Confidence
    findings: tuple[Finding, ...]
    plan: Plan
    started_at: datetime
    finished_at: datetime
    actions: tuple[Done, ...] = ()
    branch: str | None = None
    state: IssueState = IssueState()
    metrics: Metrics | None = None
    impact: ImpactPolicy | None = None
    out_of_scope: tuple[str, ...] = ()
    more_claims: int = 0
    close_role: Role = Role.TRIAGE
    profile: ProfileRef | None = None
    waivers: tuple[Waived, ...] = ()
    notes: tuple[str, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    similar: tuple[Similar, ...] = ()
    related: tuple[Related, ...] = ()
    watch: tuple[datetime, ...] = ()
    foreseen: tuple[str, ...] = ()

    @property
    def duration(self) -> timedelta:
        """How long it took."""
        return self.finished_at - self.started_at

    @property
    def close(self) -> Done | None:
        """How the closing went, None where none was tried."""
        return next((done for done in self.actions if done.action is ActionKind.CLOSE), None)

    @property
    def called_off(self) -> bool:
        """Does it go on by itself no more, though it had said so?"""
        return any(one.reason is WithheldReason.CALLED_OFF for one in self.plan.withheld)

    @property
    def reopened(self) -> Done | None:
        """How it was opened again, by whoever; None where it was not."""
        return next(
            (one for one in self.actions if one.action is ActionKind.REOPEN and one.ending is Ending.DONE), None
        )
