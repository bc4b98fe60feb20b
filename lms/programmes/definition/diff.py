"""What differs between two definitions, in words that an admin knows. Pure.

``names`` gives the words for keys and choices (a deliverable, ``quality_team``, ``zoom``) and for the
parameters of rules; without them they stand as they are written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.contract.sections import ProgrammeSection
from lms.contract.text import Joined, Text, message, message_in, verbatim
from lms.contract.typed_fields import EntryTitle, TypedFields, ValueKind, fields_of
from lms.programmes.definition.document import Definition
from lms.programmes.definition.sections import SECTIONS


class Kind(StrEnum):
    """How a part differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; ``where`` leads from the top to the part. Values are as in the definition."""

    kind: Kind
    where: tuple[Text, ...]
    before: Any = None
    after: Any = None


Names = Mapping[str, Text]

_KEYS = {
    "stages": "no",
    "sessions": "code",
    "deliverables": "key",
    "rules": "rule",
    "materials": "title",
    "participants": "role",
    "predicates": "label",
}
"""By what the entries of a list are known, so that moving one is not removing and adding it."""

_CHOICES = {"mode", "module", "release", "role"}
"""Fields whose values are words of the program."""

_WORDS = {
    "format": message("Format berkas"),
    "no": message("Nomor"),
    "key": message("Kunci"),
    "label": message("Sebutan"),
    "role": message_in("one", "Peran"),
    "rule": message("Aturan"),
    "params": message("Ketentuan"),
    "school_title": message("Judul piagam sekolah"),
    "classification": message("Kode klasifikasi surat"),
    "show_scores": message("Nilai dicetak di sertifikat"),
    "code": message("Kode"),
    "title": message("Judul"),
    "school_year": message("Tahun pelajaran"),
    "timezone": message("Zona waktu"),
    "jp_minutes": message("Menit per JP"),
    "attendance": message("Kehadiran"),
    "minimum_share": message("Porsi minimal kehadiran per sesi"),
    "excused_counts": message("Izin dihitung hadir"),
    "passing": message("Kelulusan"),
    "attendance_percent": message("Persentase minimal kehadiran"),
    "product_minimum": message("Nilai produk minimal"),
    "final_minimum": message("Nilai akhir minimal"),
    "school_share_percent": message("Persentase minimal peserta tuntas"),
    "weights": message("Bobot"),
    "activity": message("Keaktifan / kegiatan"),
    "quizzes": message("Kuis"),
    "products": message("Produk"),
    "predicates": message("Kualifikasi"),
    "minimum": message("Batas bawah"),
    "participants": message("Peserta"),
    "certified": message("Mendapat sertifikat"),
    "stages": message("Tahap"),
    "starts_on": message_in("a date", "Mulai"),
    "ends_on": message_in("a date", "Selesai"),
    "on_service_due_at": message("Batas On Service"),
    "sessions": message_in("one", "Sesi"),
    "starts_at": message_in("a date", "Mulai"),
    "ends_at": message_in("a date", "Selesai"),
    "jp": verbatim("JP"),
    "mode": message("Cara"),
    "join_url": message("Tautan"),
    "materials": message("Materi"),
    "group": message("Kelompok"),
    "module": message("Modul"),
    "jp_in": verbatim("JP In"),
    "jp_on": verbatim("JP On"),
    "reading_required": message("Materi wajib dibaca"),
    "quiz": message_in("one", "Kuis"),
    "due_at": message("Batas"),
    "release": message("Hasil ditampilkan"),
    "deliverables": message("Tagihan"),
    "mandatory": message("Wajib"),
    "rules": message("Aturan"),
    "sections": message("Bagian modul"),
    "certificate": message_in("one", "Sertifikat"),
    "agency": message("Nama kantor pada surat"),
    "letterhead": message("Baris kop surat"),
    "number_pattern": message("Pola nomor"),
    "city": message("Kota"),
    "signer": message("Penanda tangan"),
    "responsible": message("Penanggung jawab"),
    "position": message("Jabatan"),
    "name": message("Nama"),
    "nip": verbatim("NIP"),
}


def changes(
    old: Definition,
    new: Definition,
    names: Names | None = None,
    sections: Mapping[str, ProgrammeSection] | None = None,
) -> tuple[Change, ...]:
    """Every difference, in the order of the definition; empty when there is none.

    ``sections`` are those of plugins that are on: theirs are told in the plugin's words.
    """
    core = _Differences(dict(names or {}), _WORDS, _KEYS, _CHOICES)
    before, after = (definition.model_dump(exclude={SECTIONS}) for definition in (old, new))
    return (
        *core.of_mapping(before, after, ()),
        *_of_sections(old.sections, new.sections, names or {}, sections or {}),
    )


def word(name: str) -> Text:
    """A field's name as people call it."""
    return _WORDS.get(name) or verbatim(name)


def _of_sections(
    old: Mapping[str, Any], new: Mapping[str, Any], names: Names, known: Mapping[str, ProgrammeSection]
) -> Iterator[Change]:
    for key in dict.fromkeys((*new, *old)):
        before, after, section = old.get(key), new.get(key), known.get(key)
        if before == after:
            continue
        here = (section.title if section else names.get(key) or verbatim(key),)
        if not isinstance(before, Mapping) or not isinstance(after, Mapping):
            yield Change(
                Kind.REMOVED if after is None else Kind.ADDED if before is None else Kind.CHANGED, here
            )
        elif section is None:
            yield Change(Kind.CHANGED, here)
        else:
            differences = _Differences({}, {}, {}, set())
            differences.learn(section.model)
            yield from differences.of_mapping(_typed(section, before), _typed(section, after), here)


def _typed(section: ProgrammeSection, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Days and times as such; as they are stored when the plugin's model of today does not take them."""
    try:
        return section.model.model_validate(values).model_dump()
    except Exception:  # also of a model that fails: former versions are read all the same
        return values


@dataclass(frozen=True, slots=True)
class _Differences:
    names: dict[str, Text]
    words: dict[str, Text]
    keys: dict[str, str]
    """Of lists: by what their entries are known."""
    choices: set[str]
    """Fields whose values are words of the program."""

    def learn(self, model: type[TypedFields]) -> None:
        """Take up the words of a plugin's model, and of the models inside."""
        for field in fields_of(model):
            self.words[field.name] = field.label.title
            self.names.update(field.label.options)
            if field.kind is ValueKind.CHOICE:
                self.choices.add(field.name)
            if field.model:
                self.keys[field.name] = field.label.known_by
                self.learn(field.model)

    def of_mapping(
        self, old: Mapping[str, Any], new: Mapping[str, Any], where: tuple[Text, ...]
    ) -> Iterator[Change]:
        for name in dict.fromkeys((*new, *old)):
            before, after = old.get(name), new.get(name)
            if before != after:
                yield from self._of_value(name, before, after, where)

    def _of_value(self, name: str, before: Any, after: Any, where: tuple[Text, ...]) -> Iterator[Change]:
        here = (*where, self.words.get(name) or self._name(name))
        if name in self.keys and _is_list(before) and _is_list(after):
            yield from self._of_list(name, before, after, where)
        elif isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from self.of_mapping(before, after, here)
        elif isinstance(before, Mapping) or isinstance(after, Mapping):
            yield Change(Kind.REMOVED if after is None else Kind.ADDED, here)
        else:
            chosen = name in self.choices
            yield Change(
                Kind.CHANGED,
                here,
                self._choice(before) if chosen else before,
                self._choice(after) if chosen else after,
            )

    def _of_list(
        self, name: str, before: Sequence[Any], after: Sequence[Any], where: tuple[Text, ...]
    ) -> Iterator[Change]:
        key = self.keys[name]  # of a module that called it otherwise before: told apart by their order
        old = {str(entry.get(key, no)): entry for no, entry in enumerate(before, start=1)}
        new = {str(entry.get(key, no)): entry for no, entry in enumerate(after, start=1)}
        for label, entry in new.items():
            here = (*where, self._named(name, label, entry))
            if label not in old:
                yield Change(Kind.ADDED, here)
            elif old[label] != entry:
                yield from self.of_mapping(old[label], entry, here)
        for label, entry in old.items():
            if label not in new:
                yield Change(Kind.REMOVED, (*where, self._named(name, label, entry)))

    def _named(self, name: str, label: str, entry: Mapping[str, Any]) -> Text:
        what, title, called = self.words[name], str(entry.get("title", "")), self._name(label)
        both = EntryTitle(what, called)
        return Joined("", (both, verbatim(f" ({title})"))) if title and title != label else both

    def _choice(self, value: Any) -> Any:
        return self._name(value) if isinstance(value, str) and value else value

    def _name(self, value: str) -> Text:
        return self.names.get(value) or verbatim(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)
