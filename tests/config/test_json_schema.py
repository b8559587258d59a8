"""The policy's JSON Schema: what editors are told."""

from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from bot.config.json_schema import DIALECT, policy_schema
from bot.config.load import load
from bot.config.schema import CriterionSection, PolicySection
from bot.probes.registry import by_kind, catalogue

SCHEMA = policy_schema(by_kind())
VALIDATOR = Draft202012Validator(SCHEMA)


def parts(schema: object, path: str = "") -> Iterator[tuple[str, dict]]:
    """Every schema inside a schema, with its place."""
    if isinstance(schema, dict):
        yield path, schema
    children = schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    for key, child in children:
        if key not in {"examples", "default", "enum", "const"}:
            yield from parts(child, f"{path}/{key}")


def properties() -> dict[str, dict]:
    """Every key that can be written, with its place."""
    return {
        f"{path}/{key}": schema
        for path, part in parts(SCHEMA)
        if "properties" in part and not path.endswith("/properties")
        for key, schema in part["properties"].items()
    }


def test_it_is_a_schema_of_its_dialect() -> None:
    """Self-contained: no `$id`, every reference leads somewhere in it."""
    Draft202012Validator.check_schema(SCHEMA)
    assert (SCHEMA["$schema"], "$id" in SCHEMA) == (DIALECT, False)
    targets = {part["$ref"] for _, part in parts(SCHEMA) if "$ref" in part}
    places = {f"#{path}" for path, _ in parts(SCHEMA)}
    assert targets
    assert targets <= places


def test_every_key_is_described() -> None:
    """Whoever writes a policy is told by the editor what a key means."""
    assert len(properties()) > 150
    assert [place for place, schema in properties().items() if not schema.get("description")] == []


def test_every_key_of_the_types_is_there() -> None:
    """Nothing that the policy takes is unknown to editors."""
    assert set(SCHEMA["properties"]) == {*PolicySection.model_fields, "criteria", "profiles"}
    criterion = SCHEMA["$defs"]["Criterion"]["properties"]
    assert set(criterion) == {*CriterionSection.model_fields, *by_kind()}


@pytest.mark.parametrize("word", ["examples", "default"])
def test_what_is_offered_can_be_taken(word: str) -> None:
    """Every example and every default is valid where it is offered."""
    offered = [
        (place, value)
        for place, part in parts(SCHEMA)
        if word in part and not place.endswith("/properties")
        for value in (part[word] if word == "examples" else [part[word]])
    ]
    assert len(offered) > 20
    for place, value in offered:
        inner = {"$schema": DIALECT, "$ref": f"#{place}", "$defs": SCHEMA["$defs"], "properties": SCHEMA["properties"]}
        assert [error.message for error in Draft202012Validator(inner).iter_errors(value)] == [], place


@pytest.mark.parametrize("probe", catalogue(), ids=lambda probe: probe.kind)
def test_every_probe_has_its_example(probe) -> None:
    """Completion offers what the manual shows."""
    [example] = SCHEMA["$defs"]["Criterion"]["properties"][probe.kind]["examples"]
    assert VALIDATOR.is_valid({"version": 1, "criteria": [{probe.kind: example}]})


def test_defaults_read_as_one_writes_them() -> None:
    """A duration is no ISO 8601 text, and nothing is no default."""
    close = SCHEMA["$defs"]["CloseSection"]["properties"]
    assert (close["max_age"]["default"], "default" in close["after"]) == ("7d", False)


REFUSED = {
    "no version": "{}",
    "another version": "{version: 2}",
    "an unknown key": "{version: 1, mod: act}",
    "an unknown nested key": "{version: 1, labels: {add: x}}",
    "a choice": "{version: 1, mode: ask}",
    "a duration": "{version: 1, close: {max_age: 7 days}}",
    "a duration out of bounds": "{version: 1, close: {after: 999d}}",
    "a moment out of bounds": "{version: 1, watch: [91d]}",
    "a wait out of bounds": "{version: 1, criteria: [{deployment: {environment: a, wait: 1000d}}]}",
    "two questions": "{version: 1, criteria: [{file: a, tasks: }]}",
    "no question": "{version: 1, criteria: [{id: a}]}",
    "nothing for a section": "{version: 1, close: }",
    "a profile without criteria": "{version: 1, profiles: {hot: {}}}",
    "a profile's name": "{version: 1, profiles: {Hot: {criteria: []}}}",
    "a reserved name": "{version: 1, profiles: {help: {criteria: []}}}",
    "a `when` without anything": "{version: 1, profiles: {hot: {criteria: [], when: {}}}}",
    "parameters of nothing": "{version: 1, criteria: [{file: }]}",
    "too many looks": "{version: 1, watch: [1h, 2h, 3h, 4h, 5h, 6h]}",
    "text for a number": "{version: 1, criteria: [{file: {path: a, at: b, min: '1'}}]}",
}
TAKEN = {
    "one word for a section": "{version: 1, guard: note, follow_ups: file, record: branch}",
    "one for a list": "{version: 1, watch: 7d, labels: {resolved: done}}",
    "a probe's short form": "{version: 1, criteria: [{file: a}, {tasks: }, {code: [a, b]}]}",
    "nothing, where nothing is the default": "{version: 1, business_impact: , close: {after: }, labels: {pending: }}",
    "no wait": "{version: 1, criteria: [{issue: {number: 1, within: 0}}, {deployment: {environment: a, wait: '0'}}]}",
    "a profile": "{version: 1, profiles: {hot: {when: {labels: x}, criteria: []}}}",
}


@pytest.mark.parametrize("text", [*REFUSED.values(), *TAKEN.values()], ids=[*REFUSED, *TAKEN])
def test_it_says_what_the_policy_says(text: str) -> None:
    """What is refused when it is read is refused in the editor, and the other way round."""
    from bot.probes.strict_yaml import parse, plain

    expected = text in TAKEN.values()
    assert expected == (not load(text, path="p", source="s").faults)
    assert expected == VALIDATOR.is_valid(plain(parse(text)))
