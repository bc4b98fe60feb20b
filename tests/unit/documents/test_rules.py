"""The rules of documents against other ways of saying the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.contract.documents import (
    DocumentField,
    DocumentKind,
    DocumentOption,
    DocumentPart,
    DocumentPermissions,
    DocumentPicture,
    DocumentType,
    FieldKind,
    ReviewDecision,
)
from lms.contract.modules import Unit
from lms.contract.rubrics import Criterion, Rubric, ScaleKind
from lms.contract.text import Localized
from lms.documents import rules

NAME = Localized(id="Nama", en="Name")
TITLE = DocumentField("title", NAME, FieldKind.LINE, signs=1, is_title=True)
UNIT = DocumentField("unit", Localized(id="Satuan", en="Unit"), FieldKind.LINE, signs=0)
NUMBER = DocumentField("target", Localized(id="Target", en="Target"), FieldKind.NUMBER)
DAY = DocumentField("on", Localized(id="Hari", en="Day"), FieldKind.DAY, required=False)
LEVEL = DocumentField(
    "level",
    Localized(id="Tingkat", en="Level"),
    FieldKind.CHOICES,
    options=(DocumentOption("C1", NAME), DocumentOption("new", NAME, since=2022)),
)
WHY = DocumentField("why", Localized(id="Alasan", en="Why"))
GOALS = DocumentPart(
    "goals",
    Localized(id="Sasaran", en="Goals"),
    (UNIT, NUMBER, DAY),
    most=3,
    row_title=Localized(id="Sasaran", en="Goal"),
    check=lambda values: {"target": NAME} if values.get("target") == 0 else {},
)
KIND = DocumentKind(
    "one",
    NAME,
    "rubric",
    (
        DocumentPart("heading", Localized(id="Judul", en="Title"), (TITLE, LEVEL)),
        DocumentPart("why", NAME, (WHY,)),
        GOALS,
    ),
)
PERMISSIONS = DocumentPermissions("a", "a", "a", "a", "a", "a")


def a_type(**more: Any) -> DocumentType:
    fixed = {"title": NAME, "noun": NAME, "path": "x", "unit": Unit.SCHOOL, "kinds": (KIND,), "signer": NAME}
    return DocumentType(key="garden.plan", permissions=PERMISSIONS, changed="garden.x.v1", **fixed, **more)


FULL = [
    ("heading", 0, {"title": "A", "level": ["C1"]}),
    ("why", 0, {"why": "Karena"}),
    ("goals", 1, {"unit": "%", "target": "70", "on": "2020-09-03"}),
]


def lacking(rows: list[Any], year: int = 2020, **more: Any) -> dict[tuple[str, int], list[str]]:
    found = rules.missing(a_type(**more), rules.content_of(KIND, year, rows))
    return {key: [name.in_("id") for name in names] for key, names in found.items()}


def test_a_complete_document_lacks_nothing() -> None:
    assert lacking(FULL) == {}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (
            [],
            {("heading", 0): ["Nama", "Tingkat"], ("why", 0): ["Alasan"], ("goals", 0): ["Satuan", "Target"]},
        ),
        ([*FULL[:1], ("why", 0, {"why": " - ...\n"}), *FULL[2:]], {("why", 0): ["Alasan"]}),
        ([*FULL[:2], ("goals", 7, {"unit": "", "target": None})], {("goals", 7): ["Satuan", "Target"]}),
        ([("heading", 0, {"title": "A", "level": ["new"]}), *FULL[1:]], {("heading", 0): ["Tingkat"]}),
        ([*FULL, ("goals", 2, {"unit": "kg", "target": "0"})], {("goals", 2): ["Target"]}),
        ([*FULL, ("gone", 0, {"x": "y"})], {}),
    ],
    ids=["nothing written", "a dash", "an empty row", "a tick of a later year", "a fault", "a part of old"],
)
def test_what_is_missing_is_named_where_it_is(rows: list[Any], found: dict[Any, Any]) -> None:
    assert lacking(rows) == found


def test_where_no_tick_is_offered_none_is_missing() -> None:
    field = DocumentField("x", NAME, FieldKind.CHOICES, options=(DocumentOption("new", NAME, since=2022),))
    assert rules.is_written(field, [], 2020)
    assert not rules.is_written(field, [], 2022)


def test_a_plugin_may_miss_more_once() -> None:
    assert lacking(FULL, lacking=lambda content: [("heading", NAME), ("heading", NAME)]) == {
        ("heading", 0): ["Nama"]
    }


@given(
    st.text(max_size=40),
    st.none() | st.decimals(-999, 999, places=4),
    st.none() | st.dates(date(2000, 1, 1), date(2100, 12, 31)),
)
def test_values_come_back_as_they_were(text: str, number: Decimal | None, day: date | None) -> None:
    for field, value in ((UNIT, text), (NUMBER, number), (DAY, day)):
        assert rules.typed(field, rules.plain(value)) == value


def test_a_lock_lapses_at_its_moment() -> None:
    until = datetime(2020, 10, 1, 9, tzinfo=UTC)
    assert rules.is_held(until, until - timedelta(seconds=1))
    assert not rules.is_held(until, until)


def test_points_by_weight_and_criteria_without_a_word() -> None:
    lines = (
        Criterion("A", "a", parts=("1", "2"), weight=Decimal(3)),
        Criterion("B", "b", parts=("1", "2", "3", "4")),
    )
    rubric = Rubric("r", "1.0", NAME, ScaleKind.DESCRIPTOR_COUNT, lines)
    scores = {"A": [0], "B": [0, 1, 2, 2]}
    assert rules.weighted_points(rubric, scores) == (6, 10)
    assert rules.descriptors_met(rubric, scores) == 4
    assert rules.uncommented(rubric, scores, {}, 3) == ("A",)
    assert rules.uncommented(rubric, scores, {"A": "x"}, 3) == ()
    assert rules.uncommented(rubric, {}, {}, 0) == ()


def test_a_scale_of_yes_and_no_has_no_descriptors_to_count() -> None:
    checklist = Rubric("r", "1.0", NAME, ScaleKind.BINARY, (Criterion("A", "a"), Criterion("B", "b")))
    assert rules.descriptors_met(checklist, {"A": 1, "B": "na"}) == 0
    assert rules.uncommented(checklist, {"A": 0}, {}, 3) == ()


@given(st.lists(st.sampled_from(ReviewDecision), min_size=1, max_size=6))
def test_of_several_reviews_the_strictest_counts(decisions: list[ReviewDecision]) -> None:
    order = ["accepted", "needs_revision", "rejected"]
    assert rules.state_after(decisions).value == max((one.value for one in decisions), key=order.index)


LEVEL_OF_ONE = DocumentField(
    "level",
    NAME,
    FieldKind.CHOICE,
    options=(DocumentOption("C1", NAME), DocumentOption("old", NAME, until=2019)),
)
SHEET = DocumentField("sheet", Localized(id="Tabel", en="Table"), FieldKind.TABLE, required=False)
DRAWING = DocumentField("drawing", NAME, FieldKind.PICTURE)


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        (LEVEL_OF_ONE, "C1", "C1"),
        (LEVEL_OF_ONE, "", None),
        (SHEET, "A|B\n1|2", "A|B\n1|2"),
        (DRAWING, DocumentPicture("ab/c.jpg", "Kolam"), {"key": "ab/c.jpg", "alt": "Kolam"}),
        (DRAWING, None, None),
    ],
)
def test_choices_tables_and_pictures_are_read_as_they_were_stored(
    field: DocumentField, value: Any, stored: Any
) -> None:
    assert rules.typed(field, stored) == value
    assert rules.typed(field, rules.plain(value)) == value


def test_what_counts_as_written_of_a_choice_and_a_picture() -> None:
    assert rules.is_written(LEVEL_OF_ONE, "C1", 2020)
    assert rules.is_written(LEVEL_OF_ONE, "old", 2019)
    assert not rules.is_written(LEVEL_OF_ONE, "old", 2020), "it is not offered any more"
    assert not rules.is_written(LEVEL_OF_ONE, "", 2020)
    assert rules.is_written(DRAWING, DocumentPicture("a.jpg", "Kolam"), 2020)
    assert not rules.is_written(DRAWING, None, 2020)


@pytest.mark.parametrize(("text", "counts"), [("", False), ("A|B\n1|2", False), ("satu kalimat", True)])
def test_a_table_that_cannot_be_read_is_missing_though_it_is_optional(text: str, counts: bool) -> None:
    kind = DocumentKind("k", NAME, "r", (DocumentPart("p", NAME, (TITLE, SHEET)),))
    content = rules.content_of(kind, 2020, [("p", 0, {"title": "Kolam", "sheet": text})])
    found = rules.missing(replace(a_type(), kinds=(kind,)), content)
    assert found == ({("p", 0): (SHEET.label,)} if counts else {})


def test_the_year_of_a_school_year_and_the_number_of_a_row() -> None:
    assert [rules.school_year_start(text) for text in ("2020/2021", "tahun ini", "")] == [2020, 0, 0]
    assert [rules.next_row(rows) for rows in ([], [1, 3])] == [1, 4]
