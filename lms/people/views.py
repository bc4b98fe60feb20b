"""Pages of people. Importing this registers every page of the rooms on the one blueprint."""

from lms.people.access.views import role_assignments, roster, roster_accounts, roster_import, schools
from lms.people.auth.views import second_factor, sign_in, trusted_devices
from lms.people.blueprint import bp
from lms.people.notices.views import notices
from lms.people.plugin_settings.views import settings
from lms.people.privacy.views import erasure, me

__all__ = [
    "bp",
    "erasure",
    "me",
    "notices",
    "role_assignments",
    "roster",
    "roster_accounts",
    "roster_import",
    "schools",
    "second_factor",
    "settings",
    "sign_in",
    "trusted_devices",
]
