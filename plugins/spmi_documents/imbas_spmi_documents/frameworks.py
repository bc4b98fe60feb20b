"""Frameworks that change every few years, as data: categories, standards, fund sources, months."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from imbas_spmi_documents.i18n import message
from imbas_spmi_documents.rules import ReportBand
from lms.api import Localized, Text, by_language, verbatim

SOURCES: dict[str, Text] = {
    "bos": message("BOS"),
    "grant": message("Bantuan pemerintah"),
    "district": message("APBD"),
    "committee": message("Komite sekolah"),
    "community": message("Masyarakat atau mitra"),
    "none": message("Tanpa biaya"),
}
"""Where the money of a plan line comes from."""

MONTHS: dict[int, Text] = {
    7: message("Juli"),
    8: message("Agustus"),
    9: verbatim("September"),
    10: message("Oktober"),
    11: verbatim("November"),
    12: message("Desember"),
    1: message("Januari"),
    2: message("Februari"),
    3: message("Maret"),
    4: verbatim("April"),
    5: message("Mei"),
    6: message("Juni"),
}
"""Months in the order of a school year."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A standard, indicator or sub-indicator of the 2017 framework."""

    level: str
    code: str
    parent: str
    name: Localized
    primary_school: bool


@cache
def indicators() -> dict[str, Indicator]:
    """The framework by code, in its own order."""
    with (files("imbas_spmi_documents") / "content" / "standards.csv").open(encoding="utf-8") as file:
        return {
            row["code"]: Indicator(
                row["level"],
                row["code"],
                row["parent"],
                by_language(row, "name"),
                row["primary_school"] == "1",
            )
            for row in csv.DictReader(file)
        }


@cache
def bands() -> tuple[ReportBand, ...]:
    """The categories of the report, lowest first."""
    with (files("imbas_spmi_documents") / "content" / "bands.csv").open(encoding="utf-8") as file:
        return tuple(
            ReportBand(
                row["code"],
                by_language(row, "label"),
                Decimal(row["max_inclusive"]),
                int(row["stars"]),
            )
            for row in csv.DictReader(file)
        )


def standard_name(number: int) -> Text:
    """The name of standard ``number`` (1..8) without the word "Standar"."""
    name = indicators()[str(number)].name
    return Localized({language: text.removeprefix("Standar ") for language, text in name.by_language.items()})


def short_name(number: int) -> Text:
    """The name of a standard where a chart leaves it little room."""
    return _SHORT.get(number) or standard_name(number)


_SHORT = {5: message("Pendidik dan Tendik")}


def choices_for_primary_school() -> dict[str, list[Indicator]]:
    """Indicators and sub-indicators that apply to primary schools, by standard code."""
    grouped: dict[str, list[Indicator]] = {str(number): [] for number in range(1, 9)}
    for entry in indicators().values():
        if entry.level != "standard" and entry.primary_school:
            grouped[entry.code.split(".", 1)[0]].append(entry)
    return grouped
