"""A line chart: days as far apart as in the calendar, larger values higher, everything inside the drawing, words for all."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.web.charts import HEIGHT, MARGIN, WIDTH, line_chart

DAY = date(2020, 9, 1)
POINTS = st.lists(
    st.tuples(st.integers(0, 900), st.decimals(-(10**9), 10**9, places=4)), min_size=1, max_size=30
)
LEVELS = st.lists(st.decimals(-(10**9), 10**9, places=4), max_size=3)


def test_a_month_is_as_wide_as_thirty_days() -> None:
    chart = line_chart(
        [
            (DAY + timedelta(days=40), Decimal(70), "akhir"),
            (DAY, Decimal(50), "awal"),
            (DAY + timedelta(days=10), Decimal(60), "tengah"),
        ],
        [("target", Decimal(70))],
    )
    assert [point.text for point in chart.points] == ["awal", "tengah", "akhir"]
    assert [point.x for point in chart.points] == [8, 84, 312]
    assert [point.y for point in chart.points] == [112, 60, 8]
    assert chart.levels[0].y == 8
    assert chart.line == "8.0,112.0 84.0,60.0 312.0,8.0"
    assert chart.words == "awal; tengah; akhir"


def test_one_point_stands_in_the_middle() -> None:
    (point,) = line_chart([(DAY, Decimal(5), "5")]).points
    assert (point.x, point.y) == (WIDTH / 2, HEIGHT / 2)


def test_nothing_is_no_line() -> None:
    with pytest.raises(ValueError, match="needs a point"):
        line_chart([])


@given(POINTS, LEVELS)
def test_everything_stays_inside_and_higher_is_more(
    points: list[tuple[int, Decimal]], levels: list[Decimal]
) -> None:
    chart = line_chart(
        [(DAY + timedelta(days=days), value, str(value)) for days, value in points],
        [(str(level), level) for level in levels],
    )
    assert all(MARGIN <= point.x <= WIDTH - MARGIN for point in chart.points)
    heights = [(Decimal(point.text), point.y) for point in chart.points]
    heights += [(Decimal(level.word), level.y) for level in chart.levels]
    assert all(MARGIN <= y <= HEIGHT - MARGIN for _value, y in heights)
    for value, y in heights:
        assert all(y <= lower for less, lower in heights if less < value)
    assert [point.x for point in chart.points] == sorted(point.x for point in chart.points)
