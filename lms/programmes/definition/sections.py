"""Sections of a definition: each is checked by the plugin that owns it, and stays as it is while that one is off."""

import logging
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from lms.contract.sections import ProgrammeOutline, ProgrammeSection, SectionFault
from lms.contract.text import Text, message
from lms.contract.typed_fields import TypedFields, ValueKind, fields_of
from lms.programmes.definition.errors import DefinitionFault, Path, of_errors, placed

SECTIONS = "sections"
_log = logging.getLogger(__name__)


def as_json(value: Any) -> Any:
    """What YAML gives as values that JSON holds: days and times as ISO texts."""
    if isinstance(value, dict):
        return {str(key): as_json(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(entry) for entry in value]
    if isinstance(value, date):  # a datetime, too
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def check_sections(
    written: Any, known: Iterable[ProgrammeSection], outline: ProgrammeOutline | None
) -> tuple[dict[str, Any], DefinitionFault]:
    """The sections as they are stored, defaults included, and every fault with its path from the top of the definition.

    ``outline`` None: the rest of the definition is faulty, so the sections are not compared with it.
    """
    values = as_json(written) if isinstance(written, dict) else {}
    faults: list[Text] = []
    paths: list[Path] = []
    for section in known:
        if section.key not in values:
            continue
        try:
            values[section.key], fault = _checked(section, values[section.key], outline)
        except Exception:
            _log.exception("check of section %s", section.key)
            sentence = message(
                "bagian '%(key)s' tidak dapat diperiksa karena modulnya gagal", key=section.key
            )
            fault = DefinitionFault([sentence], [(SECTIONS, section.key)])
        faults += fault.faults
        paths += fault.paths
    return values, DefinitionFault(faults, paths)


def _checked(
    section: ProgrammeSection, written: Any, outline: ProgrammeOutline | None
) -> tuple[Any, DefinitionFault]:
    """A section as it is stored, and its faults; raises whatever the plugin's model and check raise."""
    at: Path = (SECTIONS, section.key)
    try:
        typed = section.model.model_validate(written)
    except ValidationError as error:
        return written, of_errors(error.errors(), at)
    found = list(_doubles(typed, at))
    if not found and section.check is not None and outline is not None:
        found = [_own_fault(fault, at) for fault in section.check(typed, outline)]
    stored = typed.model_dump(mode="json")
    return stored, DefinitionFault([sentence for _, sentence in found], [path for path, _ in found])


def _own_fault(fault: SectionFault, at: Path) -> tuple[Path, Text]:
    """Where it lies in the definition, and its sentence; TypeError for what no page could show."""
    if not isinstance(fault.sentence, Text):
        raise TypeError(f"the sentence of a SectionFault is a Text, not {fault.sentence!r}")
    return (*at, *fault.path), fault.sentence


def _doubles(part: TypedFields, at: Path) -> Iterator[tuple[Path, Text]]:
    """Entries of a list that are known by what another one is known by: forms and lists of changes would take them for one."""
    for field in fields_of(type(part)):
        value = getattr(part, field.name)
        if field.kind is ValueKind.PART and value is not None:
            yield from _doubles(value, (*at, field.name))
        if field.kind is not ValueKind.LIST:
            continue
        key, seen = field.label.known_by, set[Hashable]()
        for position, entry in enumerate(value or ()):
            here, known = (*at, field.name, position), getattr(entry, key)
            if known in seen:
                what = next(one.label.title for one in fields_of(type(entry)) if one.name == key)
                twice = message("%(what)s dipakai dua kali: %(value)s", what=what, value=str(known))
                yield (*here, key), placed((*here, key), twice)
            seen.add(known)
            yield from _doubles(entry, here)


def refuse_unknown_sections(
    values: Mapping[str, Any], known: Iterable[str], in_force: Mapping[str, Any]
) -> None:
    """Raise DefinitionFault for sections that no installed plugin owns, but for those that stay as they are in force."""
    strange = [key for key in values if key not in known and values[key] != in_force.get(key)]
    if strange:
        raise DefinitionFault(
            [_not_there(key, key in in_force) for key in strange], [(SECTIONS, key) for key in strange]
        )


def _not_there(key: str, in_force: bool) -> Text:
    if in_force:
        return message(
            "bagian '%(key)s' milik modul yang sedang dimatikan; biarkan isinya seperti semula", key=key
        )
    return message("bagian '%(key)s' tidak ada", key=key)
