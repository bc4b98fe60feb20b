"""Which language and which zone a page speaks."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, Response, g, request
from flask_babel import Babel, gettext, refresh
from markupsafe import Markup

from lms.web import cookies
from lms.web.routing import actor_or_none

LOCALES = ("id", "en")
DEFAULT_ZONE = "Asia/Jakarta"
COOKIE = "lang"


def init_i18n(app: Flask, folders: tuple[str, ...]) -> None:
    """Install Flask-Babel; ``folders`` are translation folders, the core's last so that it wins."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folders)
    Babel(app, default_locale="id", locale_selector=locale, timezone_selector=zone)
    app.jinja_env.globals["_"] = _template_sentences()

    @app.after_request
    def _remember(response: Response) -> Response:
        chosen = request.args.get("lang")
        if chosen in LOCALES:
            remember(response, chosen)
        return response


def remember(response: Response, language: str) -> None:
    """Keep the chosen language on this device for a year."""
    cookies.write(response, COOKIE, language, seconds=365 * 86400)


def locale() -> str:
    """The language of this answer, asked by every date and number of a page."""
    found: str | None = g.get("locale")
    if found is None:
        found = g.locale = _wished()
    return found


def use_language_of(language: str, zone_key: str) -> None:
    """Answer in a person's language and zone where nobody is signed in: a calendar, a letter."""
    g.locale = language if language in LOCALES else "id"
    g.zone = zone_key
    refresh()


def use_language_of_device() -> None:
    """Answer in the language of this device without asking who sits there, for want of a database."""
    g.locale = _of_device() or "id"


def _of_device() -> str | None:
    """``?lang=``, else the last choice on this device."""
    return next((wish for wish in (request.args.get("lang"), cookies.read(COOKIE)) if wish in LOCALES), None)


def _wished() -> str:
    """The language of this device, else the person's own, else Indonesian."""
    if wish := _of_device():
        return wish
    actor = actor_or_none()
    return actor.locale if actor and actor.locale in LOCALES else "id"


def zone() -> str:
    """The zone in which times are shown: the viewer's own, at first that of their school or office."""
    return str(g.get("zone", DEFAULT_ZONE))


def _template_sentences() -> Callable[..., Markup]:
    """``_()`` of templates: one look-up for each of a page's fifty sentences.

    What Flask-Babel and Jinja do together, without asking each time for context, domain and
    language, which cost more than everything else on a page. A sentence is trusted, its variables
    are escaped.
    """

    @lru_cache(maxsize=4096)
    def translated(_language: str, message: str) -> Markup:
        return Markup(gettext(message))  # noqa: S704 - our own catalogues

    @lru_cache(maxsize=4096)
    def whole(language: str, message: str) -> Markup:
        return translated(language, message) % {}

    def sentence(message: str, /, **variables: Any) -> Markup:
        language = locale()
        if variables:
            return translated(language, message) % variables
        return whole(language, message)

    return sentence
