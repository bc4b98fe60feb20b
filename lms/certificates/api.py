"""The door of this domain: ready, order, issue, replace, revoke, verify."""

from lms.certificates.batches import batch_of, order, resume, stop, work_on
from lms.certificates.events import ISSUED, ORDERED
from lms.certificates.issuing import issue_again, issue_one, make_pdf, print_certificate, replace, revoke
from lms.certificates.models import Certificate, CertificateBatch, CertificateState
from lms.certificates.reading import (
    certificates_of_person,
    certificates_of_programme,
    kept_files,
    place_of_certificate,
    printing,
    verify,
)
from lms.certificates.rules import shown_code
from lms.certificates.standings import Shelf, Standing, standing_counts, standings

__all__ = [
    "ISSUED",
    "ORDERED",
    "Certificate",
    "CertificateBatch",
    "CertificateState",
    "Shelf",
    "Standing",
    "batch_of",
    "certificates_of_person",
    "certificates_of_programme",
    "issue_again",
    "issue_one",
    "kept_files",
    "make_pdf",
    "order",
    "place_of_certificate",
    "print_certificate",
    "printing",
    "replace",
    "resume",
    "revoke",
    "shown_code",
    "standing_counts",
    "standings",
    "stop",
    "verify",
    "work_on",
]
