"""What the agency's people do: mark essays, grade evidence, move a deadline."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from imbas_demo.answers import points_of
from imbas_demo.cast import Cast
from imbas_demo.habits import luck
from lms.assessment import api as assessment
from lms.contract.rubrics import Criterion, Rubric, ScaleKind
from lms.contract.sentences import ended, lower_first
from lms.evidence import api as evidence
from lms.grading import api as grading
from lms.people import api as people
from lms.programmes import api as programmes

Act = Callable[[Session, datetime], None]
_PATIENCE = timedelta(days=2)
_A_DAY = 60


def graders_day(cast: Cast) -> list[Act]:
    """Each grader reads what has waited for two days, at most sixty pieces."""
    return [partial(_grade, grader) for grader in sorted({school.grader for school in cast.schools})]


def moved_deadlines(cast: Cast, stages: list[programmes.Stage]) -> Iterator[tuple[datetime, Act]]:
    """A flood: the last school gets another week for the first stage."""
    stage = stages[0]
    yield (
        stage.on_service_due_at - timedelta(days=2),
        partial(_move, stage.id, cast.schools[-1].id, cast.admin),
    )


def _move(stage_id: int, school_id: int, admin: int, session: Session, now: datetime) -> None:
    stage = programmes.get_stage(session, stage_id)
    programmes.move_deadline(
        session,
        stage_id=stage_id,
        school_id=school_id,
        target=programmes.ON_SERVICE,
        due_at=stage.on_service_due_at + timedelta(days=7),
        defined_at=stage.on_service_due_at,
        reason="Sekolah libur karena banjir, 24 sampai 26 September",
        actor_id=admin,
        now=now,
    )


def _grade(grader: int, session: Session, now: datetime) -> None:
    actor = people.actor_of(session, grader, now)
    for _number in range(_A_DAY):
        oldest = grading.queue(session, actor=actor).oldest_at
        piece = (
            grading.take_next(session, actor=actor, now=now) if oldest and now - oldest >= _PATIENCE else None
        )
        if piece is None:
            return
        grading.give_back(session, kind=piece.kind, piece_id=piece.id, grader_id=grader, now=now)
        one = _mark_one if piece.kind is grading.Kind.ESSAYS else _grade_one
        one(session, piece.id, grader, now)


def _mark_one(session: Session, attempt_id: int, grader: int, now: datetime) -> None:
    points: dict[int, dict[str, str]] = {}
    comments: dict[int, str] = {}
    answers = assessment.answers_of(session, attempt_id)
    for item in assessment.open_items(session, attempt_id):
        found = points_of(item, str(answers[item.id].value)) or _guessed(
            item, luck("mark", attempt_id, item.key)
        )
        points[item.id] = {code: str(given) for code, given in found.items()}
        comments[item.id] = _advice(item, found)
    assessment.mark(
        session, attempt_id=attempt_id, points=points, comments=comments, actor_id=grader, now=now
    )


def _guessed(item: assessment.LoadedItem, rng: Random) -> dict[str, Decimal]:
    """Points for an essay whose guide has no sample answers to compare with."""
    return {str(line["code"]): Decimal(_points(line, rng)) for line in item.secret["guide"]}


def _points(line: dict[str, Any], rng: Random) -> int:
    most = int(float(line["max"]))
    return most if rng.random() < 0.55 else rng.randint(max(0, most - 2), most)


def _advice(item: assessment.LoadedItem, found: dict[str, Decimal]) -> str:
    """Name the line of the guide that misses most."""
    missing, aspect = max(
        (
            (Decimal(line["max"]) - found[str(line["code"])], str(line["aspect"]))
            for line in item.secret["guide"]
        ),
        key=lambda pair: pair[0],
    )
    if not missing:
        return "Lengkap, runtut, dan memakai data pada soal. Terima kasih."
    return f"Yang perlu dilengkapi: {ended(lower_first(aspect))}"


def _grade_one(session: Session, submission_id: int, grader: int, now: datetime) -> None:
    submission = evidence.get_submission(session, submission_id)
    rubric = evidence.rubric_of(session, submission)
    rng = luck("grade", submission_id, submission.version)
    good = rng.random() < (0.78 if submission.version == 1 else 0.97)
    values = {line.code: _value(rubric, line, good, rng) for line in rubric.criteria}
    passed = evidence.verdict(rubric, values).passed
    decision = evidence.Decision.ACCEPTED if passed else evidence.Decision.NEEDS_REVISION
    evidence.grade(
        session,
        submission_id=submission_id,
        version_no=submission.version,
        values=values,
        decision=decision,
        reason_code="" if passed else "incomplete",
        comment="Sudah sesuai panduan. Terima kasih." if passed else _wish(rubric, values),
        actor_id=grader,
        now=now,
    )


def _value(rubric: Rubric, line: Criterion, good: bool, rng: Random) -> Any:
    chance = 0.9 if good or (line.critical and rng.random() < 0.8) else 0.45
    if rubric.scale is ScaleKind.PERCENT:
        return str(rng.randint(78, 98) if good else rng.randint(40, 68))
    if rubric.scale is ScaleKind.LEVEL:
        top = len(line.parts) - 1
        return top - (rng.random() < 0.4) if good else max(0, top - rng.randint(1, 3))
    if line.parts and rubric.scale is not ScaleKind.BINARY:
        return [
            number for number in range(len(line.parts)) if (good and line.critical) or rng.random() < chance
        ]
    return int((good and line.critical) or rng.random() < chance)


def _wish(rubric: Rubric, values: dict[str, Any]) -> str:
    """Name the first criterion that is not full."""
    poor = next(
        (line for line in rubric.criteria if evidence.share(rubric.scale, line, values[line.code]) < 1), None
    )
    return f"Lengkapi bagian: {poor.text}" if poor else "Lengkapi bukti."
