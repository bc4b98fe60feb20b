"""The panel on a school's board: plans that wait for a review."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from imbas_lesson_planning import reading
from lms.api import Actor, Panel, Place


def of_school(session: Session, actor: Actor, place: Place) -> tuple[Panel, ...]:
    """How many plans of the school wait for a review; none where no school or programme is meant."""
    del actor  # whoever may see the school's board may see this count
    if place.programme_id is None or place.school_id is None:
        return ()
    count = reading.waiting_count(session, programme_id=place.programme_id, school_id=place.school_id)
    line = (
        _("%(count)s rencana menunggu telaah.", count=count)
        if count
        else _("Tidak ada rencana yang menunggu telaah.")
    )
    return (
        Panel(
            title=_("Rencana pembelajaran"),
            lines=(line,),
            href=url_for("lesson_planning.board", programme_id=place.programme_id, school_id=place.school_id),
            link_text=_("Buka rencana pembelajaran"),
        ),
    )
