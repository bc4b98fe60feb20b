"""The door of this domain: ready, order, issue, replace, revoke, verify."""

from lms.certificates.batches import (
    Unconfirmed,
    batch_of,
    has_given_up,
    order,
    problems_of,
    resume,
    stop,
    work_on,
)
from lms.certificates.events import ISSUED, ORDERED
from lms.certificates.forecast import Forecast, forecast
from lms.certificates.issuing import issue_again, issue_one, replace, revoke
from lms.certificates.models import Certificate, CertificateBatch, CertificateState
from lms.certificates.printing import make_pdf, print_again, print_certificate, printing
from lms.certificates.reading import (
    certificates_of_person,
    certificates_of_programme,
    kept_files,
    place_of_certificate,
    verify,
)
from lms.certificates.roster import Roster, RosterRow, standing_counts, standings
from lms.certificates.rules import shown_code

__all__ = [
    "ISSUED",
    "ORDERED",
    "Certificate",
    "CertificateBatch",
    "CertificateState",
    "Forecast",
    "Roster",
    "RosterRow",
    "Unconfirmed",
    "batch_of",
    "certificates_of_person",
    "certificates_of_programme",
    "forecast",
    "has_given_up",
    "issue_again",
    "issue_one",
    "kept_files",
    "make_pdf",
    "order",
    "place_of_certificate",
    "print_again",
    "print_certificate",
    "printing",
    "problems_of",
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
