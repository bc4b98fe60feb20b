"""Content files become contract values; each fault is named with its place."""

from pathlib import Path

import pytest

from lms.contract.text import Text
from lms.modules.content import ContentFault, load_quiz

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
    assert item.level_reason == Text("Dua kolom harus dihubungkan.", "Two columns must be related.")
    assert "level_reason" not in item.body, "it may tell the answer"


def test_the_reason_is_told_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(ContentFault) as fault:
        load_quiz(quiz_file(tmp_path, QUIZ + "  level_reason: {id: Hanya Indonesia.}\n"))
    assert fault.value.faults == ("quiz.yaml: items › 0 › level_reason › en: Field required",)
