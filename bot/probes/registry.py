"""Which probes there are: every module of `bot.probes` that exposes a `PROBE`, found by looking."""

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from types import MappingProxyType, ModuleType
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

import bot.probes
from bot.assessment.evidence import Outcome
from bot.assessment.watching import Subject
from bot.probes.contract import Manual, Params, Probe


class RegistryError(Exception):
    """A probe's module is faulty: whoever wrote it should look; the text names the module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParamEntry:
    """One parameter as the documentation shows it; `default` is None for a required one."""

    name: str
    type: str
    default: str | None
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A probe as the documentation shows it."""

    kind: str
    question: str
    params: tuple[ParamEntry, ...]
    example: str
    outcomes: tuple[tuple[Outcome, str], ...]
    limit: timedelta
    subject: Subject


@cache
def catalogue() -> tuple[Probe, ...]:
    """All probes, by kind. Raises `RegistryError`."""
    return discover(bot.probes)


@cache
def by_kind() -> Mapping[str, Probe]:
    """All probes under their kinds. Raises `RegistryError`."""
    return MappingProxyType({probe.kind: probe for probe in catalogue()})


def discover(package: ModuleType) -> tuple[Probe, ...]:
    """The probes of a package's direct modules, sorted by kind. Raises `RegistryError` on duplicates and misfits."""
    found: dict[str, Probe] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        probe: object = getattr(module, "PROBE", None)
        if probe is None:
            continue
        valid = _checked(probe, module.__name__)
        if valid.kind in found:
            message = f"{module.__name__}: the kind {valid.kind!r} is taken already"
            raise RegistryError(message)
        found[valid.kind] = valid
    return tuple(found[kind] for kind in sorted(found))


def describe(probe: Probe) -> CatalogueEntry:
    """A probe's manual with its parameters."""
    return CatalogueEntry(
        kind=probe.kind,
        question=probe.manual.question,
        params=_entries(probe.params, ()),
        example=probe.manual.example,
        outcomes=probe.manual.outcomes,
        limit=probe.limit,
        subject=probe.params.subject,
    )


def _checked(probe: object, module: str) -> Probe:
    """The object as a probe. Raises `RegistryError` that says what it lacks."""
    lacks = [name for name in ("kind", "params", "manual", "limit", "slow", "heavy", "ask") if not hasattr(probe, name)]
    if lacks:
        message = f"{module}: PROBE lacks {', '.join(lacks)}"
        raise RegistryError(message)
    valid: Probe = probe  # type: ignore[assignment]  # what a Protocol promises was just looked at
    faults = {
        "its kind is not a plain lower-case word": not re.fullmatch(r"[a-z][a-z_]{1,30}", str(valid.kind)),
        "its params are no Params": not _is_params(valid.params),
        "its params do not say whether it asks outside": not _says_outside(valid.params),
        "its manual is no Manual": not isinstance(valid.manual, Manual),
    }
    for fault, found in faults.items():
        if found:
            message = f"{module}: {fault}"
            raise RegistryError(message)
    return valid


def _is_params(params: object) -> bool:
    return isinstance(params, type) and issubclass(params, Params)


def _says_outside(params: type[Params]) -> bool:
    """Said for all its questions, or looked at for each: what an operator granted depends on it."""
    return hasattr(params, "outside") or getattr(params, "asks_outside", None) is not Params.asks_outside


def _entries(params: type[BaseModel], inside: tuple[type[BaseModel], ...], prefix: str = "") -> tuple[ParamEntry, ...]:
    """A model's parameters; those of a mapping inside follow it under dotted names (`json.at`)."""
    rows: list[ParamEntry] = []
    for name, field in params.model_fields.items():
        entry = _entry(name, field, params)
        rows.append(replace(entry, name=f"{prefix}{entry.name}"))
        inner = _model_in(field.annotation)
        if inner is not None and inner not in inside:
            rows += _entries(inner, (*inside, params), f"{prefix}{entry.name}.")
    return tuple(rows)


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model that a parameter holds: itself, optionally, or in a list or mapping of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


def _entry(name: str, field: FieldInfo, params: type[BaseModel]) -> ParamEntry:
    schema = params.model_json_schema()
    spelled = field.alias or name
    default = None if field.is_required() else _shown(field.get_default(call_default_factory=True))
    return ParamEntry(
        name=spelled,
        type=_type_of(schema["properties"][spelled], schema.get("$defs", {})),
        default=default,
        description=field.description or "",
    )


def _shown(value: object) -> str:
    """A default as one writes it in YAML."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case tuple() | list():
            return f"[{', '.join(_shown(item) for item in value)}]"
        case _:
            return str(value)


def _type_of(schema: object, definitions: Mapping[str, Mapping[str, object]]) -> str:
    """A JSON schema's type in words: `text`, `number or none`, `merged | none-open`, `list of text`."""
    match schema:
        case {"$ref": str(ref)}:
            return _type_of(definitions[ref.rpartition("/")[2]], definitions)
        case {"const": value}:
            return str(value)
        case {"enum": [*values]}:
            return " | ".join(str(value) for value in values)
        case {"anyOf": [*options]} | {"oneOf": [*options]}:
            # that it may be left out is what its default says
            named = [_type_of(option, definitions) for option in options if option != {"type": "null"}]
            return " or ".join(dict.fromkeys(named))
        case {"type": "array", "items": Mapping() as items}:
            return f"list of {_type_of(items, definitions)}"
        case {"type": str(name)}:
            return _WORDS.get(name, name)
        case _:
            return "anything"


_WORDS = {"string": "text", "integer": "whole number", "boolean": "true | false", "null": "none", "object": "mapping"}
