"""The item analysis against slow, independent ways of saying the same."""

import statistics
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import isclose

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from imbas_hots_assessment import item_statistics
from imbas_hots_assessment.frameworks import band_of

from lms.api import rounded

MAXIMA = (1, 1, 2, 4)
rows = st.tuples(*(st.integers(0, maximum) for maximum in MAXIMA))
tests = st.lists(rows, min_size=2, max_size=60)
small_tests = st.lists(rows, min_size=2, max_size=5)


def analysed(test: list[tuple[int, ...]]) -> item_statistics.Analysis:
    points = {str(at): [Decimal(row[at]) for row in test] for at in range(len(MAXIMA))}
    return item_statistics.analyse(points, {str(at): Decimal(top) for at, top in enumerate(MAXIMA)})


def two(value: Fraction) -> Decimal:
    """The schoolbook rule in whole numbers: halves away from zero."""
    hundredths = (200 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return Decimal(hundredths if value >= 0 else -hundredths) / 100


@given(tests)
def test_difficulty_is_the_share_of_all_points(test: list[tuple[int, ...]]) -> None:
    found = analysed(test)
    for at, top in enumerate(MAXIMA):
        assert found.items[str(at)].difficulty == two(Fraction(sum(row[at] for row in test), len(test) * top))


@settings(max_examples=40)
@given(small_tests)
def test_discrimination_is_the_mean_over_all_orders_of_equals(test: list[tuple[int, ...]]) -> None:
    half = len(test) // 2
    differences: dict[int, list[int]] = {at: [] for at in range(len(MAXIMA))}
    for order in permutations(test):
        ranked = sorted(order, key=lambda row: -sum(row))  # stable: each order of equals comes up
        for at in differences:
            upper, lower = ranked[:half], ranked[len(ranked) - half :]
            differences[at].append(sum(row[at] for row in upper) - sum(row[at] for row in lower))
    found = analysed(test)
    for at, top in enumerate(MAXIMA):
        mean = Fraction(sum(differences[at]), len(differences[at]) * half * top)
        assert found.items[str(at)].discrimination == two(mean)


@given(tests, st.randoms(use_true_random=False))
def test_no_order_of_people_changes_a_figure(test: list[tuple[int, ...]], random: object) -> None:
    mixed = list(test)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert analysed(mixed) == analysed(test)


@given(tests)
def test_correlation_with_the_rest_of_the_test(test: list[tuple[int, ...]]) -> None:
    found = analysed(test)
    for at in range(len(MAXIMA)):
        own = [row[at] for row in test]
        rest = [sum(row) - row[at] for row in test]
        value = found.items[str(at)].correlation
        if len(set(own)) == 1 or len(set(rest)) == 1:
            assert value is None
        else:
            assert value is not None
            assert isclose(float(value), statistics.correlation(own, rest), abs_tol=0.0051)


@given(tests)
def test_alpha_by_covariances(test: list[tuple[int, ...]]) -> None:
    totals = [sum(row) for row in test]
    alpha = analysed(test).alpha
    if len(set(totals)) == 1:
        assert alpha is None
        return
    between = Fraction(0)
    for one in range(len(MAXIMA)):
        for other in range(len(MAXIMA)):
            if one != other:
                pairs = [(row[one], row[other]) for row in test]
                product = Fraction(sum(a * b for a, b in pairs), len(pairs))
                means = (
                    Fraction(sum(a for a, _b in pairs), len(pairs)),
                    Fraction(sum(b for _a, b in pairs), len(pairs)),
                )
                between += product - means[0] * means[1]
    spread = (
        Fraction(sum(total * total for total in totals), len(totals))
        - Fraction(sum(totals), len(totals)) ** 2
    )
    assert alpha == two(Fraction(len(MAXIMA), len(MAXIMA) - 1) * between / spread)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=80), st.booleans())
def test_groups_have_their_size_and_the_right_people(totals: list[int], top: bool) -> None:
    size = item_statistics.group_size(len(totals))
    found = item_statistics.weights(totals, size, top=top)
    assert sum(found) == size
    assert all(0 <= weight <= 1 for weight in found)
    for total, weight in zip(totals, found, strict=True):
        if weight < 1:  # whoever stands further out is in wholly first
            further = [w for t, w in zip(totals, found, strict=True) if (t < total if top else t > total)]
            assert not any(further)


@pytest.mark.parametrize(
    ("people", "size"), [(1, 0), (2, 1), (24, 12), (39, 19), (40, 11), (66, 18), (100, 27)]
)
def test_size_of_the_groups(people: int, size: int) -> None:
    assert item_statistics.group_size(people) == size


@given(st.lists(st.sets(st.sampled_from("abcd")), min_size=1, max_size=60))
def test_distractors_by_counting(chosen: list[set[str]]) -> None:
    totals = item_statistics.tilt([at % 7 for at in range(len(chosen))])
    found = item_statistics.options([frozenset(taken) for taken in chosen], "abcd", {"b"}, totals)
    for line in found:
        takers = 0
        for taken in chosen:
            takers += line.id in taken
        assert line.count == takers
        assert line.percent == two(Fraction(takers * 100, len(chosen)))
        assert line.works == (takers * 20 >= len(chosen))
        assert line.is_key == (line.id == "b")
        assert not (line.misleads and (line.is_key or not line.works))


def test_the_examples_of_the_material() -> None:
    """KR-20 of six pupils is 0,58; item 3 of SDN 19 has p 0,63 and D 0,58; distractor D does not work."""
    pupils = ["11111", "11110", "11100", "11010", "10100", "01000"]
    points = {str(at): [Decimal(row[at]) for row in pupils] for at in range(5)}
    found = item_statistics.analyse(points, {str(at): Decimal(1) for at in range(5)})
    assert found.alpha == Decimal("0.58")
    assert band_of("reliability", "general", found.alpha).code == "medium"
    assert [str(found.items[str(at)].difficulty) for at in range(5)] == [
        "0.83",
        "0.83",
        "0.67",
        "0.50",
        "0.17",
    ]

    right = [Decimal(1)] * 11 + [Decimal(0)] + [Decimal(1)] * 4 + [Decimal(0)] * 8
    others = [Decimal(20)] * 12 + [Decimal(5)] * 12
    item = item_statistics.analyse(
        {"3": right, "rest": others}, {"3": Decimal(1), "rest": Decimal(20)}
    ).items["3"]
    assert (item.difficulty, item.discrimination) == (Decimal("0.63"), Decimal("0.58"))
    chosen = [{"A"}] * 3 + [{"B"}] * 15 + [{"C"}] * 5 + [{"D"}]
    lines = item_statistics.options(chosen, "ABCD", {"B"}, [Fraction(0)] * 24)
    assert [line.works for line in lines] == [True, True, True, False]
    assert [str(rounded(line.percent, 1)) for line in lines] == ["12.5", "62.5", "20.8", "4.2"]


def test_a_distractor_that_the_better_ones_choose_misleads() -> None:
    chosen = [{"C"}] * 8 + [{"B"}] * 8 + [{"B"}] * 8 + [{"A"}] * 8
    totals = item_statistics.tilt([10] * 16 + [2] * 16)
    lines = item_statistics.options(chosen, "ABCD", {"B"}, totals)
    assert [line.id for line in lines if line.misleads] == ["C"]


@given(st.integers(0, 100))
def test_difficulty_bands_one_by_one(value: int) -> None:
    expected = "hard" if value <= 30 else "medium" if value <= 70 else "easy"
    assert band_of("difficulty", "general", Decimal(value) / 100).code == expected


@given(st.integers(-100, 100))
def test_discrimination_bands_one_by_one(value: int) -> None:
    ebel = (
        "negative"
        if value < 0
        else next(
            code
            for code, least in (("very_good", 40), ("good", 30), ("revise", 20), ("poor", 0))
            if value >= least
        )
    )
    arikunto = (
        "negative"
        if value < 0
        else next(
            code
            for code, least in (("very_good", 71), ("good", 41), ("fair", 21), ("poor", 0))
            if value >= least
        )
    )
    assert band_of("discrimination", "ebel", Decimal(value) / 100).code == ebel
    assert band_of("discrimination", "arikunto", Decimal(value) / 100).code == arikunto


def test_unsound_input_is_refused() -> None:
    with pytest.raises(ValueError, match="every participant"):
        item_statistics.analyse({"1": [Decimal(1)], "2": []}, {"1": Decimal(1), "2": Decimal(1)})
    with pytest.raises(ValueError, match="positive"):
        item_statistics.analyse({"1": [Decimal(0)]}, {"1": Decimal(0)})
    nobody = item_statistics.analyse({"1": []}, {"1": Decimal(1)})
    assert (nobody.participants, nobody.alpha, nobody.items) == (0, None, {})
    lonely = item_statistics.analyse({"1": [Decimal(1)]}, {"1": Decimal(1)})
    assert lonely.items["1"].discrimination is None


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=30))
def test_a_test_that_doubles_itself_is_wholly_consistent(pairs: list[tuple[int, int]]) -> None:
    answers = [Decimal(first) for first, _second in pairs]
    assume(len(set(answers)) > 1)
    found = item_statistics.analyse({"1": answers, "2": answers}, {"1": Decimal(1), "2": Decimal(1)})
    assert found.alpha == 1
    assert found.items["1"].correlation == 1
