"""The material, the quiz and the rubrics; numeric keys are computed again from the stimulus."""

import re
from decimal import Decimal
from importlib.resources import files

import pytest
from imbas_hots_assessment.frameworks import band_of, bands
from imbas_hots_assessment.items.scoring import score_rows

from lms.api import ItemSpec, ScaleKind, Unit, load_deliverables, load_quiz, load_rubrics, rounded
from lms.testing.content import check_item, check_material, check_quiz, column, number, table

CONTENT = files("imbas_hots_assessment") / "content"
QUIZ = load_quiz(CONTENT / "quiz.yaml")
ITEMS = {item.key.rpartition(".")[2]: item for item in QUIZ.items}
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


def test_numbers_of_difficulty() -> None:
    right = column(ITEMS["q03"], 2)
    shares = [rounded(count / 24) for count in right]
    high = {1, 3}  # choosing by data, designing a test
    truth = {
        "1": shares.index(min(shares)) in high,
        "2": any(shares[at] >= Decimal("0.71") for at in high),
        "3": len(high) == 2,
        "4": sum(share <= Decimal("0.30") for share in shares) == 1,
    }
    assert {key: "b" if true else "s" for key, true in truth.items()} == ITEMS["q03"].secret["key"]


def test_numbers_of_the_pupil_score() -> None:
    rows, right = list("123456"), dict.fromkeys("123456", "a")
    graded = ITEMS["q02"].secret["scoring"]
    table_score = score_rows(rows, right, dict.fromkeys("1234", "a"), graded)
    earned = 2 + table_score.earned + 3 + 9
    assert earned * 100 / (2 + table_score.maximum + 4 + 12) == number(ITEMS["q07"].secret["accept"][0])


def test_numbers_of_the_review() -> None:
    """Each opinion on the rule, tried on the table: only the key stands."""
    rows = {
        row[0]: (number(row[1].split(" dari ")[0]) * 100 / 20, row[2] != "0", number(row[3]))
        for row in table(ITEMS["q08"])
    }
    good = {name for name, (_percent, _critical, value) in rows.items() if value >= Decimal("0.30")}
    by_percent = {name for name, (share, _critical, _value) in rows.items() if share >= 90}
    critical = {name for name, (_share, failed, _value) in rows.items() if failed}
    assert by_percent - good == critical == {"P", "T"}, (
        "the critical rules catch what the percentage lets pass"
    )
    assert {name for name in rows if rows[name][0] < 95} & good == {"Q", "R"}, "not all below 95 are weak"
    assert good - by_percent == {"R"}, "the percentage holds back one good item"
    assert "menahan R" in ITEMS["q08"].body["options"][3]["text"]
    assert ITEMS["q08"].secret["key"] == "d"


def test_numbers_of_the_sugar() -> None:
    """Two options of the draft are right: that is the broken rule."""
    text = ITEMS["q09"].body["stimulus"][0]["text"]
    old, new, ride = (number(found) for found in re.findall(r"Rp(\d+\.\d{3})", text)[:3])
    here, there = 4 * old, 4 * new + 2 * ride
    assert (here, there, there - here) == (48000, 50000, 2000)
    assert "selisihnya Rp2.000" in text
    assert "membayar Rp48.000" in text
    assert {"a"} < set(ITEMS["q09"].secret["key"])


def test_numbers_of_the_two_alphas() -> None:
    (_first, few, high), (_second, many, low) = table(ITEMS["q13"])
    options = {option["id"]: option["text"] for option in ITEMS["q13"].body["options"]}
    assert number(few) < 20 <= number(many)
    assert low in options[ITEMS["q13"].secret["key"]]
    assert f"dari {many} siswa" in options["c"]
    assert f"{(number(high) + number(low)) / 2:.2f}".replace(".", ",") == "0,74"
    assert "0,74" in options["b"]


def test_numbers_of_the_discriminations() -> None:
    upper, lower = column(ITEMS["q10"], 1), column(ITEMS["q10"], 2)
    assert (sum(upper), sum(lower)) == (16, 16)
    assert (upper[1] - lower[1]) / 16 == Decimal("-0.25")
    assert max(upper) == upper[2]
    assert number(ITEMS["q11"].secret["accept"][0]) == rounded(Decimal(13 - 6) / 16)
    difficulty, discrimination = column(ITEMS["q12"], 1), column(ITEMS["q12"], 2)
    assert [at for at, value in enumerate(discrimination, start=1) if value < 0] == [3]
    assert (discrimination[0], difficulty[0]) == (max(discrimination), min(difficulty))


def test_numbers_of_the_distractors() -> None:
    upper, lower = column(ITEMS["q14"], 1), column(ITEMS["q14"], 2)
    kinds = {}
    for at, (high, low) in enumerate(zip(upper, lower, strict=True), start=1):
        kinds[str(at)] = "t" if (high + low) * 20 < 38 else "b" if low > high else "c"
    assert kinds == ITEMS["q14"].secret["key"]


def test_numbers_of_the_library_and_the_canteen() -> None:
    days = column(ITEMS["q17"], 3)
    young = [rounded(lent / open_) for lent, open_ in zip(column(ITEMS["q17"], 1), days, strict=True)]
    old = [rounded(lent / open_) for lent, open_ in zip(column(ITEMS["q17"], 2), days, strict=True)]
    assert young == [Decimal("1.20"), Decimal("1.00"), Decimal("4.67"), Decimal("4.60")]
    assert old == [Decimal("4.40"), Decimal("4.80"), Decimal("5.00"), Decimal("5.00")]
    rice, cake = column(ITEMS["q04"], 1), column(ITEMS["q04"], 2)
    assert (rice[0], rice[-1], cake[0], cake[-1]) == (80, 40, 60, 58)


def test_the_material_teaches_enough_and_its_pictures_exist() -> None:
    text = check_material(CONTENT, words=1400)
    for school in ("SDN 4", "SDN 8", "SDN 19", "SDN 26", "SDN 27", "SDN 38"):
        assert school in text


def test_numbers_of_the_material() -> None:
    text = (CONTENT / "material.md").read_text(encoding="utf-8")
    weeks = [
        [number(cell) for cell in row]
        for row in re.findall(r"^\| (\d) \| (\d+) \| (\d+) \| (\d) \|$", text, re.MULTILINE)
    ]
    hulu, hilir = sum(week[1] for week in weeks), sum(week[2] for week in weeks)
    assert f"{hulu} : 4 = {hulu / 4} kg" in text
    assert (hilir, hilir / 4) == (353, Decimal("88.25"))
    assert [week[1:3] for week in weeks if week[3] == 5] == [[Decimal(60), Decimal(86)]]
    pupils = re.findall(
        r"^\| S0\d \| ([01]) \| ([01]) \| ([01]) \| ([01]) \| ([01]) \| (\d) \|$", text, re.MULTILINE
    )
    assert len(pupils) == 6
    assert all(sum(map(int, row[:5])) == int(row[5]) for row in pupils)
    shares = [
        str(rounded(Decimal(sum(int(row[at]) for row in pupils)) / 6)).replace(".", ",") for at in range(5)
    ]
    assert f"| p | {' | '.join(shares)} |" in text


def test_the_bands_of_the_material_are_those_of_the_analysis() -> None:
    """The table that is taught and the file that labels the figures say the same."""
    text = (CONTENT / "material.md").read_text(encoding="utf-8")
    for words, key in (
        ("p", ("difficulty", "general")),
        ("D (Ebel)", ("discrimination", "ebel")),
        ("D (Arikunto)", ("discrimination", "arikunto")),
        ("KR-20 atau alfa", ("reliability", "general")),
    ):
        limits, labels = re.findall(rf"^\| {re.escape(words)} \| (.+) \| (.+) \|$", text, re.MULTILINE)[0]
        taught = dict(zip(labels.split(" / "), limits.split(" / "), strict=True))
        for label, limit in taught.items():
            figures = [number(found) for found in re.findall(r"\d,\d\d", limit)]
            below = limit.startswith("di bawah")
            for value in figures:
                found = band_of(*key, value - Decimal("0.01") if below else value)
                assert found.label.in_("id") == label, (words, limit)
        known = {band.label.in_("id") for band in bands()[key] if band.code != "negative"}
        assert set(taught) == known


def test_each_product_has_its_rubric() -> None:
    rubrics = {rubric.key: rubric for rubric in load_rubrics(CONTENT / "rubrics.yaml")}
    products = load_deliverables(CONTENT / "deliverables.yaml")
    assert [product.key.rpartition(".")[2] for product in products] == [
        "blueprint",
        "item_cards",
        "item_review",
        "tryout_result",
    ]
    assert {product.rubric for product in products} < set(rubrics)
    assert {product.unit for product in products} == {Unit.TEACHER}
    for key, lines, critical in (
        ("hots_assessment.item_review_mc", 20, {"H3", "H4", "M1", "M2", "M4", "K1"}),
        ("hots_assessment.item_review_essay", 12, {"H3", "H4", "M1", "M2", "K2"}),
    ):
        rubric = rubrics[key]
        assert len(rubric.criteria) == lines
        assert {line.code for line in rubric.criteria if line.critical} == critical
        assert {line.group for line in rubric.criteria} == {"HOTS", "Materi", "Konstruksi", "Bahasa"}
        assert rubric.scale is ScaleKind.BINARY
