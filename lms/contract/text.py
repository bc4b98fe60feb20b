"""Texts for people, kept apart from the language in which somebody reads them.

A sentence of the code is a ``Message`` (made by ``Catalogue.message``), what a person wrote for several languages is a
``Localized``. Both, and what is put together from them, are a ``Text``: rendered at the edge, by ``in_(language)``.
What is stored for later is stored by ``stored`` and read by ``text_of``, so that it is read in any language.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar, cast

from lms.contract.catalogues import CORE, SOURCE, catalogue
from lms.contract.numbers import figure, percentage
from lms.contract.sentences import ended, upper_first


class Text(ABC):
    """A text that can be read in each language."""

    __slots__ = ()

    @abstractmethod
    def in_(self, language: str) -> str:
        """The text in ``language`` (a code such as ``"en"``); Indonesian where there is no other."""


Filled = TypeVar("Filled", bound=str)


def fill(translated: Filled, msgid: str, values: Mapping[str, Any]) -> Filled:
    """``translated`` with its ``%(name)s`` filled in; the Indonesian ``msgid`` where the translation names another one."""
    try:
        return cast(Filled, translated % values)
    except (KeyError, TypeError, ValueError):
        return cast(Filled, type(translated)(msgid) % values)


_PARAMETER = re.compile(r"%\(\w+\)")
Value = str | int | Decimal | Text
"""What may stand in a sentence. A Decimal is written as the language writes numbers, a Text in its language."""


@dataclass(frozen=True, slots=True)
class Message(Text):
    """A sentence of the code: ``msgid`` is the Indonesian one, ``package`` has the catalogue that knows the others.

    ``params`` fill ``%(name)s`` of the sentence; without any, a per cent sign stands for itself. ``number`` chooses the
    plural and fills ``%(num)s``. ``context`` tells apart what Indonesian says with one word.
    """

    msgid: str
    package: str = CORE
    params: tuple[tuple[str, Value], ...] = ()
    number: int | None = None
    context: str = ""

    def in_(self, language: str) -> str:
        """The sentence in ``language``, its parameters, too."""
        sentence = self._sentence(language)
        if not self.params and self.number is None:
            strange = _PARAMETER.search(sentence) and not _PARAMETER.search(self.msgid)
            return self.msgid if strange else sentence
        values: dict[str, str | int] = {name: _shown(value, language) for name, value in self.params}
        if self.number is not None:
            values["num"] = self.number
        return fill(sentence, self.msgid, values)

    def filled(self, **params: Value) -> "Message":
        """The same sentence with these parameters."""
        return replace(self, params=tuple(params.items()))

    def _sentence(self, language: str) -> str:
        known = catalogue(self.package, language)
        if self.number is not None:
            return known.ngettext(self.msgid, self.msgid, self.number)
        return known.pgettext(self.context, self.msgid) if self.context else known.gettext(self.msgid)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Makes the sentences of one package, the core or a plugin: they are looked up in its own catalogue."""

    package: str = CORE

    def message(self, msgid: str, /, **params: Value) -> Message:
        """A sentence: ``message("%(name)s tidak dikenal.", name=name)``."""
        return Message(msgid, self.package, tuple(params.items()))

    def counted_message(self, msgid: str, number: int, /, **params: Value) -> Message:
        """A sentence with a number in ``%(num)s``, in other languages with its plural."""
        return Message(msgid, self.package, tuple(params.items()), number)

    def message_in(self, context: str, msgid: str, /, **params: Value) -> Message:
        """A sentence that other languages say otherwise elsewhere: ``message_in("a stage", "Selesai")``."""
        return Message(msgid, self.package, tuple(params.items()), context=context)


_core = Catalogue()
message, counted_message, message_in = _core.message, _core.counted_message, _core.message_in


class Localized(Text):
    """What people wrote in one language or several: ``Localized(id="Kebun", en="Garden")``.

    Read in a language that it does not have, it is Indonesian. Raises ValueError without an Indonesian text.
    """

    __slots__ = ("by_language",)
    by_language: Mapping[str, str]

    def __init__(self, by_language: Mapping[str, str] | None = None, /, **more: str) -> None:
        self.by_language = {**(by_language or {}), **more}
        if SOURCE not in self.by_language:
            raise ValueError("a text has at least its Indonesian, under the key 'id'")

    def in_(self, language: str) -> str:
        """The text in ``language``."""
        return self.by_language.get(language) or self.by_language[SOURCE]

    def has(self, language: str) -> bool:
        """Whether it was written in ``language`` itself."""
        return bool(self.by_language.get(language))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Localized) and self.by_language == other.by_language

    def __hash__(self) -> int:
        return hash(self.by_language[SOURCE])

    def __repr__(self) -> str:
        return f"Localized({dict(self.by_language)!r})"


@dataclass(frozen=True, slots=True)
class Number(Text):
    """A number with ``places`` decimals, or as many as it has."""

    value: Decimal
    places: int | None = None

    def in_(self, language: str) -> str:
        """``5,50`` in Indonesian, ``5.50`` in English."""
        return figure(self.value, language, self.places)


@dataclass(frozen=True, slots=True)
class Percent(Text):
    """A share, 0 to 100, with ``places`` decimals, or as many as it has."""

    value: Decimal
    places: int | None = None

    def in_(self, language: str) -> str:
        """``26 %``, with a no-break space."""
        return percentage(self.value, language, self.places)


@dataclass(frozen=True, slots=True)
class CalendarDay(Text):
    """A day of the calendar."""

    value: date

    def in_(self, language: str) -> str:
        """``5 November 2020``."""
        from babel.dates import format_date  # 20 ms that the children which read files do without

        return format_date(self.value, "d MMMM y", locale=language)


@dataclass(frozen=True, slots=True)
class Joined(Text):
    """Texts one after the other, with ``separator`` between them."""

    separator: str
    parts: tuple[Text, ...]

    def in_(self, language: str) -> str:
        """All of them."""
        return self.separator.join(part.in_(language) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Sentence(Text):
    """A text as a sentence of its own: it begins with a capital and ends with a stop, whatever it begins with."""

    text: Text

    def in_(self, language: str) -> str:
        """The sentence."""
        return ended(upper_first(self.text.in_(language)))


def verbatim(text: str) -> Localized:
    """What reads the same in every language: a name, a code, what one person wrote."""
    return Localized({SOURCE: text})


def by_language(row: Mapping[str, str], column: str) -> Localized:
    """The text of a row of a table that has a column for each language: ``name.id``, ``name.en``, ..."""
    cells = {
        name.removeprefix(f"{column}."): text for name, text in row.items() if name.startswith(f"{column}.")
    }
    return Localized({language: text for language, text in cells.items() if text})


def stored(text: Text) -> dict[str, Any]:
    """A text as JSON values, still in no language or in all: ``text_of`` makes the text of it again."""
    match text:
        case Localized():
            return dict(text.by_language)
        case Message():
            params = {
                name: stored(value) if isinstance(value, Text) else _kept(value)
                for name, value in text.params
            }
            more = {"params": params or None, "number": text.number, "context": text.context or None}
            more = {key: value for key, value in more.items() if value is not None}
            return {"msgid": text.msgid, "package": text.package} | more
        case Number() | Percent():
            return {type(text).__name__.lower(): str(text.value), "places": text.places}
        case CalendarDay():
            return {"day": text.value.isoformat()}
        case Joined():
            return {"joined": [stored(part) for part in text.parts], "separator": text.separator}
        case Sentence():
            return {"sentence": stored(text.text)}
    raise TypeError(f"{type(text).__name__} cannot be stored")


def text_of(kept: Mapping[str, Any]) -> Text:
    """The text that ``stored`` made these JSON values of; a plain mapping by language is a ``Localized``."""
    if "msgid" in kept:
        params = tuple(
            (name, text_of(value) if isinstance(value, Mapping) else value)
            for name, value in kept.get("params", {}).items()
        )
        return Message(kept["msgid"], kept["package"], params, kept.get("number"), kept.get("context", ""))
    if SOURCE in kept:  # before the others: a language may be called as one of them
        return Localized(kept)
    if "number" in kept:
        return Number(Decimal(kept["number"]), kept["places"])
    if "percent" in kept:
        return Percent(Decimal(kept["percent"]), kept["places"])
    if "day" in kept:
        return CalendarDay(date.fromisoformat(kept["day"]))
    if "joined" in kept:
        return Joined(kept["separator"], tuple(map(text_of, kept["joined"])))
    return Sentence(text_of(kept["sentence"]))


def _shown(value: Value, language: str) -> str | int:
    if isinstance(value, Text):
        return value.in_(language)
    return figure(value, language) if isinstance(value, Decimal) else value


def _kept(value: str | int | Decimal) -> Any:
    return stored(Number(value)) if isinstance(value, Decimal) else value
