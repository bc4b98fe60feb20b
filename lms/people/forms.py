"""From posted fields to values, and from errors back to sentences beside the fields."""

from collections.abc import Callable, Mapping

from flask import request, url_for
from flask_babel import get_locale

from lms.contract.actors import Role
from lms.contract.errors import ImbasError, Invalid
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
        raise Invalid(text, fields={"role": text}) from None


def sentences(error: ImbasError | None) -> dict[str, str]:
    """Field -> sentence in the viewer's language; the whole error stands under ``""``."""
    if error is None:
        return {}
    locale = str(get_locale() or "id")
    fields = {name: text.in_(locale) for name, text in error.fields.items()}
    return fields or {"": error.text.in_(locale)}


def page_number() -> int:
    """``?hal=`` as a number from 1."""
    value = request.args.get("hal", "1")
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def page_url(endpoint: str, search: str = "", **values: int) -> Callable[[int], str]:
    """The address of another page of the same list, for the pager."""

    def address(number: int) -> str:
        return url_for(endpoint, cari=search or None, hal=number, **values)  # type: ignore[arg-type]

    return address
