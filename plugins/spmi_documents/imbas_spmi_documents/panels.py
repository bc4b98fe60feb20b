"""The panel on a school's board: how far report, mapping, plan and checklist are."""

from flask import url_for
from sqlalchemy.orm import Session

from imbas_spmi_documents import checklist_answers, queries
from imbas_spmi_documents.i18n import _
from lms.api import Actor, Panel, Place, figure, locale


def of_school(session: Session, actor: Actor, place: Place) -> tuple[Panel, ...]:
    """One panel for the school at ``place``; none where no school or programme is meant."""
    del actor  # whoever may see the school's board may see these counts
    if place.programme_id is None or place.school_id is None:
        return ()
    school = {"programme_id": place.programme_id, "school_id": place.school_id}
    board = queries.board(session, **school)
    checklist = checklist_answers.school_total(session, **school)
    facts = board.facts
    lines = [_("Rapor mutu: %(count)s dari 8 standar terisi", count=facts["standards"])]
    if board.mean is not None and board.band is not None:
        lines.append(
            _(
                "Rata-rata %(mean)s, %(band)s",
                mean=figure(board.mean, locale(), 2),
                band=board.band.label.in_(locale()),
            )
        )
    lines.append(_("Masalah dipetakan lengkap: %(count)s", count=facts["problems"]))
    lines.append(_("Sudah punya rencana lengkap: %(count)s", count=facts["planned"]))
    lines.append(_("Daftar periksa: %(count)s dari %(of)s", count=checklist.complete, of=checklist.of))
    return (
        Panel(
            title=_("Rapor mutu dan rencana"),
            lines=tuple(lines),
            href=url_for("spmi_documents.board", programme_id=place.programme_id, school_id=place.school_id),
            link_text=_("Buka papan rencana"),
        ),
    )
