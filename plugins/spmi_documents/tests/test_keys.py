"""Every key that rests on numbers, worked out again from the words and tables of its stimulus."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from importlib.resources import files
from itertools import combinations

from imbas_spmi_documents.frameworks import bands
from imbas_spmi_documents.rules import band_of

from lms.api import ItemSpec, load_quiz, rounded
from lms.testing.content import column, number, table

ITEMS = {
    item.key.rpartition(".")[2]: item
    for item in load_quiz(files("imbas_spmi_documents") / "content" / "quiz.yaml").items
}
FIGURE = r"\d{1,3}(?:\.\d{3})+|\d+(?:,\d+)?"


def band(score: Decimal) -> str:
    """The band of a score or of a mean, which is rounded once."""
    return band_of(rounded(score), bands()).code


def figures(text: str) -> list[Decimal]:
    """The numbers of a text in their order."""
    return [number(found) for found in re.findall(FIGURE, text)]


def words(item: ItemSpec) -> str:
    """The text of the stimulus."""
    return " ".join(part["text"] for part in item.body["stimulus"] if part["type"] == "text")


def option(item: ItemSpec) -> str:
    """The text of the keyed option."""
    text: str = next(entry["text"] for entry in item.body["options"] if entry["id"] == item.secret["key"])
    return text


def mean(values: Iterable[Decimal]) -> Decimal:
    found = list(values)
    return sum(found, Decimal(0)) / len(found)


def test_proposals_for_the_mean() -> None:
    item = ITEMS["q01"]
    report, proposals = (part["rows"] for part in item.body["stimulus"] if part["type"] == "table")
    scores = {name: number(score) for name, score in report}
    (money,) = (number(found) for found in re.findall(r"Rp([\d.]+)", words(item)))

    def after(aims: str) -> Decimal:
        raised = {name: number(score) for name, score in re.findall(r"([A-Z][A-Za-z ]+?) (\d,\d\d)", aims)}
        assert set(raised) <= set(scores)
        return mean((scores | raised).values())

    fit = [who for who, aims, cost in proposals if band(after(aims)) == "MSNP4" and number(cost) <= money]
    assert [f"usul {who.lower()}" for who in fit] == [option(item)]
    assert {who for who, aims, _cost in proposals if band(after(aims)) == "MSNP4"} == {"Komite", "Guru kelas"}
    smallest = number(ITEMS["q02"].secret["accept"][0])
    start = scores["Penilaian"]
    assert (band(start + smallest), band(start + smallest - Decimal("0.01"))) == ("MSNP4", "MSNP3")


def test_three_schools() -> None:
    item = ITEMS["q03"]
    anggrek, cempaka, kenanga = schools = [column(item, at) for at in (1, 2, 3)]
    instead = [*cempaka[:5], anggrek[5], *cempaka[6:]]

    def order(measure: Callable[[list[Decimal]], Decimal]) -> list[int]:
        return sorted(range(3), key=lambda at: measure(schools[at]))

    truth = {
        "1": order(mean) == order(min),
        "2": band(mean(cempaka)) == band(mean(kenanga))
        and cempaka.index(min(cempaka)) != kenanga.index(min(kenanga)),
        "3": band(mean(instead)) != band(mean(cempaka)),
        "4": 2 * (anggrek[3] - kenanga[3]) > sum(anggrek) - sum(kenanga),
    }
    assert {key: "b" if true else "s" for key, true in truth.items()} == item.secret["key"]


def test_bounds_of_a_missing_score() -> None:
    item = ITEMS["q04"]
    (total,) = (number(found) for found in re.findall(r"berjumlah (\d+,\d\d)", words(item)))
    possible = {band((total + missing) / 8) for missing in (Decimal(0), Decimal(7))}
    named = {f"MSNP{found}" for found in re.findall(r"menuju SNP (\d)", option(item))}
    assert possible == named == {"MSNP3", "MSNP4"}


def test_what_goes_together_with_experiments() -> None:
    item = ITEMS["q07"]
    rows = [dict(zip("kstpjde", row, strict=True)) for row in table(item)]
    done = [number(row["e"]) for row in rows]

    def gap(has: list[bool]) -> Decimal:
        split = {
            side: mean(d for d, found in zip(done, has, strict=True) if found is side)
            for side in (True, False)
        }
        return abs(split[True] - split[False])

    def above_the_middle(name: str) -> list[bool]:
        values = [number(row[name]) for row in rows]
        return [value > sorted(values)[2] for value in values]

    gaps = {
        "a": gap(above_the_middle("s")),
        "c": gap(above_the_middle("t")),
        "e": gap([row["p"] == "ya" for row in rows]),
        "b": gap([row["j"] == "ada" for row in rows]),
        "d": gap([row["d"] == "ada" for row in rows]),
    }
    assert {key for key, found in gaps.items() if found >= 2} == set(item.secret["key"])
    assert max(gaps["a"], gaps["c"], gaps["e"]) < Decimal("0.5")


def test_eight_teachers() -> None:
    item = ITEMS["q09"]
    rows = [(row[1] == "ya", number(row[2]), number(row[3])) for row in table(item)]
    attended = {side: mean(kkg for good, _seen, kkg in rows if good is side) for side in (True, False)}
    by_visits = {times: mean(kkg for _good, seen, kkg in rows if seen == times) for times in (0, 2)}
    measured = {
        "1": attended[True] > attended[False],
        "3": by_visits[2] < by_visits[0],
        "4": sum(not good for good, _seen, _kkg in rows) * 2 == len(rows),
        "5": sum(seen == 0 for _good, seen, _kkg in rows) * 2 > len(rows),
    }
    expected = {key: "d" if true else "b" for key, true in measured.items()} | {"2": "t", "6": "t"}
    assert expected == item.secret["key"]
    assert {rounded(by_visits[2]), rounded(by_visits[0]), attended[True], attended[False]} <= set(
        figures(item.secret["explanation"])
    )


def test_one_line_of_the_budget() -> None:
    item = ITEMS["q11"]
    volumes = [number(row[1].split()[0]) for row in table(item)]
    total = sum(volume * price for volume, price in zip(volumes, column(item, 2), strict=True))
    assert number(item.secret["accept"][0]) == total / 1_000_000


def test_the_procedure_lacks_what_the_key_says() -> None:
    item = ITEMS["q12"]
    parts = {row[0]: row[1] for row in table(item)}
    doers = [
        step
        for step in ("Langkah 1", "Langkah 2", "Langkah 3")
        if re.search(r"\bGuru\b|\bWali\b|\bKepala\b", parts[step])
    ]
    missing = {
        "a": not any(name.startswith("Ruang lingkup") for name in parts),
        "b": doers == ["Langkah 1"],
        "c": "Tujuan" not in parts,
        "d": "Rekaman" not in parts,
        "e": "Pengesahan" not in parts,
    }
    assert [key for key, lacks in missing.items() if lacks] == item.secret["key"]


def test_changed_budgets() -> None:
    item = ITEMS["q13"]
    lines = {name: (number(cost), problem) for name, cost, problem in table(item)}
    (least,) = (number(found) for found in re.findall(r"sedikitnya (\d+)\s?%", words(item)))
    sound, clothes = lines["Pengeras suara upacara"][0], lines["Seragam tim lomba"][0]
    (lowered,) = (number(found) for found in re.findall(r"Rp([\d.]+)", item.body["statements"][3]["text"]))

    def meets(speaker: Decimal, shirts: Decimal, toilets: Decimal) -> bool:
        tied = sum(cost for cost, problem in lines.values() if problem != "-") + toilets
        solved = {problem for _cost, problem in lines.values()} | ({"M3"} if toilets else set())
        return tied * 100 >= least * (tied + speaker + shirts) and {"M1", "M2", "M3"} <= solved

    truth = {
        "1": meets(Decimal(0), clothes, sound),
        "2": meets(Decimal(0), Decimal(0), Decimal(0)),
        "3": meets(sound / 2, clothes, sound / 2),
        "4": meets(lowered, Decimal(0), clothes),
    }
    assert not meets(sound, clothes, Decimal(0))
    assert {key: "m" if true else "t" for key, true in truth.items()} == item.secret["key"]


def test_two_problems_for_the_money() -> None:
    item = ITEMS["q14"]
    (money,) = (number(found) for found in re.findall(r"Rp([\d.]+)", words(item)))
    rows = {
        row[0].lower(): (number(row[1]) * number(row[2]) * number(row[3]), number(row[4]))
        for row in table(item)
    }
    pairs = [pair for pair in combinations(rows, 2) if sum(rows[name][1] for name in pair) <= money]
    ranked = sorted(pairs, key=lambda pair: -sum(rows[name][0] for name in pair))
    assert set(option(item).lower().split(" dan ")) == set(ranked[0])
    assert [sum(rows[name][0] for name in pair) for pair in ranked[:2]] == [140, 120], "one pair only is best"


def test_class_five_met_and_did_not_rise() -> None:
    item = ITEMS["q15"]
    rows = {row[0]: [number(cell.rstrip("%")) for cell in row[1:]] for row in table(item)}
    (planned,) = (number(found) for found in re.findall(r"(\d+) pertemuan", words(item)))
    met, came, before, after = rows["V"]
    assert (met, came >= 90, after - before <= 5) == (planned, True, True)
    assert min(rows, key=lambda name: rows[name][0]) == "VI"
    assert min(rows, key=lambda name: rows[name][1]) == "III"
    assert max(rows, key=lambda name: rows[name][3] - rows[name][2]) == "IV"


def test_the_target_of_the_third_year() -> None:
    item = ITEMS["q16"]
    reached = max(number(found) for found in re.findall(r"(\d+)\s?% pada tahun", words(item)))
    moved, others = (number(found) for found in re.findall(r"(\d+) siswa (?:pindahan|lain)", words(item)))
    assert reached + moved + others == 100

    def fits(text: str) -> bool:
        target = figures(text)[0]
        return reached < target <= reached + moved and "pindahan" in text

    assert [entry["id"] for entry in item.body["options"] if fits(entry["text"])] == [item.secret["key"]]


def test_samples_of_the_essay_use_its_figures() -> None:
    item = ITEMS["q19"]
    known = set(figures(words(item)))
    best = " ".join(line["samples"]["3"] for line in item.secret["guide"])
    assert {Decimal(51), Decimal(132), Decimal(13), Decimal(12), Decimal(20)} <= known & set(figures(best))
    money = max(known)
    assert all(cost <= money for cost in (number(found) for found in re.findall(r"Rp([\d.]+)", best)))
