"""The material, the quiz and the rubrics; the keys of the quiz are worked out again in test_keys.py."""

import re
from decimal import Decimal
from importlib.resources import files

import pytest

from lms.api import ItemSpec, load_deliverables, load_quiz, load_rubrics, rounded
from lms.testing.content import check_item, check_material, check_quiz, number

CONTENT = files("imbas_program_unggulan") / "content"
QUIZ = load_quiz(CONTENT / "quiz.yaml")
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


def progress(now: int, start: int, target: int) -> Decimal:
    return Decimal(now - start) * 100 / (target - start)


def test_the_quiz_covers_all_formats_thinks_high_and_gives_no_key_away() -> None:
    check_quiz(QUIZ, FORMATS)


@pytest.mark.parametrize("item", QUIZ.items, ids=lambda item: item.key)
def test_every_item_explains_itself(item: ItemSpec) -> None:
    check_item(item)


def test_the_material_teaches_enough_and_its_pictures_exist() -> None:
    check_material(CONTENT, words=1300)


def test_numbers_of_the_material() -> None:
    found = re.findall(r"^\| [IV]+ \| (\d+) \| (\d+)\s?% \| (\d+)\s?% \| \d+\s?% \|", TEXT, re.MULTILINE)
    sizes, starts, middles = (tuple(int(row[at]) for row in found) for at in range(3))
    assert sum(sizes) == 160
    before = sum(Decimal(size) * share / 100 for size, share in zip(sizes, starts, strict=True))
    after = sum(Decimal(size) * share / 100 for size, share in zip(sizes, middles, strict=True))
    assert (before, after) == (72, 96)
    assert before * 100 / 160 == 45
    assert (progress(60, 45, 70), progress(17, 32, 12)) == (60, 75)
    costs = re.findall(r"(\d+) \w+ x Rp([\d.]+) = Rp([\d.]+)", TEXT)
    assert all(int(count) * number(price) == number(total) for count, price, total in costs)
    assert sum(number(line[2]) for line in costs) == 1_750_000
    assert (rounded(Decimal(1600) / 24), rounded(Decimal(1700) / 24), Decimal(1800) / 24) == (
        Decimal("66.67"),
        Decimal("70.83"),
        75,
    )


def test_each_product_has_its_rubric() -> None:
    rubrics = {rubric.key: rubric for rubric in load_rubrics(CONTENT / "rubrics.yaml")}
    products = load_deliverables(CONTENT / "deliverables.yaml")
    assert {product.rubric for product in products} == set(rubrics)
    for rubric in rubrics.values():
        assert [len(criterion.parts) for criterion in rubric.criteria] == [4] * 6
