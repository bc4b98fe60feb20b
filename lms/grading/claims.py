"""A lease on a piece: one statement takes it, so that of twenty graders one has it.

It keeps two people from reading the same piece; that a piece is decided once is kept by the piece
itself (``evidence.grade``, ``assessment.mark``).
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.contract.errors import Conflict
from lms.contract.text import message
from lms.contract.times import SKEW
from lms.grading.models import Kind, Lease

LASTS = timedelta(minutes=15)


def still_held(now: datetime) -> ColumnElement[bool]:
    """Whether a lease holds at ``now``. One that ends later than it can was taken while a clock was ahead."""
    return (Lease.until > now) & (Lease.until <= now + LASTS + SKEW)


def take(session: Session, *, kind: Kind, piece_id: int, grader_id: int, now: datetime) -> bool:
    """Take a piece, or one's own again, for 15 minutes; False while somebody else has it."""
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    row = {"kind": kind, "piece_id": piece_id, "grader_id": grader_id, "until": now + LASTS}
    taken = session.execute(
        insert(Lease)
        .values(row)
        .on_conflict_do_update(
            index_elements=[Lease.kind, Lease.piece_id],
            set_={"grader_id": grader_id, "until": now + LASTS},
            where=or_(~still_held(now), Lease.grader_id == grader_id),
        )
        .returning(Lease.piece_id)
    )
    return taken.first() is not None


def read_by_another(
    session: Session, *, kind: Kind, piece_id: int, grader_id: int, now: datetime
) -> datetime | None:
    """Until when somebody else reads a piece; None when nobody does."""
    return session.scalar(
        select(Lease.until).where(
            Lease.kind == kind,
            Lease.piece_id == piece_id,
            Lease.grader_id != grader_id,
            still_held(now),
        )
    )


def give_back(session: Session, *, kind: Kind, piece_id: int, grader_id: int, now: datetime) -> None:
    """Let a piece go that was decided; raises Conflict when it has gone to somebody else meanwhile."""
    if read_by_another(session, kind=kind, piece_id=piece_id, grader_id=grader_id, now=now):
        raise Conflict(
            message(
                "Penilai lain mengambil pekerjaan ini setelah 15 menit. Belum ada yang disimpan. "
                "Isian Bapak/Ibu masih ada di bawah. Ambil yang berikutnya."
            )
        )
    drop(session, kind=kind, piece_id=piece_id)


def drop(session: Session, *, kind: Kind, piece_id: int) -> None:
    """End one's lease on a piece."""
    session.execute(delete(Lease).where(Lease.kind == kind, Lease.piece_id == piece_id))
