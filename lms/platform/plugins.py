"""The plugin manager: collect once, check everything, refuse to start with all faults named.

One manager per application, never a module global. Declared hooks fill an immutable registry;
asked hooks are called one plugin at a time, because in pluggy one implementation that raises ends
the call for all.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

import pluggy
from flask import current_app
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from lms.contract import hookspecs
from lms.contract.actors import Permission
from lms.contract.errors import PluginFault
from lms.contract.events import EventHandler, EventType, Task
from lms.contract.items import ItemType
from lms.contract.modules import CompletionRule, Deliverable, ModuleType
from lms.contract.plugin import API_VERSION, PluginInfo, Report, Setting
from lms.contract.rubrics import Rubric
from lms.platform.db import Base

GROUP = "lms.plugins"
PREFIX = "lms_"
log = logging.getLogger(__name__)


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
    settings: Mapping[tuple[str, str], Setting]

    def rubric(self, key: str, version: str = "") -> Rubric:
        """The rubric ``key`` in ``version``, or the newest; raises KeyError."""
        return self.rubrics_by_version[key, version] if version else self.rubrics[key]


@dataclass(slots=True)
class HookFailure:
    """The last thing that an asked hook of a plugin raised, for the admin's first screen."""

    plugin: str
    hook: str
    error: str
    count: int = 1


@dataclass(slots=True)
class PluginManager:
    """Loaded plugins and what they declared."""

    manager: pluggy.PluginManager
    names: tuple[str, ...]
    registry: Registry
    declared: Mapping[str, Mapping[str, tuple[Any, ...]]]
    """Hook name -> plugin name -> values, for blueprints and commands."""
    failures: dict[tuple[str, str], HookFailure] = field(default_factory=dict)

    def ask(self, hook: str, *, strict: bool = False, **arguments: Any) -> list[tuple[str, Any]]:
        """Call an asked hook of one plugin after the other, in the order of their names.

        A failure is logged, kept for the admin and left out; with ``strict`` it is raised.
        """
        answers: list[tuple[str, Any]] = []
        for name in self.names:
            implementation = _implementation(self.manager, name, hook)
            if implementation is None:
                continue
            accepted = {key: arguments[key] for key in implementation.argnames}
            try:
                answer = implementation.function(**accepted)
                answers.append((name, list(answer) if isinstance(answer, Iterator) else answer))
            except Exception as error:
                if strict:
                    raise
                self._remember(name, hook, error)
        return answers

    def _remember(self, name: str, hook: str, error: Exception) -> None:
        log.error("plugin %s failed in %s", name, hook, exc_info=error)
        known = self.failures.get((name, hook))
        text = f"{type(error).__name__}: {error}"[:500]
        self.failures[name, hook] = HookFailure(name, hook, text, known.count + 1 if known else 1)


def load(core: CoreValues, *, off: frozenset[str] = frozenset(), trace: bool = False,
         found: Iterable[EntryPoint] | None = None) -> PluginManager:  # fmt: skip
    """Load every installed plugin that is not in ``off``; raises PluginFault with all faults."""
    manager = pluggy.PluginManager("lms")
    manager.add_hookspecs(hookspecs)
    if trace:
        manager.trace.root.setwriter(lambda line: log.info("hook %s", line.rstrip()))
        manager.enable_tracing()
    points = sorted(entry_points(group=GROUP) if found is None else found, key=lambda point: point.name)
    faults: list[str] = []
    names: list[str] = []
    for point in points:
        if point.name in off:
            continue
        faults += _register(manager, point)
        if manager.has_plugin(point.name):
            names.append(point.name)
    faults += _unknown_hooks(manager, names)
    declared, more = _collect(manager, names)
    infos, card_faults = _cards(declared.get("lms_plugin", {}))
    faults += more + card_faults + [f"{name}: hook lms_plugin is missing" for name in names
                                    if name not in infos and not _implementation(manager, name, "lms_plugin")]  # fmt: skip
    faults += _key_faults(core, declared) + _table_faults(names)
    if faults:
        raise PluginFault(tuple(faults))
    return PluginManager(manager, tuple(names), _registry(core, infos, declared), declared)


def plugins() -> PluginManager:
    """The current application's plugin manager."""
    found: PluginManager = current_app.extensions["plugins"]
    return found


def registry() -> Registry:
    """The current application's registry."""
    return plugins().registry


def table_prefix(name: str) -> str:
    """The prefix that the tables of plugin ``name`` carry."""
    return f"p_{name}_"


Declared = Mapping[str, Mapping[str, tuple[Any, ...]]]
_NAME = re.compile(r"^[a-z][a-z0-9_]{1,39}$")
_KEYS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
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
_TYPES: Mapping[str, type] = {
    "lms_plugin": PluginInfo,
    "lms_module_types": ModuleType,
    "lms_item_types": ItemType,
    "lms_deliverables": Deliverable,
    "lms_rubrics": Rubric,
    "lms_completion_rules": CompletionRule,
    "lms_permissions": Permission,
    "lms_settings": Setting,
    "lms_event_types": EventType,
    "lms_event_handlers": EventHandler,
    "lms_tasks": Task,
    "lms_reports": Report,
    "lms_blueprints": object,
    "lms_commands": object,
}


def _register(manager: pluggy.PluginManager, point: EntryPoint) -> list[str]:
    if not _NAME.match(point.name):
        return [f"{point.name}: a plugin's name is lower case letters, digits and underscores"]
    if manager.has_plugin(point.name):
        return [f"{point.name}: two installed distributions use this name"]
    try:
        manager.register(point.load(), name=point.name)
    except Exception as error:
        return [f"{point.name}: cannot be loaded ({type(error).__name__}: {error})"]
    return []


def _unknown_hooks(manager: pluggy.PluginManager, names: list[str]) -> list[str]:
    """Misspelt hooks and wrong arguments; pluggy is silent about the former."""
    faults: list[str] = []
    for name in names:
        callers = manager.get_hookcallers(manager.get_plugin(name)) or ()
        faults += [f"{name}: there is no hook {caller.name}" for caller in callers if not caller.has_spec()]
    return faults


def _implementation(manager: pluggy.PluginManager, name: str, hook: str) -> Any:
    plugin = manager.get_plugin(name)
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        if implementation.plugin is plugin:
            return implementation
    return None


def _collect(
    manager: pluggy.PluginManager, names: list[str]
) -> tuple[dict[str, dict[str, tuple[Any, ...]]], list[str]]:
    declared: dict[str, dict[str, tuple[Any, ...]]] = {}
    faults: list[str] = []
    for hook, kind in _TYPES.items():
        for name in names:
            implementation = _implementation(manager, name, hook)
            if implementation is None:
                continue
            try:
                answer = implementation.function()
                values = (answer,) if hook == "lms_plugin" else tuple(answer)
            except Exception as error:
                faults.append(f"{name}: {hook} raised {type(error).__name__}: {error}")
                continue
            wrong = [value for value in values if not isinstance(value, kind)]
            if wrong:
                faults.append(f"{name}: {hook} returned {wrong[0]!r}, not a {kind.__name__}")
                continue
            declared.setdefault(hook, {})[name] = values
    return declared, faults


def _cards(cards: Mapping[str, tuple[PluginInfo, ...]]) -> tuple[dict[str, PluginInfo], list[str]]:
    faults: list[str] = []
    infos = {name: values[0] for name, values in cards.items()}
    for name, info in infos.items():
        if info.name != name:
            faults.append(f"{name}: lms_plugin says its name is {info.name!r}")
        try:
            if API_VERSION not in SpecifierSet(info.api):
                faults.append(f"{name}: needs API {info.api}, this is {API_VERSION}")
        except InvalidSpecifier:
            faults.append(f"{name}: API range {info.api!r} cannot be read")
        faults += [f"{name}: needs plugin {other}, which is not installed or switched off"
                   for other in info.requires if other not in infos]  # fmt: skip
    return infos, faults


def _key_faults(core: CoreValues, declared: Declared) -> list[str]:
    faults: list[str] = []
    for hook, (what, key_of) in _KEYS.items():
        taken = Counter(key_of(value) for value in getattr(core, hook.removeprefix(PREFIX), ()))
        for name, values in declared.get(hook, {}).items():
            for key in map(key_of, values):
                if key != name and not key.startswith(f"{name}."):
                    faults.append(f"{name}: {what} {key!r} must start with {name + '.'!r}")
                if taken[key]:
                    faults.append(f"{name}: {what} {key!r} is already taken")
                taken[key] += 1
    return faults + _blueprint_faults(declared)


def _blueprint_faults(declared: Declared) -> list[str]:
    return [
        f"{name}: blueprint {entry.blueprint.name!r} must be called {name!r}"
        for name, entries in declared.get("lms_blueprints", {}).items()
        for entry in entries
        if entry.blueprint.name != name
    ]


def _table_faults(names: list[str]) -> list[str]:
    """Tables that neither the core nor a loaded plugin may have."""
    faults = []
    for mapper in Base.registry.mappers:
        module, table = mapper.class_.__module__, str(mapper.local_table)
        if module.startswith("lms."):
            continue
        if not any(table.startswith(table_prefix(name)) for name in names) and not table.startswith("p_"):
            faults.append(f"{module}: table {table!r} must start with p_<plugin>_")
    return faults


def _registry(
    core: CoreValues,
    infos: Mapping[str, PluginInfo],
    declared: Mapping[str, Mapping[str, tuple[Any, ...]]],
) -> Registry:
    def values(kind: str) -> list[Any]:
        own = list(getattr(core, kind, ()))
        return own + [value for some in declared.get(PREFIX + kind, {}).values() for value in some]

    def by_key(kind: str) -> Mapping[str, Any]:
        key_of = _KEYS[PREFIX + kind][1]
        return MappingProxyType({key_of(value): value for value in values(kind)})

    rubrics = sorted(values("rubrics"), key=lambda rubric: [int(part) for part in rubric.version.split(".")])
    settings = {
        (name, setting.name): setting
        for name, some in declared.get("lms_settings", {}).items()
        for setting in some
    }
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
        settings=MappingProxyType(settings),
    )
