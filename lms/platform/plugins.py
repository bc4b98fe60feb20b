"""The plugin manager: collect once, check everything, refuse to start with all faults named.

One manager per application, never a module global. Declared hooks fill an immutable registry;
asked hooks are called one plugin at a time, because in pluggy one implementation that raises ends
the call for all.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy
from flask import current_app
from sqlalchemy.orm import Session

from lms.contract import hookspecs
from lms.contract.actors import Permission
from lms.contract.errors import PluginFault
from lms.contract.events import EventHandler, EventType, Task
from lms.contract.items import ItemType
from lms.contract.modules import CompletionRule, Deliverable, ModuleType
from lms.contract.plugin import CertificateLine, Link, Panel, PluginInfo, Report
from lms.contract.rubrics import Rubric
from lms.platform.failures import Failures
from lms.platform.plugin_checks import card_faults, key_faults, table_faults, unknown_hooks
from lms.platform.registry import CoreValues, Registry, build
from lms.platform.transaction import apart

GROUP = "lms.plugins"
log = logging.getLogger(__name__)


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
        """Call an asked hook of one plugin after the other, in the order of their names.

        A failure is logged, kept for the admin and left out; with ``strict`` it is raised. Each plugin
        is kept apart, so that its failing query does not spoil the transaction of the others.
        """
        answers: list[tuple[str, Any]] = []
        for name in self.names:
            implementation = _implementation(self.manager, name, hook)
            if implementation is None:
                continue
            given = {"session": session, **arguments}
            accepted = {key: given[key] for key in implementation.argnames}
            try:
                with apart(session) if session else nullcontext():
                    answers.append((name, _answer(hook, implementation.function(**accepted))))
            except Exception as error:
                if strict:
                    raise
                self.failures.add(name, hook, error)
        return answers


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
    faults += unknown_hooks(manager, names)
    declared, more = _collect(manager, names)
    infos = {name: values[0] for name, values in declared.get("lms_plugin", {}).items()}
    faults += more + card_faults(infos) + [f"{name}: hook lms_plugin is missing" for name in names
                                    if name not in infos and not _implementation(manager, name, "lms_plugin")]  # fmt: skip
    faults += key_faults(core, declared) + table_faults(names)
    if faults:
        raise PluginFault(tuple(faults))
    return PluginManager(manager, tuple(names), build(core, infos, declared), declared)


def plugins() -> PluginManager:
    """The current application's plugin manager."""
    found: PluginManager = current_app.extensions["plugins"]
    return found


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


def _register(manager: pluggy.PluginManager, point: EntryPoint) -> list[str]:
    if not _NAME.match(point.name) or point.name in _RESERVED:
        return [
            f"{point.name}: a plugin's name is lower case letters, digits and underscores, not 'core' or 'lms'"
        ]
    if manager.has_plugin(point.name):
        return [f"{point.name}: two installed distributions use this name"]
    try:
        manager.register(point.load(), name=point.name)
    except Exception as error:
        return [f"{point.name}: cannot be loaded ({type(error).__name__}: {error})"]
    return []


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
