"""Pages under /m/coaching: the schedule of a school, to read and on paper."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from imbas_coaching.permissions import VIEW
from imbas_coaching.schedule import schedule_of, to_docx
from lms.api import db, page, pdf_of, place_of_workplace, send_paper, workplace

bp = Blueprint("coaching", __name__, template_folder="templates")
ADDRESS = "/<int:programme_id>/<int:school_id>/jadwal"


@bp.get(ADDRESS)
@page(VIEW, place=place_of_workplace)
def schedule(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The rounds of a school."""
    found = _schedule(programme_id, school_id)
    here = {"programme_id": programme_id, "school_id": school_id}
    return render_template("coaching/schedule.html", schedule=found, here=here)


@bp.get(f"{ADDRESS}.pdf")
@page(VIEW, place=place_of_workplace)
def schedule_pdf(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The same on paper, to be put up on the school's wall."""
    found = _schedule(programme_id, school_id)
    return send_paper(
        pdf_of("imbas_coaching", "schedule.typ", found), f"{found['title']} {found['school']}.pdf"
    )


@bp.get(f"{ADDRESS}.docx")
@page(VIEW, place=place_of_workplace)
def schedule_docx(programme_id: int, school_id: int) -> ResponseReturnValue:
    """The same for a word processor."""
    found = _schedule(programme_id, school_id)
    return send_paper(to_docx(found), f"{found['title']} {found['school']}.docx")


def _schedule(programme_id: int, school_id: int) -> dict[str, Any]:
    at = workplace(db.session(), programme_id=programme_id, school_id=school_id)
    return schedule_of(db.session(), at)
