"""Typed fields with the words that people read: of a section of a programme's definition, of a plugin's settings.

A model says its types and bounds by pydantic, what people call a field by ``FieldLabel``; forms and lists of changes are
made of both.
"""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import AfterValidator, BaseModel, ConfigDict

from lms.contract.numbers import comma
from lms.contract.parsing import FIRST_DAY, LAST_DAY, parse_date, parse_decimal, parse_int, parse_local_time
from lms.contract.text import Text, message, verbatim


class TypedFields(BaseModel):
    """Base of such a model: unchangeable, refuses names that it does not have, takes spaces off both ends of a text."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class FieldFault(ValueError):
    """What a validator of a model raises, so that its sentence (without a stop, in lower case) is read in each language."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


def _of_our_days(value: date) -> date:
    if not FIRST_DAY <= value <= LAST_DAY:
        raise FieldFault(
            message("tahunnya antara %(first)s dan %(last)s", first=FIRST_DAY.year, last=LAST_DAY.year)
        )
    return value


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise FieldFault(message("waktu harus memakai zona, misalnya 2020-10-30T16:00:00+07:00"))
    _of_our_days(value.date())
    return value


Day = Annotated[date, AfterValidator(_of_our_days)]
"""A day from 1900 to 2999."""
Moment = Annotated[datetime, AfterValidator(_aware)]
"""A time with its zone, from 1900 to 2999."""


@dataclass(frozen=True, slots=True)
class FieldLabel:
    """What people read of a field: its name, a sentence of help, a word for each value of a ``Literal``.

    ``known_by`` belongs to a list of parts: the field that tells one from another, as ``"no"``, so that moving an entry is not
    removing and adding it. No two entries of a list have the same; a definition with a second one is refused.
    """

    title: Text
    help: Text | None = None
    options: Mapping[str, Text] = field(default_factory=dict)
    known_by: str = ""

    def entry(self, known: str) -> Text:
        """What an entry of a list is called, as ``Petak A``, ``Pendampingan ke-2``."""
        return EntryTitle(self.title, verbatim(known))


@dataclass(frozen=True, slots=True)
class EntryTitle(Text):
    """Two words that name an entry of a list; a first one that ends in a hyphen is joined to the second."""

    what: Text
    known: Text

    def in_(self, language: str) -> str:
        """``Petak A``, ``Pendampingan ke-2``."""
        what = self.what.in_(language)
        return what + ("" if what.endswith("-") else " ") + self.known.in_(language)


class ValueKind(StrEnum):
    """How a field is shown and typed; LIST and PART hold fields of their own."""

    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal"
    DATE = "date"
    MOMENT = "moment"
    YES_NO = "yes_no"
    CHOICE = "choice"
    LIST = "list"
    PART = "part"


@dataclass(frozen=True, slots=True)
class TypedField:
    """One field of a model. ``may_be_empty``: nothing typed means None, or an empty text."""

    name: str
    kind: ValueKind
    label: FieldLabel
    may_be_empty: bool
    optional: bool
    longest: int | None = None
    lowest: Any = None
    highest: Any = None
    """Of a number or a day; None where there is no bound."""
    options: tuple[str, ...] = ()
    model: type[TypedFields] | None = None
    """Of a LIST or a PART."""

    def shown(self, value: Any, zone: ZoneInfo) -> str:
        """A value of JSON, or of the model, as its field of a form shows it."""
        if value is None:
            return ""
        if self.kind is ValueKind.MOMENT:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        if self.kind is ValueKind.DECIMAL:
            number = parse_decimal(str(value))
            return str(value) if number is None else comma(number)
        if self.kind is ValueKind.YES_NO:
            return "yes" if value else "no"
        return str(value)

    def meant(self, text: str, zone: ZoneInfo) -> Any:
        """The value of JSON that a typed text means; raises ValueError for one that is none of its kind."""
        if not text and self.may_be_empty:
            return None if self.optional else ""
        value: Any = _READ[self.kind](text)
        if value is None:
            raise ValueError(text)
        if isinstance(value, datetime):
            return value.replace(tzinfo=zone).isoformat()
        return value.isoformat() if isinstance(value, date) else value


def fields_of(model: type[TypedFields]) -> tuple[TypedField, ...]:
    """The fields of a model in their order; raises TypeError for a type that no form shows."""
    return tuple(
        _field(name, Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation)
        for name, info in model.model_fields.items()
    )


def settings_faults(model: type[TypedFields]) -> Iterator[str]:
    """What keeps a model from being a plugin's settings: each field is one value, has words, and a default."""
    faults = list(label_faults(model))
    yield from faults
    for one in () if faults else fields_of(model):
        if one.model:
            yield f"field {one.name!r}: settings are single values, without lists and parts"
        elif model.model_fields[one.name].is_required():
            yield f"field {one.name!r} has no default; an agency that has chosen nothing uses it"


def label_faults(model: type[TypedFields]) -> Iterator[str]:
    """A sentence for each field that has no words, or a type that no form shows."""
    try:
        found = fields_of(model)
    except TypeError as error:
        yield str(error)
        return
    for one in found:
        if one.label is _UNNAMED:
            yield (
                f"field {one.name!r} has no words; write {one.name}: Annotated[<type>, FieldLabel(message(...))]"
            )
            continue
        for value in one.options:
            if value not in one.label.options:
                yield f"field {one.name!r}: its FieldLabel has no word for {value!r}; add it to options"
        if one.kind is ValueKind.LIST and one.model and one.label.known_by not in one.model.model_fields:
            names = ", ".join(one.model.model_fields)
            yield f"field {one.name!r}: known_by of its FieldLabel must name a field of an entry, one of {names}"
        if one.model:
            yield from (f"field {one.name!r}: {fault}" for fault in label_faults(one.model))


_UNNAMED = FieldLabel(verbatim(""))
_YES_NO = {"yes": True, "no": False}
_KINDS: Mapping[type, ValueKind] = {
    str: ValueKind.TEXT,
    int: ValueKind.NUMBER,
    Decimal: ValueKind.DECIMAL,
    date: ValueKind.DATE,
    datetime: ValueKind.MOMENT,
    bool: ValueKind.YES_NO,
}
_READ: Mapping[ValueKind, Any] = {
    ValueKind.TEXT: lambda text: text or None,
    ValueKind.CHOICE: lambda text: text or None,
    ValueKind.NUMBER: lambda text: parse_int(text, low=-(2**31)),
    ValueKind.DECIMAL: lambda text: None if (number := parse_decimal(text)) is None else str(number),
    ValueKind.DATE: parse_date,
    ValueKind.MOMENT: parse_local_time,
    ValueKind.YES_NO: _YES_NO.get,
}


def _field(name: str, hint: Any) -> TypedField:
    plain, metadata, optional = _unwrapped(hint)
    found = next((entry for entry in metadata if isinstance(entry, FieldLabel)), _UNNAMED)
    if get_origin(plain) is Literal:
        return TypedField(name, ValueKind.CHOICE, found, optional, optional, options=get_args(plain))
    if isinstance(plain, type) and issubclass(plain, TypedFields):
        return TypedField(name, ValueKind.PART, found, optional, optional, model=plain)
    if get_origin(plain) is tuple and get_args(plain)[1:] == (Ellipsis,):
        entry = get_args(plain)[0]
        if isinstance(entry, type) and issubclass(entry, TypedFields):
            return TypedField(name, ValueKind.LIST, found, True, optional, model=entry)
    kind = _KINDS.get(plain)
    if kind is None:
        raise TypeError(
            f"field {name!r} has the type {plain!r}, which no form shows; use str, int, Decimal, date, datetime, bool, "
            "a Literal, a model of TypedFields, or tuple[<such a model>, ...]"
        )
    longest = next((entry.max_length for entry in metadata if isinstance(entry, MaxLen)), None)
    least = next((entry.min_length for entry in metadata if isinstance(entry, MinLen)), 0)
    low = next((entry.ge for entry in metadata if isinstance(entry, Ge)), None)
    high = next((entry.le for entry in metadata if isinstance(entry, Le)), None)
    may_be_empty = optional or (kind is ValueKind.TEXT and not least)
    return TypedField(name, kind, found, may_be_empty, optional, longest, low, high)


def _unwrapped(hint: Any) -> tuple[Any, list[Any], bool]:
    """The type without ``Annotated`` and ``| None``, what was annotated, and whether it may be None."""
    metadata: list[Any] = []
    optional = False
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            metadata += more
        elif get_origin(hint) in (Union, types.UnionType) and types.NoneType in get_args(hint):
            optional = True
            rest = [one for one in get_args(hint) if one is not types.NoneType]
            if len(rest) != 1:
                return hint, metadata, optional
            hint = rest[0]
        else:
            return hint, [inner for entry in metadata for inner in _inner(entry)], optional


def _inner(entry: Any) -> list[Any]:
    """What one annotation says; ``Field(...)`` inside of ``X | None`` holds several."""
    return list(getattr(entry, "metadata", None) or [entry])
