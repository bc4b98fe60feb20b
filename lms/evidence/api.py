"""The door of this domain: what is owed, handing in, grading, and what completion reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.contract.actors import Actor, Place, Role
from lms.contract.errors import Conflict, Forbidden, Invalid, NotFound
from lms.contract.events import Fact
from lms.contract.rubrics import Rubric
from lms.contract.text import Text
from lms.evidence.events import GRADED, HANDED_IN
from lms.evidence.files import CheckedFile, check_file
from lms.evidence.models import (
    DeliverableDue,
    EvidenceFile,
    Review,
    ReviewLease,
    Submission,
    SubmissionVersion,
)
from lms.evidence.rubric_scoring import Verdict, share, verdict
from lms.evidence.rules import EDITABLE, FINAL, WITH_GRADER, Decision, SubmissionStatus, may_hand_in
from lms.people import api as people
from lms.platform.audit import record
from lms.platform.outbox import emit
from lms.platform.plugins import registry
from lms.platform.storage import storage
from lms.programmes import api as programmes

__all__ = [
    "GRADED",
    "HANDED_IN",
    "Decision",
    "DeliverableDue",
    "EvidenceFile",
    "Queue",
    "Review",
    "Submission",
    "SubmissionStatus",
    "SubmissionVersion",
    "add_file",
    "apply_programme",
    "check_file",
    "due_at",
    "due_of_submission",
    "dues_of",
    "files_of",
    "get_submission",
    "grade",
    "hand_in",
    "lease",
    "open_submission",
    "place_of_due",
    "place_of_file",
    "place_of_submission",
    "queue",
    "remove_file",
    "returned_to",
    "reviews_of",
    "rubric_of",
    "set_note",
    "share",
    "submissions_of",
    "undo_grade",
    "unlock",
    "verdict",
    "versions_of",
]

LEASE = timedelta(minutes=15)
UNDO = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a grader; ``next_id`` leaves out what others read just now."""

    waiting: int
    oldest_at: datetime | None
    next_id: int | None


def apply_programme(
    session: Session, programme: programmes.Programme, definition: programmes.Definition, _now: datetime
) -> None:
    """Create, move and drop what the stages owe; refuses to drop what was worked on."""
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
    for row in known.values():
        if session.scalar(select(Submission.id).where(Submission.due_id == row.id).limit(1)):
            raise programmes.has_work(f"Tagihan {row.title_id}", f"The deliverable {row.title_en}")
        session.delete(row)
    session.flush()


def dues_of(session: Session, stage_ids: Sequence[int]) -> list[DeliverableDue]:
    """What some stages owe, in order."""
    query = select(DeliverableDue).where(DeliverableDue.stage_id.in_(stage_ids))
    return list(session.scalars(query.order_by(DeliverableDue.stage_id, DeliverableDue.position)))


def submissions_of(
    session: Session,
    *,
    due_ids: Sequence[int],
    school_ids: Sequence[int] | None = None,
    enrolment_ids: Sequence[int] | None = None,
) -> list[Submission]:
    """Submissions for some deliverables, of some schools or some owners (0: the school itself)."""
    query = select(Submission).where(Submission.due_id.in_(due_ids))
    if school_ids is not None:
        query = query.where(Submission.school_id.in_(school_ids))
    if enrolment_ids is not None:
        query = query.where(Submission.enrolment_id.in_(enrolment_ids))
    return list(session.scalars(query))


def get_submission(session: Session, submission_id: int) -> Submission:
    """The submission; raises NotFound."""
    row = session.get(Submission, submission_id)
    if row is None:
        raise _nowhere()
    return row


def returned_to(session: Session, *, school_id: int) -> list[Submission]:
    """What a school and its teachers were asked to revise, oldest decision first."""
    query = select(Submission).where(
        Submission.school_id == school_id, Submission.status == SubmissionStatus.NEEDS_REVISION
    )
    return list(session.scalars(query.order_by(Submission.decided_at, Submission.id)))


def open_submission(
    session: Session, *, due_id: int, school_id: int, enrolment_id: int, now: datetime
) -> Submission:
    """The submission of an owner, made when it is first opened; with an editable version."""
    row = session.scalar(
        select(Submission).where(
            Submission.due_id == due_id,
            Submission.school_id == school_id,
            Submission.enrolment_id == enrolment_id,
        )
    )
    if row is None:
        row = Submission(
            due_id=due_id, school_id=school_id, enrolment_id=enrolment_id, status=SubmissionStatus.NOT_STARTED,
            version=0, late=False,
        )  # fmt: skip
        session.add(row)
        session.flush()
    if row.status in EDITABLE and (row.version == 0 or row.status is SubmissionStatus.NEEDS_REVISION):
        _editable_version(session, row, now)
    return row


def add_file(
    session: Session, *, submission_id: int, checked: CheckedFile, actor_id: int | None, now: datetime
) -> EvidenceFile:
    """Keep a parsed file in the version being made; the same file twice is one."""
    submission = _editable(session, submission_id)
    version = _editable_version(session, submission, now)
    known = files_of(session, [version.id])
    twin = next((file for file in known if file.sha256 == checked.sha256), None)
    if twin:
        return twin
    limit = registry().deliverables[_due(session, submission).deliverable_key].max_files
    if len(known) >= limit:
        raise Invalid(
            Text(
                f"Paling banyak {limit} berkas. Yang sudah ada tetap aman. Hapus satu, lalu unggah lagi.",
                f"At most {limit} files. Those already here are safe. Remove one and upload again.",
            )
        )
    kept = storage().put(checked.body, suffix=checked.kind.extensions[0])
    preview = storage().put(checked.preview, suffix="jpg").key if checked.preview else ""
    row = EvidenceFile(
        version_id=version.id, name=checked.name, kind=checked.kind.name, media_type=checked.kind.media_type,
        size=kept.size, sha256=checked.sha256, storage_key=kept.key, preview_key=preview, uploaded_by=actor_id,
        uploaded_at=now,
    )  # fmt: skip
    session.add(row)
    submission.status = _started(submission.status)
    session.flush()
    return row


def remove_file(session: Session, *, file_id: int) -> int:
    """Take a file out of a version that was not handed in; the submission's id.

    The stored content stays until the cleaning task: an undo of the database must find it.
    """
    file = session.get_one(EvidenceFile, file_id)
    version = session.get_one(SubmissionVersion, file.version_id)
    submission = _editable(session, version.submission_id)
    if version.no != submission.version or version.submitted_at is not None:
        raise _frozen()
    session.delete(file)
    return submission.id


def set_note(session: Session, *, submission_id: int, note: str, now: datetime) -> None:
    """Write the note of the version being made."""
    submission = _editable(session, submission_id)
    _editable_version(session, submission, now).note = note.strip()[:4000]
    submission.status = _started(submission.status)


def hand_in(session: Session, *, submission_id: int, actor: Actor, now: datetime) -> None:
    """Freeze the version and give it to the graders.

    Refused without a file, and when a file is not in the store (FAILURES K9).
    """
    submission = session.get_one(Submission, submission_id)
    if submission.status in WITH_GRADER:
        return
    due = _due(session, submission)
    is_headmaster = any(
        g.role is Role.HEADMASTER and g.school_id == submission.school_id for g in actor.grants
    )
    owner = _owner_id(session, submission)
    if not may_hand_in(due.unit, is_headmaster=is_headmaster, is_owner=owner == actor.person_id):
        raise Forbidden(
            Text(
                "Dokumen sekolah diajukan oleh kepala sekolah. Berkas Bapak/Ibu tersimpan.",
                "A school's documents are handed in by the headmaster. Your files are saved.",
            )
        )
    submission = _editable(session, submission_id)
    version = _editable_version(session, submission, now)
    files = files_of(session, [version.id])
    if not files:
        raise Invalid(
            Text(
                "Belum ada berkas. Catatan tetap tersimpan. Unggah minimal satu bukti, lalu ajukan.",
                "There is no file yet. The note is saved. Upload at least one piece of evidence.",
            )
        )
    lost = [file.name for file in files if not storage().exists(file.storage_key)]
    if lost:
        raise Conflict(
            Text(
                f"Berkas {lost[0]} tidak utuh di server. Yang lain aman. Unggah lagi berkas itu.",
                f"The file {lost[0]} is not whole on the server. The others are safe. Upload it again.",
            )
        )
    version.submitted_at, version.submitted_by = now, actor.person_id
    submission.status, submission.submitted_at = SubmissionStatus.SUBMITTED, now
    submission.late = submission.late or now > due_at(session, submission)
    _say(session, HANDED_IN, submission, now)


def due_at(session: Session, submission: Submission) -> datetime:
    """When the submission is due for its school."""
    due = _due(session, submission)
    stage = programmes.get_stage(session, due.stage_id)
    moved = programmes.deadlines(session, programme_id=stage.programme_id, school_ids=[submission.school_id])
    return moved.due_at(
        stage_id=stage.id, school_id=submission.school_id, target=due.deliverable_key, default=due.due_at
    )


def queue(session: Session, *, actor: Actor, now: datetime) -> Queue:
    """What waits for this grader, oldest first."""
    mine = people.school_filter(actor, "evidence.grade", Submission.school_id)
    waiting = Submission.status.in_(list(WITH_GRADER))
    count, oldest = session.execute(
        select(func.count(), func.min(Submission.submitted_at)).select_from(Submission).where(waiting, mine)
    ).one()
    next_id = session.scalar(
        select(Submission.id)
        .outerjoin(ReviewLease, ReviewLease.submission_id == Submission.id)
        .where(
            waiting,
            mine,
            or_(
                ReviewLease.submission_id.is_(None),
                ReviewLease.until < now,
                ReviewLease.grader_id == actor.person_id,
            ),
        )
        .order_by(Submission.submitted_at, Submission.id)
        .limit(1)
    )
    return Queue(count, oldest, next_id)


def lease(session: Session, *, submission_id: int, grader_id: int, now: datetime) -> None:
    """Take a submission for 15 minutes; raises Conflict while somebody else has it."""
    row = session.get(ReviewLease, submission_id, with_for_update=True)
    if row and row.grader_id != grader_id and row.until > now:
        raise Conflict(
            Text(
                "Penilai lain sedang membaca bukti ini. Tidak ada yang diubah. Ambil yang berikutnya.",
                "Another grader is reading this one. Nothing was changed. Take the next.",
            )
        )
    row = row or ReviewLease(submission_id=submission_id)
    row.grader_id, row.until = grader_id, now + LEASE
    session.add(row)
    submission = session.get_one(Submission, submission_id)
    if submission.status is SubmissionStatus.SUBMITTED:
        submission.status = SubmissionStatus.IN_REVIEW


def grade(
    session: Session,
    *,
    submission_id: int,
    version_no: int,
    values: Mapping[str, Any],
    decision: Decision,
    reason_code: str,
    comment: str,
    actor_id: int | None,
    now: datetime,
) -> Verdict:
    """Decide about the version that was read.

    Raises Conflict when it is no longer the newest one or was decided already, Invalid when it
    cannot be accepted (below the pass mark, a critical criterion open) or is sent back without a word.
    """
    submission = session.get_one(Submission, submission_id, with_for_update=True)
    if submission.status not in WITH_GRADER or submission.version != version_no:
        raise Conflict(
            Text(
                "Bukti ini sudah dinilai atau sudah ada versi baru. Nilai Bapak/Ibu belum disimpan. Buka lagi.",
                "This was decided already, or there is a new version. Your grade was not saved. Open it again.",
            )
        )
    rubric = rubric_of(session, submission)
    found = verdict(rubric, values)
    _refuse_bad_decision(decision, found, reason_code, comment)
    version = _version(session, submission)
    session.add(
        Review(
            version_id=version.id, grader_id=actor_id, rubric_key=rubric.key, rubric_version=rubric.version,
            values=dict(values), percent=found.percent, decision=decision, reason_code=reason_code,
            comment=comment.strip(), reviewed_at=now,
        )
    )  # fmt: skip
    before = {"status": submission.status.value}
    submission.status, submission.percent, submission.decided_at = (
        SubmissionStatus(decision.value),
        found.percent,
        now,
    )
    held = session.get(ReviewLease, submission_id)
    if held:
        session.delete(held)
    record(
        session, actor_id=actor_id, action="evidence.grade", subject=("submission", submission_id), now=now,
        concerns=_owner_id(session, submission), before=before,
        after={"decision": decision.value, "percent": str(found.percent), "version": version_no}, reason=comment,
    )  # fmt: skip
    _say(session, GRADED, submission, now)
    return found


def undo_grade(session: Session, *, submission_id: int, actor_id: int, now: datetime) -> None:
    """Take back one's own decision within five minutes; it stays in the audit trail."""
    submission = session.get_one(Submission, submission_id)
    version = _version(session, submission)
    last = session.scalar(
        select(Review).where(Review.version_id == version.id).order_by(Review.id.desc()).limit(1)
    )
    if (
        last is None
        or last.grader_id != actor_id
        or now - last.reviewed_at > UNDO
        or submission.status in WITH_GRADER
    ):
        raise Conflict(
            Text(
                "Nilai ini tidak dapat diurungkan lagi. Yang tersimpan tetap berlaku. Mintalah admin membukanya.",
                "This can no longer be undone. What is saved stands. Ask the admin to open it.",
            )
        )
    record(
        session, actor_id=actor_id, action="evidence.undo_grade", subject=("submission", submission_id), now=now,
        before={"decision": last.decision.value, "percent": str(last.percent)},
    )  # fmt: skip
    session.delete(last)
    submission.status, submission.percent, submission.decided_at = SubmissionStatus.SUBMITTED, None, None
    _say(session, GRADED, submission, now)


def unlock(session: Session, *, submission_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Let an accepted or rejected submission be revised; needs a reason, is logged."""
    submission = session.get_one(Submission, submission_id)
    if not reason.strip():
        raise Invalid(Text("Belum dibuka. Tulis alasannya.", "Not opened. Write the reason."))
    if submission.status not in FINAL:
        return
    record(
        session, actor_id=actor_id, action="evidence.unlock", subject=("submission", submission_id), now=now,
        concerns=_owner_id(session, submission), before={"status": submission.status.value}, reason=reason,
    )  # fmt: skip
    submission.status, submission.percent = SubmissionStatus.NEEDS_REVISION, None
    _say(session, GRADED, submission, now)


def files_of(session: Session, version_ids: Sequence[int]) -> list[EvidenceFile]:
    """Files of some versions, oldest first."""
    query = select(EvidenceFile).where(EvidenceFile.version_id.in_(version_ids)).order_by(EvidenceFile.id)
    return list(session.scalars(query))


def versions_of(session: Session, submission_id: int) -> list[SubmissionVersion]:
    """Every version, newest first."""
    query = select(SubmissionVersion).where(SubmissionVersion.submission_id == submission_id)
    return list(session.scalars(query.order_by(SubmissionVersion.no.desc())))


def reviews_of(session: Session, version_ids: Sequence[int]) -> dict[int, Review]:
    """The newest review of each version."""
    query = select(Review).where(Review.version_id.in_(version_ids)).order_by(Review.id)
    return {review.version_id: review for review in session.scalars(query)}


def rubric_of(session: Session, submission: Submission) -> Rubric:
    """The rubric that a new review uses."""
    return registry().rubric(registry().deliverables[_due(session, submission).deliverable_key].rubric)


def due_of_submission(session: Session, submission: Submission) -> DeliverableDue:
    """What the submission answers."""
    return _due(session, submission)


def place_of_submission(session: Session, submission_id: int, **_more: Any) -> Place:
    """Where a submission stands, and whose it is when it is a teacher's own."""
    submission = session.get(Submission, submission_id)
    if submission is None:
        raise _nowhere()
    school = people.get_school(session, submission.school_id)
    stage = programmes.get_stage(session, _due(session, submission).stage_id)
    return Place(school.agency_id, school.id, stage.programme_id, _owner_id(session, submission))


def place_of_file(session: Session, file_id: int, **_more: Any) -> Place:
    """Where a file stands."""
    row = session.execute(
        select(SubmissionVersion.submission_id)
        .join(EvidenceFile, EvidenceFile.version_id == SubmissionVersion.id)
        .where(EvidenceFile.id == file_id)
    ).scalar()
    if row is None:
        raise _nowhere()
    return place_of_submission(session, row)


def place_of_due(session: Session, due_id: int, school_id: int) -> Place:
    """Where a deliverable of a school stands."""
    due = session.get(DeliverableDue, due_id)
    if due is None:
        raise _nowhere()
    school = people.get_school(session, school_id)
    return Place(school.agency_id, school_id, programmes.get_stage(session, due.stage_id).programme_id)


def _refuse_bad_decision(decision: Decision, found: Verdict, reason_code: str, comment: str) -> None:
    if decision is Decision.ACCEPTED and not found.passed:
        why = (
            f"kriteria kritis {', '.join(found.critical)} belum terpenuhi"
            if found.critical
            else f"nilainya {found.percent}"
        )
        raise Invalid(
            Text(
                f"Belum dapat diterima: {why}. Isian masih ada. Minta revisi, atau periksa nilainya.",
                f"Cannot be accepted: {found.percent}, open {', '.join(found.critical) or '-'}. Entries are kept.",
            )
        )
    if decision is not Decision.ACCEPTED and not (reason_code and comment.strip()):
        raise Invalid(
            Text(
                "Belum disimpan. Pilih alasan dan tulis apa yang perlu dilengkapi. Isian masih ada.",
                "Not saved. Choose a reason and write what to complete. Entries are kept.",
            )
        )


def _editable(session: Session, submission_id: int) -> Submission:
    submission = session.get_one(Submission, submission_id, with_for_update=True)
    if submission.status not in EDITABLE:
        raise _frozen()
    return submission


def _editable_version(session: Session, submission: Submission, now: datetime) -> SubmissionVersion:
    """The version being made; after a revision request a new one with the files carried over."""
    newest = versions_of(session, submission.id)[:1]
    if newest and newest[0].submitted_at is None:
        return newest[0]
    version = SubmissionVersion(
        submission_id=submission.id, no=submission.version + 1, note="", created_at=now
    )
    session.add(version)
    submission.version += 1
    session.flush()
    if newest:
        version.note = newest[0].note
        for file in files_of(session, [newest[0].id]):
            session.add(
                EvidenceFile(
                    version_id=version.id, name=file.name, kind=file.kind, media_type=file.media_type,
                    size=file.size, sha256=file.sha256, storage_key=file.storage_key,
                    preview_key=file.preview_key, uploaded_by=file.uploaded_by, uploaded_at=file.uploaded_at,
                )
            )  # fmt: skip
        session.flush()
    return version


def _version(session: Session, submission: Submission) -> SubmissionVersion:
    return session.scalars(
        select(SubmissionVersion).where(
            SubmissionVersion.submission_id == submission.id, SubmissionVersion.no == submission.version
        )
    ).one()


def _due(session: Session, submission: Submission) -> DeliverableDue:
    return session.get_one(DeliverableDue, submission.due_id)


def _owner_id(session: Session, submission: Submission) -> int | None:
    if not submission.enrolment_id:
        return None
    return programmes.get_enrolment(session, submission.enrolment_id).person_id


def _started(status: SubmissionStatus) -> SubmissionStatus:
    return SubmissionStatus.DRAFT if status is SubmissionStatus.NOT_STARTED else status


def _say(session: Session, event: str, submission: Submission, now: datetime) -> None:
    stage = programmes.get_stage(session, _due(session, submission).stage_id)
    payload = {
        "submission_id": submission.id, "programme_id": stage.programme_id, "school_id": submission.school_id,
        "enrolment_id": submission.enrolment_id,
    }  # fmt: skip
    emit(session, Fact(event, now, payload))


def _frozen() -> Conflict:
    return Conflict(
        Text(
            "Bukti ini sudah diajukan, jadi tidak dapat diubah. Yang diajukan aman. Tunggu hasil penilai.",
            "This was handed in and can no longer be changed. It is safe. Wait for the grader.",
        )
    )


def _nowhere() -> NotFound:
    return NotFound(
        Text(
            "Bukti ini tidak ditemukan. Berkas lain tetap aman. Mulai lagi dari beranda.",
            "This evidence was not found. Other files are safe. Start again from the home page.",
        )
    )
