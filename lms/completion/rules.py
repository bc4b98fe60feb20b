"""Pure rules of completion and of the final score (requirement F6; every number is a setting)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.contract.numbers import percent, rounded
from lms.contract.text import Number, Percent, Text, message


@dataclass(frozen=True, slots=True)
class QuizFact:
    """A quiz that a participant owes; ``percent`` None when it was never scored."""

    title: Text
    percent: Decimal | None
    provisional: bool
    minimum: Decimal


@dataclass(frozen=True, slots=True)
class ProductFact:
    """A deliverable that a participant or a school owes; ``status`` is a status word."""

    title: Text
    status: str
    percent: Decimal | None
    mandatory: bool
    minimum: Decimal


@dataclass(frozen=True, slots=True)
class MaterialFact:
    """A material that a participant must read; ``available``: it can be read now, its module is installed."""

    title: Text
    placement_id: int
    read: bool
    available: bool


@dataclass(frozen=True, slots=True)
class JpFact:
    """In-service JP of a stage: credited to the participant, and all there are."""

    credited: int
    total: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule found: ``who`` is the role whose turn it is, "" when met.

    ``placement_id`` is the material that the reason is about, where there is one to open.
    """

    rule: str
    met: bool
    fraction: Decimal
    reason: Text
    who: str
    placement_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A phase, stage or programme: met when every outcome is.

    ``done`` of ``owed`` outcomes are met. Where nothing is owed it is met, and ``fraction`` 1 says nothing.
    """

    met: bool
    fraction: Decimal
    outcomes: tuple[Outcome, ...]
    done: int = 0
    owed: int = 0


@dataclass(frozen=True, slots=True)
class FinalScore:
    """Parts of the final score (NA), each 0..100, and the label it earns."""

    activity: Decimal
    quizzes: Decimal
    products: Decimal
    final: Decimal
    predicate: str
    provisional: bool


def attendance(jp: JpFact, gate: Decimal) -> Outcome:
    """Credited JP must reach the gate's share of the stage's JP."""
    share = percent(Decimal(jp.credited), Decimal(jp.total)) if jp.total else Decimal(100)
    met = share >= gate
    return Outcome(
        "attendance",
        met,
        _share(share, gate),
        message(
            "Kehadiran %(credited)s dari %(total)s JP (%(share)s), perlu %(gate)s",
            credited=jp.credited,
            total=jp.total,
            share=Percent(share, 2),
            gate=Percent(gate),
        ),
        "" if met else "facilitator",
    )


def material(fact: MaterialFact) -> Outcome:
    """A material must be read to its end. Half of it counts nothing: a stored fraction follows the whole alone."""
    title = message("Materi %(title)s", title=fact.title)
    if fact.read:
        reason = message("%(title)s sudah dibaca", title=title)
        return Outcome("material", met=True, fraction=Decimal(1), reason=reason, who="")
    if not fact.available:
        reason = message("%(title)s belum dapat dibaca karena modulnya tidak terpasang", title=title)
        return Outcome("material", met=False, fraction=Decimal(0), reason=reason, who="admin")
    reason = message("%(title)s belum selesai dibaca", title=title)
    return Outcome(
        "material",
        met=False,
        fraction=Decimal(0),
        reason=reason,
        who="teacher",
        placement_id=fact.placement_id,
    )


def counting_score(
    final: Decimal | None, provisional: Decimal | None, minimum: Decimal
) -> tuple[Decimal | None, bool]:
    """The percent that counts, of the best final and the best provisional one, and whether it is provisional.

    The best score counts (requirement F6). A provisional one leaves the essay out, so it may be the
    higher of the two and mean less: it never takes away a pass that was earned.
    """
    if final is not None and (provisional is None or final >= minimum):
        return final, False
    return provisional, provisional is not None


def quiz(fact: QuizFact) -> Outcome:
    """A quiz must be scored, finally, with at least its minimum."""
    if fact.percent is None:
        reason = message("%(title)s belum dikerjakan", title=fact.title)
        return Outcome("quiz", met=False, fraction=Decimal(0), reason=reason, who="teacher")
    shown = Number(fact.percent, 2)
    if fact.provisional:
        reason = message(
            "%(title)s: uraian menunggu penilai (sementara %(shown)s)", title=fact.title, shown=shown
        )
        return Outcome("quiz", met=False, fraction=Decimal("0.5"), reason=reason, who="grader")
    met = fact.percent >= fact.minimum
    reason = (
        message("%(title)s: %(shown)s", title=fact.title, shown=shown)
        if met
        else message(
            "%(title)s: %(shown)s, perlu %(minimum)s",
            title=fact.title,
            shown=shown,
            minimum=Number(fact.minimum),
        )
    )
    return Outcome("quiz", met, _share(fact.percent, fact.minimum), reason, "" if met else "teacher")


def product(fact: ProductFact, *, owner: str) -> Outcome:
    """A mandatory product must be accepted with at least the minimum."""
    met = fact.status == "accepted" and fact.percent is not None and fact.percent >= fact.minimum
    words, who, fraction = _PRODUCT[fact.status]
    if fact.status == "accepted" and not met:
        words, who, fraction = message("nilainya belum cukup"), "owner", Decimal("0.5")
    who = owner if who == "owner" else who
    return Outcome(
        "product",
        met,
        Decimal(1) if met else fraction,
        message("%(title)s: %(words)s", title=fact.title, words=words),
        "" if met else who,
    )


def people_complete(complete: int, everybody: int, gate: Decimal) -> Outcome:
    """Enough participants of a school have completed their own phase."""
    share = percent(Decimal(complete), Decimal(everybody)) if everybody else Decimal(0)
    met = share >= gate and everybody > 0
    return Outcome(
        "people",
        met,
        _share(share, gate),
        message(
            "%(complete)s dari %(everybody)s peserta selesai, perlu %(gate)s",
            complete=complete,
            everybody=everybody,
            gate=Percent(gate),
        ),
        "" if met else "headmaster",
    )


def combine(outcomes: Iterable[Outcome]) -> Verdict:
    """A phase is met when all its rules are; its fraction is the mean of theirs."""
    found = tuple(outcomes)
    if not found:
        return Verdict(met=True, fraction=Decimal(1), outcomes=())
    mean = sum((outcome.fraction for outcome in found), Decimal(0)) / len(found)
    done = sum(outcome.met for outcome in found)
    return Verdict(done == len(found), _four(mean), found, done, len(found))


def join(parts: Sequence[Verdict]) -> Verdict:
    """A stage from its phases, or a programme from its stages; parts that ask for nothing do not count."""
    asking = [part for part in parts if part.owed]
    fraction = sum((part.fraction for part in asking), Decimal(0)) / len(asking) if asking else Decimal(1)
    open_outcomes = tuple(outcome for part in parts for outcome in part.outcomes if not outcome.met)
    return Verdict(
        all(part.met for part in parts),
        _four(fraction),
        open_outcomes,
        sum(part.done for part in asking),
        sum(part.owed for part in asking),
    )


def final_score(
    *,
    jp: Iterable[JpFact],
    quizzes: Iterable[QuizFact],
    products: Iterable[ProductFact],
    weights: tuple[Decimal, Decimal, Decimal],
    predicates: Sequence[tuple[str, Decimal]],
) -> FinalScore:
    """NA = activity, quizzes and products by their weights; rounded half up, then compared.

    What is missing counts 0; a part that nobody owes counts like the mean of the others would,
    by leaving its weight out.
    """
    all_jp, all_quizzes, all_products = tuple(jp), tuple(quizzes), tuple(p for p in products if p.mandatory)
    parts = (
        percent(Decimal(sum(f.credited for f in all_jp)), Decimal(sum(f.total for f in all_jp))),
        _mean([fact.percent or Decimal(0) for fact in all_quizzes]),
        _mean(
            [fact.percent or Decimal(0) if fact.status == "accepted" else Decimal(0) for fact in all_products]
        ),
    )
    owed = (any(f.total for f in all_jp), bool(all_quizzes), bool(all_products))
    used = sum((weight for weight, is_owed in zip(weights, owed, strict=True) if is_owed), Decimal(0))
    total = sum(
        (part * weight for part, weight, is_owed in zip(parts, weights, owed, strict=True) if is_owed),
        Decimal(0),
    )
    final = rounded(total / used) if used else Decimal("0.00")
    predicate = next((label for label, minimum in predicates if final >= minimum), "")
    return FinalScore(*parts, final, predicate, any(fact.provisional for fact in all_quizzes))


def passing(score: FinalScore, minimum: Decimal) -> Outcome:
    """The final score must reach the pass mark."""
    met = score.final >= minimum and not score.provisional
    final, wanted = Number(score.final, 2), Number(minimum)
    return Outcome(
        "final_score",
        met,
        _share(score.final, minimum),
        message("Nilai akhir %(final)s (sementara), perlu %(minimum)s", final=final, minimum=wanted)
        if score.provisional
        else message("Nilai akhir %(final)s, perlu %(minimum)s", final=final, minimum=wanted),
        "" if met else ("grader" if score.provisional else "teacher"),
    )


_PRODUCT = {
    "not_started": (message("belum ada"), "owner", Decimal(0)),
    "draft": (message("masih draf, belum diajukan"), "owner", Decimal("0.25")),
    "submitted": (message("menunggu penilai"), "grader", Decimal("0.75")),
    "in_review": (message("sedang ditelaah penilai"), "grader", Decimal("0.75")),
    "needs_revision": (message("perlu revisi"), "owner", Decimal("0.5")),
    "accepted": (message("diterima"), "", Decimal(1)),
    "rejected": (message("ditolak"), "admin", Decimal(0)),
}


def _mean(values: Sequence[Decimal]) -> Decimal:
    return rounded(sum(values, Decimal(0)) / len(values)) if values else Decimal("0.00")


def _share(value: Decimal, wanted: Decimal) -> Decimal:
    return Decimal(1) if value >= wanted else _four(value / wanted)


def _four(value: Decimal) -> Decimal:
    return rounded(value, 4)
