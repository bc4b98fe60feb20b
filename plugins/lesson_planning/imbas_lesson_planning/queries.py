"""What rules and panels read: states of plans, and whether the module's stage has begun."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from imbas_lesson_planning.documents import PLAN
from lms.api import RuleSubject, documents_of, programme_card


def has_begun(session: Session, *, programme_id: int, now: datetime) -> bool:
    """Whether the stage of the programme in which this module is placed has opened."""
    stage = programme_card(session, programme_id).stage_of("lesson_planning")
    return stage is not None and stage.opens_at <= now


def gather(session: Session, subjects: tuple[RuleSubject, ...]) -> tuple[Mapping[str, Any], ...]:
    """Facts of the rule ``plan_reviewed`` for many teachers, in one query."""
    plans = documents_of(
        session,
        type_key=PLAN.key,
        programme_ids={subject.programme_id for subject in subjects},
        person_ids={subject.person_id for subject in subjects},
    )
    states: dict[tuple[int, int | None], list[str]] = defaultdict(list)
    for plan in plans:
        states[plan.programme_id, plan.person_id].append(plan.state.value)
    return tuple({"states": sorted(states[subject.programme_id, subject.person_id])} for subject in subjects)
