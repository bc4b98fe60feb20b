"""Names, titles and usernames."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.names import (
    display_name,
    name_is_usable,
    split_titles,
    tidy_name,
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
    ],
)
def test_titles_are_split(raw: str, parts: tuple[str, str, str]) -> None:
    assert split_titles(raw) == parts


def test_capitals_become_the_usual_spelling() -> None:
    assert tidy_name("SITI  NUR'AINI") == "Siti Nur'Aini"
    assert tidy_name("Siti McDonald") == "Siti McDonald"


def test_names_without_letters_or_with_control_characters_are_refused() -> None:
    assert name_is_usable("Sulastri")
    assert not name_is_usable("123")
    assert not name_is_usable("")
    assert not name_is_usable("Siti\u202egnp")
    assert not name_is_usable("a" * 121)


def test_usernames_start_with_the_name() -> None:
    assert list(islice(username_suggestions("Siti Aminah Rahayu"), 3)) == [
        "siti.aminah", "siti.aminah2", "siti.aminah3",
    ]  # fmt: skip


@given(st.text(max_size=60))
def test_each_suggestion_is_a_usable_username(name: str) -> None:
    assert all(username_is_usable(found) for found in islice(username_suggestions(name), 3))
