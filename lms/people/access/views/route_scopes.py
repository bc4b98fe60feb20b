"""Where the objects of these pages stand, for the routes' rules."""

from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.errors import NotFound
from lms.contract.text import message
from lms.people.access.authorisation_scope import place_in_school, place_of_person
from lms.people.access.authorise import reach
from lms.people.directory import schools
from lms.platform.clock import now
from lms.web.routing import current_actor


def place_of_school(session: Session, school_id: int) -> Place:
    """The school's own place."""
    return schools.place_of_school(session, school_id)


def place_of_account(session: Session, school_id: int, person_id: int) -> Place:
    """The place of somebody who works in the school; NotFound for everybody else."""
    return place_in_school(session, school_id, person_id, now=now())


def place_of_staff(session: Session, person_id: int, **_route: int) -> Place:
    """The place of a person of the agency."""
    found = place_of_person(session, person_id, now=now())
    return Place(agency_id=found.agency_id, person_id=person_id)


def own_agency(_session: Session) -> Place:
    """The agency of which the actor is an admin; NotFound for everybody else."""
    agencies = reach(current_actor(), "people.view_schools").agency_ids
    if not agencies:
        raise NotFound(message("Halaman ini tidak ditemukan."))
    return Place(agency_id=min(agencies))
