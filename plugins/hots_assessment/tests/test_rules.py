"""Complete cards, numbers and shares against slow ways of saying the same."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imbas_hots_assessment import rules
from imbas_hots_assessment.documents import CARD
from imbas_hots_assessment.frameworks import CONTENT, advice_of, band_of, bands, formats, levels

from lms.api import DocumentContent, DocumentPicture, load_rubrics, missing_in_document

ITEM = {"stimulus": "Data", "stem": "Apa?", "options": "A\nB\nC", "answer_key": "B", "guide": ""}


@pytest.mark.parametrize(
    ("level", "kind", "changes", "missing"),
    [
        ("C4", "mc_single", {}, []),
        ("C4", "mc_single", {"stimulus": ""}, ["stimulus"]),
        ("C2", "mc_single", {"stimulus": ""}, []),
        ("C4", "mc_single", {"stimulus": "", "stimulus_table": "Hari | Ikan\n1 | 40"}, []),
        ("C4", "mc_single", {"stimulus": "...", "picture": DocumentPicture("a.jpg", "Kolam")}, []),
        ("C4", "mc_single", {"options": "A\n-\nB\n\n"}, ["options"]),
        ("C4", "short_answer", {"options": ""}, []),
        ("C4", "essay", {"options": "", "answer_key": ""}, ["guide"]),
        ("C4", "essay", {"options": "", "answer_key": "", "guide": "Langkah 1: 2"}, []),
        ("C4", "mc_single", {"answer_key": " ... "}, ["answer_key"]),
        ("", "", {"options": "", "stimulus": ""}, []),
    ],
)
def test_what_an_item_still_needs(level: str, kind: str, changes: dict[str, Any], missing: list[str]) -> None:
    assert list(rules.still_lacking(level, kind, {**ITEM, **changes})) == missing


def test_an_empty_card_needs_nearly_everything() -> None:
    content = DocumentContent("card", 2020, ())
    found = missing_in_document(CARD, content)
    assert {key: [name.in_("id") for name in names] for key, names in found.items()} == {
        ("row", 0): ["KD atau CP", "Materi", "Indikator soal", "Level berpikir", "Bentuk soal"],
        ("item", 0): ["Pokok soal", "Alasan level", "Kunci"],
    }


@given(st.lists(st.one_of(st.none(), st.integers(1, 99)), max_size=30))
def test_every_item_has_a_number_that_was_not_given_to_another(wanted: list[int | None]) -> None:
    numbers = rules.item_numbers(wanted)
    assert [number for number, given_ in zip(numbers, wanted, strict=True) if given_] == [
        number for number in wanted if number
    ]
    free = [number for number, given_ in zip(numbers, wanted, strict=True) if not given_]
    assert len(set(free)) == len(free)
    assert not set(free) & set(wanted)
    assert free == sorted(free)
    assert all(lower in numbers for number in free for lower in range(1, number)), "no gap below it"


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
    assert words in said.in_("id")


def test_whether_an_item_makes_pupils_reason_is_asked_of_higher_levels_only() -> None:
    checklist = next(
        rubric for rubric in load_rubrics(CONTENT / "rubrics.yaml") if rubric.key.endswith("item_review_mc")
    )
    assert rules.fitting(checklist, "C4") is checklist
    low = rules.fitting(checklist, "C2")
    assert {rule.group for rule in low.criteria} == {"Materi", "Konstruksi", "Bahasa"}
