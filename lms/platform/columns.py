"""What a column takes is checked before the driver sees it, in one place for both databases.

SQLite stores text of any length, whole numbers of 64 bits and NUL in any column; PostgreSQL does not, and says so by an
error of its driver. So that both take the same, every column of text, whole numbers and dates gets a type that
checks what is written, by objects and by Core statements alike, of the core and of plugins (``checked``).
JSON is checked by the engine's serializer (``dump_json``), exact numbers and times by their own types (``db.py``).
"""

import json
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Date, Dialect, Enum, Integer, String, TypeDecorator
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeEngine

from lms.contract.characters import is_storable
from lms.contract.errors import Invalid
from lms.contract.parsing import FIRST_DAY, LAST_DAY, MAX_BIGINT, MAX_INTEGER
from lms.contract.text import Sentence, Text, message


class Unstorable(Invalid, DontWrapMixin):
    """A value that its column cannot hold; ``fields`` names the column. SQLAlchemy passes it on as it is."""


Value = TypeVar("Value")


class _Checked(TypeDecorator[Value]):
    """The type ``kind`` of ``column``, which stays what the schema says."""

    impl = TypeEngine
    cache_ok = True

    def __init__(self, column: str, kind: TypeEngine[Value]) -> None:
        self.column, self.kind = column, kind
        self.impl = kind  # type: ignore[assignment]  # of this column; declared for the class

    @property
    def python_type(self) -> type[Value]:
        """What a row holds."""
        return self.kind.python_type


class CheckedString(_Checked[str]):
    """Text without NUL and lone surrogates, at most as long as its column; to compare with, also longer."""

    impl = String
    cache_ok = True

    def __init__(self, column: str, kind: String) -> None:
        super().__init__(column, kind)
        self.longest = kind.length

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        """Check a text on its way into the database."""
        if isinstance(value, str):
            check_text(self.column, value)
            if self.longest is not None and len(value) > self.longest:
                raise unstorable(
                    self.column,
                    message(
                        "paling panjang %(longest)s huruf, sekarang %(length)s",
                        longest=self.longest,
                        length=len(value),
                    ),
                )
        return value

    def coerce_compared_value(self, _operator: Any, _value: Any) -> TypeEngine[Any]:
        """Of a text to compare with: longer than the column, it finds nothing."""
        return self if self.longest is None else CheckedString(self.column, String())


class CheckedInteger(_Checked[int]):
    """A whole number of 32 or 64 bits."""

    impl = Integer
    cache_ok = True

    def __init__(self, column: str, kind: Integer) -> None:
        super().__init__(column, kind)
        self.most = MAX_BIGINT if isinstance(kind, BigInteger) else MAX_INTEGER

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        """Check a number on its way into the database."""
        if isinstance(value, int) and not -self.most - 1 <= value <= self.most:
            raise unstorable(self.column, message("angkanya terlalu besar"))
        return value

    def coerce_compared_value(self, _operator: Any, value: Any) -> TypeEngine[Any]:
        """Of a number to compare with: beyond 32 bits, it finds nothing."""
        beyond = isinstance(value, int) and not -MAX_INTEGER - 1 <= value <= MAX_INTEGER
        return CheckedInteger(self.column, BigInteger()) if beyond else self.kind


class CheckedDate(_Checked[date]):
    """A day of the years 1900 to 2999, which has a beginning and an end in every zone."""

    impl = Date
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        """Check a day on its way into the database."""
        if isinstance(value, date):
            check_day(self.column, value)
        return value


def checked(column: str, kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type of ``column`` that checks what it takes; ``kind`` itself when it is none of these, or does so."""
    if isinstance(kind, String) and not isinstance(kind, Enum):
        return CheckedString(column, kind)
    if isinstance(kind, Integer):
        return CheckedInteger(column, kind)
    return CheckedDate(column, kind) if isinstance(kind, Date) else kind


def check_text(column: str, value: str) -> None:
    """Raise Unstorable for a text that holds what databases cannot keep."""
    if not is_storable(value):
        raise unstorable(column, message("memuat tanda yang tidak dapat disimpan"))


def check_day(column: str, value: date) -> None:
    """Raise Unstorable for a day outside of the years 1900 to 2999."""
    if not FIRST_DAY <= (value.date() if isinstance(value, datetime) else value) <= LAST_DAY:
        raise unstorable(
            column,
            message("tahunnya antara %(first)s dan %(last)s", first=FIRST_DAY.year, last=LAST_DAY.year),
        )


def dump_json(value: Any) -> str:
    """``value`` as JSON that both databases take; raises Unstorable naming the key of what they do not."""
    try:
        text = json.dumps(value, allow_nan=False)
    except ValueError:
        raise unstorable("JSON", message("memuat angka yang bukan bilangan")) from None
    if "\\u0000" in text or "\\ud" in text:
        _check_texts("JSON", value)
    return text


def unstorable(column: str, fault: Text) -> Unstorable:
    """The refusal of what was written into ``column``; ``fault`` is a part of a sentence."""
    return Unstorable(
        message(
            "Isian “%(column)s” tidak dapat disimpan: %(fault)s. Tidak ada yang diubah.",
            column=column,
            fault=fault,
        ),
        fields={column: Sentence(fault)},
    )


def _check_texts(name: str, value: Any) -> None:
    if isinstance(value, str):
        check_text(name, value)
    elif isinstance(value, dict):
        for key, entry in value.items():
            _check_texts(name, key)
            _check_texts(str(key), entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            _check_texts(name, entry)
