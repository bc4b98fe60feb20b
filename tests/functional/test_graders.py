"""Many graders, one queue: each piece once, oldest first, a lease that is taken over (requirement K13)."""

import threading
import time
from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, func, insert, select, text
from sqlalchemy.orm import Session

from lms.assessment import api as assessment
from lms.assessment.models import Answer, AnswerScore, Attempt, AttemptState, Mark
from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.contract.rubrics import Rubric, ScaleKind
from lms.evidence import api as evidence
from lms.evidence.models import Assignment, Review, Submission, SubmissionVersion
from lms.grading.models import Kind, Lease
from lms.people.directory.models import Agency, Person
from lms.platform.application import platform
from lms.platform.audit import AuditEntry
from lms.platform.db import db, table_of
from lms.platform.transaction import write
from lms.programmes.models import Enrolment
from lms.testing.people import make_agency, make_person, make_school, sign_in
from tests.inhabitants import TODAY, Province

pytestmark = pytest.mark.modules
FIRST = TODAY - timedelta(days=9)
NOTE = "Mohon lengkapi tanda tangan <kepala sekolah>."


class Desk:
    """A school whose people hand in ``pieces`` of evidence and ``essays``, and its graders."""

    def __init__(self, app: Flask, province: Province, *, graders: int, pieces: int, essays: int = 0) -> None:
        corner = province.own
        with write() as session:
            school = make_school(session, session.get_one(Agency, corner.agency_id))
            self.people = [make_person(session, Role.GRADER, school=school).id for _ in range(graders)]
            members = _members(session, corner.programme_id, school.id, pieces + essays)
            self.submissions = _submissions(session, school.id, members[:pieces])
            self.attempts = _attempts(session, members[pieces:])
            self.marks = {
                f"crit-{item.id}-{line['code']}": "0"
                for attempt_id in self.attempts[:1]
                for item in assessment.open_items(session, attempt_id)
                for line in item.secret["guide"]
            }
            self.grades: dict[str, object] = {"version": "1", "decision": "accepted", "comment": ""}
            for submission_id in self.submissions[:1]:
                row = session.get_one(Submission, submission_id)
                self.grades |= best(evidence.rubric_of(session, row))
        db.session.remove()
        self.browsers = [sign_in(app, person) for person in self.people]

    def form(self, path: str) -> dict[str, object]:
        """What accepts or marks the piece at this address."""
        return dict(self.grades if path.startswith("/nilai/") else self.marks)

    @property
    def comment(self) -> str:
        """The field for a word about the first essay."""
        return "comment-" + next(iter(self.marks)).split("-")[1]


def best(rubric: Rubric) -> dict[str, object]:
    """Every criterion met."""
    found: dict[str, object] = {}
    for line in rubric.criteria:
        if rubric.scale is ScaleKind.PERCENT:
            value: object = "100"
        elif rubric.scale is ScaleKind.LEVEL:
            value = str(len(line.parts) - 1)
        elif line.parts and rubric.scale is not ScaleKind.BINARY:
            value = [str(number) for number in range(len(line.parts))]
        else:
            value = "1"
        found[f"crit-{line.code}"] = value
    return found


def here(answer_location: str) -> str:
    return answer_location.split("?")[0]


@pytest.mark.slow
def test_twenty_graders_and_five_hundred_pieces(site_both: Flask, province_both: Province) -> None:
    desk = Desk(site_both, province_both, graders=20, pieces=500, essays=60)
    taken: dict[int, list[str]] = {}
    failures: list[BaseException] = []
    # All work at one pace, so that shares show the queue and not the machine's scheduler: every
    # decision, which takes the next piece too, is sent when all twenty are ready to send theirs.
    ready = threading.Barrier(len(desk.people))

    def work(number: int, browser: FlaskClient) -> None:
        mine = taken.setdefault(number, [])
        try:
            ready.wait(60)
            path = here(browser.post("/nilai/mulai").headers["Location"])
            while path != "/nilai/":
                mine.append(path)
                ready.wait(60)
                answer = browser.post(path, data=desk.form(path))
                assert answer.status_code == 303, (path, answer.status_code, answer.text[-1500:])
                path = here(answer.headers["Location"])
        except BaseException as error:
            failures.append(error)
            ready.abort()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(desk.browsers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    every = Counter(path for mine in taken.values() for path in mine)
    assert set(every.values()) == {1}, "a piece that two graders had"
    assert len(every) == 560
    assert {row[0]: row[1] for row in db.session.execute(reviews(desk))} == dict.fromkeys(desk.submissions, 1)
    assert set(db.session.scalars(select(Attempt.state).where(Attempt.id.in_(desk.attempts)))) == {
        AttemptState.SCORED
    }
    since = waiting_since(desk)
    for mine in taken.values():
        assert [since[path] for path in mine] == sorted(since[path] for path in mine), "not oldest first"
    shares = {number: len(mine) for number, mine in taken.items()}
    assert set(shares.values()) == {28}, f"at one pace the work is shared evenly: {shares}"


def test_a_piece_that_another_grader_reads_is_said_kindly(site_both: Flask, province_both: Province) -> None:
    desk = Desk(site_both, province_both, graders=2, pieces=2)
    first, second = desk.browsers
    path = here(first.post("/nilai/mulai").headers["Location"])
    page = second.get(path)
    assert page.status_code == 200
    assert "sedang dibaca penilai lain" in page.text
    assert "data-criterion" not in page.text
    assert "Ambil yang berikutnya" in page.text
    other = here(second.post("/nilai/mulai").headers["Location"])
    assert other not in {path, "/nilai/"}
    assert "data-criterion" in first.get(path).text


@pytest.mark.only_on("postgresql")  # SQLite has one writer at a time
def test_undoing_waits_for_the_lease_before_it_locks_the_piece(
    site_both: Flask, province_both: Province
) -> None:
    """A colleague who takes the piece locks the lease first; the other way round both would wait for ever."""
    desk = Desk(site_both, province_both, graders=1, pieces=1)
    (grader,), (piece,) = desk.browsers, desk.submissions
    path = here(grader.post("/nilai/mulai").headers["Location"])
    assert grader.post(path, data=desk.form(path)).status_code == 303
    answers: list[int] = []
    with db.engine.connect() as colleague:
        leased = {"kind": Kind.EVIDENCE, "piece_id": piece, "grader_id": desk.people[0], "until": FIRST}
        colleague.execute(insert(Lease).values(leased))
        undoing = threading.Thread(target=lambda: answers.append(grader.post(f"{path}/urungkan").status_code))
        undoing.start()
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        end = time.monotonic() + 20
        with db.engine.connect() as watcher:
            while not watcher.scalar(waiting):
                assert time.monotonic() < end, answers
                watcher.rollback()
        free = select(Submission.id).where(Submission.id == piece).with_for_update(nowait=True)
        assert colleague.scalar(free) == piece
        colleague.rollback()
    undoing.join(20)
    assert answers == [303]


@pytest.mark.parametrize("decided", [False, True], ids=["reads it", "has decided it"])
def test_what_was_typed_stays_when_the_lease_was_lost(
    site_both: Flask, province_both: Province, decided: bool
) -> None:
    desk = Desk(site_both, province_both, graders=2, pieces=1)
    slow, quick = desk.browsers
    path = here(slow.post("/nilai/mulai").headers["Location"])
    assert quick.post("/nilai/mulai").headers["Location"] == "/nilai/", "leased, so nothing for the other"
    platform(site_both).clock.set(TODAY + timedelta(minutes=15))
    assert here(quick.post("/nilai/mulai").headers["Location"]) == path, "taken over after 15 minutes"
    if decided:
        assert quick.post(path, data=desk.form(path)).status_code == 303
    late = slow.post(path, data=desk.form(path) | {"comment": NOTE})
    assert late.status_code == 409
    assert NOTE.replace("<", "&lt;").replace(">", "&gt;") in late.text
    assert late.text.count(" checked") == sum(
        len(value) if isinstance(value, list) else 1
        for name, value in desk.grades.items()
        if name.startswith("crit-")
    )
    assert "elum disimpan" in late.text or "elum ada yang disimpan" in late.text
    graders = select(Review.grader_id).join(SubmissionVersion, SubmissionVersion.id == Review.version_id)
    found = db.session.scalars(graders.where(SubmissionVersion.submission_id == desk.submissions[0])).all()
    assert found == ([desk.people[1]] if decided else [])


def test_an_essay_is_marked_once_and_its_own_marker_may_change_it(
    site_both: Flask, province_both: Province
) -> None:
    desk = Desk(site_both, province_both, graders=2, pieces=0, essays=1)
    slow, quick = desk.browsers
    path = here(slow.post("/nilai/mulai").headers["Location"])
    platform(site_both).clock.set(TODAY + timedelta(minutes=16))
    assert here(quick.post("/nilai/mulai").headers["Location"]) == path
    answer = quick.post(path, data=desk.marks)
    assert answer.headers["Location"] == f"/nilai/?essays={desk.attempts[0]}"
    refused = slow.post(path, data=desk.marks | {desk.comment: NOTE})
    assert refused.status_code == 409
    assert "Mohon lengkapi tanda tangan" in refused.text
    assert set(db.session.scalars(select(Mark.marker_id).where(Mark.attempt_id == desk.attempts[0]))) == {
        desk.people[1]
    }
    assert "sudah dinilai" in slow.get(path).text
    assert path in quick.get(answer.headers["Location"]).text, "the way back to one's own marks"
    assert quick.post(path, data=desk.marks | {desk.comment: NOTE}).status_code == 303
    db.session.rollback()
    assert set(db.session.scalars(select(Mark.comment).where(Mark.attempt_id == desk.attempts[0]))) >= {NOTE}


def test_a_final_mark_is_locked_until_the_admin_opens_it_with_a_reason(
    site_both: Flask, province_both: Province
) -> None:
    desk = Desk(site_both, province_both, graders=1, pieces=0, essays=1)
    clock, corner, (grader,) = platform(site_both).clock, province_both.own, desk.browsers
    with write() as session:
        attempt = session.get_one(Attempt, desk.attempts[0])
        attempt.receipt, attempt.person_id = f"K-2020-{attempt.id:06d}", corner.people[Role.TEACHER]
        person = attempt.person_id
        receipt, address = attempt.receipt, f"/kuis/buka-kunci/{corner.programme_id}"
    path = here(grader.post("/nilai/mulai").headers["Location"])
    assert grader.post(path, data=desk.marks).status_code == 303
    clock.forward(minutes=4)
    assert grader.post(path, data=desk.marks).status_code == 303  # still one's own to change
    clock.forward(minutes=2)  # five minutes are counted from the first time
    refused = grader.post(path, data=desk.marks | {desk.comment: NOTE})
    assert refused.status_code == 409
    assert "terkunci" in refused.text
    assert "Mohon lengkapi tanda tangan" in refused.text  # what was typed stays
    assert "terkunci" in grader.get(path).text

    admin = sign_in(site_both, corner.people[Role.ADMIN])
    assert receipt in admin.get(address, query_string={"tanda": receipt}).text
    assert admin.get(address, query_string={"tanda": "K-2020-999999"}).status_code == 404
    far = f"/kuis/buka-kunci/{province_both.far.programme_id}"
    stranger = sign_in(site_both, province_both.far.people[Role.ADMIN])
    assert stranger.post(far, data={"tanda": receipt, "reason": "x"}).status_code == 422
    assert admin.post(address, data={"tanda": receipt, "reason": " "}).status_code == 422
    assert grader.post(address, data={"tanda": receipt, "reason": "x"}).status_code == 403
    done = admin.post(address, data={"tanda": receipt, "reason": "Panduan salah dibaca"})
    assert done.status_code == 303
    assert admin.post(address, data={"tanda": receipt, "reason": "Sekali lagi"}).status_code == 409
    db.session.remove()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "assessment.unlock")).one()
    assert (entry.concerns, entry.reason) == (person, "Panduan salah dibaca")
    assert entry.before["marks"]
    teacher = sign_in(site_both, person)
    result = teacher.get(f"/kuis/hasil/{desk.attempts[0]}").text
    assert "Panduan salah dibaca" in result
    assert "Sementara" in result
    assert "dibuka lagi untuk dinilai ulang" in teacher.get("/akun/saya").text
    assert here(grader.post("/nilai/mulai").headers["Location"]) == path  # it waits in the queue again
    assert grader.post(path, data=desk.marks | {desk.comment: NOTE}).status_code == 303
    assert "Panduan salah dibaca" not in teacher.get(f"/kuis/hasil/{desk.attempts[0]}").text


@pytest.mark.parametrize(("asked", "offered"), [("17", True), ("", False), ("abc", False), ("1'--", False)])
def test_the_queue_offers_to_undo(app: Flask, asked: str, offered: bool) -> None:
    with write() as session:
        grader = make_person(session, Role.GRADER, school=make_school(session, make_agency(session))).id
    db.session.remove()
    page = sign_in(app, grader).get("/nilai/", query_string={"evidence": asked})
    assert page.status_code == 200
    assert ("/nilai/17/urungkan" in page.text) is offered


def reviews(desk: Desk) -> Select[int, int]:
    return (
        select(SubmissionVersion.submission_id, func.count(Review.id))
        .join(Review, Review.version_id == SubmissionVersion.id)
        .where(SubmissionVersion.submission_id.in_(desk.submissions))
        .group_by(SubmissionVersion.submission_id)
    )


def waiting_since(desk: Desk) -> dict[str, datetime]:
    of_evidence = db.session.execute(select(Submission.id, Submission.submitted_at))
    of_essays = db.session.execute(select(Attempt.id, Attempt.submitted_at))
    return {f"/nilai/{row_id}": moment for row_id, moment in of_evidence} | {
        f"/uraian/{row_id}": moment for row_id, moment in of_essays
    }


def _members(session: Session, programme_id: int, school_id: int, count: int) -> list[tuple[int, int]]:
    """(person, enrolment) of so many new participants."""
    found = []
    for _number in range(count):
        person = insert(Person).values(
            full_name="Peserta", employment_status=None, timezone="Asia/Jakarta", created_at=FIRST
        )
        person_id = session.scalars(person.returning(Person.id)).one()
        enrolment = insert(Enrolment).values(
            programme_id=programme_id,
            person_id=person_id,
            school_id=school_id,
            role=Role.TEACHER,
            enrolled_at=FIRST,
        )
        found.append((person_id, session.scalars(enrolment.returning(Enrolment.id)).one()))
    return found


def _submissions(session: Session, school_id: int, members: list[tuple[int, int]]) -> list[int]:
    """One piece of evidence of each, handed in a minute apart, the last made first."""
    due_id = session.scalars(select(Assignment.id).where(Assignment.unit == Unit.TEACHER)).first()
    found = []
    for minutes, (_person, enrolment_id) in enumerate(reversed(members)):
        at = FIRST + timedelta(minutes=minutes)
        row = insert(Submission).values(
            due_id=due_id,
            school_id=school_id,
            enrolment_id=enrolment_id,
            version=1,
            submitted_at=at,
            status=evidence.SubmissionStatus.SUBMITTED,
            late=False,
        )
        found.append(session.scalars(row.returning(Submission.id)).one())
        version = insert(SubmissionVersion).values(
            submission_id=found[-1], no=1, note="", created_at=at, submitted_at=at
        )
        session.execute(version)
    return found


def _attempts(session: Session, members: list[tuple[int, int]]) -> list[int]:
    """An attempt of each whose essays wait: copies of one that was taken."""
    attempt, parts = table_of(Attempt), (table_of(Answer), table_of(AnswerScore))
    by_person = select(AnswerScore.attempt_id).where(AnswerScore.scorer == "person")
    model = session.execute(select(attempt).where(attempt.c.id == by_person.limit(1).scalar_subquery())).one()
    rows = [
        (part, dict(row._mapping))
        for part in parts
        for row in session.execute(select(part).where(part.c.attempt_id == model.id))
    ]
    found = []
    for number, (person_id, enrolment_id) in enumerate(members):
        values = dict(model._mapping) | {
            "enrolment_id": enrolment_id,
            "person_id": person_id,
            "state": AttemptState.AWAITING_MARK,
            "submitted_at": FIRST + timedelta(minutes=7 * number, seconds=30),
        }
        del values["id"]
        found.append(session.scalars(insert(attempt).values(values).returning(attempt.c.id)).one())
        for part, row in rows:
            unmarked = {"earned": None} if row.get("scorer") == "person" else {}
            session.execute(insert(part).values(row | unmarked | {"attempt_id": found[-1]}))
    return found
