"""The hooks: what the core asks plugins while it runs. What they declare at start is a ``Plugin``.

A hook is asked one plugin at a time; what it raises is logged, shown to the admin, and left out.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pluggy

from lms.contract.actors import Actor, Place
from lms.contract.plugin import Award, CertificateLine, Link, OfflinePage, Panel, StorySchool, ToDo
from lms.contract.text import Text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

hookspec = pluggy.HookspecMarker("lms")
hookimpl = pluggy.HookimplMarker("lms")
"""Marks a function of a plugin as the answer to the hook of its name; takes pluggy's options (``tryfirst``, ``wrapper``, ...)."""


@hookspec
def lms_navigation(actor: Actor, place: Place) -> Iterable[Link]:  # type: ignore[empty-body]
    """Asked on each page: links for this actor at this place."""


@hookspec
def lms_panels(session: "Session", actor: Actor, slot: str, place: Place) -> Iterable[Panel]:  # type: ignore[empty-body]
    """Asked where a page has a slot: panels for ``teacher_home``, ``school_board``, ``programme`` or ``control_room``."""


@hookspec
def lms_offline_pages(session: "Session", actor: Actor) -> Iterable[OfflinePage]:  # type: ignore[empty-body]
    """Asked on the page "Tanpa sinyal": pages that this actor may take along without a network, such as a form for a visit."""


@hookspec
def lms_to_dos(session: "Session", actor: Actor, now: datetime) -> Iterable[ToDo]:  # type: ignore[empty-body]
    """Asked on the first page of every role and for the calendar: what ``actor`` has to do now, and until when.

    Decide by ``actor`` (``schools_of``), not by ``may``: a calendar is fetched by a program that is not signed in.
    """


@hookspec
def lms_certificate_lines(session: "Session", award: Award) -> Iterable[CertificateLine]:  # type: ignore[empty-body]
    """Asked at issue: lines for the back page. A failure issues nothing."""


@hookspec
def lms_school_predicate(session: "Session", award: Award) -> Text | None:
    """Asked at issue of a school's certificate: its qualification (as "Baik"), or None. The first answer counts. A failure issues nothing."""


@hookspec
def lms_copy_programme(session: "Session", source_id: int, target_id: int) -> None:
    """Asked when a programme is copied: copy the plugin's own rows, in the core's transaction."""


@hookspec
def lms_story(  # type: ignore[empty-body]
    session: "Session", programme_id: int, schools: tuple[StorySchool, ...]
) -> "Iterable[tuple[datetime, Callable[[Session, datetime], None]]]":
    """Asked when a demonstration is told: what invented people do on the plugin's own pages, and when.

    Each act runs at its moment, in a write transaction of its own.
    """


@hookspec
def lms_export_person(session: "Session", person_id: int) -> dict[str, Any]:  # type: ignore[empty-body]
    """Asked for a personal-data export: the plugin's own rows about the person, as JSON values."""


@hookspec
def lms_forget_person(session: "Session", person_id: int) -> None:
    """Asked at erasure: remove what the plugin knows about the person, in the core's transaction."""
