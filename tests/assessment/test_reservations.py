"""Words beside a confirmation that take some of it back."""

import re

import pytest

from bot.assessment.reservations import RESERVATION_RULES, ReservationRule, reservation, reserved


@pytest.mark.parametrize("rule", RESERVATION_RULES, ids=lambda rule: rule.id)
def test_each_rule(rule: ReservationRule) -> None:
    """It finds its example, by itself, and leaves its counter-example alone, as all others do."""
    assert rule.words.search(rule.example)
    assert reserved(f"/confirm-fixed\n\n{rule.example}")
    assert not reserved(f"{rule.counter_example}\n\n/confirm-fixed")


@pytest.mark.parametrize(
    ("body", "holds_back"),
    [
        ("/confirm-fixed", False),
        ("/confirm-fixed works for me", False),
        ("/confirm-fixed but the export is slow", True),
        ("It doesn\u2019t crash any more. The import isn\u2019t fixed.\n/confirm-fixed", True),
        ("> the export still fails\n\nNo, it does.\n\n/confirm-fixed", False),
        ("/confirm-fixed\n```\n0 passed, 1 failed\n```", False),
        ("/confirm-fixed\n~~~\nbut", False),
        ("/confirm-fixed <!-- but -->", False),
        ("/confirm-fixed\n- export: broken", True),
    ],
)
def test_whose_words(body: str, *, holds_back: bool) -> None:
    """His own, wherever they stand; what he quotes, shows or hides is none of them."""
    assert reserved(body) == holds_back


@pytest.mark.parametrize("rule", RESERVATION_RULES, ids=lambda rule: rule.id)
def test_long_texts(rule: ReservationRule) -> None:
    """A rule repeats nothing without a bound but a word's own letters, so a comment takes time by its length alone."""
    assert set(re.findall(r"(?:..)(?=[*+]|\{\d+,\})", rule.words.pattern)) <= {r"\w"}
    assert not reserved("not " * 16_000)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Thanks! But the export\u202e is @all broken. Bye.\n\n/confirm-fixed", "But the export\ufffd is @all broken"),
        ("/confirm-fixed but\n", "/confirm-fixed but"),
        (f"/confirm-fixed\n\nbut {'a' * 200}", f"but {'a' * 95}…"),
        ("/confirm-fixed", ""),
    ],
)
def test_which_words(body: str, words: str) -> None:
    """The sentence that holds something back, on one line and cut; it still has to be escaped."""
    assert reservation(body) == words
