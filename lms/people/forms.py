"""From posted fields to values."""

from collections.abc import Mapping

from lms.contract.actors import Role
from lms.contract.errors import Invalid
from lms.contract.text import Text
from lms.people import api

PERSON_FIELDS = (
    "full_name",
    "title_front",
    "title_back",
    "nip",
    "nuptk",
    "employment_status",
    "position",
    "phone",
)


def person_fields(form: Mapping[str, str]) -> api.PersonFields:
    """The person as typed; an unknown employment status counts as none."""
    typed = {name: form.get(name, "") for name in PERSON_FIELDS if name != "employment_status"}
    status = form.get("employment_status", "")
    known = {member.value: member for member in api.EmploymentStatus}
    return api.PersonFields(**typed, employment_status=known.get(status))


def role_field(value: str) -> Role:
    """The role of a select; raises Invalid."""
    try:
        return Role(value)
    except ValueError:
        text = Text("Pilih salah satu peran.", "Choose one of the roles.")
        raise Invalid.at("role", text) from None
