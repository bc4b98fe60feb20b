"""The service worker, the page "Tanpa sinyal", and who is signed in, for forms that wait on a phone (decision 0030)."""

import logging
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import HTTPException

from lms.contract.actors import Actor
from lms.contract.plugin import OfflinePage
from lms.platform.application import platform
from lms.platform.db import db
from lms.platform.plugins import plugins
from lms.web.offline_commands import is_offline_page, offline_page
from lms.web.routing import SIGNED_IN, current_actor, page, public

log = logging.getLogger(__name__)
bp = Blueprint("offline", __name__)
WORKER_POLICY = "default-src 'none'; connect-src 'self'"
"""It fetches from us and does nothing else: no script is added to it, no other server asked."""


@bp.get("/sw.js")
@public
def service_worker() -> ResponseReturnValue:
    """The script under a name that never changes: browsers compare it with the one they run, at each visit."""
    published = Path(str(current_app.jinja_env.globals["asset"]("sw.js"))).name  # type: ignore[operator]
    response = Response(
        (platform().settings.data / "static" / published).read_bytes(), mimetype="text/javascript"
    )
    response.headers["Cache-Control"] = "max-age=0, must-revalidate"
    response.headers["Content-Security-Policy"] = WORKER_POLICY
    response.set_etag(published)
    return response.make_conditional(request)


@bp.get("/tanpa-sinyal")
@page(SIGNED_IN)
@offline_page
def home() -> ResponseReturnValue:
    """What this person may take along; the script adds what lies on this phone."""
    return render_template("web/offline.html", pages=list(_pages(current_actor())))


@bp.get("/tanpa-sinyal/siapa")
@page(SIGNED_IN)
def who() -> ResponseReturnValue:
    """Whose forms may be sent now, and the token that goes with them: it counts for this sign-in alone."""
    return jsonify(person=current_actor().person_id, token=generate_csrf())


def _pages(actor: Actor) -> Iterator[OfflinePage]:
    session = db.session()
    for of_domain in platform().core.offline_pages:
        yield from of_domain(session, actor)
    for name, offered in plugins().ask("lms_offline_pages", session=session, actor=actor):
        for found in offered:
            if _can_be_kept(found.href):
                yield found
            else:
                log.warning(
                    "plugin %s: %s is no page with @offline_page, so it is not offered", name, found.href
                )


def _can_be_kept(href: str) -> bool:
    address = current_app.create_url_adapter(request)
    try:
        endpoint, _arguments = address.match(href.partition("?")[0], "GET") if address else ("", {})
    except HTTPException:
        return False
    return is_offline_page(current_app.view_functions.get(endpoint))
