"""The head of a teacher's blueprint: read, stored, and its form. Nobody commits here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from imbas_hots_assessment.i18n import message
from imbas_hots_assessment.models import Blueprint
from imbas_hots_assessment.rules import Share, share
from lms.api import Actor, Conflict, DocumentContent, DocumentState, Form, Workplace, compare_and_set

HEAD_FIELDS = ("version", "subject", "grade", "curriculum", "minutes")
ROW, ITEM = "row", "item"
"""The parts of a card: its row of the blueprint, and the item itself."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is typed into the head. ``minutes``: working time, 1 to 600, or None."""

    subject: str
    grade: str
    curriculum: str
    minutes: int | None


def blueprint_of(session: Session, *, programme_id: int, school_id: int, person_id: int) -> Blueprint | None:
    """The head of a teacher's blueprint at a school in a programme, if begun."""
    return session.scalar(
        select(Blueprint).where(
            Blueprint.programme_id == programme_id,
            Blueprint.school_id == school_id,
            Blueprint.person_id == person_id,
        )
    )


def save_head(
    session: Session, *, at: Workplace, version: int, head: Head, actor: Actor, now: datetime
) -> Blueprint:
    """Store the head of one's own blueprint; ``version`` as read, 0 for none. Raises Conflict."""
    place = {"programme_id": at.programme_id, "school_id": at.school_id, "person_id": actor.person_id}
    stored = blueprint_of(session, **place)
    if stored is not None:
        compare_and_set(session, stored, Blueprint.version, seen=version, conflict=_moved_on())
    elif version != 0:
        raise _moved_on()
    else:
        stored = Blueprint(**place, version=1)
        session.add(stored)
    stored.subject, stored.grade = head.subject, head.grade
    stored.curriculum, stored.minutes = head.curriculum, head.minutes
    stored.updated_at = now
    session.flush()
    return stored


def head_form(blueprint: Blueprint | None) -> Form:
    """The stored head, or an empty form."""
    if blueprint is None:
        return Form({"version": "0"})
    return Form(
        {
            "version": str(blueprint.version),
            "subject": blueprint.subject,
            "grade": blueprint.grade,
            "curriculum": blueprint.curriculum,
            "minutes": "" if blueprint.minutes is None else str(blueprint.minutes),
        }
    )


def read_head(form: Form) -> Head:
    """What was typed; faults go to ``form.errors``. The subject must be written."""
    subject = form.text("subject", 120)
    if not subject:
        form.errors["subject"] = message("Tulis mata pelajaran atau tema.")
    minutes = form.whole("minutes")
    if form.values.get("minutes", "").strip() and (minutes is None or not 1 <= minutes <= 600):
        form.errors["minutes"] = message("Tulis menit sebagai bilangan 1 sampai 600.")
    return Head(subject, form.text("grade", 60), form.text("curriculum", 60), minutes)


def share_of(cards: Iterable[tuple[DocumentState, DocumentContent]]) -> Share:
    """The share of C4-C6 among cards; one that is to be replaced by another counts no more."""
    return share(
        content.values(ROW).get("bloom", "")
        for state, content in cards
        if state is not DocumentState.REJECTED
    )


def _moved_on() -> Conflict:
    return Conflict(
        message(
            "Isian ini baru saja berubah di tempat lain. Yang Bapak/Ibu ketik masih ada di bawah. "
            "Bandingkan dengan yang tersimpan, lalu simpan lagi."
        )
    )
