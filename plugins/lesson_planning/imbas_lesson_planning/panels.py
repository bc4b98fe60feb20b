"""Panels: a teacher's own plans on the home page, plans that wait on the school's board."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from imbas_lesson_planning import queries
from imbas_lesson_planning.rules import PlanState
from lms.api import Actor, Panel, Place, may, now


def of_school(session: Session, actor: Actor, place: Place) -> tuple[Panel, ...]:
    """How many plans of the school wait for a review; none where no school or programme is meant."""
    del actor  # whoever may see the school's board may see this count; the plans are for their readers
    if place.programme_id is None or place.school_id is None:
        return ()
    count = queries.waiting_count(session, programme_id=place.programme_id, school_id=place.school_id)
    line = (
        ngettext("%(num)s rencana menunggu telaah.", "%(num)s rencana menunggu telaah.", count)
        if count
        else _("Tidak ada rencana yang menunggu telaah.")
    )
    return (
        Panel(
            title=_("Rencana pembelajaran"),
            lines=(line,),
            href=url_for("lesson_planning.board", programme_id=place.programme_id, school_id=place.school_id)
            if may("lesson_planning.board", place)
            else "",
            link_text=_("Buka rencana pembelajaran"),
        ),
    )


def of_teacher(session: Session, actor: Actor, place: Place) -> tuple[Panel, ...]:
    """Where the teacher's plans stand; nothing before the module's stage has begun."""
    if place.programme_id is None or place.school_id is None:
        return ()
    own = queries.own_plans(
        session, programme_id=place.programme_id, school_id=place.school_id, person_id=actor.person_id
    )
    if not own and not queries.has_begun(session, programme_id=place.programme_id, now=now()):
        return ()
    words = {
        PlanState.NEEDS_REVISION: _("perlu revisi"),
        PlanState.DRAFT: _("masih draf"),
        PlanState.IN_REVIEW: _("menunggu telaah"),
        PlanState.ACCEPTED: _("diterima"),
    }
    urgent = sorted(own, key=lambda line: list(words).index(line.state))
    lines = [f"{line.title}: {words[line.state]}." for line in urgent[:3]] or [_("Belum ada rencana.")]
    return (
        Panel(
            title=_("Rencana pembelajaran saya"),
            lines=tuple(lines),
            href=url_for("lesson_planning.board", programme_id=place.programme_id, school_id=place.school_id),
            link_text=_("Buka rencana pembelajaran"),
        ),
    )
