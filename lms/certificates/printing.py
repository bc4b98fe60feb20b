"""Certificates on paper: set and stored, tried again, and what stands in the way."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, cast, func, select
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Session

from lms.certificates.events import ISSUED
from lms.certificates.models import Certificate, CertificateState
from lms.certificates.pdf import Unprintable, render
from lms.certificates.rules import shown_code
from lms.contract.events import Fact
from lms.contract.text import Text, stored
from lms.platform.application import platform
from lms.platform.outbox import emit, parked, retry_parked
from lms.platform.storage import StoredFile, storage
from lms.platform.storage_check import remember

PRINTING = "certificates.print"
"""The handler that prints."""
NAMED = 20
"""Certificates that cannot be set are shown with name and reason, so many of them."""


@dataclass(frozen=True, slots=True)
class Printing:
    """Valid certificates, those with a file, those that cannot be set, and whether the worker has given up some."""

    printed: int
    valid: int
    stuck: int
    problems: tuple[Certificate, ...]
    given_up: bool

    @property
    def is_done(self) -> bool:
        """Whether nothing more will come by itself."""
        return self.printed + self.stuck >= self.valid


def print_again(session: Session, *, programme_id: int, now: datetime) -> int:
    """Have certificates printed that could not be set, or that the worker has given up; how many were unset."""
    retry_parked(session, handler=PRINTING, now=now)
    rows = session.scalars(select(Certificate).where(*_valid(programme_id), _unset())).all()
    for row in rows:
        row.pdf_problem = {}
        emit(session, Fact(ISSUED, now, {"certificate_id": row.id}))
    return len(rows)


def make_pdf(session: Session, *, certificate_id: int) -> StoredFile | Text | None:
    """Render and store the PDF, before the transaction that writes it down; None when there is one already.

    Of a certificate that cannot be set the reason, for the admin: it is made again when asked for. A fault of the
    machine or the store is raised, and the worker tries again by itself.
    """
    row = session.get_one(Certificate, certificate_id)
    key, snapshot, number = row.pdf_key, row.snapshot, row.number
    code, address = shown_code(row.code), address_of(row)
    session.rollback()
    if key and storage().exists(key):
        return None
    try:
        body = render(snapshot, number=number, code=code, address=address)
    except Unprintable as fault:
        return fault.text
    return storage().put(body, suffix="pdf")


def print_certificate(session: Session, *, certificate_id: int, pdf: StoredFile | Text | None) -> None:
    """Write down the stored PDF and its hash, or why there is none; with None it has one already."""
    if pdf is None:
        return
    row = session.get_one(Certificate, certificate_id, with_for_update=True)
    if isinstance(pdf, Text):
        row.pdf_problem = stored(pdf)
        return
    row.pdf_key, row.pdf_sha256, row.pdf_problem = pdf.key, pdf.sha256, {}
    remember(session, pdf, what=f"Certificate {row.number}", now=row.issued_at)


def address_of(row: Certificate) -> str:
    """What the QR opens."""
    return f"{platform().settings.public_url}/v/{row.code}"


def printing(session: Session, programme_id: int) -> Printing:
    """How far the printing of a programme's valid certificates is."""
    unset = _unset()
    total, printed, stuck = session.execute(
        select(
            func.count(), func.count().filter(Certificate.pdf_key != ""), func.count().filter(unset)
        ).where(*_valid(programme_id))
    ).one()
    rows: list[Certificate] = []
    if stuck:
        query = select(Certificate).where(*_valid(programme_id), unset)
        rows = list(session.scalars(query.order_by(Certificate.year, Certificate.seq).limit(NAMED)))
    given_up = bool(printed + stuck < total and parked(session, 1, handler=PRINTING))
    return Printing(printed, total, stuck, tuple(rows), given_up)


def _valid(programme_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Certificate.programme_id == programme_id, Certificate.state == CertificateState.ISSUED)


def _unset() -> ColumnElement[bool]:
    return and_(Certificate.pdf_key == "", cast(Certificate.pdf_problem, SqlText) != "{}")
