"""What core and plugins declared, by key, read-only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lms.contract.actors import Permission
from lms.contract.documents import DocumentType
from lms.contract.events import EventHandler, EventType, Task
from lms.contract.items import ItemType
from lms.contract.modules import CompletionRule, Deliverable, ModuleType
from lms.contract.plugin import Plugin, Report
from lms.contract.rubrics import Rubric
from lms.contract.sections import ProgrammeSection


@dataclass(frozen=True, slots=True)
class CoreValues:
    """What the core itself declares, in the same form as a plugin does."""

    item_types: tuple[ItemType, ...] = ()
    rubrics: tuple[Rubric, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    completion_rules: tuple[CompletionRule, ...] = ()
    permissions: tuple[Permission, ...] = ()
    event_types: tuple[EventType, ...] = ()
    event_handlers: tuple[EventHandler, ...] = ()
    tasks: tuple[Task, ...] = ()
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything declared, by key. Read-only."""

    plugins: Mapping[str, Plugin]
    module_types: Mapping[str, ModuleType]
    item_types: Mapping[str, ItemType]
    rubrics_by_version: Mapping[tuple[str, str], Rubric]
    rubrics: Mapping[str, Rubric]
    """The newest version of each."""
    deliverables: Mapping[str, Deliverable]
    completion_rules: Mapping[str, CompletionRule]
    permissions: Mapping[str, Permission]
    event_types: Mapping[str, EventType]
    event_handlers: tuple[EventHandler, ...]
    tasks: Mapping[str, Task]
    reports: Mapping[str, Report]
    document_types: Mapping[str, DocumentType]
    sections: Mapping[str, ProgrammeSection]

    def rubric(self, key: str, version: str = "") -> Rubric:
        """The rubric ``key`` in ``version``, or the newest; raises KeyError."""
        return self.rubrics_by_version[key, version] if version else self.rubrics[key]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of declared value: what it is called, its class, and what tells one from another."""

    word: str
    type: type
    key: Callable[[Any], str]


KINDS: Mapping[str, Kind] = {
    "module_types": Kind("module type", ModuleType, lambda value: value.key),
    "item_types": Kind("item type", ItemType, lambda value: value.key),
    "deliverables": Kind("deliverable", Deliverable, lambda value: value.key),
    "rubrics": Kind("rubric", Rubric, lambda value: f"{value.key} {value.version}"),
    "completion_rules": Kind("completion rule", CompletionRule, lambda value: value.key),
    "permissions": Kind("permission", Permission, lambda value: value.action),
    "event_types": Kind("event type", EventType, lambda value: value.name),
    "event_handlers": Kind("event handler", EventHandler, lambda value: value.name),
    "tasks": Kind("task", Task, lambda value: value.name),
    "reports": Kind("report", Report, lambda value: value.key),
    "document_types": Kind("document type", DocumentType, lambda value: value.key),
    "sections": Kind("section", ProgrammeSection, lambda value: value.key),
}
"""Field of ``Plugin`` and ``CoreValues`` -> the kind of its values."""


def table_prefix(name: str) -> str:
    """The prefix that the tables of plugin ``name`` carry."""
    return f"p_{name}_"


def all_values(core: CoreValues, plugins: Mapping[str, Plugin], field: str) -> list[Any]:
    """What core and plugins declare in ``field``, the core's values first."""
    own = list(getattr(core, field, ()))
    return own + [value for plugin in plugins.values() for value in getattr(plugin, field)]


def build(core: CoreValues, plugins: Mapping[str, Plugin]) -> Registry:
    """Put everything declared under its key."""

    def by_key(field: str) -> Mapping[str, Any]:
        key = KINDS[field].key
        return MappingProxyType({key(value): value for value in all_values(core, plugins, field)})

    rubrics = sorted(
        all_values(core, plugins, "rubrics"),
        key=lambda rubric: [int(part) for part in rubric.version.split(".")],
    )
    return Registry(
        plugins=MappingProxyType(dict(plugins)),
        module_types=by_key("module_types"),
        item_types=by_key("item_types"),
        rubrics_by_version=MappingProxyType({(rubric.key, rubric.version): rubric for rubric in rubrics}),
        rubrics=MappingProxyType({rubric.key: rubric for rubric in rubrics}),
        deliverables=by_key("deliverables"),
        completion_rules=by_key("completion_rules"),
        permissions=by_key("permissions"),
        event_types=by_key("event_types"),
        event_handlers=tuple(all_values(core, plugins, "event_handlers")),
        tasks=by_key("tasks"),
        reports=by_key("reports"),
        document_types=by_key("document_types"),
        sections=by_key("sections"),
    )
