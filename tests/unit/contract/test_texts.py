"""Texts that are read in any language, now or after they were stored."""

import json
from datetime import date
from decimal import Decimal

import pytest

from lms.contract.text import (
    CalendarDay,
    Joined,
    Localized,
    Message,
    Number,
    Percent,
    Sentence,
    Text,
    by_language,
    counted_message,
    message,
    message_in,
    stored,
    text_of,
    verbatim,
)

TITLE = Localized(id="Kuis", en="Quiz")
TEXTS = [
    message("Simpan"),
    message(
        "Nilai akhir %(final)s, perlu %(minimum)s", final=Number(Decimal("69.9"), 2), minimum=Decimal(70)
    ),
    message("%(title)s: %(words)s", title=TITLE, words=message("perlu revisi")),
    counted_message("%(num)s hari", 0),
    counted_message("%(num)s hari", 1),
    message_in("a status", "Selesai"),
    TITLE,
    Number(Decimal("1234.5"), None),
    Percent(Decimal("87.5"), 2),
    CalendarDay(date(2020, 11, 5)),
    Joined("; ", (TITLE, message("Simpan"))),
    Sentence(message("paling banyak %(exact_places)s angka di belakang koma", exact_places=4)),
    Message("Kebun", "imbas_of_nobody"),
]


@pytest.mark.parametrize("text", TEXTS, ids=repr)
def test_what_was_stored_is_read_again_in_each_language(text: Text) -> None:
    again = text_of(json.loads(json.dumps(stored(text))))
    assert [again.in_(code) for code in ("id", "en")] == [text.in_(code) for code in ("id", "en")]


def test_english_and_indonesian() -> None:
    said = [(text.in_("id"), text.in_("en")) for text in TEXTS]
    assert said == [
        ("Simpan", "Save"),
        ("Nilai akhir 69,90, perlu 70", "Final score 69.90, 70 needed"),
        ("Kuis: perlu revisi", "Quiz: needs revision"),
        ("0 hari", "0 days"),
        ("1 hari", "1 day"),
        ("Selesai", "Done"),
        ("Kuis", "Quiz"),
        ("1234,5", "1234.5"),
        ("87,50\u00a0%", "87.50\u00a0%"),
        ("5 November 2020", "5 November 2020"),
        ("Kuis; Simpan", "Quiz; Save"),
        ("Paling banyak 4 angka di belakang koma.", "At most 4 decimals."),
        ("Kebun", "Kebun"),  # its plugin was uninstalled
    ]


def test_a_per_cent_sign_stands_for_itself_without_parameters() -> None:
    assert message("26 % selesai").in_("id") == "26 % selesai"
    assert message("%(share)s %% selesai", share=26).in_("id") == "26 % selesai"


def test_a_text_has_its_indonesian() -> None:
    with pytest.raises(ValueError, match="at least its Indonesian"):
        Localized(en="Garden")
    assert verbatim("SD Negeri 1").in_("en") == "SD Negeri 1"
    assert by_language({"code": "5", "name.id": "Rapi", "name.en": ""}, "name") == Localized(id="Rapi")


def test_what_is_no_text_of_ours_is_not_stored() -> None:
    class Other(Text):
        def in_(self, language: str) -> str:
            return language

    with pytest.raises(TypeError, match="Other cannot be stored"):
        stored(Other())
