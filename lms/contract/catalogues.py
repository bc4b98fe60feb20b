"""Catalogues of translated sentences, by package and language; read once in a process.

The catalogue of a package lies in its folder ``translations``, in gettext's own layout:
``<language>/LC_MESSAGES/messages.mo``. A further folder (setting ``LMS_TRANSLATIONS``) holds the same below the name
of each package, so that an office adds a language without changing a package. Sentences are Indonesian in the code,
therefore Indonesian has no catalogue. A package that does not know a sentence asks the catalogue of the core; what no
catalogue knows stays Indonesian.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

CORE = "lms"
SOURCE = "id"
"""The language of the sentences in the code."""

_further: list[Path] = []


def look_in(folder: Path | None) -> None:
    """Look for catalogues in ``folder/<package>/``, too, before those of the packages; None for these alone."""
    wanted = [folder] if folder else []
    if wanted == _further:
        return
    _further[:] = wanted
    languages.cache_clear()
    catalogue.cache_clear()


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages in which pages can be read: Indonesian, and those of which the core has a catalogue."""
    found = {
        place.name
        for folder in _folders(CORE)
        if folder.is_dir()
        for place in folder.iterdir()
        if _file(folder, place.name).is_file() and _is_known(place.name)
    }
    return (SOURCE, *sorted(found - {SOURCE}))


def language_name(code: str) -> str:
    """What a language calls itself: ``Bahasa Indonesia``, ``English``, ``Jawa``."""
    from babel import Locale  # 20 ms that the children which read files do without

    return (
        "Bahasa Indonesia" if code == SOURCE else str(Locale.parse(code).get_language_name(code)).capitalize()
    )


@cache
def catalogue(package: str, language: str) -> NullTranslations:
    """The sentences of a package in a language; what it lacks is the core's, else Indonesian."""
    found = [
        _file(folder, language)
        for owner in dict.fromkeys((package, CORE))
        for folder in _folders(owner)
        if language != SOURCE and _file(folder, language).is_file()
    ]
    first: NullTranslations | None = None
    for file in found:
        with file.open("rb") as opened:
            read = GNUTranslations(opened)
        if first is None:
            first = read
        else:
            first.add_fallback(read)
    return first or NullTranslations()


def _folders(package: str) -> "list[Traversable]":
    from importlib.resources import files  # 10 ms that the children which read files do without

    further = [folder / package for folder in _further]
    try:
        return [*further, files(package) / "translations"]
    except ModuleNotFoundError:  # what a plugin has said is still stored when it is uninstalled
        return [*further]


def _file(folder: "Traversable", language: str) -> "Traversable":
    return folder / language / "LC_MESSAGES" / "messages.mo"


def _is_known(code: str) -> bool:
    """Whether dates and numbers can be written in it."""
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        return False
    return True
