"""The JSON Schema of criteria, made from the probes' own parameters: for editors, and for whoever writes policies.

Source: https://json-schema.org/draft/2020-12/schema
"""

from collections.abc import Mapping

from pydantic.json_schema import models_json_schema

from bot.config.schema import MAX_CRITERIA, CriterionSection
from bot.probes.contract import Params, Probe

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def criteria_schema(probes: Mapping[str, Probe]) -> dict[str, object]:
    """What may stand under `criteria:`: a list of mappings, each with the one key that is a probe's kind."""
    models: list[type[Params | CriterionSection]] = [CriterionSection]
    models += [probe.params for probe in probes.values()]
    _, shared = models_json_schema([(model, "validation") for model in models])
    definitions = _mapping(shared["$defs"])
    section = CriterionSection.__name__
    names = _mapping(_mapping(definitions[section])["properties"])
    own: dict[str, object] = {name: {"$ref": f"#/$defs/{section}/properties/{name}"} for name in names}
    return {
        "$schema": DIALECT,
        "title": "Criteria of a resolution policy, version 1",
        "type": "array",
        "maxItems": MAX_CRITERIA,
        "items": {"oneOf": [_criterion(probe, own, definitions) for _, probe in sorted(probes.items())]},
        "$defs": dict(sorted(definitions.items())),
    }


def _criterion(probe: Probe, own: dict[str, object], definitions: dict[str, object]) -> object:
    return {
        "title": probe.kind,
        "description": probe.manual.question,
        "type": "object",
        "properties": {**own, probe.kind: _asked(probe.params, definitions)},
        "required": [probe.kind],
        "additionalProperties": False,
    }


def _asked(params: type[Params], definitions: dict[str, object]) -> object:
    """The whole mapping, or the short form that the probe takes, or nothing where everything has a default."""
    forms: list[object] = [{"$ref": f"#/$defs/{params.__name__}"}]
    whole = _mapping(definitions[params.__name__])
    short: str | None = getattr(params, "shorthand", None)
    if short is not None:
        forms.append(_mapping(whole["properties"])[short])
    if not whole.get("required"):
        forms.append({"type": "null"})
    return {"anyOf": forms} if len(forms) > 1 else forms[0]


def _mapping(node: object) -> dict[str, object]:
    """A schema that is a mapping, as pydantic's are."""
    assert isinstance(node, dict)
    return node
