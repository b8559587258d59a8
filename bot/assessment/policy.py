"""What a maintainer may decide: the frozen policy that an assessment is judged by.

The criteria's probe parameters live with the probes (`bot.probes.contract.Question`); this is the rest.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Mode(StrEnum):
    """May automatic triggers change the issue (`act`), or only speak (`advise`)? A person's command always acts."""

    ACT = "act"
    ADVISE = "advise"


class ClaimsMode(StrEnum):
    """What becomes of claims found in prose: not looked for, shown, or required to hold."""

    OFF = "off"
    ADVISE = "advise"
    REQUIRE = "require"


class Level(StrEnum):
    """How sure the answer is."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class Role(StrEnum):
    """A collaborator's role in a repository, weakest first (GitHub's `role_name`)."""

    NONE = "none"
    READ = "read"
    TRIAGE = "triage"
    WRITE = "write"
    MAINTAIN = "maintain"
    ADMIN = "admin"


ROLES: tuple[Role, ...] = tuple(Role)


def at_least(held: Role, needed: Role) -> bool:
    """Is `held` as strong as `needed`?"""
    return ROLES.index(held) >= ROLES.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPolicy:
    """Labels by their role. An empty role switches its feature off.

    `resolved` are put on by a closing and `remove` taken off; `pending` is on while an answer waits; while one of
    `hold` is on, an issue stays open; `regression` marks what came back; `wrong` is put on by people who contradict.
    """

    resolved: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    pending: str | None = None
    hold: tuple[str, ...] = ()
    regression: str | None = None
    wrong: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """The weakest role for each kind of deed. A policy may ask more than these, never less."""

    close: Role = Role.TRIAGE
    look: Role = Role.TRIAGE
    explain: Role = Role.TRIAGE
    confirm: Role = Role.TRIAGE
    waive: Role = Role.MAINTAIN


class GuardMode(StrEnum):
    """What becomes of an issue that somebody else closed as completed and that does not hold."""

    OFF = "off"
    NOTE = "note"
    REOPEN = "reopen"


class HoldingMode(StrEnum):
    """What is said of a guarded closing that holds: a short note, or nothing. Its labels are set either way."""

    NOTE = "note"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardPolicy:
    """How closings by people and by bots are guarded, and what is said where one holds."""

    people: GuardMode = GuardMode.OFF
    bots: GuardMode = GuardMode.OFF
    holding: HoldingMode = HoldingMode.NOTE

    def mode(self, *, by_bot: bool) -> GuardMode:
        """How a closing by a bot, or by a person, is guarded."""
        return self.bots if by_bot else self.people

    @property
    def modes(self) -> frozenset[GuardMode]:
        """All that is done, whoever closed it."""
        return frozenset({self.people, self.bots})


class FollowUpMode(StrEnum):
    """What becomes of failing operational criteria: named in the answer, or filed as issues of their own."""

    LIST = "list"
    FILE = "file"


class FollowUpLink(StrEnum):
    """How a follow-up hangs together with its issue."""

    SUB_ISSUE = "sub-issue"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpPolicy:
    """Follow-up tickets, and whom they go to."""

    mode: FollowUpMode = FollowUpMode.LIST
    link: FollowUpLink = FollowUpLink.SUB_ISSUE
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


class RecordMode(StrEnum):
    """Whether a learning document is written after a closure, and how it gets into the repository."""

    OFF = "off"
    PULL_REQUEST = "pull-request"
    BRANCH = "branch"


class RecordFormat(StrEnum):
    """The learning document's format."""

    XML = "xml"
    MARKDOWN = "markdown"


LEARNING = "SPEC/learnings/issue_{number}_{slug}.xml"
"""Where learning documents stand if nobody says otherwise; those in Markdown have its ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPolicy:
    """Learning documents. The paths are templates with `{number}` and `{slug}`; a `branch` of None is the default."""

    mode: RecordMode = RecordMode.OFF
    format: RecordFormat = RecordFormat.XML
    learning: str = LEARNING
    summary: str = "ISSUE_{number}_RESOLUTION_SUMMARY.md"
    branch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitPolicy:
    """How much one assessment may take here; None: as the operator has it, and never more than that."""

    budget: timedelta | None = None
    concurrency: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedPolicy:
    """What is merged is to run in each of these environments so long after the merge, else one note says so."""

    environments: tuple[str, ...]
    within: timedelta = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactPolicy:
    """What the maintainers state about the business; shown as stated, never as measured."""

    segment: str | None = None
    goal: str | None = None
    revenue: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of one assessment. `source` says where they came from, `digest` is their short fingerprint.

    `grace` is how long a closing is announced before it is done, `watch` when a closed issue is looked at again,
    `preview`: every push to a pull request is told what would still be missing, `deployed`: where and until when merged
    fixes are to run.
    """

    source: str
    digest: str
    mode: Mode = Mode.ADVISE
    claims: ClaimsMode = ClaimsMode.REQUIRE
    minimum_confidence: Level = Level.MEDIUM
    permissions: Permissions = Permissions()
    labels: LabelPolicy = LabelPolicy()
    max_age: timedelta = timedelta(days=7)
    grace: timedelta | None = None
    on_merge: bool = True
    preview: bool = False
    trusted_bots: tuple[str, ...] = ()
    guard: GuardPolicy = GuardPolicy()
    follow_ups: FollowUpPolicy = FollowUpPolicy()
    record: RecordPolicy = RecordPolicy()
    watch: tuple[timedelta, ...] = ()
    cross_reference: bool = False
    deployed: DeployedPolicy | None = None
    limits: LimitPolicy = LimitPolicy()
    impact: ImpactPolicy | None = None

    @property
    def close_role(self) -> Role:
        """Whose command closes: this role, or a stronger one."""
        return self.permissions.close
