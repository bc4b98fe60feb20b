"""Where the people of a module work: a school in a programme. What plugins read of the core."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.errors import NotFound
from lms.contract.text import Text
from lms.modules.models import ModulePlacement
from lms.people import api as people
from lms.programmes import api as programmes


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
    draft: bool = False

    @property
    def place(self) -> Place:
        """Where this stands, for authorisation."""
        return Place(self.agency_id, self.school_id, self.programme_id, closed=self.closed, draft=self.draft)


def workplace(session: Session, *, programme_id: int, school_id: int) -> Workplace:
    """The school ``school_id`` in programme ``programme_id``; raises NotFound."""
    row = session.execute(
        _workplaces().where(programmes.Programme.id == programme_id, people.School.id == school_id)
    ).one_or_none()
    if row is None:
        raise NotFound(
            Text(
                "Sekolah ini tidak ada dalam program. Tidak ada pekerjaan yang hilang. Kembali ke beranda.",
                "This school is not in the programme. No work is lost. Go back to the home page.",
            )
        )
    return _workplace(row)


def place_of_workplace(session: Session, programme_id: int, school_id: int, **_more: Any) -> Place:
    """``place`` of a route under ``/<programme_id>/<school_id>``; raises NotFound."""
    return workplace(session, programme_id=programme_id, school_id=school_id).place


def workplaces_of_placement(
    session: Session, *, placement_id: int, school_ids: Iterable[int] | None, limit: int, offset: int = 0
) -> list[Workplace]:
    """Schools of the programme in which the module is placed, by name; all when ``school_ids`` is None."""
    query = (
        _workplaces()
        .join(programmes.Stage, programmes.Stage.programme_id == programmes.Programme.id)
        .join(ModulePlacement, ModulePlacement.stage_id == programmes.Stage.id)
        .where(ModulePlacement.id == placement_id)
        .order_by(people.School.name, people.School.id)
        .limit(limit)
        .offset(offset)
    )
    if school_ids is not None:
        query = query.where(people.School.id.in_(tuple(school_ids)))
    return [_workplace(row) for row in session.execute(query)]


def _workplaces() -> Select[*tuple[Any, ...]]:
    return (
        select(
            programmes.Programme.id,
            programmes.Programme.title,
            programmes.Programme.school_year,
            programmes.Programme.status,
            people.School.id.label("school_id"),
            people.School.name,
            people.School.npsn,
            people.School.agency_id,
        )
        .select_from(programmes.ProgrammeSchool)
        .join(programmes.Programme, programmes.Programme.id == programmes.ProgrammeSchool.programme_id)
        .join(people.School, people.School.id == programmes.ProgrammeSchool.school_id)
    )


def _workplace(row: Row[Any]) -> Workplace:
    return Workplace(
        programme_id=row.id,
        programme=row.title,
        school_year=row.school_year,
        closed=row.status is programmes.ProgrammeStatus.CLOSED,
        school_id=row.school_id,
        school=row.name,
        npsn=row.npsn,
        agency_id=row.agency_id,
        draft=row.status is programmes.ProgrammeStatus.DRAFT,
    )
