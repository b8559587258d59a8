"""Criteria from nodes to questions. The one key of a criterion that is a probe's kind carries its parameters.

A criterion with a fault is kept apart under its name: it can be shown, and the others can be asked.

`file: docs/x.md` is short for `file: {path: docs/x.md}` where the probe names a parameter for it, and `tasks:` with
nothing behind it asks with all defaults.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from pydantic import ValidationError

from bot.assessment.evidence import Criterion, CriterionId
from bot.assessment.refusals import Fault
from bot.config.faults import fault_at, faults_of, unknown_key
from bot.config.homes import home_of
from bot.config.origins import Origins, PolicyPlace, nowhere, origin_at
from bot.config.schema import MAX_CRITERIA, CriterionSection
from bot.probes.contract import Params, Probe, Question
from bot.probes.strict_yaml import Entry, ListNode, MapNode, Node, Place, Plain, ScalarNode, plain

_OWN = tuple(CriterionSection.model_fields)
_LONGEST_TITLE = 200
_NOT_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyCriterion:
    """A criterion that cannot be asked as written. What could be read of it is in `criterion`: else it is required."""

    criterion: Criterion
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What came of a list of criteria: the sound questions, the criteria that are not, the list's own faults.

    `asked_at` says of each criterion, by its id, where it stands.
    """

    questions: tuple[Question, ...] = ()
    faulty: tuple[FaultyCriterion, ...] = ()
    faults: tuple[Fault, ...] = ()
    asked_at: Origins = field(default_factory=nowhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A criterion that is sound in itself; its id may still be taken."""

    place: Place
    own: CriterionSection
    kind: str
    params: Params
    subject: str  # the short form's value, or nothing
    about: str  # that, or at length the same parameter's value; for the title


def read_criteria(node: Node, path: str, probes: Mapping[str, Probe], *, taken: frozenset[str] = frozenset()) -> Read:
    """The questions of a list of criteria, in its order. `taken` are ids that others have already."""
    if not isinstance(node, ListNode):
        return Read(faults=(fault_at(path, node.place, "criteria must be a list"),))
    if len(node.items) > MAX_CRITERIA:
        place = node.items[MAX_CRITERIA].place
        return Read(faults=(fault_at(path, place, f"more than {MAX_CRITERIA} criteria"),))
    questions: list[Question] = []
    faulty: list[FaultyCriterion] = []
    asked_at: dict[str, PolicyPlace] = {}
    explicit = {_explicit_id(item) for item in node.items} - {None}
    used: set[str] = set(taken)
    for item in node.items:
        drawn = _draw(item, path, probes)
        if isinstance(drawn, _Drawn) and drawn.own.id is not None and drawn.own.id in used:
            why = "is taken already: choose another" if drawn.own.id in taken else "is given to two criteria"
            drawn = (fault_at(path, drawn.place, f"the id {drawn.own.id!r} {why}"),)
        if isinstance(drawn, _Drawn):
            identity = drawn.own.id or _free(drawn, used | explicit)
            questions.append(_question(drawn, identity))
        else:
            made = _faulty(item, drawn, used, explicit)
            identity = made.criterion.id
            faulty.append(made)
        used.add(identity)
        asked_at[identity] = origin_at(path, item.place)
    return Read(questions=tuple(questions), faulty=tuple(faulty), asked_at=MappingProxyType(asked_at))


def _faulty(node: Node, faults: tuple[Fault, ...], used: set[str], explicit: set[str | None]) -> FaultyCriterion:
    """What can be told of a criterion with faults; a second one of a name gets another."""
    said = _readable(node)
    free = said.id is not None and said.id not in used
    identity = said.id if said.id is not None and free else _numbered(f"line-{node.place.line}", used | explicit)
    criterion = Criterion(
        id=CriterionId(identity),
        title=said.title or f"The criterion on line {node.place.line}",
        category=said.category,
        kind="criterion",
        scope=said.scope,
        required=said.required,
        weight=said.weight,
    )
    return FaultyCriterion(criterion=criterion, faults=faults)


def _readable(node: Node) -> CriterionSection:
    """Those of a criterion's own words that are sound, each by itself."""
    said: dict[str, Plain] = {}
    for entry in node.entries if isinstance(node, MapNode) else ():
        if entry.key in _OWN and isinstance(_validated(CriterionSection, _alone(node, entry), ""), CriterionSection):
            said[entry.key] = plain(entry.value)
    return CriterionSection.model_validate_json(json.dumps(said))


def _alone(node: Node, entry: Entry) -> MapNode:
    return MapNode(place=node.place, entries=(entry,))


def _draw(node: Node, path: str, probes: Mapping[str, Probe]) -> _Drawn | tuple[Fault, ...]:
    if not isinstance(node, MapNode):
        return (fault_at(path, node.place, "a criterion must be a mapping such as {file: docs/guide.md}"),)
    own = tuple(entry for entry in node.entries if entry.key in _OWN)
    asking = tuple(entry for entry in node.entries if entry.key in probes)
    faults = [
        unknown_key(path, entry.place, entry.key, (*_OWN, *probes), partial(home_of, probes=probes))
        for entry in node.entries
        if entry not in own and entry not in asking
    ]
    faults += [
        fault_at(path, entry.place, f"a criterion asks one question: {asking[0].key!r} is asked already")
        for entry in asking[1:]
    ]
    if not asking and not faults:
        faults.append(fault_at(path, node.place, f"asks nothing: add one of {', '.join(sorted(probes))}"))
    head = _validated(CriterionSection, MapNode(place=node.place, entries=own), path)
    if not asking:
        return (*faults, *(head if isinstance(head, tuple) else ()))
    params = _params(asking[0], path, probes)
    faults += [fault for found in (head, params) if isinstance(found, tuple) for fault in found]
    if faults or isinstance(head, tuple) or isinstance(params, tuple):
        return tuple(faults)
    subject = asking[0].value.text if isinstance(asking[0].value, ScalarNode) else ""
    about = subject or _main(asking[0], probes)
    return _Drawn(place=node.place, own=head, kind=asking[0].key, params=params, subject=subject, about=about)


def _main(entry: Entry, probes: Mapping[str, Probe]) -> str:
    """What a probe written out at length asks about: the parameter that its short form is; empty without one."""
    short: str | None = getattr(probes[entry.key].params, "shorthand", None)
    found = entry.value.get(short) if short is not None and isinstance(entry.value, MapNode) else None
    return found.text if isinstance(found, ScalarNode) else ""


def _validated(model: type[CriterionSection], node: MapNode, path: str) -> CriterionSection | tuple[Fault, ...]:
    try:
        return model.model_validate_json(json.dumps(plain(node)))
    except ValidationError as error:
        return faults_of(error, model, node, path)


def _params(entry: Entry, path: str, probes: Mapping[str, Probe]) -> Params | tuple[Fault, ...]:
    probe = probes[entry.key]
    short: str | None = getattr(probe.params, "shorthand", None)
    node = entry.value
    if isinstance(node, ScalarNode) and node.value is None:
        node = MapNode(place=entry.place, entries=())
    elif not isinstance(node, MapNode):
        if short is None:
            return (fault_at(path, node.place, f"{probe.kind} needs a mapping of parameters: `{_form(probe)}`"),)
        node = MapNode(place=entry.place, entries=(Entry(place=node.place, key=short, value=node),))
    # A missing parameter is a fault of the probe's key, wherever its mapping begins.
    node = MapNode(place=entry.place, entries=node.entries)
    try:
        # JSON, since strict models take lists and words for tuples and choices only from there.
        return probe.params.model_validate_json(json.dumps(plain(node)))
    except ValidationError as error:
        return faults_of(error, probe.params, node, path, home=partial(home_of, probes=probes))


def _form(probe: Probe) -> str:
    """How a probe is written out: with the parameters that it must have, or else the first that it may."""
    fields = {field.alias or name: field.is_required() for name, field in probe.params.model_fields.items()}
    needed = [name for name, required in fields.items() if required] or list(fields)[:1]
    return f"{probe.kind}: {{{', '.join(f'{name}: …' for name in needed)}}}"


def _explicit_id(node: Node) -> str | None:
    found = node.get("id") if isinstance(node, MapNode) else None
    return found.value if isinstance(found, ScalarNode) and isinstance(found.value, str) else None


def _free(drawn: _Drawn, taken: set[str | None] | set[str]) -> str:
    stem = _NOT_ID.sub("-", f"{drawn.kind} {drawn.subject or drawn.own.title or ''}".lower()).strip("-")[:56].strip("-")
    return _numbered(stem, taken)


def _numbered(stem: str, taken: set[str | None] | set[str]) -> str:
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name


def _question(drawn: _Drawn, identity: str) -> Question:
    own = drawn.own
    return Question(
        criterion=Criterion(
            id=CriterionId(identity),
            title=own.title or _titled(drawn.kind, drawn.about or identity),
            category=own.category,
            kind=drawn.kind,
            scope=own.scope,
            required=own.required,
            weight=own.weight,
        ),
        params=drawn.params,
        ask_before=own.before,
    )


def _titled(kind: str, about: str) -> str:
    """A title as one could have written it: a line of what can be seen, within the length of one."""
    seen = "".join(char if char.isprintable() else " " for char in f"{kind.capitalize()} {about}")
    return " ".join(seen.split())[:_LONGEST_TITLE].rstrip()
