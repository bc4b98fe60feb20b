"""Brings a definition into force: stages and sessions here, the rest by the domains above.

Rows are matched by their natural key (stage number, session code), so that ids, attendance and
answers survive a change of the definition. First everything is made and moved, from the bottom up; then
what the definition leaves out is removed from the top down, so that nothing hangs on what goes.
"""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.errors import Conflict
from lms.contract.text import Text, message, message_in
from lms.programmes.definition.document import Definition
from lms.programmes.definition.document import Stage as StageSpec
from lms.programmes.editing.listeners import listeners
from lms.programmes.models import AttendanceRecord, InServiceSession, Programme, Stage
from lms.programmes.rules import stage_span
from lms.programmes.schedule.deadline_decisions import forget_stage

Row = TypeVar("Row")


def apply_everywhere(session: Session, programme: Programme, definition: Definition, now: datetime) -> None:
    """Apply the definition in every domain; raises Conflict when participants' work would be lost."""
    _apply_stages(session, programme, definition)
    above = listeners()
    for listener in above:
        listener.apply(session, programme, definition, now)
    for listener in reversed(above):
        listener.drop(session, programme, definition)
    _drop_stages(session, programme, definition)


def has_work(what: Text) -> Conflict:
    """The error for leaving out something that people have already worked on."""
    return Conflict(
        message(
            "%(what)s sudah berisi pekerjaan peserta dan tidak boleh dihapus. Tidak ada yang diubah. "
            "Biarkan di dalam definisi; judul dan tanggalnya boleh diubah.",
            what=what,
        )
    )


def _apply_stages(session: Session, programme: Programme, definition: Definition) -> None:
    known = {
        stage.no: stage for stage in session.scalars(select(Stage).where(Stage.programme_id == programme.id))
    }
    for spec in definition.stages:
        stage = known.pop(spec.no, None) or Stage(programme_id=programme.id, no=spec.no)
        stage.title, stage.starts_on, stage.ends_on = spec.title, spec.starts_on, spec.ends_on
        stage.opens_at, stage.closes_at = stage_span(spec.starts_on, spec.ends_on, definition.zone)
        stage.on_service_due_at = spec.on_service_due_at
        session.add(stage)
        session.flush()
        _apply_sessions(session, stage, spec)


def _apply_sessions(session: Session, stage: Stage, spec: StageSpec) -> None:
    rows = session.scalars(select(InServiceSession).where(InServiceSession.stage_id == stage.id))
    known = {row.code: row for row in rows}
    for entry in spec.sessions:
        row = known.pop(entry.code, None) or InServiceSession(stage_id=stage.id, code=entry.code)
        row.title, row.starts_at, row.ends_at = entry.title, entry.starts_at, entry.ends_at
        row.jp, row.mode, row.join_url = entry.jp, entry.mode, entry.join_url
        session.add(row)
    session.flush()


def _drop_stages(session: Session, programme: Programme, definition: Definition) -> None:
    """Remove sessions and stages that are left out; a session with an attendance list stays, and is named."""
    codes = {spec.no: {entry.code for entry in spec.sessions} for spec in definition.stages}
    for stage in session.scalars(select(Stage).where(Stage.programme_id == programme.id)).all():
        for row in session.scalars(
            select(InServiceSession).where(InServiceSession.stage_id == stage.id)
        ).all():
            if row.code not in codes.get(stage.no, ()):
                _drop_session(session, row)
        session.flush()
        if stage.no not in codes:
            forget_stage(session, stage.id)
            session.delete(stage)
            session.flush()


def _drop_session(session: Session, row: InServiceSession) -> None:
    attended = select(AttendanceRecord.enrolment_id).where(AttendanceRecord.session_id == row.id).limit(1)
    if session.scalar(attended) is not None:
        raise has_work(message_in("kept", "Sesi %(code)s", code=row.code))
    session.delete(row)
