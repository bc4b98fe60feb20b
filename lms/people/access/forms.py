"""From posted fields to values."""

from collections.abc import Mapping

from lms.contract.actors import Role
from lms.contract.errors import Invalid
from lms.contract.parsing import parse_choice
from lms.contract.text import message
from lms.people.directory.identifiers import EmploymentStatus
from lms.people.directory.person_validation import PersonFields

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


def person_fields(form: Mapping[str, str]) -> PersonFields:
    """The person as typed; an unknown employment status counts as none."""
    typed = {name: form.get(name, "") for name in PERSON_FIELDS if name != "employment_status"}
    status = form.get("employment_status", "")
    return PersonFields(**typed, employment_status=parse_choice(EmploymentStatus, status))


def role_field(value: str) -> Role:
    """The role of a select; raises Invalid."""
    role = parse_choice(Role, value)
    if role is None:
        raise Invalid.at("role", message("Pilih salah satu peran."))
    return role
