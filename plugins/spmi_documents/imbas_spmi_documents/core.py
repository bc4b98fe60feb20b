"""What this plugin reads of published core tables: ids, names and states, nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Row, Select, column, select, table
from sqlalchemy.orm import Session

from lms.api import NotFound, Place, Text

_school = table("school", column("id"), column("agency_id"), column("name"), column("npsn"))
_programme = table("programme", column("id"), column("title"), column("school_year"), column("status"))
_member = table("programme_school", column("programme_id"), column("school_id"))
_placement = table("module_placement", column("id"), column("stage_id"))
_stage = table("stage", column("id"), column("programme_id"))
_person = table("person", column("id"), column("full_name"))


@dataclass(frozen=True, slots=True)
class Workplace:
    """A school in a programme: where its documents are written."""

    programme_id: int
    programme: str
    school_year: str
    closed: bool
    school_id: int
    school: str
    npsn: str
    agency_id: int

    @property
    def place(self) -> Place:
        """Where this stands, for authorisation."""
        return Place(agency_id=self.agency_id, school_id=self.school_id, programme_id=self.programme_id)


def workplace(session: Session, *, programme_id: int, school_id: int) -> Workplace:
    """The school ``school_id`` in programme ``programme_id``; raises NotFound."""
    row = session.execute(
        _workplaces().where(_programme.c.id == programme_id, _school.c.id == school_id)
    ).one_or_none()
    if row is None:
        raise NotFound(
            Text(
                "Sekolah ini tidak ada dalam program. Tidak ada pekerjaan yang hilang. Kembali ke beranda.",
                "This school is not in the programme. No work is lost. Go back to the home page.",
            )
        )
    return _workplace(row)


def place_of_workplace(session: Session, programme_id: int, school_id: int, **_more: int) -> Place:
    """``place`` of every route under a school; raises NotFound."""
    return workplace(session, programme_id=programme_id, school_id=school_id).place


def workplaces_of_placement(
    session: Session, *, placement_id: int, school_ids: Iterable[int] | None, limit: int, offset: int = 0
) -> list[Workplace]:
    """Schools of the programme in which the module is placed, by name; all when ``school_ids`` is None."""
    query = (
        _workplaces()
        .join(_stage, _stage.c.programme_id == _programme.c.id)
        .join(_placement, _placement.c.stage_id == _stage.c.id)
        .where(_placement.c.id == placement_id)
        .order_by(_school.c.name, _school.c.id)
        .limit(limit)
        .offset(offset)
    )
    if school_ids is not None:
        query = query.where(_school.c.id.in_(tuple(school_ids)))
    return [_workplace(row) for row in session.execute(query)]


def place_of_placement(session: Session, placement_id: int) -> Place:
    """The programme in which the module is placed; raises NotFound."""
    found = session.execute(
        select(_stage.c.programme_id)
        .join(_placement, _placement.c.stage_id == _stage.c.id)
        .where(_placement.c.id == placement_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(
            Text(
                "Materi ini tidak ada lagi dalam program. Kembali ke beranda.",
                "This module is no longer in the programme. Go back to the home page.",
            )
        )
    return Place(programme_id=int(found))


def person_name(session: Session, person_id: int | None) -> str:
    """The name of a person; empty when nobody is meant or the person was forgotten."""
    if person_id is None:
        return ""
    return (
        session.execute(select(_person.c.full_name).where(_person.c.id == person_id)).scalar_one_or_none()
        or ""
    )


def _workplaces() -> Select[tuple[object, ...]]:
    return (
        select(
            _programme.c.id, _programme.c.title, _programme.c.school_year, _programme.c.status,
            _school.c.id.label("school_id"), _school.c.name, _school.c.npsn, _school.c.agency_id,
        )
        .select_from(_member)
        .join(_programme, _programme.c.id == _member.c.programme_id)
        .join(_school, _school.c.id == _member.c.school_id)
    )  # fmt: skip


def _workplace(row: Row[tuple[object, ...]]) -> Workplace:
    return Workplace(
        programme_id=row.id,
        programme=row.title,
        school_year=row.school_year,
        closed=row.status == "closed",
        school_id=row.school_id,
        school=row.name,
        npsn=row.npsn,
        agency_id=row.agency_id,
    )
