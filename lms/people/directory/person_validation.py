"""What may be written about a person, cleaned and checked in one go. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from lms.contract.normalise import clean_text
from lms.contract.text import Text, message
from lms.people.directory.identifiers import Checked, EmploymentStatus, check_nip, check_nuptk, check_phone
from lms.people.directory.names import (
    display_name,
    name_is_usable,
    tidy_name,
    tidy_titles,
    username_is_usable,
)

SOME_FAULTS = message("Ada isian yang perlu diperbaiki. Isian lain tetap ada di halaman ini.")
"""What stands over a form some of whose fields have a fault of their own."""


@dataclass(frozen=True, slots=True)
class PersonFields:
    """A person as typed or imported; only the name is needed."""

    full_name: str
    title_front: str = ""
    title_back: str = ""
    nip: str = ""
    nuptk: str = ""
    employment_status: EmploymentStatus | None = None
    position: str = ""
    phone: str = ""

    @property
    def display_name(self) -> str:
        """The name with its titles."""
        return display_name(self.full_name, self.title_front, self.title_back)


@dataclass(frozen=True, slots=True)
class CheckedFields:
    """Cleaned fields; with ``faults`` they cannot be stored, ``warnings`` only ask to look again."""

    fields: PersonFields
    faults: Mapping[str, Text] = field(default_factory=dict)
    warnings: Mapping[str, Text] = field(default_factory=dict)


_LENGTHS = {"title_front": 40, "title_back": 80, "position": 80}


def check_fields(fields: PersonFields) -> CheckedFields:
    """Clean every field of ``fields`` and say what is wrong with which."""
    front, back = tidy_titles(fields.title_front, fields.title_back)
    clean = replace(
        fields,
        full_name=tidy_name(fields.full_name),
        title_front=front,
        title_back=back,
        position=clean_text(fields.position),
    )
    faults: dict[str, Text] = {}
    warnings: dict[str, Text] = {}
    if not name_is_usable(clean.full_name):
        faults["full_name"] = message("Isi nama lengkap tanpa gelar, paling banyak 120 huruf.")
    for name, most in _LENGTHS.items():
        value = getattr(clean, name)
        if len(value) > most or (value and not value.isprintable()):
            faults[name] = message("Isian ini paling banyak %(most)s huruf.", most=most)
    checks: dict[str, Callable[[], Checked]] = {
        "nip": lambda: check_nip(clean.nip, clean.employment_status),
        "nuptk": lambda: check_nuptk(clean.nuptk),
        "phone": lambda: check_phone(clean.phone),
    }
    for name, check in checks.items():
        checked = check()
        clean = replace(clean, **{name: checked.value})  # type: ignore[arg-type]
        if checked.fault:
            faults[name] = checked.fault
        elif checked.warning:
            warnings[name] = checked.warning
    return CheckedFields(clean, faults, warnings)


def number_of_another(name: str) -> Text:
    """What to say of a NIP or NUPTK (``name``) that somebody else has."""
    return message(
        "%(name)s ini sudah tercatat untuk orang lain. Periksa nomornya. Bila ia pindah sekolah, hubungi admin.",
        name=name,
    )


def username_fault(username: str) -> Text | None:
    """Why ``username`` (already lower case) cannot be used, or None."""
    if username_is_usable(username):
        return None
    return message("Nama pengguna berisi 3-40 huruf kecil, angka, titik, atau garis.")
