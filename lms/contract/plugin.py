"""What a plugin says about itself, and the values that its hooks return."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from lms.contract.actors import Actor, Place
from lms.contract.text import Text

if TYPE_CHECKING:
    import click
    from flask import Blueprint
    from sqlalchemy.orm import Session

API_VERSION = "1.0"
"""Version of the plugin API, ``<major>.<minor>``; docs/stability.md says what a major version promises."""


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A plugin's card.

    ``name`` is its entry point's name and the prefix of all its keys; its tables start with
    ``p_<name>_``. ``api`` is a range like ``">=1.0,<2"``. ``requires`` names plugins that must be
    there. ``migrations`` is the folder of its Alembic versions (None when it has no table),
    ``translations`` the folder of its catalogues.
    """

    name: str
    title: Text
    version: str
    api: str
    requires: tuple[str, ...] = ()
    migrations: Traversable | None = None
    translations: Traversable | None = None


@dataclass(frozen=True, slots=True)
class PluginBlueprint:
    """Pages of a plugin, mounted under ``/m/<plugin>``; the blueprint's name is the plugin's."""

    blueprint: "Blueprint"


@dataclass(frozen=True, slots=True)
class Command:
    """Commands of a plugin, reachable as ``lms <plugin> ...``; ``group`` is a click group."""

    group: "click.Group"


@dataclass(frozen=True, slots=True)
class StorySchool:
    """A school of a demonstration; everything else is a person's id."""

    school_id: int
    headmaster: int
    quality_team: tuple[int, ...]
    teachers: tuple[int, ...]
    facilitator: int
    grader: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the navigation, the text already in the actor's language."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A small piece of a page: a title, lines of plain text, and where to go on; all in the reader's language."""

    title: str
    lines: tuple[str, ...]
    href: str = ""
    link_text: str = ""


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """A line for the certificate's back page; stored at issue, so it outlives the plugin."""

    label: Text
    value: str


@dataclass(frozen=True, slots=True)
class Award:
    """What is about to be certified: a participant's part in a programme, or a school's (``enrolment_id`` None).

    ``final_score`` is 0..100, or None where there is none.
    """

    programme_id: int
    school_id: int
    enrolment_id: int | None
    final_score: Decimal | None


@dataclass(frozen=True, slots=True)
class Report:
    """A table to download: ``rows(session, place)`` yields one tuple per line under ``columns``.

    ``permission`` is the action that a reader needs at ``place``.
    """

    key: str
    title: Text
    columns: tuple[Text, ...]
    permission: str
    rows: "Callable[[Session, Place], Any]"


__all__ = [
    "API_VERSION",
    "Actor",
    "Award",
    "CertificateLine",
    "Command",
    "Link",
    "Panel",
    "PluginBlueprint",
    "PluginInfo",
    "Report",
]
