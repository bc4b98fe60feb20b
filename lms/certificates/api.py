"""Public interface of this domain: ready, order, issue, replace, revoke, verify."""

from lms.certificates.batches import (
    batch_of,
    order,
)
from lms.certificates.forecast import forecast
from lms.certificates.issuing import issue_one
from lms.certificates.models import Certificate, CertificateState
from lms.certificates.printing import make_pdf, print_certificate
from lms.certificates.reading import (
    certificates_of_person,
    certificates_of_programme,
)
from lms.certificates.roster import Roster, standing_counts, standings

__all__ = [
    "Certificate",
    "CertificateState",
    "Roster",
    "batch_of",
    "certificates_of_person",
    "certificates_of_programme",
    "forecast",
    "issue_one",
    "make_pdf",
    "order",
    "print_certificate",
    "standing_counts",
    "standings",
]
