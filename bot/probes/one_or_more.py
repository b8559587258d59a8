"""A list in the policy that may be written as its one value: `absent: old` for `absent: [old]`."""

from collections.abc import Mapping
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_BOUNDS = {"minLength": "minItems", "maxLength": "maxItems"}


class OrOne:
    """Stands first in the annotation of a tuple: `Annotated[tuple[str, ...], OrOne(), Field(strict=False)]`.

    Editors' JSON Schema says so as well.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: one value becomes a list of it before anything else is looked at."""
        return core_schema.no_info_before_validator_function(_listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Pydantic's hook: an item, or the list."""
        many = handler(schema)
        # Pydantic does not see that what stands behind this is a list, and bounds its length as a text's.
        named = {_BOUNDS.get(key, key): value for key, value in many.items()}
        return {"anyOf": [named["items"], named]}


def _listed(value: object) -> object:
    one = isinstance(value, str | int | float | Mapping) and not isinstance(value, bool)
    return (value,) if one else value
