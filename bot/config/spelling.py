"""Values as YAML that reads back as the same values: for what is added to a file of people's. Pure.

Whatever another reader might take for something else is quoted, and what nobody sees is written as an escape.
"""

import json
import re
from collections.abc import Mapping, Sequence

from bot.probes.strict_yaml import Plain, Scalar

WIDTH = 100
"""A line that would be longer is broken, where what it holds can be."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*\Z")
_OTHERWISE = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that some reader takes for another kind of value, in any case."""


def block(said: Mapping[str, Plain]) -> list[str]:
    """A mapping in lines, a key on each; longer values below their keys."""
    found: list[str] = []
    for key, value in said.items():
        one = f"{scalar(key)}: {flow(value)}" if value is not None else f"{scalar(key)}:"
        if len(one) <= WIDTH or not value or not isinstance(value, dict | list):
            found.append(one)
            continue
        found.append(f"{scalar(key)}:")
        found += indented(block(value) if isinstance(value, dict) else listed(value))
    return found


def listed(items: Sequence[Plain]) -> list[str]:
    """A list in lines; the keys of its mappings stand one below the other."""
    found: list[str] = []
    for item in items:
        first, *rest = block(item) if isinstance(item, dict) and item else [flow(item)]
        found += [f"- {first}", *indented(rest)]
    return found


def indented(lines: Sequence[str], by: int = 2) -> list[str]:
    """The lines so many columns further in."""
    return [f"{' ' * by}{one}" for one in lines]


def flow(value: Plain) -> str:
    """A value on one line."""
    match value:
        case dict():
            return f"{{{', '.join(f'{scalar(key)}: {flow(one)}' for key, one in value.items())}}}"
        case list():
            return f"[{', '.join(flow(one) for one in value)}]"
        case _:
            return scalar(value)


def scalar(value: Scalar) -> str:
    """A single value, quoted where it has to be."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.match(value) and value.lower() not in _OTHERWISE:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in quoted)
