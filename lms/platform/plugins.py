"""The plugin manager: read all, check everything, refuse to start with all faults named.

One manager per application, never a module global. What plugins declare fills an immutable registry;
asked hooks are called through pluggy with each plugin kept apart (``lms.platform.hook_calls``).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy
from sqlalchemy.orm import Session

from lms.contract import hookspecs
from lms.contract.errors import PluginFault
from lms.contract.plugin import CertificateLine, Link, OfflinePage, Panel, Plugin, ToDo
from lms.contract.text import Text
from lms.platform import hook_calls
from lms.platform.application import platform
from lms.platform.content import with_content
from lms.platform.plugin_failures import Failures
from lms.platform.plugin_validation.card import card_faults, name_fault
from lms.platform.plugin_validation.entry import Entry, read_entry
from lms.platform.plugin_validation.references import reference_faults
from lms.platform.plugin_validation.tables import table_faults
from lms.platform.plugin_validation.values import key_faults, without_faulty
from lms.platform.registry import CoreValues, Registry, build

GROUP = "lms.plugins"
Check = Callable[[CoreValues, Mapping[str, Plugin]], Iterable[str]]
"""What core and plugins declare -> a sentence for each fault of a plugin."""


@dataclass(slots=True)
class PluginManager:
    """Loaded plugins and what they declared."""

    manager: pluggy.PluginManager
    names: tuple[str, ...]
    registry: Registry
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
    checks: Iterable[Check] = (),
) -> PluginManager:
    """Load every installed plugin that is not in ``off``; raises PluginFault with all faults.

    ``checks`` are further ones, each called with what core and plugins declare.
    """
    points = sorted(entry_points(group=GROUP) if found is None else found, key=lambda point: point.name)
    entries, faults = _entries(point for point in points if point.name not in off)
    declared = {name: entry.plugin for name, entry in entries.items() if entry.plugin}
    unread = set(entries) - set(declared)
    faults += card_faults(core, declared, unread)
    sound, more = without_faulty(declared)
    faults += [*more, *key_faults(core, declared)]
    for name, plugin in sound.items():
        sound[name], found_in_files = with_content(plugin)
        faults += [f"{name}: {fault}" for fault in found_in_files]
        if found_in_files:
            unread.add(name)
    faults += reference_faults(core, sound, declared, unread)
    faults += table_faults({name: entry.package for name, entry in entries.items()})
    for check in checks:
        faults += check(core, sound)
    if faults:
        raise PluginFault(tuple(dict.fromkeys(faults)))
    return PluginManager(_registered(entries, trace=trace), tuple(entries), build(core, sound))


def plugins() -> PluginManager:
    """The current application's plugin manager."""
    return platform().plugins


def registry() -> Registry:
    """The current application's registry."""
    return plugins().registry


_ASKED: Mapping[str, type] = {
    "lms_navigation": Link,
    "lms_offline_pages": OfflinePage,
    "lms_panels": Panel,
    "lms_to_dos": ToDo,
    "lms_certificate_lines": CertificateLine,
    "lms_story": tuple,
}
"""Hooks that answer with a list, and of what."""
_ONE: Mapping[str, type] = {"lms_school_predicate": Text}
"""Hooks that answer with one value or None, and of what."""


def _answer(hook: str, answer: Any) -> Any:
    """What the hook promises, or TypeError: a page must not fail over it later."""
    if hook in _ONE and answer is not None and not isinstance(answer, _ONE[hook]):
        raise TypeError(f"{hook} returned {answer!r}, not a {_ONE[hook].__name__}")
    if hook not in _ASKED:
        return answer
    kind = _ASKED[hook]
    values = () if answer is None else tuple(answer)
    wrong = [value for value in values if not isinstance(value, kind)]
    if wrong:
        raise TypeError(f"{hook} returned {wrong[0]!r}, not a {kind.__name__}")
    return values


def _entries(points: Iterable[EntryPoint]) -> tuple[dict[str, Entry], list[str]]:
    """Every plugin that could be told from the others, and what is wrong with its module."""
    entries: dict[str, Entry] = {}
    faults: list[str] = []
    for point in points:
        if fault := name_fault(point.name):
            faults.append(fault)
        elif point.name in entries:
            faults.append(f"{point.name}: two installed distributions use this name; uninstall one of them")
        else:
            entry = entries[point.name] = read_entry(point)
            faults += [f"{point.name}: {fault}" for fault in entry.faults]
    return entries, faults


def _registered(entries: Mapping[str, Entry], *, trace: bool) -> pluggy.PluginManager:
    """A pluggy manager that asks plugins in the order of their names."""
    manager = pluggy.PluginManager("lms")
    manager.add_hookspecs(hookspecs)
    if trace:
        hook_calls.trace(manager)
    for entry in reversed(list(entries.values())):  # pluggy asks first who came last
        manager.register(entry.module, name=entry.name)
        for caller in manager.get_hookcallers(entry.module) or ():
            for implementation in caller.get_hookimpls():
                if implementation.plugin is entry.module:
                    hook_calls.guard(implementation)
    return manager
