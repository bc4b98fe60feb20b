"""Which day and year it is, and whether a stage runs, as a clock on the wall of the place says."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.submitting import receipt_no
from lms.programmes.rules import Progress, stage_progress, stage_span

ZONES = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
"""Hours ahead of UTC, all year."""
moments = st.integers(0, 366 * 86_400 * 12).map(
    lambda second: datetime(2019, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
near_midnights = st.builds(
    lambda day, hour, step: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=day, hours=hour) + step,
    st.integers(0, 800),
    st.sampled_from([15, 16, 17]),
    st.sampled_from([timedelta(microseconds=number) for number in (-1_000_000, -1, 0, 1, 999_999)]),
)


@pytest.mark.parametrize(("name", "hours"), ZONES.items())
@given(now=moments | near_midnights)
def test_a_receipt_carries_the_year_of_the_place(name: str, hours: int, now: datetime) -> None:
    year = (now.replace(tzinfo=None) + timedelta(hours=hours)).year
    assert receipt_no(42, now, ZoneInfo(name)) == f"K-{year}-000042"


@pytest.mark.parametrize(("name", "hours"), ZONES.items())
@given(
    now=moments | near_midnights, start=st.dates(date(2020, 1, 1), date(2022, 3, 1)), days=st.integers(0, 60)
)
def test_a_stage_runs_on_each_of_its_days_and_on_no_other(
    name: str, hours: int, now: datetime, start: date, days: int
) -> None:
    end = start + timedelta(days=days)
    today = (now.replace(tzinfo=None) + timedelta(hours=hours)).date()
    expected = Progress.UPCOMING if today < start else Progress.CLOSED if today > end else Progress.RUNNING
    opens, closes = stage_span(start, end, ZoneInfo(name))
    assert stage_progress(opens, closes, now) is expected


@pytest.mark.parametrize(("name", "hours"), ZONES.items())
def test_the_last_second_of_the_last_day_counts(name: str, hours: int) -> None:
    opens, closes = stage_span(date(2020, 12, 31), date(2020, 12, 31), ZoneInfo(name))
    midnight = datetime(2021, 1, 1, tzinfo=UTC) - timedelta(hours=hours)
    assert closes == midnight
    for before in (timedelta(seconds=1), timedelta(milliseconds=500), timedelta(microseconds=1)):
        assert stage_progress(opens, closes, midnight - before) is Progress.RUNNING
    assert stage_progress(opens, closes, midnight) is Progress.CLOSED
