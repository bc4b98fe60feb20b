"""Panels: a teacher's own plans on the home page, plans that wait on the school's board."""

from flask import url_for
from sqlalchemy.orm import Session

from imbas_lesson_planning.documents import PLAN
from imbas_lesson_planning.i18n import _, ngettext
from imbas_lesson_planning.queries import has_begun
from lms.api import Actor, DocumentState, Panel, Place, documents_of, may, now, waiting_counts


def of_school(session: Session, actor: Actor, place: Place) -> tuple[Panel, ...]:
    """How many plans of the school wait for a review; none where no school or programme is meant."""
    del actor  # whoever may see the school's board may see this count; the plans are for their readers
    if place.programme_id is None or place.school_id is None:
        return ()
    count = waiting_counts(
        session, type_key=PLAN.key, programme_id=place.programme_id, school_ids=[place.school_id]
    ).get(place.school_id, 0)
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
    own = documents_of(
        session,
        type_key=PLAN.key,
        programme_ids=[place.programme_id],
        school_ids=[place.school_id],
        person_ids=[actor.person_id],
    )
    if not own and not has_begun(session, programme_id=place.programme_id, now=now()):
        return ()
    words = {
        DocumentState.NEEDS_REVISION: _("perlu revisi"),
        DocumentState.DRAFT: _("masih draf"),
        DocumentState.IN_REVIEW: _("menunggu telaah"),
        DocumentState.ACCEPTED: _("diterima"),
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
