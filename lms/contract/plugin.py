"""What a plugin declares about itself, and the values that its hooks answer with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from lms.contract.actors import Permission, Place
from lms.contract.documents import DocumentType
from lms.contract.events import EventHandler, EventType, Task
from lms.contract.items import ItemType
from lms.contract.modules import CompletionRule, Deliverable, ModuleType
from lms.contract.rubrics import Rubric
from lms.contract.sections import ProgrammeSection
from lms.contract.text import Text
from lms.contract.typed_fields import TypedFields

if TYPE_CHECKING:
    import click
    from flask import Blueprint
    from sqlalchemy.orm import Session

API_VERSION = "2.0"
"""Version of the plugin API, ``<major>.<minor>``; docs/stability.md says what a major version promises."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the navigation, the text already in the actor's language."""

    text: str
    href: str
    also: tuple[str, ...] = ()
    """Addresses of other pages that are reached from there: on them the link is marked, too."""


@dataclass(frozen=True, slots=True)
class OfflinePage:
    """A page that a person may take along without a network: its view is an ``offline_page``.

    ``title`` and ``note`` (what it is about, when it is needed) are in the actor's language.
    """

    title: str
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A small piece of a page: a title, lines of plain text, and where to go on; all in the reader's language."""

    title: str
    lines: tuple[str, ...]
    href: str = ""
    link_text: str = ""


@dataclass(frozen=True, slots=True)
class ToDo:
    """What a person has to do, and until when: on the first page of every role, and in the calendar.

    ``key`` begins with the plugin's name (what does not is left out); the same thing keeps its key, so that a calendar moves it instead of showing it
    twice. Texts are in the reader's language. ``due_at`` is aware UTC, None for no day; ``zone`` is the time zone in which a calendar
    shows it (``ProgrammeCard.timezone.key``), "" for the reader's own.
    """

    key: str
    title: str
    href: str
    due_at: datetime | None = None
    note: str = ""
    zone: str = ""


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
class StorySchool:
    """A school of a demonstration; everything else is a person's id."""

    school_id: int
    headmaster: int
    quality_team: tuple[int, ...]
    teachers: tuple[int, ...]
    facilitator: int
    grader: int


@dataclass(frozen=True, slots=True)
class Report:
    """A table to download: ``rows(session, place)`` yields one tuple per line under ``columns``.

    ``place`` is a whole programme. A cell is a text, an int, a Decimal, a Text or None. ``permission`` is the action that
    a reader needs at ``place``.
    """

    key: str
    title: Text
    columns: tuple[Text, ...]
    permission: str
    rows: "Callable[[Session, Place], Any]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """All that a plugin declares. The function ``lms_plugin()`` of its module returns one.

    ``name`` is the name of the entry point. The key of every value is the plugin's name, or starts with
    it and a dot; the plugin's tables start with ``p_<name>_``.
    """

    name: str
    title: Text
    version: str
    api: str
    """The versions of this interface that the plugin is written for, as ``">=2.0,<3"``."""
    requires: tuple[str, ...] = ()
    """Names of plugins without which this one does not start."""
    migrations: Traversable | None = None
    """The folder of its Alembic versions; None when it has no table."""
    content: Traversable | None = None
    """A folder of which ``deliverables.yaml`` and ``rubrics*.yaml`` are read and added to the two fields."""
    blueprint: "Blueprint | None" = None
    """Its pages, under ``/m/<plugin>``; the blueprint is called as the plugin."""
    commands: "click.Group | None" = None
    """Its commands, as ``lms <plugin> ...``; each runs with the application, and changes rows inside ``write()``."""
    permissions: tuple[Permission, ...] = ()
    """Its own actions, each named ``<plugin>.<verb>``."""
    module_types: tuple[ModuleType, ...] = ()
    """Material modules that a programme may place in a stage."""
    item_types: tuple[ItemType, ...] = ()
    """Kinds of quiz item."""
    deliverables: tuple[Deliverable, ...] = ()
    """On-service products that a programme may ask for."""
    rubrics: tuple[Rubric, ...] = ()
    """Versioned rubrics; a line may be ``critical``, or ``may_not_apply``."""
    completion_rules: tuple[CompletionRule, ...] = ()
    """Rules that a programme may demand in a phase of a stage."""
    event_types: tuple[EventType, ...] = ()
    """Facts that it emits, each named ``<plugin>.<what happened>.v<n>``."""
    event_handlers: tuple[EventHandler, ...] = ()
    """Reactions to facts, at least once, each in a transaction of its own."""
    tasks: tuple[Task, ...] = ()
    """Scheduled background work."""
    reports: tuple[Report, ...] = ()
    """Tables to download from a programme's control room."""
    document_types: tuple[DocumentType, ...] = ()
    """Reviewable documents, one type at most; ``add_document_pages`` adds their pages to ``blueprint``."""
    sections: tuple[ProgrammeSection, ...] = ()
    """Parts of a programme's definition that it owns: checked, edited and compared with the whole."""
    settings: type[TypedFields] | None = None
    """What each agency may choose, on a page made from the model; read by ``plugin_settings``."""
    audit_actions: Mapping[str, Text] = field(default_factory=dict)
    """What people read of its entries in the audit trail: action (``<plugin>.<verb>``) -> words."""


__all__ = [
    "API_VERSION",
    "Award",
    "CertificateLine",
    "Link",
    "OfflinePage",
    "Panel",
    "Plugin",
    "Report",
    "StorySchool",
    "ToDo",
]
