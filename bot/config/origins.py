"""Where the parts of a policy were given: the file and the line of every key, field and criterion."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.probes.strict_yaml import MapNode, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPlace:
    """Where a part of the policy was given: the file as people know it, and the line."""

    path: str
    line: int
    column: int = 1


Origins = Mapping[str, PolicyPlace]


def nowhere() -> Origins:
    """Of what is built in."""
    return MappingProxyType({})


def origin_at(path: str, place: Place) -> PolicyPlace:
    """A place of a file."""
    return PolicyPlace(path=path, line=place.line, column=place.column)


def origins_of(root: MapNode, path: str) -> Origins:
    """Every top key, every field of a section (`close.max_age`), and every profile (`profiles.hotfix`)."""
    found = {entry.key: origin_at(path, entry.place) for entry in root.entries}
    for entry in root.entries:
        if isinstance(entry.value, MapNode):
            found |= {f"{entry.key}.{inner.key}": origin_at(path, inner.place) for inner in entry.value.entries}
    return MappingProxyType(found)
