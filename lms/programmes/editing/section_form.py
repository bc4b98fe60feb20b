"""The section of a plugin as fields of the form for a definition."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from lms.contract.sections import ProgrammeSection
from lms.contract.typed_fields import TypedField, ValueKind, fields_of
from lms.programmes.definition.errors import Path
from lms.programmes.definition.sections import SECTIONS
from lms.programmes.editing.form_fields import Field, Group


def groups_of_section(section: ProgrammeSection, values: Any, zone: ZoneInfo) -> Iterator[Group]:
    """A plugin's fields, then a group for each entry of its lists; what lies deeper is changed in the YAML."""
    at: Path = (SECTIONS, section.key)
    if not isinstance(values, Mapping):  # stored before the plugin owned it
        return
    plain, name = fields_of(section.model), f"f-{section.key}"
    if fields := tuple(_typed_fields(plain, values, at, name, zone)):
        yield Group(0, section.title, fields)
    for one in plain:
        if one.kind is ValueKind.LIST and one.model:
            inner = [field for field in fields_of(one.model) if field.name != one.label.known_by]
            for position, entry in enumerate(values.get(one.name, ())):
                label, here = entry.get(one.label.known_by, position + 1), (*at, one.name, position)
                title = one.label.entry(str(label))
                found = tuple(_typed_fields(inner, entry, here, f"{name}-{one.name}-{label}", zone))
                yield Group(0, title, found)


def _typed_fields(
    fields: Iterable[TypedField], values: Mapping[str, Any], at: Path, prefix: str, zone: ZoneInfo
) -> Iterator[Field]:
    for one in fields:
        if one.kind not in (ValueKind.LIST, ValueKind.PART):
            kind = "optional" if one.kind is ValueKind.TEXT and one.may_be_empty else one.kind.value
            shown = one.shown(values.get(one.name), zone)
            yield Field(
                f"{prefix}-{one.name}", (*at, one.name), kind, one.label.title, shown, one.longest, one
            )
