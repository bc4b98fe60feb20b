"""Program: the list, one programme, one stage with what is due in it."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.contract.paging import pages
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import plugins, registry
from lms.programmes.attendance.attendance_sheet import people_by_school, totals
from lms.programmes.blueprint import bp
from lms.programmes.definition.queries import (
    definition_of,
    get_programme,
    place_in,
    place_of_programme,
    programmes_of_agencies,
)
from lms.programmes.enrolment.queries import schools_of, sizes
from lms.programmes.rules import stage_progress
from lms.programmes.schedule.deadline_history import history
from lms.programmes.schedule.deadline_targets import targets_of
from lms.programmes.schedule.queries import current_stage, sessions_of, stages_by_programme, stages_of
from lms.programmes.schedule.views.deadlines import names_in
from lms.programmes.schedule.views.route_scopes import place_of_stage_no, stage_by_no
from lms.web.paging import page_number, page_url
from lms.web.routing import SIGNED_IN, current_actor, may, page


@bp.get("/program")
@page(SIGNED_IN)
def index() -> ResponseReturnValue:
    """The programmes of one's own agency."""
    session, moment = db.session(), now()
    agencies = sorted(people.reach(current_actor(), "programmes.view").agency_ids)
    found = programmes_of_agencies(session, agencies) if agencies else []
    found = [programme for programme in found if may("programmes.view", place_in(programme))]
    ids = [programme.id for programme in found]
    stages = stages_by_programme(session, ids)
    return render_template(
        "programmes/index.html",
        programmes=found,
        sizes=sizes(session, ids),
        stages=stages,
        current={key: current_stage(rows, moment) for key, rows in stages.items()},
        may_create=bool(people.reach(current_actor(), "programmes.edit").agency_ids),
    )


@bp.get("/program/<int:programme_id>")
@page("programmes.view", place=place_of_programme)
def programme(programme_id: int) -> ResponseReturnValue:
    """One programme: stages with dates, schools, and links to everything else."""
    session, moment = db.session(), now()
    row = get_programme(session, programme_id)
    stages, place = stages_of(session, programme_id), place_in(row)
    number, search = page_number(), request.args.get("cari", "")[:80]
    schools = schools_of(session, programme_id, page=number, search=search)
    schools_in_all, people_in_all = sizes(session, [programme_id]).get(programme_id, (0, 0))
    panels = plugins().ask(
        "lms_panels", session=session, actor=current_actor(), slot="programme", place=place
    )
    return render_template(
        "programmes/programme.html",
        programme=row,
        stages=stages,
        definition=definition_of(row),
        progress={
            stage.id: stage_progress(stage.opens_at, stage.closes_at, moment).value for stage in stages
        },
        schools=schools,
        people=people_by_school(session, programme_id, [school.id for school, _kind in schools]),
        schools_in_all=schools_in_all,
        people_in_all=people_in_all,
        number=number,
        search=search,
        pages=pages(schools_in_all) if not search else 1,
        page_url=page_url("programmes.programme", programme_id=programme_id),
        panels=[panel for _name, some in panels for panel in some],
        place=place,
    )


@bp.get("/program/<int:programme_id>/tahap/<int:no>")
@page("programmes.view", place=place_of_stage_no)
def stage(programme_id: int, no: int) -> ResponseReturnValue:
    """One stage: sessions and their lists, materials, what is due when, and every moved deadline."""
    session, moment = db.session(), now()
    row = stage_by_no(session, programme_id, no)
    owner = get_programme(session, programme_id)
    spec = next(entry for entry in definition_of(owner).stages if entry.no == no)
    sessions = sessions_of(session, [row.id])
    targets = targets_of(spec)
    moves = history(session, stage_id=row.id)
    return render_template(
        "programmes/stage.html",
        programme=owner,
        stage=row,
        spec=spec,
        sessions=sessions,
        targets=targets,
        tallies=totals(
            session, programme_id=programme_id, session_ids=[entry.id for entry in sessions], school_ids=None
        ),
        modules=registry().module_types,
        moves=moves,
        titles={target.key: target for target in targets},
        **names_in(moves),
        progress=stage_progress(row.opens_at, row.closes_at, moment).value,
        place=place_in(owner),
    )
