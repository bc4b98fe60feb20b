"""What makes a plugin refused: unknown hooks, cards, keys, blueprints and tables; every fault named."""

from collections import Counter
from collections.abc import Mapping

import pluggy
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from lms.contract.item_shapes import item_faults
from lms.contract.plugin import API_VERSION, PluginInfo
from lms.platform.db import Base
from lms.platform.registry import KEYS, PREFIX, CoreValues, Declared, table_prefix


def unknown_hooks(manager: pluggy.PluginManager, names: list[str]) -> list[str]:
    """Misspelt hooks and wrong arguments; pluggy is silent about the former."""
    faults: list[str] = []
    for name in names:
        callers = manager.get_hookcallers(manager.get_plugin(name)) or ()
        faults += [
            f"{name}: there is no hook {caller.name}"
            for caller in callers
            if not caller.has_spec() and not all(found.optionalhook for found in caller.get_hookimpls())
        ]
    return faults


def card_faults(infos: Mapping[str, PluginInfo]) -> list[str]:
    """Names, API ranges and required plugins that do not fit."""
    faults: list[str] = []
    for name, info in infos.items():
        faults += [
            f"{name}: its tables could not be told from those of plugin {other}"
            for other in infos
            if other != name and table_prefix(name).startswith(table_prefix(other))
        ]
        if info.name != name:
            faults.append(f"{name}: lms_plugin says its name is {info.name!r}")
        try:
            if API_VERSION not in SpecifierSet(info.api):
                faults.append(f"{name}: needs API {info.api}, this is {API_VERSION}")
        except InvalidSpecifier:
            faults.append(f"{name}: API range {info.api!r} cannot be read")
        faults += [
            f"{name}: needs plugin {other}, which is not installed or switched off"
            for other in info.requires
            if other not in infos
        ]
    return faults


def key_faults(core: CoreValues, declared: Declared) -> list[str]:
    """Keys and blueprints that are taken already or do not carry their plugin's name."""
    faults: list[str] = []
    for hook, (what, key_of) in KEYS.items():
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


def quiz_faults(core: CoreValues, declared: Declared) -> list[str]:
    """Questions that pages or scorers could not work with."""
    kinds = {kind.key: kind for values in declared.get("lms_item_types", {}).values() for kind in values}
    kinds |= {kind.key: kind for kind in core.item_types}
    return [
        f"{name}: {fault}"
        for name, modules in declared.get("lms_module_types", {}).items()
        for module in modules
        if module.quiz
        for item in module.quiz.items
        for fault in item_faults(kinds, item)
    ]


def table_faults(names: list[str]) -> list[str]:
    """Tables that neither the core nor a loaded plugin may have."""
    faults = []
    for mapper in Base.registry.mappers:
        module, table = mapper.class_.__module__, str(mapper.local_table)
        if module.startswith("lms."):
            continue
        if not any(table.startswith(table_prefix(name)) for name in names) and not table.startswith("p_"):
            faults.append(f"{module}: table {table!r} must start with p_<plugin>_")
    return faults
