"""What people and programs send becomes a plain value within its range, or nothing."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import pytest

from lms.contract.parsing import (
    MAX_INTEGER,
    parse_choice,
    parse_date,
    parse_decimal,
    parse_int,
    parse_local_time,
    whole,
)


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("typed", "number"), [("7", 7), (" 7 ", 7), ("007", 7), ("0", 0), ("2147483647", MAX_INTEGER)]
)
def test_whole_numbers(typed: str, number: int) -> None:
    assert parse_int(typed) == number
    assert whole(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "-1",
        "+1",
        "1.0",
        "1e3",
        "1_000",
        "0x1",
        "\u00b2",
        "\u0663",
        "\u0967",
        "\uff11",
        "\u2460",
        "2147483648",
        "9" * 5000,
        "0" * 5000,
        "1\x00",
        "nan",
        "None",
    ],
)
def test_what_is_no_whole_number_of_a_column(typed: str) -> None:
    assert parse_int(typed) is None
    with pytest.raises(ValueError):  # noqa: PT011 - what ``request.form.get(type=...)`` asks for
        whole(typed)


def test_the_caller_gives_the_range() -> None:
    assert parse_int("-3", low=-5, high=5) == -3
    assert parse_int("6", low=-5, high=5) is None
    assert parse_int("2147483648", high=2**63 - 1) == 2**31


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (" 5,50 ", "5.50"),
        ("5.50", "5.50"),
        ("1.234", "1.234"),
        ("\u22123", "-3"),
        ("0" * 39 + "7", "7"),
        ("5.", "5"),
        (",5", "0.5"),
        ("+2", "2"),
        ("99999999999.9999", "99999999999.9999"),
        ("0" * 40 + "7", None),
        ("", None),
        ("   ", None),
        ("lima", None),
        ("1.234,5", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e5", None),
        ("1_0", None),
        ("\u0663", None),
        ("\u00b2", None),
        (".", None),
        ("100000000000", None),
        ("9" * 5000, None),
    ],
)
def test_typed_numbers(typed: str, number: str | None) -> None:
    assert parse_decimal(typed) == (None if number is None else Decimal(number))


def test_a_number_outside_of_the_range_is_none() -> None:
    assert parse_decimal("100", low=Decimal(0), high=Decimal(100)) == 100
    assert parse_decimal("100,0001", low=Decimal(0), high=Decimal(100)) is None


@pytest.mark.parametrize(
    "typed",
    [
        "0001-01-01",
        "9999-12-31",
        "1899-12-31",
        "3000-01-01",
        "2020-02-30",
        "20201020",
        "2020-W01-1",
        "2020-1-1",
        "\u0662020-10-20",
        "2020-10-20T10:00",
        "",
        "besok",
    ],
)
def test_days_that_no_school_has(typed: str) -> None:
    assert parse_date(typed) is None


def test_a_day_and_a_time_as_browsers_send_them() -> None:
    assert parse_date(" 2020-10-20 ") == date(2020, 10, 20)
    assert parse_local_time("2020-10-20T14:30") == datetime(2020, 10, 20, 14, 30)  # noqa: DTZ001 - has no zone yet
    assert parse_local_time("2020-10-20 14:30:05") == datetime(2020, 10, 20, 14, 30, 5)  # noqa: DTZ001


@pytest.mark.parametrize(
    "typed",
    ["0001-01-01T00:00", "9999-12-31T23:59", "2020-10-20T24:01", "2020-10-20T10:00+07:00", "2020-10-20", ""],
)
def test_times_that_no_form_sends(typed: str) -> None:
    assert parse_local_time(typed) is None


def test_a_word_of_a_list() -> None:
    assert parse_choice(Colour, "red") is Colour.RED
    assert [parse_choice(Colour, word) for word in ("", "Red", "RED", "red ", "blue", "\x00")] == [None] * 6
