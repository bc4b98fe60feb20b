"""What differs between two definitions, and the form that changes the everyday parts."""

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from lms.contract.text import Localized
from lms.programmes.definition.diff import Kind, changes, word
from lms.programmes.definition.document import Definition, dump, parse
from lms.programmes.editing.form import groups_of, read


def document(stages: int = 2, sessions: int = 2) -> dict[str, Any]:
    return {
        "code": "A",
        "title": "Program",
        "school_year": "2020/2021",
        "participants": [{"role": "teacher"}],
        "stages": [
            {
                "no": no,
                "title": f"Tahap {no}",
                "starts_on": f"2020-0{no}-01",
                "ends_on": f"2020-0{no}-28",
                "on_service_due_at": f"2020-0{no}-28T16:00:00+07:00",
                "sessions": [
                    {
                        "code": f"IN-{no}{letter}",
                        "title": letter,
                        "jp": 3,
                        "starts_at": f"2020-0{no}-02T09:00:00+07:00",
                        "ends_at": f"2020-0{no}-02T11:00:00+07:00",
                    }
                    for letter in "ABC"[:sessions]
                ],
                "materials": [
                    {
                        "group": "POKOK",
                        "title": f"Materi {no}",
                        "jp_in": 3,
                        "jp_on": 6,
                        "quiz": {"due_at": f"2020-0{no}-28T16:00:00+07:00"},
                    }
                ],
                "deliverables": [{"key": f"plan{no}", "due_at": f"2020-0{no}-28T16:00:00+07:00"}],
            }
            for no in range(1, stages + 1)
        ],
        "certificate": {
            "activity": "Kegiatan",
            "city": "Palembang",
            "signer": {"position": "Kepala", "name": "X"},
            "responsible": {"position": "Ketua", "name": "Y"},
        },
    }


def kinds(old: Definition, new: Definition) -> list[tuple[Kind, str]]:
    return [
        (change.kind, " › ".join(text.in_("id") for text in change.where)) for change in changes(old, new)
    ]


def test_nothing_differs_from_itself() -> None:
    assert changes(parse(document()), parse(document())) == ()


def test_parts_added_and_removed_are_one_line_each() -> None:
    two, three = parse(document()), parse(document(stages=3))
    assert kinds(two, three) == [(Kind.ADDED, "Tahap 3 (Tahap 3)")]
    assert kinds(three, two) == [(Kind.REMOVED, "Tahap 3 (Tahap 3)")]
    assert kinds(two, parse(document(sessions=1))) == [
        (Kind.REMOVED, "Tahap 1 (Tahap 1) › Sesi IN-1B (B)"),
        (Kind.REMOVED, "Tahap 2 (Tahap 2) › Sesi IN-2B (B)"),
    ]


def test_a_quiz_comes_goes_and_moves() -> None:
    without, later = document(), document()
    without["stages"][0]["materials"][0]["quiz"] = None
    later["stages"][0]["materials"][0]["quiz"]["due_at"] = "2020-01-27T16:00:00+07:00"
    here = next(name for _kind, name in kinds(parse(document()), parse(without)))
    assert kinds(parse(document()), parse(without)) == [(Kind.REMOVED, here)]
    assert kinds(parse(without), parse(document())) == [(Kind.ADDED, here)]
    assert kinds(parse(document()), parse(later)) == [(Kind.CHANGED, f"{here} › Batas")]


def test_moving_an_entry_is_no_change() -> None:
    moved = document()
    moved["stages"][0]["sessions"].reverse()
    assert changes(parse(document()), parse(moved)) == ()


FIELDS = [field for group in groups_of(parse(document())) for field in group.fields]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_each_field_of_the_form_alone_changes_its_own_part(field: Any) -> None:
    """Writing the present value changes nothing; another one changes at most this one part."""
    definition = parse(document())
    same, errors, faults = read(definition, {field.name: field.value})
    assert (same, errors, faults) == (definition, {}, ())
    other = {
        "text": "https://contoh.example" if field.name.endswith("join_url") else "Lain",
        "number": "31",
        "percent": "71",
        "date": "2020-01-15",
        "moment": "2020-01-15T10:00",
        "mode": "onsite",
        "optional": "Lain",
        "lines": "Satu baris\nDua baris",
    }[field.kind]
    changed, errors, faults = read(definition, {field.name: other})
    if changed is None:
        assert errors or faults
    else:
        found = changes(definition, changed)
        assert len(found) <= 2  # a predicate's label is its key: one goes, one comes
        assert dump(changed) != dump(definition)


@pytest.mark.parametrize("text", ["", "x", "2020-13-01T00:00", "9" * 400, "\x00", "nan", "1e9"])
def test_any_text_in_any_field_is_a_sentence_and_not_a_crash(text: str) -> None:
    definition = parse(document())
    for group in groups_of(definition):
        for field in group.fields:
            changed, errors, faults = read(definition, {field.name: text})
            assert changed is not None or errors or faults


def test_names_are_unique_and_survive_a_new_session() -> None:
    before = {field.name for group in groups_of(parse(document())) for field in group.fields}
    after = [field.name for group in groups_of(parse(document(sessions=3))) for field in group.fields]
    assert len(after) == len(set(after))
    assert before < set(after)


def _fields(kind: type[BaseModel]) -> set[str]:
    """Names of every field of a definition and of its parts."""
    found = set(kind.model_fields)
    for field in kind.model_fields.values():
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                found |= _fields(part)
    return found


def test_each_field_has_a_word_that_is_not_its_name_in_the_program() -> None:
    assert {name for name in _fields(Definition) if word(name).in_("id") == name} == set()


def test_keys_and_choices_are_named_in_words() -> None:
    names = {
        "quality_team": Localized(id="Anggota TPMPS", en="TPMPS member"),
        "zoom": Localized(id="Zoom", en="Zoom"),
        "onsite": Localized(id="Tatap muka", en="Face to face"),
    }
    old, new = document(), document()
    new["stages"][0]["sessions"][0]["mode"] = "onsite"
    new["participants"].append({"role": "quality_team"})
    met, joined = changes(parse(old), parse(new), names)
    said = {change.where[-1].in_("id"): (change.before, change.after) for change in (met, joined)}
    assert said["Cara"] == (names["zoom"], names["onsite"])
    assert "Peserta Anggota TPMPS" in said
