"""The hooks. "Declared" hooks are called once at start, "asked" hooks while the system runs.

A declared hook returns frozen values, which go into an immutable registry. An asked hook is
called one plugin at a time; what it raises is logged, shown to the admin, and left out.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pluggy

from lms.contract.actors import Actor, Permission, Place
from lms.contract.events import EventHandler, EventType, Task
from lms.contract.items import ItemType
from lms.contract.modules import CompletionRule, Deliverable, ModuleType
from lms.contract.plugin import (
    Award,
    CertificateLine,
    Command,
    Link,
    Panel,
    PluginBlueprint,
    PluginInfo,
    Report,
    StorySchool,
)
from lms.contract.rubrics import Rubric

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

hookspec = pluggy.HookspecMarker("lms")
hookimpl = pluggy.HookimplMarker("lms")
"""Marks a function of a plugin as the answer to the hook of its name; takes pluggy's options (``tryfirst``, ``wrapper``, ...)."""


@hookspec
def lms_plugin() -> PluginInfo:  # type: ignore[empty-body]
    """Declared, required: the plugin's card."""


@hookspec
def lms_module_types() -> Iterable[ModuleType]:  # type: ignore[empty-body]
    """Declared: material modules that a programme may place in a stage."""


@hookspec
def lms_item_types() -> Iterable[ItemType]:  # type: ignore[empty-body]
    """Declared: kinds of quiz item."""


@hookspec
def lms_deliverables() -> Iterable[Deliverable]:  # type: ignore[empty-body]
    """Declared: on-service deliverables."""


@hookspec
def lms_rubrics() -> Iterable[Rubric]:  # type: ignore[empty-body]
    """Declared: versioned rubrics; a line may be ``critical``, or ``may_not_apply`` (yes or no only, left out of the mark)."""


@hookspec
def lms_completion_rules() -> Iterable[CompletionRule]:  # type: ignore[empty-body]
    """Declared: rules that a programme may demand in a phase of a stage."""


@hookspec
def lms_permissions() -> Iterable[Permission]:  # type: ignore[empty-body]
    """Declared: the plugin's own actions, each named ``<plugin>.<verb>``."""


@hookspec
def lms_event_types() -> Iterable[EventType]:  # type: ignore[empty-body]
    """Declared: facts that the plugin emits, each named ``<plugin>.<what happened>.v<n>``."""


@hookspec
def lms_event_handlers() -> Iterable[EventHandler]:  # type: ignore[empty-body]
    """Declared: reactions to facts, at least once, each in a transaction of its own; slow work goes into the handler's `prepare`, before it."""


@hookspec
def lms_tasks() -> Iterable[Task]:  # type: ignore[empty-body]
    """Declared: scheduled background work."""


@hookspec
def lms_blueprints() -> Iterable[PluginBlueprint]:  # type: ignore[empty-body]
    """Declared: pages under ``/m/<plugin>``."""


@hookspec
def lms_commands() -> Iterable[Command]:  # type: ignore[empty-body]
    """Declared: commands under ``lms <plugin>``."""


@hookspec
def lms_reports() -> Iterable[Report]:  # type: ignore[empty-body]
    """Declared: tables to download."""


@hookspec
def lms_navigation(actor: Actor, place: Place) -> Iterable[Link]:  # type: ignore[empty-body]
    """Asked on each page: links for this actor at this place."""


@hookspec
def lms_panels(session: "Session", actor: Actor, slot: str, place: Place) -> Iterable[Panel]:  # type: ignore[empty-body]
    """Asked where a page has a slot: panels for ``teacher_home``, ``school_board`` or ``control_room``."""


@hookspec
def lms_certificate_lines(session: "Session", award: Award) -> Iterable[CertificateLine]:  # type: ignore[empty-body]
    """Asked at issue: lines for the back page. A failure issues nothing."""


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
