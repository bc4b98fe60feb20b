"""One form for what people paste: nothing visible changes, and what looks alike is found alike."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.contract.normalise import clean_text, fold, fold_name


@pytest.mark.parametrize(
    "pasted",
    [
        "Siti\u200b Aminah",
        "\ufeffSiti Aminah",
        "\u202aSiti Aminah\u202c",
        "Siti\u00a0Aminah",
        "Si\u00adti Aminah",
        "Siti\u2028Aminah",
        " Siti \t Aminah\n",
        "\u2067Siti Aminah\u2069",
        "Siti\u3000Aminah\u200e",
        "Siti\u3164Aminah",
        "Siti Aminah\ufe0f",
        "Siti\u202fAminah",
    ],
)
def test_signs_that_nobody_sees_go(pasted: str) -> None:
    assert clean_text(pasted) == "Siti Aminah"


def test_control_characters_stay_for_whoever_refuses_them() -> None:
    assert clean_text("a\x00b") == "a\x00b"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nur'aini", "NUR’AINI"),
        ("Nur`aini", "Nuraini"),
        ("Ma\u00b4ruf", "Maʼruf"),
        ("Sya\u2018ban", "Syaʾban"),
        ("Andr\u00e9", "Andre\u0301"),
        ("Andr\u00e9", "andre"),
        ("Hj. Siti Aminah, S.Pd.", "siti  aminah"),
        ("Bapak Drs. H. Ali S.PD", "ALI"),
        ("Siti-Nur", "Siti Nur"),
        ("M.Nuh", "M. Nuh"),
        ("\u0645\u062d\u0645\u062f", "\ufee3\ufea4\ufee4\ufeaa"),
        ("\u0623\u062d\u0645\u062f", "\u0627\u062d\u0645\u062f"),
        ("\u0645\u0640\u062d\u0645\u062f", "\u0645\u062d\u0645\u064e\u0651\u062f"),
        ("\u06a9\u0631\u06cc\u0645", "\u0643\u0631\u064a\u0645"),
    ],
)
def test_what_two_people_write_differently_is_one_name(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("Abdul H", "Abdul R"), ("Siti Aminah", "Siti Amina"), ("M. Nuh", "Nuh"), ("Haji", "Bapak")],
)
def test_other_names_stay_others(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


@given(st.text(max_size=40))
def test_folding_again_changes_nothing_and_composition_does_not_matter(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(text.upper()) == fold(text.upper().lower())
