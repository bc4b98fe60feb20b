"""The participants of a school are told that a deadline of theirs was moved."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.contract.events import EventHandler, Fact
from lms.contract.text import Text
from lms.people import api as people
from lms.programmes.definition.queries import get_programme
from lms.programmes.enrolment.queries import enrolments
from lms.programmes.events import DEADLINE_MOVED
from lms.programmes.models import DeadlineDecision, ProgrammeStatus
from lms.programmes.schedule.queries import get_stage


def tell(session: Session, fact: Fact, now: datetime) -> None:
    """Each participant of the schools of this event, once for each decision; one that was taken back is told no more."""
    decision = session.get(DeadlineDecision, fact.payload.get("decision_id", 0))
    if decision is None:
        return
    key = f"programmes.deadline.{decision.id}"
    if decision.withdrawn_at is not None:
        people.withdraw(session, key=key)
        return
    stage = get_stage(session, decision.stage_id)
    programme = get_programme(session, stage.programme_id)
    if programme.status is not ProgrammeStatus.RUNNING:
        return
    here = enrolments(session, programme_id=programme.id, school_ids=fact.payload["school_ids"])
    people.notify(
        session,
        people=[enrolment.person_id for enrolment in here],
        key=key,
        text=Text(
            f"Batas waktu di Tahap {stage.no} diubah menjadi {{moment}}. Alasan: {decision.reason}",
            f"A deadline of stage {stage.no} was moved to {{moment}}. Reason: {decision.reason}",
        ),
        href=f"/tahap/{stage.id}",
        moment=decision.due_at,
        zone=programme.timezone,
        now=now,
    )


HANDLERS = (EventHandler("programmes.tell_of_deadline", DEADLINE_MOVED, tell),)
