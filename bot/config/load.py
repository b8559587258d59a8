"""The policy file: text in, frozen rules and questions out, or every fault with its place.

Rules:
1. Strict: what is not understood is a fault, since a rule that is silently ignored closes issues that it should not.
2. All faults at once, in the order of the text; but a file that is no YAML, or of another version, has that one fault.
3. A criterion with a fault does not take the others with it: it is named, and cannot be asked. A fault anywhere else
   makes the whole file unusable.
4. What a file leaves out is as in the built-in policy; with an organisation's file between them, see `inherit`.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from functools import partial

from pydantic import ValidationError

from bot.assessment.document import BUILT_IN
from bot.assessment.policy import Policy
from bot.assessment.refusals import Fault
from bot.assessment.watching import LADDER
from bot.config.criteria import FaultyCriterion, Read, read_criteria
from bot.config.default import QUESTIONS
from bot.config.faults import Home, fault_at, faults_of, in_order, unknown_key
from bot.config.fingerprint import canonical, fingerprint, told
from bot.config.homes import home_of
from bot.config.opening import read_yaml, version_fault
from bot.config.origins import Origins, PolicyPlace, nowhere, origins_of
from bot.config.profiles import Profile, read_profiles
from bot.config.schema import VERSION, PolicySection
from bot.config.sections import policy_of
from bot.probes.contract import Question
from bot.probes.registry import by_kind
from bot.probes.strict_yaml import MapNode, Place, ScalarNode, plain

FIELDWISE = ("close", "labels", "permissions", "limits", "business_impact")
"""Sections of which each field is a rule of its own; any other key is one rule as a whole."""

_TOP = (*PolicySection.model_fields, "criteria", "profiles")
_START = Place(line=1, column=1)
_OWN_INHERIT = (
    "`inherit` is for the organisation's policy, in its repository `.github`: leave it out, and write here what is to"
    " hold here"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A policy with the questions that it asks. `profiles` are other sets of questions, in the order of the file.

    `faulty` are criteria that cannot be asked as written. `origins` says of a top key where it was given, and of a
    field or a profile below it (`close.max_age`, `profiles.hotfix`), `asked_at` of each criterion by its id (they stand
    apart, since names may have dots); what is not among them is built in. `left_out` are
    top keys of an organisation's file that act, and that it does not hand on; `hands_on_acting`: this is such a file,
    and it does.
    """

    policy: Policy
    questions: tuple[Question, ...]
    faulty: tuple[FaultyCriterion, ...] = ()
    profiles: tuple[Profile, ...] = ()
    origins: Origins = field(default_factory=nowhere)
    asked_at: Origins = field(default_factory=nowhere)
    left_out: tuple[str, ...] = ()
    hands_on_acting: bool = False

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong with single criteria, in the order of the text."""
        lists = (self.faulty, *(profile.faulty for profile in self.profiles))
        return in_order(fault for faulty in lists for one in faulty for fault in one.faults)

    def profile(self, name: str) -> Profile | None:
        """The profile of that name."""
        return next((one for one in self.profiles if one.name == name), None)

    def where_asked(self, criterion: str, profile: str | None = None) -> PolicyPlace | None:
        """Where a criterion was given, of the policy itself or of a profile; None where it is built in."""
        named = None if profile is None else self.profile(profile)
        return (self.asked_at if named is None else named.asked_at).get(criterion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A file that cannot be used, with everything that is wrong with it.

    `unread`: the organisation's file could not even be read, and why; it may say anything, or not be there.
    """

    faults: tuple[Fault, ...]
    unread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What one file says, and no more. `asked` is None where it has no criteria of its own.

    `asks`: it has criteria itself; those of an organisation count where its file may act.
    """

    section: PolicySection
    asked: Read | None = None
    profiles: tuple[Profile, ...] = ()
    origins: Origins = field(default_factory=nowhere)
    left_out: tuple[str, ...] = ()
    asks: bool = False


def built_in() -> Loaded:
    """The policy of repositories that have no file."""
    return digested(Loaded(policy=Policy(source=BUILT_IN, digest=""), questions=QUESTIONS))


def load(text: str | bytes | None, *, path: str, source: str, organisation: bool = False) -> Loaded | Broken:
    """The policy in a file's text; None stands for content that could not be read as text.

    `path` is shown in faults, `source` in the assessment. `organisation`: it is the file of a repository `.github`.
    """
    read = written(text, path=path, organisation=organisation)
    return read if isinstance(read, Broken) else assembled(read, source)


def written(text: str | bytes | None, *, path: str, organisation: bool) -> Written | Broken:
    """What a file's text says by itself; as `load`."""
    if text is None:
        return Broken(faults=(fault_at(path, _START, "the file is not text, or too large to be read"),))
    root = opened(text, path=path, what="policy file")
    return root if isinstance(root, Broken) else _read(root, path, organisation=organisation)


def _watching(policy: Policy, read: Written) -> Policy:
    """What people ask here they ask again after a closing, unless they say when: 1 h, 1 d and 7 d."""
    return replace(policy, watch=LADDER) if read.asks and "watch" not in read.section.model_fields_set else policy


def assembled(read: Written, source: str) -> Loaded:
    """The policy that it makes over the built-in one."""
    asked = Read(questions=QUESTIONS) if read.asked is None else read.asked
    return digested(
        Loaded(
            policy=_watching(policy_of(read.section, source), read),
            questions=asked.questions,
            faulty=asked.faulty,
            profiles=read.profiles,
            origins=read.origins,
            asked_at=asked.asked_at,
            left_out=read.left_out,
            hands_on_acting=read.section.inherit.acting,
        )
    )


def digested(loaded: Loaded) -> Loaded:
    """The same with its fingerprint: of all that is decided and asked."""
    shape = {
        "policy": {key: value for key, value in asdict(loaded.policy).items() if key not in {"source", "digest"}},
        "questions": [canonical(question) for question in loaded.questions],
        "faulty": [told(one) for one in loaded.faulty],
        "profiles": [
            {
                "name": profile.name,
                "when": None if profile.when is None else asdict(profile.when),
                "questions": [canonical(question) for question in profile.questions],
                "faulty": [told(one) for one in profile.faulty],
            }
            for profile in loaded.profiles
        ],
    }
    return replace(loaded, policy=replace(loaded.policy, digest=fingerprint(shape)))


def opened(text: str | bytes, *, path: str, what: str) -> MapNode | Broken:
    """The mapping that a file of ours consists of, if we know its version; `what` is the kind of file in words."""
    root = read_yaml(text, path=path)
    if isinstance(root, Fault):
        return Broken(faults=(root,))
    if not isinstance(root, MapNode):
        empty = isinstance(root, ScalarNode) and root.value is None
        why = "the file is empty" if empty else "the file is not a mapping"
        return Broken(faults=(fault_at(path, root.place, f"{why}: begin with `version: {VERSION}`"),))
    given = root.get("version")
    if given is None:
        return Broken(faults=(fault_at(path, root.place, f"'version' is missing: begin with `version: {VERSION}`"),))
    unknown = version_fault(given, path, what)
    return Broken(faults=(unknown,)) if unknown is not None else root


def _read(root: MapNode, path: str, *, organisation: bool) -> Written | Broken:
    probes = by_kind()
    home = partial(home_of, probes=probes)
    faults = [unknown_key(path, entry.place, entry.key, _TOP, home) for entry in root.entries if entry.key not in _TOP]
    if not organisation:
        faults += [fault_at(path, entry.place, _OWN_INHERIT) for entry in root.entries if entry.key == "inherit"]
    section = _section(root, path, home)
    criteria = root.get("criteria")
    asked = None if criteria is None else read_criteria(criteria, path, probes)
    profiles = read_profiles(root.get("profiles"), path, probes)
    faults += (*(asked.faults if asked is not None else ()), *profiles.faults)
    if isinstance(section, tuple):
        faults += section
    if faults or isinstance(section, tuple):
        lists = (asked.faulty if asked is not None else (), *(profile.faulty for profile in profiles.profiles))
        faults += [fault for faulty in lists for one in faulty for fault in one.faults]
        return Broken(faults=in_order(faults))
    return Written(
        section=section,
        asked=asked,
        profiles=profiles.profiles,
        origins=origins_of(root, path),
        asks=asked is not None,
    )


def _section(root: MapNode, path: str, home: Home) -> PolicySection | tuple[Fault, ...]:
    known = tuple(entry for entry in root.entries if entry.key in PolicySection.model_fields)
    node = MapNode(place=root.place, entries=known)
    try:
        return PolicySection.model_validate_json(json.dumps(plain(node)))
    except ValidationError as error:
        return faults_of(error, PolicySection, node, path, home=home)
