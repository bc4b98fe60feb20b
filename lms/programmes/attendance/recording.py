"""Writing and reading the attendance list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.contract.errors import Invalid
from lms.contract.events import Fact
from lms.contract.text import message
from lms.platform.audit import record
from lms.platform.long_lists import among
from lms.platform.outbox import emit
from lms.programmes.events import ATTENDANCE_RECORDED
from lms.programmes.models import AttendanceRecord, Enrolment, InServiceSession, Stage
from lms.programmes.rules import AttendanceStatus, credited_jp


@dataclass(frozen=True, slots=True)
class Presence:
    """What shall stand on the list for one participant; ``minutes`` None when nobody counted."""

    status: AttendanceStatus
    minutes: int | None = None
    reason: str = ""
    method: str = "manual"


@dataclass(frozen=True, slots=True)
class Jp:
    """JP of one participant in one stage: credited, and held so far by ``now``."""

    credited: int
    held: int
    total: int


def hold_list(session: Session, session_id: int) -> InServiceSession:
    """The session of a list, locked until the end of the transaction: of two who write it at once one is second.

    Call it before reading the lines that are compared with what somebody saw.
    """
    return session.get_one(InServiceSession, session_id, with_for_update={"key_share": True})


def record_attendance(
    session: Session,
    *,
    session_id: int,
    entries: Mapping[int, Presence],
    actor_id: int | None,
    now: datetime,
) -> int:
    """Write the list for the given enrolments; the number of lines that changed.

    Raises Invalid before the session has begun, and when a line that already stands is changed
    without a reason (requirement K21: every change has an actor and a reason).
    """
    taught = hold_list(session, session_id)
    if now < taught.starts_at:
        raise Invalid(
            message("Sesi ini belum dimulai, jadi daftar hadir belum dapat diisi. Tidak ada yang diubah.")
        )
    known = {
        row.enrolment_id: row
        for row in session.scalars(
            select(AttendanceRecord).where(
                AttendanceRecord.session_id == session_id, among(AttendanceRecord.enrolment_id, entries)
            )
        )
    }
    enrolled = select(Enrolment.id, Enrolment.person_id).where(among(Enrolment.id, entries))
    people = {row.id: row.person_id for row in session.execute(enrolled)}
    changed = []
    for enrolment_id, entry in entries.items():
        row = known.get(enrolment_id)
        if row and (row.status, row.minutes) == (entry.status, entry.minutes):
            continue
        if row and not entry.reason.strip():
            raise Invalid(
                message(
                    "Perubahan daftar hadir perlu alasan. Isian masih ada. Tulis alasannya, lalu simpan lagi."
                )
            )
        before = {"status": row.status, "minutes": row.minutes} if row else {}
        row = row or AttendanceRecord(session_id=session_id, enrolment_id=enrolment_id)
        row.status, row.minutes, row.method = entry.status, entry.minutes, entry.method
        row.reason, row.recorded_by, row.recorded_at = entry.reason.strip(), actor_id, now
        session.add(row)
        if before:
            record(
                session,
                actor_id=actor_id,
                action="programmes.change_attendance",
                now=now,
                subject=("enrolment", enrolment_id),
                concerns=people[enrolment_id],
                before=before,
                after={"status": entry.status, "minutes": entry.minutes},
                reason=entry.reason,
            )
        changed.append(enrolment_id)
    if changed:
        programme_id = session.scalar(select(Stage.programme_id).where(Stage.id == taught.stage_id))
        payload = {"programme_id": programme_id, "enrolment_ids": changed}
        emit(session, Fact(ATTENDANCE_RECORDED, now, payload))
    return len(changed)


def attendance_of_session(
    session: Session, session_id: int, enrolment_ids: Sequence[int]
) -> dict[int, AttendanceRecord]:
    """The lines of a list, by enrolment."""
    rows = session.scalars(
        select(AttendanceRecord).where(
            AttendanceRecord.session_id == session_id, among(AttendanceRecord.enrolment_id, enrolment_ids)
        )
    )
    return {row.enrolment_id: row for row in rows}


def jp_of(
    session: Session, *, programme_id: int, enrolment_ids: Sequence[int], excused_counts: bool, now: datetime
) -> dict[tuple[int, int], Jp]:
    """In-service JP by (enrolment, stage), in two queries whatever the number of people."""
    taught = session.execute(_TAUGHT, {"programme": programme_id}).all()
    stage_of = {row.id: (row.stage_id, row.jp) for row in taught}
    totals: dict[int, list[int]] = {}
    for row in taught:
        held, total = totals.setdefault(row.stage_id, [0, 0])
        totals[row.stage_id] = [held + (row.jp if row.ends_at <= now else 0), total + row.jp]
    credited: dict[tuple[int, int], int] = {}
    for line in session.execute(_PRESENCE, {"people": list(enrolment_ids), "sessions": list(stage_of)}):
        stage_id, jp = stage_of[line.session_id]
        key = (line.enrolment_id, stage_id)
        credited[key] = credited.get(key, 0) + credited_jp(line.status, jp, excused_counts=excused_counts)
    return {
        (enrolment_id, stage_id): Jp(credited.get((enrolment_id, stage_id), 0), held, total)
        for enrolment_id in enrolment_ids
        for stage_id, (held, total) in totals.items()
    }


_TAUGHT = (
    select(InServiceSession.id, InServiceSession.stage_id, InServiceSession.jp, InServiceSession.ends_at)
    .join(Stage, Stage.id == InServiceSession.stage_id)
    .where(Stage.programme_id == bindparam("programme"))
)
_PRESENCE = select(AttendanceRecord.enrolment_id, AttendanceRecord.session_id, AttendanceRecord.status).where(
    among(AttendanceRecord.enrolment_id, bindparam("people")),
    among(AttendanceRecord.session_id, bindparam("sessions")),
)
