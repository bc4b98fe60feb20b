"""What a reader sees and hears on a page, and the faults of wording that a program can find there."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "kbd", "textarea", "code", "pre"})
_SPOKEN = frozenset({"alt", "aria-label", "title", "placeholder"})
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_BLOCKS = frozenset(
    {
        "p",
        "li",
        "td",
        "th",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "h4",
        "label",
        "legend",
        "caption",
        "option",
        "button",
        "summary",
        "div",
        "section",
        "title",
        "tr",
        "br",
        "text",
    }
)

IDENTIFIER = re.compile(r"(?<![\w./@:=-])[a-z]+(?:_[a-z0-9]+)+(?![\w./@=-])")
"""A name of the program: ``quality_team``, ``in_service``."""
TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
BARE_PERCENT = re.compile(r"\d %|\d%")
"""A per cent sign without a no-break space before it."""
COMMA_NUMBER = re.compile(r"(?<![\d.,])\d{1,3},\d{1,2}(?![\d,])")
"""A decimal comma, which English does not write."""
COUNTED = re.compile(
    r"(?<![\d.,/-])1 (?:pieces|schools|participants|people|questions|teachers|changes|files|attempts|cards|"
    r"plans|reviews|minutes|hours|days|items|goals|names|rows|marks|codes|tasks|problems|lines|points)\b"
)
"""One of something, in the plural."""


class _Reader(HTMLParser):
    """Texts in the order of the page with the language that each of them claims."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = [("", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", self._open[-1][1])
        if tag in _BLOCKS:
            self.found.append(("\n", language))
        if tag not in _SILENT:
            self.found += [
                (f"\n{value}\n", language)
                for name, value in given.items()
                if name in _SPOKEN or name.startswith("data-text")
            ]
        if tag not in _VOID:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.found.append(("\n", self._open[-1][1]))
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth][0] == tag:
                del self._open[depth:]
                break

    def handle_data(self, data: str) -> None:
        tag, language = self._open[-1]
        if tag not in _SILENT:
            self.found.append((data, language))


def shown(html: str) -> Iterator[tuple[str, str]]:
    """``(line, language)`` of everything on a page that is read or spoken; the language may be ""."""
    reader = _Reader()
    reader.feed(html)
    line, spoken = "", ""
    for text, language in (*reader.found, ("\n", "")):
        if text.startswith("\n") or language != spoken:
            if line.strip():
                yield " ".join(re.split(r"[ \t\r\n]+", line)).strip(), spoken
            line, spoken = "", language
        line += text
