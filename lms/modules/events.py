"""Facts of modules."""

from lms.contract.events import EventType

MATERIAL_READ = "modules.material_read.v1"

EVENT_TYPES = (
    EventType(
        MATERIAL_READ,
        "A participant has read a material to its end. Payload: programme_id, enrolment_id.",
    ),
)
