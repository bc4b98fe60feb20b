"""Numbers about many programmes at once, for lists."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.programmes.models import Enrolment, ProgrammeSchool, Stage


def sizes(session: Session, programme_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Schools and participants of each programme, in two queries."""
    schools = (
        select(ProgrammeSchool.programme_id, func.count())
        .where(ProgrammeSchool.programme_id.in_(programme_ids))
        .group_by(ProgrammeSchool.programme_id)
    )
    people = (
        select(Enrolment.programme_id, func.count())
        .where(Enrolment.programme_id.in_(programme_ids))
        .group_by(Enrolment.programme_id)
    )
    of_schools = {row[0]: row[1] for row in session.execute(schools)}
    of_people = {row[0]: row[1] for row in session.execute(people)}
    return {key: (of_schools.get(key, 0), of_people.get(key, 0)) for key in programme_ids}


def stages_by_programme(session: Session, programme_ids: Sequence[int]) -> dict[int, list[Stage]]:
    """The stages of each programme in order."""
    found: dict[int, list[Stage]] = {key: [] for key in programme_ids}
    query = select(Stage).where(Stage.programme_id.in_(programme_ids)).order_by(Stage.programme_id, Stage.no)
    for stage in session.scalars(query):
        found[stage.programme_id].append(stage)
    return found
