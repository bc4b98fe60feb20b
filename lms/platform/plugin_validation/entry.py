"""The module of an entry point: can it be loaded, what does ``lms_plugin()`` return, are its hooks hooks."""

import inspect
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from lms.contract import hookspecs, version_1
from lms.contract.plugin import API_VERSION, Plugin
from lms.platform.content import ContentFault
from lms.platform.plugin_validation.shapes import shape_faults
from lms.platform.plugin_validation.words import did_you_mean, short

PREFIX = "lms_"
CARD = (
    "name",
    "title",
    "version",
    "api",
    "requires",
    "migrations",
    "content",
    "settings",
    "audit_actions",
)
"""Fields of a plugin that are looked at before all others, which build on them."""
HOOKS = {name: hook for name, hook in vars(hookspecs).items() if name.startswith(PREFIX)}
FIELDS = tuple(field.name for field in fields(Plugin))
_OLD_CARD = (
    f"lms_plugin() returns the PluginInfo of version 1, this is version {API_VERSION}; return Plugin(...) with "
    "the same fields and with all that the other declared hooks returned, see UPGRADING.md"
)
_UNKNOWN_FIELD = re.compile(r"Plugin\.__init__\(\) got an unexpected keyword argument '(\w+)'")
_OLD_TEXT = "Text() takes no arguments"
_LACKING = re.compile(r"Plugin\.__init__\(\) missing \d+ required keyword-only arguments?: (.*)")


_NOT_THE_AUTHORS = (
    f"{Path(__file__).parents[2]}/",
    f"{Path(inspect.__file__).parent}/importlib/",
    "<frozen ",
)
"""Where files of Imbas and of Python's imports lie."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry point led to. ``plugin`` is None when it declares nothing that could be read."""

    name: str
    package: str
    """Where the plugin's classes lie."""
    module: Any = None
    plugin: Plugin | None = None
    faults: tuple[str, ...] = ()


def read_entry(point: EntryPoint) -> Entry:
    """Load the module and ask it what it declares; never raises."""
    place = point.value.partition(":")[0]
    package = place.rpartition(".")[0] or place
    try:
        module = point.load()
    except (Exception, SystemExit) as error:
        return Entry(point.name, package, faults=(f"{point.value} cannot be loaded: {_said(error)}",))
    faults = list(hook_faults(module))
    plugin, more = _declared(module, point.value)
    return Entry(point.name, package, module, plugin, (*faults, *more))


def hook_faults(module: Any) -> Iterator[str]:
    """Hooks that nobody would call, or that the core could not call."""
    for attribute in sorted(dir(module)):
        function = getattr(module, attribute, None)
        options = _options(module, attribute)
        hook = (options or {}).get("specname") or attribute
        if hook == "lms_plugin" or not (options or (attribute.startswith(PREFIX) and callable(function))):
            continue
        if hook in version_1.FIELDS:
            yield (
                f"{hook} is a hook of version 1; what it returns is now a field of what lms_plugin() "
                f"returns: Plugin({version_1.FIELDS[hook]}), see UPGRADING.md"
            )
        elif hook not in HOOKS:
            if not (options and options["optionalhook"]):
                yield f"there is no hook {hook}{did_you_mean(hook, HOOKS)}"
        elif options is None:
            yield f"{hook} is not marked as a hook, so nobody calls it; write @hookimpl above it"
        else:
            yield from (f"{hook} {fault}" for fault in _signature_faults(hook, function, options))


def _declared(module: Any, place: str) -> tuple[Plugin | None, list[str]]:
    """What ``lms_plugin()`` returns, when it is a ``Plugin``."""
    if not hasattr(module, "lms_plugin"):
        return None, [f"{place} has no lms_plugin(); write a function of that name that returns Plugin(...)"]
    try:
        plugin = module.lms_plugin()
    except ContentFault as error:
        return None, list(error.faults)
    except Exception as error:
        return None, [_raised(error)]
    if isinstance(plugin, version_1.OldValue):
        return None, [_OLD_CARD]
    if not isinstance(plugin, Plugin):
        return None, [f"lms_plugin() returned {short(plugin)}; it must return Plugin(...)"]
    faults = list(shape_faults(plugin, CARD))
    return (None if faults else plugin), faults


def _options(module: Any, attribute: str) -> Any:
    """The options of ``@hookimpl``, or None."""
    function = getattr(module, attribute, None)
    options = getattr(function, "lms_impl", None) if inspect.isroutine(function) else None
    return options if isinstance(options, dict) else None


def _signature_faults(hook: str, function: Any, options: Any) -> Iterator[str]:
    known = list(inspect.signature(HOOKS[hook]).parameters)
    for given in inspect.signature(function).parameters.values():
        if (
            given.kind is given.POSITIONAL_OR_KEYWORD
            and given.default is given.empty
            and given.name not in known
        ):
            yield f"has an argument {given.name!r}; the hook gives {', '.join(known)}"
        elif given.kind is given.KEYWORD_ONLY and given.default is given.empty:
            yield f"must take {given.name!r} without a star before it"
    if (options["wrapper"] or options["hookwrapper"]) and not inspect.isgeneratorfunction(function):
        yield "is a wrapper but does not yield"


def _raised(error: Exception) -> str:
    if unknown := _UNKNOWN_FIELD.search(str(error)):
        return f"Plugin has no field {unknown[1]!r}{did_you_mean(unknown[1], FIELDS)}"
    if lacking := _LACKING.search(str(error)):
        return f"Plugin(...) in lms_plugin() lacks {lacking[1]}"
    if _OLD_TEXT in str(error):
        return f"{version_1.TEXT}: {_said(error)}"
    return f"lms_plugin() ended with {_said(error)}"


def _said(error: BaseException) -> str:
    """Class, text and the author's line of what was raised."""
    trace = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in trace if not frame.filename.startswith(_NOT_THE_AUTHORS)]
    place = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"
