"""Template filters, what every page's frame needs, and that each request is counted."""

from typing import Any

from flask import Flask, request

from lms.contract.actors import Actor, Place
from lms.platform.application import platform
from lms.platform.clock import now
from lms.platform.plugins import plugins
from lms.web.autosave_messages import saving_texts, upload_texts
from lms.web.filters import filters
from lms.web.i18n import locale, other_languages
from lms.web.offline_messages import offline_texts
from lms.web.request_metrics import init_counting
from lms.web.routing import actor_or_none
from lms.web.status_labels import status_word


def init_app(app: Flask) -> None:
    """Install filters, globals, the frame's context and the counting."""
    init_counting(app)
    app.jinja_env.filters.update(filters())
    app.jinja_env.globals.update(
        locale=locale,
        other_languages=other_languages,
        saving_texts=saving_texts,
        offline_texts=offline_texts,
        upload_texts=upload_texts,
        status_word=lambda key: status_word(key, locale()),
    )
    is_demo = platform(app).settings.environment == "demo"

    @app.context_processor
    def _frame() -> dict[str, Any]:
        actor = actor_or_none()
        return {
            "actor": actor,
            "now": now(),
            "demo_clock": is_demo,
            "navigation": navigation(actor) if actor else (),
        }


def navigation(actor: Actor) -> list[dict[str, Any]]:
    """The main links of this actor: the core's, then those that plugins offer.

    ``current`` is what ``aria-current`` says: this very page, a page reached through it ("true"), or empty.
    """
    links = [link for found in reversed(platform().core.navigation) for link in found(actor)]
    place = next((Place(school_id=grant.school_id) for grant in actor.grants if grant.school_id), Place())
    for _name, offered in plugins().ask("lms_navigation", actor=actor, place=place):
        links += offered
    best = max(
        (address for link in links for address in (link.href, *link.also) if _is_within(address)),
        key=len,
        default="",
    )
    return [
        {
            "text": link.text,
            "href": link.href,
            "current": ""
            if best not in (link.href, *link.also)
            else "page"
            if request.path == link.href
            else "true",
        }
        for link in links
    ]


def _is_within(address: str) -> bool:
    """Whether the page that is asked for stands at ``address`` or below."""
    return request.path == address or request.path.startswith(address.rstrip("/") + "/")
