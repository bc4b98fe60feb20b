"""Panels: a teacher's cards and those of colleagues that wait; analysed quizzes of a programme."""

from flask import url_for
from sqlalchemy.orm import Session

from imbas_hots_assessment import analysis
from imbas_hots_assessment.blueprint import share_of
from imbas_hots_assessment.documents import CARD
from imbas_hots_assessment.i18n import _
from lms.api import Actor, Panel, Place, may, own_documents, quizzes_of_programme, waiting_counts


def of_teacher(session: Session, actor: Actor, place: Place) -> tuple[Panel, ...]:
    """One panel, once there is something of one's own or a colleague's to look at."""
    if place.programme_id is None or place.school_id is None:
        return ()
    cards = own_documents(
        session,
        CARD,
        programme_id=place.programme_id,
        school_id=place.school_id,
        person_id=actor.person_id,
    )
    own = share_of((line.state, content) for line, content in cards)
    waiting = waiting_counts(
        session,
        type_key=CARD.key,
        programme_id=place.programme_id,
        school_ids=[place.school_id],
        without_person=actor.person_id,
    ).get(place.school_id, 0)
    if not own.cards and not waiting:
        return ()
    lines = [_("Kartu Bapak/Ibu: %(cards)s, di antaranya %(high)s C4-C6", cards=own.cards, high=own.high)]
    if waiting:
        lines.append(_("Kartu rekan yang menunggu telaah: %(count)s", count=waiting))
    href = url_for("hots_assessment.board", programme_id=place.programme_id, school_id=place.school_id)
    return (
        Panel(
            title=_("Kisi-kisi dan kartu soal"),
            lines=tuple(lines),
            href=href,
            link_text=_("Buka kartu soal"),
        ),
    )


def of_programme(session: Session, place: Place) -> tuple[Panel, ...]:
    """One panel for whoever may see item analyses, once the programme has quizzes."""
    if place.programme_id is None or not may("hots_assessment.analyse", place):
        return ()
    quizzes = quizzes_of_programme(session, place.programme_id)
    if not quizzes:
        return ()
    done = len(analysis.stored(session, place.programme_id))
    return (
        Panel(
            title=_("Analisis butir"),
            lines=(_("Sudah dihitung: %(done)s dari %(count)s kuis", done=done, count=len(quizzes)),),
            href=url_for("hots_assessment.analyses", programme_id=place.programme_id),
            link_text=_("Buka analisis butir"),
        ),
    )
