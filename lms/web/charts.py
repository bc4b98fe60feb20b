"""Charts as figures of SVG: geometry only, drawn by the components of the same name. No script, a few hundred bytes each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT, MARGIN = 320, 120, 8
"""Of the drawing, in its own units; points and levels stay ``MARGIN`` away from its edges."""


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A point of a line: where it is drawn, and what is said of it."""

    x: Decimal
    y: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class ChartLevel:
    """A line across the chart, such as a target: its height, and its word."""

    y: Decimal
    word: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """A series over days. ``words`` says the same as the drawing, for who does not see it."""

    points: tuple[ChartPoint, ...]
    levels: tuple[ChartLevel, ...]
    words: str

    @property
    def line(self) -> str:
        """The points of the polyline."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def line_chart(
    points: Sequence[tuple[date, Decimal, str]], levels: Sequence[tuple[str, Decimal]] = ()
) -> LineChart:
    """A line through ``points`` (day, value, what is said of it), in the order of their days, with ``levels`` (word, value) across.

    Days lie as far apart as in the calendar. The scale reaches from the smallest to the largest value and level. Raises ValueError
    without a point.
    """
    if not points:
        raise ValueError("a line needs a point")
    ordered = sorted(points, key=lambda point: point[0])
    first, last = ordered[0][0], ordered[-1][0]
    values = [*(value for _day, value, _text in ordered), *(value for _word, value in levels)]
    low, high = min(values), max(values)

    def across(day: date) -> Decimal:
        span = (last - first).days
        return _between(Decimal((day - first).days) / span if span else Decimal("0.5"), WIDTH)

    def up(value: Decimal) -> Decimal:
        return _between(1 - (value - low) / (high - low) if high > low else Decimal("0.5"), HEIGHT)

    return LineChart(
        points=tuple(ChartPoint(across(day), up(value), text) for day, value, text in ordered),
        levels=tuple(ChartLevel(up(value), word) for word, value in levels),
        words="; ".join(text for _day, _value, text in ordered),
    )


def _between(share: Decimal, length: int) -> Decimal:
    """A share of 0..1 within a length, away from its ends."""
    return round(MARGIN + share * (length - 2 * MARGIN), 1)
