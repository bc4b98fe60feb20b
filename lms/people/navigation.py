"""Links of the main menu: the accounts one runs, and one's own data."""

from flask import url_for

from lms.contract.actors import Actor
from lms.contract.plugin import Link
from lms.people import api
from lms.web.i18n import gettext as _


def navigation(actor: Actor) -> list[Link]:
    """The links of accounts and one's own data."""
    links: list[Link] = []
    found = api.reach(actor, "people.view_accounts")
    if found.agency_ids or found.school_ids:
        links.append(Link(_("Akun"), url_for("people.accounts")))
    links.append(Link(_("Saya"), url_for("people.me"), also=(url_for("people.notices"),)))
    return links
