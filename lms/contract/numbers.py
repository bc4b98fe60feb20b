"""Exact numbers: ROUND_HALF_UP, and how each language writes them."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

HUNDRED = Decimal(100)


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """``value`` rounded half up to ``places`` decimals: 5.495 becomes 5.50."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def percent(earned: Decimal, maximum: Decimal) -> Decimal:
    """``earned`` of ``maximum`` in percent, rounded half up to 2 decimals; 0 when maximum is 0."""
    return rounded(earned * HUNDRED / maximum) if maximum else Decimal("0.00")


def comma(value: Decimal | int, places: int | None = None) -> str:
    """``value`` with a decimal comma: ``comma(Decimal("5.5"), 2) == "5,50"``.

    Without ``places`` trailing zeros are dropped.
    """
    number = Decimal(value)
    if places is not None:
        text = format(rounded(number, places), "f")
    else:
        text = format(number, "f")
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",")


def figure(value: Decimal | int, language: str, places: int | None = None) -> str:
    """``value`` as ``language`` writes it: ``5,50`` in Indonesian, ``5.50`` in English."""
    return comma(value, places).replace(",", _symbols(language)[0])


def percentage(value: Decimal | int, language: str, places: int | None = None) -> str:
    """``value`` (0..100) with its sign after a no-break space: ``26 %``, so that no line ends between them.

    Source: Pedoman Umum Ejaan Bahasa Indonesia and SI brochure, 5.4.7 (a space before the per cent sign).
    """
    return f"{figure(value, language, places)}\u00a0%"


def grouped(value: int, language: str) -> str:
    """A whole number in groups of three: ``2.400.000`` in Indonesian, ``2,400,000`` in English."""
    return f"{value:,}".replace(",", _symbols(language)[1])


@cache
def _symbols(language: str) -> tuple[str, str]:
    """Decimal sign and sign between groups of three. Source: CLDR."""
    from babel.numbers import (  # 20 ms that a child which reads files does without
        get_decimal_symbol,
        get_group_symbol,
    )

    return get_decimal_symbol(language), get_group_symbol(language)
