"""Exact numbers against whole-number arithmetic."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.contract.numbers import comma, figure, percent, percentage, rounded
from lms.contract.parsing import parse_decimal

points = st.decimals(0, 10_000, places=4, allow_nan=False, allow_infinity=False)


def half_up(value: Fraction, places: int) -> Fraction:
    step = 10**places
    return Fraction((value * step * 2 + 1) // 2, step)


@given(points, st.integers(0, 4))
def test_rounded_is_half_up(value: Decimal, places: int) -> None:
    found = rounded(value, places)
    assert Fraction(found) == half_up(Fraction(value), places)
    assert found.as_tuple().exponent == -places


@pytest.mark.parametrize(
    ("value", "shown"), [("5.495", "5.50"), ("5.485", "5.49"), ("2.5", "2.50"), ("-0.005", "-0.01")]
)
def test_rounding_does_not_prefer_even_digits(value: str, shown: str) -> None:
    assert str(rounded(Decimal(value))) == shown


@given(points, points)
def test_percent_is_the_rounded_share(earned: Decimal, maximum: Decimal) -> None:
    found = percent(earned, maximum)
    if maximum == 0:
        assert str(found) == "0.00"
    else:
        assert Fraction(found) == half_up(Fraction(earned) * 100 / Fraction(maximum), 2)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Decimal("5.5"), 2, "5,50"),
        (Decimal("5.495"), 2, "5,50"),
        (Decimal("5.50"), None, "5,5"),
        (Decimal("80.00"), None, "80"),
        (Decimal(80), None, "80"),
        (100, None, "100"),
        (Decimal("1E+2"), None, "100"),
        (Decimal("0.000"), None, "0"),
        (Decimal("12.34"), 0, "12"),
    ],
)
def test_numbers_are_shown_with_a_comma(value: Decimal | int, places: int | None, shown: str) -> None:
    assert comma(value, places) == shown


@given(points)
def test_what_is_shown_is_read_again(value: Decimal) -> None:
    assert parse_decimal(comma(value)) == value


@pytest.mark.parametrize(
    ("value", "places", "indonesian", "english"),
    [
        (Decimal("5.98"), 2, "5,98", "5.98"),
        (Decimal("26.0"), None, "26", "26"),
        (Decimal("0.125"), 2, "0,13", "0.13"),
        (Decimal("-3.5"), None, "-3,5", "-3.5"),
        (7, 1, "7,0", "7.0"),
    ],
)
def test_each_language_writes_its_own_sign_and_a_percentage_stays_on_one_line(
    value: Decimal | int, places: int | None, indonesian: str, english: str
) -> None:
    assert (figure(value, "id", places), figure(value, "en", places)) == (indonesian, english)
    assert percentage(value, "id", places) == f"{indonesian}\u00a0%"
    assert percentage(value, "en", places) == f"{english}\u00a0%"
