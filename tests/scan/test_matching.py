"""Many texts at once: the same occurrences as one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scan.matching import Matcher, OutOfTime
from bot.scan.patterns import Match, Pattern, pattern_fault

REGEX, WORD = Match.REGEX, Match.WORD
CROWD = tuple(Pattern(text=f"absent_{number}", match=WORD) for number in range(9))
PATTERNS = {
    "literal": Pattern(text="ab"),
    "any case": Pattern(text="aB", ignore_case=True),
    "across lines": Pattern(text="a\nb"),
    "word": Pattern(text="ab", match=WORD),
    "unless": Pattern(text="a", unless=("ab", "b\na")),
    "regex": Pattern(text="a+b?", match=REGEX),
    "line ends": Pattern(text="^a.*b$", match=REGEX),
    "word ends": Pattern(text=r"\bab\b", match=REGEX),
    "the text's start": Pattern(text=r"\Aa", match=REGEX),
    "the text's end": Pattern(text=r"b\z", match=REGEX),
    "no line ends": Pattern(text="(?-m)^b", match=REGEX),
    "any byte": Pattern(text=r"a\Cb", match=REGEX),
    "not a letter": Pattern(text="a[^a]b", match=REGEX),
    "a character": Pattern(text="é.", match=REGEX),
    "beyond Latin-1": Pattern(text="日", match=REGEX),
}
TEXTS = st.lists(
    st.one_of(st.text(alphabet="ab \né日", max_size=12).map(str.encode), st.binary(max_size=4)), min_size=1, max_size=8
)


def occurrences(patterns: tuple[Pattern, ...], texts: list[bytes]) -> set[tuple[int, int, int]]:
    return {(index, place, at) for index, place, found in Matcher(patterns).found_in(texts) for at in found}


@pytest.mark.parametrize("crowd", [(), CROWD], ids=["alone", "in a crowd"])
@pytest.mark.parametrize("name", PATTERNS)
@given(texts=TEXTS)
def test_texts_together_are_matched_as_each_alone(name, crowd, texts):
    """No occurrence is lost, none is invented where two texts meet, and bytes and characters do not mix."""
    pattern = PATTERNS[name]
    assert pattern_fault(pattern) is None
    alone = {(0, place, at) for place, text in enumerate(texts) for _, _, at in occurrences((pattern,), [text])}
    together = occurrences((pattern, *crowd), texts)
    assert together == alone


def test_each_of_many_patterns_is_found_in_its_own_text():
    """A set says which patterns occur somewhere; where, each tells for itself."""
    patterns = tuple(Pattern(text=rf"key_{number:02}\b", match=REGEX) for number in range(50))
    texts = [f"key_{number:02} = 1\n".encode() for number in range(0, 50, 3)]
    assert {(3 * place, place, 0) for place in range(len(texts))} == occurrences(patterns, texts)


def test_nothing_is_found_in_no_texts():
    """No texts, no occurrences, and no complaint."""
    assert occurrences(CROWD, []) == set()


def test_time_can_run_out_between_texts():
    """What was found until then stands."""
    late = iter([False, True])
    found = Matcher((Pattern(text="a"),), lambda: next(late)).found_in([b"a", b"a", b"a"])
    assert [next(found)[1], next(found)[1]] == [0, 1]
    with pytest.raises(OutOfTime):
        next(found)
