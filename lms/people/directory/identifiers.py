"""Shapes of Indonesian identifiers: refuse a wrong shape, only warn about the inside.

Rules: requirement F1. Identifiers are text, never numbers; nothing is decoded from them.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.contract.normalise import clean_text
from lms.contract.text import Text, message


class EmploymentStatus(StrEnum):
    """How a teacher is employed: civil servant, civil servant on contract, honorary."""

    PNS = "pns"
    PPPK = "pppk"
    HONORARY = "honorary"


@dataclass(frozen=True, slots=True)
class Checked:
    """A cleaned identifier; with ``fault`` it must not be stored, with ``warning`` it may."""

    value: str
    fault: Text | None = None
    warning: Text | None = None


_SCIENTIFIC = re.compile(r"\s*'?[+-]?\d+([.,]\d+)?[eE]\+?\d+\s*")
_DECIMALS = re.compile(r"([0-9]+|[0-9]{1,3}(?:[.,][0-9]{3})+)[.,]0{1,2}")
"""A whole number as a spreadsheet writes it: ``8123456789.0``, ``8.123.456.789,00``."""
_EXACT_UP_TO = 2**53
"""A number with a decimal point was a floating one; above this it has lost its end."""
_NO_VALUE = re.compile(r"#(?:RUMUS|N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)", re.IGNORECASE)
_NPSN = re.compile(r"[0-9]{8}|[KP][0-9]{7}")
_PHONE = re.compile(r"\+628[0-9]{7,11}")
_REGION = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")
_NOTHING = frozenset({"", "-", "0"})
_NOISE = re.compile(r"[\s'’‘`´.,\-\u2010-\u2015\u2212]")
"""What people put between the groups of a number, and the apostrophe that makes it text in Excel."""
_OLDEST, _YOUNGEST = 1930, 2012
"""Birth years of people who may work in a school today."""


def is_scientific(raw: str) -> bool:
    """Whether a spreadsheet has turned an identifier into 1,23457E+15."""
    return bool(_SCIENTIFIC.fullmatch(raw))


def whole_number(raw: str) -> str:
    """An identifier as it was typed, whatever a spreadsheet made of it: ``99900004.0`` is ``99900004``.

    Invisible signs go. What cannot be told for sure stays as it is.
    """
    plain = clean_text(raw).lstrip("'’‘`´").strip()
    match = _DECIMALS.fullmatch(plain)
    return match[1] if match else plain


def has_lost_its_end(raw: str) -> bool:
    """Whether ``raw`` came through a number that cannot hold it: ``1,2E+15``, 18 digits with ``.0``."""
    plain = clean_text(raw)
    if is_scientific(plain):
        return True
    whole = re.fullmatch(r"'?(\d{16,20})[.,]0+", plain)
    return bool(whole and int(whole[1]) > _EXACT_UP_TO)


def has_no_result(raw: str) -> bool:
    """Whether a cell holds an error of Excel, or a formula whose result the file lacks."""
    return bool(_NO_VALUE.fullmatch(raw.strip()))


def check_npsn(raw: str) -> Checked:
    """A school's number: 8 digits, or K/P and 7 digits."""
    value = whole_number(raw).upper()
    value = value if "." in value or "," in value else _NOISE.sub("", value)  # points are of a region code
    if _NPSN.fullmatch(value) and not has_lost_its_end(raw):
        return Checked(value)
    return Checked(
        value,
        message("NPSN berisi 8 angka. Lembaga kursus dan PKBM memakai K atau P dan 7 angka."),
    )


def check_nuptk(raw: str) -> Checked:
    """An educator's number: 16 digits or nothing; it is not decoded."""
    return _digits(raw, 16, "NUPTK")


def check_nip(raw: str, status: EmploymentStatus | None = None) -> Checked:
    """NIP (PNS) or NI PPPK: 18 digits or nothing, with a warning when the inside is unusual.

    Digits 13-14 are a month for PNS only; with PPPK they are not.
    """
    checked = _digits(raw, 18, "NIP")
    if checked.fault or not checked.value:
        return checked
    value = checked.value
    sound = _is_birth(value[:8]) and value[8:10] in {"19", "20"} and value[14] in "12"
    if status is EmploymentStatus.PNS:
        sound = sound and 1 <= int(value[12:14]) <= 12
    if sound:
        return checked
    return Checked(
        value,
        warning=message("NIP ini tidak lazim. Mohon dicocokkan dengan SK. Nomor tetap disimpan."),
    )


def check_phone(raw: str) -> Checked:
    """A mobile number as +628...; 08..., 62... and a zero lost by a spreadsheet are understood."""
    if fault := _no_value("Nomor HP", raw):
        return Checked(clean_text(raw), fault)
    digits = re.sub(r"[^0-9]", "", whole_number(raw))
    if not digits or not digits.strip("0"):
        return Checked("")
    digits = re.sub(r"^(00)?62", "", digits).lstrip("0")
    value = f"+62{digits}"
    foreign = any(char.isnumeric() and not char.isascii() for char in raw)  # 081234567²
    if _PHONE.fullmatch(value) and not foreign and not has_lost_its_end(raw):
        return Checked(value)
    return Checked(
        clean_text(raw),
        message("Nomor HP ini belum dikenali. Contoh yang benar: 0812 3456 7890."),
    )


def is_region_code(raw: str) -> bool:
    """Whether ``raw`` is a dotted region code of the home ministry, such as 16.07.03."""
    return bool(_REGION.fullmatch(raw))


def spaced_nip(nip: str) -> str:
    """A NIP as it is printed, in groups of 8-6-1-3."""
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}" if len(nip) == 18 else nip


def _digits(raw: str, length: int, name: str) -> Checked:
    if fault := _no_value(name, raw):
        return Checked(clean_text(raw), fault)
    if has_lost_its_end(raw):
        shown = clean_text(raw)
        return Checked(
            shown,
            message(
                "%(name)s ini rusak oleh Excel (%(shown)s). Ubah kolom menjadi Teks, lalu ketik ulang.",
                name=name,
                shown=shown,
            ),
        )
    value = _NOISE.sub("", whole_number(raw))
    if value in _NOTHING:
        return Checked("")
    if value.isascii() and value.isdigit() and len(value) == length:
        return Checked(value)
    return Checked(
        value,
        message("%(name)s berisi %(length)s angka. Kosongkan bila belum punya.", name=name, length=length),
    )


def _no_value(name: str, raw: str) -> Text | None:
    """What to say of a cell whose formula has no result in the file."""
    if not has_no_result(raw):
        return None
    return message(
        "%(name)s di sel ini rumus tanpa hasil. Buka di Excel, simpan, lalu unggah lagi.", name=name
    )


def _is_birth(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return _OLDEST <= born.year <= _YOUNGEST
