"""What pages, rules and panels read: lists of plans, facts for the completion rule."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from imbas_lesson_planning.models import LessonPlan
from imbas_lesson_planning.rules import PlanState
from lms.api import RuleSubject, programme_card


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in a list, without its text."""

    id: int
    title: str
    kind: str
    state: PlanState
    person_id: int
    updated_at: datetime


def own_plans(session: Session, *, programme_id: int, school_id: int, person_id: int) -> list[PlanLine]:
    """A teacher's plans, the one changed last first."""
    at = {"programme": programme_id, "school": school_id, "person": person_id}
    return [PlanLine(*row) for row in session.execute(_OWN, at)]


def school_plans(
    session: Session, *, programme_id: int, school_id: int, limit: int, offset: int = 0
) -> list[PlanLine]:
    """Plans of a school that were handed in, those that wait for a review first."""
    waiting = case((LessonPlan.state == PlanState.IN_REVIEW, 0), else_=1)
    query = _LINES.where(LessonPlan.submitted_at.is_not(None))
    query = query.order_by(waiting, LessonPlan.submitted_at, LessonPlan.id).limit(limit).offset(offset)
    at = {"programme": programme_id, "school": school_id}
    return [PlanLine(*row) for row in session.execute(query, at)]


def waiting_count(session: Session, *, programme_id: int, school_id: int) -> int:
    """How many plans of a school wait for a review."""
    query = select(func.count()).select_from(LessonPlan)
    return (
        session.scalar(
            query.where(
                LessonPlan.programme_id == programme_id,
                LessonPlan.school_id == school_id,
                LessonPlan.state == PlanState.IN_REVIEW,
            )
        )
        or 0
    )


def has_begun(session: Session, *, programme_id: int, now: datetime) -> bool:
    """Whether the stage of the programme in which this module is placed has opened."""
    stage = programme_card(session, programme_id).stage_of("lesson_planning")
    return stage is not None and stage.opens_at <= now


def gather(session: Session, subjects: tuple[RuleSubject, ...]) -> tuple[Mapping[str, Any], ...]:
    """Facts of the rule ``plan_reviewed`` for many teachers, in one query."""
    rows = session.execute(
        select(LessonPlan.programme_id, LessonPlan.person_id, LessonPlan.state).where(
            LessonPlan.programme_id.in_({subject.programme_id for subject in subjects}),
            LessonPlan.person_id.in_({subject.person_id for subject in subjects}),
        )
    )
    states: dict[tuple[int, int | None], list[str]] = defaultdict(list)
    for programme_id, person_id, state in rows:
        states[programme_id, person_id].append(state.value)
    return tuple({"states": sorted(states[subject.programme_id, subject.person_id])} for subject in subjects)


_LINES = select(
    LessonPlan.id,
    LessonPlan.title,
    LessonPlan.kind,
    LessonPlan.state,
    LessonPlan.person_id,
    LessonPlan.updated_at,
).where(LessonPlan.programme_id == bindparam("programme"), LessonPlan.school_id == bindparam("school"))
_OWN = _LINES.where(LessonPlan.person_id == bindparam("person")).order_by(
    LessonPlan.updated_at.desc(), LessonPlan.id
)
