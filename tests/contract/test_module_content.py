"""The content of all modules beside each other: levels with their reasons, keys that nothing gives away, questions
that the material does not answer, schools whose figures agree."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import pytest
import yaml

from lms.app import core_values
from lms.contract.catalogues import languages
from lms.contract.items import ItemSpec, QuizSpec
from lms.platform.plugins import load
from lms.testing.retold import retold

pytestmark = pytest.mark.modules
NAMES = ("spmi_documents", "program_unggulan", "lesson_planning", "hots_assessment")
ABSOLUTE = re.compile(
    r"\b(?:pasti|semua(?:nya)?|selalu|tidak pernah|hanya|seluruh(?:nya)?|setiap|sama sekali|sepenuhnya|"
    r"satu-satunya|mustahil|sebanyak-banyaknya)\b",
    re.IGNORECASE,
)
JOINING = re.compile(r"\b(?:karena|sebab|supaya|agar|sehingga|tetapi|walaupun|meskipun|bila|jika|tanpa)\b")
OPTION_NAME = re.compile(
    r"\b[a-h]\b|\b(?:pilihan|opsi|jawaban|rumusan|lampiran|butir|pernyataan|bukti|temuan|kalimat)\s+(?:[A-Ha-h]|\d+)\b"
)
"""Pages shuffle options and print no letters, so words that name one point nowhere."""


def quizzes() -> dict[str, QuizSpec]:
    return {
        name: module.quiz
        for name, module in load(core_values()).registry.module_types.items()
        if name in NAMES and module.quiz
    }


QUIZZES = quizzes()
ITEMS = [item for quiz in QUIZZES.values() for item in quiz.items]
HIGH = [item for item in ITEMS if item.bloom.value >= "C4"]


def content(name: str) -> Traversable:
    return files(f"imbas_{name}") / "content"


def material(name: str) -> str:
    return (content(name) / "material.md").read_text(encoding="utf-8")


def words_of(item: ItemSpec) -> Iterator[str]:
    """Everything that is read with the explanation: it, the distractors, the reason, the guide."""
    yield item.secret["explanation"]
    yield from map(str, item.secret["distractors"].values())
    if item.level_reason:
        yield item.level_reason.in_("id")
    for line in item.secret.get("guide", ()):
        yield from (str(level).split(":", 1)[1] for level in line["levels"])


def keys_of(item: ItemSpec) -> set[str]:
    key = item.secret["key"]
    return {key} if isinstance(key, str) else set(key)


@pytest.mark.parametrize("name", NAMES)
def test_two_thirds_of_the_questions_are_c4_to_c6(name: str) -> None:
    items = QUIZZES[name].items
    assert sum(item.bloom.value >= "C4" for item in items) * 3 >= len(items) * 2


@pytest.mark.parametrize("item", HIGH, ids=lambda item: item.key)
def test_a_high_level_gives_its_own_reason_in_both_languages(item: ItemSpec) -> None:
    assert item.level_reason
    assert min(len(item.level_reason.by_language[code]) for code in languages()) >= 40
    same = [other.key for other in HIGH if other.level_reason and other.level_reason == item.level_reason]
    assert same == [item.key], "a reason that fits every question says nothing about one"


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.key)
def test_explanations_name_contents_not_letters(item: ItemSpec) -> None:
    shown = {part for row in _cells(item) for part in OPTION_NAME.findall(row)}
    named = [found for text in words_of(item) for found in OPTION_NAME.findall(text) if found not in shown]
    assert not named


def test_letters_are_found() -> None:
    for text in (
        "Pilihan b menyediakan keduanya.",
        "Jawaban b, d, dan e tepat.",
        "Bukti 1 dan 4 memuat tanggal.",
    ):
        assert OPTION_NAME.search(text.lower())
    assert not OPTION_NAME.search("Kelas III-VI meminjam 67 buku, kelas I dan II hanya 4.")


@pytest.mark.parametrize("item", HIGH, ids=lambda item: item.key)
def test_the_answer_does_not_stand_in_any_material(item: ItemSpec) -> None:
    assert not [sign for name in NAMES for sign in retold(item, material(name))]


def test_a_question_that_retells_the_material_is_found() -> None:
    single = next(item for item in HIGH if item.type == "mc_single")
    stem = {**single.body, "stimulus": []}
    copied = {
        "key": {
            **stem,
            "options": [
                {"id": key, "text": "Empat dari sembilan guru belum bersertifikat"} for key in keys_of(single)
            ],
        },
        "row": {**stem, "stimulus": [{"type": "table", "rows": [["Jamban rusak", "5", "4", "2"]]}]},
        "figures": {**stem, "stimulus": [{"type": "text", "text": "Skornya 6,21, lalu 5,83, lalu 6,05."}]},
        "school": {**stem, "stimulus": [{"type": "text", "text": "SDN 4 mencapai 82%, lalu 88%."}]},
    }
    text = material("spmi_documents")
    for sign, body in copied.items():
        assert retold(replace(single, body=body), text), sign
    fresh = {**stem, "stimulus": [{"type": "text", "text": "SDN 4 mencapai 61%, lalu 67%; skornya 4,44."}]}
    assert not retold(replace(single, body={**fresh, "options": []}), text)


@pytest.mark.parametrize("name", NAMES)
def test_absolute_words_do_not_give_wrong_options_away(name: str) -> None:
    choices = [item for item in QUIZZES[name].items if item.type.startswith("mc_")]
    told = []
    for item in choices:
        strong = {option["id"] for option in item.body["options"] if ABSOLUTE.search(option["text"])}
        if strong and not strong & keys_of(item):
            told.append(item.key)
    assert len(told) * 4 <= len(choices), told


@pytest.mark.parametrize(
    "item", [item for item in ITEMS if item.type == "mc_single"], ids=lambda item: item.key
)
def test_no_joining_word_marks_all_wrong_options(item: ItemSpec) -> None:
    """Three options with "karena" and one without: the one without is right."""
    joins = {option["id"]: set(JOINING.findall(option["text"].lower())) for option in item.body["options"]}
    key = joins.pop(item.secret["key"])
    assert not set.intersection(*joins.values()) - key


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_told_by_neither_length_nor_place(name: str) -> None:
    choices = [item for item in QUIZZES[name].items if item.type.startswith("mc_")]
    longest = 0
    first = 0
    for item in choices:
        lengths = {option["id"]: len(option["text"]) for option in item.body["options"]}
        keys = keys_of(item)
        assert max(lengths.values()) <= 1.7 * min(lengths.values()), f"{item.key}: options of uneven length"
        key_mean = sum(lengths[key] for key in keys) / len(keys)
        others = [length for key, length in lengths.items() if key not in keys]
        assert key_mean <= 1.25 * sum(others) / len(others), f"{item.key}: the keys stand out by their length"
        longest += max(lengths[key] for key in keys) > max(others)
        first += item.body["options"][0]["id"] in keys
    assert longest * 10 <= len(choices) * 6, "the longest option is right too often"
    assert first * 3 <= len(choices) * 2, "the first option is right too often"


def test_a_table_or_a_matching_has_no_pattern() -> None:
    for item in ITEMS:
        if isinstance(item.secret.get("key"), dict):
            found = list(item.secret["key"].values())
            assert len(set(found)) > 1, f"{item.key}: every row has the same answer"
            assert found != sorted(found) or len(set(found)) < 3, f"{item.key}: the answers come in order"


def _cells(item: ItemSpec) -> Iterator[str]:
    """What the stimulus itself calls its parts: a table may number its rows."""
    for part in item.body["stimulus"]:
        yield str(part.get("text", ""))
        yield from (f"{head} {row[0]}".lower() for row in part.get("rows", ()) for head in part["head"][:1])


def test_the_same_school_has_the_same_number_of_pupils_everywhere() -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for name in NAMES:
        texts = [material(name), (content(name) / "quiz.yaml").read_text(encoding="utf-8")]
        for text in texts:
            for school, pupils in re.findall(r"(SDN \d+)\s+(?:mempunyai|memiliki)\s+(\d+)\s+siswa\b", text):
                said[school].add(pupils)
    assert said
    assert all(len(pupils) == 1 for pupils in said.values()), dict(said)


def test_the_flagship_of_a_school_is_one_of_its_mapped_problems_with_the_same_plan() -> None:
    mapped, plans = _story("spmi_documents"), _story("program_unggulan")
    assert len(mapped) == len(plans) == 6
    for school, told in zip(mapped, plans, strict=True):
        problems = {problem["code"]: problem for problem in school["problems"]}
        plan, line = told["plan"], told["line"]
        assert plan["code"] in problems, f"{plan['name']} answers no mapped problem"
        origin = problems[plan["code"]]
        assert plan["problem"] == origin["problem"]
        assert plan["responsible"] == origin["plan"]["responsible"]
        (cost,) = re.findall(r"Rp([\d.]+)", plan["budget"])
        assert int(cost.replace(".", "")) == origin["plan"]["cost"]
        start, target = re.findall(r"dari (\d+)\s?%? menjadi (\d+)", origin["plan"]["target"])[0]
        assert (line["baseline"], line["target"]) == (start, target), plan["name"]


def test_a_part_of_the_pupils_is_fewer_than_the_school() -> None:
    """Of SDN 26 the quality team maps classes IV-VI; its school has 129 pupils, those classes 63."""
    conditions = " ".join(text for school in _story("spmi_documents") for text in school["conditions"])
    parts = re.findall(r"(\d+) dari (\d+) siswa kelas IV-VI", conditions)
    assert ("47", "63") in parts
    assert all(int(part) <= int(whole) for part, whole in parts)


def test_the_school_plan_is_both_its_parts() -> None:
    """RKS is RKJM (four years) and RKT (one year); nothing calls the RKS itself the plan of four years."""
    for name in NAMES:
        for entry in content(name).iterdir():
            if entry.name.endswith((".md", ".yaml")):
                text = re.sub(r'"RKS empat tahun"', "", entry.read_text(encoding="utf-8"))
                assert not re.search(r"RKS(?:/RKJM)?\**\s+(?:empat|4) tahun|diturunkan dari RKS", text), (
                    entry.name
                )
    text = material("spmi_documents")
    assert "RKJM" in text.split("## Daftar istilah")[1]
    assert re.search(r"RKS\*\*.{0,200}RKJM.{0,120}RKT", text)


def _story(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((content(name) / "story.yaml").read_text(encoding="utf-8"))
    return found
