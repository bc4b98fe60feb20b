"""Markdown of material to safe HTML, in sections. HTML inside is sanitised, never trusted."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt

_RENDERER = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "loading"}, "ol": {"start"}}
_TABLE = '<div class="scroll" role="group" tabindex="0" aria-label="Tabel">'
"""A wide table moves inside its own frame, by keyboard, too; material is Indonesian."""
_PICTURE = re.compile(r'<img src="([^"/:]+)"')


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a material under one ``##`` heading; ``html`` is safe to show as it is."""

    number: int
    title: str
    html: str
    words: int


def render(markdown: str, picture_url: Callable[[str], str]) -> str:
    """Safe HTML; ``picture_url`` turns a picture's file name into its address."""
    html = nh3.clean(
        _RENDERER.render(markdown),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"https"},
        link_rel="noopener noreferrer",
    )
    html = html.replace("<table>", f"{_TABLE}<table>").replace("</table>", "</table></div>")
    return _PICTURE.sub(lambda found: f'<img loading="lazy" src="{picture_url(found[1])}"', html)


def sections(markdown: str, picture_url: Callable[[str], str]) -> tuple[Section, ...]:
    """The text cut at its ``##`` headings; what stands before the first is its own section."""
    parts = re.split(r"^## +(.+)$", markdown, flags=re.MULTILINE)
    intro = re.sub(r"^# .+$", "", parts[0], count=1, flags=re.MULTILINE).strip()
    titled = [("", intro)] if intro else []
    titled += [(parts[index].strip(), parts[index + 1]) for index in range(1, len(parts), 2)]
    return tuple(
        Section(number, title, render(text, picture_url), len(text.split()))
        for number, (title, text) in enumerate(titled, start=1)
    )
