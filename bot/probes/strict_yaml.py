"""YAML from strangers: text in, a tree of nodes with line and column out, or one clear refusal.

Only libyaml's events are used: PyYAML's loaders crash on deep nesting and hang on merge keys.

Rules:
1. No anchors, aliases, tags, merge keys or second documents; no key twice; keys are plain words.
2. Bounded in bytes, depth, number of values, and the length of keys and values; nothing recurses.
3. Scalars as in YAML 1.2's core, and no more: `yes`, `1:30`, `0x1`, `017` and dates stay text; an integer has at most
   18 digits, so that no number means something else to another reader.
4. No control, invisible or direction-changing characters: what a reviewer sees is what is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

Scalar: TypeAlias = bool | int | float | str | None
Plain: TypeAlias = Scalar | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is read. `nodes` counts keys and values; `scalar` and `key` are characters.

    `visible_only`: characters that nobody sees are refused, since what a reviewer sees must be what is read.
    """

    bytes: int = 64 << 10
    depth: int = 12
    nodes: int = 4_000
    scalar: int = 16 << 10
    key: int = 128
    visible_only: bool = True


OURS = Limits()
"""For files that tell us what to do."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A position in a text; both count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarNode:
    """A single value; `text` is what was written (without its quotes)."""

    place: Place
    value: Scalar
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """A sequence."""

    place: Place
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key with its value. `place` is the key's."""

    place: Place
    key: str
    value: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNode:
    """A mapping, in the order of the text."""

    place: Place
    entries: tuple[Entry, ...]

    def get(self, key: str) -> "Node | None":
        """The value under `key`, or None where it is not given."""
        return next((entry.value for entry in self.entries if entry.key == key), None)


Node: TypeAlias = ScalarNode | ListNode | MapNode


class YamlRefused(ValueError):
    """The text is not YAML that we read. `str()` is one plain sentence; `suggestion` may be empty."""

    def __init__(self, place: Place, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.suggestion = suggestion


def parse(data: bytes | str, limits: Limits = OURS) -> Node:
    """The document as nodes; an empty one is a null scalar. Raises `YamlRefused`."""
    text = _decoded(data, limits)
    if limits.visible_only:
        _refuse_invisible(text)
    builder = _Builder(limits)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.YAMLError as error:
        raise _refusal_of(error, text) from None
    return builder.root or ScalarNode(place=Place(line=1, column=1), value=None, text="")


def plain(node: Node) -> Plain:
    """The node as ordinary values, without places. Recursion is safe: `parse` bounds the depth."""
    match node:
        case ScalarNode():
            return node.value
        case ListNode():
            return [plain(item) for item in node.items]
        case MapNode():
            return {entry.key: plain(entry.value) for entry in node.entries}


def place_of(node: Node, path: tuple[str | int, ...], *, of_value: bool = False) -> Place:
    """Where the thing at `path` (keys and list positions) stands: a key's place (or its value's), a list item's place.

    Steps that lead nowhere (a missing key, a validator's own label) end the walk at what was reached.
    """
    reached = node.place
    for step in path:
        match node:
            case MapNode():
                entry = next((entry for entry in node.entries if entry.key == step), None)
                if entry is None:
                    continue  # pydantic puts labels of union members into its paths
                reached, node = entry.place, entry.value
            case ListNode(items=items) if isinstance(step, int) and 0 <= step < len(items):
                node = items[step]
                reached = node.place
            case _:
                continue
    return node.place if of_value else reached


_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
_FLOAT = re.compile(r"[-+]?(?:[0-9]{1,15}\.[0-9]{0,15}|\.[0-9]{1,15})(?:[eE][-+]?[0-9]{1,2})?\Z")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)
# libyaml's wording -> what the writer most likely has to do
_HINTS = (
    ("tab character", "indent with spaces"),
    ("mapping values are not allowed", 'put text that contains ": " into quotes, or check the indentation'),
    ("found unexpected end of stream", "close the quote that was opened before"),
    ("did not find expected node content", "close the bracket or brace that was opened before"),
    ("did not find expected key", "check the indentation, and close what was opened before"),
    ("did not find expected '-' indicator", "check the indentation of the list"),
    ("did not find expected ',' or", "close the bracket or brace that was opened before"),
    ("could not find expected ':'", "a key needs a colon after it"),
    ("found incompatible YAML document", "leave out the %YAML line"),
)


def _decoded(data: bytes | str, limits: Limits) -> str:
    try:
        raw = data.encode() if isinstance(data, str) else data
    except UnicodeEncodeError as error:
        raise YamlRefused(_place_at(error.object, error.start), "the text holds half of a character") from None
    if len(raw) > limits.bytes:
        raise YamlRefused(Place(line=1, column=1), f"the file is larger than {limits.bytes // 1024} KiB")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        place = _place_at(raw[: error.start].decode(), error.start)
        raise YamlRefused(place, f"the file is not UTF-8 (byte {error.start + 1})", "save it as UTF-8") from None
    return text.removeprefix("\ufeff")


def _refuse_invisible(text: str) -> None:
    found = _INVISIBLE.search(text)
    if found is not None:
        place = _place_at(text, found.start())
        raise YamlRefused(place, f"control or invisible character U+{ord(found.group()):04X}", "remove it")


def _place_at(text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(line=before.count("\n") + 1, column=len(before) - (before.rfind("\n") + 1) + 1)


def _events(text: str) -> Iterator[yaml.Event]:
    events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
    return events


def _refusal_of(error: yaml.YAMLError, text: str) -> YamlRefused:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    problem = (error.problem if isinstance(error, yaml.MarkedYAMLError) else None) or "this is not YAML"
    if mark is None:
        return YamlRefused(Place(line=1, column=1), problem)
    place = Place(line=mark.line + 1, column=mark.column + 1)
    if "cannot start any token" in problem:
        return _refusal_of_token(place, text)
    return YamlRefused(place, problem, next((hint for words, hint in _HINTS if words in problem), ""))


def _refusal_of_token(place: Place, text: str) -> YamlRefused:
    line = text.splitlines()[place.line - 1 : place.line]
    found = line[0][place.column - 1 : place.column] if line else ""
    if found == "\t":
        return YamlRefused(place, "a tab cannot indent", "indent with spaces")
    return YamlRefused(place, f"text cannot begin with {found}", "put it into quotes")


def _scalar(event: yaml.ScalarEvent) -> Scalar:
    text = str(event.value)
    if event.style:  # quoted or block: a string
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    return text


def _start(event: yaml.Event) -> Place:
    mark = event.start_mark
    assert mark is not None  # libyaml marks every event; only hand-made ones have none
    return Place(line=mark.line + 1, column=mark.column + 1)


@dataclass(slots=True)
class _Open:
    """A collection that is still being read."""

    place: Place
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    key: tuple[str, Place] | None = None

    def closed(self) -> Node:
        if self.is_map:
            return MapNode(place=self.place, entries=tuple(self.entries))
        return ListNode(place=self.place, items=tuple(self.items))


class _Builder:
    """Puts events together; every event passes `take` once, in order."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.root: Node | None = None
        self._open: list[_Open] = []
        self._nodes = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Refuses the event, or builds it in."""
        self._check(event)
        match event:
            case yaml.ScalarEvent():
                self._take_scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._take_start(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._put(self._open.pop().closed())
            case _:
                pass  # stream and document marks carry nothing else

    def _check(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise YamlRefused(_start(event), "only one document is read", "remove what follows the --- line")
            if event.tags:
                raise YamlRefused(_start(event), "%TAG is not read")
        if not isinstance(event, yaml.NodeEvent):
            return
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise YamlRefused(_start(event), "anchors (&) and aliases (*) are not read", "write the value out")
        if getattr(event, "tag", None):
            raise YamlRefused(_start(event), "tags (!) are not read", "quote text that begins with !")
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            raise YamlRefused(_start(event), f"more than {self._limits.nodes} values")

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        place = _start(event)
        if self._at_key():
            self._open[-1].key = (self._checked_key(event, place), place)
            return
        if len(event.value) > self._limits.scalar:
            raise YamlRefused(place, f"the value is longer than {self._limits.scalar} characters")
        self._put(ScalarNode(place=place, value=_scalar(event), text=str(event.value)))

    def _take_start(self, event: yaml.Event) -> None:
        place = _start(event)
        if len(self._open) >= self._limits.depth:
            raise YamlRefused(place, f"nested deeper than {self._limits.depth} levels")
        if self._at_key():
            raise YamlRefused(place, "a key must be a plain word", "quote text that begins with { or [")
        self._open.append(_Open(place=place, is_map=isinstance(event, yaml.MappingStartEvent)))

    def _at_key(self) -> bool:
        return bool(self._open) and self._open[-1].is_map and self._open[-1].key is None

    def _checked_key(self, event: yaml.ScalarEvent, place: Place) -> str:
        key = str(event.value)
        if _scalar(event) is None:
            raise YamlRefused(place, "a key must be a plain word")
        if key == "<<":
            raise YamlRefused(place, "merge keys (<<) are not read", "write the values out")
        if len(key) > self._limits.key:
            raise YamlRefused(place, f"the key is longer than {self._limits.key} characters")
        if key in self._open[-1].keys:
            raise YamlRefused(place, f"the key {key!r} is given twice", "remove one of the two")
        self._open[-1].keys.add(key)
        return key

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if parent.key is None:
            parent.items.append(node)
            return
        key, place = parent.key
        parent.entries.append(Entry(place=place, key=key, value=node))
        parent.key = None
