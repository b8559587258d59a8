"""YAML, JSON, TOML and INI texts of strangers as plain values, within bounds.

Rules:
1. No parser is given more than it can chew: sizes, depth and number of values are limited, whatever the format.
2. YAML is read as strictly as our own files (`strict_yaml`), only that more of it is: anchors, aliases, tags and
   several documents are refused, since what they mean depends on the program that reads them.
3. A key that stands twice is refused in every format: programs differ in which one they take.
4. What is refused says why, and where a line is known, in which.
"""

import configparser
import json
import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import PurePosixPath

import re2

from bot.probes.strict_yaml import Limits, YamlRefused, parse, plain
from bot.probes.values import Value

_MOST_CHARACTERS = 1_000_000
_YAML = Limits(bytes=256 << 10, depth=64, nodes=20_000, scalar=256 << 10, key=1_000, visible_only=False)
_TOP, _NONE = "\x00top", "\x00none"  # sections that no file has
# What takes the parsers the square of its length: 50 kB of it, ten seconds.
_LONG_KEY = re2.compile(r"""(?:(?:"[^"\n]*"|'[^'\n]*'|[\w-]+)[ \t]*\.[ \t]*){32}""")
_WIDE_GAP = re.compile(r"[^\S\r\n]{64}")


class Format(StrEnum):
    """A way to write structured data."""

    YAML = "yaml"
    JSON = "json"
    TOML = "toml"
    INI = "ini"


class Unreadable(Exception):
    """The text's values cannot be told; `str()` says why, for people."""


_BY_SUFFIX = {
    ".yaml": Format.YAML,
    ".yml": Format.YAML,
    ".json": Format.JSON,
    ".toml": Format.TOML,
    ".ini": Format.INI,
    ".cfg": Format.INI,
    ".conf": Format.INI,
    ".editorconfig": Format.INI,
}


def read(text: str, path: str, kind: Format | None = None) -> Value:
    """A file's content as mappings, lists and scalars. Raises `Unreadable`."""
    name = PurePosixPath(path).name.lower()
    kind = kind or _BY_SUFFIX.get(PurePosixPath(name).suffix) or _BY_SUFFIX.get(name)
    if kind is None:
        message = "it is no YAML, JSON, TOML or INI by its name: say which with `format`"
        raise Unreadable(message)
    if len(text) > _MOST_CHARACTERS:
        message = f"it is too large to read as {kind.upper()}: {len(text):,} characters, at most {_MOST_CHARACTERS:,}"
        raise Unreadable(message)
    try:
        return _bounded(_READERS[kind](text.removeprefix("\ufeff")))
    except RecursionError as error:
        message = "it is nested too deeply"
        raise Unreadable(message) from error
    except YamlRefused as refused:
        message = f"it cannot be read as YAML: {refused} (line {refused.place.line})"
        raise Unreadable(message) from refused
    except configparser.Error as error:
        message = f"it is no valid INI: {_ini_fault(error)}"
        raise Unreadable(message) from error
    except ValueError as error:
        first_line = str(error).partition("\n")[0][:160]
        message = f"it is no valid {kind.upper()}: {first_line}"
        raise Unreadable(message) from error


def _read_json(text: str) -> object:
    return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_without_twins)


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        last = {name: place for place, (name, _) in enumerate(pairs)}
        twin = next(name for place, (name, _) in enumerate(pairs) if last[name] != place)
        message = f"the key {twin[:40]!r} is given twice in one object"
        raise ValueError(message)
    return values


def _no_constant(word: str) -> object:
    message = f"{word} is no JSON"
    raise ValueError(message)


def _read_toml(text: str) -> object:
    if _LONG_KEY.search(text):
        message = "a key has more than 32 parts"
        raise ValueError(message)
    return tomllib.loads(text)


def _read_ini(text: str) -> object:
    """Sections as mappings; keys above the first section stand at the top, as in `.editorconfig`."""
    if gap := _WIDE_GAP.search(text):
        line = text.count("\n", 0, gap.start()) + 1
        message = f"a line has more than 64 spaces in a row (line {line})"
        raise ValueError(message)
    parser = configparser.ConfigParser(interpolation=None, default_section=_NONE, allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their capitals
    parser.read_string(f"[{_TOP}]\n{text}")
    sections = {name: dict(parser.items(name)) for name in parser.sections()}
    return {**sections.pop(_TOP), **sections}


def _ini_fault(error: configparser.Error) -> str:
    """What is wrong, and in which line of the file: the first one is ours."""
    match error:
        case configparser.DuplicateSectionError():
            what, line = f"the section [{error.section[:40]}] is given twice", error.lineno
        case configparser.DuplicateOptionError():
            what, line = f"the key {error.option[:40]!r} is given twice", error.lineno
        case configparser.ParsingError(errors=[(int() as line, _), *_]):
            what = "neither a section nor a key"
        case _:
            return str(error).partition("\n")[0][:160]
    return f"{what} (line {line - 1})" if line else what


def _read_yaml(text: str) -> object:
    return plain(parse(text, _YAML))


def _bounded(value: object) -> Value:
    """The same values with everything odd made plain; dates become ISO texts. Raises `ValueError`."""
    match value:
        case str():
            # JSON can spell half of a character, which nothing can write down.
            return value.encode("utf-8", "replace").decode()
        case None | bool() | int() | float():
            return value
        case date() | datetime() | time():
            return value.isoformat()
        case dict():
            return {str(_bounded(key)): _bounded(item) for key, item in value.items()}
        case list() | tuple():
            return [_bounded(item) for item in value]
        case _:
            message = f"it holds a {type(value).__name__}"
            raise ValueError(message)


_READERS: dict[Format, Callable[[str], object]] = {
    Format.YAML: _read_yaml,
    Format.JSON: _read_json,
    Format.TOML: _read_toml,
    Format.INI: _read_ini,
}
