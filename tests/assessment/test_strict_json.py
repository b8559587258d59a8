"""JSON that says one thing."""

import pytest

from bot.assessment.strict_json import NotStrictJson, refuse_ambiguity

REFUSED = {
    "nothing": (b"", "is not JSON"),
    "no JSON": (b"<html>", "is not JSON"),
    "twins": (b'{"a": 1, "a": 1}', "has the key 'a' twice in one object"),
    "twins within": (b'[{"b": {"a": 1, "a": 2}}]', "has the key 'a' twice"),
    "twins, one escaped": (b'{"a": 1, "\\u0061": 2}', "has the key 'a' twice"),
    "not a number": (b"[NaN]", "it has the number NaN"),
    "endless": (b"[-Infinity]", "it has the number -Infinity"),
    "two values": (b"{} {}", "is not JSON"),
    "no UTF-8": (b'"\xff"', "is not JSON"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "is not JSON"),
    "byte order mark": (b"\xef\xbb\xbf{}", "is not JSON"),
    "deep": (b"[" * 100_000, "is nested too deeply"),
    "a number of 5,000 digits": (b"9" * 5000, "is not JSON"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_could_be_read_differently_is_refused(data: bytes, words: str) -> None:
    """With the end of a sentence that says why."""
    with pytest.raises(NotStrictJson) as error:
        refuse_ambiguity(data)
    assert str(error.value).startswith(words) or words in str(error.value)


def test_plain_json_is_taken() -> None:
    """The same key in two objects is no twin."""
    refuse_ambiguity('{"a": {"a": [1.5, null, "ü"]}, "b": [{"a": 1}, {"a": 2}]}\n'.encode())
