"""Sections of a definition: each is checked by the plugin that owns it, and stays as it is while that one is off."""

import logging
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from lms.contract.sections import ProgrammeOutline, ProgrammeSection
from lms.contract.text import Text, message
from lms.programmes.definition.errors import DefinitionFault, Path, of_errors

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
        at: Path = (SECTIONS, section.key)
        try:
            typed = section.model.model_validate(values[section.key])
        except ValidationError as error:
            fault = of_errors(error.errors(), at)
            faults += fault.faults
            paths += fault.paths
            continue
        values[section.key] = typed.model_dump(mode="json")
        for path, sentence in _own_faults(section, typed, outline):
            faults.append(sentence)
            paths.append((*at, *path))
    return values, DefinitionFault(faults, paths)


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


def _own_faults(
    section: ProgrammeSection, typed: Any, outline: ProgrammeOutline | None
) -> list[tuple[Path, Text]]:
    """What the plugin itself finds; a check that fails lets nothing pass."""
    if section.check is None or outline is None:
        return []
    try:
        return [(fault.path, fault.sentence) for fault in section.check(typed, outline)]
    except Exception:
        _log.exception("check of section %s", section.key)
        return [
            ((), message("bagian '%(key)s' tidak dapat diperiksa karena modulnya gagal", key=section.key))
        ]
