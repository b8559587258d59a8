"""Profiles: other sets of criteria, asked for by name or chosen by what an issue is.

The first profile whose `when` fits is chosen: everything that it names must fit, any one of each list. A profile
without `when` is there for those who ask for it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from pydantic import ValidationError

from bot.assessment.refusals import Fault
from bot.config.criteria import FaultyCriterion, read_criteria
from bot.config.faults import Home, fault_at, faults_of, unknown_key
from bot.config.homes import home_of
from bot.config.origins import Origins, nowhere
from bot.config.schema import ID, MAX_PROFILES, ProfileSection, WhenSection
from bot.probes.contract import Probe, Question
from bot.probes.strict_yaml import Entry, MapNode, Node, plain

RESERVED = frozenset({"help"})


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The issues that a profile is for. An empty list says nothing; names have no case; `*` in a title is anything."""

    labels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Another set of questions; see `bot.config.load.Loaded`."""

    name: str
    questions: tuple[Question, ...]
    faulty: tuple[FaultyCriterion, ...] = ()
    when: When | None = None
    asked_at: Origins = field(default_factory=nowhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What an issue is. `labels` is empty where they could not be read, `type` is None where it has none."""

    labels: tuple[str, ...] = ()
    type: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A profile that fits, and why, in plain words: "label hotfix, type Bug"."""

    profile: Profile
    because: str


def choose(profiles: tuple[Profile, ...], issue: Kind) -> Chosen | None:
    """The first profile that is for such an issue."""
    for profile in profiles:
        because = None if profile.when is None else _fit(profile.when, issue)
        if because is not None:
            return Chosen(profile=profile, because=because)
    return None


def possible(profiles: tuple[Profile, ...], issue: Kind) -> tuple[Profile | None, ...]:
    """All that may be chosen for an issue of an unknown type; None: none of them, so that the policy itself asks."""
    found: list[Profile] = []
    for profile in profiles:
        if profile.when is None or _fit(replace(profile.when, types=()), issue) is None:
            continue
        found.append(profile)
        if not profile.when.types:
            return tuple(found)
    return (*found, None)


def _fit(when: When, issue: Kind) -> str | None:
    """Why it fits, or None."""
    present = {name.casefold() for name in issue.labels}
    found = (
        (when.labels, "label", next((name for name in when.labels if name.casefold() in present), None)),
        (
            when.types,
            "type",
            next((name for name in when.types if name.casefold() == (issue.type or "").casefold()), None),
        ),
        (when.titles, "title", next((glob for glob in when.titles if _is_like(issue.title, glob)), None)),
    )
    if any(wanted and hit is None for wanted, _, hit in found):
        return None
    return ", ".join(f"{what} {hit}" for _, what, hit in found if hit is not None)


def _is_like(title: str, glob: str) -> bool:
    """Does the whole title fit? Each part is looked for behind the one before it, so it takes no more than one pass."""
    first, *middle = glob.casefold().split("*")
    rest = title.casefold()
    if not middle:
        return rest == first
    last = middle.pop()
    if not rest.startswith(first) or len(rest) < len(first) + len(last) or not rest.endswith(last):
        return False
    rest = rest[len(first) : len(rest) - len(last)]
    for part in middle:
        _, found, rest = rest.partition(part) if part else ("", "*", rest)
        if not found:
            return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProfiles:
    """The profiles of a file, and the faults that are not of single criteria."""

    profiles: tuple[Profile, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_profiles(node: Node | None, path: str, probes: Mapping[str, Probe]) -> ReadProfiles:
    """The profiles under `profiles:`, in their order."""
    if node is None:
        return ReadProfiles()
    if not isinstance(node, MapNode) or len(node.entries) > MAX_PROFILES:
        what = f"profiles must be a mapping of at most {MAX_PROFILES} names"
        return ReadProfiles(faults=(fault_at(path, node.place, what),))
    profiles: list[Profile] = []
    faults: list[Fault] = []
    for entry in node.entries:
        read = _profile(entry, path, probes)
        profiles += read.profiles
        faults += read.faults
    return ReadProfiles(profiles=tuple(profiles), faults=tuple(faults))


def _profile(entry: Entry, path: str, probes: Mapping[str, Probe]) -> ReadProfiles:
    wrong = _shape_fault(entry, path)
    if wrong is not None:
        return ReadProfiles(faults=(wrong,))
    node = entry.value
    assert isinstance(node, MapNode)  # or its shape is a fault
    home = partial(home_of, probes=probes)
    known = (*ProfileSection.model_fields, "criteria")
    faults = [
        unknown_key(path, inner.place, inner.key, known, home) for inner in node.entries if inner.key not in known
    ]
    when = _when(node, path, home)
    criteria = node.get("criteria")
    assert criteria is not None  # or its shape is a fault
    read = read_criteria(criteria, path, probes)
    faults += (*read.faults, *(when if isinstance(when, tuple) else ()))
    profile = Profile(
        name=entry.key,
        questions=read.questions,
        faulty=read.faulty,
        when=None if isinstance(when, tuple) else when,
        asked_at=read.asked_at,
    )
    return ReadProfiles(profiles=(profile,), faults=tuple(faults))


def _shape_fault(entry: Entry, path: str) -> Fault | None:
    if not re.fullmatch(ID, entry.key) or entry.key in RESERVED:
        return fault_at(path, entry.place, f"{entry.key!r} cannot be a profile's name: lower-case letters, digits, -")
    if not isinstance(entry.value, MapNode) or entry.value.get("criteria") is None:
        return fault_at(path, entry.place, "a profile needs `criteria`, and may have `when`")
    return None


def _when(node: MapNode, path: str, home: Home) -> When | tuple[Fault, ...] | None:
    own = MapNode(
        place=node.place, entries=tuple(one for one in node.entries if one.key in ProfileSection.model_fields)
    )
    try:
        said = ProfileSection.model_validate_json(json.dumps(plain(own))).when
    except ValidationError as error:
        return faults_of(error, ProfileSection, own, path, home=home)
    return None if said is None else _meant(said)


def _meant(said: WhenSection) -> When:
    return When(labels=said.labels, types=said.type, titles=said.title)
