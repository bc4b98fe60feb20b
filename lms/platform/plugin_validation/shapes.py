"""Whether a declared value has the types that its class promises, and its functions the arguments they are given.

Dataclasses do not check this; without it a wrong value ends in a traceback on some page, much later.
"""

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from lms.contract.documents import DocumentPart, DocumentType
from lms.contract.events import EventHandler, Task
from lms.contract.items import ItemType
from lms.contract.modules import CompletionRule
from lms.contract.plugin import Report
from lms.contract.sections import ProgrammeSection
from lms.contract.text import Text
from lms.platform.plugin_validation.words import short

ARGUMENTS: Mapping[type, Mapping[str, tuple[str, ...]]] = {
    CompletionRule: {"gather": ("session", "subjects"), "evaluate": ("facts", "params")},
    EventHandler: {"handle": ("session", "fact", "now"), "prepare": ("session", "fact", "now")},
    Task: {"run": ("session", "now")},
    Report: {"rows": ("session", "place")},
    ProgrammeSection: {"check": ("values", "outline")},
    DocumentPart: {
        "check": ("values",),
        "tidy": ("values",),
        "keep_row": ("session", "document_id", "row"),
    },
    DocumentType: {
        "lacking": ("content",),
        "rubric_for": ("content",),
        "summary": ("content",),
        "board_details": ("session", "place", "own"),
        "details": ("session", "document_id", "content"),
        "tables": ("session", "document_id", "content"),
    },
    ItemType: {
        "check": ("body", "key"),
        "parse": ("body", "fields"),
        "is_answered": ("answer",),
        "score": ("body", "key", "answer"),
        "display": ("body", "answer"),
        "review": ("body", "key", "answer"),
    },
}
"""Class -> function of it -> what it is called with, in this order."""


def shape_faults(value: Any, only: Collection[str] = ()) -> Iterator[str]:
    """Every field of a dataclass (of ``only`` these), and of those in it, that does not hold what its class says."""
    for field in fields(value):
        if not only or field.name in only:
            yield from _faults(field.name, getattr(value, field.name), field.type)
    for name, given in ARGUMENTS.get(type(value), {}).items():
        function = getattr(value, name)
        if name == "handle" and value.prepare is not None:
            given = (*given, "prepared")
        if callable(function) and not takes(function, *given):
            yield f"{name} must take ({', '.join(given)})"


def takes(function: Callable[..., Any], *given: Any, **named: Any) -> bool:
    """Whether a function could be called so."""
    try:
        inspect.signature(function).bind(*given, **named)
    except TypeError:
        return False
    except ValueError:  # built in, without a signature
        return True
    return True


def _faults(where: str, value: Any, hint: Any) -> Iterator[str]:
    if get_origin(hint) in (Union, UnionType):  # only "or None" is used
        if value is None:
            return
        hint = next(one for one in get_args(hint) if one is not NoneType)
    if not _is(value, hint):
        yield f"{where} must be {_words(hint)}, not {short(value)}"
        return
    if isinstance(value, Text):  # made by the contract's own functions
        return
    for place, part, kind in _parts(where, value, hint):
        yield from _faults(place, part, kind)
    if is_dataclass(value):
        yield from (f"{where}: {fault}" for fault in shape_faults(value))


def _parts(where: str, value: Any, hint: Any) -> Iterator[tuple[str, Any, Any]]:
    """What a collection holds: where, the value, and what it must be."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple and arguments[-1] is not Ellipsis:
        yield from ((where, one, kind) for one, kind in zip(value, arguments, strict=True))
    elif origin in (tuple, frozenset):
        yield from ((f"{where} {number}", one, arguments[0]) for number, one in enumerate(value, start=1))
    elif origin is Mapping:
        for key, one in value.items():
            yield f"{where} {key}", key, arguments[0]
            yield f"{where} {key}", one, arguments[1]


def _is(value: Any, hint: Any) -> bool:
    """Whether ``value`` is of the class, without a look into it."""
    if isinstance(hint, str):  # quoted, since it names a class of the database: functions only
        return callable(value) or (value is None and "None" in hint)
    origin = get_origin(hint) or hint
    if origin is Any:
        return True
    if origin is type:
        return isinstance(value, type) and issubclass(value, get_args(hint)[0])
    if origin is Callable:
        return callable(value)
    if origin is tuple and get_args(hint) and get_args(hint)[-1] is not Ellipsis:
        return isinstance(value, tuple) and len(value) == len(get_args(hint))
    if isinstance(value, bool):
        return origin is bool
    return isinstance(value, origin)


def _words(hint: Any) -> str:
    if isinstance(hint, str) or get_origin(hint) is Callable:
        return "a function"
    if get_origin(hint) is type:
        return f"a class of {get_args(hint)[0].__name__}"
    if isinstance(hint, type) and not get_args(hint):
        return f"of type {hint.__name__}"
    return str(hint).replace("typing.", "").replace("collections.abc.", "").replace("lms.contract.", "")
