"""Fields of the form for a definition: what each shows, and what a typed text means."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from lms.contract.numbers import comma
from lms.contract.parsing import parse_date, parse_decimal, parse_local_time, whole
from lms.contract.text import Text, message, verbatim
from lms.contract.typed_errors import UNREADABLE
from lms.contract.typed_fields import TypedField, ValueKind
from lms.programmes.definition.errors import Path

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Field:
    """``kind``: text, optional, lines, number, percent, date, moment, mode, yes_no or choice. ``value`` is as the form shows it.

    ``longest`` is the most characters that it takes, None where something else bounds it. ``typed`` is the field of a plugin's section.
    """

    name: str
    path: Path
    kind: str
    label: Text
    value: str
    longest: int | None
    typed: TypedField | None = None

    @property
    def options(self) -> dict[str, Text]:
        """Of a choice: each value with its word, an empty one where it may be left out."""
        if self.typed is None or self.kind != "choice":
            return {}
        words = {value: self.typed.label.options[value] for value in self.typed.options}
        return {"": verbatim("-"), **words} if self.typed.may_be_empty else words

    def meant(self, text: str, zone: ZoneInfo) -> Any:
        """The value of the definition that a typed text means; raises ValueError."""
        return self.typed.meant(text, zone) if self.typed else value_of(self.kind, text, zone)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; ``number`` is the stage's, 0 for the whole programme."""

    number: int
    title: Text
    fields: tuple[Field, ...]


SENTENCES = {
    "text": message("Wajib diisi."),
    "number": message("Tulis bilangan bulat."),
    "percent": message("Tulis angka 0 sampai 100, misalnya 70 atau 82,5."),
    "date": message("Pilih tanggalnya."),
    "moment": message("Pilih tanggal dan jamnya."),
    "mode": message("Pilih Zoom atau tatap muka."),
    "yes_no": message("Pilih ya atau tidak."),
    "decimal": UNREADABLE[ValueKind.DECIMAL],
    "choice": UNREADABLE[ValueKind.CHOICE],
}
_YES_NO = {"yes": True, "no": False}


def shown(kind: str, value: Any, zone: ZoneInfo) -> str:
    """A value of the definition as its field shows it."""
    if kind == "moment":
        return datetime.fromisoformat(str(value)).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    if kind == "percent":
        number = parse_decimal(str(value))
        return comma(number) if number is not None else str(value)
    if kind == "lines":
        return "\n".join(value)
    if kind == "yes_no":
        return "yes" if value else "no"
    return str(value)


def value_of(kind: str, text: str, zone: ZoneInfo) -> Any:
    """What a typed text means; raises ValueError."""
    if kind == "moment":
        return _known(parse_local_time(text)).replace(tzinfo=zone).isoformat()
    if kind == "date":
        return _known(parse_date(text)).isoformat()
    if kind == "number":
        return whole(text)
    if kind == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if kind == "percent":
        return str(_known(parse_decimal(text)))
    if kind == "yes_no":
        return _known(_YES_NO.get(text))
    return text


def _known(value: Parsed | None) -> Parsed:
    if value is None:
        raise ValueError
    return value
