"""The assessment document as JSON: its shape.

Keys stand in the order of the struct fields. They are only ever appended, never renamed, reordered or removed; a
breaking change is a new `schema` number. What is not known is `null`, never left out.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from bot.assessment.document import ActionKind, Ending, TicketState
from bot.assessment.evidence import Origin, Outcome, Reason, Scope
from bot.assessment.plan import CloseReason, Reaction
from bot.assessment.policy import Level, Role
from bot.assessment.trigger import TriggerKind
from bot.assessment.verdict import Because, VerdictKind
from bot.assessment.waiver import WaiverState
from bot.assessment.withholding import WithheldReason

Moment = Annotated[datetime, Meta(tz=True)]
Percent = Annotated[int, Meta(ge=0, le=100)]


class WireFlags(Struct, frozen=True, kw_only=True):
    """What the command asked for beside the plain run."""

    dry_run: bool
    no_close: bool
    only: tuple[str, ...]
    profile: str | None
    environment: str | None
    sha: str | None


class WireTrigger(Struct, frozen=True, kw_only=True):
    """Why the assessment ran."""

    kind: TriggerKind
    by: str | None
    url: str | None
    flags: WireFlags
    pull: int | None
    refers_only: bool
    # younger than the first documents
    by_bot: bool = False
    regressed: bool = False
    joined: tuple[int, ...] = ()


class WirePolicy(Struct, frozen=True, kw_only=True):
    """Which rules were used."""

    digest: str
    source: str


class WireFactor(Struct, frozen=True, kw_only=True):
    """One thing that made the confidence what it is; `cap` is the level it allows at best."""

    text: str
    cap: Level | None
    criterion: str | None


class WireConfidence(Struct, frozen=True, kw_only=True):
    """How sure the verdict is."""

    percent: Percent
    level: Level
    factors: tuple[WireFactor, ...]


class WireSource(Struct, frozen=True, kw_only=True):
    """Where something was seen, at which commit, when; `place` is the same for people."""

    url: str
    sha: str | None
    fetched_at: Moment
    place: str


class WireDetail(Struct, frozen=True, kw_only=True):
    """One occurrence behind an observation."""

    text: str
    url: str | None


class WireMeasure(Struct, frozen=True, kw_only=True):
    """A number that was measured, with its unit."""

    name: str
    value: float
    unit: str


class WireWait(Struct, frozen=True, kw_only=True):
    """What a pending answer waits for, and until when; `topics` name the events that may bring it.

    `whom`: whose confirmation it is, in words.
    """

    topics: tuple[str, ...]
    what: str
    until: Moment
    whom: str | None = None


class WireCriterion(Struct, frozen=True, kw_only=True):
    """A criterion with its evidence. `reason` is a stable code."""

    id: str
    title: str
    category: str
    scope: Scope
    required: bool
    kind: str
    origin: Origin
    outcome: Outcome
    expected: str
    observed: str
    before: str | None
    source: WireSource
    reason: Reason
    quote: str | None
    decisive: bool
    seen_failing: bool
    weight: float
    credit: float
    details: tuple[WireDetail, ...]
    remedy: str | None
    # younger than the first documents, which are still read
    measures: tuple[WireMeasure, ...] = ()
    waits_for: WireWait | None = None


class WireSpeak(Struct, frozen=True, kw_only=True, tag_field="action", tag=ActionKind.SPEAK.value):
    """Write a comment, or edit the one with this node id; `aside`: a mere look, beside an answer that waits."""

    comment: str | None
    aside: bool = False


class WireOutdate(Struct, frozen=True, kw_only=True, tag_field="action", tag=ActionKind.OUTDATE.value):
    """Minimise comments as outdated."""

    comments: tuple[str, ...]


class WireLabel(Struct, frozen=True, kw_only=True, tag_field="action", tag=ActionKind.LABEL.value):
    """Add and remove labels."""

    add: tuple[str, ...]
    remove: tuple[str, ...]


class WireClose(Struct, frozen=True, kw_only=True, tag_field="action", tag=ActionKind.CLOSE.value):
    """Close the issue."""

    reason: CloseReason


class WireReopen(Struct, frozen=True, kw_only=True, tag_field="action", tag=ActionKind.REOPEN.value):
    """Open the issue again."""


class WireAnnounce(Struct, frozen=True, kw_only=True, tag_field="action", tag=ActionKind.ANNOUNCE.value):
    """Announce the closing, to be done at `until` unless somebody objects."""

    until: Moment


class WireReact(Struct, frozen=True, kw_only=True, tag_field="action", tag=ActionKind.REACT.value):
    """React to the command."""

    content: Reaction


WireAction = WireSpeak | WireOutdate | WireLabel | WireClose | WireReopen | WireReact | WireAnnounce


class WireWithheld(Struct, frozen=True, kw_only=True):
    """Something not done: why, and the next step; `url` is the comment that it is about."""

    reason: WithheldReason
    text: str
    url: str | None = None


class WireDone(Struct, frozen=True, kw_only=True):
    """One action as it went."""

    action: ActionKind
    ending: Ending
    text: str
    url: str | None


class WireIssueState(Struct, frozen=True, kw_only=True):
    """How the issue stood when the assessment began."""

    title: str
    open: bool
    closed_as: str | None
    closed_by: str | None


class WireMetrics(Struct, frozen=True, kw_only=True):
    """What the change amounts to."""

    pull_requests: tuple[int, ...] | None
    commits: int | None
    files: int | None
    additions: int | None
    deletions: int | None
    breaking: tuple[str, ...] | None
    first_commit_at: Moment | None
    merged_at: Moment | None
    deployed_at: Moment | None
    environment: str | None
    complete: bool
    # younger than the first documents
    opened_at: Moment | None = None
    closed_at: Moment | None = None
    first_deployed_at: Moment | None = None


class WireSimilar(Struct, frozen=True, kw_only=True):
    """An issue like this one that was closed on evidence before."""

    issue: int
    title: str
    url: str
    closed_at: Moment
    shared: tuple[str, ...]
    closed_by: tuple[str, ...]


class WireRelated(Struct, frozen=True, kw_only=True):
    """An issue of the same repository that has to do with this one."""

    issue: int
    shares: str


class WireImpact(Struct, frozen=True, kw_only=True):
    """What the policy states about the business; nobody measured it."""

    segment: str | None
    goal: str | None
    revenue: str | None
    value: str | None


class WireProfile(Struct, frozen=True, kw_only=True):
    """The set of criteria that was asked, and why it was that one."""

    name: str
    because: str


class WireWaiver(Struct, frozen=True, kw_only=True):
    """A named person's exception for one criterion; `policy` is the digest of the rules it was given under.

    `asks` is the fingerprint of what the criterion asked then.
    """

    criterion: str
    reason: str
    by: str
    at: Moment
    until: Moment
    policy: str
    asks: str
    url: str


class WireWaived(Struct, frozen=True, kw_only=True):
    """A waiver in this assessment, and what was measured of its criterion."""

    waiver: WireWaiver
    state: WaiverState
    measured: Outcome


class WireTicket(Struct, frozen=True, kw_only=True):
    """The issue that was filed for an operational criterion, and how it stood afterwards."""

    criterion: str
    number: int
    url: str
    state: TicketState


class WireAssessment(Struct, frozen=True, kw_only=True):
    """Everything of one assessment."""

    schema: Literal[1]
    id: str
    repository: str
    issue: int
    trigger: WireTrigger
    commit: str | None
    policy: WirePolicy
    verdict: VerdictKind
    confidence: WireConfidence
    criteria: tuple[WireCriterion, ...]
    plan: tuple[WireAction, ...]
    actions: tuple[WireDone, ...]
    started_at: Moment
    finished_at: Moment
    because: Because
    reasons: tuple[str, ...]
    follow_ups: tuple[str, ...]
    remains: tuple[str, ...]
    would: tuple[WireAction, ...]
    withheld: tuple[WireWithheld, ...]
    branch: str | None
    state: WireIssueState
    metrics: WireMetrics | None
    impact: WireImpact | None
    out_of_scope: tuple[str, ...]
    more_claims: int
    close_role: Role
    profile: WireProfile | None = None
    # younger than the first documents, which are still read
    waivers: tuple[WireWaived, ...] = ()
    notes: tuple[str, ...] = ()
    tickets: tuple[WireTicket, ...] = ()
    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    similar: tuple[WireSimilar, ...] = ()
    related: tuple[WireRelated, ...] = ()
    watch: tuple[Moment, ...] = ()
    foreseen: tuple[str, ...] = ()
