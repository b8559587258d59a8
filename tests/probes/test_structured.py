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
    "deep flow": ("a.yml", "[" * 30_000, "nested too deeply"),
    "deep block": ("a.yml", "- " * 30_000, "nested too deeply"),
    "deep json": ("a.json", "[" * 200_000, "nested too deeply"),
    "deep toml": ("a.toml", "a = " + "[" * 100_000, "nested too deeply"),
    "alias": ("a.yml", "a: &x 1\nb: *x", "anchors are not read (line 1)"),
    "merge key": ("a.yml", "a:\n  <<: {b: 1}", "merge keys are not read"),
    "tag": ("a.yml", "a: !!python/object:os.system x", "tags are not read (line 1)"),
    "two documents": ("a.yml", "a: 1\n---\nb: 2", "more than one document"),
    "twice": ("a.yml", "a: 1\na: 2", "stands there twice"),
    "odd key": ("a.yml", "[a]: 1", "a key is a collection"),
    "broken": ("a.yml", "a: [1", "no valid YAML"),
    "broken json": ("a.json", '{"a": }', "no valid JSON: Expecting value"),
    "constant": ("a.json", '{"a": NaN}', "NaN is no JSON"),
    "long number": ("a.json", "9" * 5000, "no valid JSON"),
    "broken toml": ("a.toml", "a = ", "no valid TOML"),
    "section twice": ("a.ini", "[a]\nx=1\n[a]\ny=2", "no valid INI"),
    "many": ("a.yml", "[" + "1," * 25_000 + "]", "more than 20,000 values"),
    "large": ("a.yml", "a" * 300_000, "too large to read as YAML: 300,000 characters"),
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
