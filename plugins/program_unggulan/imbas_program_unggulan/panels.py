"""The panel on a school's board: where the flagship plan stands and how far its goals are."""

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from imbas_program_unggulan.models import FlagshipPlan
from imbas_program_unggulan.queries import progress_of
from imbas_program_unggulan.rules import PlanState
from lms.api import Actor, Panel, Place, percentage


def of_school(session: Session, actor: Actor, place: Place) -> tuple[Panel, ...]:
    """One panel for the school at ``place``; none where no school or programme is meant."""
    del actor  # whoever may see the school's board may see this
    if place.programme_id is None or place.school_id is None:
        return ()
    plan = session.scalar(
        select(FlagshipPlan).where(
            FlagshipPlan.programme_id == place.programme_id, FlagshipPlan.school_id == place.school_id
        )
    )
    address = url_for("program_unggulan.board", programme_id=place.programme_id, school_id=place.school_id)
    lines = _lines(plan) if plan else [_("Rencana belum ditulis.")]
    return (
        Panel(
            title=_("Program unggulan"),
            lines=tuple(lines),
            href=address,
            link_text=_("Buka program unggulan"),
        ),
    )


def _lines(plan: FlagshipPlan) -> list[str]:
    words = {
        PlanState.DRAFT: _("Rencana masih draf."),
        PlanState.IN_REVIEW: _("Rencana menunggu telaah."),
        PlanState.NEEDS_REVISION: _("Rencana perlu revisi."),
        PlanState.ACCEPTED: _("Rencana diterima."),
    }
    lines = [": ".join(filter(None, (plan.name, words[plan.state])))]
    for line in plan.lines:
        share = progress_of(line)
        if share is not None:
            shown = percentage(share, str(get_locale()), 0)
            lines.append(_("%(goal)s: sudah %(share)s menuju target", goal=line.goal, share=shown))
    return lines
