"""Submissions and what belongs to them: versions, files, reviews, owner, place, deadline."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.errors import Conflict, NotFound
from lms.contract.events import Fact
from lms.contract.modules import Deliverable
from lms.contract.rubrics import Rubric
from lms.contract.text import message
from lms.evidence.models import (
    Assignment,
    EvidenceFile,
    EvidenceUpload,
    Review,
    Submission,
    SubmissionVersion,
)
from lms.evidence.rules import SubmissionStatus
from lms.people import api as people
from lms.platform.long_lists import among
from lms.platform.outbox import emit
from lms.platform.plugins import registry
from lms.platform.storage import KeptFile
from lms.platform.transaction import streaming
from lms.programmes import api as programmes


def get_submission(session: Session, submission_id: int) -> Submission:
    """The submission; raises NotFound."""
    row = session.get(Submission, submission_id)
    if row is None:
        raise nowhere()
    return row


def submissions_of(
    session: Session,
    *,
    due_ids: Sequence[int],
    school_ids: Sequence[int] | None = None,
    enrolment_ids: Sequence[int | None] | None = None,
) -> list[Submission]:
    """Submissions for some deliverables, of some schools or some owners (None: the school itself)."""
    if enrolment_ids is None:
        query = _submissions(school_ids is not None)
    else:
        query = _submissions_of(school_ids is not None, None in enrolment_ids)
    owners = [owner for owner in enrolment_ids or () if owner is not None]
    wanted = {"dues": due_ids, "schools": school_ids, "owners": owners}
    return list(session.scalars(query, wanted))


def returned_to(session: Session, *, school_id: int) -> list[Submission]:
    """What a school and its teachers were asked to revise, oldest decision first."""
    query = select(Submission).where(
        Submission.school_id == school_id, Submission.status == SubmissionStatus.NEEDS_REVISION
    )
    return list(session.scalars(query.order_by(Submission.decided_at, Submission.id)))


def files_of(session: Session, version_ids: Sequence[int]) -> list[EvidenceFile]:
    """Files of some versions, oldest first."""
    query = select(EvidenceFile).where(among(EvidenceFile.version_id, version_ids)).order_by(EvidenceFile.id)
    return list(session.scalars(query))


def files_by_version(session: Session, version_ids: Sequence[int]) -> dict[int, list[EvidenceFile]]:
    """Files of some versions, oldest first, by version."""
    found: dict[int, list[EvidenceFile]] = {}
    for file in files_of(session, version_ids):
        found.setdefault(file.version_id, []).append(file)
    return found


def unfinished_uploads(session: Session, submission_id: int, now: datetime) -> list[EvidenceUpload]:
    """Files that are on their way to a submission, whoever sends them, oldest first."""
    query = select(EvidenceUpload).where(
        EvidenceUpload.submission_id == submission_id,
        EvidenceUpload.done_at.is_(None),
        EvidenceUpload.expires_at > now,
    )
    return list(session.scalars(query.order_by(EvidenceUpload.created_at, EvidenceUpload.id)))


def kept_files(prefix: str = "") -> Iterator[KeptFile]:
    """Stored files of evidence whose key begins with ``prefix``. What is written anew has another hash than what was sent."""
    query = select(
        EvidenceFile.name,
        EvidenceFile.kind,
        EvidenceFile.size,
        EvidenceFile.sha256,
        EvidenceFile.storage_key,
        EvidenceFile.preview_key,
    )
    keys = (EvidenceFile.storage_key, EvidenceFile.preview_key)
    if prefix:  # a range, so that both indexes serve
        query = query.where(or_(*((key >= f"{prefix}/") & (key < f"{prefix}0") for key in keys)))
    for row in streaming(query.order_by(EvidenceFile.id)):
        written_anew = row.kind in {"photo", "mp4"}
        if row.storage_key.startswith(prefix):
            yield KeptFile(row.name, row.storage_key, row.size, "" if written_anew else row.sha256)
        if row.preview_key and row.preview_key.startswith(prefix):
            yield KeptFile(row.name, row.preview_key, None, "")


def versions_of(session: Session, submission_id: int) -> list[SubmissionVersion]:
    """Every version, newest first."""
    query = select(SubmissionVersion).where(SubmissionVersion.submission_id == submission_id)
    return list(session.scalars(query.order_by(SubmissionVersion.no.desc())))


def current_version(session: Session, submission: Submission) -> SubmissionVersion:
    """The newest version."""
    return session.scalars(
        select(SubmissionVersion).where(
            SubmissionVersion.submission_id == submission.id, SubmissionVersion.no == submission.version
        )
    ).one()


def reviews_of(session: Session, version_ids: Sequence[int]) -> dict[int, Review]:
    """The newest review of each version."""
    query = select(Review).where(among(Review.version_id, version_ids)).order_by(Review.id)
    return {review.version_id: review for review in session.scalars(query)}


def rubric_of(session: Session, submission: Submission) -> Rubric:
    """The rubric that a new review uses."""
    return registry().rubric(deliverable_of(session, submission).rubric)


def deliverable_of(session: Session, submission: Submission) -> Deliverable:
    """What its module says about it; raises Conflict when that is not installed any more."""
    found = registry().deliverables.get(due_of_submission(session, submission).deliverable_key)
    if found is None:
        raise Conflict(
            message(
                "Tagihan ini milik modul yang tidak terpasang. Berkas dan nilai tetap aman. Hubungi admin."
            )
        )
    return found


def due_of_submission(session: Session, submission: Submission) -> Assignment:
    """What the submission answers."""
    return session.get_one(Assignment, submission.due_id)


def due_at(session: Session, submission: Submission) -> datetime:
    """When the submission is due for its school."""
    due = due_of_submission(session, submission)
    stage = programmes.get_stage(session, due.stage_id)
    moved = programmes.deadlines(session, programme_id=stage.programme_id, school_ids=[submission.school_id])
    return moved.due_at(
        stage_id=stage.id, school_id=submission.school_id, target=due.deliverable_key, default=due.due_at
    )


def refuse_closed(session: Session, due_id: int) -> None:
    """Raise Conflict when the programme that asks for it is closed."""
    due = session.get_one(Assignment, due_id)
    programmes.refuse_closed(session, programmes.get_stage(session, due.stage_id).programme_id)


def owner_id(session: Session, submission: Submission) -> int | None:
    """The teacher whose submission it is; None when it is the school's."""
    if submission.enrolment_id is None:
        return None
    return programmes.get_enrolment(session, submission.enrolment_id).person_id


def place_of_submission(session: Session, submission_id: int, **_more: Any) -> Place:
    """Where a submission stands, and whose it is when it is a teacher's own."""
    submission = session.get(Submission, submission_id)
    if submission is None:
        raise nowhere()
    school = people.get_school(session, submission.school_id)
    stage = programmes.get_stage(session, due_of_submission(session, submission).stage_id)
    return Place(school.agency_id, school.id, stage.programme_id, owner_id(session, submission))


def place_of_file(session: Session, file_id: int, **_more: Any) -> Place:
    """Where a file stands."""
    row = session.execute(
        select(SubmissionVersion.submission_id)
        .join(EvidenceFile, EvidenceFile.version_id == SubmissionVersion.id)
        .where(EvidenceFile.id == file_id)
    ).scalar()
    if row is None:
        raise nowhere()
    return place_of_submission(session, row)


def say(session: Session, event: str, submission: Submission, now: datetime) -> None:
    """Leave a fact about a submission."""
    stage = programmes.get_stage(session, due_of_submission(session, submission).stage_id)
    payload = {
        "submission_id": submission.id,
        "programme_id": stage.programme_id,
        "school_id": submission.school_id,
        "enrolment_id": submission.enrolment_id,
    }
    emit(session, Fact(event, now, payload))


def nowhere() -> NotFound:
    """What is said for an unknown or hidden piece of evidence."""
    return NotFound(message("Bukti ini tidak ditemukan. Berkas lain tetap aman. Mulai lagi dari beranda."))


@cache
def _submissions(of_schools: bool) -> Select[Submission]:
    query = select(Submission).where(among(Submission.due_id, bindparam("dues")))
    if of_schools:
        query = query.where(among(Submission.school_id, bindparam("schools")))
    return query


@cache
def _submissions_of(of_schools: bool, or_the_school: bool) -> Select[Submission]:
    owned = [among(Submission.enrolment_id, bindparam("owners"))]
    if or_the_school:
        owned.append(Submission.enrolment_id.is_(None))
    return _submissions(of_schools).where(or_(*owned))
