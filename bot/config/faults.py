"""From what pydantic says to what a person needs: the place, what is wrong in plain words, what was probably meant."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.assessment.refusals import Fault
from bot.config.schema import FORMS
from bot.probes.lasting import Mistaken
from bot.probes.strict_yaml import ListNode, MapNode, Node, Place, place_of

Home: TypeAlias = Callable[[str], str]
"""Where a key belongs, in words; nothing where that is not known."""
_LONGEST: Final = 600

# pydantic's error type -> what the value must be
_KINDS = {
    "string_type": "text (in quotes, if it looks like a number or true/false)",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_OF_KEYS = frozenset({"missing", "extra_forbidden"})
_BOUNDS = {
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
    "string_too_short": "at least {min_length} characters long",
    "string_too_long": "at most {max_length} characters long",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
}


def _nowhere(key: str) -> str:
    del key
    return ""


def fault_at(path: str, place: Place, text: str, suggestion: str | None = None) -> Fault:
    """A fault at a place of the file."""
    return Fault(path=path, line=place.line, column=place.column, text=_cut(text), suggestion=suggestion)


def _cut(text: str) -> str:
    """The text, or as much of it as anybody reads, up to a word's end."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2].rpartition(' ')[0]} …"


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults in the order of the text."""
    return tuple(sorted(faults, key=lambda fault: (fault.line, fault.column)))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """What was probably meant."""
    spelled = {name.lower(): name for name in known}
    return next((spelled[found] for found in difflib.get_close_matches(word.lower(), spelled, n=1, cutoff=0.6)), None)


def unknown_key(path: str, place: Place, key: str, known: Sequence[str], home: Home = _nowhere) -> Fault:
    """A key that means nothing here: what was probably meant, or where it belongs, or what there is."""
    meant = nearest(key, known)
    hint = "" if meant else home(key) or f"known are {', '.join(sorted(known))}"
    return fault_at(path, place, f"unknown key {key!r}{hint and f': {hint}'}", meant)


def faults_of(
    error: ValidationError, model: type[BaseModel], node: Node, path: str, *, home: Home = _nowhere
) -> tuple[Fault, ...]:
    """Everything that a model finds wrong with a node, one fault a place, in the order of the text.

    A union's options each complain about one value: then what they want is joined. `home` tells of a key that is
    unknown where it stands where it belongs.
    """
    wanted: dict[Place, list[str]] = {}
    faults: dict[Place, Fault] = {}
    named: dict[Place, str] = {}
    for detail in error.errors(include_url=False):
        if _is_only_thinned(detail):
            continue
        place = place_of(node, detail["loc"], of_value=detail["type"] not in _OF_KEYS)
        named[place] = _named(node, detail["loc"])
        faults.setdefault(place, _fault(detail, model, place, path, home))
        kind = _KINDS.get(detail["type"])
        if kind is not None and kind not in wanted.setdefault(place, []):
            wanted[place].append(kind)
    joined = {place: " or ".join(kinds) for place, kinds in wanted.items() if len(kinds) > 1}
    for place, kinds in joined.items():
        faults[place] = fault_at(path, place, f"must be {kinds}")
    return tuple(_naming(faults[place], named[place]) for place in sorted(faults))


def _is_only_thinned(detail: ErrorDetails) -> bool:
    """Is a list called too short only since pydantic leaves out the items that have faults of their own?"""
    given = detail["input"]
    return (
        detail["type"] == "too_short" and isinstance(given, list | tuple) and len(given) >= detail["ctx"]["min_length"]
    )


def _naming(fault: Fault, name: str) -> Fault:
    """A fault that only says what must be says of which key."""
    if not name or not fault.text.startswith("must "):
        return fault
    return replace(fault, text=_cut(f"{name} {fault.text}"))


def _named(node: Node, steps: tuple[int | str, ...]) -> str:
    """The key that `steps` lead to, as a sentence's subject; nothing where they lead to none."""
    name = ""
    for step in steps:
        match node:
            case MapNode():
                entry = next((entry for entry in node.entries if entry.key == step), None)
                if entry is not None:
                    name, node = f"`{entry.key[:40]}`", entry.value
            case ListNode(items=items) if isinstance(step, int) and 0 <= step < len(items):
                name, node = name and f"each of {name.removeprefix('each of ')}", items[step]
            case _:
                continue
    return name


def _fault(detail: ErrorDetails, model: type[BaseModel], place: Place, path: str, home: Home) -> Fault:
    kind, context = detail["type"], detail.get("ctx", {})
    steps = detail["loc"]
    key = str(steps[-1]) if steps else ""
    match kind:
        case "missing":
            return fault_at(path, place, f"{key!r} is missing")
        case "extra_forbidden":
            return unknown_key(path, place, key, _names(_model_at(model, steps[:-1])), home)
        case "literal_error" | "enum":
            expected = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
            given = detail["input"]
            meant = nearest(given, expected) if isinstance(given, str) else None
            return fault_at(path, place, f"must be one of {', '.join(expected)}", meant)
        case "value_error":
            error = context["error"]
            return fault_at(path, place, str(error), error.meant if isinstance(error, Mistaken) else None)
        case "string_pattern_mismatch":
            form = FORMS.get(context["pattern"], f"of the form {context['pattern']}")
            return fault_at(path, place, f"must be {form}")
        case _ if kind in _BOUNDS:
            bound = _BOUNDS[kind].format(**context)
            what = "mapping" if context.get("field_type") == "Dictionary" else "list"
            return fault_at(path, place, f"must be {bound.replace('a list', f'a {what}')}")
        case _ if kind in _KINDS:
            return fault_at(path, place, f"must be {_KINDS[kind]}")
        case _:
            return fault_at(path, place, detail["msg"])


def _model_at(model: type[BaseModel], steps: tuple[int | str, ...]) -> type[BaseModel]:
    """The model that describes the mapping at `steps`; the last one known, where a step is no field of a model."""
    for step in steps:
        field = next((f for name, f in model.model_fields.items() if step in {name, f.alias}), None)
        inner = model_in(field.annotation) if field is not None else None
        model = inner or model
    return model


def model_in(annotation: object) -> type[BaseModel] | None:
    """The model that a key holds: itself, optionally, or in a list or mapping of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    arguments: tuple[object, ...] = getattr(annotation, "__args__", ())
    return next((found for found in map(model_in, arguments) if found is not None), None)


def _names(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())
