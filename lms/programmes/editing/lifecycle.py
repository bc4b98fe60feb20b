"""Starting, closing and opening a programme again."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.contract.errors import Conflict
from lms.contract.text import message
from lms.platform.audit import record
from lms.programmes.definition.queries import get_programme
from lms.programmes.models import Programme, ProgrammeStatus

_NEXT = {
    ProgrammeStatus.DRAFT: ProgrammeStatus.RUNNING,
    ProgrammeStatus.RUNNING: ProgrammeStatus.CLOSED,
    ProgrammeStatus.CLOSED: ProgrammeStatus.RUNNING,
}
"""Whom participants have seen never becomes a draft again."""


def set_status(
    session: Session, *, programme_id: int, status: ProgrammeStatus, actor_id: int | None, now: datetime
) -> bool:
    """Start, close or open a programme; False when it stands so already. Raises Conflict for another way."""
    programme = session.get_one(Programme, programme_id, with_for_update=True)
    before = programme.status
    if before is status:
        return False
    if _NEXT[before] is not status:
        raise Conflict(
            message(
                "Keadaan program tidak dapat diubah seperti itu. Tidak ada yang diubah. Muat ulang halamannya."
            )
        )
    programme.status = status
    record(
        session,
        actor_id=actor_id,
        action="programmes.set_status",
        subject=("programme", programme_id),
        now=now,
        before={"status": before.value},
        after={"status": status.value},
    )
    return True


def refuse_closed(session: Session, programme_id: int) -> None:
    """Raise Conflict when the programme is closed: nothing is begun or handed in there."""
    if get_programme(session, programme_id).status is ProgrammeStatus.CLOSED:
        raise Conflict(
            message(
                "Program ini sudah ditutup, jadi tidak ada lagi yang dapat dikumpulkan. "
                "Yang sudah dikumpulkan aman; hasil dan sertifikat tetap dapat dibaca."
            )
        )
