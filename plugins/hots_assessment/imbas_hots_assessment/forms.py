"""Forms: what was typed, what it means, and what is wrong with it."""

from imbas_hots_assessment import api
from imbas_hots_assessment.frameworks import formats, levels
from imbas_hots_assessment.models import Blueprint, Card, CardReview
from imbas_hots_assessment.rules import Decision
from imbas_hots_assessment.stimulus import MOST_COLUMNS, MOST_ROWS, table_of
from lms.api import Form, Text, parse_choice

CARD_TEXTS = {
    "competence": 300,
    "material": 200,
    "indicator": 500,
    "source": 200,
    "stimulus": 4000,
    "stem": 2000,
    "options": 3000,
    "answer_key": 1000,
    "guide": 3000,
    "reason": 1000,
}
TABLE = 4000
CARD_FIELDS = ("version", "number", "bloom", "format", "stimulus_table", *CARD_TEXTS)
PICTURE_ALT = 300
HEAD_FIELDS = ("version", "subject", "grade", "curriculum", "minutes")


def head_form(blueprint: Blueprint | None) -> Form:
    """The stored head, or an empty form."""
    if blueprint is None:
        return Form({"version": "0"})
    return Form(
        {
            "version": str(blueprint.version),
            "subject": blueprint.subject,
            "grade": blueprint.grade,
            "curriculum": blueprint.curriculum,
            "minutes": "" if blueprint.minutes is None else str(blueprint.minutes),
        }
    )


def read_head(form: Form) -> tuple[str, str, str, int | None]:
    """Subject, class, curriculum, minutes; the subject must be written."""
    subject = form.text("subject", 120)
    if not subject:
        form.errors["subject"] = Text("Tulis mata pelajaran atau tema.", "Write the subject or theme.")
    grade, curriculum = form.text("grade", 60), form.text("curriculum", 60)
    minutes = form.whole("minutes")
    if form.values.get("minutes", "").strip() and (minutes is None or not 1 <= minutes <= 600):
        form.errors["minutes"] = Text(
            "Tulis menit sebagai bilangan 1 sampai 600.", "Write minutes as a number from 1 to 600."
        )
    return subject, grade, curriculum, minutes


def card_form(card: Card | None, next_number: int = 1) -> Form:
    """A stored card, or an empty form with the next free number."""
    if card is None:
        return Form({"version": "0", "number": str(next_number)})
    values = {name: str(value) for name, value in api.parts_of(card).items()}
    return Form({**values, "version": str(card.version)})


def read_card(form: Form) -> api.CardFields:
    """What stands on the card; faults go to ``form.errors``. Only number and indicator must be there."""
    texts = {name: form.text(name, longest) for name, longest in CARD_TEXTS.items()}
    if not texts["indicator"]:
        form.errors["indicator"] = Text(
            "Tulis indikator soal, satu kalimat sudah cukup.", "Write the indicator; one sentence is enough."
        )
    number = form.whole("number")
    if number is None or not 1 <= number <= 99:
        form.errors["number"] = Text("Tulis nomor 1 sampai 99.", "Write a number from 1 to 99.")
    bloom, kind = form.values.get("bloom", ""), form.values.get("format", "")
    if bloom and bloom not in levels():
        form.errors["bloom"] = Text("Pilih level dari daftar.", "Choose a level from the list.")
    if kind and kind not in formats():
        form.errors["format"] = Text("Pilih bentuk soal dari daftar.", "Choose a format from the list.")
    return api.CardFields(
        number=number or 0, bloom=bloom, format=kind, stimulus_table=_read_table(form), **texts
    )


def _read_table(form: Form) -> str:
    """The table as it was pasted, or ""; not trimmed, because a line may begin with an empty cell."""
    form.text("stimulus_table", TABLE)
    text = form.values.get("stimulus_table", "").replace("\r\n", "\n").strip("\n")
    if not text.strip():
        return ""
    found = table_of(text)
    if found is None:
        form.errors["stimulus_table"] = Text(
            "Tabel ini belum terbaca. Tempel dari Excel atau Word, atau ketik tiap baris dengan tanda | di antara "
            "sel. Baris pertama adalah judul kolom.",
            "This table cannot be read yet. Paste it from Excel or Word, or type each line with | between the "
            "cells. The first line holds the headings.",
        )
    elif not found.fits:
        form.errors["stimulus_table"] = Text(
            f"Paling banyak {MOST_COLUMNS} kolom dan {MOST_ROWS} baris, supaya kartu muat satu halaman. "
            "Kurangi yang tidak diperlukan untuk menjawab.",
            f"At most {MOST_COLUMNS} columns and {MOST_ROWS} rows, so that the card fits one page. "
            "Leave out what the answer does not need.",
        )
    return text


def read_picture_alt(form: Form) -> str:
    """What there is to see in a picture, which must be written."""
    text = form.text("alt", PICTURE_ALT)
    if not text:
        form.errors["alt"] = Text(
            "Tulis apa yang terlihat pada gambar, supaya soal dapat dibacakan.",
            "Write what there is to see in the picture, so that the item can be read aloud.",
        )
    return text


def review_form(card: Card, before: CardReview | None) -> Form:
    """An empty review, or one's own review of this version to be corrected."""
    values = {"version": str(card.version)}
    if before is not None:
        values |= {"decision": before.decision.value, "comment": before.comment}
    return Form(values)


def read_decision(form: Form, missing: tuple[str, ...]) -> tuple[Decision, str]:
    """Decision and comment; ``missing`` are rules without an answer. Raises Invalid."""
    for code in missing:
        form.errors[f"crit-{code}"] = Text(f"Jawab kaidah {code}.", f"Answer rule {code}.")
    comment = form.text("comment", 2000)
    decision = parse_choice(Decision, form.values.get("decision", ""))
    if decision is None:
        form.errors["decision"] = Text("Pilih salah satu putusan.", "Choose one of the decisions.")
    form.stop_at_errors()
    assert decision is not None
    return decision, comment
