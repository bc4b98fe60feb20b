"""The material, the quiz and the rubrics; numeric keys are computed again from the stimulus."""

import re
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from typing import Any

import pytest

from lms.api import ItemSpec, load_deliverables, load_quiz, load_rubrics
from lms.testing.content import check_picture, check_single_choice

CONTENT = files("imbas_program_unggulan") / "content"
QUIZ = load_quiz(CONTENT / "quiz.yaml")
ITEMS = {item.key.rpartition(".")[2]: item for item in QUIZ.items}
TEXT = (CONTENT / "material.md").read_text(encoding="utf-8")
FORMATS = {
    "mc_single", "mc_multiple", "short_answer", "essay",
    "hots_assessment.true_false_table", "hots_assessment.category_table", "hots_assessment.matching",
}  # fmt: skip


def number(text: str) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", "."))


def table(item: ItemSpec) -> list[list[str]]:
    found: list[list[str]] = next(part["rows"] for part in item.body["stimulus"] if part["type"] == "table")
    return found


def two(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def progress(now: int, start: int, target: int) -> Decimal:
    return Decimal(now - start) * 100 / (target - start)


def test_the_quiz_covers_all_formats_and_thinks_high() -> None:
    assert {item.type for item in QUIZ.items} == FORMATS
    assert len(QUIZ.items) >= 15
    high = [item for item in QUIZ.items if item.bloom.value >= "C4"]
    assert len(high) * 3 >= len(QUIZ.items) * 2
    assert all(item.body["stimulus"] for item in high)
    assert 3 <= len({item.competence.id for item in QUIZ.items}) <= 4
    assert sum(item.minutes for item in QUIZ.items) <= QUIZ.minutes


@pytest.mark.parametrize("item", QUIZ.items, ids=lambda item: item.key)
def test_every_item_explains_itself(item: ItemSpec) -> None:
    secret: dict[str, Any] = dict(item.secret)
    assert len(secret["explanation"]) > 15
    assert item.indicator.endswith(".")
    if item.type in ("mc_single", "mc_multiple"):
        ids = [option["id"] for option in item.body["options"]]
        keys = {secret["key"]} if item.type == "mc_single" else set(secret["key"])
        assert keys < set(ids)
        assert set(secret["distractors"]) == set(ids) - keys
        lengths = [len(option["text"]) for option in item.body["options"]]
        assert max(lengths) <= 2.5 * min(lengths), "the key must not stand out by its length"
    elif item.type == "essay":
        assert sum(number(line["max"]) for line in secret["guide"]) == item.maximum
        for line in secret["guide"]:
            assert [level.split(":")[0] for level in line["levels"]] == [
                str(n) for n in range(int(line["max"]) + 1)
            ]
    elif item.type != "short_answer":
        rows = item.body.get("statements") or item.body["left"]
        assert set(secret["key"]) == {row["id"] for row in rows}
        assert set(secret["key"].values()) <= {
            choice["id"] for choice in item.body.get("categories") or item.body["right"]
        }
        assert len(item.body.get("right", ())) != len(rows), "matching needs choices left over"


def test_single_choice_keys_do_not_give_themselves_away() -> None:
    check_single_choice(QUIZ)


def test_numbers_of_progress() -> None:
    assert progress(22, 40, 10) == 60
    late = number(ITEMS["q06"].secret["accept"][0])
    assert progress(int(late), 32, 12) == 90 > progress(int(late) + 1, 32, 12)
    assert number(ITEMS["q07"].secret["accept"][0]) == Decimal(140) * 65 / 100
    assert Decimal(49) * 100 / 140 == 35


def test_numbers_of_the_reading_programme() -> None:
    gains = {row[0]: number(row[2]) - number(row[1]) for row in table(ITEMS["q02"])}
    assert {grade for grade, gain in gains.items() if gain >= 2} == {"II", "III", "IV"}
    low = {row[0] for row in table(ITEMS["q02"]) if number(row[3].rstrip("%")) < 60}
    assert low == {"V", "VI"}


def test_numbers_of_the_candidates_and_of_two_classes() -> None:
    rows = table(ITEMS["q08"])
    products = {row[0]: number(row[2]) * number(row[3]) * number(row[4]) for row in rows}
    assert max(products, key=lambda name: products[name]) == "Lima belas menit alat peraga"
    assert set(products.values()) == {80, 18, 8}
    (fourth, fifth) = table(ITEMS["q12"])
    assert number(fourth[2]) - number(fourth[1]) == 12
    assert not fifth[1].isdigit()


def test_the_material_teaches_enough_and_its_pictures_exist() -> None:
    assert len(TEXT.split()) >= 1300
    assert 7 <= len(re.findall(r"^## ", TEXT, re.MULTILINE)) <= 12
    used = re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", TEXT)
    assert sorted(used) == sorted(entry.name for entry in (CONTENT / "pictures").iterdir())
    for name in used:
        picture = (CONTENT / "pictures" / name).read_text(encoding="utf-8")
        check_picture(picture)


def test_numbers_of_the_material() -> None:
    found = re.findall(r"^\| [IV]+ \| (\d+) \| (\d+)% \| (\d+)% \| \d+% \|", TEXT, re.MULTILINE)
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
    assert (two(Decimal(1600) / 24), two(Decimal(1700) / 24), Decimal(1800) / 24) == (
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
