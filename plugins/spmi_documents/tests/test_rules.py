"""The rules against slow, independent ways of saying the same."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imbas_spmi_documents import rules
from imbas_spmi_documents.frameworks import bands, indicators, standard_name
from imbas_spmi_documents.rules import ScoreStatus, StandardScore

from lms.api import Invalid

SDN_26 = ("6.21", "5.83", "6.05", "5.62", "4.10", "3.55", "5.90", "6.70")
hundredths = st.integers(0, 700)


def scored(values: list[str] | tuple[str, ...]) -> list[StandardScore]:
    return [StandardScore(n, ScoreStatus.SCORED, Decimal(v)) for n, v in enumerate(values, start=1)]


def half_up(value: Fraction) -> int:
    """Whole hundredths, halves upwards: the schoolbook rule in whole numbers."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def test_the_report_of_sdn_26() -> None:
    scores = scored(SDN_26)
    assert rules.mean(scores) == Decimal("5.50")
    assert rules.band_of(Decimal("5.50"), bands()).code == "MSNP4"
    assert [entry.standard for entry in rules.weakest(scores)] == [6, 5]
    assert [rules.band_of(entry.score, bands()).code for entry in rules.weakest(scores)] == ["MSNP2", "MSNP3"]


@given(st.lists(hundredths, min_size=8, max_size=8))
def test_mean_is_the_schoolbook_mean(values: list[int]) -> None:
    scores = scored([f"{value // 100}.{value % 100:02d}" for value in values])
    assert rules.mean(scores) == Decimal(half_up(Fraction(sum(values), 8))) / 100


@given(st.integers(1, 8), st.sampled_from((ScoreStatus.NOT_SENT, ScoreStatus.INVALID)))
def test_one_standard_without_a_score_leaves_no_mean(number: int, status: ScoreStatus) -> None:
    scores = [entry for entry in scored(SDN_26) if entry.standard != number]
    assert rules.mean(scores) is None
    assert rules.mean([*scores, StandardScore(number, status)]) is None


@given(hundredths)
def test_bands_by_looking_them_up_one_by_one(value: int) -> None:
    limits = {
        "MSNP1": (0, 204),
        "MSNP2": (205, 370),
        "MSNP3": (371, 506),
        "MSNP4": (507, 666),
        "SNP": (667, 700),
    }
    expected = next(code for code, (low, high) in limits.items() if low <= value <= high)
    assert rules.band_of(Decimal(value) / 100, bands()).code == expected


@pytest.mark.parametrize(
    ("text", "value"), [("6,21", "6.21"), ("7", "7.00"), (" 0,5 ", "0.50"), ("3.7", "3.70")]
)
def test_scores_are_read_with_comma_or_point(text: str, value: str) -> None:
    assert str(rules.parse_score(text)) == value


@pytest.mark.parametrize("text", ["", "7,01", "-1", "6,215", "1e0", "enam", "8", "6,2 1", "٣", "70"])
def test_other_texts_are_no_scores(text: str) -> None:
    with pytest.raises(Invalid):
        rules.parse_score(text)


@given(hundredths)
def test_every_score_survives_writing_and_reading(value: int) -> None:
    text = f"{value // 100},{value % 100:02d}"
    assert rules.parse_score(text) == Decimal(value) / 100


@pytest.mark.parametrize(
    ("number", "status", "score"),
    [
        (0, ScoreStatus.SCORED, "1"),
        (9, ScoreStatus.SCORED, "1"),
        (1, ScoreStatus.SCORED, None),
        (1, ScoreStatus.INVALID, "1"),
        (1, ScoreStatus.SCORED, "7.01"),
    ],
)
def test_an_impossible_standard_is_refused(number: int, status: ScoreStatus, score: str | None) -> None:
    with pytest.raises(ValueError, match=r"standard|score"):
        StandardScore(number, status, None if score is None else Decimal(score))


def test_a_dash_is_not_an_answer() -> None:
    texts = dict.fromkeys(rules.PARTS, "Tidak ada petugas")
    assert rules.missing_parts(texts) == ()
    assert rules.missing_parts({**texts, "strength": " - ", "root_cause": "...\n?"}) == (
        "strength",
        "root_cause",
    )


def test_a_target_needs_a_figure() -> None:
    line = {
        "programme": "Pojok baca",
        "activity": "Rak",
        "target": "pinjaman naik",
        "cost": 0,
        "source": "none",
        "month": 10,
        "responsible": "Guru kelas III",
    }
    assert rules.missing_plan_parts(line) == ("target",)
    assert rules.missing_plan_parts({**line, "target": "120 buku"}) == ()
    assert rules.missing_plan_parts({}) == rules.PLAN_PARTS


@given(st.integers(0, 8), st.integers(0, 6), st.integers(0, 6), st.integers(1, 8), st.integers(0, 5))
def test_completion_says_met_exactly_when_all_is_there(
    standards: int, problems: int, planned: int, need_standards: int, need_problems: int
) -> None:
    result = rules.mapping_complete(
        {"standards": standards, "problems": problems, "planned": planned},
        {"standards": need_standards, "problems": need_problems},
    )
    met = standards >= need_standards and problems >= need_problems and planned >= need_problems
    assert result.met is met
    assert (result.fraction == 1) is met
    assert (result.who == "") is met
    # what is there is not called lacking
    assert ("standar" in result.reason.in_("id")) is (met or standards < need_standards)
    assert ("dipetakan" in result.reason.in_("id")) is (met or problems < need_problems)
    assert ("rencana" in result.reason.in_("id")) is (met or planned < need_problems)


def test_the_framework_is_a_tree_of_eight_standards() -> None:
    known = indicators()
    assert len([entry for entry in known.values() if entry.level == "standard"]) == 8
    for entry in known.values():
        assert entry.level == "standard" or entry.parent in known
        assert entry.level == "standard" or entry.code.rpartition(".")[0] == entry.parent
    assert standard_name(6).in_("id") == "Sarana dan Prasarana"
    assert not known["6.2.2"].primary_school
