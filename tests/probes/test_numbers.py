"""Numbers in printed text: the last match, read as it stands there or not at all."""

import pytest
from pydantic import ValidationError

from bot.probes.numbers import NumberParams, compare, number_in, read_number
from bot.scan.matching import OutOfTime

COMPLIANCE = "compliance: ([0-9.]+)%"


def params(pattern: str = COMPLIANCE, **wanted: float) -> NumberParams:
    return NumberParams.model_validate({"pattern": pattern, **(wanted or {"min": 98})})


READ = {
    "plain": ("compliance: 98.7%\n", COMPLIANCE, 98.7, 1),
    "the last counts": ("compliance: 50%\nmore\ncompliance: 99%\nend", COMPLIANCE, 99.0, 2),
    "the last of a line": ("a=1 a=2", "a=([0-9]+)", 2.0, 2),
    "negative": ("drift -3.5 C", "drift (-?[0-9.]+) C", -3.5, 1),
    "exponent": ("took 1.2e-05 s", "took ([0-9.e-]+) s", 1.2e-05, 1),
    "beside other letters": ("Übereinstimmung: 98 % – gut", "Übereinstimmung: ([0-9]+)", 98.0, 1),
    "begin of a line": ("x: 1\nx: 2", "^x: ([0-9])$", 2.0, 2),
    "bytes that are no text": (b"\xff\xfe x: 4 \x80", "x: ([0-9])", 4.0, 1),
    "far in a long line": ("a" * 300_000 + " x: 7 " + "b" * 300_000, "x: ([0-9])", 7.0, 1),
}


@pytest.mark.parametrize("name", READ)
def test_the_last_match_is_read(name: str) -> None:
    """Its group is the number; all matches are counted."""
    text, pattern, value, matches = READ[name]
    reading = read_number(text, params(pattern))
    assert reading is not None
    assert (reading.value, reading.matches) == (value, matches)


REFUSED = {
    "thousands by a comma": ("compliance: 1,234%", "compliance: ([0-9,]+)%", "1,234"),
    "a part before a comma": ("files: 1,234", "files: ([0-9]+)", "1,234"),
    "a part behind a comma": ("98,5%", "([0-9]+)%", "98,5"),
    "a part before the decimals": ("took 5.25 s", "took ([0-9]+)", "5.25"),
    "an apostrophe": ("files: 1'234", "files: ([0-9]+)", "1'234"),
    "a part of a version": ("v1.2.3", r"v[0-9]\.([0-9])", "1.2.3"),
    "words": ("compliance: n/a%", "compliance: ([a-z/]+)%", "n/a"),
    "two points": ("compliance: 1.2.3%", COMPLIANCE, "1.2.3"),
    "nothing": ("compliance: %", "compliance: ([0-9]*)%", ""),
    "infinite": ("compliance: 1e999%", "compliance: ([0-9e]+)%", "1e999"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_plain_number_is_not_guessed(name: str) -> None:
    """A number that may be read in two ways is not read, and the text is shown."""
    text, pattern, shown = REFUSED[name]
    reading = read_number(text, params(pattern))
    assert reading is not None
    assert (reading.value, reading.shown, reading.measures) == (None, shown, ())
    assert "is no number" in str(compare(reading, params(pattern)))


def test_no_match_is_no_number() -> None:
    """Nothing is not 0."""
    assert read_number("compliance: good", params()) is None


COMPARED = {
    "enough": ({"min": 98}, None),
    "too little": ({"min": 99}, "98.7 % is less than 99"),
    "too much": ({"max": 98}, "98.7 % is more than 98"),
    "within": ({"min": 98, "max": 99}, None),
    "equal": ({"equals": 98.7}, None),
    "another": ({"equals": 98}, "98.7 % is not 98"),
}


@pytest.mark.parametrize("name", COMPARED)
def test_comparing(name: str) -> None:
    """Every stated bound holds, the bounds included."""
    wanted, fault = COMPARED[name]
    reading = read_number("compliance: 98.7%", params(**wanted))
    assert reading is not None
    assert fault == compare(reading, params(**wanted))


def test_a_long_line_is_cut() -> None:
    """The line is shown around the number."""
    reading = read_number("x" * 1000 + "compliance: 98% " + "y" * 1000, params())
    assert reading is not None
    assert len(reading.line) < 200
    assert "compliance: 98%" in reading.line


FAULTS = {
    "no group": ({"pattern": "x: [0-9]+", "min": 1}, "exactly one group"),
    "two groups": ({"pattern": "(x): ([0-9]+)", "min": 1}, "exactly one group"),
    "broken": ({"pattern": "x: ([0-9]+", "min": 1}, "not an RE2 pattern"),
    "empty": ({"pattern": "([0-9]*)", "min": 1}, "matches the empty text"),
    "a line break": ({"pattern": "x\\n([0-9])", "min": 1}, "within a line"),
    "a bomb": ({"pattern": "([ab]{200}{200})", "min": 1}, "RE2|repeats"),
    "nothing wanted": ({"pattern": "x: ([0-9])"}, "`equals`, `min` or `max`"),
    "bounds crossed": ({"pattern": "x: ([0-9])", "min": 2, "max": 1}, "greater than"),
    "not finite": ({"pattern": "x: ([0-9])", "min": float("nan")}, "finite"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faulty_questions_are_refused(name: str) -> None:
    """With a sentence that says how to write it."""
    given, words = FAULTS[name]
    with pytest.raises(ValidationError, match=words):
        NumberParams.model_validate(given)


def test_time_is_bounded() -> None:
    """Between two pieces somebody may say that it is late."""
    with pytest.raises(OutOfTime):
        read_number("compliance: 98%\n" * 20_000, params(), lambda: True)


async def test_beside_the_event_loop() -> None:
    """The same answer from a thread."""
    reading = await number_in("compliance: 98%", params())
    assert reading is not None
    assert (reading.words, reading.measures[0].unit) == ("98 %", "%")
