"""Reading stages and in-service sessions.

What the pages of a participant and the worker ask all the time are statements built once.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.errors import NotFound
from lms.contract.text import message
from lms.platform.long_lists import among
from lms.programmes.definition.queries import must_exist
from lms.programmes.models import (
    InServiceSession,
    Programme,
    ProgrammeStatus,
    Stage,
)


def get_stage(session: Session, stage_id: int) -> Stage:
    """The stage; raises NotFound."""
    return must_exist(session.get(Stage, stage_id))


def programme_of_stage(session: Session, stage_id: int) -> Programme:
    """The programme of a stage; raises NotFound."""
    return must_exist(session.scalar(_PROGRAMME_OF_STAGE, {"stage": stage_id}))


def stages_of(session: Session, programme_id: int) -> list[Stage]:
    """The stages in order."""
    return list(session.scalars(_STAGES, {"programme": programme_id}))


def stages_by_programme(session: Session, programme_ids: Sequence[int]) -> dict[int, list[Stage]]:
    """The stages of each programme in order."""
    found: dict[int, list[Stage]] = {key: [] for key in programme_ids}
    query = (
        select(Stage).where(among(Stage.programme_id, programme_ids)).order_by(Stage.programme_id, Stage.no)
    )
    for stage in session.scalars(query):
        found[stage.programme_id].append(stage)
    return found


def current_stage(stages: Sequence[Stage], now: datetime) -> Stage | None:
    """The stage that runs, else the next one, else the last."""
    for stage in stages:
        if now < stage.closes_at:
            return stage
    return stages[-1] if stages else None


def get_session(session: Session, session_id: int) -> InServiceSession:
    """The in-service session; raises NotFound."""
    row = session.get(InServiceSession, session_id)
    if row is None:
        raise NotFound(
            message(
                "Sesi ini tidak ada atau sudah dipindahkan. Daftar hadir lain tetap aman. Buka lagi dari Sesi."
            )
        )
    return row


def programme_of_session(session: Session, session_id: int) -> Programme:
    """The programme that a session belongs to; raises NotFound."""
    taught = get_session(session, session_id)
    stage = session.get_one(Stage, taught.stage_id)
    return session.get_one(Programme, stage.programme_id)


def sessions_of(session: Session, stage_ids: Sequence[int]) -> list[InServiceSession]:
    """The sessions of some stages by time."""
    return list(session.scalars(_SESSIONS, {"stages": list(stage_ids)}))


def place_of_stage(session: Session, stage_id: int) -> Place:
    """Where a stage stands."""
    row = must_exist(session.execute(_PLACE_OF_STAGE, {"stage": stage_id}).first())
    draft = row.status is ProgrammeStatus.DRAFT
    return Place(agency_id=row.agency_id, programme_id=row.programme_id, draft=draft)


_STAGES = select(Stage).where(Stage.programme_id == bindparam("programme")).order_by(Stage.no)
_SESSIONS = (
    select(InServiceSession)
    .where(among(InServiceSession.stage_id, bindparam("stages")))
    .order_by(InServiceSession.starts_at)
)
_PROGRAMME_OF_STAGE = (
    select(Programme).join(Stage, Stage.programme_id == Programme.id).where(Stage.id == bindparam("stage"))
)
_PLACE_OF_STAGE = (
    select(Programme.agency_id, Programme.status, Stage.programme_id)
    .join(Stage, Stage.programme_id == Programme.id)
    .where(Stage.id == bindparam("stage"))
)
