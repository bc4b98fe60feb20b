"""The material, the quiz and the rubrics; numeric keys are computed again from the stimulus."""

import re
from decimal import Decimal
from importlib.resources import files

import pytest
from imbas_spmi_documents.frameworks import bands
from imbas_spmi_documents.rules import band_of

from lms.api import ItemSpec, load_deliverables, load_quiz, load_rubrics, rounded
from lms.testing.content import check_item, check_material, check_quiz, column, number, table

CONTENT = files("imbas_spmi_documents") / "content"
QUIZ = load_quiz(CONTENT / "quiz.yaml")
ITEMS = {item.key.rpartition(".")[2]: item for item in QUIZ.items}
FORMATS = {
    "mc_single", "mc_multiple", "short_answer", "essay",
    "hots_assessment.true_false_table", "hots_assessment.category_table", "hots_assessment.matching",
}  # fmt: skip


def test_the_quiz_covers_all_formats_thinks_high_and_gives_no_key_away() -> None:
    check_quiz(QUIZ, FORMATS, least=16)


@pytest.mark.parametrize("item", QUIZ.items, ids=lambda item: item.key)
def test_every_item_explains_itself(item: ItemSpec) -> None:
    check_item(item)


def test_numbers_of_the_report_of_sdn_26() -> None:
    item = ITEMS["q01"]
    scores = column(item, 1)
    assert rounded(sum(scores) / 8) == Decimal("5.50")
    assert rounded((sum(scores) - min(scores) + 7) / 8) == Decimal("5.93")
    assert "5,93" in item.body["options"][1]["text"]
    assert number(ITEMS["q02"].secret["accept"][0]) == Decimal("5.07") - scores[4]
    assert band_of(scores[4] + Decimal("0.97"), bands()).code == "MSNP4"
    assert band_of(scores[4] + Decimal("0.96"), bands()).code == "MSNP3"


def test_numbers_of_three_schools() -> None:
    item = ITEMS["q03"]
    schools = [column(item, at) for at in (1, 2, 3)]
    truth = {
        "1": len({scores.index(min(scores)) for scores in schools}) == 1,
        "2": band_of(schools[1][5], bands()).code == "MSNP3",
        "3": band_of(rounded(sum(schools[2]) / 8), bands()).code == "MSNP3"
        and band_of(schools[2][5], bands()).code == "MSNP1",
        "4": (Decimal("5.07") - schools[0][5]) / 8 > Decimal("0.20"),
    }
    assert {key: "b" if true else "s" for key, true in truth.items()} == item.secret["key"]


def test_numbers_of_the_invalid_standard() -> None:
    assert (rounded(Decimal("32.25") / 8), rounded(Decimal("32.25") / 7)) == (
        Decimal("4.03"),
        Decimal("4.61"),
    )


def test_numbers_of_the_budgets() -> None:
    volumes = [number(row[1].split()[0]) for row in table(ITEMS["q11"])]
    total = sum(volume * price for volume, price in zip(volumes, column(ITEMS["q11"], 2), strict=True))
    assert number(ITEMS["q11"].secret["accept"][0]) == total / 1_000_000

    rows = table(ITEMS["q13"])
    costs = {row[0]: number(row[1]) for row in rows}
    tied = sum(number(row[1]) for row in rows if row[2] != "-")
    truth = {
        "1": tied * 2 > sum(costs.values()),
        "2": {"M1", "M2", "M3"} - {row[2] for row in rows} != set(),
        "3": tied * 100 > 80 * (sum(costs.values()) - costs["Cat pagar depan"]),
        "4": False,
    }
    assert {key: "b" if true else "s" for key, true in truth.items()} == ITEMS["q13"].secret["key"]


def test_numbers_of_the_priorities_and_the_monitoring() -> None:
    rows = table(ITEMS["q14"])
    products = {row[0]: number(row[1]) * number(row[2]) * number(row[3]) for row in rows}
    best = sorted(products, key=lambda name: -products[name])[:2]
    assert best == ["Remedial tidak jalan", "Perpustakaan tertutup"]
    assert sum(number(row[4]) for row in rows if row[0] in best) == 3_750_000 <= 5_000_000
    borrowed = column(ITEMS["q15"], 2)
    assert (sum(borrowed), sum(borrowed[:2]), sum(borrowed[2:])) == (71, 4, 67)


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
