"""What issuing would do now: for whom, how many, under which numbers."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certificates.issuing import number_of, uncertified, year_of
from lms.certificates.models import Certificate, CertificateSeries
from lms.completion import api as completion
from lms.people import api as people
from lms.programmes import api as programmes


@dataclass(frozen=True, slots=True)
class Forecast:
    """``first`` and ``last`` are the numbers if the agency's other programmes issue nothing meanwhile.

    ``is_over``: whether the programme's last day has passed in its zone, without which nothing is issued.
    """

    people: int
    schools: int
    first: str
    last: str
    first_day: date
    last_day: date
    is_over: bool

    @property
    def count(self) -> int:
        """Certificates of people and of schools."""
        return self.people + self.schools


def forecast(session: Session, *, programme_id: int, now: datetime) -> Forecast:
    """What ordering would issue now; reads only."""
    programme = programmes.get_programme(session, programme_id)
    definition = programmes.definition_of(programme)
    waiting = waiting_for_one(session, programme)
    of_people = sum(enrolment_id is not None for _school_id, enrolment_id in waiting)
    return Forecast(
        people=of_people,
        schools=len(waiting) - of_people,
        first=next_number(session, programme, now),
        last=next_number(session, programme, now, after=max(len(waiting) - 1, 0)),
        first_day=definition.first_day,
        last_day=definition.last_day,
        is_over=definition.is_over(now),
    )


def waiting_for_one(session: Session, programme: programmes.Programme) -> list[tuple[int, int | None]]:
    """(school, enrolment) of everybody who is ready and has no certificate; people first, None is the school itself."""
    issued = select(Certificate.school_id, Certificate.enrolment_id).where(
        Certificate.programme_id == programme.id
    )
    have = {(school_id, enrolment_id) for school_id, enrolment_id in session.execute(issued)}
    without = uncertified(session, programme)
    ready = completion.programme_states(session, programme_id=programme.id, met=True)
    ready = [row for row in ready if row.enrolment_id not in without]
    school_ids = [school.id for school, _kind in programmes.schools_of(session, programme.id)]
    schools = completion.states_of_schools(session, programme_id=programme.id, school_ids=school_ids)
    ready += [row for row in schools if row.stage_id is None and row.met]
    pairs = [(row.school_id, row.enrolment_id) for row in ready]
    return [pair for pair in pairs if pair not in have]


def next_number(session: Session, programme: programmes.Programme, now: datetime, after: int = 0) -> str:
    """The number of the next certificate, or of the one ``after`` so many; nothing is given out."""
    agency = people.get_agency(session, programme.agency_id)
    definition = programmes.definition_of(programme)
    year = year_of(definition, now)
    series = session.get(CertificateSeries, (agency.id, year))
    seq = (series.next_no if series else 1) + after
    return number_of(definition, agency, year=year, seq=seq)
