"""Content files become contract values; each fault is named with its place."""

from pathlib import Path

import pytest

from lms.contract.text import Localized
from lms.platform.content import ContentFault, load_quiz, load_rubrics

QUIZ = """
key: school.quiz
title: {id: Kuis, en: Quiz}
minutes: 5
attempts: 1
items:
- key: school.q1
  type: mc_single
  bloom: C4
  competence: {id: Membaca data, en: Reading data}
  minutes: 3
  indicator: Disajikan tabel, peserta membandingkan.
  stem: Kelas mana yang ....
  options: [{id: a, text: I}, {id: b, text: II}, {id: c, text: III}]
  secret: {key: a}
"""
REASON = "  level_reason: {id: Dua kolom harus dihubungkan., en: Two columns must be related.}\n"


def quiz_file(folder: Path, text: str) -> Path:
    file = folder / "quiz.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_an_item_may_say_why_it_has_its_level(tmp_path: Path) -> None:
    (without,) = load_quiz(quiz_file(tmp_path, QUIZ)).items
    (item,) = load_quiz(quiz_file(tmp_path, QUIZ + REASON)).items
    assert without.level_reason is None
    assert item.level_reason == Localized(
        id="Dua kolom harus dihubungkan.", en="Two columns must be related."
    )
    assert "level_reason" not in item.body, "it may tell the answer"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Hanya satu tulisan.", "a text by language is needed, {id: ..., en: ...}, none of them empty"),
        ("{id: Dua kolom., en: ' '}", "a text by language is needed, {id: ..., en: ...}, none of them empty"),
        ("{id: Dua kolom., en: 2}", "a text by language is needed, {id: ..., en: ...}, none of them empty"),
        ("{en: Two columns.}", "a text has at least its Indonesian, under the key 'id'"),
        ("{id: Dua kolom., English: Two columns.}", "English: no code of a language; write id, en, jv ..."),
    ],
)
def test_a_text_is_written_by_language(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ContentFault) as caught:
        load_quiz(quiz_file(tmp_path, QUIZ + f"  level_reason: {text}\n"))
    assert caught.value.faults == (f"quiz.yaml: items › 0 › level_reason: Value error, {fault}",)


def test_a_text_has_any_other_language_or_none(tmp_path: Path) -> None:
    (item,) = load_quiz(
        quiz_file(tmp_path, QUIZ + "  level_reason: {id: Dua kolom., jv: Rong kolom.}\n")
    ).items
    assert item.level_reason is not None
    assert [item.level_reason.in_(code) for code in ("id", "jv", "en")] == [
        "Dua kolom.",
        "Rong kolom.",
        "Dua kolom.",
    ]


RUBRIC = """
- key: school.review
  version: "1.0"
  title: {id: Telaah, en: Review}
  scale: binary
  criteria:
  - {code: A, text: Kunci hanya satu, critical: true}
  - {code: B, text: Angka ditulis urut, may_not_apply: true}
"""


def test_a_line_may_not_apply_unless_it_is_critical_or_not_binary(tmp_path: Path) -> None:
    file = tmp_path / "rubrics.yaml"
    file.write_text(RUBRIC, encoding="utf-8")
    (rubric,) = load_rubrics(file)
    assert [line.may_not_apply for line in rubric.criteria] == [False, True]
    file.write_text(RUBRIC.replace("scale: binary", "scale: binary_tree"), encoding="utf-8")
    assert [line.may_not_apply for line in load_rubrics(file)[0].criteria] == [False, True]
    for faulty in (
        RUBRIC.replace("critical: true", "critical: true, may_not_apply: true"),
        RUBRIC.replace("scale: binary", "scale: percent"),
        RUBRIC.replace("scale: binary", "scale: binary_tree").replace("urut,", "urut, parts: [Naik, Turun],"),
    ):
        file.write_text(faulty, encoding="utf-8")
        with pytest.raises(ContentFault, match="only an uncritical line of yes or no"):
            load_rubrics(file)
