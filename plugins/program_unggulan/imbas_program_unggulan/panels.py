"""The panel on a school's board: where the flagship plan stands and how far its goals are."""

from flask import url_for
from sqlalchemy.orm import Session

from imbas_program_unggulan.documents import PLAN
from imbas_program_unggulan.i18n import _
from imbas_program_unggulan.measuring import goals_of
from lms.api import (
    Actor,
    DocumentLine,
    DocumentState,
    Panel,
    Place,
    contents_of,
    documents_of,
    locale,
    percentage,
)


def of_school(session: Session, actor: Actor, place: Place) -> tuple[Panel, ...]:
    """One panel for the school at ``place``; none where no school or programme is meant."""
    del actor  # whoever may see the school's board may see this
    if place.programme_id is None or place.school_id is None:
        return ()
    plans = documents_of(
        session, type_key=PLAN.key, programme_ids=[place.programme_id], school_ids=[place.school_id]
    )
    lines = _lines(session, plans[0]) if plans else [_("Rencana belum ditulis.")]
    return (
        Panel(
            title=_("Program unggulan"),
            lines=tuple(lines),
            href=url_for(
                "program_unggulan.board", programme_id=place.programme_id, school_id=place.school_id
            ),
            link_text=_("Buka program unggulan"),
        ),
    )


def _lines(session: Session, plan: DocumentLine) -> list[str]:
    words = {
        DocumentState.DRAFT: _("Rencana masih draf."),
        DocumentState.IN_REVIEW: _("Rencana menunggu telaah."),
        DocumentState.NEEDS_REVISION: _("Rencana perlu revisi."),
        DocumentState.ACCEPTED: _("Rencana diterima."),
    }
    lines = [": ".join(filter(None, (plan.title, words[plan.state])))]
    content = contents_of(session, PLAN, [plan])[plan.id]
    for goal in goals_of(session, plan.id, content).values():
        if goal.progress is not None:
            shown = percentage(goal.progress, locale(), 0)
            lines.append(_("%(goal)s: sudah %(share)s menuju target", goal=goal.values["goal"], share=shown))
    return lines
