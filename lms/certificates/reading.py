"""What was issued, and whether a code is genuine."""

from collections.abc import Iterator

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.certificates.models import Certificate
from lms.certificates.rules import read_code
from lms.contract.actors import Place
from lms.contract.errors import NotFound
from lms.contract.text import message
from lms.platform.storage import KeptFile
from lms.platform.transaction import streaming


def verify(session: Session, typed: str) -> Certificate | None:
    """The certificate with this code, whatever its state; None for an unknown one."""
    return session.scalar(select(Certificate).where(Certificate.code == read_code(typed)))


def certificates_of_programme(
    session: Session, *, programme_id: int, school_id: int | None = None
) -> list[Certificate]:
    """Everything issued, by number."""
    query = select(Certificate).where(Certificate.programme_id == programme_id)
    if school_id is not None:
        query = query.where(Certificate.school_id == school_id)
    return list(session.scalars(query.order_by(Certificate.year, Certificate.seq)))


def kept_files(prefix: str = "") -> Iterator[KeptFile]:
    """Printed certificates whose key begins with ``prefix``, with the hash of its PDF (requirement K19)."""
    query = select(Certificate.number, Certificate.pdf_key, Certificate.pdf_sha256)
    query = query.where(Certificate.pdf_key != "", Certificate.pdf_key.startswith(prefix, autoescape=True))
    for row in streaming(query.order_by(Certificate.id)):
        yield KeptFile(f"Certificate {row.number}", row.pdf_key, None, row.pdf_sha256)


def certificates_of_person(session: Session, person_id: int) -> list[Certificate]:
    """A person's certificates, newest first."""
    return list(session.scalars(_OF_PERSON, {"person": person_id}))


def place_of_certificate(session: Session, certificate_id: int) -> Place:
    """Where a certificate stands."""
    row = session.get(Certificate, certificate_id)
    if row is None:
        raise NotFound(
            message("Sertifikat ini tidak ditemukan. Sertifikat lain tetap aman. Mulai lagi dari beranda.")
        )
    return Place(row.agency_id, row.school_id, row.programme_id, row.person_id)


_OF_PERSON = (
    select(Certificate).where(Certificate.person_id == bindparam("person")).order_by(Certificate.id.desc())
)
