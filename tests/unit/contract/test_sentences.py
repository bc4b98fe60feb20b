"""Words within a sentence keep the capitals that belong to them; a sentence ends with one full stop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.contract.sentences import ended, lower_first, upper_first


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Nilai karakter", "nilai karakter"),
        ("Kecakapan 4C", "kecakapan 4C"),
        ("4C", "4C"),
        ("C4-C6", "C4-C6"),
        ("KD atau CP", "KD atau CP"),
        ("HOTS", "HOTS"),
        ("SK tim", "SK tim"),
        ("SK TPMPS dari kepala sekolah", "SK TPMPS dari kepala sekolah"),
        ("Pokok soal", "pokok soal"),
        ("Rata-rata skor SNP", "rata-rata skor SNP"),
        ("RKJM, RKT, dan RKAS", "RKJM, RKT, dan RKAS"),
        ("(Bentuk soal)", "(bentuk soal)"),
        ("Pancasila sebagai dasar", "Pancasila sebagai dasar"),
        ("Zoom", "Zoom"),
        ("Desember", "Desember"),
        ("V / 1", "V / 1"),
        ("TPMPS", "TPMPS"),
        ("McGraw", "McGraw"),
        ("WhatsApp", "WhatsApp"),
        ("L1", "L1"),
        ("sudah kecil", "sudah kecil"),
        ("", ""),
    ],
)
def test_only_the_first_letter_of_an_ordinary_word_becomes_small(label: str, inside: str) -> None:
    assert lower_first(label) == inside


@given(st.text(max_size=40))
def test_nothing_but_one_letter_may_change(text: str) -> None:
    inside = lower_first(text)
    assert inside.casefold() == text.casefold()
    assert sum(one != other for one, other in zip(text, inside, strict=False)) <= 1 or len(inside) != len(
        text
    )


def test_a_sentence_begins_large_and_keeps_its_acronyms() -> None:
    assert upper_first("revisi pengecoh menurut KD") == "Revisi pengecoh menurut KD"
    assert upper_first("") == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Siti Aminah, S.Pd.", "Siti Aminah, S.Pd."),
        ("Siti", "Siti."),
        ("Siapa?", "Siapa?"),
        ("H. Ali, M.M", "H. Ali, M.M."),
    ],
)
def test_one_full_stop(text: str, sentence: str) -> None:
    assert ended(text) == sentence
