"""The plugin manager: collect once, check everything, refuse to start with all faults named.

One manager per application, never a module global. Declared hooks fill an immutable registry;
asked hooks are called through pluggy with each plugin kept apart (``lms.platform.hook_calls``).
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy
from sqlalchemy.orm import Session

from lms.contract import hookspecs
from lms.contract.actors import Permission
from lms.contract.errors import PluginFault
from lms.contract.events import EventHandler, EventType, Task
from lms.contract.items import ItemType
from lms.contract.modules import CompletionRule, Deliverable, ModuleType
from lms.contract.plugin import CertificateLine, Link, Panel, PluginInfo, Report
from lms.contract.rubrics import Rubric
from lms.platform import hook_calls
from lms.platform.application import platform
from lms.platform.plugin_failures import Failures
from lms.platform.plugin_validation import card_faults, key_faults, quiz_faults, table_faults, unknown_hooks
from lms.platform.registry import CoreValues, Registry, build

GROUP = "lms.plugins"


@dataclass(slots=True)
class PluginManager:
    """Loaded plugins and what they declared."""

    manager: pluggy.PluginManager
    names: tuple[str, ...]
    registry: Registry
    declared: Mapping[str, Mapping[str, tuple[Any, ...]]]
    """Hook name -> plugin name -> values, for blueprints and commands."""
    failures: Failures = field(default_factory=Failures)

    def ask(
        self, hook: str, *, strict: bool = False, session: Session | None = None, **arguments: Any
    ) -> list[tuple[str, Any]]:
        """Call an asked hook; the answers with the names of their plugins.

        In the order of the plugins' names but for ``tryfirst`` and ``trylast``. A failure is logged, kept for
        the admin and left out; with ``strict`` it is raised.
        """
        given = {"session": session, **arguments}
        return hook_calls.ask(self.manager, hook, given, strict=strict, failures=self.failures, check=_answer)


def load(
    core: CoreValues,
    *,
    off: frozenset[str] = frozenset(),
    trace: bool = False,
    found: Iterable[EntryPoint] | None = None,
) -> PluginManager:
    """Load every installed plugin that is not in ``off``; raises PluginFault with all faults."""
    manager = pluggy.PluginManager("lms")
    manager.add_hookspecs(hookspecs)
    if trace:
        hook_calls.trace(manager)
    points = sorted(entry_points(group=GROUP) if found is None else found, key=lambda point: point.name)
    faults: list[str] = []
    names: list[str] = []
    for point in reversed(points):  # pluggy asks first who came last
        if point.name in off:
            continue
        faults += _register(manager, point)
        if manager.has_plugin(point.name):
            names.insert(0, point.name)
    faults += unknown_hooks(manager, names)
    declared, more = _collect(manager, names)
    infos = {name: values[0] for name, values in declared.get("lms_plugin", {}).items()}
    faults += (
        more
        + card_faults(infos)
        + [
            f"{name}: hook lms_plugin is missing"
            for name in names
            if name not in infos and not _implementations(manager, name, "lms_plugin")
        ]
    )
    faults += key_faults(core, declared) + table_faults(names) + quiz_faults(core, declared)
    if faults:
        raise PluginFault(tuple(faults))
    return PluginManager(manager, tuple(names), build(core, infos, declared), declared)


def plugins() -> PluginManager:
    """The current application's plugin manager."""
    return platform().plugins


def registry() -> Registry:
    """The current application's registry."""
    return plugins().registry


_NAME = re.compile(r"^[a-z][a-z0-9_]{1,39}$")
_RESERVED = {"core", "lms"}
_TYPES: Mapping[str, type] = {
    "lms_plugin": PluginInfo,
    "lms_module_types": ModuleType,
    "lms_item_types": ItemType,
    "lms_deliverables": Deliverable,
    "lms_rubrics": Rubric,
    "lms_completion_rules": CompletionRule,
    "lms_permissions": Permission,
    "lms_event_types": EventType,
    "lms_event_handlers": EventHandler,
    "lms_tasks": Task,
    "lms_reports": Report,
    "lms_blueprints": object,
    "lms_commands": object,
}
_ASKED: Mapping[str, type] = {
    "lms_navigation": Link,
    "lms_panels": Panel,
    "lms_certificate_lines": CertificateLine,
    "lms_story": tuple,
}
"""Hooks that answer with a list, and of what."""


def _answer(hook: str, answer: Any) -> Any:
    """What the hook promises, or TypeError: a page must not fail over it later."""
    if hook not in _ASKED:
        return answer
    kind = _ASKED[hook]
    values = () if answer is None else tuple(answer)
    wrong = [value for value in values if not isinstance(value, kind)]
    if wrong:
        raise TypeError(f"{hook} returned {wrong[0]!r}, not a {kind.__name__}")
    return values


def name_fault(name: str) -> str:
    """Why a plugin cannot have this name, or an empty text."""
    if _NAME.fullmatch(name) and name not in _RESERVED:
        return ""
    return f"{name}: a plugin's name is lower case letters, digits and underscores, not 'core' or 'lms'"


def _register(manager: pluggy.PluginManager, point: EntryPoint) -> list[str]:
    if fault := name_fault(point.name):
        return [fault]
    if manager.has_plugin(point.name):
        return [f"{point.name}: two installed distributions use this name"]
    try:
        plugin = point.load()
        manager.register(plugin, name=point.name)
    except Exception as error:
        return [f"{point.name}: cannot be loaded ({type(error).__name__}: {error})"]
    for caller in manager.get_hookcallers(plugin) or ():
        for implementation in caller.get_hookimpls():
            if implementation.plugin is plugin:
                hook_calls.guard(implementation)
    return []


def _implementations(manager: pluggy.PluginManager, name: str, hook: str) -> list[pluggy.HookImpl]:
    plugin = manager.get_plugin(name)
    return [found for found in getattr(manager.hook, hook).get_hookimpls() if found.plugin is plugin]


def _collect(
    manager: pluggy.PluginManager, names: list[str]
) -> tuple[dict[str, dict[str, tuple[Any, ...]]], list[str]]:
    declared: dict[str, dict[str, tuple[Any, ...]]] = {}
    faults: list[str] = []
    for hook, kind in _TYPES.items():
        for name in names:
            implementations = _implementations(manager, name, hook)
            if not implementations:
                continue
            if any(found.wrapper or found.hookwrapper for found in implementations):
                faults.append(f"{name}: {hook} is declared, once and for oneself: it cannot be a wrapper")
                continue
            others = [plugin for other, plugin in manager.list_name_plugin() if other != name]
            try:
                answers = manager.subset_hook_caller(hook, others)()
                if len(answers) < len(implementations):
                    raise TypeError("None is no answer")
                values = tuple(answers if hook == "lms_plugin" else itertools.chain(*answers))
            except Exception as error:
                faults.append(f"{name}: {hook} raised {type(error).__name__}: {error}")
                continue
            wrong = [value for value in values if not isinstance(value, kind)]
            if wrong:
                faults.append(f"{name}: {hook} returned {wrong[0]!r}, not a {kind.__name__}")
                continue
            declared.setdefault(hook, {})[name] = values
    return declared, faults
