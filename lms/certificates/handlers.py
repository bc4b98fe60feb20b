"""The worker issues ordered certificates and prints issued ones."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.certificates import api
from lms.certificates.batches import ISSUING, work_on
from lms.certificates.events import ISSUED, ORDERED
from lms.certificates.models import Certificate, CertificateState
from lms.certificates.printing import PRINTING
from lms.contract.events import EventHandler, Fact
from lms.contract.text import Text, message
from lms.people import api as people
from lms.platform.storage import StoredFile


def _issue(session: Session, fact: Fact, now: datetime) -> None:
    work_on(session, batch_id=int(fact.payload["batch_id"]), now=now)


def _make_pdf(session: Session, fact: Fact, _now: datetime) -> StoredFile | Text | None:
    return api.make_pdf(session, certificate_id=int(fact.payload["certificate_id"]))


def _print(session: Session, fact: Fact, _now: datetime, pdf: StoredFile | Text | None) -> None:
    api.print_certificate(session, certificate_id=int(fact.payload["certificate_id"]), pdf=pdf)


def _tell(session: Session, fact: Fact, now: datetime) -> None:
    row = session.get(Certificate, int(fact.payload["certificate_id"]))
    if row is None or row.person_id is None or row.state is not CertificateState.ISSUED:
        return
    people.notify(
        session,
        people=[row.person_id],
        key=f"certificates.issued.{row.id}",
        text=message("Sertifikat %(number)s sudah terbit.", number=row.number),
        href="/sertifikat/saya",
        now=now,
    )


HANDLERS = (
    EventHandler(ISSUING, ORDERED, _issue),
    EventHandler(PRINTING, ISSUED, _print, _make_pdf),
    EventHandler("certificates.tell", ISSUED, _tell),
)
