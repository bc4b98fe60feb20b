"""Kinds of lesson plan and tags, read from data: they change with every curriculum."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from lms.api import Text

_CONTENT = files("imbas_lesson_planning") / "content"


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A part of a plan. ``short`` ones are one line; ``required`` ones are listed while empty."""

    key: str
    title: Text
    guidance: Text
    required: bool
    short: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of plan: its parts in order, its rubric, and the tag groups that it carries.

    ``since``: the first school year (the year it starts in) of which new plans may be of this kind.
    """

    key: str
    title: Text
    source: Text
    rubric: str
    groups: tuple[str, ...]
    parts: tuple[PlanPart, ...]
    since: int

    def part(self, key: str) -> PlanPart | None:
        """The part with ``key``; None when this kind has no such part."""
        return next((part for part in self.parts if part.key == key), None)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that counts for school years starting in ``since`` to ``until``, both inclusive."""

    key: str
    title: Text
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class TagGroup:
    """A group of tags; a complete plan has ``least`` of them, and one of ``higher`` (if any) or a reason."""

    key: str
    title: Text
    hint: Text
    least: int
    tags: tuple[Tag, ...]
    higher: frozenset[str]

    def tags_of(self, year: int) -> tuple[Tag, ...]:
        """The tags for the school year that starts in ``year``."""
        return tuple(tag for tag in self.tags if tag.since <= year <= tag.until)


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by key, in the order of the file."""
    return {entry["key"]: _kind(entry) for entry in _read("kinds.yaml")}


def kinds_of(year: int) -> dict[str, Kind]:
    """The kinds of which a plan of the school year that starts in ``year`` may be."""
    return {key: kind for key, kind in kinds().items() if kind.since <= year}


@cache
def tag_groups() -> dict[str, TagGroup]:
    """Every tag group by key."""
    return {entry["key"]: _group(entry) for entry in _read("tags.yaml")}


def _kind(entry: dict[str, Any]) -> Kind:
    return Kind(
        entry["key"],
        _text(entry["title"]),
        _text(entry["source"]),
        entry["rubric"],
        tuple(entry["tags"]),
        tuple(
            PlanPart(
                part["key"],
                _text(part["title"]),
                _text(part["guidance"]),
                part["required"],
                part.get("short", False),
            )
            for part in entry["parts"]
        ),
        entry.get("since", 0),
    )


def _group(entry: dict[str, Any]) -> TagGroup:
    return TagGroup(
        entry["key"],
        _text(entry["title"]),
        _text(entry["hint"]),
        entry["least"],
        tuple(
            Tag(tag["key"], _text(tag["title"]), tag.get("since", 0), tag.get("until", 9999))
            for tag in entry["tags"]
        ),
        frozenset(entry.get("higher", ())),
    )


def _text(words: dict[str, str]) -> Text:
    return Text(words["id"], words["en"])


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((_CONTENT / name).read_text(encoding="utf-8"))
    return found
