"""JSON that says one thing: what two readers could read differently is refused.

A key that stands twice in an object is legal JSON, and readers differ on which one counts; so with other encodings than
UTF-8, and with numbers that JSON does not have.

Source: https://www.rfc-editor.org/rfc/rfc8259#section-4
"""

import json
from collections.abc import Sequence


class NotStrictJson(ValueError):
    """The bytes are no JSON, or JSON with two meanings; the message is the end of a sentence about them."""


def refuse_ambiguity(data: bytes) -> None:
    """Raises `NotStrictJson` unless every reader reads the same."""
    try:
        json.loads(data.decode("utf-8"), object_pairs_hook=_without_twins, parse_constant=_no_constant)
    except NotStrictJson:
        raise
    except RecursionError:
        raise NotStrictJson("is nested too deeply") from None
    except ValueError as error:
        raise NotStrictJson(f"is not JSON: {error}") from None


def _without_twins(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise NotStrictJson(f"has the key {key[:60]!r} twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise NotStrictJson(f"is not JSON: it has the number {name}")
