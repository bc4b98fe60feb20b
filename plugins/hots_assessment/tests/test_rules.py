"""Complete cards, states and shares against slow ways of saying the same."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imbas_hots_assessment import rules
from imbas_hots_assessment.frameworks import CONTENT, advice_of, band_of, bands, formats, levels
from imbas_hots_assessment.rules import CardState, Decision
from imbas_hots_assessment.stimulus import table_of

from lms.api import load_rubrics

FULL = {
    "competence": "3.5",
    "material": "Kolam",
    "indicator": "Disajikan data",
    "bloom": "C4",
    "format": "mc_single",
    "source": "",
    "stimulus": "Data",
    "stem": "Apa?",
    "options": "A\nB\nC",
    "answer_key": "B",
    "guide": "",
    "reason": "Menghubungkan data",
}
reviews = st.lists(st.tuples(st.integers(1, 3), st.sampled_from(Decision)), max_size=6)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, ()),
        ({"stimulus": ""}, ("stimulus",)),
        ({"stimulus": "", "bloom": "C2"}, ()),
        ({"stimulus": "", "stimulus_table": "Hari | Ikan\n1 | 40"}, ()),
        ({"options": "A\n-\nB\n\n"}, ("options",)),
        ({"format": "short_answer", "options": ""}, ()),
        ({"format": "essay", "options": "", "answer_key": ""}, ("guide",)),
        ({"format": "essay", "options": "", "answer_key": "", "guide": "Langkah 1: 2"}, ()),
        ({"answer_key": " ... "}, ("answer_key",)),
        ({"bloom": "", "reason": "-", "material": "?"}, ("material", "bloom", "reason")),
    ],
)
def test_what_a_card_still_needs(changes: dict[str, Any], missing: tuple[str, ...]) -> None:
    assert rules.missing_parts({**FULL, **changes}) == missing


def test_an_empty_card_needs_nearly_everything() -> None:
    assert rules.missing_parts({}) == (*rules.ROW_PARTS, "stem", "answer_key", "reason")


@given(st.booleans(), st.integers(1, 3), reviews)
def test_the_strictest_review_of_this_version_counts(
    shared: bool, version: int, found: list[tuple[int, Decision]]
) -> None:
    state = rules.state_of(shared, version, found)
    fitting = [decision for reviewed, decision in found if reviewed == version]
    if not shared:
        assert state is CardState.DRAFT
    elif not fitting:
        assert state is CardState.WAITING
    else:
        order = ["use", "improve", "replace"]
        assert state.value == max((decision.value for decision in fitting), key=order.index)


LEVELS = ("C1", "C2", "C3", "C4", "C5", "C6")


@given(st.lists(st.sampled_from([*LEVELS, ""]), max_size=30))
def test_the_share_of_higher_order_items(found: list[str]) -> None:
    share = rules.share(found)
    high = 0
    for level in found:
        high += level in ("C4", "C5", "C6")
    assert (share.cards, share.high) == (len(found), high)
    assert share.enough == (len(found) >= 5 and high >= 3)
    assert abs(share.percent * max(len(found), 1) - 100 * high) <= Decimal("0.2")


def test_use_needs_a_passed_checklist() -> None:
    assert rules.may_be_used(True, Decision.USE)
    assert not rules.may_be_used(False, Decision.USE)
    assert rules.may_be_used(False, Decision.IMPROVE)


def test_the_lists_agree_with_the_rules() -> None:
    assert tuple(formats()) == rules.FORMATS
    assert tuple(levels()) == LEVELS
    assert {code for code, level in levels().items() if level.group == "L3"} == rules.HIGH
    for entries in bands().values():
        minima = [band.minimum for band in entries]
        assert minima == sorted(set(minima), reverse=True)
    for level in levels().values():
        elsewhere = {verb for other in levels().values() if other is not level for verb in other.verbs}
        assert not elsewhere & set(level.verbs), "a verb of one level only must not stand under another"


def test_a_picture_is_a_stimulus_too() -> None:
    assert rules.missing_parts({**FULL, "stimulus": ""}, has_picture=True) == ()


def test_the_bar_grows_with_the_cards_not_with_their_share() -> None:
    """Two cards of five are two fifths, also when both are C4-C6."""
    assert rules.share(["C4", "C5"]).progress == (Decimal(40), Decimal("66.67"))
    assert rules.share([]).progress == (0, 0)
    assert rules.share(["C1"] * 9).progress == (100, 0)
    assert rules.share(["C6"] * 5).progress == (100, 100)


@pytest.mark.parametrize(
    ("p", "d", "words"),
    [
        ("0.95", "0.08", "bekal dasar"),
        ("0.71", "0.19", "bekal dasar"),
        ("0.70", "0.19", "ganti"),
        ("0.30", "0.05", "kalimat"),
        ("0.95", "0.20", "perbaiki"),
        ("0.95", "-0.05", "kunci"),
        ("0.25", "0.45", "pakai"),
    ],
)
@pytest.mark.parametrize("scheme", ["ebel", "arikunto"])
def test_what_to_do_with_an_item_follows_from_both_figures(p: str, d: str, words: str, scheme: str) -> None:
    """As the material teaches: an item that nearly all put right is not replaced for its small D."""
    if scheme == "arikunto" and words == "perbaiki":
        d = "0.21"
    said = advice_of(
        band_of("difficulty", "general", Decimal(p)), band_of("discrimination", scheme, Decimal(d))
    )
    assert words in said.id


def test_whether_an_item_makes_pupils_reason_is_asked_of_higher_levels_only() -> None:
    checklist = next(
        rubric for rubric in load_rubrics(CONTENT / "rubrics.yaml") if rubric.key.endswith("item_review_mc")
    )
    assert rules.fitting(checklist, "C4") is checklist
    low = rules.fitting(checklist, "C2")
    assert {rule.group for rule in low.criteria} == {"Materi", "Konstruksi", "Bahasa"}


cells = st.text(
    st.characters(categories=("L", "N", "P"), exclude_characters='|;"\t-:'), min_size=1, max_size=8
)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=2, max_size=5), st.sampled_from("\t|;"))
def test_a_pasted_table_is_read_as_it_was(lines: list[list[str]], separator: str) -> None:
    found = table_of("\n".join(separator.join(line) for line in lines))
    assert found is not None
    assert [list(found.head), *map(list, found.rows)] == lines


@pytest.mark.parametrize(
    ("text", "head", "rows"),
    [
        ("\tMinggu 1\tMinggu 2\nIkan\t40\t25\n", ("", "Minggu 1", "Minggu 2"), (("Ikan", "40", "25"),)),
        ("| Hari | Ikan |\n|---|:--|\n| 1 | 40 |", ("Hari", "Ikan"), (("1", "40"),)),
        ("Hari;Ikan;\n1;40;\n", ("Hari", "Ikan"), (("1", "40"),)),
        ('A\tB\n"dua\tbaris"\t3', ("A", "B"), (("dua baris", "3"),)),
        ('Panjang (")\tB\n2\t3', ('Panjang (")', "B"), (("2", "3"),)),
        ("A|B|C\n1|2", ("A", "B", "C"), (("1", "2", ""),)),
        ("<b>A</b>|B\n1|2", ("<b>A</b>", "B"), (("1", "2"),)),
    ],
)
def test_tables_of_excel_word_and_a_telephone(
    text: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> None:
    found = table_of(text)
    assert found is not None
    assert (found.head, found.rows) == (head, rows)


@pytest.mark.parametrize("text", ["", "satu kalimat saja", "A|B", "A\nB\nC", "|\n|", " \t \n \t "])
def test_what_is_no_table(text: str) -> None:
    assert table_of(text) is None
