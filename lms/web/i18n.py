"""Which language and which zone a page speaks."""

from flask import Flask, Response, g, request
from flask_babel import Babel

from lms.web.routing import actor_or_none

LOCALES = ("id", "en")
DEFAULT_ZONE = "Asia/Jakarta"
COOKIE = "lang"


def init_i18n(app: Flask, folders: tuple[str, ...]) -> None:
    """Install Flask-Babel; ``folders`` are translation folders, the core's last so that it wins."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folders)
    Babel(app, default_locale="id", locale_selector=locale, timezone_selector=zone)

    @app.after_request
    def _remember(response: Response) -> Response:
        chosen = request.args.get("lang")
        if chosen in LOCALES:
            response.set_cookie(COOKIE, chosen, max_age=365 * 86400, samesite="Lax", httponly=True)
        return response


def locale() -> str:
    """``?lang=``, else the last choice on this device, else the person's own, else Indonesian."""
    for wish in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wish in LOCALES:
            return wish
    actor = actor_or_none()
    return actor.locale if actor and actor.locale in LOCALES else "id"


def zone() -> str:
    """The zone in which times are shown: that of the viewer's school or agency."""
    return str(g.get("zone", DEFAULT_ZONE))
