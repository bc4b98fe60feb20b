"""Reading programmes: definition, stages, sessions, schools, participants, versions.

What the pages of a participant and the worker ask all the time are statements built once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from json import dumps, loads
from typing import TypeVar

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.errors import NotFound
from lms.contract.text import Text
from lms.people import api as people
from lms.programmes.definition import Definition, parse
from lms.programmes.models import (
    Enrolment,
    InServiceSession,
    Programme,
    ProgrammeSchool,
    ProgrammeStatus,
    ProgrammeVersion,
    SchoolKind,
    Stage,
)
from lms.web.paging import PAGE

Row = TypeVar("Row")


def get_programme(session: Session, programme_id: int) -> Programme:
    """The programme; raises NotFound."""
    return _found(session.get(Programme, programme_id))


def get_stage(session: Session, stage_id: int) -> Stage:
    """The stage; raises NotFound."""
    return _found(session.get(Stage, stage_id))


def programme_of_stage(session: Session, stage_id: int) -> Programme:
    """The programme of a stage; raises NotFound."""
    return _found(session.scalar(_PROGRAMME_OF_STAGE, {"stage": stage_id}))


def get_enrolment(session: Session, enrolment_id: int) -> Enrolment:
    """The enrolment; raises NotFound."""
    return _found(session.get(Enrolment, enrolment_id))


def definition_of(programme: Programme) -> Definition:
    """The definition in force, parsed once for each version."""
    return _parsed(programme.id, programme.version, dumps(programme.definition))


def programmes_of_agencies(session: Session, agency_ids: Sequence[int]) -> list[Programme]:
    """Programmes of the agencies, newest first."""
    query = (
        select(Programme).where(Programme.agency_id.in_(agency_ids)).order_by(Programme.id.desc()).limit(PAGE)
    )
    return list(session.scalars(query))


def started_programmes(
    session: Session, agency_ids: Iterable[int], *, now: datetime, most: int = 20
) -> list[Programme]:
    """Programmes of some agencies without drafts, in the order in which they concern people now.

    Those of which a stage runs come first, then others that run, then closed ones; newer before older.
    """
    wanted = {"agencies": list(agency_ids), "now": now, "most": most}
    return list(session.scalars(_STARTED, wanted))


def stages_of(session: Session, programme_id: int) -> list[Stage]:
    """The stages in order."""
    return list(session.scalars(_STAGES, {"programme": programme_id}))


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
            Text(
                "Sesi ini tidak ada atau sudah dipindahkan. Daftar hadir lain tetap aman. Buka lagi dari Sesi.",
                "This session does not exist or has moved. Other lists are safe. Open it from Sessions.",
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


def schools_of(
    session: Session,
    programme_id: int,
    *,
    page: int | None = None,
    search: str = "",
    but: Select[int] | None = None,
    size: int = PAGE,
) -> list[tuple[people.School, SchoolKind]]:
    """The schools of a programme, model schools first, then by name; ``page`` of ``size``, from 1.

    ``but``: ids of schools to leave out.
    """
    query = (
        select(people.School, ProgrammeSchool.kind)
        .join(ProgrammeSchool, ProgrammeSchool.school_id == people.School.id)
        .where(ProgrammeSchool.programme_id == programme_id)
        .order_by(ProgrammeSchool.kind.desc(), people.School.npsn)
    )
    if search:
        query = query.where(*map(people.school_has, people.search_words(search)))
    if but is not None:
        query = query.where(ProgrammeSchool.school_id.not_in(but))
    if page is not None:
        query = query.limit(size).offset((page - 1) * size)
    return [(school, kind) for school, kind in session.execute(query)]


def model_schools(session: Session, programme_id: int, school_ids: Sequence[int]) -> set[int]:
    """Which of some schools are model schools."""
    return set(session.scalars(_MODELS, {"programme": programme_id, "schools": list(school_ids)}))


def hold_schools(session: Session, programme_id: int, school_ids: Sequence[int]) -> None:
    """Keep others from evaluating these schools until the commit; SQLite has one writer anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(_HOLD, {"programme": programme_id, "schools": list(school_ids)})


def count_schools(session: Session, programme_id: int, *, but: Select[int] | None = None) -> int:
    """How many schools take part, without those in ``but``."""
    query = (
        select(func.count()).select_from(ProgrammeSchool).where(ProgrammeSchool.programme_id == programme_id)
    )
    if but is not None:
        query = query.where(ProgrammeSchool.school_id.not_in(but))
    return session.scalar(query) or 0


def enrolments(
    session: Session,
    *,
    programme_id: int,
    school_ids: Sequence[int] | None = None,
    ids: Sequence[int] | None = None,
) -> list[Enrolment]:
    """Participants of a programme: all, those of some schools, or some of them."""
    wanted = {"programme": programme_id, "schools": school_ids, "ids": ids}
    return list(session.scalars(_participants(school_ids is not None, ids is not None), wanted))


def participant_counts(
    session: Session, *, programme_id: int, school_ids: Sequence[int], but: Sequence[int] = ()
) -> dict[int, int]:
    """How many participants each school has, without those in ``but``."""
    wanted = {"programme": programme_id, "schools": list(school_ids), "but": list(but)}
    return {row.school_id: row[1] for row in session.execute(_COUNTS, wanted)}


def enrolments_of(session: Session, person_id: int, *, now: datetime) -> list[tuple[Enrolment, Programme]]:
    """Where a person takes part, drafts left out, in the order of ``started_programmes``."""
    rows = session.execute(_ENROLMENTS_OF, {"person": person_id, "now": now})
    return [(row[0], row[1]) for row in rows]


def choose(
    found: Sequence[tuple[Enrolment, Programme]], programme_id: int
) -> tuple[Enrolment | None, list[Programme]]:
    """The enrolment in the programme that was asked for, else the first; and the other programmes."""
    chosen = next((pair for pair in found if pair[1].id == programme_id), found[0] if found else None)
    others = [programme for _enrolment, programme in found if chosen and programme.id != chosen[1].id]
    return (chosen[0] if chosen else None), others


def enrolment_of(session: Session, person_id: int, *, now: datetime) -> Enrolment | None:
    """A person's enrolment in the programme that concerns him now, where a request names none."""
    return next((enrolment for enrolment, _programme in enrolments_of(session, person_id, now=now)), None)


def enrolment_in(session: Session, person_id: int, *, programme_id: int) -> Enrolment | None:
    """A person's enrolment in a programme; None in a draft."""
    return session.scalar(_ENROLMENT_IN, {"person": person_id, "programme": programme_id})


def enrolment_at(session: Session, person_id: int, *, stage_id: int) -> Enrolment | None:
    """A person's enrolment in the programme of a stage; None in a draft."""
    return session.scalar(_ENROLMENT_AT, {"person": person_id, "stage": stage_id})


def versions_of(session: Session, programme_id: int) -> list[ProgrammeVersion]:
    """Every definition that was in force, newest first."""
    query = select(ProgrammeVersion).where(ProgrammeVersion.programme_id == programme_id)
    return list(session.scalars(query.order_by(ProgrammeVersion.version.desc()).limit(PAGE)))


def place_of_programme(session: Session, programme_id: int) -> Place:
    """Where a programme stands."""
    return place_in(get_programme(session, programme_id))


def place_in(programme: Programme, school_id: int | None = None) -> Place:
    """Where something of a programme stands: of all of it, or of one school."""
    draft = programme.status is ProgrammeStatus.DRAFT
    return Place(programme.agency_id, school_id, programme.id, draft=draft)


def place_of_stage(session: Session, stage_id: int) -> Place:
    """Where a stage stands."""
    row = _found(session.execute(_PLACE_OF_STAGE, {"stage": stage_id}).first())
    draft = row.status is ProgrammeStatus.DRAFT
    return Place(agency_id=row.agency_id, programme_id=row.programme_id, draft=draft)


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound(
            Text(
                "Data ini tidak ada atau sudah dipindahkan. Pekerjaan tetap aman. Mulai lagi dari beranda.",
                "This does not exist or has moved. Your work is safe. Start again from the home page.",
            )
        )
    return row


@lru_cache(maxsize=64)
def _parsed(_programme_id: int, _version: int, document: str) -> Definition:
    return parse(loads(document))


@cache
def _participants(of_schools: bool, by_id: bool) -> Select[Enrolment]:
    query = select(Enrolment).where(Enrolment.programme_id == bindparam("programme")).order_by(Enrolment.id)
    if of_schools:
        query = query.where(Enrolment.school_id.in_(bindparam("schools", expanding=True)))
    if by_id:
        query = query.where(Enrolment.id.in_(bindparam("ids", expanding=True)))
    return query


_STAGES = select(Stage).where(Stage.programme_id == bindparam("programme")).order_by(Stage.no)
_SESSIONS = (
    select(InServiceSession)
    .where(InServiceSession.stage_id.in_(bindparam("stages", expanding=True)))
    .order_by(InServiceSession.starts_at)
)
_SOME_SCHOOLS = select(ProgrammeSchool.school_id).where(
    ProgrammeSchool.programme_id == bindparam("programme"),
    ProgrammeSchool.school_id.in_(bindparam("schools", expanding=True)),
)
_MODELS = _SOME_SCHOOLS.where(ProgrammeSchool.kind == SchoolKind.MODEL)
_HOLD = _SOME_SCHOOLS.order_by(ProgrammeSchool.school_id).with_for_update(key_share=True)
_COUNTS = (
    select(Enrolment.school_id, func.count())
    .where(
        Enrolment.programme_id == bindparam("programme"),
        Enrolment.school_id.in_(bindparam("schools", expanding=True)),
        Enrolment.id.not_in(bindparam("but", expanding=True)),
    )
    .group_by(Enrolment.school_id)
)
_HAS_STARTED = Programme.status != ProgrammeStatus.DRAFT
_RUNS_NOW = exists().where(
    Stage.programme_id == Programme.id,
    Stage.opens_at <= bindparam("now"),
    Stage.closes_at > bindparam("now"),
)
_CONCERN = (
    (Programme.status == ProgrammeStatus.RUNNING).desc(),
    _RUNS_NOW.desc(),
    Programme.id.desc(),
)
_STARTED = (
    select(Programme)
    .where(Programme.agency_id.in_(bindparam("agencies", expanding=True)), _HAS_STARTED)
    .order_by(*_CONCERN)
    .limit(bindparam("most"))
)
_ENROLLED = (
    select(Enrolment)
    .join(Programme, Programme.id == Enrolment.programme_id)
    .where(Enrolment.person_id == bindparam("person"), _HAS_STARTED)
)
_ENROLMENTS_OF = _ENROLLED.add_columns(Programme).order_by(*_CONCERN).limit(PAGE)
_ENROLMENT_IN = _ENROLLED.where(Programme.id == bindparam("programme"))
_ENROLMENT_AT = _ENROLLED.join(Stage, Stage.programme_id == Programme.id).where(
    Stage.id == bindparam("stage")
)
_PROGRAMME_OF_STAGE = (
    select(Programme).join(Stage, Stage.programme_id == Programme.id).where(Stage.id == bindparam("stage"))
)
_PLACE_OF_STAGE = (
    select(Programme.agency_id, Programme.status, Stage.programme_id)
    .join(Stage, Stage.programme_id == Programme.id)
    .where(Stage.id == bindparam("stage"))
)
