"""The words everybody speaks: criteria, evidence and where it was seen.

Rules:
1. Evidence never judges. It says what was asked, what was seen, where, when and at which commit.
2. "Could not look" (`ERROR`), "nothing to look at" (`MISSING`) and "not asked" (`SKIPPED`) are three things,
   and none of them is `PASS` or `FAIL`.
3. Vacuous evidence (true before the fix as well) is shown, but is not decisive.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

Sha = NewType("Sha", str)
CriterionId = NewType("CriterionId", str)


NO_CATEGORY = "General"
"""The category of criteria for which nobody has chosen one."""


class Outcome(StrEnum):
    """What a probe found for one criterion."""

    PASS = "pass"
    FAIL = "fail"
    ERROR = "error"  # could not measure
    MISSING = "missing"  # nothing to measure
    PENDING = "pending"  # on its way
    FLAKY = "flaky"  # mixed answers
    SKIPPED = "skipped"  # does not apply, with the reason
    WAIVED = "waived"  # a named person's exception
    MISCONFIGURED = "misconfigured"  # the question itself is faulty


class Scope(StrEnum):
    """Whose job a criterion is: development decides closure, operational becomes a follow-up."""

    DEVELOPMENT = "development"
    OPERATIONAL = "operational"


class Origin(StrEnum):
    """Where a criterion came from: the policy (file or built-in), a claim in prose, the comment with the command, or
    the issue's own text.
    """

    POLICY = "policy"
    CLAIM = "claim"
    COMMENT = "comment"
    ISSUE = "issue"


FOR_ONE_ISSUE: frozenset[Origin] = frozenset({Origin.COMMENT, Origin.ISSUE})
"""The origins of criteria that one issue alone is asked, beside what the policy asks."""


class Reason(StrEnum):
    """Stable codes for every outcome that a person or a metric may see; the text beside it is for people."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does-not-hold"
    NOT_FOUND = "not-found"
    NOT_REACHABLE = "not-reachable"  # exists, but not on the default branch
    REVERTED = "reverted"
    STILL_OPEN = "still-open"
    NOT_MERGED = "not-merged"
    NOTHING_TO_MEASURE = "nothing-to-measure"
    STILL_RUNNING = "still-running"
    MIXED = "mixed"
    VACUOUS = "vacuous"  # was so before: proves little
    TIMED_OUT = "timed-out"
    UNAVAILABLE = "unavailable"  # the other side did not answer
    FORBIDDEN = "forbidden"  # a permission is missing
    NETWORK_POLICY = "network-policy"  # the address is not reachable from here
    TOO_LARGE = "too-large"
    NOT_LOOKED_AT = "not-looked-at"  # LFS pointer, submodule, binary, truncated listing
    BAD_QUESTION = "bad-question"
    BUG = "bug"
    NOT_SELECTED = "not-selected"
    NOT_APPLICABLE = "not-applicable"
    TAKEN_BACK = "taken-back"  # the statement itself says that work remains


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that must hold. `weight` is a positive number, 1 by default; `kind` names the probe."""

    id: CriterionId
    title: str
    category: str
    kind: str
    scope: Scope = Scope.DEVELOPMENT
    required: bool = True
    weight: float = 1.0
    origin: Origin = Origin.POLICY
    quote: str | None = None  # the words in which a claim was found


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where something was seen. `place` is plain text for people ("`main`, whole history")."""

    url: str
    place: str
    sha: Sha | None
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One occurrence behind an observation: a file and line, a run, a pull request."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number that was measured. `name` is a stable word (`latency`), `unit` SI or a counted noun (`s`, `files`)."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What a pending answer waits for. `topics` name the events that may bring it, `what` is plain text for people.

    After `until` it is not waited for any longer. `whom`: whose confirmation it is, in words; None where nobody's is.
    """

    topics: tuple[str, ...]
    what: str
    until: datetime
    whom: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The frozen answer to one criterion.

    `credit` is what a pass is worth in the confidence: 1, or the Wilson lower bound for sampled probes.
    `decisive` is False where the answer would have been the same without the fix.
    `seen_failing` is True where the same question was answered "no" at the commit before the fix.
    All texts are plain text; whoever renders them escapes them.
    """

    outcome: Outcome
    reason: Reason
    expected: str
    observed: str
    source: Source
    before: str | None = None
    decisive: bool = True
    seen_failing: bool = False
    credit: float = 1.0
    details: tuple[Detail, ...] = ()
    remedy: str | None = None  # what would make it hold, and who can do it
    measures: tuple[Measure, ...] = ()
    waits_for: Wait | None = None  # only where the outcome is `PENDING`, and something will tell when it is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A criterion with its evidence."""

    criterion: Criterion
    evidence: Evidence
