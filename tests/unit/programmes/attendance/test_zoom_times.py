"""Times as Zoom, Excel and people write them: written by plain loops here, read by the code."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.programmes.attendance.zoom_times import read_minutes, read_moment

DAY = date(2020, 10, 7)
EN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
EN_LONG = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
ID = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]
ID_OLD = ["Jan", "Peb", "Mar", "Apr", "Mei", "Jun", "Jul", "Ags", "Sept", "Okt", "Nop", "Des"]
ID_LONG = [
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
]


def _half(moment: datetime) -> str:
    """Hours of a twelve-hour clock, without strftime."""
    hour = moment.hour % 12 or 12
    return f"{hour:02d}:{moment.minute:02d}:{moment.second:02d} {'AM' if moment.hour < 12 else 'PM'}"


def _dates(moment: datetime) -> list[tuple[str, bool | None]]:
    """Every way of writing the day, and whether the month must come first to read it (None: no matter)."""
    y, m, d = moment.year, moment.month, moment.day
    return [
        (f"{m:02d}/{d:02d}/{y}", True),
        (f"{d:02d}/{m:02d}/{y}", False),
        (f"{m}/{d}/{y}", True),
        (f"{d}-{m}-{y}", False),
        (f"{d:02d}.{m:02d}.{y}", False),
        (f"{d:02d}/{m:02d}/{y % 100:02d}", False),
        (f"{m:02d}/{d:02d}/{y % 100:02d}", True),
        (f"{y}-{m:02d}-{d:02d}", None),
        (f"{y}/{m}/{d}", None),
        (f"{EN[m - 1]} {d:02d}, {y}", None),
        (f"{EN_LONG[m - 1]} {d}, {y}", None),
        (f"{d} {ID[m - 1]} {y}", None),
        (f"{d} {ID_OLD[m - 1]} {y}", None),
        (f"{d:02d} {ID_LONG[m - 1].upper()} {y}", None),
        (f"{d}-{ID[m - 1]}-{y % 100:02d}", None),
        (f"Rabu, {d} {ID_LONG[m - 1]} {y}", None),
    ]


def _clocks(moment: datetime) -> list[str]:
    h, m, s = moment.hour, moment.minute, moment.second
    return [
        f"{h:02d}:{m:02d}:{s:02d}",
        f"{h}:{m:02d}:{s:02d}",
        f"{h:02d}.{m:02d}.{s:02d}",
        _half(moment),
        _half(moment).lower(),
        _half(moment).replace(" ", "\u202f"),
        f"{h:02d}:{m:02d}:{s:02d}.000",
    ]


FIRST = datetime(2016, 1, 1)  # noqa: DTZ001  (a report tells no zone)
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001
MOMENTS = st.integers(0, 24 * 365 * 86400).map(lambda seconds: FIRST + timedelta(seconds=seconds))


@given(MOMENTS)
def test_every_way_of_writing_a_moment_is_read(moment: datetime) -> None:
    for day, month_first in _dates(moment):
        for clock in _clocks(moment):
            for order in (True, False) if month_first is None else (month_first,):
                assert read_moment(f"{day} {clock}", month_first=order, today=DAY) == moment, (day, clock)


@given(
    MOMENTS,
    st.sampled_from([("Z", 0), ("+07:00", 7), ("+0900", 9), (" WITA", 8), (" GMT+7", 7), (" UTC", 0)]),
)
def test_a_zone_in_the_text_counts(moment: datetime, zone: tuple[str, int]) -> None:
    written = f"{moment:%Y-%m-%dT%H:%M:%S}{zone[0]}"
    expected = moment.replace(tzinfo=timezone(timedelta(hours=zone[1])))
    assert read_moment(written, month_first=True, today=DAY) == expected


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("7 Okt 2020 08.55 pagi", 8),
        ("7 Okt 2020 11.55 siang", 11),
        ("7 Okt 2020 12.55 siang", 12),
        ("7 Okt 2020 1.55 siang", 13),
        ("7 Okt 2020 13.55 siang", 13),
        ("7 Okt 2020 pukul 4.55 sore", 16),
        ("7 Okt 2020 9.55 malam", 21),
        ("7 Okt 2020 12.55 malam", 0),
        ("October 7th, 2020 8:55 AM", 8),
        ("7/10/2020 12:55 a.m.", 0),
    ],
)
def test_parts_of_the_day_in_words(written: str, hour: int) -> None:
    assert read_moment(written, month_first=False, today=DAY) == datetime(2020, 10, 7, hour, 55)  # noqa: DTZ001


@pytest.mark.parametrize("zone", ["(GMT+07:00)", "(WIB)", "(UTC+7)"])
def test_a_zone_in_brackets_counts(zone: str) -> None:
    read = read_moment(f"10/07/2020 08:55:00 AM {zone}", month_first=True, today=DAY)
    assert read == datetime(2020, 10, 7, 8, 55, tzinfo=timezone(timedelta(hours=7)))


@given(MOMENTS)
def test_a_number_of_a_spreadsheet_is_a_moment(moment: datetime) -> None:
    days, second = divmod(int((moment - EPOCH).total_seconds()), 86400)
    for point in ".,":
        written = f"{days}{point}{Decimal(second) / 86400:.10f}".replace(f"{point}0.", point)
        assert read_moment(written, month_first=True, today=DAY) == moment


@pytest.mark.parametrize(
    "written",
    [
        "kemarin",
        "",
        "32/01/2020 08:00",
        "7 Okt 2020",
        "7 Okt 2020 25.00",
        "08:61",
        "13/13/2020 08:00",
        "1:2:3:4",
        "7 Okt 2020 08.55 kira-kira",
        "2020-10-07 08:55 +99:00",
        "01/01/0001 00:00:00 AM",
        "0001-01-01T00:00:00Z",
        "31/12/9999 23.59.59",
        "9" * 5000,
        "\u00b2\u00b2:\u00b2\u00b2",
    ],
)
def test_what_is_no_moment_is_none(written: str) -> None:
    assert read_moment(written, month_first=True, today=DAY) is None


@given(st.text(max_size=40))
def test_no_text_is_an_error(written: str) -> None:
    read_moment(written, month_first=True, today=DAY)
    read_minutes(written)


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_way_of_writing_a_length_is_read(hours: int, minutes: int) -> None:
    whole = hours * 60 + minutes
    for written in (
        f"{hours:02d}:{minutes:02d}:00",
        f"{hours:02d}:{minutes:02d}:00.000",
        f"{hours}:{minutes:02d}",
        f"{hours}.{minutes:02d}.00",
        f"{hours} h {minutes} min",
        f"{hours}h{minutes}m",
        f"{hours} jam {minutes} menit",
        f"{hours} hours, {minutes} minutes 0 secs",
        f"{hours} jam dan {minutes} mnt",
        f"PT{hours}H{minutes}M",
        f"{whole}",
        f"{whole}.0",
        f"{whole},00",
        f"{whole} min",
        f"{whole} menit",
        f"{whole} mins",
    ):
        assert read_minutes(written) == whole, written
    assert read_minutes(str(whole * 60), unit="seconds") == whole


@pytest.mark.parametrize(
    "written",
    ["", "-", "lama", "1.085", "1,085", "2.500", "3.05", "3:75", "3.05:00", "12:61:00", "-5", "\u00b2"],
)
def test_a_length_that_may_mean_two_things_or_none_is_not_guessed(written: str) -> None:
    assert read_minutes(written) is None
