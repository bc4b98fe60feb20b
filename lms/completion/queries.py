"""Where everybody stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from lms.completion.models import CompletionState
from lms.platform.long_lists import among
from lms.programmes import api as programmes


@dataclass(frozen=True, slots=True)
class Others:
    """Participants who are not evaluated again: how many a school has, and of them those who are through."""

    everybody: Mapping[int, int] = field(default_factory=dict)
    """By school."""
    complete: Mapping[tuple[int, int | None, str], int] = field(default_factory=dict)
    """By school, stage and phase."""


def states_of_enrolment(session: Session, enrolment_id: int) -> list[CompletionState]:
    """Where one participant stands: programme, stages, phases."""
    return list(session.scalars(_OF_ENROLMENT, {"enrolment": enrolment_id}))


def states_of_schools(
    session: Session, *, programme_id: int, school_ids: Sequence[int], phases: bool = True
) -> list[CompletionState]:
    """Where schools stand (their own rows, not their people's), in phases or in whole stages only."""
    query = select(CompletionState).where(
        CompletionState.programme_id == programme_id,
        among(CompletionState.school_id, school_ids),
        CompletionState.enrolment_id.is_(None),
    )
    if not phases:
        query = query.where(CompletionState.phase == "")
    return list(session.scalars(query))


def stage_states(
    session: Session, *, programme_id: int, school_id: int, stage_ids: Sequence[int]
) -> dict[tuple[int | None, int | None], CompletionState]:
    """Where the participants of a school stand in some whole stages, by (enrolment, stage)."""
    query = select(CompletionState).where(
        CompletionState.programme_id == programme_id,
        CompletionState.school_id == school_id,
        among(CompletionState.stage_id, stage_ids),
        CompletionState.phase == "",
        CompletionState.enrolment_id.is_not(None),
    )
    return {(row.enrolment_id, row.stage_id): row for row in session.scalars(query)}


def schools_through(programme_id: int, stage_ids: Sequence[int]) -> Select[int]:
    """The schools that are complete in every one of some stages; a part of a larger query."""
    return (
        select(CompletionState.school_id)
        .where(
            CompletionState.programme_id == programme_id,
            among(CompletionState.stage_id, stage_ids),
            CompletionState.enrolment_id.is_(None),
            CompletionState.phase == "",
            CompletionState.met.is_(True),
        )
        .group_by(CompletionState.school_id)
        .having(func.count() == len(stage_ids))
    )


def programme_states(
    session: Session, *, programme_id: int, met: bool | None = None, limit: int | None = None, offset: int = 0
) -> list[CompletionState]:
    """Programme rows of participants, by school; ``met`` keeps those who are ready (or not)."""
    query = select(CompletionState).where(
        CompletionState.programme_id == programme_id,
        CompletionState.stage_id.is_(None),
        CompletionState.enrolment_id.is_not(None),
    )
    if met is not None:
        query = query.where(CompletionState.met.is_(met))
    query = query.order_by(CompletionState.school_id, CompletionState.enrolment_id)
    return list(session.scalars(query.limit(limit).offset(offset)))


def people_counts(
    session: Session, *, programme_id: int, school_ids: Sequence[int]
) -> dict[tuple[int, int | None], tuple[int, int]]:
    """(complete, all) participants of some schools by (school, stage); stage None is the programme."""
    rows = session.execute(
        select(
            CompletionState.school_id,
            CompletionState.stage_id,
            func.count(),
            func.count().filter(CompletionState.met.is_(True)),
        )
        .where(
            CompletionState.programme_id == programme_id,
            among(CompletionState.school_id, school_ids),
            CompletionState.enrolment_id.is_not(None),
            CompletionState.phase == "",
        )
        .group_by(CompletionState.school_id, CompletionState.stage_id)
    )
    return {(school_id, stage_id): (met, everybody) for school_id, stage_id, everybody, met in rows}


def programme_counts(session: Session, *, programme_id: int) -> tuple[int, int]:
    """(complete, all) participants of the whole programme, counted in the index alone."""
    found = session.execute(
        select(CompletionState.met, func.count())
        .where(
            CompletionState.programme_id == programme_id,
            CompletionState.stage_id.is_(None),
            CompletionState.enrolment_id.is_not(None),
        )
        .group_by(CompletionState.met)
    )
    counts = {met: count for met, count in found}  # noqa: C416  # for mypy
    return counts.get(True, 0), sum(counts.values())


def others(session: Session, *, programme_id: int, school_ids: Sequence[int], but: Sequence[int]) -> Others:
    """Where the schools' participants stand, without those in ``but``, as it was last stored."""
    counts = programmes.participant_counts(session, programme_id=programme_id, school_ids=school_ids, but=but)
    wanted = {"programme": programme_id, "schools": list(school_ids), "but": list(but)}
    rows = session.execute(_COMPLETE, wanted)
    return Others(counts, {(school_id, stage_id, phase): met for school_id, stage_id, phase, met in rows})


_OF_ENROLMENT = select(CompletionState).where(CompletionState.enrolment_id == bindparam("enrolment"))
_COMPLETE = (
    select(CompletionState.school_id, CompletionState.stage_id, CompletionState.phase, func.count())
    .where(
        CompletionState.programme_id == bindparam("programme"),
        among(CompletionState.school_id, bindparam("schools")),
        CompletionState.enrolment_id.is_not(None),
        ~among(CompletionState.enrolment_id, bindparam("but")),
        CompletionState.phase != "",
        CompletionState.met.is_(True),
    )
    .group_by(CompletionState.school_id, CompletionState.stage_id, CompletionState.phase)
)
