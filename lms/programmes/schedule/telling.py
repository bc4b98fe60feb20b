"""The participants of a school are told that a deadline of theirs was moved, or that the former one counts again."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.events import EventHandler, Fact
from lms.contract.text import message
from lms.people import api as people
from lms.platform.long_lists import among
from lms.programmes.definition.queries import definition_of, get_programme
from lms.programmes.enrolment.queries import enrolments
from lms.programmes.events import DEADLINE_MOVED
from lms.programmes.models import DeadlineChange, DeadlineDecision, Programme, ProgrammeStatus, Stage
from lms.programmes.schedule.deadline_targets import targets_of
from lms.programmes.schedule.deadlines import deadlines
from lms.programmes.schedule.queries import get_stage


def tell(session: Session, fact: Fact, now: datetime) -> None:
    """Each participant of the schools of this event, once for each decision.

    One that was taken back is told no more; who knows of it already is told what counts instead.
    """
    decision = session.get(DeadlineDecision, fact.payload.get("decision_id", 0))
    if decision is None:
        return
    stage = get_stage(session, decision.stage_id)
    programme = get_programme(session, stage.programme_id)
    running = programme.status is ProgrammeStatus.RUNNING
    if decision.withdrawn_at is not None:
        people.withdraw(session, key=_key(decision))
        if running:
            _tell_it_is_taken_back(session, decision, stage, programme, fact.payload["school_ids"], now)
        return
    if not running:
        return
    here = enrolments(session, programme_id=programme.id, school_ids=fact.payload["school_ids"])
    people.notify(
        session,
        people=[enrolment.person_id for enrolment in here],
        key=_key(decision),
        text=message(
            "Batas waktu di Tahap %(no)s diubah menjadi {moment}. Alasan: %(reason)s",
            no=stage.no,
            reason=decision.reason,
        ),
        href=f"/tahap/{stage.id}",
        moment=decision.due_at,
        zone=programme.timezone,
        now=now,
    )


def _key(decision: DeadlineDecision) -> str:
    return f"programmes.deadline.{decision.id}"


def _tell_it_is_taken_back(
    session: Session,
    decision: DeadlineDecision,
    stage: Stage,
    programme: Programme,
    school_ids: list[int],
    now: datetime,
) -> None:
    """Who may be working towards a date that counts no longer; of a school that still has it, nobody."""
    taken_back = select(DeadlineChange.school_id).where(
        DeadlineChange.decision_id == decision.id,
        DeadlineChange.withdrawn_at.is_not(None),
        among(DeadlineChange.school_id, school_ids),
    )
    schools = sorted(set(session.scalars(taken_back)))
    here = enrolments(session, programme_id=programme.id, school_ids=schools)
    knowing = people.told(session, key=_key(decision), people=[enrolment.person_id for enrolment in here])
    defined_at = _defined_at(programme, stage, decision)
    in_force = deadlines(session, programme_id=programme.id, school_ids=schools)
    by_date: dict[datetime, list[int]] = defaultdict(list)
    for enrolment in here:
        if enrolment.person_id in knowing:
            due_at = in_force.due_at_of((stage.id, enrolment.school_id, decision.target), defined_at)
            by_date[due_at].append(enrolment.person_id)
    for due_at, person_ids in by_date.items():
        people.notify(
            session,
            people=person_ids,
            # not behind the key of the move: taking that back for the next schools would take this back, too
            key=f"programmes.deadline_withdrawn.{decision.id}",
            text=message(
                "Perubahan batas waktu di Tahap %(no)s dibatalkan. Batas waktunya sekarang kembali {moment}.",
                no=stage.no,
            ),
            href=f"/tahap/{stage.id}",
            moment=due_at,
            zone=programme.timezone,
            now=now,
        )


def _defined_at(programme: Programme, stage: Stage, decision: DeadlineDecision) -> datetime:
    """What the definition says today; of a target that it no longer has, what it said."""
    spec = next(entry for entry in definition_of(programme).stages if entry.no == stage.no)
    dates = {target.key: target.due_at for target in targets_of(spec)}
    return dates.get(decision.target, decision.defined_at)


HANDLERS = (EventHandler("programmes.tell_of_deadline", DEADLINE_MOVED, tell),)
