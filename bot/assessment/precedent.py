"""What is remembered of an issue that was closed on evidence, and by what another one is like it. Pure.

The criteria that are built in are asked of every issue, and some files are touched by every change: nothing is found by
them. A claim is of one issue alone, and is only counted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from bot.assessment.document import BUILT_IN, Assessment, Ending
from bot.assessment.evidence import Finding, Origin, Outcome
from bot.assessment.verdict import decides

_CRITERIA, _LABELS, _PATHS, _PULLS = 30, 30, 50, 6
_MOST_WORDS = 16
_LONGEST_WORD = 40


class Held(Struct, frozen=True, kw_only=True):
    """A criterion that held when the issue was closed. `claim`: it was found in prose, and is that issue's alone."""

    id: str
    title: str
    kind: str
    category: str
    claim: bool = False


class Precedent(Struct, frozen=True, kw_only=True):
    """What is remembered of an issue that was closed on evidence. `built_in`: no policy of the repository's asked.

    `waived` are the criteria whose waivers counted; None: an earlier version remembered it, which kept none.
    """

    title: str
    closed_at: datetime
    criteria: tuple[Held, ...] = ()
    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    pulls: tuple[int, ...] = ()
    commit: str | None = None
    environment: str | None = None
    built_in: bool = False
    waived: tuple[str, ...] | None = None

    @property
    def counts(self) -> bool:
        """Is it known that nothing was waived? An exception makes no rule."""
        return self.waived == ()

    @property
    def likeness(self) -> "Likeness":
        """By what it is found."""
        criteria = () if self.built_in else tuple(one.id for one in self.criteria if not one.claim)
        return Likeness(title=self.title, criteria=criteria, labels=self.labels, paths=self.paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """By what an issue is like others. `criteria` are ids of those that more than one issue may be asked."""

    title: str
    criteria: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    @property
    def traits(self) -> tuple[str, ...]:
        """What it has exactly as others have it, each by its kind: `label:bug`."""
        return tuple(f"{kind}:{name}" for kind, names in self.by_kind.items() for name in names)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of its title that tell something, in lower case."""
        return words_of(self.title)

    @property
    def by_kind(self) -> Mapping[str, tuple[str, ...]]:
        """What it has, by kind."""
        files = tuple(path for path in self.paths[:_PATHS] if not _EVERYWHERE.search(path))
        folders = (path.rpartition("/")[0] for path in files)
        return {
            "criterion": self.criteria[:_CRITERIA],
            "label": tuple(dict.fromkeys(label.casefold() for label in self.labels[:_LABELS])),
            "file": files,
            "folder": tuple(dict.fromkeys(folder for folder in folders if folder)),
        }


_EVERYWHERE = re.compile(
    r"(?:^|/)(?:change(?:s|log)|history|news|readme|version)\b[^/]*$"
    r"|(?:^|/)[^/]*(?:[.-]lock(?:\.\w+)?|lock\.(?:json|yaml))$|(?:^|/)go\.sum$",
    re.IGNORECASE,
)
_SAYS_NOTHING = """
the and for with from not does doesn don that this when while after before into have has are was were been can
cannot could should would will its our your their them then than there here where which what who how why all any
some only also but still again more most less very too use used using add added adding make made get gets set sets
bug bugs fix fixed fixes fixing issue issues error errors fail fails failed failing failure broken wrong problem
please need needs needed want wants new old via per due out off over under instead without about
"""
_STOP = frozenset(_SAYS_NOTHING.split())
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words that tell something, in lower case, each once."""
    found = (word.casefold() for word in _WORD.findall(text[:2000]))
    telling = (w for w in found if 3 <= len(w) <= _LONGEST_WORD and not w.isdigit() and w not in _STOP)
    return tuple(dict.fromkeys(telling))[:_MOST_WORDS]


def likeness_of(assessment: Assessment) -> Likeness:
    """By what an issue that is assessed is like others, whatever came out."""
    criteria = () if assessment.policy.source == BUILT_IN else _ids(assessment.findings)
    return Likeness(title=assessment.state.title, criteria=criteria, labels=assessment.labels, paths=assessment.paths)


def precedent_of(assessment: Assessment) -> Precedent:
    """What is remembered of it, where it `holds_closed`."""
    metrics = assessment.metrics
    held = (f for f in assessment.findings if decides(f) and f.evidence.outcome is Outcome.PASS)
    return Precedent(
        title=assessment.state.title[:400],
        closed_at=(metrics.closed_at if metrics is not None else None) or assessment.finished_at,
        criteria=tuple(_held(finding) for finding in held)[:_CRITERIA],
        labels=assessment.labels[:_LABELS],
        paths=assessment.paths[:_PATHS],
        pulls=(metrics.pull_requests or ())[:_PULLS] if metrics is not None else (),
        commit=assessment.commit,
        environment=None if metrics is None else metrics.environment,
        built_in=assessment.policy.source == BUILT_IN,
        waived=tuple(f.criterion.id for f in assessment.findings if f.evidence.outcome is Outcome.WAIVED)[:_CRITERIA],
    )


def holds_closed(assessment: Assessment) -> bool:
    """Does the whole of it hold, and is the issue closed as completed?"""
    flags = assessment.trigger.flags
    return assessment.verdict.closes and not flags.only and not flags.dry_run and _is_closed(assessment)


def withdraws(assessment: Assessment) -> bool:
    """May the issue be named as resolved no longer: it is open, or does not hold? A part alone says nothing."""
    if not _is_closed(assessment):
        return True
    return not assessment.verdict.closes and not assessment.trigger.flags.only


def _held(finding: Finding) -> Held:
    criterion = finding.criterion
    return Held(
        id=criterion.id,
        title=criterion.title[:200],
        kind=criterion.kind,
        category=criterion.category[:80],
        claim=criterion.origin is Origin.CLAIM,
    )


def _ids(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(f.criterion.id for f in findings if f.criterion.origin is not Origin.CLAIM)


def _is_closed(assessment: Assessment) -> bool:
    done = assessment.close
    if done is not None:
        return done.ending is Ending.DONE
    return not assessment.state.open and assessment.state.closed_as in {None, "completed"}
