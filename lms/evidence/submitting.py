"""The school's side: open, add and remove files, write a note, hand in."""

import logging
from datetime import datetime
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.contract.actors import Actor, Role
from lms.contract.errors import Conflict, Forbidden, Invalid
from lms.contract.text import counted_message, message
from lms.evidence.events import HANDED_IN
from lms.evidence.file_validation import StoredFile, forget_file
from lms.evidence.models import EvidenceFile, Submission, SubmissionVersion
from lms.evidence.rules import (
    EDITABLE,
    FINAL,
    LONGEST_NOTE,
    WITH_GRADER,
    SubmissionStatus,
    may_hand_in,
    note_mark,
)
from lms.evidence.submissions import (
    deliverable_of,
    due_at,
    due_of_submission,
    files_of,
    owner_id,
    refuse_closed,
    say,
    unfinished_uploads,
    versions_of,
)
from lms.platform.storage import storage
from lms.platform.storage_check import remember
from lms.platform.transaction import after_commit

log = logging.getLogger(__name__)


def open_submission(
    session: Session, *, due_id: int, school_id: int, enrolment_id: int | None, now: datetime
) -> Submission:
    """The submission of an owner (``enrolment_id`` None: the school), made when it is first opened; with an editable version.

    Raises Conflict in a closed programme.
    """
    refuse_closed(session, due_id)
    row = session.scalar(
        select(Submission).where(
            Submission.due_id == due_id,
            Submission.school_id == school_id,
            Submission.enrolment_id == enrolment_id,
        )
    )
    if row is None:
        row = Submission(
            due_id=due_id,
            school_id=school_id,
            enrolment_id=enrolment_id,
            status=SubmissionStatus.NOT_STARTED,
            version=0,
            late=False,
        )
        session.add(row)
        session.flush()
    if row.status in EDITABLE and (row.version == 0 or row.status is SubmissionStatus.NEEDS_REVISION):
        _editable_version(session, row, now)
    return row


def add_file(
    session: Session, *, submission_id: int, stored: StoredFile, actor_id: int | None, now: datetime
) -> EvidenceFile:
    """Write down a stored file in the version being made; the same file twice is one."""
    submission = editable(session, submission_id)
    version = _editable_version(session, submission, now)
    known = files_of(session, [version.id])
    twin = next((file for file in known if file.sha256 == stored.sha256), None)
    if twin:
        after_commit(session, f"twin {stored.storage_key}", lambda: forget_file(stored))
        return twin
    limit = deliverable_of(session, submission).max_files
    if len(known) >= limit:
        raise Invalid(
            counted_message(
                "Paling banyak %(num)s berkas. Yang sudah ada tetap aman. Hapus satu, lalu unggah lagi.",
                limit,
            )
        )
    for file in stored.in_store:
        remember(session, file, what=stored.name, now=now)
    row = EvidenceFile(
        version_id=version.id,
        name=stored.name,
        kind=stored.kind.name,
        media_type=stored.kind.media_type,
        size=stored.size,
        sha256=stored.sha256,
        storage_key=stored.storage_key,
        preview_key=stored.preview_key,
        uploaded_by=actor_id,
        uploaded_at=now,
        taken=stored.taken,
    )
    session.add(row)
    submission.status = _started(submission.status)
    session.flush()
    return row


def remove_file(session: Session, *, file_id: int, now: datetime) -> int:
    """Take a file out of the version being made; the submission's id.

    A page that shows the version that was sent back names the file there: its copy in the new version goes, and what
    the grader has read stays. The content goes with the last version that has it; what fails to go is swept by the
    nightly check.
    """
    shown = session.get_one(EvidenceFile, file_id)
    submission = editable(session, session.get_one(SubmissionVersion, shown.version_id).submission_id)
    version = _editable_version(session, submission, now)
    file = next((file for file in files_of(session, [version.id]) if file.sha256 == shown.sha256), None)
    if file is None:  # it was taken out on another page
        return submission.id
    session.delete(file)
    session.flush()
    for key in filter(None, (file.storage_key, file.preview_key)):
        if (
            session.scalar(
                select(EvidenceFile.id)
                .where(or_(EvidenceFile.storage_key == key, EvidenceFile.preview_key == key))
                .limit(1)
            )
            is None
        ):
            after_commit(session, f"file {key}", partial(_let_go, key))
    return submission.id


def _let_go(key: str) -> None:
    try:
        storage().delete(key)
    except Exception:  # the file is out of the submission; the nightly check removes its content
        log.exception("a removed file is still stored: %s", key)


def set_note(session: Session, *, submission_id: int, note: str, seen: str, now: datetime) -> None:
    """Write the note of the version being made.

    ``seen`` is the ``note_mark`` of the note that the form was opened with. A note that was not changed in the
    form changes nothing. Raises Conflict when a colleague has written another one meanwhile, Invalid above
    ``LONGEST_NOTE`` characters. The submission is locked, so of two at once the second sees the first.
    """
    note = note.replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid.at(
            "note",
            message(
                "Paling panjang %(longest_note)s huruf; sekarang %(length)s. Tulisan masih ada di bawah.",
                longest_note=LONGEST_NOTE,
                length=len(note),
            ),
        )
    submission = editable(session, submission_id)
    version = _editable_version(session, submission, now)
    if note_mark(note) not in {seen, note_mark(version.note)}:
        if seen != note_mark(version.note):
            raise Conflict(
                message(
                    "Rekan Bapak/Ibu baru saja mengubah catatan ini. Tulisan Bapak/Ibu masih ada di bawah. "
                    "Bandingkan dengan yang tersimpan, lalu simpan lagi."
                )
            )
        version.note = note
    submission.status = _started(submission.status)


def hand_in(session: Session, *, submission_id: int, actor: Actor, now: datetime) -> None:
    """Freeze the version and give it to the graders.

    Refused without a file, while one is on its way, when one is not in the store (requirement K9), and in a
    closed programme.
    """
    submission = session.get_one(Submission, submission_id, with_for_update=True)
    if submission.status in WITH_GRADER:
        return
    refuse_closed(session, submission.due_id)
    due = due_of_submission(session, submission)
    is_headmaster = any(
        g.role is Role.HEADMASTER and g.school_id == submission.school_id for g in actor.grants
    )
    owner = owner_id(session, submission)
    if not may_hand_in(due.unit, is_headmaster=is_headmaster, is_owner=owner == actor.person_id):
        raise Forbidden(message("Dokumen sekolah diajukan oleh kepala sekolah. Berkas Bapak/Ibu tersimpan."))
    if submission.status not in EDITABLE:
        raise frozen(submission)
    on_the_way = unfinished_uploads(session, submission_id, now)
    if on_the_way:
        name = on_the_way[0].name
        raise Invalid(
            message(
                "Belum diajukan, karena %(name)s belum sampai utuh. Yang sudah sampai aman. Tunggu sampai selesai, atau batalkan kirimannya.",
                name=name,
            )
        )
    version = _editable_version(session, submission, now)
    files = files_of(session, [version.id])
    if not files:
        raise Invalid(
            message("Belum ada berkas. Catatan tetap tersimpan. Unggah minimal satu bukti, lalu ajukan.")
        )
    lost = [file.name for file in files if not storage().exists(file.storage_key)]
    if lost:
        names = ", ".join(lost)
        raise Conflict(
            message(
                "Belum diajukan. Isi berkas ini tidak ada lagi di server: %(names)s. Hapus dari daftar, lalu unggah lagi.",
                names=names,
            )
        )
    version.submitted_at, version.submitted_by = now, actor.person_id
    submission.status, submission.submitted_at = SubmissionStatus.SUBMITTED, now
    submission.late = submission.late or now >= due_at(session, submission)
    say(session, HANDED_IN, submission, now)


def editable(session: Session, submission_id: int) -> Submission:
    """The submission, locked; raises Conflict when it can no longer be changed."""
    submission = session.get_one(Submission, submission_id, with_for_update=True)
    if submission.status not in EDITABLE:
        raise frozen(submission)
    refuse_closed(session, submission.due_id)
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
                    version_id=version.id,
                    name=file.name,
                    kind=file.kind,
                    media_type=file.media_type,
                    size=file.size,
                    sha256=file.sha256,
                    storage_key=file.storage_key,
                    preview_key=file.preview_key,
                    uploaded_by=file.uploaded_by,
                    uploaded_at=file.uploaded_at,
                    taken=file.taken,
                )
            )
        session.flush()
    return version


def _started(status: SubmissionStatus) -> SubmissionStatus:
    return SubmissionStatus.DRAFT if status is SubmissionStatus.NOT_STARTED else status


def frozen(submission: Submission) -> Conflict:
    """What is said when a submission can no longer be changed."""
    if submission.status in FINAL:
        return Conflict(
            message(
                "Bukti ini sudah dinilai, jadi tidak dapat diubah. Yang diajukan aman. "
                "Bila perlu diperbaiki, mintalah admin membukanya."
            )
        )
    return Conflict(
        message(
            "Bukti ini sudah diajukan, jadi tidak dapat diubah. Yang diajukan aman. Tunggu hasil penilai."
        )
    )
