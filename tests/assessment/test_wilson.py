"""The share that samples carry."""

import pytest

from bot.assessment.wilson import interval, lower_bound


@pytest.mark.parametrize(
    ("passes", "samples", "low", "high"),
    [(0, 0, 0.0, 1.0), (40, 40, 0.912, 1.0), (20, 20, 0.839, 1.0), (10, 20, 0.299, 0.701), (0, 10, 0.0, 0.278)],
)
def test_interval(passes: int, samples: int, low: float, high: float) -> None:
    """As in published tables, to three places."""
    assert (low, high) == tuple(round(bound, 3) for bound in interval(passes, samples))


def test_more_samples_carry_more() -> None:
    """The same share from more samples is surer."""
    assert lower_bound(20, 20) < lower_bound(40, 40) < lower_bound(400, 400) < 1
