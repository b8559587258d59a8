"""Policies made up from the JSON Schema's own vocabulary, sound and damaged, and written as YAML in many styles."""

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import strategies as st

from bot.config.json_schema import policy_schema
from bot.probes.registry import by_kind

SCHEMA: dict[str, Any] = policy_schema(by_kind())
DEPTH = 6  # of what may be anything, such as a message that is sent
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*\Z")
_WORDS = {"true", "false", "null"}
_VISIBLE = st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"), exclude_characters="\ufffc\ufffd")
_ODD = ["", "yes", "0x1", "1:30", "~", "a: b", "# a", "'", '"', "é\u202e\n"]
_TEXTS = st.text(_VISIBLE, max_size=20) | st.sampled_from(_ODD)


def _named(node: object) -> Iterator[tuple[str, object]]:
    """Every key in the probes' examples, with what stands behind it."""
    for key, value in node.items() if isinstance(node, dict) else ():
        yield key, value
        yield from _named(value)
    for item in node if isinstance(node, list) else ():
        yield from _named(item)


EXAMPLES: dict[str, list[object]] = {}
for _kind in by_kind():
    for _example in SCHEMA["$defs"]["Criterion"]["properties"][_kind]["examples"]:
        for _key, _value in _named({_kind: _example}):
            EXAMPLES.setdefault(_key, []).append(_value)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """A policy that follows the schema; what it says need not make sense."""
    policy = _drawn(draw, {**SCHEMA, "properties": {**SCHEMA["properties"], "criteria": {}, "profiles": {}}}, "", 0)
    assert isinstance(policy, dict)
    policy.pop("profiles", None), policy.pop("criteria", None)
    if draw(st.booleans()):
        policy["criteria"] = draw(st.lists(criteria(), max_size=3))
    for name in draw(st.lists(st.sampled_from(["hotfix", "infra", "a.b-c_1"]), max_size=2, unique=True)):
        profile = _drawn(draw, {**SCHEMA["$defs"]["Profile"], "required": []}, "", 0)
        policy.setdefault("profiles", {})[name] = {**profile, "criteria": draw(st.lists(criteria(), max_size=2))}
    return policy


@st.composite
def criteria(draw: st.DrawFn) -> dict[str, Any]:
    """One criterion: of half of them, what is asked is as in the manual."""
    schema = SCHEMA["$defs"]["Criterion"]
    kinds = by_kind()
    kind = draw(st.sampled_from(sorted(kinds)))
    own = {key: part for key, part in schema["properties"].items() if key not in kinds}
    asked = (
        draw(st.sampled_from(EXAMPLES[kind]))
        if draw(st.booleans())
        else _drawn(draw, schema["properties"][kind], "", 0)
    )
    return {**_drawn(draw, {**schema, "properties": own}, "", 0), kind: asked}


def _drawn(draw: st.DrawFn, schema: dict[str, Any], name: str, depth: int) -> Any:
    """A value that the schema takes; where there are examples, often one of them."""
    if "$ref" in schema:
        rest = {key: part for key, part in schema.items() if key != "$ref"}
        schema = {**_target(schema["$ref"]), **rest}
    offered = [*schema.get("examples", ()), *EXAMPLES.get(name, ())]
    if offered and name and draw(st.integers(0, 3)):
        return draw(st.sampled_from(offered))
    if "anyOf" in schema:
        return _drawn(draw, draw(st.sampled_from(schema["anyOf"])), name, depth)
    if "const" in schema or "enum" in schema:
        return draw(st.sampled_from(schema.get("enum", [schema.get("const")])))
    match schema.get("type"):
        case "object":
            return _object(draw, schema, depth)
        case "array":
            size = st.integers(schema.get("minItems", 0), min(schema.get("maxItems", 3), 3))
            return [_drawn(draw, schema["items"], name, depth + 1) for _ in range(draw(size))]
        case _:
            return draw(_scalar(schema, depth))


def _object(draw: st.DrawFn, schema: dict[str, Any], depth: int) -> dict[str, Any]:
    keys = [key for key in schema.get("properties", {}) if key not in schema.get("required", ())]
    chosen = draw(st.lists(st.sampled_from(keys), max_size=4 - min(depth, 3), unique=True)) if keys else []
    found = {
        key: _drawn(draw, schema["properties"][key], key, depth + 1) for key in [*schema.get("required", ()), *chosen]
    }
    others = schema.get("additionalProperties")
    if isinstance(others, dict) and draw(st.booleans()):
        found[draw(st.sampled_from(["accept", "x-a", "a_b"]))] = _drawn(draw, others, "", depth + 1)
    return found


def _scalar(schema: dict[str, Any], depth: int) -> st.SearchStrategy[object]:
    least, most = schema.get("minimum", schema.get("exclusiveMinimum", -5)), schema.get("maximum", 1_000)
    match schema.get("type"):
        case "string" if "pattern" in schema:
            return st.from_regex(schema["pattern"].replace("$", r"\Z"), alphabet=_VISIBLE)
        case "string":
            return _TEXTS
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(least, most)
        case "number":
            return st.integers(int(least * 4) + 1, int(most * 4)).map(lambda quarters: quarters / 4) | st.integers(
                int(least) + 1, int(most)
            )
        case "null":
            return st.none()
        case _:
            return st.integers(0, 3) | st.booleans() | _TEXTS if depth > DEPTH else _TEXTS


def _target(reference: str) -> dict[str, Any]:
    found: Any = SCHEMA
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


WRONG = [None, True, 0, -1, 7.5, 10.0, 99_999, "", "1", "nan", "act", "x" * 300, [], ["a"] * 60, {}, {"a": 1}, [[1]]]


def damaged(policy: dict[str, Any], random: Random) -> dict[str, Any]:
    """The same with one thing that was changed, added, misspelt or taken away."""
    policy = json.loads(json.dumps(policy))
    holder, key = random.choice([*_holders(policy)])
    match random.randrange(4):
        case 0 | 1:
            holder[key] = random.choice(WRONG)
        case 2 if isinstance(holder, dict):
            holder[f"{key}s"] = holder.pop(key)
        case _:
            del holder[key]
    return policy


def _holders(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every value, as what holds it and where."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield node, key
        yield from _holders(value)


def written(node: Any, random: Random, indent: int = 0) -> str:
    """The value as YAML, in block or flow style, with or without quotes."""
    if isinstance(node, dict | list) and node and random.random() < 0.6:
        pad = "\n" + " " * indent
        if isinstance(node, list):
            return "".join(f"{pad}- {written(item, random, indent + 2).lstrip()}" for item in node)
        return "".join(
            f"{pad}{_text(key, random)}: {written(value, random, indent + 2)}" for key, value in node.items()
        )
    return _flow(node, random)


def _flow(node: Any, random: Random) -> str:
    match node:
        case dict():
            return f"{{{', '.join(f'{_text(key, random)}: {_flow(value, random)}' for key, value in node.items())}}}"
        case list():
            return f"[{', '.join(_flow(item, random) for item in node)}]"
        case str():
            return _text(node, random)
        case _:
            return json.dumps(node)


def _text(text: str, random: Random) -> str:
    style = random.randrange(3)
    if style == 0 and _PLAIN.match(text) and text.lower() not in _WORDS:
        return text
    if style == 1 and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in quoted)
