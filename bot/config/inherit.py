"""A repository's policy over its organisation's, over the built-in one.

Rules:
1. What the repository's file says holds; what it leaves out is as the organisation's file says; what both leave out is
   built in. Key by key; inside `close`, `labels`, `permissions`, `limits` and `business_impact`, field by field.
2. `criteria` are one rule as a whole, and so is each profile by its name. The repository's profiles come first.
3. What acts by itself is handed on only where the organisation's file says `inherit: {acting: true}`: nobody's issues
   are to be closed or reopened, by us or on a bot's word, by a line that stands elsewhere. Else such a key is left out
   as a whole.
4. A file that cannot be used makes the policy unusable, whichever of the two it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.assessment.policy import FollowUpMode, GuardMode, Mode, RecordMode
from bot.config.load import FIELDWISE, Broken, Loaded, Written, assembled, built_in, written
from bot.config.profiles import Profile
from bot.config.schema import PolicySection, Section

ACTING: Mapping[str, Callable[[PolicySection], bool]] = MappingProxyType(
    {
        "mode": lambda said: said.mode is Mode.ACT,
        "guard": lambda said: GuardMode.REOPEN in {said.guard.people, said.guard.bots},
        "follow_ups": lambda said: said.follow_ups.mode is FollowUpMode.FILE,
        "record": lambda said: said.record.mode is not RecordMode.OFF,
        "cross_reference": lambda said: said.cross_reference,
        "deployed": lambda said: said.deployed is not None,
        "watch": lambda said: bool(said.watch),
        "trusted_bots": lambda said: bool(said.trusted_bots),
    }
)
"""When a top key makes the app do something without a person: a trusted bot's command closes like anybody's."""

_NOT_HANDED_ON = frozenset({"version", "inherit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A policy file: its text (None: it is no text), its path as faults show it, and its source for the assessment."""

    text: str | bytes | None
    path: str
    source: str


def load_over(repository: File | None, organisation: File | None) -> Loaded | Broken:
    """The policy of a repository from the files that there are, or every fault of either."""
    above = None if organisation is None else written(organisation.text, path=organisation.path, organisation=True)
    own = None if repository is None else written(repository.text, path=repository.path, organisation=False)
    broken = tuple(fault for one in (own, above) if isinstance(one, Broken) for fault in one.faults)
    if broken or isinstance(own, Broken) or isinstance(above, Broken):
        return Broken(faults=broken)
    sources = tuple(one.source for one in (repository, organisation) if one is not None)
    source = " over ".join(sources)
    if above is None:
        return built_in() if own is None else assembled(own, source)
    handed = handed_on(above)
    return assembled(handed if own is None else over(own, handed), source)


def handed_on(above: Written) -> Written:
    """What an organisation's file hands on to its repositories."""
    given = above.section.model_fields_set
    acting = () if above.section.inherit.acting else tuple(key for key in ACTING if key in given)
    out = tuple(key for key in acting if ACTING[key](above.section))
    kept = {key: getattr(above.section, key) for key in given if key not in {*out, *_NOT_HANDED_ON}}
    origins = {
        key: origin for key, origin in above.origins.items() if key.partition(".")[0] not in {*out, *_NOT_HANDED_ON}
    }
    asks = above.asks and above.section.inherit.acting
    return replace(above, section=_made(kept), origins=MappingProxyType(origins), left_out=out, asks=asks)


def over(own: Written, handed: Written) -> Written:
    """A repository's file over what is handed on to it. `left_out` is what it does not say itself."""
    section, below = own.section, handed.section
    values = {key: getattr(below, key) for key in below.model_fields_set}
    for key in section.model_fields_set:
        values[key] = _joined(key, getattr(section, key), values.get(key))
    criteria = handed.asked if own.asked is None else own.asked
    origins = {key: origin for key, origin in handed.origins.items() if _stands(key, own)}
    return Written(
        section=_made(values),
        asked=criteria,
        profiles=_profiles(own.profiles, handed.profiles),
        origins=MappingProxyType(dict(own.origins) | origins),
        left_out=tuple(key for key in handed.left_out if key not in own.origins),
        asks=own.asks or handed.asks,
    )


def _joined(key: str, own: object, handed: object) -> object:
    """A key that both may say: the repository's word, or both their fields with the repository's first."""
    if key not in FIELDWISE or not isinstance(own, Section) or not isinstance(handed, Section):
        return own
    fields = {name: getattr(one, name) for one in (handed, own) for name in one.model_fields_set}
    return own.model_copy(update=fields)


def _made(values: Mapping[str, object]) -> PolicySection:
    """The section with these keys, which were all read and found sound."""
    return PolicySection.model_construct(_fields_set=set(values), **{"version": 1, **values})


def _profiles(own: tuple[Profile, ...], handed: tuple[Profile, ...]) -> tuple[Profile, ...]:
    taken = {profile.name for profile in own}
    return (*own, *(profile for profile in handed if profile.name not in taken))


def _stands(key: str, own: Written) -> bool:
    """Does what was handed on under a key still hold, beside what the repository's file says?"""
    top = key.partition(".")[0]
    if key in own.origins or top not in own.origins:
        return key not in own.origins
    # Beside a section of its own the other fields hold; `business_impact: null` takes all of them back.
    return top == "profiles" or (top in FIELDWISE and getattr(own.section, top) is not None)
