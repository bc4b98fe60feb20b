"""Kinds of lesson plan and tags, read from data: they change with every curriculum."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from imbas_lesson_planning.i18n import message
from lms.api import (
    DocumentContent,
    DocumentField,
    DocumentKind,
    DocumentOption,
    DocumentPart,
    FieldKind,
    Localized,
    Text,
)

HEADING, TEXT, LOW_REASON = "heading", "text", "low_reason"
"""The part of title and tags; the one field of every other part; why no higher level is chosen."""
_CONTENT = files("imbas_lesson_planning") / "content"
_TITLE = DocumentField(
    "title",
    message("Judul"),
    FieldKind.LINE,
    hint=message("Misalnya: Ekosistem selokan, kelas V."),
    longest=160,
    signs=1,
    needed=message("Tulis judul rencana, misalnya Ekosistem selokan, kelas V."),
    is_title=True,
)
_LOW_REASON = DocumentField(
    LOW_REASON,
    message("Alasan tanpa C4-C6"),
    FieldKind.LINE,
    hint=message("Misalnya: KD ini hanya meminta mengenal. Penelaah membacanya."),
    longest=500,
    required=False,
)


@cache
def kinds() -> tuple[DocumentKind, ...]:
    """Every kind, in the order of the file: its own parts, then title and tags."""
    return tuple(_kind(entry) for entry in _read("kinds.yaml"))


def lacking(content: DocumentContent) -> Iterator[tuple[str, Text]]:
    """A level of C4-C6, where one can be chosen and no reason says why the competence asks for none."""
    values = content.values(HEADING)
    for field in _tags().values():
        chosen = set(values.get(field.key, ()))
        reason = re.findall(r"[^\W_]", values.get(LOW_REASON, ""))
        if chosen and _too_low(field.key, chosen) and len(reason) < 3:  # a dash is no reason
            yield HEADING, field.label


def tidy(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A higher level that is chosen leaves no reason behind why there is none."""
    low = all(_too_low(key, set(values.get(key, ()))) for key in _higher())
    return values if low else {**values, LOW_REASON: ""}


def _too_low(key: str, chosen: set[str]) -> bool:
    return key in _higher() and not chosen & _higher()[key]


def _kind(entry: dict[str, Any]) -> DocumentKind:
    tags = tuple(_tags()[key] for key in entry["tags"])
    heading = DocumentPart(
        HEADING,
        message("Judul dan muatan"),
        (_TITLE, *tags, _LOW_REASON),
        tidy=tidy,
    )
    return DocumentKind(
        entry["key"],
        Localized(entry["title"]),
        entry["rubric"],
        (*(_part(part) for part in entry["parts"]), heading),
        source=Localized(entry["source"]),
        since=entry.get("since", 0),
        deliverable=entry["deliverable"],
    )


def _part(entry: dict[str, Any]) -> DocumentPart:
    title, guidance, short = (
        Localized(entry["title"]),
        Localized(entry["guidance"]),
        entry.get("short", False),
    )
    field = DocumentField(
        TEXT,
        message("Tulisan Bapak/Ibu"),
        FieldKind.LINE if short else FieldKind.TEXT,
        hint=guidance,
        longest=200 if short else 8000,
        required=entry["required"],
        signs=1 if short else 3,
    )
    return DocumentPart(entry["key"], title, (field,), hint=guidance)


@cache
def _tags() -> dict[str, DocumentField]:
    return {
        group["key"]: DocumentField(
            group["key"],
            Localized(group["title"]),
            FieldKind.CHOICES,
            hint=Localized(group["hint"]),
            options=tuple(
                DocumentOption(
                    tag["key"], Localized(tag["title"]), tag.get("since", 0), tag.get("until", 9999)
                )
                for tag in group["tags"]
            ),
        )
        for group in _read("tags.yaml")
    }


@cache
def _higher() -> dict[str, frozenset[str]]:
    """Groups of which a plan has one of some tags, or a reason."""
    return {group["key"]: frozenset(group["higher"]) for group in _read("tags.yaml") if "higher" in group}


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((_CONTENT / name).read_text(encoding="utf-8"))
    return found
