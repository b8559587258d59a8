"""The plot of an audit over time, as places on a drawing of `WIDTH` × `HEIGHT`: the template draws them as SVG. Pure.

Above, the share that holds by month as a line, with its 95 % interval as a band; a month in which nothing could be
checked breaks both. Below, how many closings there were, as bars of three parts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.assessment.audit import Month, Standing
from bot.assessment.audit_text import rate_of
from bot.assessment.wording import count

WIDTH, HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP = 48, 12, 12
_RATE_HEIGHT, _GAP, _BARS_HEIGHT = 170, 28, 56
_WIDEST = 48.0
_MOST_LABELS = 12
_FEW = 4  # a band over a single month has at least this width, in the drawing's own unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A month's share. `title` says it in words."""

    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Months in a row of which something could be checked: the band's outline and the line, as SVG points."""

    band: str
    line: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A part of a month's bar."""

    x: float
    y: float
    width: float
    height: float
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """The whole drawing. `grid` are the heights of the lines behind, with what they mean."""

    runs: tuple[Run, ...]
    bars: tuple[Bar, ...]
    months: tuple[Label, ...]
    grid: tuple[Label, ...]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    width: float = WIDTH
    height: float = HEIGHT


def plot(months: Sequence[Month]) -> Plot:
    """The drawing of these months, in their order."""
    step = (WIDTH - _LEFT - _RIGHT) / max(len(months), 1)
    middle = [_LEFT + step * (at + 0.5) for at in range(len(months))]
    return Plot(
        runs=tuple(_run(run, middle) for run in _runs(months)),
        bars=tuple(_bars(months, middle, min(step * 0.7, _WIDEST))),
        months=tuple(_labels(months, middle)),
        grid=tuple(Label(x=_LEFT - 6, y=_height(share), text=f"{100 * share:.0f} %") for share in (0, 0.5, 1)),
    )


def _height(share: float) -> float:
    return round(_TOP + _RATE_HEIGHT * (1 - share), 1)


def _runs(months: Sequence[Month]) -> Iterator[list[tuple[int, Month]]]:
    """The months with a share, as runs without a gap."""
    run: list[tuple[int, Month]] = []
    for at, month in enumerate(months):
        if month.truth.rate is not None:
            run.append((at, month))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _run(run: list[tuple[int, Month]], middle: Sequence[float]) -> Run:
    dots, upper, lower = [], [], []
    wide = _FEW if len(run) == 1 else 0
    for at, month in run:
        truth, x = month.truth, round(middle[at], 1)
        y = _height(truth.rate or 0)
        dots.append(Dot(x=x, y=y, title=f"{month.month}: {rate_of(truth)}"))
        for side in (-wide, wide) if wide else (0,):
            upper.append((x + side, _height(truth.high or 0)))
            lower.append((x + side, _height(truth.low or 0)))
    return Run(
        band=_points([*upper, *reversed(lower)]), line=_points([(dot.x, dot.y) for dot in dots]), dots=tuple(dots)
    )


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in places)


def _bars(months: Sequence[Month], middle: Sequence[float], width: float) -> Iterator[Bar]:
    most = max((month.truth.checked + month.truth.unchecked for month in months), default=0)
    for at, month in enumerate(months):
        truth, y = month.truth, float(_TOP + _RATE_HEIGHT + _GAP + _BARS_HEIGHT)
        parts = ((truth.holds, Standing.HOLDS), (truth.holds_not, Standing.HOLDS_NOT))
        for number, standing in (*parts, (truth.unchecked, Standing.UNCHECKED)):
            if number:
                height = round(_BARS_HEIGHT * number / most, 2)
                y -= height
                left = round(middle[at] - width / 2, 1)
                yield Bar(x=left, y=round(y, 2), width=round(width, 1), height=height, standing=standing)


def _labels(months: Sequence[Month], middle: Sequence[float]) -> Iterator[Label]:
    """Not more than can be read; the first one always."""
    every = -(-len(months) // _MOST_LABELS) or 1
    for at in range(0, len(months), every):
        yield Label(x=round(middle[at], 1), y=_TOP + _RATE_HEIGHT + _GAP + _BARS_HEIGHT + 18, text=months[at].month)


def described(months: Sequence[Month]) -> str:
    """The drawing in words, for whoever does not see it."""
    rated = [f"{one.month} {rate_of(one.truth)}" for one in months if one.truth.rate is not None]
    return f"Share of closings that hold, over {count(len(months), 'month')}: {'; '.join(rated) or 'nothing checked'}"
