"""How sure a share of passes is: the Wilson score interval, at 95 %.

Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
"""

from math import sqrt

Z_95 = 1.959963984540054
"""Half of a two-sided 95 % of the normal distribution, in standard deviations."""


def interval(passes: int, samples: int) -> tuple[float, float]:
    """The 95 % interval, as shares between 0 and 1; (0, 1) where nothing was sampled."""
    if samples <= 0:
        return 0.0, 1.0
    share = passes / samples
    square = Z_95 * Z_95
    scale = 1 + square / samples
    middle = (share + square / (2 * samples)) / scale
    half = Z_95 * sqrt(share * (1 - share) / samples + square / (4 * samples * samples)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def lower_bound(passes: int, samples: int) -> float:
    """The share that the samples carry with 95 % certainty, between 0 and 1."""
    return interval(passes, samples)[0]
