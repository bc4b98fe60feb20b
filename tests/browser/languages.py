"""Which language stands on a page, told by the words of our own catalogues.

A word that stands in Indonesian sentences and in no English one is Indonesian, and the other way
round. What people wrote is nobody's translation, and is told by looking into the database.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.pofile import read_po
from sqlalchemy import MetaData, create_engine, select

ROOT = Path(__file__).parents[2]
NAMES = frozenset({"Bahasa Indonesia", "English", "Grade Baik", "Grade Cukup"})
"""Languages in their own words, and predicates as the certificate prints them."""
WORD = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{3,}(?![0-9A-Za-z])")
SPOKEN = frozenset({"alt", "aria-label", "title", "placeholder"})
SILENT = frozenset({"kbd", "script", "style"})
VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


@cache
def only_in(language: str) -> frozenset[str]:
    """Words that our sentences use in this language and never in the other."""
    words: dict[str, set[str]] = {"id": set(), "en": set()}
    for indonesian, english in _pairs():
        words["id"] |= _words(indonesian)
        words["en"] |= _words(english)
    other = "en" if language == "id" else "id"
    return frozenset(words[language] - words[other])


def foreign(html: str, language: str, written: frozenset[str]) -> list[str]:
    """Sentences of the other language on a page that claims ``language``.

    What people wrote (``written``) is left out: a line of several words wherever it stands, a
    single word only where nothing else stands beside it.
    """
    reader = _Texts()
    reader.feed(html)
    wrong = only_in("en" if language == "id" else "id")
    found: list[str] = []
    for text in reader.found:
        if text.strip() in written | NAMES or not _words(text) & wrong:
            continue
        rest = _without(text, written)
        if strange := _words(rest) & wrong:
            found.append(f"{' '.join(text.split())[:70]} ({', '.join(sorted(strange))})")
    return found


def unmarked(html: str) -> list[str]:
    """What people wrote in Indonesian on an English page, as far as nothing says that it is Indonesian.

    Three Indonesian words and more are a sentence, less is a name; a title that a sentence of ours
    quotes belongs to that sentence. Source: WCAG 2.2, 3.1.2.
    """
    if '<html lang="en"' not in html:
        return []
    reader = _Texts(aloud=False)
    reader.feed(html)
    ours, theirs = only_in("en"), only_in("id")
    return [
        " ".join(text.split())[:70]
        for text in reader.found
        if len(_words(text) & theirs) >= 3 and not _words(text) & ours
    ]


def _without(text: str, written: frozenset[str]) -> str:
    rest = "\n".join("" if line.strip() in written else line for line in text.splitlines())
    for known in sorted((line for line in _lines(written) if line in rest), key=len, reverse=True):
        rest = rest.replace(known, " ")
    return rest


@cache
def _lines(written: frozenset[str]) -> tuple[str, ...]:
    return tuple(line for line in written if " " in line)


def _words(text: str) -> set[str]:
    plain = re.sub(r"%\(\w+\)s|\{\w*\}", " ", text)
    return {word.lower() for word in WORD.findall(plain) if not word.isupper()}  # HOTS, TPMPS, RPP


def _pairs() -> Iterator[tuple[str, str]]:
    for path in [*ROOT.glob("lms/translations/en/*/*.po"), *ROOT.glob("plugins/*/*/translations/en/*/*.po")]:
        with path.open("rb") as file:
            yield from ((_flat(found.id), _flat(found.string)) for found in read_po(file) if found.id)


def _flat(message: object) -> str:
    return message if isinstance(message, str) else " ".join(message)  # type: ignore[call-overload]


class _Texts(HTMLParser):
    """Texts of a page's own; a part with a ``lang`` of its own is material.

    ``aloud``: with the title and spoken attributes, which can have no ``lang``.
    """

    def __init__(self, *, aloud: bool = True) -> None:
        super().__init__()
        self._aloud = aloud
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = [("", True)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        own = self._open[-1][1] and tag not in SILENT and (self._aloud or tag != "title")
        own = own and (tag == "html" or "lang" not in given)
        if own and self._aloud:
            self.found += [v for k, v in given.items() if k in SPOKEN or k.startswith("data-text")]
        if tag not in VOID:
            self._open.append((tag, own))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth][0] == tag:
                del self._open[depth:]
                break

    def handle_data(self, data: str) -> None:
        if self._open[-1][1] and data.strip():
            self.found.append(data)


def written_by_people(database_url: str) -> frozenset[str]:
    """Every text that stands in the database or in a module's content: nobody translates that."""
    engine = create_engine(database_url)
    tables = MetaData()
    tables.reflect(engine)
    found: set[str] = set()
    with engine.connect() as connection:
        for table in tables.sorted_tables:
            for row in connection.execute(select(table)):
                for value in row:
                    _collect(value, found)
    engine.dispose()
    for path in ROOT.glob("plugins/*/imbas_*/content/**/*.json"):
        _collect(path.read_text(), found)
    return frozenset(found)


def _collect(value: object, found: set[str]) -> None:
    if isinstance(value, str):
        if value[:1] in "[{":
            with suppress(ValueError):
                return _collect(json.loads(value), found)
        for line in value.splitlines():
            found.update(
                (line.strip(), *(cell.strip() for cell in re.split(r"[\t|]", line)))
            )  # of a pasted table
    elif isinstance(value, dict):
        for part in value.values():
            _collect(part, found)
    elif isinstance(value, list | tuple):
        for part in value:
            _collect(part, found)
    return None
