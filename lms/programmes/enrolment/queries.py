"""Reading who takes part: schools and participants.

What the pages of a participant and the worker ask all the time are statements built once.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from lms.contract.paging import PAGE
from lms.people import api as people
from lms.platform.long_lists import among
from lms.programmes.definition.queries import BY_CONCERN, HAS_STARTED, must_exist
from lms.programmes.models import (
    Enrolment,
    Programme,
    ProgrammeSchool,
    SchoolKind,
    Stage,
)


def get_enrolment(session: Session, enrolment_id: int) -> Enrolment:
    """The enrolment; raises NotFound."""
    return must_exist(session.get(Enrolment, enrolment_id))


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


def sizes(session: Session, programme_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Schools and participants of each programme, in two queries."""
    schools = (
        select(ProgrammeSchool.programme_id, func.count())
        .where(among(ProgrammeSchool.programme_id, programme_ids))
        .group_by(ProgrammeSchool.programme_id)
    )
    people = (
        select(Enrolment.programme_id, func.count())
        .where(among(Enrolment.programme_id, programme_ids))
        .group_by(Enrolment.programme_id)
    )
    of_schools = {row[0]: row[1] for row in session.execute(schools)}
    of_people = {row[0]: row[1] for row in session.execute(people)}
    return {key: (of_schools.get(key, 0), of_people.get(key, 0)) for key in programme_ids}


def model_schools(session: Session, programme_id: int, school_ids: Sequence[int]) -> set[int]:
    """Which of some schools are model schools."""
    return set(session.scalars(_MODELS, {"programme": programme_id, "schools": list(school_ids)}))


def hold_schools(session: Session, programme_id: int, school_ids: Sequence[int]) -> None:
    """Keep others from evaluating these schools until the commit; SQLite has one writer anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(_HOLD, {"programme": programme_id, "schools": list(school_ids)})


def next_school_ids(session: Session, programme_id: int, *, after: int, most: int) -> list[int]:
    """The ``most`` schools whose ids follow ``after``: for work that goes through a programme some schools at a time."""
    wanted = {"programme": programme_id, "after": after, "most": most}
    return list(session.scalars(_NEXT_SCHOOLS, wanted))


def takes_part(session: Session, programme_id: int, school_id: int) -> bool:
    """Whether the school takes part in the programme."""
    return session.get(ProgrammeSchool, (programme_id, school_id)) is not None


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


@cache
def _participants(of_schools: bool, by_id: bool) -> Select[Enrolment]:
    query = select(Enrolment).where(Enrolment.programme_id == bindparam("programme")).order_by(Enrolment.id)
    if of_schools:
        query = query.where(among(Enrolment.school_id, bindparam("schools")))
    if by_id:
        query = query.where(among(Enrolment.id, bindparam("ids")))
    return query


_SOME_SCHOOLS = select(ProgrammeSchool.school_id).where(
    ProgrammeSchool.programme_id == bindparam("programme"),
    among(ProgrammeSchool.school_id, bindparam("schools")),
)
_NEXT_SCHOOLS = (
    select(ProgrammeSchool.school_id)
    .where(
        ProgrammeSchool.programme_id == bindparam("programme"), ProgrammeSchool.school_id > bindparam("after")
    )
    .order_by(ProgrammeSchool.school_id)
    .limit(bindparam("most"))
)
_MODELS = _SOME_SCHOOLS.where(ProgrammeSchool.kind == SchoolKind.MODEL)
_HOLD = _SOME_SCHOOLS.order_by(ProgrammeSchool.school_id).with_for_update(key_share=True)
_COUNTS = (
    select(Enrolment.school_id, func.count())
    .where(
        Enrolment.programme_id == bindparam("programme"),
        among(Enrolment.school_id, bindparam("schools")),
        ~among(Enrolment.id, bindparam("but")),
    )
    .group_by(Enrolment.school_id)
)
_ENROLLED = (
    select(Enrolment)
    .join(Programme, Programme.id == Enrolment.programme_id)
    .where(Enrolment.person_id == bindparam("person"), HAS_STARTED)
)
_ENROLMENTS_OF = _ENROLLED.add_columns(Programme).order_by(*BY_CONCERN).limit(PAGE)
_ENROLMENT_IN = _ENROLLED.where(Programme.id == bindparam("programme"))
_ENROLMENT_AT = _ENROLLED.join(Stage, Stage.programme_id == Programme.id).where(
    Stage.id == bindparam("stage")
)
