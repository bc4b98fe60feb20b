"""What is shown: who is ready or blocked, what was issued, whether a code is genuine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certificates.models import Certificate, CertificateState
from lms.certificates.rules import read_code
from lms.completion import api as completion
from lms.contract.actors import Place
from lms.contract.errors import NotFound
from lms.contract.text import Text
from lms.people import api as people
from lms.platform.storage import KeptFile
from lms.programmes import api as programmes


@dataclass(frozen=True, slots=True)
class Standing:
    """A participant or school (``person`` None) before issue: ready, or blocked with the reasons."""

    enrolment_id: int
    school: people.School
    person: people.Person | None
    ready: bool
    reasons: tuple[dict[str, str], ...]
    final: str
    certificate: Certificate | None


def standings(session: Session, *, programme_id: int, school_ids: Sequence[int]) -> list[Standing]:
    """Everybody of some schools, schools first; a fixed number of queries."""
    schools = people.schools_by_id(session, school_ids)
    rows = [
        row
        for row in completion.programme_states(session, programme_id=programme_id)
        if row.school_id in schools
    ]
    enrolments = {
        row.id: row
        for row in programmes.enrolments(session, programme_id=programme_id, school_ids=school_ids)
    }
    persons = people.persons_by_id(session, [row.person_id for row in enrolments.values()])
    issued = {
        (row.school_id, row.enrolment_id): row
        for row in session.scalars(
            select(Certificate).where(
                Certificate.programme_id == programme_id,
                Certificate.school_id.in_(school_ids),
                Certificate.state != CertificateState.REPLACED,
            )
        )
    }
    own = completion.states_of_schools(session, programme_id=programme_id, school_ids=school_ids)
    everything = [row for row in own if row.stage_id == 0] + rows
    return [
        Standing(
            row.enrolment_id, schools[row.school_id],
            persons[enrolments[row.enrolment_id].person_id] if row.enrolment_id in enrolments else None,
            row.met, tuple(row.reasons), str(row.scores.get("final", "")),
            issued.get((row.school_id, row.enrolment_id)),
        )
        for row in everything
    ]  # fmt: skip


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


def kept_files(session: Session) -> Iterator[KeptFile]:
    """Every printed certificate with the hash of its PDF (FAILURES K19)."""
    query = select(Certificate).where(Certificate.pdf_key != "").order_by(Certificate.id)
    for row in session.scalars(query.execution_options(yield_per=500)):
        yield KeptFile(f"Certificate {row.number}", row.pdf_key, None, row.pdf_sha256)


def certificates_of_person(session: Session, person_id: int) -> list[Certificate]:
    """A person's certificates, newest first."""
    query = select(Certificate).where(Certificate.person_id == person_id)
    return list(session.scalars(query.order_by(Certificate.id.desc())))


def place_of_certificate(session: Session, certificate_id: int) -> Place:
    """Where a certificate stands."""
    row = session.get(Certificate, certificate_id)
    if row is None:
        raise NotFound(
            Text(
                "Sertifikat ini tidak ditemukan. Sertifikat lain tetap aman. Mulai lagi dari beranda.",
                "This certificate was not found. Others are safe. Start again from the home page.",
            )
        )
    return Place(row.agency_id, row.school_id, row.programme_id, row.person_id)
