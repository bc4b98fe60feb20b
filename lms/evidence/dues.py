"""What the stages owe: made from the programme's definition, read, located."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.modules import Unit
from lms.evidence.models import DeliverableDue, Submission
from lms.evidence.submissions import nowhere
from lms.people import api as people
from lms.platform.plugins import registry
from lms.programmes import api as programmes


def apply_programme(
    session: Session, programme: programmes.Programme, definition: programmes.Definition, _now: datetime
) -> None:
    """Create and move what the stages owe."""
    stages = {stage.no: stage.id for stage in programmes.stages_of(session, programme.id)}
    known = {row.deliverable_key: row for row in dues_of(session, list(stages.values()))}
    for spec in definition.stages:
        for position, entry in enumerate(spec.deliverables, start=1):
            deliverable = registry().deliverables[entry.key]
            row = known.pop(entry.key, None) or DeliverableDue(deliverable_key=entry.key)
            row.stage_id, row.position, row.due_at = stages[spec.no], position, entry.due_at
            row.mandatory, row.unit, row.models_only = (
                entry.mandatory,
                deliverable.unit,
                deliverable.models_only,
            )
            row.title_id, row.title_en = deliverable.title.id, deliverable.title.en
            session.add(row)
    session.flush()


def drop_left_out(
    session: Session, programme: programmes.Programme, definition: programmes.Definition
) -> None:
    """Remove what no stage owes any more; raises Conflict for what somebody has begun."""
    wanted = {entry.key for spec in definition.stages for entry in spec.deliverables}
    for row in dues_of(session, [stage.id for stage in programmes.stages_of(session, programme.id)]):
        if row.deliverable_key in wanted:
            continue
        if session.scalar(select(Submission.id).where(Submission.due_id == row.id).limit(1)):
            raise programmes.has_work(f"Tagihan {row.title_id}", f"The deliverable {row.title_en}")
        session.delete(row)
    session.flush()


def dues_of(session: Session, stage_ids: Sequence[int]) -> list[DeliverableDue]:
    """What some stages owe, in order."""
    return list(session.scalars(_DUES, {"stages": list(stage_ids)}))


def place_of_board(session: Session, programme_id: int, school_id: int) -> Place:
    """Where a school's board stands; NotFound for a school that does not take part."""
    if session.get(programmes.ProgrammeSchool, (programme_id, school_id)) is None:
        raise nowhere()
    return Place(people.get_school(session, school_id).agency_id, school_id, programme_id)


def place_of_due(session: Session, due_id: int, school_id: int) -> Place:
    """Where a school's deliverable stands; NotFound for one that this school does not owe."""
    due = _owed(session, due_id)
    if due.unit is not Unit.SCHOOL:
        raise nowhere()
    place = place_of_board(session, programmes.get_stage(session, due.stage_id).programme_id, school_id)
    if due.models_only and not programmes.model_schools(session, place.programme_id or 0, [school_id]):
        raise nowhere()
    return place


def place_of_own_due(session: Session, due_id: int, enrolment: programmes.Enrolment) -> Place:
    """Where a participant's own product stands; NotFound for one that another programme asks for."""
    due = _owed(session, due_id)
    programme_id = programmes.get_stage(session, due.stage_id).programme_id
    if due.unit is Unit.SCHOOL or programme_id != enrolment.programme_id:
        raise nowhere()
    place = place_of_board(session, programme_id, enrolment.school_id)
    return replace(place, person_id=enrolment.person_id)


def _owed(session: Session, due_id: int) -> DeliverableDue:
    due = session.get(DeliverableDue, due_id)
    if due is None:
        raise nowhere()
    return due


_DUES = (
    select(DeliverableDue)
    .where(DeliverableDue.stage_id.in_(bindparam("stages", expanding=True)))
    .order_by(DeliverableDue.stage_id, DeliverableDue.position)
)
