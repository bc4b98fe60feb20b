"""Gathers all facts of some participants and schools; a fixed number of queries whatever their number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from lms.assessment import api as assessment
from lms.completion.queries import Others
from lms.completion.rules import JpFact, MaterialFact, ProductFact, QuizFact, counting_score
from lms.contract.actors import Role
from lms.contract.modules import Phase, Unit
from lms.contract.text import verbatim
from lms.evidence import api as evidence
from lms.modules import api as modules
from lms.programmes import api as programmes


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What a participant or a school has in one stage."""

    jp: JpFact = field(default_factory=lambda: JpFact(0, 0))
    materials: tuple[MaterialFact, ...] = ()
    quizzes: tuple[QuizFact, ...] = ()
    products: tuple[ProductFact, ...] = ()


@dataclass(slots=True)
class Gathered:
    """Facts by (enrolment, stage) and by (school, stage)."""

    programme: programmes.Programme
    definition: programmes.Definition
    stages: list[programmes.Stage]
    enrolments: list[programmes.Enrolment]
    people: dict[tuple[int, int], StageFacts] = field(default_factory=dict)
    schools: dict[tuple[int, int], StageFacts] = field(default_factory=dict)
    others: Others = field(default_factory=Others)
    asked: set[tuple[int, Phase]] = field(default_factory=set)
    """Stages and phases in which the core asks something of some participant, by the definition alone."""


def gather(
    session: Session,
    *,
    programme_id: int,
    school_ids: Sequence[int],
    enrolments: list[programmes.Enrolment],
    now: datetime,
) -> Gathered:
    """All facts of some schools, and of some of their participants."""
    programme = programmes.get_programme(session, programme_id)
    found = Gathered(
        programme,
        programmes.definition_of(programme),
        programmes.stages_of(session, programme_id),
        enrolments,
    )
    stage_ids = [stage.id for stage in found.stages]
    dues = evidence.dues_of(session, stage_ids)
    _gather_people(session, found, stage_ids, dues, now)
    _gather_schools(session, found, stage_ids, dues, school_ids)
    return found


def _gather_people(
    session: Session,
    found: Gathered,
    stage_ids: list[int],
    everything_due: Sequence[evidence.Assignment],
    now: datetime,
) -> None:
    ids = [row.id for row in found.enrolments]
    jp = programmes.jp_of(
        session,
        programme_id=found.programme.id,
        enrolment_ids=ids,
        excused_counts=found.definition.attendance.excused_counts,
        now=now,
    )
    quizzes = assessment.quizzes_of(session, stage_ids)
    minima = {
        line.module: line.quiz.minimum
        for spec in found.definition.stages
        for line in spec.materials
        if line.quiz
    }
    best = assessment.best_attempts(session, enrolment_ids=ids)
    placements = [row for row in modules.placements_of(session, stage_ids) if row.reading_required]
    progress = modules.progress_of(session, enrolment_ids=ids, placements=placements) if placements else {}
    dues = [due for due in everything_due if due.unit is Unit.TEACHER]
    schools = sorted({row.school_id for row in found.enrolments})
    rows = evidence.submissions_of(
        session, due_ids=[due.id for due in dues], school_ids=schools, enrolment_ids=ids
    )
    products = {(row.enrolment_id, row.due_id): row for row in rows}
    owes: dict[Role, programmes.Participant] = {entry.role: entry for entry in found.definition.participants}
    found.asked |= {(placement.stage_id, Phase.IN_SERVICE) for placement in placements}
    if any(duty.quizzes for duty in owes.values()):
        found.asked |= {(quiz.stage_id, Phase.IN_SERVICE) for quiz in quizzes}
    if any(duty.products for duty in owes.values()):
        found.asked |= {(due.stage_id, Phase.ON_SERVICE) for due in dues if due.mandatory}
    for enrolment in found.enrolments:
        duty = owes.get(enrolment.role)
        for stage_id in stage_ids:
            credited = jp.get((enrolment.id, stage_id))
            found.people[enrolment.id, stage_id] = StageFacts(
                JpFact(credited.credited, credited.total) if credited else JpFact(0, 0),
                tuple(
                    _material(placement, progress[enrolment.id, placement.id])
                    for placement in placements
                    if placement.stage_id == stage_id
                ),
                tuple(
                    _quiz(quiz, best.get((enrolment.id, quiz.id), assessment.Best()), minima)
                    for quiz in quizzes
                    if quiz.stage_id == stage_id and duty and duty.quizzes
                ),
                _products(
                    (due for due in dues if due.stage_id == stage_id and duty and duty.products),
                    {due.id: products.get((enrolment.id, due.id)) for due in dues},
                    found.definition.passing.product_minimum,
                ),
            )


def _material(placement: modules.ModulePlacement, progress: modules.Progress) -> MaterialFact:
    module = modules.module_of(placement)
    title = (
        module.title if module and placement.title == module.title.in_("id") else verbatim(placement.title)
    )
    return MaterialFact(title, placement.id, progress.is_complete, available=progress.total > 0)


def _quiz(quiz: assessment.Quiz, best: assessment.Best, minima: dict[str, Decimal]) -> QuizFact:
    minimum = minima.get(quiz.key.rpartition(".")[0], Decimal(0))
    percent, provisional = counting_score(best.final, best.provisional, minimum)
    return QuizFact(quiz.title, percent, provisional, minimum)


def _gather_schools(
    session: Session,
    found: Gathered,
    stage_ids: list[int],
    everything_due: Sequence[evidence.Assignment],
    school_ids: Sequence[int],
) -> None:
    dues = [due for due in everything_due if due.unit is Unit.SCHOOL]
    rows = evidence.submissions_of(
        session, due_ids=[due.id for due in dues], school_ids=school_ids, enrolment_ids=[None]
    )
    products = {(row.school_id, row.due_id): row for row in rows}
    models = programmes.model_schools(session, found.programme.id, school_ids)
    for school_id in school_ids:
        for stage_id in stage_ids:
            own = (
                due
                for due in dues
                if due.stage_id == stage_id and (school_id in models or not due.models_only)
            )
            found.schools[school_id, stage_id] = StageFacts(
                products=_products(
                    own,
                    {due.id: products.get((school_id, due.id)) for due in dues},
                    found.definition.passing.product_minimum,
                )
            )


def _products(
    dues: Iterable[evidence.Assignment],
    rows: dict[int, evidence.Submission | None],
    minimum: Decimal,
) -> tuple[ProductFact, ...]:
    facts = []
    for due in dues:
        row = rows.get(due.id)
        facts.append(
            ProductFact(
                due.title,
                row.status.value if row else "not_started",
                row.percent if row else None,
                due.mandatory,
                minimum,
            )
        )
    return tuple(facts)
