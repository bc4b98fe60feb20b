"""The everyday parts of a definition as fields of a form, and back.

A field's name is made of natural keys (stage number, session code, deliverable key), so that it
still means the same after somebody else has added or removed a part.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from lms.contract.sections import ProgrammeSection
from lms.contract.text import Text, message, message_in, verbatim
from lms.programmes.definition.diff import word
from lms.programmes.definition.document import Definition, dump, parse
from lms.programmes.definition.errors import DefinitionFault, Path, without_path
from lms.programmes.definition.sections import SECTIONS
from lms.programmes.editing.form_fields import SENTENCES, Field, Group, shown
from lms.programmes.editing.section_form import groups_of_section

_KINDS = {
    "starts_on": "date",
    "ends_on": "date",
    "on_service_due_at": "moment",
    "starts_at": "moment",
    "ends_at": "moment",
    "due_at": "moment",
    "jp": "number",
    "jp_minutes": "number",
    "mode": "mode",
    "attendance_percent": "percent",
    "product_minimum": "percent",
    "final_minimum": "percent",
    "school_share_percent": "percent",
    "activity": "percent",
    "quizzes": "percent",
    "products": "percent",
    "minimum": "percent",
    "reading_required": "yes_no",
    "agency": "optional",
    "nip": "optional",
    "letterhead": "lines",
}
_LABELS: dict[Path, Text] = {
    ("certificate", "activity"): message("Nama kegiatan"),
    ("certificate", "title"): message("Judul sertifikat"),
    ("certificate", "school_title"): message("Judul piagam sekolah"),
    ("certificate", "classification"): message("Kode klasifikasi"),
    ("passing", "weights", "activity"): message("Bobot keaktifan (%)"),
    ("passing", "weights", "quizzes"): message("Bobot kuis (%)"),
    ("passing", "weights", "products"): message("Bobot produk (%)"),
}
_PAPER = (
    "agency",
    "letterhead",
    "title",
    "school_title",
    "activity",
    "number_pattern",
    "classification",
    "city",
)
_GATES = ("attendance_percent", "product_minimum", "final_minimum", "school_share_percent")


def groups_of(definition: Definition, sections: Iterable[ProgrammeSection] = ()) -> list[Group]:
    """The form for a definition, with its present values; of ``sections`` those that it has."""
    document = dump(definition)
    make = _Maker(document, definition.zone)
    groups = [Group(0, message("Program"), make.fields("", (), ("title", "school_year", "jp_minutes")))]
    for number, stage in enumerate(definition.stages):
        groups += _groups_of_stage(make, number, stage.no, document["stages"][number])
    passing: list[Field] = [*make.fields("lulus", ("passing",), _GATES)]
    passing += make.fields("bobot", ("passing", "weights"), ("activity", "quizzes", "products"))
    groups.append(Group(0, message("Kelulusan dan bobot"), tuple(passing)))
    for position, entry in enumerate(definition.passing.predicates):
        title = message("Kualifikasi %(label)s", label=entry.label)
        at: Path = ("passing", "predicates", position)
        groups.append(Group(0, title, make.fields(f"predikat-{position + 1}", at, ("label", "minimum"))))
    for section in sections:
        if section.key in definition.sections:
            groups += groups_of_section(section, document[SECTIONS][section.key], definition.zone)
    groups.append(
        Group(0, message_in("one", "Sertifikat"), make.fields("sertifikat", ("certificate",), _PAPER))
    )
    for part in ("signer", "responsible"):
        fields = make.fields(part, ("certificate", part), ("position", "name", "nip"))
        groups.append(Group(0, word(part), fields))
    return groups


def read(
    definition: Definition, typed: Mapping[str, str], sections: Collection[ProgrammeSection] = ()
) -> tuple[Definition | None, dict[str, Text], tuple[Text, ...]]:
    """The definition that was typed, sentences by field name, and faults that belong to no field."""
    document = dump(definition)
    errors: dict[str, Text] = {}
    fields = [field for group in groups_of(definition, sections) for field in group.fields]
    for field in fields:
        if field.name in typed and typed[field.name].strip() != field.value:
            try:
                _put(document, field.path, field.meant(typed[field.name].strip(), definition.zone))
            except ValueError:
                errors[field.name] = SENTENCES[field.kind]
    if errors:
        return None, errors, ()
    try:
        return parse(document, sections), {}, ()
    except DefinitionFault as fault:
        return None, *beside_fields(fault, definition, sections)


def beside_fields(
    fault: DefinitionFault, definition: Definition, sections: Iterable[ProgrammeSection] = ()
) -> tuple[dict[str, Text], tuple[Text, ...]]:
    """Each sentence beside the field that its path leads to, or to which it leads up."""
    errors: dict[str, Text] = {}
    rest: list[Text] = []
    known = [field for group in groups_of(definition, sections) for field in group.fields]
    for path, sentence in zip(fault.paths, fault.faults, strict=True):
        field = next((field for field in known if path and field.path[: len(path)] == path), None)
        if field is None:
            rest.append(sentence)
        else:
            errors[field.name] = without_path(sentence, path)
    return errors, tuple(rest)


@dataclass(frozen=True, slots=True)
class _Maker:
    document: dict[str, Any]
    zone: ZoneInfo

    def fields(self, prefix: str, at: Path, names: tuple[str, ...]) -> tuple[Field, ...]:
        return tuple(self._field(prefix, at, name) for name in names)

    def _field(self, prefix: str, at: Path, name: str) -> Field:
        path = (*at, name)
        kind = "text" if path == ("certificate", "activity") else _KINDS.get(name, "text")
        return Field(
            f"f-{prefix}-{name}" if prefix else f"f-{name}",
            path,
            kind,
            _LABELS.get(path) or word(name),
            shown(kind, _get(self.document, path), self.zone),
            longest(path),
        )


def _groups_of_stage(make: _Maker, number: int, no: int, stage: Mapping[str, Any]) -> Iterator[Group]:
    at: Path = ("stages", number)
    names = ("title", "starts_on", "ends_on", "on_service_due_at")
    yield Group(no, message("Tahap %(no)s", no=no), make.fields(f"{no}", at, names))
    for position, entry in enumerate(stage["sessions"]):
        taught = ("title", "starts_at", "ends_at", "jp", "mode", "join_url")
        code = entry["code"]
        fields = make.fields(f"{no}-sesi-{code}", (*at, "sessions", position), taught)
        yield Group(no, message("Sesi %(code)s", code=code), fields)
    for position, entry in enumerate(stage["materials"]):
        line = (*at, "materials", position)
        if entry["module"]:
            fields = make.fields(f"{no}-materi-{entry['module']}", line, ("reading_required",))
            yield Group(no, message("Materi: %(title)s", title=entry["title"]), fields)
        if entry["quiz"]:
            fields = make.fields(f"{no}-kuis-{entry['module']}", (*line, "quiz"), ("due_at",))
            yield Group(no, message("Kuis: %(title)s", title=entry["title"]), fields)
    for position, entry in enumerate(stage["deliverables"]):
        key = entry["key"]
        fields = make.fields(f"{no}-tagihan-{key}", (*at, "deliverables", position), ("due_at",))
        yield Group(no, verbatim(key), fields)


def _get(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _put(document: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


def longest(path: Path) -> int | None:
    """The most characters that the text at ``path`` of a definition may have; None for what has no such limit."""
    schema = document = _schema()
    for step in path:
        schema = schema.get("anyOf", [schema])[0]  # what may be left out: its type, or nothing
        if "$ref" in schema:
            schema = document["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
        schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
    found: int | None = schema.get("maxLength")
    return found


@cache
def _schema() -> dict[str, Any]:
    return Definition.model_json_schema()
