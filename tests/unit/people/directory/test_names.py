"""Names, titles and usernames."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.directory.names import (
    display_name,
    name_is_usable,
    split_titles,
    tidy_name,
    tidy_titles,
    username_is_usable,
    username_suggestions,
)


def test_titles_stand_before_and_after() -> None:
    assert display_name("Siti Aminah", "Hj.", "S.Pd.SD., M.Si.") == "Hj. Siti Aminah, S.Pd.SD., M.Si."
    assert display_name("Sulastri") == "Sulastri"


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("Hj. Siti Aminah, S.Pd.SD., M.Si.", ("Hj.", "Siti Aminah", "S.Pd.SD., M.Si.")),
        ("Drs. H. Mulyadi", ("Drs. H.", "Mulyadi", "")),
        ("BUDI CONTOH, S.Pd.", ("", "BUDI CONTOH", "S.Pd.")),
        ("M. Yusuf", ("", "M. Yusuf", "")),
        ("Sulastri", ("", "Sulastri", "")),
        ("Prof.Dr. Rahman", ("Prof.Dr.", "Rahman", "")),
        ("H.", ("", "H.", "")),
        ("Hj SITI KHADIJAH", ("Hj.", "SITI KHADIJAH", "")),
        ("SITI AMINAH S.PD", ("", "SITI AMINAH", "S.Pd.")),
        ("DRS. H. M. YUSUF, M.PD.I", ("Drs. H.", "M. YUSUF", "M.Pd.I.")),
        ("Ibu Sri Wahyuni, S.Pd..", ("", "Sri Wahyuni", "S.Pd.")),
        ("dr. Andi Contoh", ("dr.", "Andi Contoh", "")),
        ("R Contoh", ("", "R Contoh", "")),
        ("BUDI ST", ("", "BUDI ST", "")),
    ],
)
def test_titles_are_split(raw: str, parts: tuple[str, str, str]) -> None:
    assert split_titles(raw) == parts


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("SITI  NUR'AINI", "Siti Nur'aini"),
        ("NUR’AINI SYA`BANI", "Nur'aini Sya'bani"),
        ("A'ISYAH", "A'isyah"),
        ("D'SOUZA O'BRIEN", "D'Souza O'Brien"),
        ("HENDRA WIJAYA III", "Hendra Wijaya III"),
        ("I GUSTI NGURAH RAI", "I Gusti Ngurah Rai"),
        ("IVAN MIMI", "Ivan Mimi"),  # no figures, whatever letters they have
        ("ALI BIN SAID", "Ali bin Said"),
        ("AHMAD bin SAID", "Ahmad bin Said"),
        ("MARIA DE JESUS VAN DER BERG", "Maria de Jesus van der Berg"),
        ("VAN HOUTEN", "Van Houten"),
        ("AHMAD AL-GHAZALI", "Ahmad al-Ghazali"),
        ("AL-FATIH", "Al-Fatih"),
        ("A.A. GDE M.NUH", "A.A. Gde M.Nuh"),
        ("ST. AISYAH", "St. Aisyah"),
        ("SITI-NUR", "Siti-Nur"),
        ("siti aminah", "Siti Aminah"),
        ("Siti McDonald", "Siti McDonald"),
        ("Siti nurhaliza", "Siti nurhaliza"),  # somebody has written it so
        ("Nur\u200baini\u00a0Sya\u00adbani", "Nuraini Syabani"),
        ("Andre\u0301", "Andr\u00e9"),
    ],
)
def test_capitals_become_the_usual_spelling(typed: str, stored: str) -> None:
    assert tidy_name(typed) == stored
    assert tidy_name(stored) == stored


def test_names_without_letters_or_with_control_characters_are_refused() -> None:
    assert name_is_usable("Sulastri")
    assert not name_is_usable("123")
    assert not name_is_usable("")
    assert not name_is_usable("Siti\u202egnp")
    assert not name_is_usable("a" * 121)


def test_usernames_start_with_the_name() -> None:
    assert list(islice(username_suggestions("Siti Aminah Rahayu"), 3)) == [
        "siti.aminah",
        "siti.aminah2",
        "siti.aminah3",
    ]


@given(st.text(max_size=60))
def test_each_suggestion_is_a_usable_username(name: str) -> None:
    assert all(username_is_usable(found) for found in islice(username_suggestions(name), 3))


def test_titles_typed_in_capitals_are_written_as_usual() -> None:
    assert tidy_titles("HJ.", "S.PD, m.pd") == ("Hj.", "S.Pd., M.Pd.")
    assert tidy_titles("", "S.Pd.SD., M.Si.") == ("", "S.Pd.SD., M.Si.")


def test_a_name_stored_in_capitals_is_shown_as_people_write_it() -> None:
    assert display_name("NUR'AINI SYA'BANI", "Hj.", "S.Pd.") == "Hj. Nur'aini Sya'bani, S.Pd."
    assert display_name("HENDRA WIJAYA III") == "Hendra Wijaya III"
