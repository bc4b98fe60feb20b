"""Frameworks that change every few years, as data: categories, standards, fund sources, months."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from imbas_spmi_documents.rules import ReportBand
from lms.api import Text

SOURCES: dict[str, Text] = {
    "bos": Text("BOS", "School operating grant (BOS)"),
    "grant": Text("Bantuan pemerintah", "Government grant"),
    "district": Text("APBD", "District budget"),
    "committee": Text("Komite sekolah", "School committee"),
    "community": Text("Masyarakat atau mitra", "Community or partner"),
    "none": Text("Tanpa biaya", "No cost"),
}
"""Where the money of a plan line comes from."""

MONTHS: dict[int, Text] = {
    7: Text("Juli", "July"),
    8: Text("Agustus", "August"),
    9: Text("September", "September"),
    10: Text("Oktober", "October"),
    11: Text("November", "November"),
    12: Text("Desember", "December"),
    1: Text("Januari", "January"),
    2: Text("Februari", "February"),
    3: Text("Maret", "March"),
    4: Text("April", "April"),
    5: Text("Mei", "May"),
    6: Text("Juni", "June"),
}
"""Months in the order of a school year."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A standard, indicator or sub-indicator of the 2017 framework."""

    level: str
    code: str
    parent: str
    name: Text
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
                Text(row["name_id"], row["name_en"] or row["name_id"]),
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
                Text(row["label_id"], row["label_en"]),
                Decimal(row["max_inclusive"]),
                int(row["stars"]),
            )
            for row in csv.DictReader(file)
        )


def standard_name(number: int) -> Text:
    """The name of standard ``number`` (1..8) without the word "Standar"."""
    name = indicators()[str(number)].name
    return Text(name.id.removeprefix("Standar "), name.en)


def short_name(number: int) -> Text:
    """The name of a standard where a chart leaves it little room."""
    return _SHORT.get(number) or standard_name(number)


_SHORT = {5: Text("Pendidik dan Tendik", "Educators and Staff")}


def choices_for_primary_school() -> dict[str, list[Indicator]]:
    """Indicators and sub-indicators that apply to primary schools, by standard code."""
    grouped: dict[str, list[Indicator]] = {str(number): [] for number in range(1, 9)}
    for entry in indicators().values():
        if entry.level != "standard" and entry.primary_school:
            grouped[entry.code.split(".", 1)[0]].append(entry)
    return grouped
