"""What core and plugins declared, by key, read-only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lms.contract.actors import Permission
from lms.contract.events import EventHandler, EventType, Task
from lms.contract.items import ItemType
from lms.contract.modules import CompletionRule, Deliverable, ModuleType
from lms.contract.plugin import PluginInfo, Report
from lms.contract.rubrics import Rubric

PREFIX = "lms_"


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

    plugins: Mapping[str, PluginInfo]
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

    def rubric(self, key: str, version: str = "") -> Rubric:
        """The rubric ``key`` in ``version``, or the newest; raises KeyError."""
        return self.rubrics_by_version[key, version] if version else self.rubrics[key]


Declared = Mapping[str, Mapping[str, tuple[Any, ...]]]
"""Hook -> plugin -> values."""

KEYS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "lms_module_types": ("module type", lambda value: value.key),
    "lms_item_types": ("item type", lambda value: value.key),
    "lms_deliverables": ("deliverable", lambda value: value.key),
    "lms_rubrics": ("rubric", lambda value: f"{value.key} {value.version}"),
    "lms_completion_rules": ("completion rule", lambda value: value.key),
    "lms_permissions": ("permission", lambda value: value.action),
    "lms_event_types": ("event type", lambda value: value.name),
    "lms_event_handlers": ("event handler", lambda value: value.name),
    "lms_tasks": ("task", lambda value: value.name),
    "lms_reports": ("report", lambda value: value.key),
}

"""Hook -> what its values are called, and their key."""


def table_prefix(name: str) -> str:
    """The prefix that the tables of plugin ``name`` carry."""
    return f"p_{name}_"


def build(core: CoreValues, infos: Mapping[str, PluginInfo], declared: Declared) -> Registry:
    """Put everything declared under its key."""

    def values(kind: str) -> list[Any]:
        own = list(getattr(core, kind, ()))
        return own + [value for some in declared.get(PREFIX + kind, {}).values() for value in some]

    def by_key(kind: str) -> Mapping[str, Any]:
        key_of = KEYS[PREFIX + kind][1]
        return MappingProxyType({key_of(value): value for value in values(kind)})

    rubrics = sorted(values("rubrics"), key=lambda rubric: [int(part) for part in rubric.version.split(".")])
    return Registry(
        plugins=MappingProxyType(dict(infos)),
        module_types=by_key("module_types"),
        item_types=by_key("item_types"),
        rubrics_by_version=MappingProxyType({(rubric.key, rubric.version): rubric for rubric in rubrics}),
        rubrics=MappingProxyType({rubric.key: rubric for rubric in rubrics}),
        deliverables=by_key("deliverables"),
        completion_rules=by_key("completion_rules"),
        permissions=by_key("permissions"),
        event_types=by_key("event_types"),
        event_handlers=tuple(values("event_handlers")),
        tasks=by_key("tasks"),
        reports=by_key("reports"),
    )
