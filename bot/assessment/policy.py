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
    """Labels that a closing adds and removes, and those that hold an issue open."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactPolicy:
    """What the maintainers state about the business; shown as stated, never as measured."""

    segment: str | None = None
    goal: str | None = None
    revenue: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of one assessment. `source` says where they came from, `digest` is their short fingerprint."""

    source: str
    digest: str
    mode: Mode = Mode.ADVISE
    claims: ClaimsMode = ClaimsMode.REQUIRE
    minimum_confidence: Level = Level.MEDIUM
    close_role: Role = Role.TRIAGE
    labels: LabelPolicy = LabelPolicy()
    max_age: timedelta = timedelta(days=7)
    on_merge: bool = True
    trusted_bots: tuple[str, ...] = ()
    impact: ImpactPolicy | None = None
