"""The policy file: text in, frozen rules and questions out, or every fault with its place.

Rules:
1. Strict: what is not understood is a fault, since a rule that is silently ignored closes issues that it should not.
2. All faults at once, in the order of the text; but a file that is no YAML, or of another version, has that one fault.
3. What a file leaves out is as in the built-in policy.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType

from pydantic import ValidationError

from bot.assessment.document import BUILT_IN
from bot.assessment.policy import Policy
from bot.assessment.refusals import Fault
from bot.config.criteria import read_criteria
from bot.config.default import QUESTIONS
from bot.config.faults import fault_at, faults_of, unknown_key
from bot.config.schema import ID, MAX_PROFILES, VERSION, PolicySection
from bot.probes.contract import Probe, Question
from bot.probes.registry import by_kind
from bot.probes.strict_yaml import Entry, MapNode, Node, Place, ScalarNode, YamlRefused, parse, plain

_TOP = (*PolicySection.model_fields, "criteria", "profiles")
_START = Place(line=1, column=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A policy with the questions that it asks; `profiles` are other sets of questions, chosen by name."""

    policy: Policy
    questions: tuple[Question, ...]
    profiles: Mapping[str, tuple[Question, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A file that cannot be used, with everything that is wrong with it."""

    faults: tuple[Fault, ...]


def built_in() -> Loaded:
    """The policy of repositories that have no file."""
    return _with_digest(Loaded(policy=Policy(source=BUILT_IN, digest=""), questions=QUESTIONS))


def load(text: str | bytes | None, *, path: str, source: str) -> Loaded | Broken:
    """The policy in a file's text; None stands for content that could not be read as text.

    `path` is shown in faults, `source` in the assessment.
    """
    if text is None:
        return Broken(faults=(fault_at(path, _START, "the file is not text, or too large to be read"),))
    root = opened(text, path=path, what="policy file")
    return root if isinstance(root, Broken) else _read(root, path, source)


def opened(text: str | bytes, *, path: str, what: str) -> MapNode | Broken:
    """The mapping that a file of ours consists of, if we know its version; `what` is the kind of file in words."""
    try:
        root = parse(text)
    except YamlRefused as refused:
        hint = f": {refused.suggestion}" if refused.suggestion else ""
        return Broken(faults=(fault_at(path, refused.place, f"{refused}{hint}"),))
    if not isinstance(root, MapNode):
        empty = isinstance(root, ScalarNode) and root.value is None
        why = "the file is empty" if empty else "the file is not a mapping"
        return Broken(faults=(fault_at(path, root.place, f"{why}: begin with `version: {VERSION}`"),))
    version = _version_fault(root, path, what)
    return Broken(faults=(version,)) if version is not None else root


def _version_fault(root: MapNode, path: str, what: str) -> Fault | None:
    given = root.get("version")
    if given is None:
        return fault_at(path, root.place, f"'version' is missing: begin with `version: {VERSION}`")
    if isinstance(given, ScalarNode) and given.text == str(VERSION) and given.value == VERSION:
        return None
    return fault_at(path, given.place, f"this version of the {what} is not known: only {VERSION} is")


def _read(root: MapNode, path: str, source: str) -> Loaded | Broken:
    probes = by_kind()
    faults = [unknown_key(path, entry.place, entry.key, _TOP) for entry in root.entries if entry.key not in _TOP]
    section = _section(root, path)
    criteria = root.get("criteria")
    questions: tuple[Question, ...] = QUESTIONS
    if criteria is not None:
        read = read_criteria(criteria, path, probes)
        questions = read.questions
        faults += read.faults
    profiles, profile_faults = _profiles(root.get("profiles"), path, probes)
    faults += profile_faults
    if isinstance(section, tuple):
        faults += section
    if faults or isinstance(section, tuple):
        return Broken(faults=tuple(sorted(faults, key=lambda fault: (fault.line, fault.column))))
    policy = _policy(section, source)
    return _with_digest(Loaded(policy=policy, questions=questions, profiles=MappingProxyType(profiles)))


def _section(root: MapNode, path: str) -> PolicySection | tuple[Fault, ...]:
    known = tuple(entry for entry in root.entries if entry.key in PolicySection.model_fields)
    node = MapNode(place=root.place, entries=known)
    try:
        return PolicySection.model_validate_json(json.dumps(plain(node)))
    except ValidationError as error:
        return faults_of(error, PolicySection, node, path)


def _policy(section: PolicySection, source: str) -> Policy:
    return Policy(
        source=source,
        digest="",
        mode=section.mode,
        claims=section.claims,
        minimum_confidence=section.close.minimum_confidence,
        close_role=section.role,
        labels=section.label_policy,
        max_age=section.close.max_age,
        on_merge=section.on_merge,
        trusted_bots=tuple(login.removesuffix("[bot]") for login in section.trusted_bots),
        impact=section.impact,
    )


def _profiles(
    node: Node | None, path: str, probes: Mapping[str, Probe]
) -> tuple[dict[str, tuple[Question, ...]], list[Fault]]:
    if node is None:
        return {}, []
    if not isinstance(node, MapNode) or len(node.entries) > MAX_PROFILES:
        return {}, [fault_at(path, node.place, f"profiles must be a mapping of at most {MAX_PROFILES} names")]
    profiles: dict[str, tuple[Question, ...]] = {}
    faults: list[Fault] = []
    for entry in node.entries:
        wrong = _profile_fault(entry, path)
        if wrong is not None:
            faults.append(wrong)
            continue
        assert isinstance(entry.value, MapNode)  # or it had a fault
        read = read_criteria(entry.value.entries[0].value, path, probes)
        profiles[entry.key] = read.questions
        faults += read.faults
    return profiles, faults


def _profile_fault(entry: Entry, path: str) -> Fault | None:
    if not re.fullmatch(ID, entry.key) or entry.key == "help":
        return fault_at(path, entry.place, f"{entry.key!r} cannot be a profile's name: lower-case letters, digits, -")
    if not isinstance(entry.value, MapNode) or [inner.key for inner in entry.value.entries] != ["criteria"]:
        return fault_at(path, entry.place, "a profile holds `criteria` and nothing else")
    return None


def _with_digest(loaded: Loaded) -> Loaded:
    """The same with its fingerprint: of what is decided by it, not of how or where it is written."""
    shape = {
        "policy": {key: value for key, value in asdict(loaded.policy).items() if key not in {"source", "digest"}},
        "questions": [_canonical(question) for question in loaded.questions],
        "profiles": {name: [_canonical(q) for q in questions] for name, questions in loaded.profiles.items()},
    }
    text = json.dumps(shape, sort_keys=True, default=str, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return replace(loaded, policy=replace(loaded.policy, digest=digest))


def _canonical(question: Question) -> Mapping[str, object]:
    return {
        "criterion": asdict(question.criterion),
        "params": question.params.model_dump(mode="json", by_alias=True),
        "before": question.ask_before,
    }
