"""What is wrong with a policy, and what is dangerous or without effect though it is sound.

For terminals, CI and pull requests alike. Pure: text in, faults and warnings out, each with its place.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.assessment.evidence import Scope
from bot.assessment.policy import (
    ClaimsMode,
    FollowUpPolicy,
    GuardMode,
    GuardPolicy,
    Level,
    Mode,
    Policy,
    RecordPolicy,
)
from bot.assessment.refusals import Fault
from bot.assessment.wording import span
from bot.config.load import Broken, Loaded, PolicyPlace, load
from bot.probes.contract import Question

_EARLIEST = timedelta(minutes=10)
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
    found = tuple(_warning(loaded, path, key, text) for key, text in _found(loaded))
    return tuple(sorted(found, key=lambda fault: (fault.line, fault.column)))


def _warning(loaded: Loaded, path: str, key: str, text: str) -> Fault:
    origin = loaded.origins.get(key, PolicyPlace(path=path, line=1))
    return Fault(path=origin.path, line=origin.line, column=origin.column, text=text)


def _found(loaded: Loaded) -> Iterator[tuple[str, str]]:
    policy = loaded.policy
    yield from _nothing_required(loaded)
    if policy.mode is Mode.ACT and policy.claims is ClaimsMode.REQUIRE and not any(map(_decides, loaded.questions)):
        yield "mode", "by itself it would close on claims alone: what people write would be the only thing asked"
    if policy.minimum_confidence is Level.LOW:
        yield "close", "`minimum_confidence: LOW` closes on any confidence, also on evidence that is old or unlocated"
    if policy.max_age > _OLDEST:
        yield "close", f"`max_age`: evidence that is {span(policy.max_age)} old would count like that of today"
    labels = policy.labels
    for name in labels.resolved:
        if name in labels.hold:
            yield "labels", f"closing puts on the label {name}, which holds the issue open the next time"
        if name in labels.remove:
            yield "labels", f"closing puts on the label {name}, and takes it off"
    if any(pause < _EARLIEST for pause in policy.watch):
        yield "watch", "a look so soon after the closing sees the same as the closing did"
    for key, is_asked, what in _NOT_YET:
        if is_asked(policy):
            yield key, f"{what} is understood, but this version does not do it yet"


def _nothing_required(loaded: Loaded) -> Iterator[tuple[str, str]]:
    if loaded.policy.claims is ClaimsMode.REQUIRE:
        if loaded.policy.mode is Mode.ADVISE and not any(map(_decides, loaded.questions)) and not loaded.faulty:
            yield "criteria", "nothing is required: the claims in closing statements would decide alone"
        return
    if not any(map(_decides, loaded.questions)) and not loaded.faulty:
        yield "criteria", "nothing is required: no criterion decides, and claims do not count; nothing can be resolved"
    for profile in loaded.profiles:
        if not any(map(_decides, profile.questions)) and not profile.faulty:
            yield "profiles", f"the profile `{profile.name}` requires nothing: nothing can be resolved by it"


def _decides(question: Question) -> bool:
    return question.criterion.required and question.criterion.scope is Scope.DEVELOPMENT


_NOT_YET: tuple[tuple[str, Callable[[Policy], bool], str], ...] = (
    ("guard", lambda policy: policy.guard != GuardPolicy(people=GuardMode.OFF, bots=GuardMode.OFF), "`guard`"),
    ("follow_ups", lambda policy: policy.follow_ups != FollowUpPolicy(), "`follow_ups`"),
    ("record", lambda policy: policy.record != RecordPolicy(), "`record`"),
    ("watch", lambda policy: bool(policy.watch), "`watch`"),
    ("cross_reference", lambda policy: policy.cross_reference, "`cross_reference`"),
    ("close", lambda policy: policy.grace is not None, "`close: {after: …}`"),
    ("labels", lambda policy: policy.labels.regression is not None, "`labels: {regression: …}`"),
)
"""What the schema has and nobody does yet: a rule without effect must not look like one that holds."""
