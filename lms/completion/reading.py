"""Where everybody stands."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.completion.models import CompletionState


def states_of_enrolment(session: Session, enrolment_id: int) -> list[CompletionState]:
    """Where one participant stands: programme, stages, phases."""
    return list(session.scalars(select(CompletionState).where(CompletionState.enrolment_id == enrolment_id)))


def states_of_schools(
    session: Session, *, programme_id: int, school_ids: Sequence[int]
) -> list[CompletionState]:
    """Where schools stand (their own rows, not their people's)."""
    query = select(CompletionState).where(
        CompletionState.programme_id == programme_id,
        CompletionState.school_id.in_(school_ids),
        CompletionState.enrolment_id == 0,
    )
    return list(session.scalars(query))


def stage_states(
    session: Session, *, programme_id: int, school_id: int, stage_id: int
) -> dict[int, CompletionState]:
    """Where the participants of a school stand in a whole stage, by enrolment."""
    query = select(CompletionState).where(
        CompletionState.programme_id == programme_id,
        CompletionState.school_id == school_id,
        CompletionState.stage_id == stage_id,
        CompletionState.phase == "",
        CompletionState.enrolment_id != 0,
    )
    return {row.enrolment_id: row for row in session.scalars(query)}


def programme_states(
    session: Session, *, programme_id: int, met: bool | None = None, limit: int | None = None, offset: int = 0
) -> list[CompletionState]:
    """Programme rows of participants, by school; ``met`` keeps those who are ready (or not)."""
    query = select(CompletionState).where(
        CompletionState.programme_id == programme_id,
        CompletionState.stage_id == 0,
        CompletionState.enrolment_id != 0,
    )
    if met is not None:
        query = query.where(CompletionState.met.is_(met))
    query = query.order_by(CompletionState.school_id, CompletionState.enrolment_id)
    return list(session.scalars(query.limit(limit).offset(offset)))


def ready_counts(session: Session, *, programme_id: int) -> dict[tuple[int, int], tuple[int, int]]:
    """(complete, all) participants by (school, stage); stage 0 is the programme. One query."""
    rows = session.execute(
        select(
            CompletionState.school_id,
            CompletionState.stage_id,
            func.count(),
            func.count().filter(CompletionState.met.is_(True)),
        )
        .where(
            CompletionState.programme_id == programme_id,
            CompletionState.enrolment_id != 0,
            CompletionState.phase == "",
        )
        .group_by(CompletionState.school_id, CompletionState.stage_id)
    )
    return {(school_id, stage_id): (met, everybody) for school_id, stage_id, everybody, met in rows}
