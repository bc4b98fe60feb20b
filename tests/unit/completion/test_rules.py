"""The rules of completion: at their edges, in words, and the final score against fractions."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.completion import rules
from lms.completion.models import CompletionState
from lms.completion.rules import FinalScore, JpFact, MaterialFact, Outcome, ProductFact, QuizFact
from lms.contract.text import Localized, Text

TITLE = Localized(id="Kuis SPMI", en="SPMI quiz")
NOTHING = Localized(id="", en="")
percents = st.decimals(0, 100, places=2)


def quiz(percent: str | None, *, provisional: bool = False, minimum: str = "70") -> QuizFact:
    return QuizFact(TITLE, None if percent is None else Decimal(percent), provisional, Decimal(minimum))


def product(status: str, percent: str | None = None, *, mandatory: bool = True) -> ProductFact:
    return ProductFact(TITLE, status, None if percent is None else Decimal(percent), mandatory, Decimal(70))


def outcome(*, met: bool, fraction: str = "0.5") -> Outcome:
    return Outcome("any", met, Decimal(fraction), NOTHING, "")


@pytest.mark.parametrize(
    ("credited", "total", "gate", "met", "fraction"),
    [
        (8, 10, "80", True, "1"),
        (9, 10, "80", True, "1"),
        (7, 10, "80", False, "0.8750"),
        (0, 10, "80", False, "0.0000"),
        (0, 0, "80", True, "1"),
        (2, 3, "66.67", True, "1"),  # 66.666... is 66.67 when it is compared
        (2, 3, "66.68", False, "0.9999"),
    ],
)
def test_attendance(credited: int, total: int, gate: str, met: bool, fraction: str) -> None:
    found = rules.attendance(JpFact(credited, total), Decimal(gate))
    assert (found.rule, found.met, str(found.fraction)) == ("attendance", met, fraction)
    assert found.who == ("" if met else "facilitator")


@pytest.mark.parametrize(
    ("read", "available", "met", "who", "placement"),
    [
        (True, True, True, "", None),
        (True, False, True, "", None),  # what was read stays read when its module is gone
        (False, True, False, "teacher", 7),
        (False, False, False, "admin", None),  # nobody is sent to a page that is not there
    ],
)
def test_a_required_material_is_read_or_not(
    read: bool, available: bool, met: bool, who: str, placement: int | None
) -> None:
    found = rules.material(
        MaterialFact(Localized(id="RKS", en="School plan"), 7, read=read, available=available)
    )
    assert (found.rule, found.met, found.who, found.placement_id) == ("material", met, who, placement)
    assert found.fraction == (1 if met else 0)
    assert found.reason.in_("id").startswith("Materi RKS ")
    assert found.reason.in_("en").startswith("Material School plan ")


def test_half_a_percent_is_shown_with_two_digits() -> None:
    assert "(87,50\u00a0%)" in rules.attendance(JpFact(7, 8), Decimal(80)).reason.in_("id")


def test_attendance_says_what_is_missing() -> None:
    found = rules.attendance(JpFact(7, 9), Decimal("80.00"))
    assert found.reason.in_("id") == "Kehadiran 7 dari 9 JP (77,78\u00a0%), perlu 80\u00a0%"
    assert found.reason.in_("en") == "Attendance 7 of 9 JP (77.78\u00a0%), 80\u00a0% needed"


@pytest.mark.parametrize(
    ("fact", "met", "fraction", "who", "reason"),
    [
        (
            quiz(None),
            False,
            "0",
            "teacher",
            Localized(id="Kuis SPMI belum dikerjakan", en="SPMI quiz not taken yet"),
        ),
        (
            quiz("90.00", provisional=True),
            False,
            "0.5",
            "grader",
            Localized(
                id="Kuis SPMI: uraian menunggu penilai (sementara 90,00)",
                en="SPMI quiz: an essay waits for the grader (provisional 90.00)",
            ),
        ),
        (quiz("70"), True, "1", "", Localized(id="Kuis SPMI: 70,00", en="SPMI quiz: 70.00")),
        (
            quiz("69.99"),
            False,
            "0.9999",
            "teacher",
            Localized(id="Kuis SPMI: 69,99, perlu 70", en="SPMI quiz: 69.99, 70 needed"),
        ),
        (
            quiz("0.00"),
            False,
            "0.0000",
            "teacher",
            Localized(id="Kuis SPMI: 0,00, perlu 70", en="SPMI quiz: 0.00, 70 needed"),
        ),
    ],
)
def test_quiz(fact: QuizFact, met: bool, fraction: str, who: str, reason: Text) -> None:
    found = rules.quiz(fact)
    assert (found.rule, found.met, str(found.fraction), found.who) == ("quiz", met, fraction, who)
    assert [found.reason.in_(code) for code in ("id", "en")] == [reason.in_(code) for code in ("id", "en")]


@pytest.mark.parametrize(
    ("status", "percent", "met", "fraction", "who", "words"),
    [
        ("not_started", None, False, "0", "quality_team", Localized(id="belum ada", en="nothing yet")),
        (
            "draft",
            None,
            False,
            "0.25",
            "quality_team",
            Localized(id="masih draf, belum diajukan", en="still a draft, not handed in"),
        ),
        (
            "submitted",
            None,
            False,
            "0.75",
            "grader",
            Localized(id="menunggu penilai", en="waits for the grader"),
        ),
        (
            "in_review",
            "95",
            False,
            "0.75",
            "grader",
            Localized(id="sedang ditelaah penilai", en="being reviewed"),
        ),
        (
            "needs_revision",
            "95",
            False,
            "0.5",
            "quality_team",
            Localized(id="perlu revisi", en="needs revision"),
        ),
        ("accepted", "70", True, "1", "", Localized(id="diterima", en="accepted")),
        (
            "accepted",
            "69.99",
            False,
            "0.5",
            "quality_team",
            Localized(id="nilainya belum cukup", en="its score is too low"),
        ),
        (
            "accepted",
            None,
            False,
            "0.5",
            "quality_team",
            Localized(id="nilainya belum cukup", en="its score is too low"),
        ),
        ("rejected", "95", False, "0", "admin", Localized(id="ditolak", en="rejected")),
    ],
)
def test_product(status: str, percent: str | None, met: bool, fraction: str, who: str, words: Text) -> None:
    found = rules.product(product(status, percent), owner="quality_team")
    assert (found.rule, found.met, str(found.fraction), found.who) == ("product", met, fraction, who)
    assert found.reason.in_("id") == f"Kuis SPMI: {words.in_('id')}"
    assert found.reason.in_("en") == f"SPMI quiz: {words.in_('en')}"


@pytest.mark.parametrize(
    ("complete", "everybody", "gate", "met", "fraction"),
    [
        (4, 5, "80", True, "1"),
        (3, 5, "80", False, "0.7500"),
        (0, 5, "80", False, "0.0000"),
        (0, 0, "80", False, "0.0000"),
        (0, 0, "0", False, "1"),  # a school without anybody is never complete
        (1, 1, "100", True, "1"),
    ],
)
def test_people_of_a_school(complete: int, everybody: int, gate: str, met: bool, fraction: str) -> None:
    found = rules.people_complete(complete, everybody, Decimal(gate))
    assert (found.rule, found.met, str(found.fraction)) == ("people", met, fraction)
    assert found.who == ("" if met else "headmaster")
    assert found.reason.in_("id") == f"{complete} dari {everybody} peserta selesai, perlu {gate}\u00a0%"
    assert found.reason.in_("en") == f"Participants complete: {complete} of {everybody}, {gate}\u00a0% needed"


@given(st.lists(st.tuples(st.booleans(), st.decimals(0, 1, places=4)), max_size=6))
def test_a_phase_is_met_when_all_is_met(found: list[tuple[bool, Decimal]]) -> None:
    outcomes = [Outcome("any", met, fraction, NOTHING, "") for met, fraction in found]
    verdict = rules.combine(iter(outcomes))
    assert verdict.met is all(met for met, _fraction in found)
    assert verdict.outcomes == tuple(outcomes)
    mean = sum(Fraction(part) for _met, part in found) / len(found) if found else Fraction(1)
    assert Fraction(verdict.fraction) == Fraction((mean * 20_000 + 1) // 2, 10_000)


def test_a_stage_keeps_what_is_open() -> None:
    good, bad = outcome(met=True, fraction="1"), outcome(met=False, fraction="0.5")
    whole = rules.join([rules.combine([good, bad]), rules.combine([good])])
    assert (whole.met, str(whole.fraction), whole.outcomes) == (False, "0.8750", (bad,))
    assert rules.join([rules.combine([good]), rules.combine([])]) == rules.Verdict(
        met=True, fraction=Decimal(1), outcomes=(), done=1, owed=1
    )
    assert rules.join([]) == rules.Verdict(met=True, fraction=Decimal(1), outcomes=())


phases = st.lists(st.lists(st.booleans(), max_size=4), max_size=4)


@given(phases)
def test_a_part_that_asks_for_nothing_is_no_progress(found: list[list[bool]]) -> None:
    parts = [rules.combine([outcome(met=met, fraction=str(int(met))) for met in part]) for part in found]
    whole = rules.join(parts)
    assert (whole.done, whole.owed) == (sum(map(sum, found)), sum(map(len, found)))
    assert whole.met is (whole.done == whole.owed)
    if whole.owed:
        assert (whole.fraction == 0) is (whole.done == 0)
        assert (whole.fraction == 1) is whole.met


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_bar_is_full_when_all_that_is_owed_is_done_and_only_then(done: int, owed: int) -> None:
    state = CompletionState(fraction=Decimal(1), scores={"done": min(done, owed), "owed": owed})
    shown = state.done_percent
    assert (shown is None) is (owed == 0)
    if owed:
        assert (shown == 100) is (done >= owed)
        assert done or shown == 0


def test_states_stored_before_conditions_were_counted_give_their_fraction() -> None:
    assert CompletionState(fraction=Decimal("0.7599"), scores={}).done_percent == 75


weights = st.tuples(*[st.sampled_from([Decimal(text) for text in ("0", "20", "33.3", "40", "50")])] * 3)
PREDICATES = [("Amat Baik", Decimal("90.01")), ("Baik", Decimal(80)), ("Cukup", Decimal(70))]


def half_up(value: Fraction) -> Fraction:
    return Fraction((value * 200 + 1) // 2, 100)


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda pair: JpFact(min(pair), max(pair))),
        max_size=3,
    ),
    st.lists(
        st.builds(QuizFact, st.just(TITLE), st.none() | percents, st.booleans(), st.just(Decimal(70))),
        max_size=3,
    ),
    st.lists(
        st.builds(
            ProductFact,
            st.just(TITLE),
            st.sampled_from(["accepted", "submitted", "rejected"]),
            st.none() | percents,
            st.booleans(),
            st.just(Decimal(70)),
        ),
        max_size=4,
    ),
    weights,
)
def test_the_final_score_is_what_fractions_give(
    jp: list[JpFact], quizzes: list[QuizFact], products: list[ProductFact], given_weights: tuple[Decimal, ...]
) -> None:
    first, second, third = given_weights
    found = rules.final_score(
        jp=jp, quizzes=quizzes, products=products, weights=(first, second, third), predicates=PREDICATES
    )
    parts: list[tuple[Fraction, Decimal]] = []
    total = sum(fact.total for fact in jp)
    activity = half_up(Fraction(100 * sum(fact.credited for fact in jp), total)) if total else Fraction(0)
    if total:
        parts.append((activity, first))
    tests = [Fraction(fact.percent or 0) for fact in quizzes]
    mean_tests = half_up(sum(tests) / len(tests)) if tests else Fraction(0)
    if tests:
        parts.append((mean_tests, second))
    owed = [fact for fact in products if fact.mandatory]
    points = [Fraction(fact.percent or 0) if fact.status == "accepted" else Fraction(0) for fact in owed]
    mean_points = half_up(sum(points) / len(points)) if points else Fraction(0)
    if points:
        parts.append((mean_points, third))
    used = sum(Fraction(weight) for _part, weight in parts)
    final = half_up(sum(part * Fraction(weight) for part, weight in parts) / used) if used else Fraction(0)
    assert tuple(map(Fraction, (found.activity, found.quizzes, found.products))) == (
        activity,
        mean_tests,
        mean_points,
    )
    assert Fraction(found.final) == final
    assert found.predicate == next((name for name, minimum in PREDICATES if final >= minimum), "")
    assert found.provisional is any(fact.provisional for fact in quizzes)


@pytest.mark.parametrize(
    ("percent", "label"),
    [("90.01", "Amat Baik"), ("90.00", "Baik"), ("80.00", "Baik"), ("79.99", "Cukup"), ("69.99", "")],
)
def test_a_predicate_begins_at_its_minimum(percent: str, label: str) -> None:
    found = rules.final_score(
        jp=[],
        quizzes=[quiz(percent)],
        products=[],
        weights=(Decimal(20), Decimal(40), Decimal(40)),
        predicates=PREDICATES,
    )
    assert (str(found.final), found.predicate) == (percent, label)


@pytest.mark.parametrize(
    ("final", "provisional", "met", "fraction", "who", "reason"),
    [
        (
            "70.00",
            False,
            True,
            "1",
            "",
            Localized(id="Nilai akhir 70,00, perlu 70", en="Final score 70.00, 70 needed"),
        ),
        (
            "69.99",
            False,
            False,
            "0.9999",
            "teacher",
            Localized(id="Nilai akhir 69,99, perlu 70", en="Final score 69.99, 70 needed"),
        ),
        (
            "90.00",
            True,
            False,
            "1",
            "grader",
            Localized(
                id="Nilai akhir 90,00 (sementara), perlu 70", en="Final score 90.00 (provisional), 70 needed"
            ),
        ),
    ],
)
def test_passing(final: str, provisional: bool, met: bool, fraction: str, who: str, reason: Text) -> None:
    zero = Decimal(0)
    found = rules.passing(FinalScore(zero, zero, zero, Decimal(final), "", provisional), Decimal(70))
    assert (found.rule, found.met, str(found.fraction), found.who) == ("final_score", met, fraction, who)
    assert [found.reason.in_(code) for code in ("id", "en")] == [reason.in_(code) for code in ("id", "en")]


@pytest.mark.parametrize(
    ("final", "provisional", "counts"),
    [
        (None, None, (None, False)),
        ("80", None, ("80", False)),
        (None, "100", ("100", True)),
        ("80", "100", ("80", False)),  # a pass stays a pass while a retry waits for its essay
        ("70", "100", ("70", False)),
        ("69.99", "100", ("100", True)),
        ("69.99", "10", ("10", True)),
        ("69.99", None, ("69.99", False)),
    ],
)
def test_a_retry_never_takes_a_pass_away(
    final: str | None, provisional: str | None, counts: tuple[str | None, bool]
) -> None:
    def exact(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    found = rules.counting_score(exact(final), exact(provisional), Decimal(70))
    assert found == (exact(counts[0]), counts[1])
