"""The JSON Schema of the whole policy file, made from the types that read it: for editors, and for whoever writes one.

Rules:
1. What the policy takes is valid here. What it refuses is invalid here as far as a schema can say so: it cannot tell
   whether a URL may be asked, or what several keys may say together.
2. Every key is described, has its probe's example, and a default that reads as one writes it.
3. No `$id`: it is used from wherever its reader keeps it.

Source: https://json-schema.org/draft/2020-12/schema
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from bot.assessment.spans import written
from bot.config.profiles import RESERVED
from bot.config.schema import (
    ID,
    MAX_CRITERIA,
    MAX_PROFILES,
    CriterionSection,
    PolicySection,
    ProfileSection,
)
from bot.probes.contract import Probe
from bot.probes.strict_yaml import ListNode, MapNode, Plain, parse, plain

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CRITERIA: dict[str, object] = {
    "description": "What must hold; without this key, the built-in criteria.",
    "$ref": "#/$defs/Criteria",
}


def policy_schema(probes: Mapping[str, Probe]) -> dict[str, object]:
    """What may stand in a policy file."""
    models: list[type[BaseModel]] = [PolicySection, CriterionSection, ProfileSection]
    models += [probe.params for probe in probes.values()]
    _, shared = models_json_schema([(model, "validation") for model in models], schema_generator=_AsWritten)
    made = {name: _untitled(definition) for name, definition in _mapping(shared["$defs"]).items()}
    policy, criterion, profile = (
        made.pop(model.__name__) for model in (PolicySection, CriterionSection, ProfileSection)
    )
    parts = {
        "Criteria": {"type": "array", "maxItems": MAX_CRITERIA, "items": {"$ref": "#/$defs/Criterion"}},
        "Criterion": _criterion(criterion, probes, made),
        "Profile": _with(profile, {"criteria": _CRITERIA}, "criteria"),
    }
    profiles = {
        "description": "Other sets of criteria, by their names: asked for by name, or chosen by what an issue is.",
        "type": "object",
        "maxProperties": MAX_PROFILES,
        "propertyNames": {"pattern": ID, "not": {"enum": sorted(RESERVED)}},
        "additionalProperties": {"$ref": "#/$defs/Profile"},
    }
    return {
        "$schema": DIALECT,
        "title": "A resolution policy, version 1",
        "description": "What resolved means in a repository: `.github/resolution.yml`.",
        **{
            key: part
            for key, part in _with(policy, {"criteria": _CRITERIA, "profiles": profiles}).items()
            if key != "description"
        },
        "$defs": dict(sorted({**made, **parts}.items())),
    }


def _with(section: dict[str, object], more: Mapping[str, object], *required: str) -> dict[str, object]:
    """A section with keys that are read elsewhere."""
    keys = {**_mapping(section["properties"]), **more}
    needed = [*_sequence(section.get("required", [])), *required]
    return {**section, "properties": keys, **({"required": needed} if needed else {})}


def _criterion(own: dict[str, object], probes: Mapping[str, Probe], made: dict[str, dict[str, object]]) -> object:
    """A criterion's own keys, and exactly one that is a probe's kind."""
    kinds = {kind: _asked(probe, made[probe.params.__name__]) for kind, probe in sorted(probes.items())}
    return {
        **own,
        "description": "One question. Exactly one of its keys is a probe's name and carries its parameters.",
        "properties": {**_mapping(own["properties"]), **kinds},
        "oneOf": [{"required": [kind]} for kind in kinds],
    }


def _asked(probe: Probe, whole: dict[str, object]) -> object:
    """The whole mapping, or the short form that the probe takes, or nothing where everything has a default."""
    reference = f"#/$defs/{probe.params.__name__}"
    forms: list[object] = [{"$ref": reference}]
    short: str | None = getattr(probe.params, "shorthand", None)
    if short is not None:
        forms.append({"$ref": f"{reference}/properties/{short}"})
    if not whole.get("required"):
        forms.append({"type": "null"})
    return {"description": probe.manual.question, "anyOf": forms, "examples": [_example(probe)]}


def _example(probe: Probe) -> Plain:
    """The parameters in the manual's example, which is a list of one criterion."""
    root = parse(probe.manual.example)
    assert isinstance(root, ListNode)
    [criterion] = root.items
    assert isinstance(criterion, MapNode)
    asked = criterion.get(probe.kind)
    assert asked is not None
    return plain(asked)


class _AsWritten(GenerateJsonSchema):
    """Without titles that only repeat a key's name, and with defaults as they stand in a file."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Pydantic's hook: never."""
        del schema
        return False

    def encode_default(self, dft: Any) -> Any:
        """Pydantic's hook: seven days are `7d`."""
        return written(dft) if isinstance(dft, timedelta) else super().encode_default(dft)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Pydantic's hook: what is not used without being given has no default, and a section's keys have their own."""
        made = super().default_schema(schema)
        default = schema.get("default")
        if default is None or default == () or isinstance(default, BaseModel):
            made.pop("default", None)
        return made


def _untitled(definition: object) -> dict[str, object]:
    return {key: part for key, part in _mapping(definition).items() if key != "title"}


def _mapping(node: object) -> dict[str, object]:
    """A schema that is a mapping, as pydantic's are."""
    assert isinstance(node, dict)
    return node


def _sequence(node: object) -> list[object]:
    assert isinstance(node, list)
    return node
