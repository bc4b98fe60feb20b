"""What the content files list: formats, levels with their verbs, bands of the item analysis."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

import yaml

from imbas_hots_assessment.i18n import message
from lms.api import Localized, Text, by_language

CONTENT = files("imbas_hots_assessment") / "content"


@dataclass(frozen=True, slots=True)
class Level:
    """A cognitive level; ``shared`` verbs stand under other levels too, so they prove nothing."""

    code: str
    group: str
    title: Text
    verbs: tuple[str, ...]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A label from ``minimum`` (inclusive) up, and what to do then."""

    code: str
    minimum: Decimal
    label: Text
    advice: Text


@cache
def formats() -> dict[str, Text]:
    """Item formats by code, in their order."""
    entries = yaml.safe_load((CONTENT / "formats.yaml").read_text(encoding="utf-8"))
    return {entry["code"]: Localized(entry["title"]) for entry in entries}


@cache
def levels() -> dict[str, Level]:
    """The six levels by code, in their order."""
    entries = yaml.safe_load((CONTENT / "levels.yaml").read_text(encoding="utf-8"))
    return {
        entry["code"]: Level(
            entry["code"],
            entry["group"],
            Localized(entry["title"]),
            tuple(entry["verbs"]),
            tuple(entry["shared"]),
        )
        for entry in entries
    }


@cache
def bands() -> dict[tuple[str, str], tuple[Band, ...]]:
    """Bands by (statistic, scheme), highest first."""
    found: dict[tuple[str, str], list[Band]] = {}
    with (CONTENT / "bands.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            band = Band(
                row["code"],
                Decimal(row["minimum"]),
                by_language(row, "label"),
                by_language(row, "advice"),
            )
            found.setdefault((row["statistic"], row["scheme"]), []).append(band)
    return {
        key: tuple(sorted(entries, key=lambda band: band.minimum, reverse=True))
        for key, entries in found.items()
    }


def band_of(statistic: str, scheme: str, value: Decimal) -> Band:
    """The band of ``value`` (rounded to two decimals, as it is printed); raises KeyError."""
    entries = bands()[statistic, scheme]
    return next((band for band in entries if value >= band.minimum), entries[-1])


def advice_of(difficulty: Band, discrimination: Band) -> Text:
    """What to do with an item by p and D together.

    An item that nearly all or nearly none put right has hardly anybody to tell apart, so that a poor D
    alone is no reason to replace it.
    """
    if discrimination.code == "poor":
        return _TOO_FEW_TO_TELL_APART.get(difficulty.code, discrimination.advice)
    return discrimination.advice


_TOO_FEW_TO_TELL_APART = {
    "easy": message("hampir semua benar, jadi tidak dapat memilah; pertahankan bila menguji bekal dasar"),
    "hard": message("sukar dan tidak memilah; tinjau kalimat dan pengajarannya lebih dulu"),
}
