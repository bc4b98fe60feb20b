"""Where the objects of these pages stand, and how far the actor reaches there."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from lms.contract.actors import Place
from lms.contract.errors import NotFound
from lms.contract.text import message
from lms.people import api as people
from lms.programmes.definition.queries import place_in, place_of_programme
from lms.programmes.models import Programme, Stage
from lms.programmes.schedule.queries import programme_of_session, stages_of
from lms.web.routing import current_actor, may


def place_of_stage_no(session: Session, programme_id: int, no: int) -> Place:
    """The programme of a stage that is named by its number; NotFound for a number it lacks."""
    stage_by_no(session, programme_id, no)
    return place_of_programme(session, programme_id)


def stage_by_no(session: Session, programme_id: int, no: int) -> Stage:
    """The stage of a programme by number; raises NotFound."""
    for stage in stages_of(session, programme_id):
        if stage.no == no:
            return stage
    raise NotFound(
        message("Tahap ini tidak ada di program. Tidak ada yang berubah. Pilih tahap dari halaman program.")
    )


def own_agency(_session: Session) -> Place:
    """The agency whose programmes the actor makes; NotFound for everybody else."""
    agencies = people.reach(current_actor(), "programmes.edit").agency_ids
    if not agencies:
        raise NotFound(message("Halaman ini tidak ditemukan. Mulai lagi dari beranda."))
    return Place(agency_id=min(agencies))


def place_of_session(action: str) -> Callable[..., Place]:
    """For a route about one session: the agency, or the first school where the actor may ``action``.

    Pages behind it show and write only what ``schools_reached`` gives.
    """

    def place(session: Session, session_id: int) -> Place:
        programme = programme_of_session(session, session_id)
        schools = schools_reached(programme, action)
        return place_in(programme, min(schools) if schools else None)

    return place


def schools_reached(programme: Programme, action: str) -> frozenset[int] | None:
    """The schools where the actor may ``action`` in this programme; None means all of them."""
    if may(action, place_in(programme)):
        return None
    mine = {grant.school_id for grant in current_actor().grants if grant.agency_id == programme.agency_id}
    return frozenset(
        school_id
        for school_id in mine
        if school_id is not None and may(action, place_in(programme, school_id))
    )
