"""Every key that rests on numbers, worked out again from the words and tables of its stimulus."""

import re
from decimal import Decimal
from importlib.resources import files

import pytest

from lms.api import ItemSpec, load_quiz, rounded
from lms.testing.content import column, number, table
from lms.testing.contract import item_types

ITEMS = {
    item.key.rpartition(".")[2]: item
    for item in load_quiz(files("imbas_program_unggulan") / "content" / "quiz.yaml").items
}


def progress(now: Decimal, start: Decimal, target: Decimal) -> Decimal:
    """Percent of the way from ``start`` to ``target``."""
    return (now - start) * 100 / (target - start)


def words(item: ItemSpec) -> str:
    """The text of the stimulus."""
    return " ".join(part["text"] for part in item.body["stimulus"] if part["type"] == "text")


def found(pattern: str, item: ItemSpec) -> Decimal:
    """The one number that ``pattern`` catches in the stimulus."""
    (figure,) = re.findall(pattern, words(item))
    return number(figure)


def option(item: ItemSpec) -> str:
    """The text of the keyed option."""
    text: str = next(entry["text"] for entry in item.body["options"] if entry["id"] == item.secret["key"])
    return text


def test_evidence_within_the_programme() -> None:
    item = ITEMS["q01"]
    assert "14 September sampai 6 November 2020" in words(item)
    texts = {entry["id"]: entry["text"] for entry in item.body["options"]}
    assert [key for key in texts if re.search(r"paraf wali|warga memasang", texts[key])] == item.secret["key"]
    assert "19 Juni" in texts["b"]


def test_gains_and_attendance() -> None:
    item = ITEMS["q02"]
    wanted = found(r"sedikitnya (\d) buku", item)
    gains = {row[0]: number(row[2]) - number(row[1]) for row in table(item)}
    came = {row[0]: number(row[3].rstrip("%")) for row in table(item)}
    missed = {grade for grade, gain in gains.items() if gain < wanted}
    absent = {grade for grade in missed if came[grade] < 60}
    assert (absent, missed - absent) == ({"V", "VI"}, {"I"})
    assert option(item).startswith("Kelas V dan VI: cari sebab siswa tidak datang. Kelas I: ")


def test_two_places_of_waste() -> None:
    item = ITEMS["q03"]
    school, below = column(item, 1), column(item, 2)
    target = found(r"Target di sana: (\d+) kg", item)
    per_day = (school[-1] - school[-2]) / 14  # 16 to 30 October
    truth = {
        "1": progress(school[3], school[0], target) > 50,
        "2": school[-1] + per_day * 31 <= target,
        "3": 2 * (school[-1] + below[-1]) < school[0] + below[0],
        "4": school[-1] < school[0] and below[-1] > below[0],
    }
    assert {key: "b" if true else "s" for key, true in truth.items()} == item.secret["key"]
    assert progress(school[3], school[0], target) == 60
    assert rounded((52 - Decimal(47)) * 100 / 52, 1) == Decimal("9.6")


def test_how_late_and_how_many() -> None:
    late = ITEMS["q06"]
    start, target = found(r"1-5 September: (\d+) kali", late), found(r"terakhir November: (\d+) kali", late)
    (wanted,) = (number(share) for share in re.findall(r"sedikitnya (\d+)\s?%", late.body["stem"]))
    most = number(late.secret["accept"][0])
    assert progress(most, start, target) >= wanted > progress(most + 1, start, target)

    reading = ITEMS["q07"]
    pupils, share, already = (
        found(pattern, reading)
        for pattern in (r"mempunyai (\d+) siswa", r"adalah (\d+)\s?%", r"Oktober (\d+) siswa")
    )
    assert number(reading.secret["accept"][0]) == pupils * share / 100 - already


def test_the_candidate_that_meets_both_conditions() -> None:
    item = ITEMS["q08"]
    money = found(r"Rp([\d.]+)\.", item)
    products = {row[0]: number(row[2]) * number(row[3]) * number(row[4]) for row in table(item)}
    allowed = [row[0] for row in table(item) if row[1] != "-" and number(row[5]) <= money]
    assert option(item) == max(allowed, key=lambda name: products[name])
    assert max(products, key=lambda name: products[name]) not in allowed, (
        "the highest product fails a condition"
    )


def test_the_percent_of_the_baseline() -> None:
    item = ITEMS["q09"]
    pupils, able = found(r"mempunyai (\d+) siswa", item), found(r"7 September (\d+) siswa", item)
    assert f"dari {able * 100 / pupils:.0f}\u00a0% (7 September)" in option(item)
    assert any(f"dari {able}\u00a0%" in entry["text"] for entry in item.body["options"]), (
        "the count read as a percent"
    )


def test_three_classes() -> None:
    item = ITEMS["q12"]
    rows = {row[0]: row[1:] for row in table(item)}
    gain = {
        name: number(after) - number(before)
        for name, (before, after, _came) in rows.items()
        if before.isdigit()
    }
    assert gain == {"IV": 12, "VI": 11}
    half = {name for name, row in rows.items() if number(row[2].rstrip("%")) < 50}
    truth = {"1": min(gain.values()) > 10, "2": "V" in gain, "3": False, "4": bool(half & set(gain))}
    assert {key: "b" if true else "s" for key, true in truth.items()} == item.secret["key"]


def test_what_remains_to_be_paid() -> None:
    item = ITEMS["q17"]
    whole, seeds = found(r"memerlukan Rp([\d.]+)\.", item), found(r"senilai Rp([\d.]+) yang", item)
    assert f"Rp{whole - seeds:,.0f}".replace(",", ".") in item.secret["explanation"]


def test_the_essay_and_its_samples_use_its_figures() -> None:
    item = ITEMS["q18"]
    washed, pupils, share = (
        found(pattern, item) for pattern in (r"rata-rata (\d+) dari", r"dari (\d+) siswa", r"\((\d+)\s?%\)")
    )
    assert washed * 100 / pupils == share
    money = found(r"dipakai Rp([\d.]+)\.", item)
    samples = [text for line in item.secret["guide"] for text in line["samples"].values()]
    costs = [number(figure) for text in samples for figure in re.findall(r"Rp([\d.]*\d)", text)]
    assert costs
    assert max(costs) <= money
    assert f"({share}\u00a0%)" in item.secret["guide"][0]["samples"]["3"]


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("Ki. Hadjar Dewantara", True),
        ("Ki Hajar Dewantara", True),
        ("  ki  hadjar   dewantara ", True),
        ("KI HAJAR DEWANTORO", True),
        ("Ki. Hajar Dewantara", True),
        ("R.M. Soewardi Soerjaningrat", True),
        ("Bapak Ki Hajar Dewantara", True),
        ("Dewantara", True),
        ("Ki Hajar", False),
        ("K.H. Ahmad Dahlan", False),
        ("Dewi Sartika", False),
        ("R.A. Kartini", False),
    ],
)
def test_spellings_of_the_name(typed: str, right: bool) -> None:
    item = ITEMS["q11"]
    score = item_types()["short_answer"].score(item.body, item.secret, typed)
    assert score is not None
    assert score.earned == int(right)
