"""Brings a definition into force: stages and sessions here, the rest by the domains above.

Rows are matched by their natural key (stage number, session code), so that ids, attendance and
answers survive a change of the definition.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import TypeVar

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.contract.errors import Conflict
from lms.contract.text import Text
from lms.programmes.definition import Definition
from lms.programmes.definition import Stage as StageSpec
from lms.programmes.models import AttendanceRecord, InServiceSession, Programme, Stage

Applier = Callable[[Session, Programme, Definition, datetime], None]
Row = TypeVar("Row")


def apply_everywhere(session: Session, programme: Programme, definition: Definition, now: datetime) -> None:
    """Apply the definition in every domain, from the bottom up."""
    _apply_stages(session, programme, definition)
    appliers: tuple[Applier, ...] = current_app.extensions["appliers"]
    for apply in appliers:
        apply(session, programme, definition, now)


def has_work(what_id: str, what_en: str) -> Conflict:
    """The error for leaving out something that people have already worked on."""
    return Conflict(
        Text(
            f"{what_id} sudah berisi pekerjaan peserta dan tidak boleh dihapus. Tidak ada yang diubah. "
            "Biarkan di dalam definisi, atau tutup tahapnya.",
            f"{what_en} already holds participants' work and cannot be removed. Nothing was changed. "
            "Leave it in the definition, or close its stage.",
        )
    )


def _apply_stages(session: Session, programme: Programme, definition: Definition) -> None:
    known = {
        stage.no: stage for stage in session.scalars(select(Stage).where(Stage.programme_id == programme.id))
    }
    for spec in definition.stages:
        stage = known.pop(spec.no, None) or Stage(programme_id=programme.id, no=spec.no)
        stage.title, stage.starts_on, stage.ends_on = spec.title, spec.starts_on, spec.ends_on
        zone = definition.zone
        stage.opens_at = datetime.combine(spec.starts_on, time(), zone)
        stage.closes_at = datetime.combine(spec.ends_on + timedelta(days=1), time(), zone) - timedelta(
            seconds=1
        )
        stage.on_service_due_at = spec.on_service_due_at
        session.add(stage)
        session.flush()
        _apply_sessions(session, stage, spec)
    for stage in known.values():
        if session.scalar(select(InServiceSession.id).where(InServiceSession.stage_id == stage.id).limit(1)):
            raise has_work(f"Tahap {stage.no}", f"Stage {stage.no}")
        session.delete(stage)


def _apply_sessions(session: Session, stage: Stage, spec: StageSpec) -> None:
    rows = session.scalars(select(InServiceSession).where(InServiceSession.stage_id == stage.id))
    known = {row.code: row for row in rows}
    for entry in spec.sessions:
        row = known.pop(entry.code, None) or InServiceSession(stage_id=stage.id, code=entry.code)
        row.title, row.starts_at, row.ends_at = entry.title, entry.starts_at, entry.ends_at
        row.jp, row.mode, row.join_url = entry.jp, entry.mode, entry.join_url
        session.add(row)
    for row in known.values():
        if session.scalar(
            select(AttendanceRecord.enrolment_id).where(AttendanceRecord.session_id == row.id).limit(1)
        ):
            raise has_work(f"Sesi {row.code}", f"Session {row.code}")
        session.delete(row)
    session.flush()
