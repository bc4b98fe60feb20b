"""What declared values say of each other: rubrics, permissions, facts, item types; and rules of their own."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from lms.contract.documents import DocumentKind, DocumentType
from lms.contract.events import EventHandler, EventType, Task
from lms.contract.files import FILE_KINDS
from lms.contract.item_shapes import item_faults
from lms.contract.items import ItemType
from lms.contract.modules import CompletionRule, Deliverable, Material, ModuleType
from lms.contract.plugin import Plugin, Report
from lms.contract.rubrics import Rubric, rubric_faults
from lms.contract.sections import ProgrammeSection
from lms.contract.typed_fields import label_faults
from lms.platform.plugin_validation.documents import document_faults
from lms.platform.plugin_validation.values import keys_in
from lms.platform.plugin_validation.words import did_you_mean
from lms.platform.registry import KINDS, CoreValues, all_values

_EVENT = re.compile(r"^[a-z0-9_]+\.[a-z0-9_]+\.v[1-9][0-9]*$")
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)")


@dataclass(frozen=True, slots=True)
class Known:
    """What core and plugins declare, by key."""

    rubrics: Collection[str]
    permissions: Collection[str]
    event_types: Collection[str]
    deliverables: Collection[str]
    item_keys: Collection[str]
    item_types: Mapping[str, ItemType]
    """Those without a fault, which can look at items."""
    unread: Collection[str]
    """Plugins of which not all could be read: what is missing of theirs has been told."""

    def lacks(self, keys: Collection[str], key: str) -> bool:
        """Whether ``key`` is nobody's."""
        return key not in keys and key.partition(".")[0] not in self.unread


def reference_faults(
    core: CoreValues,
    sound: Mapping[str, Plugin],
    declared: Mapping[str, Plugin],
    unread: Collection[str],
) -> Iterator[str]:
    """Values that name what nobody declares, or that could not work.

    ``sound``: plugins with the values that have the right types, and what was read of their content;
    ``declared``: with the others too, whose keys are known although they are told to be wrong.
    """

    def keys(field: str) -> set[str]:
        both = (*sound.values(), *declared.values())
        own = {KINDS[field].key(value) for value in getattr(core, field)}
        return own | {key for plugin in both for key in keys_in(plugin, field)}

    known = Known(
        rubrics={key.partition(" ")[0] for key in keys("rubrics")},
        permissions=keys("permissions"),
        event_types=keys("event_types"),
        deliverables=keys("deliverables"),
        item_keys=keys("item_types"),
        item_types={value.key: value for value in all_values(core, sound, "item_types")},
        unread=unread,
    )
    for name, plugin in sound.items():
        for field, kind in KINDS.items():
            if check := _CHECKS.get(field):
                for value in getattr(plugin, field):
                    for fault in check(value, known):
                        yield f"{name}: {kind.word} {kind.key(value)!r}: {fault}"


def _deliverable(value: Deliverable, known: Known) -> Iterator[str]:
    if known.lacks(known.rubrics, value.rubric):
        yield f"nobody declares the rubric {value.rubric!r}{did_you_mean(value.rubric, known.rubrics)}"
    for name in sorted(value.media_types - FILE_KINDS.keys()):
        yield f"there is no media type {name!r}; known are {', '.join(FILE_KINDS)}"
    if not value.media_types:
        yield f"media_types is empty; choose of {', '.join(FILE_KINDS)}"
    yield from _above_zero(value, "max_bytes", "max_files")


def _rubric(value: Rubric, _known: Known) -> Iterator[str]:
    yield from rubric_faults(value)


def _report(value: Report, known: Known) -> Iterator[str]:
    if known.lacks(known.permissions, value.permission):
        yield _no_permission(value.permission, known)
    if not value.columns:
        yield "it has no columns"


def _handler(value: EventHandler, known: Known) -> Iterator[str]:
    if known.lacks(known.event_types, value.event_type):
        yield _no_event(value.event_type, known)


def _event_type(value: EventType, _known: Known) -> Iterator[str]:
    if not _EVENT.fullmatch(value.name):
        yield "its name must be <plugin>.<what happened>.v<number>, in lower case letters"


def _rule(value: CompletionRule, known: Known) -> Iterator[str]:
    for name in sorted(value.after):
        if known.lacks(known.event_types, name):
            yield f"after: {_no_event(name, known)}"
    for name in value.parameters:
        if name not in value.defaults:
            yield f"parameter {name!r} has no default; add it to defaults"


def _task(value: Task, _known: Known) -> Iterator[str]:
    yield from _above_zero(value, "every_seconds")


def _item_type(value: ItemType, _known: Known) -> Iterator[str]:
    yield from _above_zero(value, "version")


def _module(value: ModuleType, known: Known) -> Iterator[str]:
    if not value.phases:
        yield "phases is empty; a module is for IN_SERVICE, ON_SERVICE, or both"
    if value.material:
        yield from _material(value.material)
    if value.quiz:
        yield from _above_zero(value.quiz, "minutes", "attempts")
        if not value.quiz.items:
            yield "its quiz has no item"
        seen: set[str] = set()
        for item in value.quiz.items:
            if item.key in seen:
                yield f"quiz: two items are called {item.key!r}"
            seen.add(item.key)
            if known.lacks(known.item_keys, item.type):
                near = did_you_mean(item.type, known.item_keys)
                yield f"{item.key}: nobody declares the item type {item.type!r}{near}"
            elif item.type in known.item_types:
                yield from item_faults(known.item_types, item)
            yield from _stimulus(item.key, item.body, value.material)


def _material(value: Material) -> Iterator[str]:
    yield from _above_zero(value, "minutes")
    if not value.markdown.is_file():
        yield f"its material {value.markdown.name!r} is not there"
        return
    there = _files(value.pictures)
    for name in dict.fromkeys(_PICTURE.findall(value.markdown.read_text(encoding="utf-8"))):
        if name not in there:
            yield f"{value.markdown.name} shows the picture {name!r}, which is not in its folder of pictures"


def _stimulus(key: str, body: Any, material: Material | None) -> Iterator[str]:
    blocks = body.get("stimulus") if isinstance(body, Mapping) else None
    there = _files(material.pictures) if material else frozenset()
    for block in blocks if isinstance(blocks, list | tuple) else ():
        if isinstance(block, Mapping) and block.get("type") == "picture" and block.get("src") not in there:
            yield f"{key}: there is no picture {block.get('src')!r} in the module's folder of pictures"


def _files(folder: Traversable) -> frozenset[str]:
    return frozenset(entry.name for entry in folder.iterdir()) if folder.is_dir() else frozenset()


def _above_zero(value: Any, *names: str) -> Iterator[str]:
    for name in names:
        if getattr(value, name) <= 0:
            yield f"{name} must be above 0"


def _no_permission(action: str, known: Known) -> str:
    return f"nobody declares the permission {action!r}{did_you_mean(action, known.permissions)}"


def _no_event(name: str, known: Known) -> str:
    return f"nobody that is installed and on emits {name!r}{did_you_mean(name, known.event_types)}"


def _document_type(value: DocumentType, known: Known) -> Iterator[str]:
    yield from document_faults(value)
    if known.lacks(known.event_types, value.changed):
        yield f"changed: {_no_event(value.changed, known)}"
    asked = value.permissions
    for action in dict.fromkeys(
        (asked.board, asked.view, asked.create, asked.write, asked.submit, asked.review)
    ):
        if known.lacks(known.permissions, action):
            yield _no_permission(action, known)
    for kind in value.kinds:
        yield from (f"kind {kind.key!r}: {fault}" for fault in _document_kind(kind, known))


def _document_kind(kind: DocumentKind, known: Known) -> Iterator[str]:
    if known.lacks(known.rubrics, kind.rubric):
        yield f"nobody declares the rubric {kind.rubric!r}{did_you_mean(kind.rubric, known.rubrics)}"
    if kind.deliverable and known.lacks(known.deliverables, kind.deliverable):
        near = did_you_mean(kind.deliverable, known.deliverables)
        yield f"nobody declares the deliverable {kind.deliverable!r}{near}"


def _section(value: ProgrammeSection, _known: Known) -> Iterator[str]:
    yield from label_faults(value.model)


_CHECKS: Mapping[str, Callable[[Any, Known], Iterator[str]]] = {
    "module_types": _module,
    "item_types": _item_type,
    "deliverables": _deliverable,
    "rubrics": _rubric,
    "completion_rules": _rule,
    "event_types": _event_type,
    "event_handlers": _handler,
    "tasks": _task,
    "reports": _report,
    "document_types": _document_type,
    "sections": _section,
}
