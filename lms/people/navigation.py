"""Links of the main menu: the accounts one runs, and one's own data."""

from flask import url_for
from flask_babel import gettext as _

from lms.contract.actors import Actor
from lms.people import api


def navigation(actor: Actor) -> list[tuple[str, ...]]:
    """Text and address of each link."""
    links: list[tuple[str, ...]] = []
    found = api.reach(actor, "people.view_accounts")
    if found.agency_ids or found.school_ids:
        links.append((_("Akun"), url_for("people.accounts")))
    links.append((_("Saya"), url_for("people.me")))
    return links
