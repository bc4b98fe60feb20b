"""Which language and which zone a page speaks."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, has_app_context, has_request_context, request
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from lms.contract.catalogues import CORE, SOURCE, catalogue, language_name, languages
from lms.contract.text import CalendarDay, Catalogue, Text, Value, fill, text_of
from lms.web import cookies
from lms.web.routing import actor_or_none

DEFAULT_ZONE = "Asia/Jakarta"
COOKIE = "lang"


class Translator(Catalogue):
    """The sentences of one package, in Python: later by ``message``, at once by ``gettext``.

    A module of a plugin writes ``_ = Translator("imbas_garden").gettext``; its templates have ``_`` of their own.
    """

    __slots__ = ()

    def gettext(self, msgid: str, /, **params: Value) -> str:
        """A sentence in the language of this answer."""
        return self.message(msgid, **params).in_(locale())

    def ngettext(self, one: str, _many: str, number: int, /, **params: Value) -> str:
        """A sentence with ``%(num)s`` in the language of this answer; Indonesian has no plural, so ``one`` is enough."""
        return self.counted_message(one, number, **params).in_(locale())


_core = Translator(CORE)
gettext, ngettext = _core.gettext, _core.ngettext


def init_i18n(app: Flask, packages: Mapping[str, str]) -> None:
    """Give templates their sentences; ``packages`` names the package of each plugin by the folder of its templates."""
    for package in {CORE, *packages.values()}:
        ending = "" if package == CORE else package
        app.jinja_env.globals[f"_{ending}"] = _template_sentences(package)
        app.jinja_env.globals[f"ngettext{ending}"] = _template_plurals(package)
    app.jinja_env.extend(packages=dict(packages))
    app.jinja_env.add_extension(OwnCatalogue)

    @app.after_request
    def _remember(response: Response) -> Response:
        chosen = request.args.get("lang")
        if chosen in languages():
            remember(response, chosen)
        return response


class OwnCatalogue(Extension):
    """Each template asks the catalogue of the package it belongs to, also where it extends a template of the core.

    ``_`` and ``ngettext`` of a plugin's template become ``_imbas_garden`` and ``ngettextimbas_garden`` when it is compiled.
    """

    def filter_stream(self, stream: TokenStream) -> TokenStream | Iterator[Token]:
        """The template with its own names."""
        package = self.environment.packages.get((stream.name or "").partition("/")[0])  # type: ignore[attr-defined]
        return _renamed(stream, package) if package else stream


def _renamed(stream: TokenStream, package: str) -> Iterator[Token]:
    for token in stream:
        is_sentence = token.type == "name" and token.value in ("_", "ngettext")
        yield Token(token.lineno, "name", token.value + package) if is_sentence else token


def remember(response: Response, language: str) -> None:
    """Keep the chosen language on this device for a year."""
    cookies.write(response, COOKIE, language, seconds=365 * 86400)


def locale() -> str:
    """The language of this answer, asked by every date and number of a page; Indonesian where nobody asks."""
    if not has_request_context():
        return str(g.get("locale", SOURCE)) if has_app_context() else SOURCE
    found: str | None = g.get("locale")
    if found is None:
        found = g.locale = _wished()
    return found


def use_language_of(language: str, zone_key: str) -> None:
    """Answer in a person's language and zone where nobody is signed in: a calendar, a letter."""
    g.locale = language if language in languages() else SOURCE
    g.zone = zone_key


def use_language_of_device() -> None:
    """Answer in the language of this device without asking who sits there, for want of a database."""
    g.locale = _of_device() or SOURCE


def _of_device() -> str | None:
    """``?lang=``, else the last choice on this device."""
    return next(
        (wish for wish in (request.args.get("lang"), cookies.read(COOKIE)) if wish in languages()), None
    )


def _wished() -> str:
    """The language of this device, else the person's own, else Indonesian."""
    if wish := _of_device():
        return wish
    actor = actor_or_none()
    return actor.locale if actor and actor.locale in languages() else SOURCE


def other_languages() -> list[tuple[str, str]]:
    """Code and name of each language that this page is not in."""
    return [(code, language_name(code)) for code in languages() if code != locale()]


def zone() -> str:
    """The zone in which times are shown: the viewer's own, at first that of their school or office."""
    return str(g.get("zone", DEFAULT_ZONE))


def format_date(value: date | datetime) -> str:
    """``5 November 2020`` in the language of this answer; a moment is first taken to the reader's zone."""
    day = value.astimezone(ZoneInfo(zone())).date() if isinstance(value, datetime) else value
    return CalendarDay(day).in_(locale())


def shown(text: Text | Mapping[str, Any] | str) -> str:
    """A text in the language of this answer, also one that was stored as JSON."""
    if isinstance(text, Mapping):
        text = text_of(text)
    return text.in_(locale()) if isinstance(text, Text) else str(text)


def _template_sentences(package: str) -> Callable[..., Markup]:
    """``_()`` of templates: one look-up for each of a page's fifty sentences.

    A sentence is trusted, its variables are escaped.
    """

    @lru_cache(maxsize=4096)
    def translated(language: str, message: str) -> Markup:
        return Markup(catalogue(package, language).gettext(message))  # noqa: S704 - our own catalogues

    @lru_cache(maxsize=4096)
    def whole(language: str, message: str) -> Markup:
        return fill(translated(language, message), message, {})

    def sentence(message: str, /, **variables: Any) -> Markup:
        language = locale()
        if variables:
            return fill(translated(language, message), message, variables)
        return whole(language, message)

    return sentence


def _template_plurals(package: str) -> Callable[..., Markup]:
    """``ngettext()`` of templates, with the number in ``%(num)s``."""

    def sentence(one: str, many: str, number: int, /, **variables: Any) -> Markup:
        found = catalogue(package, locale()).ngettext(one, many, number)
        return fill(Markup(found), one if number == 1 else many, {"num": number, **variables})  # noqa: S704 - our own catalogues

    return sentence
