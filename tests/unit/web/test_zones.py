"""Times in the school's zone, always named: against arithmetic that knows no time zone database (K22)."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.web.filters import clock_time, long_date, long_datetime

ROOT = Path(__file__).parents[3]
ZONES = {"Asia/Jakarta": (7, "WIB"), "Asia/Makassar": (8, "WITA"), "Asia/Jayapura": (9, "WIT")}
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
START, MONDAY = datetime(2015, 1, 1, tzinfo=UTC), date(2001, 1, 1)
MOMENTS = st.integers(0, 45 * 365 * 86400).map(lambda seconds: START + timedelta(seconds=seconds))


@settings(max_examples=400, deadline=None)
@given(MOMENTS, st.sampled_from(sorted(ZONES)))
def test_a_moment_is_said_as_the_wall_clock_of_the_zone(moment: datetime, zone: str) -> None:
    hours, name = ZONES[zone]
    wall = moment.replace(tzinfo=None) + timedelta(hours=hours)
    elapsed = (wall.date() - MONDAY).days
    day = f"{DAYS[elapsed % 7]}, {wall.day} {MONTHS[wall.month - 1]} {wall.year}"
    assert long_date(moment, zone, "id") == day
    assert clock_time(moment, zone, "id") == f"{wall.hour:02}.{wall.minute:02} {name}"
    assert long_datetime(moment, zone, "id") == f"{day}, {wall.hour:02}.{wall.minute:02} {name}"
    assert name in long_datetime(moment, zone, "en")


@pytest.mark.parametrize(
    "template", sorted({*ROOT.glob("lms/**/*.html"), *ROOT.glob("plugins/**/*.html")}), ids=str
)
def test_no_template_writes_a_time_without_the_filters_that_name_the_zone(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert "strftime" not in text
    bare = re.findall(r"\{\{\s*[\w.\[\]]*_at\s*\}\}", text)
    assert bare == []
