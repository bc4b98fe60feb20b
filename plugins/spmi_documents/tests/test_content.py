"""The material, the quiz and the rubrics; the keys of the quiz are worked out again in test_keys.py."""

import re
from decimal import Decimal
from importlib.resources import files

import pytest

from lms.api import ItemSpec, load_deliverables, load_quiz, load_rubrics, rounded
from lms.testing.content import check_item, check_material, check_quiz, number

CONTENT = files("imbas_spmi_documents") / "content"
QUIZ = load_quiz(CONTENT / "quiz.yaml")
FORMATS = {
    "mc_single",
    "mc_multiple",
    "short_answer",
    "essay",
    "hots_assessment.true_false_table",
    "hots_assessment.category_table",
    "hots_assessment.matching",
}


def test_the_quiz_covers_all_formats_thinks_high_and_gives_no_key_away() -> None:
    check_quiz(QUIZ, FORMATS, least=16)


@pytest.mark.parametrize("item", QUIZ.items, ids=lambda item: item.key)
def test_every_item_explains_itself(item: ItemSpec) -> None:
    check_item(item)


def test_the_material_teaches_enough_and_its_pictures_exist() -> None:
    check_material(CONTENT, words=1400)


def test_numbers_of_the_material() -> None:
    text = (CONTENT / "material.md").read_text(encoding="utf-8")
    scores = [number(found) for found in re.findall(r"^\| \d \| [^|]+ \| (\d,\d\d) \|", text, re.MULTILINE)]
    assert sum(scores) == Decimal("43.96")
    for total, mean in re.findall(r"^\| SDN \d+ \| (\d\d,\d\d) \| (\d,\d\d) \|", text, re.MULTILINE):
        assert rounded(number(total) / 8) == number(mean)
    lines = re.findall(r"^\| [^|]+ \| (\d+) \w+ \| ([\d.]+) \| ([\d.]+) \|", text, re.MULTILINE)
    assert all(number(volume) * number(price) == number(total) for volume, price, total in lines)
    assert sum(number(line[2]) for line in lines) == 2_400_000
    parts = re.findall(r"^\| [ABC]\. [^|]+ \| (\d) \| (\d(?:,\d+)?) \| (\d+,\d\d) \|", text, re.MULTILINE)
    shares = [number(found) * 100 / number(count) for count, found, _percent in parts]
    assert [rounded(share) for share in shares] == [number(percent) for _count, _found, percent in parts]
    assert rounded(sum(shares) / 3) == Decimal("83.77")
    better = [(4 + Decimal(6) / 7) * 100 / 5, *shares[1:2], Decimal("5.5") * 100 / 6]
    assert rounded(sum(better) / 3) == Decimal("92.10")


def test_each_product_has_its_rubric() -> None:
    rubrics = {rubric.key: rubric for rubric in load_rubrics(CONTENT / "rubrics.yaml")}
    products = load_deliverables(CONTENT / "deliverables.yaml")
    assert len(products) == 6
    assert {product.rubric for product in products} < set(rubrics)
    assert len(rubrics["spmi_documents.checklist"].criteria) == 28
