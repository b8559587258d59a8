"""What is wrong with a policy, and what is dangerous or without effect though it is sound.

For terminals, CI and pull requests alike. Pure: text in, faults and warnings out, each with its place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.assessment.evidence import Scope
from bot.assessment.explained_policy import origin_of
from bot.assessment.policy import (
    ClaimsMode,
    GuardMode,
    LabelPolicy,
    Level,
    Mode,
    Policy,
    RecordMode,
)
from bot.assessment.refusals import Fault
from bot.assessment.wording import span
from bot.config.criteria import FaultyCriterion
from bot.config.load import Broken, Loaded, load
from bot.config.origins import PolicyPlace
from bot.probes.contract import Question

_EARLIEST = timedelta(minutes=10)
_HASTY = timedelta(hours=1)
_OLDEST = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """A policy looked over. `loaded` is None where the file cannot be used at all."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()
    loaded: Loaded | None = None


def lint(text: str | bytes | None, *, path: str, organisation: bool = False) -> Linted:
    """Everything there is to say about a policy file; None stands for content that could not be read as text.

    `organisation`: it is the file of a repository `.github`.
    """
    return linted(load(text, path=path, source=path, organisation=organisation), path=path)


def linted(loaded: Loaded | Broken, *, path: str) -> Linted:
    """The same of what was loaded, from one file or from two; `path` stands for what is in neither."""
    if isinstance(loaded, Broken):
        return Linted(faults=loaded.faults)
    return Linted(faults=loaded.faults, warnings=warnings_of(loaded, path=path), loaded=loaded)


def warnings_of(loaded: Loaded, *, path: str) -> tuple[Fault, ...]:
    """What is sound and may still not be meant, in the order of the text."""
    found = tuple(_warning(loaded, path, keys, text) for keys, text in _found(loaded))
    return tuple(sorted(found, key=lambda fault: (fault.line, fault.column)))


def _warning(loaded: Loaded, path: str, keys: tuple[str, ...], text: str) -> Fault:
    origin = _origin(loaded, keys) or PolicyPlace(path=path, line=1)
    return Fault(path=origin.path, line=origin.line, column=origin.column, text=text)


def _origin(loaded: Loaded, keys: tuple[str, ...]) -> PolicyPlace | None:
    """Where to look of several parts that are dangerous together: the first in the file that goes over the other."""
    files = tuple(dict.fromkeys(origin.path for origin in loaded.origins.values()))
    given = (origin_of(loaded.origins, key) for key in keys)
    return min((one for one in given if one is not None), key=lambda one: files.index(one.path), default=None)


def _found(loaded: Loaded) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each with the keys that make it so together."""
    policy = loaded.policy
    yield from _nothing_required(loaded)
    if policy.minimum_confidence is Level.LOW:
        text = "`minimum_confidence: LOW` closes on any confidence, also on evidence that is old or unlocated"
        yield ("close.minimum_confidence",), text
    if policy.max_age > _OLDEST:
        text = f"`max_age`: evidence that is {span(policy.max_age)} old would count like that of today"
        yield ("close.max_age",), text
    yield from _labels_at_odds(policy.labels)
    if any(pause < _EARLIEST for pause in policy.watch):
        yield ("watch",), "a look so soon after the closing sees the same as the closing did"
    if GuardMode.REOPEN in policy.guard.modes and policy.mode is Mode.ADVISE:
        yield ("guard", "mode"), "`guard: reopen` only notes in `mode: advise`: reopening takes `mode: act`"
    if policy.deployed is not None and policy.deployed.within < _HASTY:
        text = f"`within: {span(policy.deployed.within)}`: hardly a deployment ends so soon after a merge"
        yield ("deployed.within",), text
    yield from _idle_record(loaded)


def _labels_at_odds(labels: LabelPolicy) -> Iterator[tuple[tuple[str, ...], str]]:
    """One label that is put on for two things that exclude each other; GitHub compares names without regard to case."""
    hold, remove = ({name.casefold() for name in names} for names in (labels.hold, labels.remove))
    for name in labels.resolved:
        if name.casefold() in hold:
            text = f"closing puts on the label {name}, which holds the issue open the next time"
            yield ("labels.resolved", "labels.hold"), text
        if name.casefold() in remove:
            yield ("labels.resolved", "labels.remove"), f"closing puts on the label {name}, and takes it off"
    pending = labels.pending
    if pending is not None and pending.casefold() in hold:
        text = f"an answer that waits puts on the label {pending}, which holds the issue open"
        yield ("labels.pending", "labels.hold"), text


def _idle_record(loaded: Loaded) -> Iterator[tuple[tuple[str, ...], str]]:
    """Settings of the record where nobody says whether one is written; who says that none is knows it."""
    section = loaded.origins.get("record")
    if section is None or "record.mode" in loaded.origins or loaded.policy.record.mode is not RecordMode.OFF:
        return
    given = [key for key, at in loaded.origins.items() if key.startswith("record.") and at.path == section.path]
    if given:
        text = "`record` has settings and no `mode`, so nothing is written: add `mode: pull-request` or `mode: branch`"
        yield (given[0],), text


def _nothing_required(loaded: Loaded) -> Iterator[tuple[tuple[str, ...], str]]:
    """The policy's own criteria and each profile's, where none of them decides."""
    if not _decide(loaded.questions, loaded.faulty):
        yield _undecided(loaded.policy, "criteria", "nothing is required", "")
    for one in loaded.profiles:
        if not _decide(one.questions, one.faulty):
            said = f"the profile `{one.name}` requires nothing"
            yield _undecided(loaded.policy, f"profiles.{one.name}", said, f"in the profile `{one.name}` ")


def _undecided(policy: Policy, key: str, said: str, where: str) -> tuple[tuple[str, ...], str]:
    if policy.claims is not ClaimsMode.REQUIRE:
        return (key, "claims"), f"{said}: no criterion decides, and claims do not count; nothing can be resolved"
    if policy.mode is Mode.ADVISE:
        return (key, "claims"), f"{said}: the claims in closing statements would decide alone"
    keys = (key, "mode", "claims") if where else ("mode", key, "claims")
    return keys, f"{where}by itself it closes on claims alone: what people write would be the only thing asked"


def _decide(questions: Sequence[Question], faulty: Sequence[FaultyCriterion]) -> bool:
    """Does one of them decide? One that cannot be asked as written does: it keeps the issue open."""
    criteria = (*(one.criterion for one in questions), *(one.criterion for one in faulty))
    return any(one.required and one.scope is Scope.DEVELOPMENT for one in criteria)
