"""Where a key belongs that stands elsewhere, as the types tell it: `hold` under `close` belongs under `labels`."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from bot.assessment.wording import listing
from bot.config.faults import model_in
from bot.config.schema import CriterionSection, PolicySection, ProfileSection, WhenSection
from bot.probes.contract import Probe

_MOST = 3
_NOW = {"role": "`permissions: {close: …}`", "add": "`labels: {resolved: …}`"}
"""Earlier names, which no type tells any more."""


def home_of(key: str, probes: Mapping[str, Probe]) -> str:
    """What to do about a key that is known elsewhere; nothing where it is not, or in too many places."""
    if key in _NOW:
        return f"write {_NOW[key]}"
    homes = tuple(dict.fromkeys(_homes(key, probes)))
    return f"it belongs {listing(homes, last='or')}" if 0 < len(homes) <= _MOST else ""


def _homes(key: str, probes: Mapping[str, Probe]) -> Iterator[str]:
    if key in {*PolicySection.model_fields, "criteria", "profiles"}:
        yield "at the top of the file"
    for name, field in PolicySection.model_fields.items():
        inner = model_in(field.annotation)
        if inner is not None and key in _keys(inner):
            yield f"under `{name}`"
    if key in probes or key in CriterionSection.model_fields:
        yield "in a criterion"
    if key in ProfileSection.model_fields:
        yield "in a profile"
    if key in WhenSection.model_fields:
        yield "under `when`"
    for kind, probe in probes.items():
        if key in _keys(probe.params):
            yield f"under `{kind}`"


def _keys(model: type[BaseModel]) -> Iterator[str]:
    return (field.alias or name for name, field in model.model_fields.items())
