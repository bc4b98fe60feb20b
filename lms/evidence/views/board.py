"""The school's board, and the link from it to a submission."""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.contract.actors import Place
from lms.contract.modules import Unit
from lms.evidence import api, assignments
from lms.evidence.assignments import own_enrolment, place_of_due
from lms.evidence.feedback import last_feedback
from lms.evidence.views.blueprint import bp
from lms.people import api as people
from lms.platform.clock import now
from lms.platform.db import db
from lms.platform.plugins import plugins
from lms.programmes import api as programmes
from lms.web.routing import command, current_actor, page


@bp.get("/papan/<int:programme_id>/<int:school_id>")
@page("evidence.board", place=api.place_of_board)
def board(programme_id: int, school_id: int) -> ResponseReturnValue:
    """What the school owes, stage by stage: what is missing, who acts, until when."""
    session = db.session()
    moment = now()
    place = api.place_of_board(session, programme_id, school_id)
    programme = programmes.get_programme(session, programme_id)
    stages = programmes.stages_of(session, programme_id)
    dues = [due for due in api.dues_of(session, [stage.id for stage in stages]) if due.unit is Unit.SCHOOL]
    current = programmes.current_stage(stages, moment)
    if not programmes.model_schools(session, programme_id, [school_id]):
        dues = [due for due in dues if not due.models_only]
    found = api.submissions_of(
        session, due_ids=[due.id for due in dues], school_ids=[school_id], enrolment_ids=[None]
    )
    moved = programmes.deadlines(session, programme_id=programme_id, school_ids=[school_id])
    due_at = {
        due.id: moved.due_at(
            stage_id=due.stage_id, school_id=school_id, target=due.deliverable_key, default=due.due_at
        )
        for due in dues
    }
    accepted = {row.due_id for row in found if row.status is api.SubmissionStatus.ACCEPTED}
    late = {
        due.stage_id
        for due in dues
        if due.mandatory
        and due.id not in accepted
        and due_at[due.id] <= moment
        and _is_over(due, stages, moment)
    }
    panels = plugins().ask(
        "lms_panels",
        session=session,
        actor=current_actor(),
        slot="school_board",
        place=place,
    )
    return render_template(
        "evidence/board.html",
        school=people.get_school(session, school_id),
        dues=dues,
        ordered=_ordered(stages, current, late),
        late=late,
        begun={stage.id for stage in stages if stage.opens_at <= moment},
        programme_id=programme_id,
        by_due={row.due_id: row for row in found},
        due_at=due_at,
        moment=moment,
        feedback=last_feedback(session, [row.id for row in found]),
        closed=programme.status is programmes.ProgrammeStatus.CLOSED,
        current=current,
        place=place,
        panels=[panel for _name, some in panels for panel in some],
    )


def _is_over(due: api.Assignment, stages: Sequence[programmes.Stage], now: datetime) -> bool:
    return any(stage.id == due.stage_id and stage.closes_at <= now for stage in stages)


def _ordered(
    stages: Sequence[programmes.Stage], current: programmes.Stage | None, late: Set[int]
) -> list[programmes.Stage]:
    """Stages that are over and not complete, then the one that runs, then the others."""

    def rank(stage: programmes.Stage) -> int:
        if stage.id in late:
            return 0
        return 1 if current is None or stage.id == current.id else 2

    return sorted(stages, key=rank)


@bp.post("/buka/<int:due_id>/<int:school_id>")
@command("evidence.upload", place=place_of_due)
def open_for_school(due_id: int, school_id: int) -> ResponseReturnValue:
    """Open (or begin) the school's submission."""
    row = api.open_submission(db.session(), due_id=due_id, school_id=school_id, enrolment_id=None, now=now())
    return redirect(url_for("evidence.submission", submission_id=row.id), 303)


def place_of_own_due(session: Any, due_id: int) -> Place:
    """A teacher's own product stands where the teacher is enrolled."""
    return assignments.place_of_own_due(session, due_id, current_actor().person_id)


@bp.post("/buka-sendiri/<int:due_id>")
@command("evidence.upload", place=place_of_own_due)
def open_own(due_id: int) -> ResponseReturnValue:
    """Open (or begin) one's own submission."""
    enrolment = own_enrolment(db.session(), due_id, current_actor().person_id)
    row = api.open_submission(
        db.session(), due_id=due_id, school_id=enrolment.school_id, enrolment_id=enrolment.id, now=now()
    )
    return redirect(url_for("evidence.submission", submission_id=row.id), 303)
