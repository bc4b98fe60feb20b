"""Exact numbers: ROUND_HALF_UP, decimal comma out (DOMAIN trap 6)."""

from decimal import ROUND_HALF_UP, Decimal

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
