"""From what people and programs send to plain values: bounded, ASCII digits only, None for everything else.

``str.isdigit()`` calls ``²`` and ``٣`` digits, ``int()`` and ``Decimal()`` take underscores and other scripts,
``fromisoformat()`` takes years and weeks that no calendar of a school has. These functions take what a form's field
sends, within a range that the database holds.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

MAX_INTEGER = 2**31 - 1
"""The largest whole number of an INTEGER column of PostgreSQL, and so of every key."""
MAX_BIGINT = 2**63 - 1
"""The largest whole number of a BIGINT column, on SQLite of every column."""
MAX_EXACT = Decimal("99999999999.9999")
"""The largest number of a NUMERIC(15, 4) column."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""Days that are taken: in every zone they have a day before and a day after."""

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?")
_MOST_SIGNS = 40
Choice = TypeVar("Choice", bound=StrEnum)


def parse_int(text: str, *, low: int = 0, high: int = MAX_INTEGER) -> int | None:
    """The whole number in ``text``, ``low`` to ``high`` included; None when it is none, or outside."""
    found = _INTEGER.fullmatch(text.strip())
    number = int(found.group()) if found else None
    return number if number is not None and low <= number <= high else None


def whole(text: str) -> int:
    """``parse_int`` for ``request.form.get(name, 0, type=whole)``: raises ValueError in place of None."""
    return _given(parse_int(text), text)


def long_whole(text: str) -> int:
    """``whole`` for the key of a row that people make every day for years: 64 bits."""
    return _given(parse_int(text, high=MAX_BIGINT), text)


def _given(number: int | None, text: str) -> int:
    if number is None:
        raise ValueError(text)
    return number


def parse_decimal(text: str, *, low: Decimal = -MAX_EXACT, high: Decimal = MAX_EXACT) -> Decimal | None:
    """The number in ``text`` with decimal comma or point; None when it is not a plain number, or outside.

    Thousands separators are not accepted: "1.234" is 1,234.
    """
    cleaned = text.strip().replace("\u2212", "-").replace(",", ".")
    if len(cleaned) > _MOST_SIGNS or not _DECIMAL.fullmatch(cleaned):
        return None
    number = Decimal(cleaned)
    return number if low <= number <= high else None


def parse_date(text: str, *, low: date = FIRST_DAY, high: date = LAST_DAY) -> date | None:
    """The day of a ``date`` field (``2020-10-20``); None when the calendar has none, or outside."""
    if not _DATE.fullmatch(text.strip()):
        return None
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if low <= found <= high else None


def parse_local_time(text: str) -> datetime | None:
    """The naive time of a ``datetime-local`` field (``2020-10-20T14:30``); None when it is none."""
    if not _MOMENT.fullmatch(text.strip()):
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if FIRST_DAY <= found.date() <= LAST_DAY else None


def parse_choice(kind: type[Choice], text: str) -> Choice | None:
    """The member of ``kind`` whose word ``text`` is; None when it has no such word."""
    return next((member for member in kind if member.value == text), None)
