"""What is left of a change among other edits."""

import pytest

from bot.probes.remains import Remains, remains

BEFORE, AFTER = "top\nold\nend\n", "top\nnew\nmore\nend\n"
CASES = {
    "as it was made": (BEFORE, AFTER, AFTER, Remains.EVERYTHING),
    "edited elsewhere, and indented": (BEFORE, AFTER, "first\n  top\n  new\n  more\nlast\n", Remains.EVERYTHING),
    "one of two lines": (BEFORE, AFTER, "top\nold\nmore\nend\n", Remains.LITTLE),
    "one of four": ("a\nb\nc\nd\n", "1\n2\n3\n4\n", "1\nb\n3\n4\n", Remains.SOMETHING),
    "three of four": ("a\nb\nc\nd\n", "1\n2\n3\n4\n", "a\nb\nc\n4\ne\n", Remains.LITTLE),
    "its lines are gone, what it took away is not back": (BEFORE, AFTER, "top\nother\nend\n", Remains.SOMETHING),
    "taken back": (BEFORE, AFTER, BEFORE, Remains.NOTHING),
    "taken back and edited elsewhere": (BEFORE, AFTER, "first\ntop\nold\n", Remains.NOTHING),
    "a deletion taken back": ("a\nb\n", "a\n", "b\nc\na\n", Remains.NOTHING),
    "a deletion that stands": ("a\nb\n", "a\n", "a\nc\n", Remains.EVERYTHING),
    "an addition that is gone": ("a\n", "a\nb\n", "a\nc\n", Remains.REWRITTEN),
    "a second of two alike is gone": ("a\nx\n", "a\nx\nx\n", "x\nc\n", Remains.REWRITTEN),
    "brackets and blanks alone": ("a\n", "a\n{\n\n}\n", "a\n", Remains.SOMETHING),
    "another order": ("a\nb\n", "b\na\n", "a\nb\n", Remains.SOMETHING),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_left_is_told_line_by_line(name):
    """Nothing is left where all that it added is gone and all that it took away is back."""
    before, after, now, expected = CASES[name]
    assert remains(before, after, now) is expected
