"""Marking essays: points by the lines of the guide."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.assessment.mark_lock import lock_of
from lms.assessment.models import AnswerScore, Attempt, AttemptState, Mark, Quiz
from lms.assessment.quiz_versions import LoadedItem, items_of
from lms.assessment.score_attempts import score_attempt
from lms.contract.actors import Actor, Place
from lms.contract.errors import Conflict, Invalid
from lms.contract.parsing import parse_decimal
from lms.contract.text import Text, message
from lms.people import api as people
from lms.platform.audit import record
from lms.programmes import api as programmes


def waiting_for(actor: Actor) -> Select[int, datetime | None]:
    """(id, since) of the attempts that wait for this grader; a part of a larger query.

    A subquery and no join, so that a grader's few schools lead, not all that waits.
    """
    mine = people.school_filter(actor, "assessment.mark", programmes.Enrolment.school_id)
    return select(Attempt.id, Attempt.submitted_at.label("since")).where(
        Attempt.state == AttemptState.AWAITING_MARK,
        Attempt.enrolment_id.in_(select(programmes.Enrolment.id).where(mine)),
    )


def open_items(session: Session, attempt_id: int) -> tuple[LoadedItem, ...]:
    """The items of an attempt that a person marks, marked or not."""
    attempt = session.get_one(Attempt, attempt_id)
    by_person = set(
        session.scalars(
            select(AnswerScore.item_id).where(
                AnswerScore.attempt_id == attempt_id, AnswerScore.scorer == "person"
            )
        )
    )
    return tuple(item for item in items_of(session, attempt.quiz_id, attempt.edition) if item.id in by_person)


def marks_of(session: Session, attempt_id: int) -> dict[int, Mark]:
    """The marks that stand, by item."""
    return {row.item_id: row for row in session.scalars(select(Mark).where(Mark.attempt_id == attempt_id))}


def mark(
    session: Session,
    *,
    attempt_id: int,
    points: Mapping[int, Mapping[str, str]],
    comments: Mapping[int, str],
    actor_id: int,
    now: datetime,
) -> None:
    """Give points for every open item of an attempt and score it again.

    ``points`` maps an item to the points typed for each line of its guide. Raises Invalid when a
    line has no points or more than its maximum, Conflict when another grader has marked it; nothing
    is stored then. One's own marks may be given anew for five minutes; then a final result is locked.
    """
    attempt = session.get_one(Attempt, attempt_id, with_for_update=True)
    if attempt.state == AttemptState.IN_PROGRESS:
        raise Conflict(message("Kuis ini belum dikumpulkan. Tidak ada yang diubah."))
    known = marks_of(session, attempt_id)
    if any(row.marker_id != actor_id for row in known.values()):
        raise Conflict(
            message(
                "Uraian ini sudah dinilai penilai lain. Nilai Bapak/Ibu belum disimpan. Ambil yang berikutnya."
            )
        )
    locked = lock_of(session, attempt_id=attempt_id, now=now)
    if locked:
        raise locked
    faults: dict[str, Text] = {}
    for item in open_items(session, attempt_id):
        given = _checked(item, points.get(item.id, {}), faults)
        if faults:
            continue
        row = known.get(item.id)
        before = dict(row.criteria) if row else {}
        row = row or Mark(attempt_id=attempt_id, item_id=item.id, marked_at=now)
        row.criteria, row.comment = given, comments.get(item.id, "").strip()
        row.marker_id = actor_id  # and the time stays the first one: five minutes are not begun again
        session.add(row)
        record(
            session,
            actor_id=actor_id,
            action="assessment.mark",
            subject=("attempt", attempt_id),
            now=now,
            concerns=attempt.person_id,
            before=before,
            after=given,
        )
    if faults:
        raise Invalid(
            message("Belum disimpan. Beri poin untuk setiap aspek. Isian masih ada."),
            fields=faults,
        )
    session.flush()
    score_attempt(session, attempt_id=attempt_id, now=now)


def place_of_attempt(session: Session, attempt_id: int) -> Place:
    """Where an attempt stands, for graders and admins."""
    attempt = session.get(Attempt, attempt_id)
    enrolment = programmes.get_enrolment(session, attempt.enrolment_id if attempt else 0)
    programme = programmes.get_programme(session, enrolment.programme_id)
    return Place(programme.agency_id, enrolment.school_id, programme.id, enrolment.person_id)


def title_of(session: Session, attempt_id: int) -> Text:
    """The title of the attempt's quiz."""
    return session.scalars(
        select(Quiz.title).join(Attempt, Attempt.quiz_id == Quiz.id).where(Attempt.id == attempt_id)
    ).one()


def _checked(item: LoadedItem, typed: Mapping[str, str], faults: dict[str, Text]) -> dict[str, str]:
    given = {}
    for line in item.secret["guide"]:
        most = Decimal(str(line["max"]))
        number = parse_decimal(typed.get(line["code"], ""), low=Decimal(0), high=most)
        if number is None:
            faults[f"crit-{item.id}-{line['code']}"] = message(
                "%(aspect)s: poin 0 sampai %(max)s.", aspect=line["aspect"], max=line["max"]
            )
        else:
            given[str(line["code"])] = str(number)
    return given
