"""What patterns find, and which ones are not taken."""

import re

import pytest

from bot.scan.matching import Matcher, OutOfTime
from bot.scan.patterns import (
    Match,
    Pattern,
    expression_fault,
    pattern_fault,
    patterns_fault,
    repeats_of,
)

LITERAL, WORD, REGEX = Match.LITERAL, Match.WORD, Match.REGEX


def offsets(pattern: Pattern, data: bytes) -> list[int]:
    assert pattern_fault(pattern) is None
    return [at for _, found in Matcher((pattern,)).found(data) for at in found]


FOUND = {
    "literal": (Pattern(text="a.b"), b"a.b axb a.b", [0, 8]),
    "literal, not overlapping": (Pattern(text="aa"), b"aaaaa", [0, 2]),
    "literal with stars": (Pattern(text="**"), b"a ** b", [2]),
    "literal across lines": (Pattern(text="a\nb"), b"a\nb", [0]),
    "literal, any case": (Pattern(text="Foo", ignore_case=True), b"foo FOO", [0, 4]),
    "literal beyond ASCII": (Pattern(text="é"), "né".encode(), [1]),
    "unless": (Pattern(text="foo", unless=("foo.new",)), b"foo.new foo foo.newer", [8]),
    "unless, in the middle": (Pattern(text="b", unless=("abc", "xb")), b"abc b xb abd", [4, 10]),
    "unless, twice in it": (Pattern(text="a", unless=("aba",)), b"aba a", [4]),
    "unless, any case": (Pattern(text="foo", ignore_case=True, unless=("Foo2",)), b"FOO2 FOO", [5]),
    "word": (Pattern(text="foo", match=WORD), b"foo foobar barfoo my_foo foo-x (foo) foo.", [0, 32, 37]),
    "word beside letters beyond ASCII": (Pattern(text="foo", match=WORD), "éfoo fooé foo".encode(), [12]),
    "word that begins with a dot": (Pattern(text=".old.io", match=WORD), b"api.old.io api.old.iot", [3]),
    "word open to the left": (Pattern(text="*-prod", match=WORD), b"eu-prod us-prod2", [2]),
    "word open to the right": (Pattern(text="get_*", match=WORD), b"get_x forget_x", [0]),
    "word at the ends": (Pattern(text="foo", match=WORD), b"foo", [0]),
    "regex": (Pattern(text=r"f(o+)\b", match=REGEX), b"fo foo fox", [0, 3]),
    "regex, line ends": (Pattern(text="^a$", match=REGEX), b"a\nb\na\n", [0, 4]),
    "regex, any case": (Pattern(text="foo", match=REGEX, ignore_case=True), b"FOO", [0]),
    "regex, a dot takes one character": (Pattern(text="^.$", match=REGEX), "é\n".encode(), [0]),
    "regex, a dot takes any byte of a text that is no UTF-8": (Pattern(text="^.$", match=REGEX), b"\xe9\n", [0]),
    "regex beyond ASCII": (Pattern(text="[éè]t", match=REGEX), "été".encode(), [0]),
    "regex beyond ASCII in Latin-1": (Pattern(text="[éè]t", match=REGEX), "été".encode("latin-1"), [0]),
    "regex beyond Latin-1": (Pattern(text="日+", match=REGEX), "x日日".encode(), [1]),
    "regex beyond Latin-1 in plain ASCII": (Pattern(text="日+", match=REGEX), b"x", []),
    "regex stays within a line": (Pattern(text=r"a[^b]*b", match=REGEX), b"a\n\nb axb", [5]),
    "regex with an empty alternative inside": (Pattern(text="xa?", match=REGEX), b"x xa", [0, 2]),
}


@pytest.mark.parametrize("name", FOUND)
def test_occurrences(name):
    """Offsets are bytes; words end where a longer name would go on; case and encodings are as told."""
    pattern, data, wanted = FOUND[name]
    assert wanted == offsets(pattern, data)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("(a+)+$", REGEX),
        ("[ab]*a[ab]{200}c", REGEX),
        (r"\d{4}-\d{2}-\d{2}", REGEX),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", REGEX),
        (r"\QThe {900} end\E", REGEX),
        (r"C:\\new", REGEX),
        ("a{x}", REGEX),
        ("*x*", WORD),
        ("***", LITERAL),
        ("(?i)x", REGEX),
        (r"\(?s", REGEX),
        ("(?s)x", LITERAL),
    ],
)
def test_patterns_that_are_taken(text, match):
    """Ordinary patterns pass, and those that would hang a backtracking engine as well: RE2 is linear."""
    assert pattern_fault(Pattern(text=text, match=match)) is None


REFUSED = {
    "empty": (Pattern(text=""), "1 to 256"),
    "too long": (Pattern(text="a" * 257), "1 to 256"),
    "NUL": (Pattern(text="a\0b"), "NUL"),
    "only stars": (Pattern(text="**", match=WORD), "stars"),
    "unbalanced": (Pattern(text="(a", match=REGEX), "missing )"),
    "back reference": (Pattern(text=r"(a)\1", match=REGEX), "not an RE2 pattern"),
    "look ahead": (Pattern(text="(?=a)b", match=REGEX), "not an RE2 pattern"),
    "an unknown class": (Pattern(text=r"\p{Nope}", match=REGEX), "not an RE2 pattern"),
    "many repeats": (Pattern(text="[ab]{201}", match=REGEX), "more than 200"),
    "repeats of repeats": (Pattern(text="((a{10}){10}){10}", match=REGEX), "more than 200"),
    "repeats side by side": (Pattern(text="a{150}b{150}", match=REGEX), "more than 200"),
    "a huge class, repeated": (Pattern(text=r"\pL{100}", match=REGEX), "too complex"),
    "the empty text": (Pattern(text="a*", match=REGEX), "empty text"),
    "a line break": (Pattern(text=r"a\nb", match=REGEX), "line break"),
    "a line break by number": (Pattern(text=r"a\x0Ab", match=REGEX), "line break"),
    "dot matches all": (Pattern(text="(?s)a.*b", match=REGEX), "flag `s`"),
    "dot matches all, in a group": (Pattern(text="x(?is-m:a.b)", match=REGEX), "flag `s`"),
    "unless with a regex": (Pattern(text="a", match=REGEX, unless=("ab",)), "literals and words"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_patterns_that_are_not_taken(name):
    """What RE2 does not know, what would be found everywhere and what costs too much is refused with the reason."""
    pattern, words = REFUSED[name]
    assert words in pattern_fault(pattern)


@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("a", 0),
        ("a{3}", 3),
        ("a{2,5}", 5),
        ("a{2,}", 2),
        ("(a{3}){4}", 12),
        ("(a{3}b{2}){4}", 20),
        ("(a{3}|b{2}){4}c{1}", 21),
        ("a{3}{4}", 12),
        (r"a\{3}", 0),
        ("[{3}]{2}", 2),
        ("[]{9}]{2}", 2),
        (r"[\]{9}]{2}", 2),
        ("a{,3}", 0),
        ("a{x}", 0),
        ("a{3", 0),
        ("((((", 0),
        ("))){3}", 3),
        ("(?:x{5}){0}", 5),
    ],
)
def test_counted_repeats_add_up(expression, times):
    """Nested repeats multiply, neighbours add; braces that are plain text do not count."""
    assert times == repeats_of(expression)


def test_many_patterns_are_matched_together():
    """Each of a hundred expressions finds its own, and a sentinel shows that the set ran."""
    patterns = tuple(Pattern(text=rf"key_{number:03}\s*=", match=REGEX) for number in range(100))
    data = b"".join(b"key_%03d = 1\n" % number for number in range(0, 100, 7))
    assert set(range(0, 100, 7)) == {index for index, _ in Matcher(patterns).found(data)}


@pytest.mark.parametrize("size", [0, 2 << 20], ids=["small", "large"])
def test_many_literals_are_found_like_few(size):
    """Beyond a few, literals are looked for at once, and the answer is the same."""
    names = [name for name in FOUND if FOUND[name][0].match is not REGEX]
    for name in names:
        pattern, data, wanted = FOUND[name]
        crowd = (*(Pattern(text=f"absent{number}", match=WORD) for number in range(9)), pattern)
        found = dict(Matcher(crowd).found(data + b" " * size))
        assert wanted == list(found[9]), name


def test_a_large_file_is_searched_in_pieces_of_whole_lines():
    """Beyond a megabyte, offsets go on and no line is cut in two."""
    lines = [b"%07d needle here\n" % number for number in range(60_000)]
    data = b"".join(lines)
    wanted = [match.start() for match in re.finditer(rb"needle", data)]
    assert wanted == offsets(Pattern(text=r"\bneedle h", match=REGEX), data)


def test_expressions_for_values_have_the_same_limits():
    """The limits hold wherever a stranger's expression is used."""
    assert expression_fault("ok|fine") is None
    assert "more than 200" in expression_fault("(a{20}){20}")


def test_repeats_are_bounded_for_all_patterns_together():
    """Ten patterns cost ten times one: it is their sum that counts."""
    half = Pattern(text="[ab]{101}", match=REGEX)
    assert patterns_fault((half, Pattern(text="c{99}", match=REGEX), Pattern(text="(d{900}){900}"))) is None
    assert "more than 200" in patterns_fault((half, half))


@pytest.mark.parametrize("at", [0, 131_060, 131_072 - 4, 200_000, 300_000])
def test_a_line_longer_than_a_piece_is_searched_wholly(at):
    """An occurrence where a long line is cut is found, and found once."""
    data = bytearray(b"x" * 300_010)
    data[at : at + 6] = b"needle"
    assert [at] == offsets(Pattern(text=r"n\w{2}dle", match=REGEX), bytes(data))


def test_matching_ends_when_somebody_says_so():
    """Between pieces of a large file the matcher asks whether time is up."""
    asked = iter([False, True])
    matcher = Matcher((Pattern(text="a|b", match=REGEX),), lambda: next(asked))
    with pytest.raises(OutOfTime):
        [list(offsets) for _, offsets in matcher.found(b"x\n" * 200_000)]
    assert next(asked, "no more") == "no more"
