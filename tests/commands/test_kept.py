"""Jobs survive a deployment: what an earlier version has left in the database, this one reads.

The files under `golden/requests` are what that version wrote, and the least that any version before it did: what they
hold is never written anew. A request or a part of one that is new gets a file or a place in one; a new field none.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from bot.commands.request import AgainRequest, Request, heard_until, unpack
from tests.commands.kept import AT, ERRAND, KEPT

FOLDER = Path(__file__).parent / "golden" / "requests"
EITHER = ("full", "least")


def written(name: str) -> dict[str, Any]:
    """What the file holds: the payloads in full, and the least of them."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def least(value: Any) -> Any:
    """The same with the defaults of everything that has one."""
    if isinstance(value, msgspec.Struct):
        fields = {one.name for one in msgspec.structs.fields(value) if one.required or _is_whose(value, one.name)}
        return type(value)(**{name: least(getattr(value, name)) for name in fields})
    if isinstance(value, tuple):
        return tuple(least(one) for one in value)
    return value


def _is_whose(value: msgspec.Struct, name: str) -> bool:
    """What is gone on with stands in one of several fields."""
    return isinstance(value, AgainRequest) and getattr(value, name) is not None


def parts(value: object) -> Iterator[type]:
    """The kinds of values that it is made of."""
    yield type(value)
    if isinstance(value, msgspec.Struct):
        inner: Any = [getattr(value, name) for name in value.__struct_fields__]
    elif dataclasses.is_dataclass(value):
        inner = [getattr(value, one.name) for one in dataclasses.fields(value)]
    elif isinstance(value, Mapping):
        inner = value.values()
    else:
        inner = value if isinstance(value, tuple) else ()
    for one in inner:
        yield from parts(one)


def declared(kind: msgspec.inspect.Type | msgspec.inspect.Field) -> Iterator[type]:
    """The kinds of values that a request may be made of."""
    match kind:
        case msgspec.inspect.StructType(cls=cls, fields=fields) | msgspec.inspect.DataclassType(cls=cls, fields=fields):
            inner: tuple[Any, ...] = (one.type for one in fields)  # type: ignore[assignment]
            yield cls
        case msgspec.inspect.EnumType(cls=cls):
            inner = ()
            yield cls
        case msgspec.inspect.UnionType(types=inner) | msgspec.inspect.TupleType(item_types=inner):
            pass
        case msgspec.inspect.VarTupleType(item_type=item) | msgspec.inspect.DictType(value_type=item):
            inner = (item,)
        case _:
            inner = ()
    for one in inner:
        yield from declared(one)


@pytest.mark.parametrize("name", KEPT)
def test_in_full(name: str) -> None:
    """Everything that the earlier version wrote is understood as it was meant."""
    assert unpack(written(name)["full"], type(KEPT[name])) == KEPT[name]


@pytest.mark.parametrize("name", KEPT)
def test_the_least(name: str) -> None:
    """What versions before that did not write has its default."""
    assert unpack(written(name)["least"], type(KEPT[name])) == least(KEPT[name])


def test_there_is_a_file_for_each() -> None:
    """And none that nobody reads."""
    assert {one.stem for one in FOLDER.iterdir()} == KEPT.keys()


def test_no_part_is_left_out() -> None:
    """Every kind of request, and of what they are made of, is in one of the files."""
    seen = {kind for one in KEPT.values() for kind in parts(one)}
    kinds = {kind for one in get_args(Request) for kind in declared(msgspec.inspect.type_info(one))}
    assert kinds - seen == set()


@pytest.mark.parametrize("either", EITHER)
@pytest.mark.parametrize("name", KEPT)
def test_a_new_field_needs_a_default(name: str, either: str) -> None:
    """Without one nothing that waits could be gone on with: the files tell."""
    kind = type(KEPT[name])
    payload = written(name)[either]
    with_default = msgspec.defstruct("Newer", [("new", int, 1)], bases=(kind,), kw_only=True, frozen=True)
    assert msgspec.convert(payload, with_default)
    without = msgspec.defstruct("Newer", [("new", int)], bases=(kind,), kw_only=True, frozen=True)
    with pytest.raises(msgspec.ValidationError, match="missing required field `new`"):
        msgspec.convert(payload, without)


@pytest.mark.parametrize(("either", "heard"), [("full", ERRAND.since), ("least", (AT, 0))])
def test_who_was_heard(either: str, heard: tuple[Any, int]) -> None:
    """A merge that waits since before has heard whom its answer had heard, as far as that was kept."""
    request = unpack(written("again-linked")[either], AgainRequest)
    assert heard_until(request.errand) == heard
    assert request.linked is not None
    assert request.linked.since is None
