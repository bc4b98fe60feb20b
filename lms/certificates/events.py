"""Facts of certificates."""

from lms.contract.events import EventType

ORDERED = "certificates.batch_ordered.v1"
ISSUED = "certificates.issued.v1"

EVENT_TYPES = (
    EventType(ORDERED, "Certificates were ordered. Payload: batch_id."),
    EventType(ISSUED, "A certificate has its number. Payload: certificate_id."),
)
