"""Structured data of strangers: read within bounds, or refused with a reason."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.probes.structured import Format, Unreadable, read

GOOD = {
    "a.yaml": ("a: 1\nb: [x, 1.5, true, ~]", {"a": 1, "b": ["x", 1.5, True, None]}),
    "b.yml": ("yes: on\nt: 1:30\nd: 2024-01-01\nh: 0x10\nq: '1'", None),
    "empty.yaml": ("", None),
    "k.yaml": ("1: a\ntrue: b", {"1": "a", "true": "b"}),
    "block.yaml": ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
    "a.json": ('\ufeff{"a": [1, {"b": null}]}', {"a": [1, {"b": None}]}),
    "a.toml": ("a = 1\nd = 2024-01-02\n[t]\nx = 'y'", {"a": 1, "d": "2024-01-02", "t": {"x": "y"}}),
    "crlf.yml": ("\ufeffa: 1\r\nb:\r\n  - x\r\n", {"a": 1, "b": ["x"]}),
    "octal.yaml": ("mode: 0755\nname: a\u200bb", {"mode": "0755", "name": "a\u200bb"}),
    "half.json": ('{"a": "\\ud800"}', {"a": "?"}),
    "crlf.toml": ("a = 1\r\n[t]\r\nb = 2\r\n", {"a": 1, "t": {"b": 2}}),
    "crlf.ini": ("\ufeff[S]\r\nk = v\r\n", {"S": {"k": "v"}}),
    "same.ini": ("k = 1\n[S]\nk = 2\n[DEFAULT]\nx = 3", {"k": "1", "S": {"k": "2"}, "DEFAULT": {"x": "3"}}),
    "a.ini": ("[S]\nKey = 5%\nflag", {"S": {"Key": "5%", "flag": None}}),
    ".editorconfig": ("root = true\n[*]\nindent = 4", {"root": "true", "*": {"indent": "4"}}),
}


@pytest.mark.parametrize("path", [path for path, (_, value) in GOOD.items() if value is not None])
def test_ordinary_files_are_read(path):
    """YAML, JSON, TOML and INI, told by their names."""
    text, value = GOOD[path]
    assert read(text, path) == value


def test_yaml_words_of_old_stay_texts():
    """`yes`, `1:30`, dates and hex numbers mean different things to different programs."""
    assert read(GOOD["b.yml"][0], "b.yml") == {"yes": "on", "t": "1:30", "d": "2024-01-01", "h": "0x10", "q": "1"}


def test_a_format_can_be_named():
    """Where the file's name does not tell."""
    assert read("a = 1", "Pipfile", Format.TOML) == {"a": 1}


BAD = {
    "deep flow": ("a.yml", "[" * 30_000, "nested deeper than 64 levels (line 1)"),
    "deep block": ("a.yml", "- " * 30_000, "nested deeper than 64 levels (line 1)"),
    "deep json": ("a.json", "[" * 200_000, "nested too deeply"),
    "deep toml": ("a.toml", "a = " + "[" * 100_000, "nested too deeply"),
    "alias": ("a.yml", "a: &x 1\nb: *x", "anchors (&) and aliases (*) are not read (line 1)"),
    "merge key": ("a.yml", "a:\n  <<: {b: 1}", "merge keys (<<) are not read (line 2)"),
    "tag": ("a.yml", "a: !!python/object:os.system x", "tags (!) are not read (line 1)"),
    "two documents": ("a.yml", "a: 1\n---\nb: 2", "only one document is read (line 2)"),
    "twice": ("a.yml", "a: 1\r\nb: 1\r\na: 2", "the key 'a' is given twice (line 3)"),
    "odd key": ("a.yml", "[a]: 1", "a key must be a plain word (line 1)"),
    "broken": ("a.yml", "a: [1", "cannot be read as YAML: did not find expected"),
    "broken json": ("a.json", '{"a": }', "no valid JSON: Expecting value"),
    "constant": ("a.json", '{"a": NaN}', "NaN is no JSON"),
    "long number": ("a.json", "9" * 5000, "no valid JSON"),
    "broken toml": ("a.toml", "b = 1\na = ", "no valid TOML: Invalid value (at end of document)"),
    "toml key twice": ("a.toml", "a = 1\na = 2\n", "Cannot overwrite a value (at line 2, column 6)"),
    "json key twice": ("a.json", '{"x": {"a": 1, "b": 2, "a": 3}}', "the key 'a' is given twice in one object"),
    "json line": ("a.json", '{\n"a": 1,\n}', "line 3 column 1"),
    "section twice": ("a.ini", "[a]\nx=1\n[a]\ny=2", "no valid INI: the section [a] is given twice (line 3)"),
    "ini key twice": ("a.ini", "[a]\nx=1\nx=2", "the key 'x' is given twice (line 3)"),
    "no ini": ("a.ini", "[a]\n = 3", "neither a section nor a key (line 2)"),
    "many": ("a.yml", "[" + "1," * 25_000 + "]", "more than 20000 values (line 1)"),
    "large": ("a.yml", "a" * 300_000, "the file is larger than 256 KiB"),
    "long toml key": ("a.toml", "x = 1\n" + "a." * 50_000 + "b = 1", "a key has more than 32 parts"),
    "wide ini gap": ("a.ini", "[a]\nb" + " " * 100_000 + "x", "more than 64 spaces in a row (line 2)"),
    "large json": ("a.json", " " * 1_000_001, "too large to read as JSON: 1,000,001 characters"),
    "control character": ("a.yml", "a: \x07", "cannot be read as YAML"),
    "tab": ("a.yml", "a:\n\tb: 1", "a tab cannot indent (line 2)"),
    "unknown": ("a.txt", "a", "say which with `format`"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_says_why(name):
    """Neither a crash nor a guess."""
    path, text, words = BAD[name]
    with pytest.raises(Unreadable) as caught:
        read(text, path)
    assert words in str(caught.value)


@given(st.text(max_size=200), st.sampled_from(list(Format)))
def test_any_text_is_read_or_refused(text, kind):
    """No other exception ever leaves."""
    with suppress(Unreadable):
        read(text, "file", kind)
