"""The grader's side: what waits, decisions, undo and unlock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.contract.actors import Actor
from lms.contract.errors import Conflict, Invalid
from lms.contract.rubrics import Rubric
from lms.contract.text import Number, message
from lms.evidence.events import GRADED
from lms.evidence.models import Review, Submission
from lms.evidence.rubric_scoring import Verdict, verdict
from lms.evidence.rules import FINAL, WITH_GRADER, Decision, SubmissionStatus
from lms.evidence.submissions import current_version, owner_id, rubric_of, say
from lms.people import api as people
from lms.platform.audit import record

UNDO = timedelta(minutes=5)


def waiting_for(actor: Actor) -> Select[int, datetime | None]:
    """(id, since) of what waits for this grader; a part of a larger query."""
    mine = people.school_filter(actor, "evidence.grade", Submission.school_id)
    return select(Submission.id, Submission.submitted_at.label("since")).where(
        Submission.status.in_(list(WITH_GRADER)), mine
    )


def begin_review(session: Session, *, submission_id: int) -> None:
    """Let the school see that somebody reads it now."""
    submission = session.get_one(Submission, submission_id, with_for_update=True)
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
            message(
                "Bukti ini sudah dinilai atau sudah ada versi baru. Nilai Bapak/Ibu belum disimpan. Buka lagi."
            )
        )
    rubric = rubric_of(session, submission)
    found = verdict(rubric, values)
    _refuse_bad_decision(decision, rubric, found, reason_code, comment)
    version = current_version(session, submission)
    session.add(
        Review(
            version_id=version.id,
            grader_id=actor_id,
            rubric_key=rubric.key,
            rubric_version=rubric.version,
            values=dict(values),
            percent=found.percent,
            decision=decision,
            reason_code=reason_code,
            comment=comment.strip(),
            reviewed_at=now,
        )
    )
    before = {"status": submission.status.value}
    submission.status, submission.percent, submission.decided_at = (
        SubmissionStatus(decision.value),
        found.percent,
        now,
    )
    record(
        session,
        actor_id=actor_id,
        action="evidence.grade",
        subject=("submission", submission_id),
        now=now,
        concerns=owner_id(session, submission),
        before=before,
        after={"decision": decision.value, "percent": str(found.percent), "version": version_no},
        reason=comment,
    )
    say(session, GRADED, submission, now)
    return found


def undo_grade(session: Session, *, submission_id: int, actor_id: int, now: datetime) -> Review:
    """Take back one's own decision within five minutes, and return it; it stays in the audit trail."""
    submission = session.get_one(Submission, submission_id, with_for_update=True)
    version = current_version(session, submission)
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
            message(
                "Nilai ini tidak dapat diurungkan lagi. Yang tersimpan tetap berlaku. Mintalah admin membukanya."
            )
        )
    record(
        session,
        actor_id=actor_id,
        action="evidence.undo_grade",
        subject=("submission", submission_id),
        now=now,
        concerns=owner_id(session, submission),
        before={"decision": last.decision.value, "percent": str(last.percent)},
    )
    session.delete(last)
    submission.status, submission.percent, submission.decided_at = SubmissionStatus.SUBMITTED, None, None
    say(session, GRADED, submission, now)
    return last


def unlock(session: Session, *, submission_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Let an accepted or rejected submission be revised; needs a reason, is logged."""
    submission = session.get_one(Submission, submission_id, with_for_update=True)
    if not reason.strip():
        raise Invalid(message("Belum dibuka. Tulis alasannya."))
    if submission.status not in FINAL:
        return
    record(
        session,
        actor_id=actor_id,
        action="evidence.unlock",
        subject=("submission", submission_id),
        now=now,
        concerns=owner_id(session, submission),
        before={"status": submission.status.value},
        reason=reason,
    )
    submission.status, submission.percent = SubmissionStatus.NEEDS_REVISION, None
    say(session, GRADED, submission, now)


def _refuse_bad_decision(
    decision: Decision, rubric: Rubric, found: Verdict, reason_code: str, comment: str
) -> None:
    if decision is Decision.ACCEPTED and not found.passed:
        lines = ", ".join(
            f"{line.code} {line.text}" for line in rubric.criteria if line.code in found.critical
        )
        low = message(
            "nilainya %(percent)s, perlu %(minimum)s",
            percent=Number(found.percent, 2),
            minimum=rubric.pass_mark,
        )
        why = message("kriteria kritis belum terpenuhi: %(lines)s", lines=lines) if lines else low
        raise Invalid(
            message(
                "Belum dapat diterima: %(why)s. Isian masih ada. Minta revisi, atau periksa nilainya.",
                why=why,
            )
        )
    if decision is not Decision.ACCEPTED and not (reason_code and comment.strip()):
        raise Invalid(
            message("Belum disimpan. Pilih alasan dan tulis apa yang perlu dilengkapi. Isian masih ada.")
        )
