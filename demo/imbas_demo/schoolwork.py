"""What people of a school do: attend, read, take quizzes, hand in, revise."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy.orm import Session

from imbas_demo import papers
from imbas_demo.answers import fields_for
from imbas_demo.cast import Cast, School
from imbas_demo.habits import habit, luck, moment_between
from lms.assessment import api as assessment
from lms.contract.actors import Role
from lms.contract.modules import Unit
from lms.evidence import api as evidence
from lms.modules import api as modules
from lms.people import api as people
from lms.platform.plugins import registry
from lms.programmes import api as programmes

Happening = tuple[datetime, Callable[[Session, datetime], None]]
_DEADLINE_ROOM = timedelta(days=6)


def attendance(
    session: Session, programme_id: int, stage: programmes.Stage, school: School
) -> Iterator[Happening]:
    """The facilitator writes the lists; the last school's second list of a stage comes two weeks late."""
    sessions = programmes.sessions_of(session, [stage.id])
    for taught in sessions:
        minutes = (taught.ends_at - taught.starts_at).total_seconds() / 60
        late = school.struggles and taught is sessions[-1]
        moment = taught.ends_at + (timedelta(days=15) if late else timedelta(hours=2))
        yield moment, partial(_write_list, programme_id, taught.id, taught.code, minutes, school)


def participants(
    session: Session, programme_id: int, stage: programmes.Stage, school: School
) -> Iterator[Happening]:
    """Everybody reads and takes the quizzes, some at the last moment, a few never."""
    placements = modules.placements_of(session, [stage.id])
    quizzes = assessment.quizzes_of(session, [stage.id])
    for enrolment in programmes.enrolments(session, programme_id=programme_id, school_ids=[school.id]):
        who = f"{school.name} {enrolment.person_id}"
        for placement in placements:
            rng = luck("read", who, placement.module_key)
            yield (
                moment_between(rng, stage.opens_at + timedelta(days=1), stage.on_service_due_at),
                partial(_read, enrolment.id, placement.id, _share_read(who, rng)),
            )
        for quiz in quizzes:
            rng = luck("quiz", who, quiz.key)
            if habit(who).diligent or rng.random() < 0.75:
                moment = moment_between(rng, quiz.opens_at + timedelta(days=3), quiz.due_at)
                yield moment, partial(_take, enrolment.id, quiz.id, who)


def products(
    session: Session, programme_id: int, stage: programmes.Stage, school: School
) -> Iterator[Happening]:
    """School products by the quality team and the headmaster, teachers' products by themselves."""
    everybody = programmes.enrolments(session, programme_id=programme_id, school_ids=[school.id])
    for due in evidence.dues_of(session, [stage.id]):
        if due.models_only and school.kind != "model":
            continue
        if due.unit is Unit.SCHOOL:
            owners: list[tuple[int | None, int, int]] = [(None, school.quality_team[0], school.headmaster)]
        else:
            owners = [(row.id, row.person_id, row.person_id) for row in everybody if row.role is Role.TEACHER]
        for enrolment_id, uploader, submitter in owners:
            rng = luck("product", school.name, uploader, due.deliverable_key)
            if rng.random() < _chance(school, uploader, due):
                moment = moment_between(rng, max(stage.opens_at, due.due_at - 2 * _DEADLINE_ROOM), due.due_at)
                yield moment, partial(_upload, due.id, school, enrolment_id, uploader)
                yield moment + timedelta(hours=20), partial(_hand_in, due.id, school, enrolment_id, submitter)


def revisions(cast: Cast) -> list[Callable[[Session, datetime], None]]:
    """What was sent back is done again, one to three days later."""
    return [partial(_revise, school) for school in cast.schools]


def _chance(school: School, uploader: int, due: evidence.Assignment) -> float:
    """How likely a product is handed in at all; the last school struggles."""
    if not due.mandatory:
        return 0.55
    if due.unit is Unit.SCHOOL:
        return 0.7 if school.struggles else 1.0
    return 1.0 if habit(f"{school.name} {uploader}").diligent else 0.7


def _write_list(
    programme_id: int,
    session_id: int,
    code: str,
    minutes: float,
    school: School,
    session: Session,
    now: datetime,
) -> None:
    rows = programmes.enrolments(session, programme_id=programme_id, school_ids=[school.id])
    known = programmes.attendance_of_session(session, session_id, [row.id for row in rows])
    entries = {
        row.id: _presence(f"{school.name} {row.person_id}", code, minutes)
        for row in rows
        if row.id not in known
    }
    programmes.record_attendance(
        session, session_id=session_id, entries=entries, actor_id=school.facilitator, now=now
    )


def _presence(who: str, code: str, minutes: float) -> programmes.Presence:
    rng, status = luck("presence", who, code), programmes.AttendanceStatus
    drawn = rng.random() + (0.0 if habit(who).diligent else 0.28)
    if drawn < 0.95:
        return programmes.Presence(status.PRESENT, int(minutes * rng.uniform(0.84, 1)), method="zoom")
    if drawn < 0.995:
        return programmes.Presence(status.MADE_UP, reason="Susulan lewat rekaman dan rangkuman")
    if drawn < 1.12:
        return programmes.Presence(status.EXCUSED_SICK, reason="Surat keterangan diterima operator")
    return programmes.Presence(status.ABSENT)


def _share_read(who: str, rng: Random) -> float:
    """How much of a material somebody reads: diligent people all of it, some of the others only its beginning."""
    return 1.0 if rng.random() < 0.7 or habit(who).diligent else rng.random()


def _read(enrolment_id: int, placement_id: int, share: float, session: Session, now: datetime) -> None:
    placement = modules.get_placement(session, placement_id)
    sections = modules.sections_of(placement)
    read = [section.number for section in sections[: int(len(sections) * share)]]
    modules.mark_read(session, enrolment_id=enrolment_id, placement=placement, sections=read, now=now)


def _take(enrolment_id: int, quiz_id: int, who: str, session: Session, now: datetime) -> None:
    enrolment = programmes.get_enrolment(session, enrolment_id)
    if any(attempt.quiz_id == quiz_id for attempt in assessment.attempts_of(session, enrolment_id)):
        return
    attempt_id = assessment.start_attempt(session, quiz_id=quiz_id, enrolment=enrolment, now=now)
    items, nature = assessment.quiz_items(session, quiz_id), habit(who)
    at = now
    for item in items:
        rng = luck("answer", who, item.key)
        at += timedelta(seconds=rng.randint(40, 130))
        fields = fields_for(item, rng.random() < nature.chance(item.key, item.bloom), rng)
        assessment.save_answers(
            session, attempt_id=attempt_id, given={item.position: fields}, doubtful={}, now=at
        )
    assessment.submit_attempt(session, attempt_id=attempt_id, now=at)


def _upload(
    due_id: int, school: School, enrolment_id: int | None, uploader: int, session: Session, now: datetime
) -> None:
    submission = evidence.open_submission(
        session, due_id=due_id, school_id=school.id, enrolment_id=enrolment_id, now=now
    )
    if submission.status in (evidence.SubmissionStatus.NOT_STARTED, evidence.SubmissionStatus.NEEDS_REVISION):
        _add_paper(session, submission, school, uploader, now)


def _add_paper(
    session: Session, submission: evidence.Submission, school: School, uploader: int, now: datetime
) -> None:
    due = evidence.due_of_submission(session, submission)
    deliverable = registry().deliverables[due.deliverable_key]
    name, body = papers.paper(
        deliverable.media_types,
        title=due.title.in_("id"),
        school=school.name,
        when=now,
        version=submission.version,
    )
    stored = evidence.store_file(
        evidence.check_own_file(name, body, kinds=deliverable.media_types, max_bytes=deliverable.max_bytes)
    )
    evidence.add_file(session, submission_id=submission.id, stored=stored, actor_id=uploader, now=now)
    evidence.set_note(
        session,
        submission_id=submission.id,
        note=_note(submission.version),
        now=now,
        seen=evidence.note_mark(evidence.versions_of(session, submission.id)[0].note),
    )


def _note(version: int) -> str:
    if version > 1:
        return "Sudah dilengkapi sesuai catatan penilai."
    return "Dibahas dalam rapat sekolah; daftar hadir ada di halaman terakhir."


def _hand_in(
    due_id: int, school: School, enrolment_id: int | None, submitter: int, session: Session, now: datetime
) -> None:
    submission = evidence.open_submission(
        session, due_id=due_id, school_id=school.id, enrolment_id=enrolment_id, now=now
    )
    if submission.status in (evidence.SubmissionStatus.DRAFT, evidence.SubmissionStatus.NEEDS_REVISION):
        newest = evidence.versions_of(session, submission.id)[0]
        if not evidence.files_of(session, [newest.id]):  # a visitor of the demo took them out
            _add_paper(session, submission, school, submitter, now)
        actor = people.actor_of(session, submitter, now)
        evidence.hand_in(session, submission_id=submission.id, actor=actor, now=now)


def _revise(school: School, session: Session, now: datetime) -> None:
    for submission in evidence.returned_to(session, school_id=school.id):
        waited = luck("revise", submission.id, submission.version).randint(1, 3)
        if submission.decided_at is None or now - submission.decided_at < timedelta(days=waited):
            continue
        if submission.enrolment_id is not None:
            uploader = submitter = programmes.get_enrolment(session, submission.enrolment_id).person_id
        else:
            uploader, submitter = school.quality_team[0], school.headmaster
        due_id, owner = submission.due_id, submission.enrolment_id
        _upload(due_id, school, owner, uploader, session, now)
        _hand_in(due_id, school, owner, submitter, session, now)
