"""Words beside a confirmation that take some of it back."""

import pytest

from bot.assessment.reservations import RESERVATION_RULES, ReservationRule, reserved


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


def test_long_texts() -> None:
    """A long comment takes no long time."""
    assert not reserved("not " * 16_000)
    assert reserved(f"{'<!--' * 16_000} but") is False
