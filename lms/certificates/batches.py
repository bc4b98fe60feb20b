"""Issuing for everybody who is ready: ordered once, worked on in slices, stopped and resumed."""

import logging
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from lms.certificates.events import ORDERED
from lms.certificates.forecast import next_number, waiting_for_one
from lms.certificates.issuing import issue_one, refuse_early, refuse_shared_numbers
from lms.certificates.models import CertificateBatch, CertificateBatchLine
from lms.contract.errors import Conflict, ImbasError
from lms.contract.events import Fact
from lms.contract.text import Text, message, stored, text_of
from lms.people import api as people
from lms.platform.audit import record
from lms.platform.db import table_of
from lms.platform.outbox import emit, parked, retry_parked
from lms.programmes import api as programmes

log = logging.getLogger(__name__)

SLICE = 20
ISSUING = "certificates.issue"
"""The handler that issues."""


class Unconfirmed(Conflict):
    """Nobody has agreed to what would be issued now."""

    def __init__(self) -> None:
        super().__init__(
            message(
                "Belum ada yang diterbitkan. Jumlah atau nomornya berbeda dari yang ditampilkan tadi. "
                "Mohon periksa lagi, lalu terbitkan."
            )
        )


UNFORESEEN = message("Ada gangguan di server; keterangannya ada di catatan server.")


def order(
    session: Session, *, programme_id: int, actor_id: int, confirmed: tuple[int, str], now: datetime
) -> int:
    """Order a certificate for everybody who is ready and has none; the batch's id.

    ``confirmed`` is what the admin was told and agreed to: how many, and the first number. While a batch runs,
    ordering again gives that batch and goes on with it; of two admins at once the second one does so, too.
    Raises Conflict before the programme has ended, when nobody is ready, and for an agency whose numbers would
    not be its own; Unconfirmed when what was agreed to is no longer so.
    """
    session.get_one(programmes.Programme, programme_id, with_for_update={"key_share": True})
    running = batch_of(session, programme_id)
    if running and running.finished_at is None:
        _go_on(session, running, now)
        return running.id
    programme = programmes.get_programme(session, programme_id)
    refuse_shared_numbers(people.get_agency(session, programme.agency_id))
    refuse_early(programmes.definition_of(programme), now)
    waiting = waiting_for_one(session, programme)
    if not waiting:
        raise Conflict(
            message(
                "Belum ada peserta siap yang belum bersertifikat. Tidak ada yang diubah. Lihat daftar yang belum memenuhi syarat."
            )
        )
    if confirmed != (len(waiting), next_number(session, programme, now)):
        raise Unconfirmed
    batch = CertificateBatch(
        programme_id=programme_id,
        ordered_by=actor_id,
        ordered_at=now,
        total=len(waiting),
        done=0,
        stopped=False,
    )
    session.add(batch)
    session.flush()
    lines = [
        {
            "batch_id": batch.id,
            "position": position,
            "school_id": school_id,
            "enrolment_id": enrolment_id,
        }
        for position, (school_id, enrolment_id) in enumerate(waiting)
    ]
    session.execute(insert(_LINE), lines)
    record(
        session,
        actor_id=actor_id,
        action="certificates.order",
        subject=("programme", programme_id),
        now=now,
        after={"batch": batch.id, "total": len(waiting)},
    )
    _ask_for_more(session, batch.id, now)
    return batch.id


def work_on(session: Session, *, batch_id: int, now: datetime) -> None:
    """Issue the next slice of a batch and ask for another; after a kill the rest goes on.

    Whom a rule or a plugin refuses is noted with the reason, and the others go on. A fault of the database or
    of the machine is nobody's: it is raised, nothing of the slice stays, and the worker tries the slice again.
    """
    batch = session.get_one(CertificateBatch, batch_id, with_for_update=True)
    if batch.stopped or batch.finished_at is not None:
        return
    taken = session.execute(_WAITING.limit(SLICE), {"batch": batch_id}).all()
    for position, school_id, enrolment_id in taken:
        line = (_LINE.c.batch_id == batch_id, _LINE.c.position == position)
        try:
            with session.begin_nested():
                issue_one(
                    session,
                    programme_id=batch.programme_id,
                    school_id=school_id,
                    enrolment_id=enrolment_id,
                    actor_id=batch.ordered_by,
                    now=now,
                )
                session.execute(delete(_LINE).where(*line))
        except (MemoryError, OperationalError, InterfaceError, OSError):
            raise
        except Exception as error:
            reason = error.text if isinstance(error, ImbasError) else UNFORESEEN
            if reason is UNFORESEEN:
                log.exception(
                    "certificate of school %s, enrolment %s was not issued", school_id, enrolment_id
                )
            problem = stored(reason)
            session.execute(update(_LINE).where(*line).values(problem=problem))
    batch.done += len(taken)
    if len(taken) == SLICE:
        _ask_for_more(session, batch_id, now)
    else:
        batch.finished_at = now


def stop(session: Session, *, batch_id: int) -> None:
    """Stop a batch after the slice at work."""
    session.get_one(CertificateBatch, batch_id, with_for_update=True).stopped = True


def resume(session: Session, *, batch_id: int, now: datetime) -> None:
    """Go on with a stopped batch."""
    batch = session.get_one(CertificateBatch, batch_id, with_for_update=True)
    if batch.finished_at is None:
        _go_on(session, batch, now)


def _go_on(session: Session, batch: CertificateBatch, now: datetime) -> None:
    """Ask the worker for the rest, also when it has given up; being asked twice is harmless."""
    batch.stopped = False
    retry_parked(session, handler=ISSUING, now=now)
    _ask_for_more(session, batch.id, now)


def _ask_for_more(session: Session, batch_id: int, now: datetime) -> None:
    emit(session, Fact(ORDERED, now, {"batch_id": batch_id}))


def has_given_up(session: Session, batch: CertificateBatch | None) -> bool:
    """Whether the worker has stopped trying to go on with a batch that runs."""
    runs = batch is not None and batch.finished_at is None and not batch.stopped
    return runs and bool(parked(session, 1, handler=ISSUING))


def problems_of(session: Session, batch: CertificateBatch | None) -> list[tuple[str, Text]]:
    """Whom a batch left without a certificate, by name, and why."""
    if batch is None:
        return []
    rows = session.execute(_PROBLEMS, {"batch": batch.id})
    return [(person.display_name if person else school, text_of(problem)) for problem, school, person in rows]


def batch_of(session: Session, programme_id: int) -> CertificateBatch | None:
    """The newest batch."""
    return session.scalar(
        select(CertificateBatch)
        .where(CertificateBatch.programme_id == programme_id)
        .order_by(CertificateBatch.id.desc())
        .limit(1)
    )


_LINE = table_of(CertificateBatchLine)
_OF_BATCH = _LINE.c.batch_id == bindparam("batch")
_WAITING = (
    select(_LINE.c.position, _LINE.c.school_id, _LINE.c.enrolment_id)
    .where(_OF_BATCH, _LINE.c.problem.is_(None))
    .order_by(_LINE.c.position)
)
_PROBLEMS = (
    select(_LINE.c.problem, people.School.name, people.Person)
    .select_from(_LINE)
    .join(people.School, people.School.id == _LINE.c.school_id)
    .outerjoin(programmes.Enrolment, programmes.Enrolment.id == _LINE.c.enrolment_id)
    .outerjoin(people.Person, people.Person.id == programmes.Enrolment.person_id)
    .where(_OF_BATCH, _LINE.c.problem.is_not(None))
    .order_by(_LINE.c.position)
)
