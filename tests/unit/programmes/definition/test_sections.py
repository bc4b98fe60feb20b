"""A plugin's section: checked with the whole definition, in the form, and told in the plugin's words when it changes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, model_validator

from lms.contract.sections import ProgrammeOutline, ProgrammeSection, SectionFault
from lms.contract.text import Localized, verbatim
from lms.contract.typed_fields import (
    Day,
    FieldFault,
    FieldLabel,
    Moment,
    TypedFields,
    fields_of,
    label_faults,
)
from lms.programmes.definition.diff import Kind, changes
from lms.programmes.definition.document import Definition, dump, parse
from lms.programmes.definition.errors import DefinitionFault
from lms.programmes.definition.sections import refuse_unknown_sections
from lms.programmes.definition.yaml_document import dump_yaml, load_yaml
from lms.programmes.editing.form import groups_of, read
from tests.unit.programmes.definition.test_diff import document


def called(word: str, **more: Any) -> FieldLabel:
    return FieldLabel(Localized(id=word, en=f"{word} (en)"), **more)


SIZES = {"small": Localized(id="Kecil", en="Small"), "large": Localized(id="Besar", en="Large")}


class Bed(TypedFields):
    code: Annotated[str, Field(min_length=1, max_length=8), called("Kode")]
    area: Annotated[Decimal, Field(gt=0), called("Luas")]
    size: Annotated[Literal["small", "large"], called("Ukuran", options=SIZES)] = "small"
    sown_on: Annotated[Day | None, called("Ditanam")] = None
    seen_at: Annotated[Moment | None, called("Dilihat")] = None
    stage: Annotated[int, Field(ge=1), called("Tahap")] = 1


class Orchard(TypedFields):
    name: Annotated[str, Field(max_length=20), called("Nama kebun")] = ""
    open: Annotated[bool, called("Terbuka")] = True
    beds: Annotated[tuple[Bed, ...], called("Petak", known_by="code")] = ()


def check(values: Orchard, outline: ProgrammeOutline) -> Iterator[SectionFault]:
    for position, bed in enumerate(values.beds):
        if bed.stage > len(outline.stages):
            yield SectionFault(
                ("beds", position, "stage"), verbatim(f"petak {bed.code}: tahap {bed.stage} tidak ada")
            )


SECTION = ProgrammeSection("orchard.plan", Localized(id="Kebun buah", en="Orchard"), Orchard, check)
BEDS = [
    {"code": "A", "area": "2.5", "sown_on": "2020-01-05"},
    {"code": "B", "area": "4", "seen_at": "2020-01-05T09:00:00+07:00"},
]


def planted(**values: Any) -> dict[str, Any]:
    return {**document(), "sections": {"orchard.plan": {"beds": BEDS, **values}}}


def planted_definition(**values: Any) -> Definition:
    return parse(planted(**values), [SECTION])


def test_its_values_are_stored_with_their_defaults_and_go_through_yaml() -> None:
    definition = planted_definition()
    stored = dump(definition)["sections"]["orchard.plan"]
    assert stored["open"] is True
    assert stored["beds"][0] == {
        "code": "A",
        "area": "2.5",
        "size": "small",
        "sown_on": "2020-01-05",
        "seen_at": None,
        "stage": 1,
    }
    assert load_yaml(dump_yaml(definition), [SECTION]) == definition
    assert load_yaml(dump_yaml(definition)) == definition, "also while the plugin is off"
    bare = dump_yaml(definition).replace("'2020-01-05'", "2020-01-05")
    assert load_yaml(bare, [SECTION]) == load_yaml(bare) == definition, "YAML's own days are texts"


def test_its_faults_are_told_with_those_of_the_core_each_with_its_line() -> None:
    text = dump_yaml(planted_definition())
    broken = text.replace("area: '4'", "area: '-4'").replace("code: IN-1A", "code: IN 1A")
    broken = broken.replace("      sown_on: '2020-01-05'", "      sown: 2020-01-05")
    with pytest.raises(DefinitionFault) as told:
        load_yaml(broken, [SECTION])
    found = {
        sentence.partition(": ")[2]: sentence.partition(": ")[0]
        for sentence in tuple(str(told.value).splitlines())
    }
    assert set(found) == {
        "stages › nomor 1 › sessions › nomor 1 › code: bentuknya tidak sesuai",
        "sections › orchard.plan › beds › nomor 1 › sown: tidak dikenal",
        "sections › orchard.plan › beds › nomor 2 › area: harus lebih dari 0",
    }
    lines = broken.splitlines()
    for sentence, line in found.items():
        field = sentence.rpartition(":")[0].rpartition(" › ")[2]
        assert f"{field}:" in lines[int(line.removeprefix("baris ")) - 1]


def test_its_own_check_sees_the_rest_of_the_definition() -> None:
    values = [{**BEDS[0], "stage": 2}, {**BEDS[1], "stage": 3}]
    with pytest.raises(DefinitionFault) as told:
        planted_definition(beds=values)
    assert tuple(str(told.value).splitlines()) == ("petak B: tahap 3 tidak ada",)
    assert told.value.paths == (("sections", "orchard.plan", "beds", 1, "stage"),)
    assert parse(planted(beds=values)).sections, "what is stored stays readable"


def test_a_check_that_fails_lets_nothing_pass() -> None:
    def explode(_values: Orchard, _outline: ProgrammeOutline) -> list[SectionFault]:
        raise ZeroDivisionError

    with pytest.raises(DefinitionFault, match=r"'orchard\.plan' tidak dapat diperiksa"):
        parse(planted(), [ProgrammeSection("orchard.plan", SECTION.title, Orchard, explode)])


@pytest.mark.parametrize(
    "fault",
    [
        SectionFault(("beds",), "petak terlalu dekat"),  # type: ignore[arg-type]
        SectionFault(("beds",), None),  # type: ignore[arg-type]
        SectionFault(None, verbatim("petak terlalu dekat")),  # type: ignore[arg-type]
        "petak terlalu dekat",
    ],
)
def test_a_check_that_answers_otherwise_than_it_promises_has_failed(fault: Any) -> None:
    """No page could show it, so it is not kept for later."""
    section = replace(SECTION, check=lambda _values, _outline: [fault])
    with pytest.raises(DefinitionFault) as told:
        load_yaml(dump_yaml(planted_definition()), [section])
    assert "'orchard.plan' tidak dapat diperiksa karena modulnya gagal" in str(told.value)
    changed, errors, faults = read(planted_definition(), {"f-orchard.plan-name": "Lain"}, [section])
    assert (changed, faults) == (None, ())
    (sentence,) = errors.values()
    assert "tidak dapat diperiksa" in sentence.in_("id")


@pytest.mark.parametrize("path", [("beds", -9), ("beds", 9), ("plot",), (9,), ()])
def test_a_fault_at_no_place_is_told_where_the_path_ends(path: tuple[int | str, ...]) -> None:
    section = replace(
        SECTION, check=lambda _values, _outline: [SectionFault(path, verbatim("terlalu dekat"))]
    )
    with pytest.raises(DefinitionFault, match=r"baris \d+: terlalu dekat"):
        load_yaml(dump_yaml(planted_definition()), [section])


def test_a_model_that_fails_lets_nothing_pass() -> None:
    class Broken(Orchard):
        @model_validator(mode="after")
        def _even(self) -> "Broken":
            raise ZeroDivisionError

    section = ProgrammeSection("orchard.plan", SECTION.title, Broken)
    with pytest.raises(DefinitionFault, match=r"'orchard\.plan' tidak dapat diperiksa"):
        parse(planted(), [section])
    before, after = planted_definition(), planted_definition(beds=BEDS[:1])
    (change,) = changes(before, after, None, {section.key: section})
    assert change.kind is Kind.REMOVED, "what is stored is compared all the same"


def test_a_plain_sentence_of_a_validator_is_said_as_it_is() -> None:
    class Even(TypedFields):
        beds: Annotated[tuple[Bed, ...], called("Petak", known_by="code")] = ()

        @model_validator(mode="after")
        def _odd(self) -> "Even":
            raise FieldFault("jumlah petak harus ganjil")  # type: ignore[arg-type]

    with pytest.raises(DefinitionFault) as told:
        parse(planted(), [ProgrammeSection("orchard.plan", SECTION.title, Even)])
    assert str(told.value) == "sections › orchard.plan: jumlah petak harus ganjil"


TWICE = [BEDS[0], BEDS[1], {**BEDS[0], "area": "7"}]


def test_a_second_entry_known_by_the_same_is_refused_with_its_line() -> None:
    text = dump_yaml(planted_definition(beds=[*BEDS, {"code": "C", "area": "7"}]))
    with pytest.raises(DefinitionFault) as told:
        load_yaml(text.replace("code: C", "code: A"), [SECTION])
    assert told.value.paths == (("sections", "orchard.plan", "beds", 2, "code"),)
    line = next(number for number, found in enumerate(text.splitlines(), 1) if "code: C" in found)
    assert str(told.value) == (
        f"baris {line}: sections › orchard.plan › beds › nomor 3 › code: Kode dipakai dua kali: A"
    )


def test_a_second_entry_that_was_stored_before_is_told_in_the_form() -> None:
    """Its fields have the names of the first one's, so that nothing typed could be kept."""
    stored = parse(planted(beds=TWICE))
    for typed in ({}, {"f-orchard.plan-beds-A-area": "9"}, {"f-orchard.plan-name": "Lain"}):
        changed, errors, faults = read(stored, typed, [SECTION])
        assert (changed, errors) == (None, {})
        (sentence,) = faults
        assert sentence.in_("id").endswith("beds › nomor 3 › code: Kode dipakai dua kali: A")


def test_entries_without_what_they_are_known_by_now_are_told_apart_by_their_order() -> None:
    """The module called that field otherwise before."""
    stored = parse(planted(beds=[{"label": "A"}, {"label": "B"}]))
    titles = [group.title.in_("id") for group in groups_of(stored, [SECTION])]
    assert {"Petak 1", "Petak 2"} <= set(titles)


def test_entries_are_told_apart_by_values_and_in_each_list_by_itself() -> None:
    class Row(TypedFields):
        width: Annotated[Decimal | None, called("Lebar")] = None

    class House(TypedFields):
        no: Annotated[int, called("Nomor")]
        rows: Annotated[tuple[Row, ...], called("Baris", known_by="width")] = ()

    class Farm(TypedFields):
        houses: Annotated[tuple[House, ...] | None, called("Rumah", known_by="no")] = None
        best: Annotated[House | None, called("Terbaik")] = None

    def paths(**values: Any) -> tuple[Any, ...]:
        section = ProgrammeSection("farm", SECTION.title, Farm)
        try:
            parse({**document(), "sections": {"farm": values}}, [section])
        except DefinitionFault as fault:
            return tuple(path[2:] for path in fault.paths)
        return ()

    once = {"no": 1, "rows": [{"width": "1"}, {"width": "2"}, {}]}
    assert (
        paths() == paths(houses=None, best=None) == paths(houses=[once, {**once, "no": 2}], best=once) == ()
    )
    assert paths(houses=[once, once, once]) == (("houses", 1, "no"), ("houses", 2, "no"))
    same = {"no": 2, "rows": [{"width": "1.0"}, {"width": "1.00"}]}
    assert paths(houses=[once, same]) == (("houses", 1, "rows", 1, "width"),)
    assert paths(best={"no": 1, "rows": [{}, {}]}) == (("best", "rows", 1, "width"),)


@pytest.mark.parametrize("written", ["kebun", ["kebun"], 3, None, {"orchard.plan": ["kebun"]}])
def test_odd_values_are_faults_and_no_crash(written: Any) -> None:
    with pytest.raises(DefinitionFault):
        parse({**document(), "sections": written}, [SECTION])


def test_sections_that_nobody_owns_stay_as_they_are_and_no_other() -> None:
    kept = {"other": {"a": [1]}}
    refuse_unknown_sections({**kept, "orchard.plan": {}}, {"orchard.plan"}, kept)
    refuse_unknown_sections({}, {"orchard.plan"}, kept)
    with pytest.raises(DefinitionFault, match="bagian 'orchad' tidak ada") as told:
        refuse_unknown_sections({"orchad": {}}, {"orchard.plan"}, kept)
    assert told.value.paths == (("sections", "orchad"),)
    with pytest.raises(DefinitionFault, match="modul yang sedang dimatikan"):
        refuse_unknown_sections({"other": {"a": [2]}}, {"orchard.plan"}, kept)


def said(old: Definition, new: Definition, *, on: bool = True) -> list[tuple[Kind, str, Any, Any]]:
    known = {SECTION.key: SECTION} if on else {}
    return [
        (change.kind, " › ".join(text.in_("id") for text in change.where), change.before, change.after)
        for change in changes(old, new, None, known)
    ]


def test_what_changes_is_told_in_its_words() -> None:
    before = planted_definition()
    after = planted_definition(
        open=False,
        beds=[{**BEDS[1], "size": "large"}, {**BEDS[0], "sown_on": "2020-01-06"}, {"code": "C", "area": 1}],
    )
    assert said(before, after) == [
        (Kind.CHANGED, "Kebun buah › Terbuka", True, False),
        (Kind.CHANGED, "Kebun buah › Petak B › Ukuran", SIZES["small"], SIZES["large"]),
        (Kind.CHANGED, "Kebun buah › Petak A › Ditanam", date(2020, 1, 5), date(2020, 1, 6)),
        (Kind.ADDED, "Kebun buah › Petak C", None, None),
    ]
    assert said(before, after, on=False) == [(Kind.CHANGED, "orchard.plan", None, None)]
    assert said(before, parse(document())) == [(Kind.REMOVED, "Kebun buah", None, None)]
    assert said(parse(document()), before) == [(Kind.ADDED, "Kebun buah", None, None)]


OTHER = {
    "text": "Lain",
    "optional": "Lain",
    "number": "2",
    "decimal": "7,25",
    "date": "2020-01-15",
    "moment": "2020-01-15T10:00",
    "yes_no": "no",
    "choice": "large",
}
FIELDS = [
    field
    for group in groups_of(planted_definition(), [SECTION])
    for field in group.fields
    if field.path[0] == "sections"
]


def test_the_form_has_a_field_for_each_value_but_the_one_that_tells_entries_apart() -> None:
    assert [field.name for field in FIELDS[:3]] == [
        "f-orchard.plan-name",
        "f-orchard.plan-open",
        "f-orchard.plan-beds-A-area",
    ]
    assert len(FIELDS) == 2 + 2 * 5
    assert {field.kind for field in FIELDS} == OTHER.keys() - {"text"}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_each_field_of_the_form_changes_its_own_value(field: Any) -> None:
    definition = planted_definition()
    assert read(definition, {field.name: field.value}, [SECTION]) == (definition, {}, ())
    changed, errors, faults = read(definition, {field.name: OTHER[field.kind]}, [SECTION])
    assert changed is not None, (errors, faults)
    (only,) = said(definition, changed)
    assert only[1].endswith(field.label.in_("id"))
    for odd in ("", "x", "9" * 400, "\x00", "2020-13-01"):
        changed, errors, faults = read(definition, {field.name: odd}, [SECTION])
        assert changed is not None or field.name in errors or faults


def test_a_fault_of_the_model_stands_beside_its_field() -> None:
    _changed, errors, faults = read(planted_definition(), {"f-orchard.plan-beds-B-area": "-1"}, [SECTION])
    assert errors["f-orchard.plan-beds-B-area"].in_("id") == "harus lebih dari 0"
    assert faults == ()
    _changed, errors, _faults = read(planted_definition(), {"f-orchard.plan-beds-B-stage": "9"}, [SECTION])
    assert errors["f-orchard.plan-beds-B-stage"].in_("id") == "petak B: tahap 9 tidak ada"


def test_fields_without_words_and_types_that_no_form_shows_are_told() -> None:
    class Bare(TypedFields):
        name: str
        size: Annotated[Literal["small", "huge"], called("Ukuran", options=SIZES)]
        beds: Annotated[tuple[Bed, ...], called("Petak", known_by="kode")]

    class Odd(TypedFields):
        weights: Annotated[dict[str, int], called("Bobot")]

    assert list(label_faults(Orchard)) == []
    assert list(label_faults(Bare)) == [
        "field 'name' has no words; write name: Annotated[<type>, FieldLabel(message(...))]",
        "field 'size': its FieldLabel has no word for 'huge'; add it to options",
        "field 'beds': known_by of its FieldLabel must name a field of an entry, one of code, area, size, sown_on, seen_at, stage",
    ]
    (fault,) = label_faults(Odd)
    assert "which no form shows" in fault
    assert [field.may_be_empty for field in fields_of(Bed)] == [False, False, False, True, True, False]
