"""What the stages owe: made from the programme's definition, read, located."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.modules import Unit
from lms.contract.text import message_in
from lms.evidence.models import Assignment, Submission
from lms.evidence.submissions import nowhere
from lms.people import api as people
from lms.platform.long_lists import among
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
            row = known.pop(entry.key, None) or Assignment(deliverable_key=entry.key)
            row.stage_id, row.position, row.due_at = stages[spec.no], position, entry.due_at
            row.mandatory, row.unit, row.models_only = (
                entry.mandatory,
                deliverable.unit,
                deliverable.models_only,
            )
            row.title = deliverable.title
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
            raise programmes.has_work(message_in("kept", "Tagihan %(title)s", title=row.title))
        session.delete(row)
    session.flush()


def dues_of(session: Session, stage_ids: Sequence[int]) -> list[Assignment]:
    """What some stages owe, in order."""
    return list(session.scalars(_DUES, {"stages": list(stage_ids)}))


def place_of_board(session: Session, programme_id: int, school_id: int) -> Place:
    """Where a school's board stands; NotFound for a school that does not take part."""
    row = session.execute(_BOARD, {"programme": programme_id, "school": school_id}).first()
    if row is None:
        raise nowhere()
    draft = row.status is programmes.ProgrammeStatus.DRAFT
    return Place(row.agency_id, school_id, programme_id, draft=draft)


def place_of_due(session: Session, due_id: int, school_id: int) -> Place:
    """Where a school's deliverable stands; NotFound for one that this school does not owe."""
    due = _owed(session, due_id)
    if due.unit is not Unit.SCHOOL:
        raise nowhere()
    place = place_of_board(session, programmes.get_stage(session, due.stage_id).programme_id, school_id)
    if due.models_only and not programmes.model_schools(session, place.programme_id or 0, [school_id]):
        raise nowhere()
    return place


def own_enrolment(session: Session, due_id: int, person_id: int) -> programmes.Enrolment:
    """Where a person takes part in the programme that asks for this product; NotFound for one elsewhere."""
    due = _owed(session, due_id)
    enrolment = programmes.enrolment_at(session, person_id, stage_id=due.stage_id)
    if due.unit is Unit.SCHOOL or enrolment is None:
        raise nowhere()
    return enrolment


def place_of_own_due(session: Session, due_id: int, person_id: int) -> Place:
    """Where a participant's own product stands; NotFound for one that a programme of others asks for."""
    enrolment = own_enrolment(session, due_id, person_id)
    place = place_of_board(session, enrolment.programme_id, enrolment.school_id)
    return replace(place, person_id=person_id)


def _owed(session: Session, due_id: int) -> Assignment:
    due = session.get(Assignment, due_id)
    if due is None:
        raise nowhere()
    return due


_BOARD = (
    select(people.School.agency_id, programmes.Programme.status)
    .join(programmes.ProgrammeSchool, programmes.ProgrammeSchool.school_id == people.School.id)
    .join(programmes.Programme, programmes.Programme.id == programmes.ProgrammeSchool.programme_id)
    .where(programmes.Programme.id == bindparam("programme"), people.School.id == bindparam("school"))
)
_DUES = (
    select(Assignment)
    .where(among(Assignment.stage_id, bindparam("stages")))
    .order_by(Assignment.stage_id, Assignment.position)
)
