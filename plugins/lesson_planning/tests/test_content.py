"""The material, the quiz and the rubrics; numeric keys are computed again from the stimulus."""

import re
from decimal import Decimal
from importlib.resources import files

import pytest
import yaml
from imbas_lesson_planning.catalogue import kinds

from lms.api import ItemSpec, Unit, load_deliverables, load_quiz, load_rubrics, rounded
from lms.testing.content import check_item, check_material, check_quiz, number, table

CONTENT = files("imbas_lesson_planning") / "content"
QUIZ = load_quiz(CONTENT / "quiz.yaml")
ITEMS = {item.key.rpartition(".")[2]: item for item in QUIZ.items}
TEXT = (CONTENT / "material.md").read_text(encoding="utf-8")
FORMATS = {
    "mc_single",
    "mc_multiple",
    "short_answer",
    "essay",
    "hots_assessment.true_false_table",
    "hots_assessment.category_table",
    "hots_assessment.matching",
}


RUBRICS = {rubric.key: rubric for rubric in load_rubrics(CONTENT / "rubrics.yaml")}


def share(text: str) -> Decimal:
    """Percent of "8 dari 25"."""
    part, whole = text.split(" dari ")
    return rounded(Decimal(part) * 100 / Decimal(whole))


def test_the_quiz_covers_all_formats_thinks_high_and_gives_no_key_away() -> None:
    check_quiz(QUIZ, FORMATS)


@pytest.mark.parametrize("item", QUIZ.items, ids=lambda item: item.key)
def test_every_item_explains_itself(item: ItemSpec) -> None:
    check_item(item)


def test_numbers_of_the_minutes() -> None:
    assert number(ITEMS["q03"].secret["accept"][0]) == 3 * 35 - 10 - 5 * 6 - 15
    minutes = [
        int(found) for found in re.findall(r"(\d+) menit[;.]", ITEMS["q02"].body["stimulus"][0]["text"])
    ]
    assert sum(minutes) == 75 > 70
    assert ITEMS["q02"].secret["key"]["2"] == "s"


def test_numbers_of_the_shared_tools() -> None:
    """Which activity fits: turns of the groups at the tools, times minutes."""
    text = ITEMS["q14"].body["stimulus"][0]["text"]
    left = int(re.findall(r"kerja siswa (\d+) menit", text)[0])
    pupils = int(re.findall(r"(\d+) siswa", text)[0])
    words = {"Enam": 6, "Sepuluh": 10, "Siswa": pupils}
    fits = {}
    for option in ITEMS["q14"].body["options"]:
        minutes = int(re.findall(r"(\d+) menit", option["text"])[0])
        groups = words.get(option["text"].split()[0], 1)
        tools = 3 if "termometer" in option["text"] else 1
        fits[option["id"]] = -(-groups // tools) * minutes <= left
    assert fits == {"a": False, "b": True, "c": True, "d": True, "e": False}
    assert ITEMS["q14"].secret["key"] == ["b", "d"], "c fits, but pupils copy"


def test_numbers_of_the_weighted_review() -> None:
    rows = [(number(row[1]), number(row[2])) for row in table(ITEMS["q04"])]
    highest = sum(weight * 4 for weight, _met in rows)
    weight, met = rows[1]

    def mark(more: int) -> Decimal:
        return rounded((sum(w * m for w, m in rows) + weight * more) * 100 / highest)

    fewest = next(more for more in range(int(4 - met) + 1) if mark(more) >= 70)
    assert number(ITEMS["q04"].secret["accept"][0]) == fewest == 2
    assert (mark(0), mark(1), mark(2)) == (Decimal("57.14"), Decimal("67.86"), Decimal("78.57"))


def test_numbers_of_the_observations() -> None:
    first, second = table(ITEMS["q12"])
    assert share(first[2]) - share(first[1]) == 44
    assert (share(second[1]), share(second[2])) == (Decimal("41.67"), 50)
    shares = [share(row[1]) for row in table(ITEMS["q16"])]
    assert shares == [Decimal("92.86"), Decimal("85.71"), Decimal("39.29"), Decimal("28.57")]


def test_the_material_teaches_enough_and_its_pictures_exist() -> None:
    check_material(CONTENT, words=1300, sections=14)


def test_numbers_of_the_material() -> None:
    waste = [
        number(found)
        for found in re.findall(r"^\| (?:Senin|Selasa|Rabu|Kamis|Jumat) \| (\d,\d) \|", TEXT, re.MULTILINE)
    ]
    assert (sum(waste), sum(waste) / 5) == (11, Decimal("2.2"))
    for part, whole, percent in re.findall(
        r"^\| \w+ \| (\d+) dari (\d+) \| (\d+,\d\d)\s?% \|", TEXT, re.MULTILINE
    ):
        assert rounded(Decimal(part) * 100 / Decimal(whole)) == number(percent)
    reviews = re.findall(
        r"^\| Versi \w+ \| (\d) \| (\d) \| (\d) \| (\d+) \| (\d+,\d\d) \|", TEXT, re.MULTILINE
    )
    assert len(reviews) == 2
    for goal, steps, marks, total, percent in reviews:
        assert int(goal) * 2 + int(steps) * 3 + int(marks) * 2 == int(total)
        assert rounded(Decimal(total) * 100 / 28) == number(percent)
    assert 10 + 20 + 15 + 15 + 10 == 70


def test_each_product_has_its_rubric() -> None:
    rubrics = {rubric.key: rubric for rubric in load_rubrics(CONTENT / "rubrics.yaml")}
    products = load_deliverables(CONTENT / "deliverables.yaml")
    assert {product.key: product.rubric for product in products} == {
        "lesson_planning.lesson_plan": "lesson_planning.review_one_page",
        "lesson_planning.lesson_plan_k13": "lesson_planning.review_k13",
        "lesson_planning.teaching_module": "lesson_planning.review_module",
        "lesson_planning.teaching_practice": "lesson_planning.practice_review",
        "lesson_planning.reflection": "lesson_planning.reflection_review",
    }
    assert {product.unit for product in products} == {Unit.TEACHER}
    assert {product.rubric for product in products} == set(rubrics)
    assert {kind.rubric for kind in kinds()} < {product.rubric for product in products}
    assert all(len(criterion.parts) == 4 for rubric in rubrics.values() for criterion in rubric.criteria)
    assert len(rubrics["lesson_planning.review_k13"].criteria) == 12


def test_the_mean_belongs_to_class_six() -> None:
    """In the curriculum of 2013 the mean is competence 3.8 of class VI, and the demonstration's plans keep to it."""
    for plan in yaml.safe_load((CONTENT / "story.yaml").read_text(encoding="utf-8")):
        words = " ".join([plan["title"], *plan["texts"].values()])
        if "rata-rata" in words.lower() or "mean" in words.lower():
            assert "kelas VI" in words, plan["title"]
    for item in QUIZ.items:
        words = " ".join(str(part) for part in item.body["stimulus"])
        if "rata-rata" in words.lower():
            assert "Kelas VI" in words, item.key


def test_the_demonstrations_plans_are_of_their_school_year_and_competence() -> None:
    """2020/2021: no plan of a later curriculum; a plan quotes the competence that its rubric asks for."""
    known = {kind.key: kind for kind in kinds() if kind.since <= 2020}
    for plan in yaml.safe_load((CONTENT / "story.yaml").read_text(encoding="utf-8")):
        assert re.search(r"KD .*\d\.\d+", plan["texts"]["competences"])
        rubric = RUBRICS[known[plan["kind"]].rubric]
        for reviewed in ("first", "last"):
            assert set(plan["scores"][reviewed]) == {line.code for line in rubric.criteria}
        if "T1" in plan["scores"]["last"] and 3 in plan["scores"]["last"]["T1"]:
            named = {"gotong royong", "mandiri", "integritas", "religius", "nasionalis"}
            assert any(value in plan["texts"]["objectives"].lower() for value in named), (
                "the value is ticked, so it stands in the objective"
            )
        minutes = [
            int(found) for found in re.findall(r"^\w+ (\d+) menit", plan["texts"]["steps"], re.MULTILINE)
        ]
        assert sum(minutes) == 70
        core = re.findall(r"\((\d+)\)", plan["texts"]["steps"])
        assert sum(map(int, core)) == minutes[1]
