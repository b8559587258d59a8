"""A section of the policy that may be written as the one word that matters in it: `record: branch`."""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, slots=True, init=False)
class ShortFor:
    """Stands in the annotation of a section: a plain value is given to these of its fields.

    Editors' JSON Schema says so as well. The fields must not be strict, since they no longer come from JSON.
    """

    fields: tuple[str, ...]

    def __init__(self, *fields: str) -> None:
        object.__setattr__(self, "fields", fields)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: one value becomes a section before anything else is looked at."""
        return core_schema.no_info_before_validator_function(self._section, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Pydantic's hook: the value of the first field, or the section."""
        whole = handler(schema)
        fields = handler.resolve_ref_schema(whole)["properties"]
        one = {key: value for key, value in fields[self.fields[0]].items() if key in {"$ref", "enum", "type", "allOf"}}
        return {"anyOf": [one, whole]}

    def _section(self, value: object) -> object:
        return dict.fromkeys(self.fields, value) if isinstance(value, str) else value
