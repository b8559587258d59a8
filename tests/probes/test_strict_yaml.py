"""YAML from strangers."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.probes.strict_yaml import OURS, ListNode, MapNode, Place, ScalarNode, YamlRefused, parse, place_of, plain

REFUSED = {
    # name: (text, line, column, words of the message)
    "billion laughs": ("a: &a [x]\nb: [*a, *a]\n", 1, 4, "anchors"),
    "anchor without alias": ("a: &x 1\n", 1, 4, "anchors"),
    "recursive": ("&a [*a]\n", 1, 1, "anchors"),
    "merge key": ("a: {b: 1}\nc:\n  <<: {d: 1}\n", 3, 3, "merge keys"),
    "python object": ("ok: 1\na: !!python/object/apply:os.system [id]\n", 2, 4, "tags"),
    "binary": ("a: !!binary aGk=\n", 1, 4, "tags"),
    "ordinary tag": ("a: !!str 1\n", 1, 4, "tags"),
    "own tag": ("a: !env HOME\n", 1, 4, "tags"),
    "tag directive": ("%TAG ! tag:x,2000:\n---\na: 1\n", 1, 1, "%TAG"),
    "yaml 9": ("%YAML 9.0\n---\na: 1\n", 1, 1, "incompatible"),
    "two documents": ("a: 1\n---\nb: 2\n", 2, 1, "one document"),
    "key twice": ("a: 1\nb: 2\na: 3\n", 3, 1, "given twice"),
    "key twice, quoted": ("a: 1\n'a': 2\n", 2, 1, "given twice"),
    "key twice, nested": ("a: {b: 1, b: 2}\n", 1, 11, "given twice"),
    "mapping as key": ("{a: 1}: 2\n", 1, 1, "plain word"),
    "list as key": ("? [a]\n: 2\n", 1, 3, "plain word"),
    "null as key": ("~: 2\n", 1, 1, "plain word"),
    "long key": (f"{'k' * 129}: 1\n", 1, 1, "longer than 128"),
    "long value": (f"a: {'v' * 16_385}\n", 1, 4, "longer than 16384"),
    "deep flow": ("[" * 32_000, 1, 13, "deeper than 12"),
    "deep maps": ("{a: " * 13_000, 1, 49, "deeper than 12"),
    "deep blocks": ("- " * 30_000 + "a", 1, 25, "deeper than 12"),
    "many values": (f"[{'1,' * OURS.nodes}]", 1, 8000, "4000 values"),
    "large file": ("#" * 65_537, 1, 1, "larger than 64 KiB"),
    "tab": ("a:\n\tb: 1\n", 2, 1, "tab"),
    "at sign": ("a: @team\n", 1, 4, "begin with @"),
    "open bracket": ("a: [1, 2\n", 2, 1, "did not find"),
    "open quote": ("a: 'x\n", 2, 1, "end of stream"),
    "bad indentation": ("a: 1\n  b: 2\n", 2, 4, "mapping values"),
    "latin-1": (b"a: \xe9\n", 1, 4, "not UTF-8"),
    "overlong": (b"ok: 1\na: \xc0\xaf\n", 2, 4, "not UTF-8"),
    "utf-16": ("a: 1".encode("utf-16"), 1, 1, "not UTF-8"),
    "surrogate": ("a: \ud800\n", 1, 4, "half of a character"),
    "bidi": ("a: x\u202ey\n", 1, 5, "U+202E"),
    "zero width": ("ok: 1\na: x\u200by\n", 2, 5, "U+200B"),
    "escape sequence": ("a: \x1b[31m\n", 1, 4, "U+001B"),
    "second byte order mark": ("a: 1\n\ufeffb: 2\n", 2, 1, "U+FEFF"),
}


@pytest.mark.parametrize(("text", "line", "column", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_hostile_text_is_refused_with_its_place(text: str | bytes, line: int, column: int, words: str) -> None:
    """Whatever is not plain YAML is refused, and the place of the fault is named."""
    with pytest.raises(YamlRefused, match=re.escape(words)) as refused:
        parse(text)
    assert refused.value.place == Place(line=line, column=column)


SCALARS = {
    "null": ("~", None),
    "nothing": ("", None),
    "true": ("true", True),
    "false": ("False", False),
    "integer": ("-12", -12),
    "eighteen digits": ("9" * 18, int("9" * 18)),
    "nineteen digits stay text": ("9" * 19, "9" * 19),
    "number": ("98.7", 98.7),
    "exponent": ("1.5e3", 1500.0),
    "Norway": ("no", "no"),
    "yes": ("yes", "yes"),
    "sexagesimal": ("1:30", "1:30"),
    "hexadecimal": ("0x1F", "0x1F"),
    "octal": ("017", "017"),
    "infinity": (".inf", ".inf"),
    "not a number": (".nan", ".nan"),
    "date": ("2026-11-21", "2026-11-21"),
    "quoted number": ("'1'", "1"),
    "quoted word": ('"true"', "true"),
    "block": ("|\n  1\n", "1\n"),
}


@pytest.mark.parametrize(("text", "value"), SCALARS.values(), ids=SCALARS.keys())
def test_scalars_mean_one_thing(text: str, value: object) -> None:
    """Only null, true, false and plain decimal numbers are more than text."""
    assert {"a": value} == plain(parse(f"a: {text}\n"))


def test_ordinary_files_are_read() -> None:
    """Byte order mark, CRLF, comments, flow and block style are all ordinary."""
    text = "\ufeff# a comment\r\nversion: 1\r\ncriteria:\r\n  - {id: a, include: ['**']}\r\n"
    assert plain(parse(text)) == {"version": 1, "criteria": [{"id": "a", "include": ["**"]}]}


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"], ids=["empty", "comment", "marker"])
def test_an_empty_document_is_null(text: str) -> None:
    """Nothing is read as null, and a place is still there to point at."""
    node = parse(text)
    assert isinstance(node, ScalarNode)
    assert node.value is None


def test_every_part_knows_its_place() -> None:
    """Keys and list items are found again by their path; a path that leads nowhere ends where it stops."""
    root = parse("version: 1\ncriteria:\n  - id: a\n    file: {path: x}\n  - id: b\n")
    assert isinstance(root, MapNode)
    assert isinstance(root.get("criteria"), ListNode)
    assert Place(line=4, column=12) == place_of(root, ("criteria", 0, "file", "path"))
    assert Place(line=4, column=18) == place_of(root, ("criteria", 0, "file", "path"), of_value=True)
    assert Place(line=5, column=5) == place_of(root, ("criteria", 1))
    assert Place(line=3, column=5) == place_of(root, ("criteria", 0, "code"))
    assert Place(line=2, column=1) == place_of(root, ("criteria", 7))


@given(st.binary(max_size=300) | st.text(alphabet=" \n\t-:[]{}#&*!|>'\"%@`,?~<a1\u202e", max_size=120))
def test_nothing_but_a_refusal_ever_escapes(data: bytes | str) -> None:
    """Any bytes are either read or refused; nothing else is raised."""
    with contextlib.suppress(YamlRefused):
        parse(data)
