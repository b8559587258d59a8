"""YAML, JSON, TOML and INI texts of strangers as plain values, within bounds.

Rules:
1. No parser is given more than it can chew: sizes, depth and number of values are limited, whatever the format.
2. YAML is read from libyaml's events: PyYAML's own loaders crash or hang on small hostile files. Anchors, aliases,
   tags and several documents are refused: what they mean depends on the program that reads them.
3. YAML 1.2's core words: `yes`, `1:30` and dates stay texts.
"""

import configparser
import json
import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import PurePosixPath

import yaml

from bot.probes.values import Scalar, Value

_MOST_CHARACTERS = 1_000_000
_MOST_YAML_CHARACTERS = 256_000
_MOST_VALUES = 20_000
_MOST_DEPTH = 64
_TOP = "\x00top"
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\d{1,18}\.\d{0,18}|\.\d{1,18}|\d{1,18})(?:[eE][-+]?\d{1,3})?")
_WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}


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
    limit = _MOST_YAML_CHARACTERS if kind is Format.YAML else _MOST_CHARACTERS
    if len(text) > limit:
        message = f"it is too large to read as {kind.upper()}: {len(text):,} characters, at most {limit:,}"
        raise Unreadable(message)
    try:
        return _bounded(_READERS[kind](text.removeprefix("\ufeff")))
    except RecursionError as error:
        message = "it is nested too deeply"
        raise Unreadable(message) from error
    except (ValueError, yaml.YAMLError, configparser.Error) as error:
        message = f"it is no valid {kind.upper()}: {_first_line(error)}"
        raise Unreadable(message) from error


def _read_json(text: str) -> object:
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(word: str) -> object:
    message = f"{word} is no JSON"
    raise ValueError(message)


def _read_ini(text: str) -> object:
    """Sections as mappings; keys above the first section stand at the top, as in `.editorconfig`."""
    parser = configparser.ConfigParser(interpolation=None, default_section=_TOP, allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their capitals
    parser.read_string(f"[{_TOP}]\n{text}")
    return {**parser.defaults(), **{name: _section(parser, name) for name in parser.sections()}}


def _section(parser: configparser.ConfigParser, name: str) -> dict[str, str | None]:
    """A section's own keys, without those of the top."""
    own = dict(parser.items(name))
    return {key: value for key, value in own.items() if key not in parser.defaults()}


def _read_yaml(text: str) -> object:
    """The events of one document as values."""
    values = _YamlValues()
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        values.take(event)
    return values.root


class _YamlValues:
    """Builds values from events without recursion, so that depth is a number and not a crash."""

    def __init__(self) -> None:
        self.root: object = None
        self._open: list[list[object]] = []  # the children of every open collection, flat
        self._count = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """One event. Raises `ValueError` with its line."""
        match event:
            case yaml.AliasEvent():
                raise ValueError(_at(event, "aliases are not read"))
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise ValueError(_at(event, "there is more than one document"))
            case yaml.ScalarEvent():
                self._refuse_extras(event)
                self._put(_scalar(event))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._refuse_extras(event)
                if len(self._open) >= _MOST_DEPTH:
                    raise ValueError(_at(event, "it is nested too deeply"))
                self._open.append([])
            case yaml.SequenceEndEvent():
                self._put(self._open.pop())
            case yaml.MappingEndEvent():
                self._put(_mapping(self._open.pop(), event))
            case _:
                pass  # the stream's and the document's ends carry nothing

    def _refuse_extras(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            raise ValueError(_at(event, "anchors are not read"))
        if event.tag is not None:
            raise ValueError(_at(event, "tags are not read"))

    def _put(self, value: object) -> None:
        self._count += 1
        if self._count > _MOST_VALUES:
            message = f"it has more than {_MOST_VALUES:,} values"
            raise ValueError(message)
        if self._open:
            self._open[-1].append(value)
        else:
            self.root = value


def _mapping(flat: list[object], event: yaml.Event) -> dict[str, object]:
    """Keys and values that alternate. Keys become texts, as they do in JSON."""
    mapping: dict[str, object] = {}
    for key, value in zip(flat[::2], flat[1::2], strict=True):
        if not isinstance(key, str | int | float | None):
            raise ValueError(_at(event, "a key is a collection"))  # noqa: TRY004 - the text's fault, not a caller's
        name = key if isinstance(key, str) else json.dumps(key)
        if name in mapping:
            raise ValueError(_at(event, f"the key {name[:40]!r} stands there twice"))
        if name == "<<":
            raise ValueError(_at(event, "merge keys are not read"))
        mapping[name] = value
    return mapping


def _scalar(event: yaml.ScalarEvent) -> Scalar:
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text.lower() in _WORDS and text in {text.lower(), text.capitalize(), text.upper()}:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _at(event: yaml.Event, what: str) -> str:
    return f"{what} (line {event.start_mark.line + 1})" if event.start_mark else what


def _bounded(value: object) -> Value:
    """The same values with everything odd made plain; dates become ISO texts. Raises `ValueError`."""
    match value:
        case None | str() | bool() | int() | float():
            return value
        case date() | datetime() | time():
            return value.isoformat()
        case dict():
            return {str(key): _bounded(item) for key, item in value.items()}
        case list() | tuple():
            return [_bounded(item) for item in value]
        case _:
            message = f"it holds a {type(value).__name__}"
            raise ValueError(message)


def _first_line(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{error.problem} (line {error.problem_mark.line + 1})"
    return str(error).partition("\n")[0][:160]


_READERS: dict[Format, Callable[[str], object]] = {
    Format.YAML: _read_yaml,
    Format.JSON: _read_json,
    Format.TOML: tomllib.loads,
    Format.INI: _read_ini,
}
