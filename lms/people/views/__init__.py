"""Pages of people: signing in (``sign_in``), my own data (``me``), accounts of a school, roles, import."""

from lms.people.views import (
    me,
    role_assignments,
    roster,
    roster_accounts,
    roster_import,
    schools,
    second_factor,
    sign_in,
    trusted_devices,
)
from lms.people.views.blueprint import bp

__all__ = [
    "bp",
    "me",
    "role_assignments",
    "roster",
    "roster_accounts",
    "roster_import",
    "schools",
    "second_factor",
    "sign_in",
    "trusted_devices",
]
