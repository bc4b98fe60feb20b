"""What the core's own domains bring to an application, collected before anything runs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lms.contract.actors import Actor, Permission, Place
from lms.contract.events import EventHandler, EventType, Task
from lms.contract.items import ItemType
from lms.contract.modules import CompletionRule, Deliverable
from lms.contract.plugin import Link, OfflinePage
from lms.contract.rubrics import Rubric
from lms.platform.registry import CoreValues

if TYPE_CHECKING:
    import click
    from flask import Blueprint, Flask
    from sqlalchemy.orm import Session

    from lms.platform.retention import Retention
    from lms.platform.storage import KeptFile

Authorise = Callable[[Actor, str, Place], bool]
"""``authorise(actor, action, place)``: whether the actor may do the action there."""
OfflinePages = Callable[["Session", Actor], Iterable[OfflinePage]]
"""The pages that an actor may take along without a network."""
Navigation = Callable[[Actor], list[Link]]
"""The links of the main menu for an actor."""
KeptFiles = Callable[[str], "Iterator[KeptFile]"]
"""``kept_files(prefix)``: what a domain's rows need of the store, of keys that begin with ``prefix``."""
KeptInContent = Callable[[], "Iterator[KeptFile]"]
"""``kept_in_content()``: what a domain's JSON content needs of the store, where no index finds a key by its beginning."""
PersonExport = Callable[["Session", int], Mapping[str, Any]]
"""``export(session, person_id)``: what a domain knows about a person, as JSON values."""
PersonErasure = Callable[["Session", int], None]
"""``forget(session, person_id)``: removes what only the person's own was."""


def nobody_may(_actor: Actor, _action: str, _place: Place) -> bool:
    """What is asked until a domain has brought ``authorise``."""
    return False


@dataclass(slots=True)
class Core:
    """Each domain adds what it has in its ``setup(core)``; ``create_app`` asks them from the bottom up.

    The first eight are what a plugin declares, too, and go through the same checks.
    """

    item_types: list[ItemType] = field(default_factory=list)
    rubrics: list[Rubric] = field(default_factory=list)
    deliverables: list[Deliverable] = field(default_factory=list)
    completion_rules: list[CompletionRule] = field(default_factory=list)
    permissions: list[Permission] = field(default_factory=list)
    event_types: list[EventType] = field(default_factory=list)
    event_handlers: list[EventHandler] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    blueprints: "list[Blueprint]" = field(default_factory=list)
    static_folders: dict[str, Path] = field(default_factory=dict)
    """Domain -> its folder of scripts and styles; "" are those of every page."""
    init_app: "list[Callable[[Flask], None]]" = field(default_factory=list)
    """Called when all pages are there."""
    commands: "list[click.Group]" = field(default_factory=list)
    navigation: list[Navigation] = field(default_factory=list)
    """The links of the domain that came last stand first."""
    offline_pages: list[OfflinePages] = field(default_factory=list)
    authorise: Authorise = nobody_may
    retention: "list[Retention]" = field(default_factory=list)
    kept_files: list[KeptFiles] = field(default_factory=list)
    kept_in_content: list[KeptInContent] = field(default_factory=list)
    person_exports: dict[str, PersonExport] = field(default_factory=dict)
    """Domain -> its export."""
    person_erasures: list[PersonErasure] = field(default_factory=list)
    programme_listeners: list[Any] = field(default_factory=list)
    """Of ``lms.programmes``' ``ProgrammeListener``, which this layer does not know."""

    def values(self) -> CoreValues:
        """What is checked and registered beside the values of plugins."""
        return CoreValues(
            item_types=tuple(self.item_types),
            rubrics=tuple(self.rubrics),
            deliverables=tuple(self.deliverables),
            completion_rules=tuple(self.completion_rules),
            permissions=tuple(self.permissions),
            event_types=tuple(self.event_types),
            event_handlers=tuple(self.event_handlers),
            tasks=tuple(self.tasks),
        )
