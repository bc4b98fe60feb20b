"""Names, versions, requirements and folders of plugins."""

import re
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import click
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from lms.contract.plugin import API_VERSION, Plugin
from lms.contract.typed_fields import settings_faults
from lms.platform.plugin_validation.words import short
from lms.platform.registry import KINDS, CoreValues, table_prefix

_NAME = re.compile(r"^[a-z][a-z0-9_]{1,39}$")
_RESERVED = frozenset({"core", "lms"})
_COMMANDS = frozenset(
    [
        "backup",
        "db",
        "demo",
        "doctor",
        "office",
        "plugins",
        "restore",
        "routes",
        "run",
        "serve",
        "shell",
        "simulate",
        "worker",
    ]
)
"""Commands of ``lms``: those of a plugin called so could not be reached, or took the place of these."""
_RANGE = ">=2.0,<3"
_FOLDERS = ("migrations", "content")


def name_fault(name: str) -> str:
    """Why a plugin cannot have this name, or an empty text."""
    if name in _COMMANDS:
        return f"{name}: 'lms {name}' is a command of the core; choose another name for the plugin"
    if _NAME.fullmatch(name) and name not in _RESERVED:
        return ""
    return f"{name}: a plugin's name is lower case letters, digits and underscores, not 'core' or 'lms'"


def card_faults(core: CoreValues, plugins: Mapping[str, Plugin], unread: Collection[str]) -> Iterator[str]:
    """Faults of names, versions, requirements and folders; plugins in ``unread`` are installed, too."""
    reserved = _reserved_names(core)
    for name, plugin in plugins.items():
        if name in reserved:
            yield f"{name}: the core's own keys begin with {name + '.'!r}; choose another name for the plugin"
        yield from (f"{name}: {fault}" for fault in (*_own_faults(name, plugin), *_api_faults(plugin)))
        for other in plugins:
            if other != name and table_prefix(name).startswith(table_prefix(other)):
                yield f"{name}: its tables could not be told from those of plugin {other}; choose another name"
        for other in plugin.requires:
            if other not in plugins and other not in unread:
                yield f"{name}: needs plugin {other}, which is not installed or switched off"
    yield from _cycles(plugins)


def _own_faults(name: str, plugin: Plugin) -> Iterator[str]:
    if plugin.name != name:
        yield f"Plugin says its name is {plugin.name!r}; it must be that of the entry point, {name!r}"
    if plugin.commands is not None and not isinstance(plugin.commands, click.Group):
        yield f"commands must be a click.Group, not {short(plugin.commands)}"
    for action in plugin.audit_actions:
        if not action.startswith(f"{name}."):
            yield f"audit action {action!r} must start with {name + '.'!r}"
    if plugin.settings is not None:
        yield from (f"settings: {fault}" for fault in settings_faults(plugin.settings))
    for field in _FOLDERS:
        folder = getattr(plugin, field)
        if folder is not None and not folder.is_dir():
            yield f"{field}={str(folder)!r} is no folder; make it, or leave {field} out"


def _reserved_names(core: CoreValues) -> frozenset[str]:
    """What stands before the dot in the core's keys: a plugin called so could pass its own off as the core's."""
    keys = (kind.key(value) for field, kind in KINDS.items() for value in getattr(core, field, ()))
    return frozenset(key.partition(".")[0] for key in keys if "." in key.partition(" ")[0])


def _api_faults(plugin: Plugin) -> Iterator[str]:
    try:
        if API_VERSION not in SpecifierSet(plugin.api):
            yield (
                f"is written for API {plugin.api}, this is {API_VERSION}; install a version of the plugin for "
                f"{API_VERSION}, or port it (UPGRADING.md) and say api={_RANGE!r}"
            )
    except InvalidSpecifier:
        yield f"api={plugin.api!r} is no range of versions; write api={_RANGE!r}"


def _cycles(plugins: Mapping[str, Plugin]) -> Iterator[str]:
    """Plugins that require each other in a circle: none of them could be migrated first."""
    graph = {name: set(plugin.requires) & plugins.keys() for name, plugin in plugins.items()}
    while circle := _circle(graph):
        yield (
            f"{circle[0]}: requires itself by way of {' and '.join(circle[1:]) or 'its own name'}; "
            "take one of them out of requires"
        )
        graph = {name: wanted - set(circle) for name, wanted in graph.items() if name not in circle}


def _circle(graph: Mapping[str, Collection[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1][:-1]
        return found
    return []
