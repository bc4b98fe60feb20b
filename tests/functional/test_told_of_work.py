"""Who is told what became of the work: owners of a decision, participants of a moved deadline; and told no more when it is undone."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.actors import Role
from lms.contract.events import Fact
from lms.contract.modules import Unit
from lms.contract.text import text_of
from lms.evidence import api as evidence
from lms.evidence.events import GRADED
from lms.evidence.handlers import tell as tell_of_decision
from lms.people.notices.models import Notice
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.transaction import write
from lms.programmes import api as programmes
from lms.programmes.events import DEADLINE_MOVED
from lms.programmes.models import DeadlineDecision
from lms.programmes.schedule.deadline_decisions import withdraw as take_back
from lms.programmes.schedule.telling import tell as tell_of_deadline
from lms.testing.fixtures import run_worker
from tests.inhabitants import Province

pytestmark = pytest.mark.modules


def told(key: str) -> dict[int, Notice]:
    db.session.rollback()
    rows = db.session.scalars(select(Notice).where(Notice.key.startswith(key)))
    return {row.person_id: row for row in rows}


def product(session: Session, province: Province, unit: Unit) -> evidence.Submission:
    own = province.own
    stages = [stage.id for stage in programmes.stages_of(session, own.programme_id)]
    dues = [due.id for due in evidence.dues_of(session, stages) if due.unit is unit]
    found = evidence.submissions_of(session, due_ids=dues, school_ids=[own.school.id])
    return found[0]


def decide(submission_id: int, status: evidence.SubmissionStatus, programme_id: int) -> None:
    with write() as session:
        submission = session.get_one(evidence.Submission, submission_id)
        submission.status = status
        fact = Fact(GRADED, now(), {"submission_id": submission_id, "programme_id": programme_id})
        for _twice in range(2):  # an event is delivered at least once
            tell_of_decision(session, fact, now())


@pytest.mark.parametrize("unit", list(Unit))
def test_the_owners_of_a_product_are_told_the_decision(site: Flask, province: Province, unit: Unit) -> None:
    own = province.own
    row = product(db.session(), province, unit)
    number, key = row.id, f"evidence.graded.{row.id}."
    db.session.rollback()
    decide(number, evidence.SubmissionStatus.NEEDS_REVISION, own.programme_id)
    first = told(key)
    if unit is Unit.SCHOOL:
        assert set(first) == {own.school.headmaster, *own.school.quality_team}
    else:
        assert len(first) == 1
    notice = next(iter(first.values()))
    assert "perlu dilengkapi" in text_of(notice.text).in_("id")
    assert notice.href == f"/bukti/{number}"
    decide(number, evidence.SubmissionStatus.IN_REVIEW, own.programme_id)
    assert told(key) == {}, "a decision that was taken back is told no more"
    decide(number, evidence.SubmissionStatus.ACCEPTED, own.programme_id)
    assert "diterima" in text_of(next(iter(told(key).values())).text).in_("id")


def test_a_moved_deadline_is_told_to_participants_of_the_school_alone(
    site: Flask, province: Province
) -> None:
    own = province.own
    stage = programmes.stages_of(db.session(), own.programme_id)[-1]
    due = evidence.dues_of(db.session(), [stage.id])[0]
    db.session.rollback()
    with write() as session:
        programmes.move_deadline(
            session,
            stage_id=stage.id,
            school_id=own.school.id,
            target=due.deliverable_key,
            due_at=max(now(), due.due_at) + timedelta(days=3),
            defined_at=due.due_at,
            reason="Listrik padam.",
            actor_id=own.people[Role.ADMIN],
            now=now(),
        )
    run_worker(site)
    found = told("programmes.deadline.")
    here = programmes.enrolments(db.session(), programme_id=own.programme_id, school_ids=[own.school.id])
    assert set(found) == {enrolment.person_id for enrolment in here}
    notice = next(iter(found.values()))
    assert "Listrik padam." in text_of(notice.text).in_("id")
    assert "{moment}" in text_of(notice.text).in_("id")
    assert notice.zone == "Asia/Jakarta"
    assert notice.key == f"programmes.deadline.{db.session.scalar(select(DeadlineDecision.id))}"


def test_who_knows_of_a_moved_deadline_is_told_when_it_is_taken_back(site: Flask, province: Province) -> None:
    """Whoever has read the notice or got the letter would come too late; who has not read it hears of neither."""
    own = province.own
    stage = programmes.stages_of(db.session(), own.programme_id)[-1]
    stage_id, due = stage.id, evidence.dues_of(db.session(), [stage.id])[0]
    target, defined_at, admin = due.deliverable_key, due.due_at, own.people[Role.ADMIN]
    db.session.rollback()
    former = max(now(), defined_at) + timedelta(days=2)
    for due_at, school_id in ((former, own.school.id), (former + timedelta(days=3), None)):
        with write() as session:
            programmes.move_deadline(
                session,
                stage_id=stage_id,
                school_id=school_id,
                target=target,
                due_at=due_at,
                defined_at=defined_at,
                reason="Listrik padam.",
                actor_id=admin,
                now=now(),
            )
        run_worker(site)
    decision_id = db.session.scalar(select(DeadlineDecision.id).where(DeadlineDecision.school_id.is_(None)))
    assert decision_id
    key = f"programmes.deadline.{decision_id}"
    here = programmes.enrolments(db.session(), programme_id=own.programme_id, school_ids=[own.school.id])
    mine = {enrolment.person_id for enrolment in here}
    elsewhere = min(set(told(key)) - mine)
    reader, mailed, *others = sorted(mine)
    assert others
    db.session.rollback()
    with write() as session:
        for person_id, column in ((reader, "read_at"), (elsewhere, "read_at"), (mailed, "mailed_at")):
            notice = select(Notice).where(Notice.key == key, Notice.person_id == person_id)
            setattr(session.scalars(notice).one(), column, now())
    with write() as session:
        take_back(session, stage_id=stage_id, decision_id=decision_id, actor_id=admin, now=now())
    run_worker(site)
    assert set(told(key)) == {reader, mailed, elsewhere}
    found = told("programmes.deadline_withdrawn.")
    assert {person_id: row.moment for person_id, row in found.items()} == {
        reader: former,
        mailed: former,
        elsewhere: defined_at,
    }
    assert "dibatalkan" in text_of(found[reader].text).in_("id")
    assert "taken back" in text_of(found[reader].text).in_("en")
    with write() as session:  # delivered again, with a school for which nothing was taken back
        payload = {"decision_id": decision_id, "school_ids": [own.school.id, 999_999]}
        tell_of_deadline(session, Fact(DEADLINE_MOVED, now(), payload), now())
    assert set(told("programmes.deadline_withdrawn.")) == set(found)
