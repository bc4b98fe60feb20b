"""What plugins declare, each value looked at alone: its class, its types, its key."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lms.contract.plugin import Plugin
from lms.platform.plugin_validation.shapes import shape_faults
from lms.platform.plugin_validation.words import short
from lms.platform.registry import KINDS, CoreValues, Kind


def without_faulty(plugins: Mapping[str, Plugin]) -> tuple[dict[str, Plugin], list[str]]:
    """The plugins with the values that later checks can look at, and a sentence for each of the others."""
    faults: list[str] = []
    sound: dict[str, Plugin] = {}
    for name, plugin in plugins.items():
        kept: dict[str, Any] = {}
        for field, kind in KINDS.items():
            kept[field], more = _sound_values(getattr(plugin, field), field, kind)
            faults += [f"{name}: {fault}" for fault in more]
        sound[name] = replace(plugin, **kept)
    return sound, faults


def key_faults(core: CoreValues, plugins: Mapping[str, Plugin]) -> list[str]:
    """Keys that are taken already or do not carry their plugin's name."""
    faults: list[str] = []
    for field, kind in KINDS.items():
        taken = Counter(kind.key(value) for value in getattr(core, field, ()))
        for name, plugin in plugins.items():
            for key in keys_in(plugin, field):
                if key != name and not key.startswith(f"{name}."):
                    faults.append(f"{name}: {kind.word} {key!r} must start with {name + '.'!r}")
                if taken[key]:
                    faults.append(f"{name}: {kind.word} {key!r} is already taken; choose another name")
                taken[key] += 1
    return faults


def keys_in(plugin: Plugin, field: str) -> list[str]:
    """The keys of what a plugin declares in ``field``, also of values that have another fault."""
    kind, values = KINDS[field], getattr(plugin, field)
    known = [value for value in values if isinstance(value, kind.type)] if isinstance(values, tuple) else []
    return [key for key in map(kind.key, known) if isinstance(key, str)]


def _sound_values(values: Any, field: str, kind: Kind) -> tuple[tuple[Any, ...], list[str]]:
    if isinstance(values, kind.type):
        return (), [f"{field} holds one {kind.type.__name__} alone; put a comma behind it: {field}=(value,)"]
    if not isinstance(values, tuple):
        return (), [f"{field} must be a tuple of {kind.type.__name__}, not {short(values)}"]
    faults: list[str] = []
    sound: list[Any] = []
    for value in values:
        if not isinstance(value, kind.type):
            faults.append(f"{field} holds {short(value)}, which is no {kind.type.__name__}")
            continue
        found = list(shape_faults(value))
        faults += [f"{kind.word} {_name(kind, value)}: {fault}" for fault in found]
        if not found:
            sound.append(value)
    return tuple(sound), faults


def _name(kind: Kind, value: Any) -> str:
    return short(kind.key(value))
